"""The columns of ``nbgrader export``: ``nbgrader.csv``."""

from collections.abc import Sequence
from pathlib import Path

from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.export.spreadsheet import Row, write_rows
from dlp_keras.grading.records import Record

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
"""As in nbgrader's `CsvExportPlugin`."""


def write(folder: Path, records: Sequence[Record]) -> None:
    """Write a row for each exercise and student; what is not known stays empty.

    So do the scores where the marks could not run.
    """
    book = Gradebook(records)
    found = sorted(
        (record for row in book.rows.values() for record in row if record), key=lambda record: record.exercise
    )
    rows: list[Row] = [list(COLUMNS)]
    rows += [[_cells(record).get(name, "") for name in COLUMNS] for record in found]
    write_rows(folder / "nbgrader.csv", rows)


def _cells(record: Record) -> dict[str, str | float]:
    cells: dict[str, str | float] = {
        "assignment": record.exercise,
        "student_id": record.student,
        "max_score": float(record.max_points),
    }
    if record.status != "failed":
        cells |= {
            "raw_score": float(record.points_before),
            "late_submission_penalty": float(record.penalty),
            "score": float(record.points),
        }
    return cells
