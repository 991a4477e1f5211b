"""A student's folder: its exercises, its progress, its backups."""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from dlp_keras import files
from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, content_folder
from dlp_keras.course.earned_points import Marks, is_record, note_marks

PROGRESS = "progress.json"
_CARRIED = (
    "exercises/ex*.py",
    "notebooks/ex*.ipynb",
    "tests/exercises/test_ex*.py",
    "tests/exercises/*.json",
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
        """Return the record of each exercise, see `dlp_keras.course.earned_points`.

        A file that cannot be read is set aside under another name, never overwritten.

        Raises
        ------
        CourseError
            If the file is damaged; the message says where it is kept.
        """
        path = self.folder / PROGRESS
        try:
            progress: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(progress, dict) or not all(map(is_record, progress.values())):
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

    def record(self, exercise: str, marks: Marks, file: Path, answered: bool = True) -> None:
        """Note the marks of one file of an exercise; what was earned before, here or elsewhere, stays.

        Parameters
        ----------
        exercise
            Its whole name.
        marks
            The points of each mark, by task and name.
        file
            The script or notebook that was marked.
        answered
            Whether any task was; a file where none was yet is not noted, and its exercise stays new.

        Raises
        ------
        CourseError
            If the file cannot be written; the old one is intact then.
        """
        record = self.read_progress().get(exercise, {})
        path, folder = file.resolve(), self.folder.resolve()
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
        if answered or name in record.get("now", {}):
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            self._update(exercise, **note_marks(record, marks, name, now))

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
        text = json.dumps(dict(sorted(progress.items())), indent=2, ensure_ascii=False) + "\n"
        write(self.folder / PROGRESS, text.encode(errors="backslashreplace"))  # a path need not be Unicode


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
    for place, path in carried_files().items():
        target = folder / place
        if not target.exists():
            write(target, path.read_bytes())
            written.append(target)
        elif target.read_bytes() != path.read_bytes():
            kept.append(target)
    return written, kept


def carried_files() -> dict[PurePosixPath, Path]:
    """Return where the course keeps what a workspace is made of, by where it lies in the workspace."""
    source = content_folder()
    paths = sorted(path for pattern in _CARRIED for path in source.glob(pattern))
    return {PurePosixPath(path.relative_to(source).as_posix()): path for path in paths}


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
