"""What `dlp build` does: write exercises and notebooks from the solutions of a checkout."""

from pathlib import Path

import click

from dlp_keras.course import CourseError, builder
from dlp_keras.course.wording import count
from dlp_keras.course.workspace import write


def build_course(folder: Path, only_check: bool) -> None:
    """Write what follows from the solutions, or only compare.

    Raises
    ------
    CourseError
        If there are no solutions, or `only_check` is true and a file is out of step with them.
    """
    if not (folder / "solutions").is_dir():
        raise CourseError(f"There is no folder `solutions` in {folder}. Go to the top of a checkout.")
    if only_check:
        if stale := builder.find_differences(folder):
            raise CourseError(f"Out of step with solutions: {', '.join(stale)}. Run `dlp build` and commit.")
        click.echo("Exercises and notebooks are in step with the solutions.")
        return
    built = builder.build(folder)
    for path, text in built.items():
        write(path, text.encode())
    click.echo(f"{count(len(built), 'file')} written.")
