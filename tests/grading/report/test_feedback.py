"""A student's page has all that is theirs, and nothing else."""

import dataclasses
import random

import pytest

from dlp_keras.course.catalog import load_catalog
from dlp_keras.course.source import read_source
from dlp_keras.grading.export.cases import NOT_RUN
from dlp_keras.grading.export.gradebook import Gradebook
from dlp_keras.grading.records import Record
from dlp_keras.grading.report import write_feedback
from dlp_keras.grading.report.feedback import make_feedback
from dlp_keras.marking.stub import open_marks
from tests.grading.export.conftest import EX01, SECRET, mark


@pytest.fixture
def pages(records, read_page):
    by_student = Gradebook(records).by_student
    return {student: read_page(make_feedback(own)) for student, own in by_student.items()}


def read_marks(page):
    items = [item for item in page.find_all(".//li") if "mark" in (item.get("class") or "").split()]
    return [" ".join("".join(item.itertext()).split()) for item in items]


def test_marks_messages_and_what_was_printed_are_there(pages):
    first, second, third, *challenges = read_marks(pages["alice"])
    assert first == "✓ earned The prediction is right 2 of 2 A dot product does it."
    assert second.startswith(
        "✗ lost The loss is right 0 of 3 loss(3) returned 2. 9 was expected. Your code printed:"
    )
    assert third.startswith("○ open The gradient is right 0 of 4")
    assert "error rate 0.03 · baseline 0.5 · none below 0.01" in challenges[0]
    assert pages["alice"].read(".//header/p[@class='total']") == "5 of 12 points"


def test_what_was_printed_stays_in_its_box(pages):
    (printed,) = pages["alice"].find_all(".//pre")
    assert printed.text == "hello\n100 of 100 points.\nYour lecturer: well done!"
    assert pages["alice"].text.count("100 of 100") == 1


def test_hints_are_for_tasks_that_are_not_earned(pages):
    tasks = {task.number: task for task in load_catalog()[EX01].tasks}
    hints = pages["alice"].find_all(".//div[@class='hints']")
    titles = [found.find("h4").text for found in hints]
    assert titles == ["Hints for task 2", "Hints for task 3"]
    shown = ["".join(item.itertext()) for item in hints[0].iter("li")]
    assert shown == [hint.replace("`", "") for hint in tasks["2"].hints]
    assert pages["Zoë Ångström"].find_all(".//div[@class='hints']") == []


def test_why_the_environment_failed_is_not_said(pages):
    assert NOT_RUN in pages["dan"].text
    assert SECRET not in pages["dan"].text
    assert pages["dan"].read(".//header/p[@class='total']") == "5 of 21 points, without ex01"
    assert "not marked" in pages["dan"].read_table("Exercises")[0]


def test_others_are_not_named(pages):
    names = pages.keys()
    named = {student: {name for name in names if name in page.text} for student, page in pages.items()}
    assert named == {student: {student} for student in names}


@pytest.mark.parametrize("name", sorted(load_catalog()))
def test_no_line_of_a_solution_is_shown_to_who_has_nothing(name, checkout, read_page):
    marks = [dataclasses.asdict(done) for done in open_marks(load_catalog()[name]).marks]
    page = read_page(make_feedback([Record("alice", name, 0, 20, "marked", marks)]))
    text = "`".join(page.find(".//main").itertext())
    blocks = read_source(checkout / "solutions" / f"{name}.py").blocks
    lines = {
        line.strip()
        for block in blocks
        for line in block.solution.splitlines()
        if line.strip() not in block.stub
    }
    assert len(page.find_all(".//div[@class='hints']")) >= 1
    assert [line for line in lines if len(line) > 15 and line in text] == []


def test_a_reason_for_many_marks_is_said_once(read_page):
    marks = [mark("1", title, "lost", 1, "`f` is missing.") for title in ("one", "two", "three")]
    page = read_page(make_feedback([Record("alice", EX01, 0, 3, "marked", marks)]))
    assert page.text.count("is missing") == 1
    assert [text.endswith("As above.") for text in read_marks(page)] == [False, True, True]


def test_points_that_count_less_are_said(records, read_page):
    alice = [dataclasses.replace(record, points=1) for record in records if record.student == "alice"][:1]
    page = read_page(make_feedback(alice))
    assert "The marks below give 3; 1 count" in " ".join("".join(page.find(".//main").itertext()).split())


def test_an_exercise_or_task_of_the_lecturers_own_has_no_hints(read_page):
    own = [
        Record("alice", "ex99_own", 0, 1, "marked", [mark("1", "Own", "lost", 1)]),
        Record("alice", EX01, 0, 1, "marked", [mark("77", "Own", "lost", 1)]),
    ]
    page = read_page(make_feedback(own))
    assert page.find_all(".//div[@class='hints']") == []
    assert len(read_marks(page)) == 2


def test_a_long_output_is_cut_at_its_beginning(read_page):
    marks = [mark("1", "Own", "lost", 1, "", "a" * 10**6 + "the end")]
    page = read_page(make_feedback([Record("alice", EX01, 0, 1, "marked", marks)]))
    assert len(page.text) < 30_000
    assert page.find(".//pre").text.endswith("the end")


def test_the_same_records_make_the_same_pages(records, tmp_path):
    for place, order in (("a", records), ("b", random.Random(2).sample(records, len(records)))):
        write_feedback(tmp_path / place, order)
    read = [{p.name: p.read_bytes() for p in (tmp_path / place / "feedback").iterdir()} for place in "ab"]
    assert len(read[0]) == 5
    assert read[0] == read[1]
