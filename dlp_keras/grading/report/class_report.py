"""The lecturer's page on a class: ``report.html``."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dlp_keras.course.catalog import load_catalog
from dlp_keras.files import write_atomically
from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.export.student_files import folder_names
from dlp_keras.grading.records import Record
from dlp_keras.grading.report.class_statistics import (
    describe_exercises,
    describe_marks,
    find_hardest,
    find_slowest,
    find_student_failures,
)
from dlp_keras.grading.report.pages import render
from dlp_keras.grading.similarity import find_pairs

N_HARDEST, N_SLOWEST, N_PAIRS = 10, 10, 200
"""Rows of the tables of marks, submissions and pairs."""
_N_LEVELS = 5


def write_report(folder: Path, records: Sequence[Record]) -> None:
    """Write ``report.html``, in which links lead to the pages in ``feedback/``."""
    write_atomically(folder / "report.html", make_report(records))


def make_report(records: Sequence[Record]) -> bytes:
    """Return the page: the same records make the same bytes."""
    book = Gradebook(records)
    records = [record for own in book.by_student.values() for record in own]
    marks, pairs = describe_marks(records), find_pairs(records)
    return render(
        "class_report.html.jinja",
        book=book,
        rows=_rows(book),
        titles={exercise: _title(exercise) for exercise in book.exercises},
        exercises=describe_exercises(records),
        marks={e: [mark for mark in marks if mark.exercise == e] for e in book.exercises},
        hardest=find_hardest(marks, N_HARDEST),
        slowest=find_slowest(records, N_SLOWEST),
        pairs=pairs[:N_PAIRS],
        n_pairs=len(pairs),
        failed=[record for record in records if record.status == "failed"],
        student_failures=find_student_failures(records),
        environments=_environments(records),
    )


def _rows(book: Gradebook) -> list[dict[str, Any]]:
    """Return what the class table shows of each student."""
    names = folder_names(book.rows)
    return [
        {
            "student": student,
            "link": f"feedback/{quote(names[student], errors='replace')}.html",
            "cells": [_cell(record) for record in row],
            "total": sum(record.points for record in row if record),
            "max": sum(record.max_points for record in row if record),
        }
        for student, row in book.rows.items()
    ]


def _cell(record: Record | None) -> dict[str, Any]:
    if record is None or record.status != "marked":
        return {"points": None, "word": record.status if record else "–", "level": ""}
    share = record.points / record.max_points if record.max_points else 0.0
    return {
        "points": record.points,
        "word": "",
        "level": f"level{min(_N_LEVELS - 1, int(_N_LEVELS * share))}",
    }


def _title(exercise: str) -> str:
    found = load_catalog().get(exercise)
    return f"{exercise[:4]} · {found.title}" if found else exercise


def _environments(records: Sequence[Record]) -> list[tuple[str, int]]:
    """Return in what submissions were marked, and how many of them."""
    described = Counter(
        ", ".join(f"{name} {value}" for name, value in record.environment.items())
        for record in records
        if record.environment
    )
    return sorted(described.items(), key=lambda item: (-item[1], item[0]))
