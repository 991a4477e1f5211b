"""Gradescope's ``results.json`` for each student, in ``gradescope/STUDENT/``.

Its format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlp_keras.grading.export.cases import Case, cases_of
from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.export.student_files import write_results
from dlp_keras.grading.records import Record


def write(folder: Path, records: Sequence[Record]) -> None:
    """Write a file for each student."""
    results = {student: make_results(own) for student, own in Gradebook(records).by_student.items()}
    write_results(folder / "gradescope", results)


def make_results(records: Sequence[Record]) -> dict[str, Any]:
    """Return what Gradescope is told of one student's records.

    All texts are declared as plain ones, so that none is read as HTML or Markdown. The numbers of challenges
    go to the leaderboard.
    """
    points = round(sum(record.points for record in records), 2)
    max_points = round(sum(record.max_points for record in records), 2)
    return {
        "score": points,
        "execution_time": round(sum(record.seconds for record in records), 2),
        "output": f"{points} of {max_points} points.",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [test for record in records for test in _tests(record)],
        "leaderboard": [entry for record in records for entry in _leaderboard(record)],
        "extra_data": {"status": {record.exercise: record.status for record in records}},
    }


def _tests(record: Record) -> list[dict[str, Any]]:
    return [_test(case, number) for number, case in enumerate(cases_of(record), start=1)]


def _test(case: Case, number: int) -> dict[str, Any]:
    return {
        "score": case.points,
        "max_score": case.max_points,
        "status": "passed" if case.state == "earned" else "failed",
        "name": case.name,
        "name_format": "text",
        "number": f"{case.code}.{number}",
        "output": "\n\n".join(filter(None, (case.message, _quote(case.output)))),
        "output_format": "text",
        "tags": [case.exercise],
        "visibility": "visible",
    }


def _quote(output: str) -> str:
    """Mark each line as the student's, so that none passes for the grader's."""
    lines = "\n".join(f"| {line}" for line in output.strip().splitlines())
    return f"Your code printed:\n{lines}" if lines else ""


def _leaderboard(record: Record) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{case.code} {case.metric['name']}",
            "value": case.metric["value"],
            "order": "asc" if case.metric["best"] == "low" else "desc",
        }
        for case in cases_of(record)
        if case.metric and math.isfinite(case.metric["value"])
    ]
