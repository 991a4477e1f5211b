"""What `dlp hint` does: show the hints of a task, one after the other."""

import click

from dlp_keras.course.catalog import find_exercise
from dlp_keras.course.earned_points import next_task
from dlp_keras.course.workspace import search_workspace


def show_hint(name: str, number: str | None) -> None:
    """Print the next hint of a task, by default of the first that has not all its points.

    Without a workspace, in Colab for instance, nothing counts the hints: all are printed.

    Raises
    ------
    CourseError
        If there is no such exercise or task.
    """
    exercise, workspace = find_exercise(name), search_workspace()
    record = workspace.read_progress().get(exercise.name, {}) if workspace else {}
    task = exercise.find_task(number or next_task(exercise, record) or "1")
    n_hints = len(task.hints)
    if not n_hints:
        click.echo(f"{exercise.code}, task {task.number}, has no hints.")
        return
    numbers = [workspace.take_hint(exercise, task.number, n_hints)] if workspace else range(n_hints)
    for n in numbers:
        click.echo(f"{exercise.code}, task {task.number}, hint {n + 1} of {n_hints}: {task.hints[n]}")
