"""How a lecturer wants a class to be marked: the options of `dlp grade`, from a TOML file."""

import datetime
import tomllib
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise, load_catalog
from dlp_keras.grading.export import FORMATS
from dlp_keras.grading.final_points import PointScale
from dlp_keras.grading.late import LatePolicy, read_times
from dlp_keras.grading.private_marks import check_folder, private_marks
from dlp_keras.grading.toml_values import Table, check_number, check_time, wrong

_LATE = ("times", "percent_per_day", "most_percent", "grace_minutes", "zone")
_TABLES = ("points", "deadlines", "late", "extensions")
SHORTEST_SECRET = 16


@dataclass(frozen=True)
class Options:
    """The options of `dlp grade`.

    Attributes
    ----------
    exercises : tuple of str
        Their whole names, in order.
    timeout, exercise_timeout, submission_timeout : float
        Seconds for each mark, for the marks of an exercise, and for all exercises of a student.
    jobs : int
        Exercises marked at a time.
    scheduler : str
        The address of a Dask scheduler, whose workers mark; empty for this machine.
    require_sandbox : bool
    formats : tuple of str
        Of `dlp_keras.grading.export.FORMATS`.
    secret : bytes
        What the data of the marks are drawn from; empty for the one that lies with the results.
    private_marks : Path, optional
        A folder with marks of the lecturer's own.
    scale : PointScale
    late : LatePolicy
    """

    exercises: tuple[str, ...] = ()
    timeout: float = 60.0
    exercise_timeout: float = 900.0
    submission_timeout: float = 7200.0
    jobs: int = 1
    scheduler: str = ""
    require_sandbox: bool = False
    formats: tuple[str, ...] = ()
    secret: bytes = b""
    private_marks: Path | None = None
    scale: PointScale = field(default_factory=PointScale)
    late: LatePolicy = field(default_factory=LatePolicy)

    def with_given(self, **given: Any) -> "Options":
        """Return these options with what the command line gives instead: all but None and ()."""
        given = {name: value for name, value in given.items() if value is not None and value != ()}
        if "exercises" in given:
            given["exercises"] = _names(given["exercises"])
        return replace(self, **given)


def read_options(path: Path | None) -> Options:
    """Read the options of a file; those of the course where there is none.

    Paths in the file are seen from its folder.

    Raises
    ------
    CourseError
        If a file is missing, a key is not known, or its value is not possible: the message names the key,
        what was got and what is possible.
    """
    if path is None:
        return Options(exercises=tuple(load_catalog()))
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CourseError(f"There is no file {path}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}.") from error
    try:
        return _read(Table(values), path.resolve().parent)
    except CourseError as error:
        raise CourseError(f"{path}: {error}") from error


def _read(table: Table, folder: Path) -> Options:
    own = [f.name for f in fields(Options) if f.name not in ("scale", "late")]
    table.allow([*own, "secret_file", *_TABLES])
    exercises = _names(table.texts("exercises")) or tuple(load_catalog())
    found: dict[str, Any] = {
        name: table.number(name, smallest=0.1) for name in own if name.endswith("timeout")
    }
    found |= {"jobs": table.whole_number("jobs", 1), "require_sandbox": table.flag("require_sandbox")}
    private = folder / table.text("private_marks") if table.text("private_marks") else None
    if private:
        check_folder(private)
    return Options(
        exercises=exercises,
        formats=_formats(table),
        scheduler=table.text("scheduler"),
        secret=_secret(table, folder),
        private_marks=private,
        scale=_scale(table.table("points"), private),
        late=_late(table, folder),
        **{name: value for name, value in found.items() if value is not None},
    )


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(find_exercise(name).name for name in names))


def _formats(table: Table) -> tuple[str, ...]:
    formats = table.texts("formats")
    if unknown := [name for name in formats if name not in FORMATS]:
        raise wrong(table.key("formats"), unknown[0], f"some of {', '.join(FORMATS)}")
    return formats


