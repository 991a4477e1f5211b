"""A student's folder: its exercises, its progress, its backups."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dlp_keras import files
from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, content_folder, load_catalog

PROGRESS = "progress.json"
_CARRIED = (
    "exercises/ex*.py",
    "notebooks/ex*.ipynb",
    "tests/exercises/test_ex*.py",
    "tests/exercises/pytest.ini",
)


@dataclass(frozen=True)
class Workspace:
    """A folder made by `init`, or a checkout of the course.

    Attributes
    ----------
    folder : Path
        Holds ``exercises``, ``notebooks`` and the readable file ``progress.json``.
    """

    folder: Path

    def exercise_path(self, exercise: Exercise) -> Path:
        """Return the student's file."""
        return self.folder / "exercises" / f"{exercise.name}.py"

    def notebook_path(self, exercise: Exercise) -> Path:
        """Return the student's notebook."""
        return self.folder / "notebooks" / f"{exercise.name}.ipynb"

    def read_progress(self) -> dict[str, dict[str, Any]]:
        """Return by exercise: ``points``, ``tasks`` (points of each), ``hints`` (seen), ``checked`` (when).

        A file that cannot be read is set aside under another name, never overwritten.

        Raises
        ------
        CourseError
            If the file is damaged; the message says where it is kept.
        """
        path = self.folder / PROGRESS
        try:
            progress: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
            if not _is_progress(progress):
                raise ValueError("not a record of points")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            kept = files.free_name(path.with_name(f"{PROGRESS}.damaged"))
            _explain_os_error("set aside", path, lambda: os.replace(path, kept))
            raise CourseError(
                f"{path} is damaged ({error}); it is kept as {kept.name}. "
                "Your exercises are untouched: run the command again, `dlp check` finds your points anew."
            ) from error
        return progress

    def record(self, exercise: str, points: Mapping[str, int]) -> None:
        """Note the points of an exercise, by task; other tasks keep theirs.

        Raises
        ------
        CourseError
            If the file cannot be written; the old one is intact then.
        """
        before = self.read_progress().get(exercise, {}).get("tasks", {})
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        together = dict(sorted({**before, **points}.items()))
        self._update(exercise, points=sum(together.values()), tasks=together, checked=now)

    def take_hint(self, exercise: Exercise, task: str, n_hints: int) -> int:
        """Count a hint as read and return which one to show: each next one in turn, and the last again."""
        seen = self.read_progress().get(exercise.name, {}).get("hints", {})
        number = min(int(seen.get(task, 0)), n_hints - 1)
        self._update(exercise.name, hints={**seen, task: number + 1})
        return number

    def reset(self, exercise: Exercise) -> Path | None:
        """Bring back the stub of an exercise and its notebook; return the folder with the copies kept."""
        now = f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
        backup = files.free_name(self.folder / "backups" / f"{exercise.code}_{now}")
        targets = [self.exercise_path(exercise), self.notebook_path(exercise)]
        existing = [path for path in targets if path.is_file()]
        for path in existing:
            _explain_os_error("copied", path, lambda path=path: _copy(path, backup / path.name))
        for path in targets:
            source = content_folder() / path.parent.name / path.name
            write(path, source.read_bytes())
        return backup if existing else None

    def _update(self, exercise: str, **values: Any) -> None:
        progress = self.read_progress()
        progress[exercise] = {**progress.get(exercise, {}), **values}
        text = json.dumps(dict(sorted(progress.items())), indent=2) + "\n"
        write(self.folder / PROGRESS, text.encode())


def search_workspace(start: Path | None = None) -> Workspace | None:
    """Return the workspace that a folder lies in, if there is one: it, or one above, holds the exercises."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if any((folder / "exercises").glob("ex[0-9][0-9]_*.py")):
            return Workspace(folder)
    return None


def find_workspace(start: Path | None = None) -> Workspace:
    """Return the workspace that a folder lies in.

    Raises
    ------
    CourseError
        If there is none.
    """
    if workspace := search_workspace(start):
        return workspace
    here = start or Path.cwd()
    raise CourseError(f"There are no exercises in {here}. `dlp init course` writes them to `course`.")


def init(folder: Path) -> tuple[list[Path], list[Path]]:
    """Write the exercises, notebooks and marks into a folder; never overwrite a file that differs.

    Returns
    -------
    written, kept : lists of Path
        Files written, and files left alone because they exist with other content.
    """
    written, kept = [], []
    source = content_folder()
    for path in sorted(p for pattern in _CARRIED for p in source.glob(pattern)):
        target = folder / path.relative_to(source)
        if not target.exists():
            write(target, path.read_bytes())
            written.append(target)
        elif target.read_bytes() != path.read_bytes():
            kept.append(target)
    return written, kept


def summarize(workspace: Workspace) -> list[dict[str, Any]]:
    """Return one record an exercise: its code and title, its points, its state and the next step."""
    progress = workspace.read_progress()
    return [_summarize(exercise, progress.get(exercise.name, {})) for exercise in load_catalog().values()]


def next_task(exercise: Exercise, record: dict[str, Any]) -> str | None:
    """Return the first task of an exercise that has not all its points in a record of the progress."""
    earned = record.get("tasks", {})
    return next((task.number for task in exercise.tasks if earned.get(task.number, 0) < task.points), None)


def _is_progress(progress: Any) -> bool:
    """Tell whether a file that anybody may edit holds what `Workspace` writes."""

    def counts(record: dict[str, Any], name: str) -> bool:
        value = record.get(name, {})
        return isinstance(value, dict) and all(type(number) is int for number in value.values())

    return isinstance(progress, dict) and all(
        isinstance(record, dict)
        and type(record.get("points", 0)) is int
        and counts(record, "tasks")
        and counts(record, "hints")
        for record in progress.values()
    )


def _summarize(exercise: Exercise, record: dict[str, Any]) -> dict[str, Any]:
    following_task = next_task(exercise, record)
    done = following_task is None
    points = min(record.get("points", 0), exercise.points)
    state = "done" if done else "started" if record.get("checked") else "new"
    following = {
        "done": f"dlp solution {exercise.code}",
        "started": f"task {following_task}: dlp hint {exercise.code}",
        "new": f"dlp run {exercise.code}",
    }[state]
    return {
        "exercise": exercise.code,
        "title": exercise.title,
        "minutes": exercise.minutes,
        "difficulty": exercise.difficulty,
        "points": points,
        "max_points": exercise.points,
        "state": state,
        "next": following,
    }


def write(path: Path, data: bytes) -> None:
    """Write a file completely or not at all.

    Raises
    ------
    CourseError
        If there is no permission or no space; the file that was there is intact.
    """
    _explain_os_error("written", path, lambda: files.write_atomically(path, data))


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)


def _explain_os_error(done: str, path: Path, action: Any) -> None:
    try:
        action()
    except OSError as error:
        raise CourseError(
            f"{path} could not be {done}: {error.strerror or error}. "
            "Nothing is lost; free some space or give yourself permission to write there."
        ) from error
