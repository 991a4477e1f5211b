"""One JSON file for each student, in folders that have the students' names where file systems take these."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dlp_keras.files import write_atomically

_FORBIDDEN = frozenset('<>:"/\\|?*')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_HASHED = re.compile(r".*-[0-9a-f]{12}", re.DOTALL)
_LARGEST = 150  # bytes: file systems take 255, with the hash


def write_results(folder: Path, results: Mapping[str, Any]) -> None:
    """Write plain values by student to ``STUDENT/results.json``, each file completely or not at all.

    Raises
    ------
    ValueError
        If a number is not finite, which JSON cannot say.
    """
    names = folder_names(results)
    for student, values in results.items():
        text = json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1)
        write_atomically(folder / names[student] / "results.json", f"{text}\n".encode("utf-8", "replace"))


def folder_names(students: Iterable[str]) -> dict[str, str]:
    """Return a name for each student's folder: one that every file system takes, and no two alike.

    Letters of all alphabets stay. A part of the hash of the student's name follows where the name had to be
    changed, or where a file system could take two names for one.
    """
    safe = {student: _safe_name(student) for student in students}
    counts = Counter(_as_file_systems_compare(name) for name in safe.values())

    def is_kept(student: str) -> bool:
        name = safe[student]
        alone = counts[_as_file_systems_compare(name)] == 1
        return name == student and alone and not _HASHED.fullmatch(name)

    return {student: student if is_kept(student) else f"{safe[student]}-{_hash(student)}" for student in safe}


def _safe_name(student: str) -> str:
    plain = "".join("_" if c in _FORBIDDEN or not c.isprintable() else c for c in student)
    short = plain.encode()[:_LARGEST].decode(errors="ignore").strip(" .")
    return f"{short}_" if not short or _DEVICES.fullmatch(short) else short


def _as_file_systems_compare(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _hash(student: str) -> str:
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:12]