def _secret(table: Table, folder: Path) -> bytes:
    if "secret" in table.values and "secret_file" in table.values:
        raise CourseError("Both `secret` and `secret_file` are there. Keep one of them.")
    name, secret = "secret", table.text("secret").encode()
    if "secret_file" in table.values:
        name, path = "secret_file", folder / table.text("secret_file")
        try:
            secret = path.read_bytes().strip()
        except OSError as error:
            raise CourseError(f"`secret_file`: {path} cannot be read ({error.strerror}).") from error
    if name in table.values and len(secret) < SHORTEST_SECRET:
        raise CourseError(
            f"{table.key(name)} has to have {SHORTEST_SECRET} characters or more, which nobody can guess. "
            f"Got {len(secret)}."
        )
    return secret


def _scale(table: Table, private: Path | None) -> PointScale:
    exercises: dict[str, float] = {}
    tasks: dict[tuple[str, str], float] = {}
    for key, value in table.values.items():
        name = _exercise(table, key)
        if not isinstance(value, dict):
            exercises[name] = check_number(table.key(key), value, 0.0)
            continue
        known = [task.number for task in find_exercise(name).tasks]
        known += [mark.task for mark in private_marks(private, name)]
        inner = Table(value, f"points.{key}")
        inner.allow(dict.fromkeys(known))
        tasks |= {(name, task): check_number(inner.key(task), points, 0.0) for task, points in value.items()}
    return PointScale(exercises, tasks)


def _late(table: Table, folder: Path) -> LatePolicy:
    late, deadlines = table.table("late"), table.table("deadlines")
    late.allow(_LATE)
    zone = _zone(late)
    if deadlines.values and not late.text("times"):
        raise CourseError(
            "`deadlines` need `late.times`, a CSV file that tells when students handed in "
            "(student,time or student,time,exercise): the time of a file proves nothing."
        )
    times = late.text("times")
    numbers = {
        "percent_per_day": late.number("percent_per_day", largest=100.0),
        "most_percent": late.number("most_percent", largest=100.0),
    }
    return LatePolicy(
        deadlines=_deadlines(deadlines, zone),
        times=read_times(folder / times, _aliases(), zone) if times else {},
        grace=datetime.timedelta(minutes=late.number("grace_minutes") or 0.0),
        extensions=_extensions(table.table("extensions")),
        **{name: value for name, value in numbers.items() if value is not None},
    )


def _zone(late: Table) -> datetime.tzinfo | None:
    if not (name := late.text("zone")):
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise wrong(late.key("zone"), name, "a time zone, such as Europe/Berlin") from error


def _deadlines(table: Table, zone: datetime.tzinfo | None) -> dict[str, datetime.datetime]:
    times = {key: check_time(table.key(key), value, zone) for key, value in table.values.items()}
    everywhere = dict.fromkeys(load_catalog(), times["all"]) if "all" in times else {}
    return everywhere | {_exercise(table, key): time for key, time in times.items() if key != "all"}


def _extensions(table: Table) -> dict[tuple[str, str], float]:
    """Read days by student, or by student and exercise."""
    found: dict[tuple[str, str], float] = {}
    for student, value in table.values.items():
        inner = Table(value if isinstance(value, dict) else {"all": value}, f"extensions.{student}")
        for key, days in inner.values.items():
            name = inner.key(key) if isinstance(value, dict) else table.key(student)
            exercise = "" if key == "all" else _exercise(inner, key)
            found[student, exercise] = check_number(f"{name}, in days,", days, 0.0, 3650.0)
    return found


def _exercise(table: Table, key: str) -> str:
    """Return the whole name of the exercise that a key names."""
    aliases = _aliases()
    if key not in aliases:
        codes = ", ".join(exercise.code for exercise in load_catalog().values())
        raise CourseError(f"{table.key(key)} is no exercise. Possible: {codes}.")
    return aliases[key]


def _aliases() -> Mapping[str, str]:
    """Return the whole names by codes and whole names."""
    catalog = load_catalog()
    return {exercise.code: name for name, exercise in catalog.items()} | {name: name for name in catalog}
