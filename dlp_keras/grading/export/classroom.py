"""The JSON of GitHub Classroom's autograding for each student, in ``classroom/STUDENT/``.

It is version 3 of Exercism's test runners with points: what the step of an autograder hands, in base64, to
https://github.com/classroom-resources/autograding-grading-reporter, which adds up the scores of the tests.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlp_keras.grading.export.cases import NOT_RUN, Case, cases_of
from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.export.student_files import write_results
from dlp_keras.grading.records import Record

_MOST_OUTPUT = 500
_STATUS = {"earned": "pass", "lost": "fail", "open": "fail", "error": "error"}


def write(folder: Path, records: Sequence[Record]) -> None:
    """Write a file for each student."""
    results = {student: make_results(own) for student, own in Gradebook(records).by_student.items()}
    write_results(folder / "classroom", results)


def make_results(records: Sequence[Record]) -> dict[str, Any]:
    """Return what GitHub Classroom is told of one student's records."""
    tests = [_test(case) for record in records for case in cases_of(record)]
    found = {test["status"] for test in tests}
    status = next((worst for worst in ("error", "fail") if worst in found), "pass")
    return {
        "version": 3,
        "status": status,
        "message": NOT_RUN if status == "error" else None,
        "max_score": round(sum(record.max_points for record in records), 2),
        "tests": tests,
    }


def _test(case: Case) -> dict[str, Any]:
    return {
        "name": f"{case.code} {case.name}",
        "status": _STATUS[case.state],
        "message": case.message or None,
        "output": _end(case.output.strip()) or None,
        "test_code": "",
        "task_id": int(case.task) if case.task.isdecimal() else 0,
        "filename": f"test_{case.exercise}.py",
        "line_no": 0,
        "duration": case.seconds,
        "score": case.points,
    }


def _end(output: str) -> str:
    return output if len(output) <= _MOST_OUTPUT else f"… {output[2 - _MOST_OUTPUT :]}"
