"""How a class is marked, and by which versions: what travels with every submission."""

import math
import platform
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

ON_WORKERS = "of each worker"
"""The box of `Settings` where workers of a cluster have boxes of their own."""
_VERSIONS = ("dlp_keras", "keras", "tensorflow", "numpy")


@dataclass(frozen=True)
class Settings:
    """How a class is marked.

    Attributes
    ----------
    exercises : tuple of str
        Their whole names.
    secret : bytes
        What the data of the marks are drawn from; without it nobody can know them.
    timeout : float
        Seconds for each mark.
    cpu_seconds : int
        Processor time of one exercise of one student.
    box : str
        The name of the box that students' code runs in, "none", or `ON_WORKERS`.
    require_box : bool
        Whether nothing may be marked without a box.
    exercise_timeout : float
        Seconds for all marks of one exercise of one student.
    submission_timeout : float
        Seconds for all exercises of one student: an exercise gets what the seconds in the student's records
        of this run leave when it is dispatched. Exercises that are marked at the same time do not know of
        each other: with several jobs a student may have the time of an exercise more for each of them.
    private_marks : Path, optional
        A folder with marks of the lecturer's own, whose points are added.
    """

    exercises: tuple[str, ...]
    secret: bytes = field(repr=False)
    timeout: float = 60.0
    cpu_seconds: int = 900
    box: str = "none"
    require_box: bool = False
    exercise_timeout: float = 900.0
    submission_timeout: float = math.inf
    private_marks: Path | None = None


@cache
def describe_versions() -> dict[str, str]:
    """Return the versions that marks depend on."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _VERSIONS}}
