"""Moodle's grade import: ``moodle.csv``.

Moodle finds a student by one column, which the lecturer names at the import: the entry of the submissions has
to be called by the user name, the ID number or the address. Grade items of up to 100 points take the columns.
"""

from collections.abc import Sequence
from pathlib import Path

from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.export.spreadsheet import Row, write_rows
from dlp_keras.grading.records import Record

NO_GRADE = "-"
"""What Moodle reads as: this student has no grade here."""


def write(folder: Path, records: Sequence[Record]) -> None:
    """Write a row for each student: ``username``, a column for each exercise's code, ``total``.

    Where the marks could not run the student has no grade, and no total.
    """
    book = Gradebook(records)
    rows: list[Row] = [["username", *book.codes, "total"]]
    for student, row in book.rows.items():
        grades = [_grade(record) for record in row]
        rows.append([student, *grades, _total(grades)])
    write_rows(folder / "moodle.csv", rows)


def _grade(record: Record | None) -> float | str:
    if record is None:
        return 0
    return NO_GRADE if record.status == "failed" else record.points


def _total(grades: list[float | str]) -> float | str:
    points = [grade for grade in grades if not isinstance(grade, str)]
    return round(sum(points), 2) if len(points) == len(grades) else NO_GRADE
