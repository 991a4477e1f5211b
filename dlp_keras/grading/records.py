"""A line for each exercise of each student that is marked: what a later run goes on from."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Status = Literal["marked", "missing", "unreadable", "failed"]


@dataclass(frozen=True)
class Record:
    """What came of one exercise of one student.

    Attributes
    ----------
    student, exercise : str
    points, max_points : float
        As earned, whole numbers; in results in the lecturer's scale, and without the penalty.
    status : {"marked", "missing", "unreadable", "failed"}
        "missing" if nothing was handed in, "unreadable" if the student's file or archive cannot be read,
        "failed" if the marks could not run: that is never the student's fault.
    marks : list of dict
        See `dlp_keras.marking.results.MarkResult`; those that the lecturer has added have `private` besides.
    seconds : float
    environment : dict
        Versions, and the box.
    fingerprint : str
        Of the submission, the marks and the versions.
    note : str
        Which file was marked, or what is wrong.
    code_fingerprints : list of int, optional
        What near-identical code is found by, see `dlp_keras.grading.similarity`; None in older records.
    penalty : float
        The points that lateness has cost. It is not in the file: only results have it.
    """

    student: str
    exercise: str
    points: float
    max_points: float
    status: Status
    marks: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    note: str = ""
    code_fingerprints: list[int] | None = None
    penalty: float = 0

    @property
    def points_before(self) -> float:
        """The points before the penalty."""
        return round(self.points + self.penalty, 2)


class Records:
    """The file ``records.jsonl``, to which each record is written as it comes.

    Parameters
    ----------
    path
        Of the file; it is made with the first record.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records = {(record.student, record.exercise): record for record in _read(path)}

    def get(self, student: str, exercise: str) -> Record | None:
        """Return the latest record of an exercise of a student."""
        return self._records.get((student, exercise))

    def add(self, record: Record) -> None:
        """Write a record down, at once, unless it is there already."""
        if self.get(record.student, record.exercise) == record:
            return
        values = asdict(record)
        del values["penalty"]
        line = json.dumps(values, ensure_ascii=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        self._records[record.student, record.exercise] = record


def make_fingerprint(parts: Iterable[bytes]) -> str:
    """Return a hash of what a mark depends on."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


def _read(path: Path) -> list[Record]:
    """Return the records of a file; a line that a crash has cut off is left out."""
    if not path.is_file():
        return []
    records = []
    text = path.read_text(encoding="utf-8")
    for line in text.splitlines():
        try:
            records.append(Record(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    if text and not text.endswith("\n"):  # the next record begins a line of its own
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
    return records
