"""The points of a class as a table: ``grades.csv``."""

from collections.abc import Sequence
from pathlib import Path

from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.export.spreadsheet import Row, write_rows
from dlp_keras.grading.records import Record


def write(folder: Path, records: Sequence[Record]) -> None:
    """Write a row for each student: ``student``, a column for each exercise's code, ``total``, ``max``."""
    book = Gradebook(records)
    rows: list[Row] = [["student", *book.codes, "total", "max"]]
    for student, row in book.rows.items():
        points = [0 if record is None else record.points for record in row]
        largest = sum(record.max_points for record in row if record)
        rows.append([student, *points, round(sum(points), 2), round(largest, 2)])
    write_rows(folder / "grades.csv", rows)
