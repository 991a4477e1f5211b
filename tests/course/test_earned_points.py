"""No point that was earned is taken away, and what is worse now is known."""

import pytest

from dlp_keras.course.catalog import find_exercise
from dlp_keras.course.earned_points import best_points, next_task, note_marks, present_points

EXERCISE = find_exercise("1")
SCRIPT, NOTEBOOK = "exercises/ex01_linear_regression.py", "notebooks/ex01_linear_regression.ipynb"
ALL = {task.number: {f"test_{task.number}": task.points} for task in EXERCISE.tasks}
NONE = {task.number: {f"test_{task.number}": 0} for task in EXERCISE.tasks}
OLD = {"points": 6, "tasks": {"1": 3, "2": 3}, "hints": {"1": 2}, "checked": "2026-01-01T00:00:00+00:00"}


def note(*checks, record=None):
    record = record or {}
    for number, (marks, file) in enumerate(checks):
        record = note_marks(record, marks, file, f"time {number}")
    return record


def test_a_best_mark_keeps_its_file_and_time():
    record = note((ALL, SCRIPT), (ALL, NOTEBOOK))
    assert record["best"]["test_2"] == {"task": "2", "points": 5, "file": SCRIPT, "checked": "time 0"}


def test_a_syntax_error_takes_nothing():
    record = note((ALL, SCRIPT), (NONE, SCRIPT))
    assert record["points"] == sum(best_points(EXERCISE, record).values()) == 24
    assert sum(present_points(EXERCISE, record).values()) == 0
    assert next_task(EXERCISE, record) == "1"


def test_script_and_notebook_add_up():
    record = note(({"1": {"a": 2, "b": 0}}, SCRIPT), ({"1": {"a": 0, "b": 1}}, NOTEBOOK))
    assert best_points(EXERCISE, record)["1"] == 3
    assert [record["best"][name]["file"] for name in ("a", "b")] == [SCRIPT, NOTEBOOK]
    assert present_points(EXERCISE, record)["1"] == 1


def test_the_present_points_are_those_of_the_last_file():
    record = note((NONE, NOTEBOOK), (NONE, SCRIPT), (ALL, NOTEBOOK))
    assert sum(present_points(EXERCISE, record).values()) == 24


def test_tasks_that_were_not_asked_keep_their_present_points():
    record = note((NONE, SCRIPT), ({"2": ALL["2"]}, SCRIPT))
    assert present_points(EXERCISE, record) == {"1": 0, "2": 5, "3": 0, "4": 0, "5": 0}


def test_one_task_of_a_notebook_does_not_make_the_script_worse():
    record = note((ALL, SCRIPT), ({"2": ALL["2"]}, NOTEBOOK))
    assert present_points(EXERCISE, record) == best_points(EXERCISE, record)


@pytest.mark.parametrize(("marks", "points"), [(NONE, 6), ({"3": ALL["3"]}, 13), (ALL, 24)])
def test_a_record_of_the_first_form_goes_on(marks, points):
    assert sum(best_points(EXERCISE, OLD).values()) == sum(present_points(EXERCISE, OLD).values()) == 6
    record = note((marks, SCRIPT), record=OLD)
    assert sum(best_points(EXERCISE, record).values()) == record["points"] == points
    assert record["hints"] == OLD["hints"]


def test_a_mark_that_was_renamed_does_not_count_twice():
    record = note((ALL, SCRIPT), ({"1": {"test_new_name": 6}}, SCRIPT))
    assert best_points(EXERCISE, record)["1"] == 6
