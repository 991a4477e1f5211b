"""Solution text in what is handed out: the lines of the answers, and the letters of the questions."""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from dlp_keras.course.builder import make_exercise
from dlp_keras.course.catalog import content_folder, load_catalog
from dlp_keras.course.questions import read_choices
from dlp_keras.course.source import Source, read_source

_SAYS_NOTHING = re.compile(r"[\w\s,:]*(?:= ?)?[\[\](){},:]*")  # such as `return model`, `losses = []`, `)`
_SHORT = 15  # characters up to which a line is searched for as a whole line only


@dataclass(frozen=True)
class Secret:
    """Something of a solution that students are to find themselves.

    Attributes
    ----------
    text : str
        A line of code, or a question with its letter.
    place : str
        Where it belongs: the task of an exercise.
    pattern : re.Pattern, optional
        What is searched for instead of the text.
    """

    text: str
    place: str
    pattern: re.Pattern[str] | None = None

    def __str__(self) -> str:
        return f"`{self.text}` ({self.place})"


class Secrets:
    """What of the solutions must not stand in what students get.

    A line that the stubs of the course have too is none, nor is one that names things and does nothing with
    them, such as ``return model``.

    Parameters
    ----------
    sources
        The solutions.
    stubs
        The texts that students start from.
    """

    def __init__(self, sources: Iterable[Source], stubs: Iterable[str]) -> None:
        given = "\n".join(stubs)
        flat, lines = _flatten(given), _lines(given)
        found: dict[str, Secret] = {}
        for source in sources:
            for secret in _read_secrets(source):
                if secret.pattern or not _stands_in(secret.text, flat, lines):
                    found.setdefault(secret.text, secret)
        self._secrets = list(found.values())

    def find(self, text: str) -> list[Secret]:
        """Return what of the solutions stands in a text, whatever its indents and line breaks are."""
        flat, lines = _flatten(text), _lines(text)
        return [
            secret
            for secret in self._secrets
            if (secret.pattern.search(text) if secret.pattern else _stands_in(secret.text, flat, lines))
        ]


def read_secrets() -> Secrets:
    """Return what the solutions of the course know and its stubs do not."""
    catalog, solutions = load_catalog(), content_folder() / "solutions"
    sources = [read_source(solutions / f"{name}.py") for name in catalog]
    return Secrets(sources, [make_exercise(source, catalog[source.name]) for source in sources])


def find_solution_text(folder: Path, secrets: Secrets) -> list[str]:
    """Return the places where solution text stands in the files of a folder, its archives and notebooks.

    Parameters
    ----------
    folder
    secrets

    Returns
    -------
    list of str
        The file, what stands in it, and the task which that belongs to.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        f"{place}: {secret}"
        for path in paths
        for place, text in _read_texts(PurePosixPath(path.relative_to(folder).as_posix()), path.read_bytes())
        for secret in secrets.find(text)
    ]


def _read_secrets(source: Source) -> Iterator[Secret]:
    code = source.name[:4]
    for block in source.blocks:
        for line in map(_flatten, block.solution.splitlines()):
            if not line.startswith("#") and not _SAYS_NOTHING.fullmatch(line):
                yield Secret(line, f"task {block.task} of {code}")
    for name in ("ANSWERS", "PREDICTIONS"):
        for key, letter in read_choices(source, name).items():
            pattern = re.compile(rf"""["'`]{re.escape(key)}["'`]\W{{0,9}}["'`]{letter}["'`]""")
            yield Secret(f'{name}["{key}"] = "{letter}"', code, pattern)


def _stands_in(line: str, flat: str, lines: frozenset[str]) -> bool:
    return line in lines if len(line) <= _SHORT else line in flat


def _flatten(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> frozenset[str]:
    return frozenset(map(_flatten, text.splitlines()))


def _read_texts(place: PurePosixPath, data: bytes) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the text of a file, or the texts in an archive."""
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for member in archive.infolist():
                yield from _read_texts(place / member.filename, archive.read(member))
    elif place.suffix == ".ipynb":
        yield place, "\n".join(_strings(json.loads(data)))
    else:
        yield place, data.decode(errors="replace")


def _strings(value: Any) -> Iterator[str]:
    """Yield all texts in JSON, where those of cells are lists of lines."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in _strings(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in _strings(item))
