"""What `dlp new` does: write the files of a new exercise to start from."""

from pathlib import Path

import click

from dlp_keras.commands.build import build_course
from dlp_keras.course import CourseError
from dlp_keras.course.skeleton import make_skeleton
from dlp_keras.course.workspace import write


def write_new_exercise(name: str, folder: Path) -> None:
    """Write solution, marks, mistakes and alternatives, and build what follows from them.

    Raises
    ------
    CourseError
        If this is no checkout, or the name is not possible.
    """
    if not (folder / "solutions").is_dir():
        raise CourseError(f"There is no folder `solutions` in {folder}. Go to the top of a checkout.")
    for path, text in make_skeleton(name, folder).items():
        write(path, text.encode())
        click.echo(path.relative_to(folder))
    build_course(folder, only_check=False)
