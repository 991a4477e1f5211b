"""Marking an exercise: runs its marks in pytest, inside this process, and returns what came of them."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, content_folder, find_exercise
from dlp_keras.course.next_step import describe_best
from dlp_keras.course.workspace import Workspace, search_workspace
from dlp_keras.marking.plugin import MarkingPlugin, MarkSettings
from dlp_keras.marking.results import ExerciseResult, MarkResult
from dlp_keras.marking.time_limit import NO_LIMIT, TimeLimit
from dlp_keras.runner.session import DEFAULT_TIMEOUT, LocalSession, Session


def check(exercise: str, task: str | int | None = None) -> None:
    """Mark the functions defined in this notebook, or in the script that calls this, and show a table.

    Inside a workspace the points are noted, as `dlp check` does.

    Parameters
    ----------
    exercise
        Such as ``"ex01"``, ``"1"`` or ``"linear_regression"``.
    task
        Mark this task only.

    Raises
    ------
    dlp_keras.course.CourseError
        If there is no such exercise or task.

    Examples
    --------
    >>> dlp_keras.check("ex01", task=1)  # doctest: +SKIP
    """
    from dlp_keras.marking.tables import show_marks

    found = find_exercise(str(exercise))
    wanted = None if task is None else str(task)
    command = "%run -m dlp_keras" if _ipython_shell() else "dlp"
    marks = mark(found.name, session=LocalSession(_callers_namespace(), command), task=wanted)
    workspace, best = search_workspace(), ""
    try:
        if workspace:
            workspace.record(
                found.name, marks.points_by_mark, _callers_file(workspace, found), marks.answered
            )
            best = describe_best(workspace, found)
    finally:
        show_marks(marks)
    if best:
        print(best)


def mark(
    exercise: str,
    *,
    session: Session,
    judge: Session | None = None,
    folder: Path | None = None,
    task: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    seed: int = 1,
    secret: bytes = b"",
    on_mark: Callable[[MarkResult], None] = lambda mark: None,
    limit: TimeLimit = NO_LIMIT,
    marks: Path | None = None,
) -> ExerciseResult:
    """Mark one exercise.

    Parameters
    ----------
    exercise
        Its whole name, such as ``"ex01_linear_regression"``.
    session
        Where the student's code runs; it stays open.
    judge
        Where the reference runs and models are judged, if apart from the student's code; it stays open.
    folder
        Where the student's file lies; not needed for a `LocalSession`.
    task
        Mark this task only.
    timeout
        Seconds for each mark.
    seed
        What random numbers without a seed of their own start from.
    secret
        What the data of the marks are drawn from instead, so that a student's process cannot draw them again.
    on_mark
        Called with each mark when it is done.
    limit
        When all marks have to be done.
    marks
        A folder with a file of other marks for the exercise, instead of the course's.

    Raises
    ------
    CourseError
        If the exercise has no such task, or the marks cannot run.
    KeyboardInterrupt
        If Ctrl-C stopped the marks.
    """
    own = content_folder() / "tests" / "exercises"
    place = folder and folder.resolve()
    plugin = MarkingPlugin(MarkSettings(place, session, judge, task, timeout, seed, secret, on_mark, limit))
    # The file's name alone, seen from its folder: pytest takes brackets in a path for parameters.
    arguments = [f"test_{exercise}.py", "-c", str(own / "pytest.ini"), f"--rootdir={own}"]
    arguments += [
        "--noconftest",
        "--capture=no",
        *(word for name in _UNUSED for word in ("-p", f"no:{name}")),
    ]
    with _undisturbed(), contextlib.chdir(marks or own):
        code = pytest.main(arguments, plugins=[plugin])
    if plugin.interrupted:
        raise KeyboardInterrupt
    if plugin.unreadable:
        raise CourseError(
            f"The marks of {exercise} cannot be read: {plugin.unreadable} Install the course anew."
        )
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        find_exercise(exercise).find_task(str(task))
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise CourseError(f"The marks of {exercise} could not run (pytest ended with {code!r}).")
    return plugin.results.get(exercise, ExerciseResult(exercise))


_UNUSED = (
    "cacheprovider",
    "doctest",
    "junitxml",
    "pastebin",
    "terminal",
    "threadexception",
    "unraisableexception",
)
"""Plugins of pytest that marks have no use for, some of which take time."""


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep pytest's settings and plugins of this machine away from the marks."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = write_bytecode
        os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        os.environ.update({name: value for name, value in before.items() if value is not None})


def _callers_namespace() -> dict[str, Any]:
    """Return the notebook's variables; outside of notebooks those of the main script."""
    shell = _ipython_shell()
    return vars(sys.modules["__main__"]) if shell is None else shell.user_ns


def _callers_file(workspace: Workspace, exercise: Exercise) -> Path:
    """Return the file of the code that calls: the notebook of the exercise, or the main script."""
    script = getattr(sys.modules["__main__"], "__file__", None) if _ipython_shell() is None else None
    return Path(script) if script else workspace.notebook_path(exercise)


def _ipython_shell() -> Any:
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
