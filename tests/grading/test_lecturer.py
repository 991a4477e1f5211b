"""`dlp grade` with a lecturer's options: private marks, points, lateness, limits, and replays."""

import csv
import json
import re

import pytest
from click.testing import CliRunner

from dlp_keras.cli import main

EX01, EX02 = "ex01_linear_regression", "ex02_activations"
SECRET = 'secret = "only for these tests"\n'
PRIVATE = '''
import numpy as np
import pytest

from dlp_keras.marking import expect


@pytest.mark.task("1", points=6)
def test_twenty_outputs(submission, rng):
    """Predictions of twenty outputs."""
    x, weights = rng.normal(size=(5, 3)), rng.normal(size=(20, 3))
    expect.close(submission.predict(x, weights, np.zeros(20)), x @ weights.T, look="HIDDEN WORDS")
'''
WITHOUT_TWENTY = """

def predict(x, weights, bias, plain=predict):
    print("SEEN", len(weights))
    return plain(x, weights, bias) + (len(weights) == 20)
"""
SLEEPS = """

def predict(x, weights, bias):
    import time
    time.sleep(60)
"""


@pytest.fixture
def handed_in(tmp_path, solution_text):
    def write(student, *names, more=""):
        for name in names:
            path = tmp_path / "class" / student / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(solution_text(name) + more, encoding="utf-8")

    return write


@pytest.fixture
def grade(tmp_path):
    """Grade the class with these options, and return what was printed."""

    def run(options, *arguments, code=0):
        (tmp_path / "course.toml").write_text(options, encoding="utf-8")
        places = [tmp_path / "class", "-o", tmp_path / "results", "--options", tmp_path / "course.toml"]
        done = CliRunner().invoke(main, ["grade", *map(str, places), *arguments])
        assert done.exit_code == code, done.output
        return done.output

    return run


