"""What `dlp solution` does: show the solution to whoever has all points."""

import sys

import click
from rich.console import Console
from rich.syntax import Syntax

from dlp_keras.course import CourseError
from dlp_keras.course.builder import strip_markers
from dlp_keras.course.catalog import content_folder, find_exercise
from dlp_keras.course.earned_points import best_points
from dlp_keras.course.wording import count
from dlp_keras.course.workspace import find_workspace


def show_solution(name: str, force: bool) -> None:
    """Print the solution of an exercise.

    Raises
    ------
    CourseError
        If points are still missing, unless `force` is true.
    """
    exercise = find_exercise(name)
    if not force:
        record = find_workspace().read_progress().get(exercise.name, {})
        points = sum(best_points(exercise, record).values())
        if points < exercise.points:
            raise CourseError(
                f"{points} of {count(exercise.points, 'point')} so far: `dlp hint {exercise.code}` helps, "
                f"and `dlp solution {exercise.code} --force` shows the solution all the same."
            )
    path = content_folder() / "solutions" / f"{exercise.name}.py"
    text = strip_markers(path.read_text(encoding="utf-8"))
    if sys.stdout.isatty():
        Console().print(Syntax(text, "python", theme="ansi_light", background_color="default"))
    else:
        click.echo(text, nl=False)
