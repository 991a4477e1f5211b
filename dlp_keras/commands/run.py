"""What `dlp run` does: run a student's file as a script of its own."""

import subprocess
import sys
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise
from dlp_keras.course.workspace import find_workspace


def run_exercise(name: str, submission: Path | None) -> int:
    """Run the exercise of a folder, or of the workspace; return the exit code.

    Raises
    ------
    CourseError
        If there is no such exercise or file.
    """
    exercise = find_exercise(name)
    path = submission / f"{exercise.name}.py" if submission else find_workspace().exercise_path(exercise)
    if not path.is_file():
        raise CourseError(f"There is no file {path}. `dlp reset {exercise.code}` writes it.")
    command = [sys.executable, "-P", "-m", "dlp_keras.runner.script", str(path)]
    return subprocess.run(command, check=False).returncode  # noqa: S603
