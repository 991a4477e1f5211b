"""The header of a solution: TOML in comments, as in PEP 723."""

import re
import tomllib
from dataclasses import dataclass, fields
from typing import Any

from dlp_keras.course import CourseError

PATTERN = re.compile(r"^# /// exercise\n(?P<toml>(?:#.*\n)+?)# ///\n", re.MULTILINE)
_KINDS: dict[str, type] = {
    **dict.fromkeys(("title", "playground"), str),
    **dict.fromkeys(("minutes", "difficulty"), int),
    **dict.fromkeys(("goals", "task_minutes", "prerequisites", "slides", "book"), list),
}
_READING = range(5, 11)  # minutes for reading, beside those of the tasks


@dataclass(frozen=True)
class Header:
    """What a solution says about itself.

    Attributes
    ----------
    title : str
    goals : tuple of str
    minutes, difficulty : int
        Working time; difficulty from 1 to 3.
    task_minutes : tuple of int
        Minutes of each task; 5 to 10 less than `minutes` in all, which are for reading.
    prerequisites : tuple of str
        Codes of exercises, such as ``ex01``.
    slides : tuple of str
        Titles of slides, as in ``docs/slides.toml``.
    book : tuple of str
        Chapters of *Deep Learning for Physics Research*.
    playground : str
        The setting of the Playground that a slide asks for, else empty.
    """

    title: str
    goals: tuple[str, ...]
    minutes: int
    difficulty: int
    task_minutes: tuple[int, ...]
    prerequisites: tuple[str, ...]
    slides: tuple[str, ...]
    book: tuple[str, ...]
    playground: str = ""


def read_header(text: str, name: str) -> Header:
    """Read the block ``# /// exercise`` of a solution.

    Raises
    ------
    CourseError
        If it is missing, is no TOML, lacks a key, has an unknown one, or says what cannot be.
    """
    match = PATTERN.search(text)
    if match is None:
        raise CourseError(f"{name} has no header `# /// exercise`. Copy one from another solution.")
    lines = [line[1:].removeprefix(" ") for line in match["toml"].splitlines()]
    try:
        found = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"The header of {name} is not TOML: {error}.") from error
    known = {field.name: field for field in fields(Header)}
    if missing := known.keys() - {"playground"} - found.keys():
        raise CourseError(f"The header of {name} lacks {', '.join(sorted(missing))}.")
    if unknown := found.keys() - known.keys():
        raise CourseError(f"The header of {name} has the unknown {', '.join(sorted(unknown))}.")
    for key, kind in _KINDS.items():
        if not isinstance(found.get(key, kind()), kind):
            raise CourseError(
                f"The header of {name}: `{key}` must be of type {kind.__name__}. Got {found[key]!r}."
            )
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
    header = Header(**values)
    _check(header, name)
    return header


def check_playground(header: Header, name: str) -> None:
    """Raise `CourseError` if the link to the Playground is no setting of it."""
    from dlp_keras.playground import Experiment

    try:
        Experiment.from_url(header.playground)
    except ValueError as error:
        raise CourseError(f"The header of {name}: `playground` is no setting. {error}") from error


def _check(header: Header, name: str) -> None:
    if header.difficulty not in (1, 2, 3):
        raise CourseError(f"The header of {name}: `difficulty` must be 1, 2 or 3. Got {header.difficulty}.")
    if (rest := header.minutes - sum(header.task_minutes)) not in _READING:
        raise CourseError(
            f"The header of {name}: `task_minutes` leave {rest} of {header.minutes} minutes for reading. "
            f"Leave {_READING[0]} to {_READING[-1]}."
        )
