"""What `dlp release` does: write the folder that a lecturer hands out, and say what to do with it."""

from pathlib import Path

import click

from dlp_keras.course.catalog import find_exercise, load_catalog
from dlp_keras.course.wording import count
from dlp_keras.grading.release import write_release


def release_course(folder: Path, names: tuple[str, ...]) -> None:
    """Write the named exercises, or all, into a new folder.

    Raises
    ------
    CourseError
        If there is no such exercise, the folder is not empty, or solution text stands in what was written.
    """
    catalog = load_catalog()
    wanted = {find_exercise(name).name for name in names} or catalog.keys()
    exercises = [exercise for name, exercise in catalog.items() if name in wanted]
    written = write_release(folder, exercises)
    exercises_found = f"{count(len(exercises), 'exercise')}, {count(len(written), 'file')}"
    click.echo(f"{exercises_found} written to {folder}. No solution text is in them.")
    click.echo(f"Next: read {folder / 'LECTURERS.md'}; it is for you, and so is autograder.zip.")
