"""What `dlp check` does: mark exercises one after the other, show the marks, note the points."""

import json
from pathlib import Path

import click
from rich.console import Console

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, find_exercise, load_catalog
from dlp_keras.course.workspace import Workspace, find_workspace
from dlp_keras.marking.check import mark
from dlp_keras.marking.results import ExerciseResult, MarkResult
from dlp_keras.marking.submission_files import find_submission
from dlp_keras.marking.tables import render_marks, render_totals
from dlp_keras.runner.session import Session


def check_exercises(
    session: Session,
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
    for exercise in exercises:
        if note := find_submission(folder, exercise.name).note:
            console.print(note, style="dim", highlight=False, markup=False, soft_wrap=True)
        marks = _mark_one(exercise, session, folder, task, timeout, console)
        results.append(marks)
        untouched = all(m.state == "open" for m in marks.marks) and len(exercises) > 1 and not verbose
        console.print(
            f"{exercise.code} · {exercise.title}: not started" if untouched else render_marks(marks)
        )
        console.print()
        if workspace:
            _note(workspace, marks, problems)
    if len(results) > 1:
        console.print(render_totals(results))
    if as_json:
        click.echo(json.dumps([marks.as_dict() for marks in results], indent=2, ensure_ascii=False))
    if problems:
        raise CourseError(problems[0])
    return all(marks.complete for marks in results)


def _mark_one(
    exercise: Exercise, session: Session, folder: Path, task: str | None, timeout: float, console: Console
) -> ExerciseResult:
    with console.status(f"Marking {exercise.code} …") as status:

        def show(done: MarkResult) -> None:
            status.update(f"Marking {exercise.code} … task {done.task}, {done.title.lower()}")

        return mark(exercise.name, session=session, folder=folder, task=task, timeout=timeout, on_mark=show)


def _note(workspace: Workspace, marks: ExerciseResult, problems: list[str]) -> None:
    """Note the points; a problem with that must not hide the marks of the next exercise."""
    try:
        workspace.record(marks.exercise, marks.points_by_task)
    except CourseError as error:
        problems.append(str(error))
