"""The lecturer's page says what the records say."""

import dataclasses
import random
from urllib.parse import unquote

import pytest

from dlp_keras.grading.records import Record
from dlp_keras.grading.report import write_feedback, write_report
from dlp_keras.grading.report.class_report import make_report
from dlp_keras.grading.report.class_statistics import describe_exercises, describe_marks, find_hardest
from tests.grading.export.conftest import EX01, EX02, SECRET, mark


@pytest.fixture
def page(records, read_page):
    return read_page(make_report(records))


def test_the_class_table_has_a_row_for_each_student(page):
    assert page.read_table("Points by student and exercise") == [
        ["Zoë Ångström", "9", "–", "–", "9", "9"],
        ["alice", "2", "–", "3", "5", "12"],
        ["bob", "unreadable", "missing", "–", "0", "30"],
        ["dan", "failed", "5", "–", "5", "30"],
        ["emil", "0", "–", "–", "0", "9"],
    ]


def test_every_table_has_a_caption_heads_and_a_box_to_scroll_in(page):
    tables = page.find_all(".//table")
    assert len(tables) >= 6
    assert all(table.find("caption").text for table in tables)
    assert all(head.get("scope") for table in tables for head in table.iter("th"))
    boxes = [box for box in page.find_all(".//div") if box.get("class") == "scroll"]
    assert [box.find("table") for box in boxes] == tables
    assert all(box.get("tabindex") == "0" and box.get("aria-label") for box in boxes)


def test_the_environment_fails_apart_from_students(page):
    assert page.read_table("Submissions that could not be marked") == [["dan", "ex01", SECRET]]
    assert page.read_table("Unreadable, broken, crashed and missing submissions") == [
        ["bob", "ex01", "unreadable", "bob.zip is no archive that can be read."],
        ["emil", "ex01", "crashed", "Task 1: loss(3) ended the whole Python process (exit code 3)."],
        ["bob", "ex02", "missing", "Nothing was handed in."],
    ]
    assert page.text.count(SECRET) == 1


def test_what_a_student_has_not_handed_in_is_one_row(read_page):
    records = [Record("alice", name, 0, 9, "missing", note="Nothing.") for name in (EX02, EX01)]
    rows = read_page(make_report(records)).read_table("Unreadable, broken, crashed and missing submissions")
    assert rows == [["alice", "ex01, ex02", "missing", "Nothing."]]


def test_points_are_counted_by_tenths(read_page):
    points = (0, 5, 9, 10, 10, 0)
    records = [Record(f"{n}", EX01, p, 10, "marked") for n, p in enumerate(points)]
    records.append(Record("x", EX01, 0, 10, "missing"))
    (found,) = describe_exercises(records)
    assert found.histogram == [2, 0, 0, 0, 0, 1, 0, 0, 0, 3]
    assert (found.median, found.counts) == (7, {"marked": 6, "missing": 1})
    page = read_page(make_report(records))
    (histogram,) = [svg for svg in page.find_all(".//figure/{*}svg") if svg.get("role") == "img"]
    assert "2, 0, 0, 0, 0, 1, 0, 0, 0, 3" in histogram.get("aria-label")
    assert "Mean 5.7, median 7 of 10. 6 marked, 1 missing." in page.read(".//figure/p")


def test_marks_have_shares_and_the_hardest_come_first(read_page):
    states = {
        "easy": ("earned",) * 4,
        "hard": ("lost", "lost", "open", "earned"),
        "odd": ("lost",) + ("open",) * 3,
    }
    records = [
        Record(f"{n}", EX01, 0, 3, "marked", [mark("1", title, each[n], 1) for title, each in states.items()])
        for n in range(4)
    ]
    for record in records:
        for done in record.marks:
            done["name"] = f"test_{done['title']}"
    marks = describe_marks(records)
    assert [mark.shares for mark in marks] == [
        {"earned": 1.0, "lost": 0.0, "open": 0.0},
        {"earned": 0.25, "lost": 0.5, "open": 0.25},
        {"earned": 0.0, "lost": 0.25, "open": 0.75},
    ]
    assert [mark.title for mark in find_hardest(marks, 5)] == ["odd", "hard"]
    page = read_page(make_report(records))
    table = page.read_table("Marks of ex01")
    assert [row[:6] for row in table][1] == ["hard", "1", "1", "25 %", "50 %", "25 %"]
    hardest = page.read_table("Marks that most of those who answered lost")
    assert hardest[0] == ["odd", "ex01", "1", "1", "1", "100 %"]


def test_the_slowest_come_first(page):
    rows = page.read_table("Submissions that took longest")
    assert rows == [
        ["Zoë Ångström", "ex01", "11.0"],
        ["alice", "ex14", "7.0"],
        ["emil", "ex01", "2.0"],
        ["alice", "ex01", "1.5"],
    ]


def test_near_identical_pairs_are_named(page):
    rows = page.read_table("Pairs of near-identical submissions")
    assert rows == [["Zoë Ångström", "alice", "ex01", "80", "100 %"]]


def test_the_same_records_make_the_same_page(records):
    shuffled = random.Random(1).sample(records, len(records))
    assert make_report(shuffled) == make_report(records)


@pytest.mark.parametrize("records", [[], [Record("alice", EX02, 0, 0, "marked")]])
def test_little_makes_a_page_too(records, read_page):
    page = read_page(make_report(records))
    assert len(page.read_table("Points by student and exercise")) == len(records)


def test_names_lead_to_feedback(hostile_records, tmp_path, read_page):
    write_feedback(tmp_path, hostile_records)
    write_report(tmp_path, hostile_records)
    page = read_page((tmp_path / "report.html").read_bytes())
    links = [link.get("href") for link in page.find_all(".//tbody/tr/th/a")]
    assert len(links) == 2
    assert {tmp_path / unquote(link) for link in links} == set((tmp_path / "feedback").iterdir())


def test_points_of_a_deadline_are_written_short(records, read_page):
    late = [dataclasses.replace(record, points=record.points / 3) for record in records]
    rows = read_page(make_report(late)).read_table("Points by student and exercise")
    assert rows[1] == ["alice", "0.67", "–", "1", "1.67", "12"]
