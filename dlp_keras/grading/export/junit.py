"""The marks of a class as the test report that every CI system shows: ``junit.xml``.

A suite is one exercise of one student. The name of a class is ``STUDENT.EXERCISE``: GitLab, which shows no
names of suites, lists it, and Jenkins, which cuts at the last dot, shows a row for each student and below it
one for each exercise.
"""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import junitparser

from dlp_keras.files import write_atomically
from dlp_keras.grading.export.cases import Case, cases_of
from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.records import Record

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot say, in section 2.2."""


def write(folder: Path, records: Sequence[Record]) -> None:
    """Write lost marks as failures, open ones and missing exercises as skipped, failed records as errors."""
    report = junitparser.JUnitXml("dlp grade")
    by_student = Gradebook(records).by_student
    report.extend([_suite(record) for own in by_student.values() for record in own])
    file = io.BytesIO()
    report.write(file)
    write_atomically(folder / "junit.xml", file.getvalue())


def _suite(record: Record) -> junitparser.TestSuite:
    student = _xml_text(record.student)
    suite = junitparser.TestSuite(f"{student} {record.exercise}")
    for name in ("status", "points", "max_points"):
        suite.add_property(name, str(getattr(record, name)))
    suite.add_testcases(
        [_testcase(case, record, f"{student}.{record.exercise}") for case in cases_of(record)]
    )
    return suite


def _testcase(case: Case, record: Record, classname: str) -> junitparser.TestCase:
    found = junitparser.TestCase(_xml_text(case.name), classname, round(case.seconds, 3))
    kinds = {"lost": junitparser.Failure, "open": junitparser.Skipped, "error": junitparser.Error}
    if kind := kinds.get(case.state):
        message = _xml_text(record.note if case.state == "error" else case.message)
        result = kind(message.partition("\n")[0], case.state)
        result.text = message
        found.result = [result]
    if case.output:
        found.system_out = _xml_text(case.output)
    return found


def _xml_text(text: str) -> str:
    return _FORBIDDEN.sub("", text)
