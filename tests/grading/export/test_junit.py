"""The test report is what other readers of JUnit XML expect.

Besides junitparser these are the rules of the schema that Jenkins checks reports with:
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

import re
from collections import Counter
from xml.etree import ElementTree

import junitparser
import pytest

from dlp_keras.grading.export import FORMATS
from dlp_keras.grading.records import Record

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
}
REQUIRED = {
    "testsuite": {"name", "tests", "failures", "errors"},
    "property": {"name", "value"},
    "testcase": {"name"},
}
OPTIONAL = {
    "testsuites": {"name", "time", "tests", "failures", "disabled", "errors"},
    "testsuite": {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
    "testcase": {"time", "classname", "group"},
    **{kind: {"type", "message"} for kind in ("skipped", "error", "failure")},
}
TIME = re.compile(r"[0-9]{0,3}(,?[0-9]{3})*(\.[0-9]{0,3})?")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@pytest.fixture
def write(tmp_path):
    def write_report(records):
        FORMATS["junit"](tmp_path, records)
        return tmp_path / "junit.xml"

    return write_report


def breaches(element):
    """Return what of an element and those in it the schema does not allow."""
    tag, attributes = element.tag, set(element.attrib)
    return [
        *(f"{tag} has no {name}" for name in REQUIRED.get(tag, set()) - attributes),
        *(f"{tag} has {name}" for name in attributes - REQUIRED.get(tag, set()) - OPTIONAL.get(tag, set())),
        *(f"{tag} holds {child.tag}" for child in element if child.tag not in CHILDREN.get(tag, ())),
        *(breach for child in element for breach in breaches(child)),
    ]


def by_name(report):
    return {suite.name: suite for suite in report}


def test_the_schema_is_kept(write, records):
    root = ElementTree.parse(write(records)).getroot()
    assert root.tag == "testsuites"
    assert breaches(root) == []
    assert all(TIME.fullmatch(element.get("time", "")) for element in root.iter())


def test_there_is_a_suite_for_each_student_and_exercise(write, records):
    suites = by_name(junitparser.JUnitXml.fromfile(str(write(records))))
    assert list(suites) == [
        "Zoë Ångström ex01_linear_regression",
        "alice ex01_linear_regression",
        "alice ex14_image_classification",
        "bob ex01_linear_regression",
        "bob ex02_activations",
        "dan ex01_linear_regression",
        "dan ex02_activations",
    ]
    counts = {name: (s.tests, s.failures, s.errors, s.skipped) for name, s in suites.items()}
    assert counts == {
        "Zoë Ångström ex01_linear_regression": (1, 0, 0, 0),
        "alice ex01_linear_regression": (3, 1, 0, 1),
        "alice ex14_image_classification": (3, 0, 0, 0),
        "bob ex01_linear_regression": (1, 1, 0, 0),
        "bob ex02_activations": (1, 0, 0, 1),
        "dan ex01_linear_regression": (1, 0, 1, 0),
        "dan ex02_activations": (2, 1, 0, 0),
    }


def test_marks_become_cases(write, records):
    suite = by_name(junitparser.JUnitXml.fromfile(str(write(records))))["alice ex01_linear_regression"]
    earned, lost, still_open = suite
    assert [case.name for case in suite] == [
        "Task 1: The prediction is right",
        "Task 2: The loss is right",
        "Task 3: The gradient is right",
    ]
    assert {case.classname for case in suite} == {"alice.ex01_linear_regression"}
    assert {p.name: p.value for p in suite.properties()} == {
        "status": "marked",
        "points": "2",
        "max_points": "9",
    }
    assert earned.is_passed
    assert lost.is_failure
    assert lost.result[0].message == "`loss(3)` returned 2."
    assert lost.result[0].text == "`loss(3)` returned 2.\n9 was expected."
    assert lost.system_out.startswith("hello")
    assert still_open.is_skipped


def test_a_reason_of_the_environment_is_said_to_the_lecturer(write, records):
    suite = by_name(junitparser.JUnitXml.fromfile(str(write(records))))["dan ex01_linear_regression"]
    assert next(iter(suite)).result[0].message.startswith("/srv/course")


def test_gitlab_can_tell_all_cases_apart(write, records):
    report = junitparser.JUnitXml.fromfile(str(write(records)))
    counts = Counter((case.classname, case.name) for suite in report for case in suite)
    assert set(counts.values()) == {1}


def test_hostile_texts_come_back_as_texts(write, hostile_record, hostile_text):
    root = ElementTree.parse(write([hostile_record])).getroot()
    assert breaches(root) == []
    assert len(list(root.iter("testcase"))) == 2
    allowed = FORBIDDEN.sub("", hostile_text).replace("\r", "\n")
    assert (root.find("testsuite/testcase/failure").text or "") == allowed
    assert (root.findtext("testsuite/testcase/system-out") or "") == allowed


def test_names_that_xml_makes_alike_keep_their_own_suites(write):
    names = ["a", "a\x00", "a\x01"]
    path = write([Record(name, "ex01_linear_regression", 1, 9, "missing") for name in names])
    assert [suite.get("name") for suite in ElementTree.parse(path).getroot()] == [
        "a ex01_linear_regression"
    ] * 3
