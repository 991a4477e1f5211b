"""What `dlp notebook` does: open a notebook in JupyterLab."""

import importlib.util
import subprocess
import sys

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise
from dlp_keras.course.workspace import find_workspace


def open_notebook(name: str) -> int:
    """Open the notebook of an exercise; return JupyterLab's exit code.

    Raises
    ------
    CourseError
        If there is no such exercise or notebook, or no JupyterLab.
    """
    exercise = find_exercise(name)
    path = find_workspace().notebook_path(exercise)
    if not path.is_file():
        raise CourseError(f"There is no notebook {path}. `dlp reset {exercise.code}` writes it.")
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError(
            f"JupyterLab is not installed. `pip install 'dlp_keras[notebook]'`, or open {path}."
        )
    return subprocess.run([sys.executable, "-m", "jupyterlab", str(path)], check=False).returncode  # noqa: S603
