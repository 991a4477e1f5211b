"""The points of a class as a table: ``grades.csv``."""

import csv
from collections.abc import Iterable
from pathlib import Path

from dlp_keras.grading.records import Record


def write_grades(path: Path, records: Iterable[Record]) -> None:
    """Write one row for each student: ``student``, one column for each exercise's code, ``total``, ``max``.

    A name that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    records = list(records)
    exercises = sorted({record.exercise for record in records})
    students = sorted({record.student for record in records})
    by_place = {(record.student, record.exercise): record for record in records}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["student", *(exercise[:4] for exercise in exercises), "total", "max"])
        for student in students:
            row = [by_place.get((student, exercise)) for exercise in exercises]
            points = [0 if record is None else record.points for record in row]
            largest = sum(record.max_points for record in row if record)
            writer.writerow([_no_formula(student), *points, sum(points), largest])


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