@pytest.fixture
def table(tmp_path):
    def read(name="grades"):
        with (tmp_path / "results" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    return read


@pytest.fixture
def records(tmp_path):
    def read():
        lines = (tmp_path / "results" / "records.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    return read


def test_private_marks_count_and_students_read_their_titles_alone(
    handed_in, grade, table, records, tmp_path, checkout
):
    handed_in("alice", EX01)
    handed_in("carol", EX01, more=WITHOUT_TWENTY)
    stub = tmp_path / "class" / "bob" / f"{EX01}.py"
    stub.parent.mkdir()
    stub.write_text((checkout / "exercises" / f"{EX01}.py").read_text("utf-8"), encoding="utf-8")
    (tmp_path / "class" / "dan").mkdir()
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / f"test_{EX01}.py").write_text(PRIVATE, encoding="utf-8")
    options = f'{SECRET}exercises = ["ex01"]\nprivate_marks = "private"\nformats = ["gradescope"]\n'

    grade(options)
    assert {name: (row["ex01"], row["max"]) for name, row in table().items()} == {
        "alice": ("30", "30"),
        "bob": ("0", "30"),
        "carol": ("24", "30"),
        "dan": ("0", "30"),
    }
    marks = {record["student"]: record["marks"] for record in records()}
    private = [mark for mark in marks["carol"] if mark.get("private")]
    assert [(mark["title"], mark["state"]) for mark in private] == [("Predictions of twenty outputs", "lost")]
    assert "HIDDEN WORDS" in private[0]["message"]
    assert "SEEN 20" in private[0]["output"]
    told = (tmp_path / "results" / "gradescope" / "carol" / "results.json").read_text("utf-8")
    assert "Predictions of twenty outputs" in told
    assert "HIDDEN" not in told
    assert "SEEN 20" not in told
    assert not (tmp_path / "results" / "secret").exists()

    changed = PRIVATE.replace("points=6", "points=4")
    (tmp_path / "private" / f"test_{EX01}.py").write_text(changed, encoding="utf-8")
    n_records = len(records())
    grade(options, "--jobs", "2")
    assert {r["student"] for r in records()[n_records:]} == {"alice", "bob", "carol", "dan"}
    assert table()["alice"]["ex01"] == "28"


def test_points_and_lateness_change_results_and_mark_nothing_again(
    handed_in, grade, table, records, tmp_path
):
    for student in ("alice", "bob", "carol", "dan"):
        handed_in(student, EX01)
    (tmp_path / "times.csv").write_text(
        "student,time\nalice,2026-11-30T10:00Z\nbob,2026-12-02T10:00Z\ncarol,2026-12-02T10:00Z\n", "utf-8"
    )
    start = f'{SECRET}exercises = ["ex01"]\nformats = ["nbgrader", "classroom"]\n'
    grade(start)
    before = records()
    policy = """
        points.ex01 = 12
        deadlines.all = 2026-11-30T23:59:00Z
        extensions.carol = 3
        extensions.nobody = 1
        [late]
        times = "times.csv"
        percent_per_day = 25
    """
    said = " ".join(grade(start + policy).split())
    assert {name: (row["ex01"], row["max"]) for name, row in table().items()} == {
        "alice": ("12", "12"),
        "bob": ("6", "12"),
        "carol": ("12", "12"),
        "dan": ("12", "12"),
    }
    assert records() == before
    penalties = table("penalties")
    assert {name: row["penalty"] for name, row in penalties.items()} == {
        "alice": "0",
        "bob": "6",
        "carol": "0",
        "dan": "0",
    }
    assert (penalties["bob"]["points_before"], penalties["bob"]["days_late"]) == ("12", "2")
    assert penalties["dan"]["time"] == "not known"
    assert "1 exercise late, 6 points less" in said
    assert "not known, so nothing is late: dan" in said
    assert "nothing here: nobody" in said
    with (tmp_path / "results" / "nbgrader.csv").open(encoding="utf-8", newline="") as file:
        bob = next(row for row in csv.DictReader(file) if row["student_id"] == "bob")
    assert [float(bob[name]) for name in ("raw_score", "late_submission_penalty", "score")] == [12, 6, 6]
    classroom = json.loads((tmp_path / "results" / "classroom" / "bob" / "results.json").read_text("utf-8"))
    assert sum(test["score"] for test in classroom["tests"]) == 6
    grade(start)
    assert not (tmp_path / "results" / "penalties.csv").exists()
    assert table()["bob"]["ex01"] == "24"


def test_a_wrong_file_changes_nothing(handed_in, grade, tmp_path):
    handed_in("alice", EX01)
    said = grade("exercizes = []", code=2)
    assert "Is `exercises` meant?" in said
    assert not (tmp_path / "results").exists()


def test_an_exercise_has_a_limit_and_a_longer_one_marks_again(handed_in, grade, records, table):
    handed_in("bob", EX01, more=SLEEPS)
    start = f'{SECRET}exercises = ["ex01"]\n'
    grade(start, "--exercise-timeout", "4")
    messages = [mark["message"] for mark in records()[0]["marks"]]
    assert "did not finish within the 4 s of this exercise" in messages[0]
    assert set(messages[1:]) == {"Not tried: the 4 s of this exercise are used up."}
    assert table()["bob"]["ex01"] == "0"
    grade(start, "--exercise-timeout", "4")
    assert len(records()) == 1
    grade(start, "--exercise-timeout", "5")
    assert len(records()) == 2


def test_other_limits_mark_nothing_again_where_none_was_reached(handed_in, grade, records):
    handed_in("alice", EX01)
    for seconds in ("500", "400"):
        grade(f'{SECRET}exercises = ["ex01"]\n', "--exercise-timeout", seconds)
    assert [record["points"] for record in records()] == [24]


def test_all_exercises_of_a_student_have_a_limit(handed_in, grade, records):
    handed_in("bob", EX02)
    handed_in("bob", EX01, more=SLEEPS)
    handed_in("carol", EX02)
    grade(f'{SECRET}exercises = ["ex01", "ex02"]\n', "--submission-timeout", "4")
    found = {(r["student"], r["exercise"]): [m["message"] for m in r["marks"]] for r in records()}
    late = "Not tried: the 4 s of all your exercises are used up."
    assert set(found["bob", EX02]) == {late}
    assert found["carol", EX02][0] != late


def test_an_exercise_is_replayed_in_the_open(handed_in, grade, records, tmp_path):
    handed_in("carol", EX01, more=WITHOUT_TWENTY)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / f"test_{EX01}.py").write_text(PRIVATE, encoding="utf-8")
    options = 'exercises = ["ex01", "ex02"]\nprivate_marks = "private"\n'
    grade(options)
    files = {path: path.read_bytes() for path in (tmp_path / "results").rglob("*") if path.is_file()}
    said = grade(options, "--explain", "carol", "ex01")
    assert {path: path.read_bytes() for path in (tmp_path / "results").rglob("*") if path.is_file()} == files
    assert "carol, ex01_linear_regression" in said
    assert "24 of 30 points" in said
    mark = said[said.index("Task 1: Predictions of twenty outputs") :]
    assert "private): lost, 0 of 6" in mark
    assert re.search(
        r"predict\(array\(\[\[.*shape \(5, 3\), float64\).* -> array\(\[\[.*shape \(5, 20\)", mark
    )
    assert re.search(r"expected: array\(\[\[.*shape \(5, 20\)", mark)
    assert "message: `predict(" in mark
    assert "printed | SEEN 20" in mark
    assert "The record says the same." in mark


def test_a_replay_says_where_it_differs(handed_in, grade):
    handed_in("dan", EX01)
    options = f'{SECRET}exercises = ["ex01"]\n'
    grade(options)
    handed_in("dan", EX01, more="\n\ndef predict(x, weights, bias):\n    return x @ weights.T\n")
    said = grade(options, "--explain", "dan", "ex01")
    assert "are not those of the record" in said
    assert "Differs: The model is W x + b for every sample: state 'earned' in the record, 'lost' now." in said


def test_an_answer_that_is_never_the_same_is_told(handed_in, grade):
    clock = "\n\ndef mean_squared_error(prediction, y):\n    import time\n    return time.monotonic_ns()\n"
    handed_in("dan", EX01, more=clock)
    options = f'{SECRET}exercises = ["ex01"]\n'
    grade(options)
    said = grade(options, "--explain", "dan", "ex01")
    assert "are not those of the record" not in said
    assert "Differs: The mean runs over samples and outputs: message" in said


@pytest.mark.parametrize(
    ("student", "exercise", "said"),
    [
        ("alice", "ex01", "There is no student 'alice'"),
        ("dan", "ex02", "not among the exercises"),
        ("dan", "ex01", "Nothing was marked"),
    ],
)
def test_what_cannot_be_replayed_is_said(student, exercise, said, handed_in, grade, tmp_path):
    handed_in("dan", EX01)
    assert said in " ".join(grade('exercises = ["ex01"]', "--explain", student, exercise, code=2).split())
    assert not (tmp_path / "results").exists()
