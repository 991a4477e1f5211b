"""What `dlp check` does: mark exercises one after the other, note the points, show the marks."""

import contextlib
import json
from collections.abc import Generator
from pathlib import Path

import click
from rich.console import Console

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, find_exercise, load_catalog
from dlp_keras.course.next_step import describe_best, describe_next_step
from dlp_keras.course.workspace import Workspace, find_workspace
from dlp_keras.marking.results import ExerciseResult, MarkResult
from dlp_keras.marking.stub import is_untouched, open_marks
from dlp_keras.marking.submission_files import SubmissionFile, find_submission
from dlp_keras.marking.tables import render_marks, render_totals
from dlp_keras.runner.session import Session, WorkerSession


def check_exercises(
    names: tuple[str, ...],
    submission: Path | None,
    task: str | None,
    timeout: float,
    as_json: bool,
    verbose: bool,
) -> bool:
    """Mark the named exercises, or all; print them; return whether every mark is earned.

    Raises
    ------
    CourseError
        If an exercise or the folder does not exist, or the points could not be noted.
    """
    exercises = [find_exercise(name) for name in names] or list(load_catalog().values())
    workspace = None if submission else find_workspace()
    folder = submission or find_workspace().folder
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. `--submission` takes the folder with the exercises.")
    console = Console(quiet=as_json)
    results: list[ExerciseResult] = []
    problems: list[str] = []
    with contextlib.closing(_mark_all(exercises, folder, task, timeout, console)) as marked:
        for exercise, file, marks in marked:
            results.append(marks)
            if workspace:
                _note(workspace, marks, file.path, problems)
            if file.note:
                console.print(file.note, style="dim", highlight=False, markup=False, soft_wrap=True)
            best = describe_best(workspace, exercise) if workspace and not problems else ""
            _show(console, exercise, marks, best, hidden=len(exercises) > 1 and not verbose)
    if len(results) > 1:
        console.print(render_totals(results))
    if as_json:
        click.echo(json.dumps([marks.as_dict() for marks in results], indent=2, ensure_ascii=False))
    if problems:
        raise CourseError(problems[0])
    if workspace:
        _show_next_step(workspace, exercises, console)
    return all(marks.complete for marks in results)


def _mark_all(
    exercises: list[Exercise], folder: Path, task: str | None, timeout: float, console: Console
) -> Generator[tuple[Exercise, SubmissionFile, ExerciseResult], None, None]:
    """Yield each exercise with its file and its marks; no process is started where nothing is written yet."""
    files = {exercise.name: find_submission(folder, exercise.name) for exercise in exercises}
    untouched = {name for name, file in files.items() if is_untouched(file.path)}
    # The process starts now, so that its imports run beside those of this one.
    session = WorkerSession() if untouched != files.keys() else None
    try:
        for exercise in exercises:
            file = files[exercise.name]
            if session is None or exercise.name in untouched:
                marks = open_marks(exercise, task)
            else:
                marks = _mark_one(exercise, session, folder, task, timeout, console)
            yield exercise, file, marks
    finally:
        if session:
            session.close()


def _mark_one(
    exercise: Exercise, session: Session, folder: Path, task: str | None, timeout: float, console: Console
) -> ExerciseResult:
    from dlp_keras.marking.check import mark

    status = console.status(f"Marking {exercise.code} …")

    def show(done: MarkResult) -> None:
        status.update(f"Marking {exercise.code} … task {done.task}, {done.title.lower()}")

    # A file gets no line before the points are noted: its disk may be full.
    with status if console.is_terminal else contextlib.nullcontext():
        return mark(exercise.name, session=session, folder=folder, task=task, timeout=timeout, on_mark=show)


def _note(workspace: Workspace, marks: ExerciseResult, file: Path, problems: list[str]) -> None:
    """Note the points; a problem with that must not hide the marks of the next exercise."""
    try:
        workspace.record(marks.exercise, marks.points_by_mark, file, marks.answered)
    except CourseError as error:
        problems.append(str(error))


def _show(console: Console, exercise: Exercise, marks: ExerciseResult, best: str, hidden: bool) -> None:
    """Print the marks of an exercise, or that it is not started, and the best points where they are more."""
    if hidden and not marks.answered:
        console.print(f"{exercise.code} · {exercise.title}: not started")
    else:
        console.print(render_marks(marks))
    if best:
        console.print(best)
    console.print()


def _show_next_step(workspace: Workspace, exercises: list[Exercise], console: Console) -> None:
    only = exercises[0] if len(exercises) == 1 else None
    if step := describe_next_step(workspace, only):
        console.print(f"Next: {step}", markup=False, highlight=False)
