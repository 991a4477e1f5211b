"""Deadlines and penalties: what lateness costs, and whose time counts."""

import datetime

import pytest

from dlp_keras.course import CourseError
from dlp_keras.grading.final_points import PointScale, take_penalty
from dlp_keras.grading.late import LatePolicy, read_times
from dlp_keras.grading.records import Record

EX01, EX02 = "ex01_linear_regression", "ex02_activations"
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
DEADLINE = datetime.datetime(2026, 11, 30, 23, 59, tzinfo=datetime.timezone(HOUR))


def policy(delay, **options):
    return LatePolicy({EX01: DEADLINE}, {("alice", ""): DEADLINE + delay}, **options)


@pytest.mark.parametrize(
    ("delay", "days"), [(-DAY, 0), (0 * HOUR, 0), (HOUR, 1), (DAY, 1), (DAY + HOUR, 2), (9 * DAY, 9)]
)
def test_each_day_begun_counts(delay, days):
    assert policy(delay).days_late("alice", EX01) == days


def test_grace_forgives_but_does_not_move_the_days():
    assert policy(HOUR, grace=HOUR).days_late("alice", EX01) == 0
    assert policy(DAY + HOUR, grace=2 * HOUR).days_late("alice", EX01) == 2


def test_time_zones_are_compared_as_moments():
    same = (DEADLINE + HOUR).astimezone(datetime.timezone(-5 * HOUR))
    assert LatePolicy({EX01: DEADLINE}, {("alice", ""): same}).days_late("alice", EX01) == 1


def test_nothing_is_late_without_deadline_or_time():
    assert policy(DAY).days_late("alice", EX02) == 0
    assert policy(DAY).days_late("bob", EX01) == 0


def test_an_extension_of_one_exercise_goes_before_that_of_all():
    extensions = {("alice", ""): 1.0, ("alice", EX01): 3.0}
    assert policy(2 * DAY, extensions={("alice", ""): 1.0}).days_late("alice", EX01) == 1
    assert policy(2 * DAY, extensions=extensions).days_late("alice", EX01) == 0


@pytest.mark.parametrize(("days", "points"), [(0, 20), (1, 18), (3, 14), (9, 10)])
def test_points_before_and_after_are_both_there(days, points):
    record = Record("alice", EX01, 20, 24, "marked", note="ex01.py was marked.")
    found = take_penalty(record, policy(days * DAY, percent_per_day=10.0, most_percent=50.0))
    assert found.points == points
    assert found.points_before == 20
    assert found.points + found.penalty == 20
    assert ("late" in found.note) == (days > 0)


def test_times_are_read_and_the_latest_counts(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text(
        "\ufeffstudent,time,exercise\n"
        "alice,2026-11-30T10:00:00+01:00,\n"
        "alice,2026-12-01 10:00,\n"
        "alice,2026-11-29T08:00Z,ex01\n",
        encoding="utf-8",
    )
    times = read_times(path, {"ex01": EX01}, datetime.UTC)
    assert times == {
        ("alice", ""): datetime.datetime(2026, 12, 1, 10, tzinfo=datetime.UTC),
        ("alice", EX01): datetime.datetime(2026, 11, 29, 8, tzinfo=datetime.UTC),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,time\nalice,2026-11-30T10:00Z\n", "no column student"),
        ("student,time\nalice,yesterday\n", "line 2.*'yesterday'"),
        ("student,time\nalice,2026-11-30T10:00\n", "time zone.*Got 2026-11-30T10:00"),
        ("student,time,exercise\nalice,2026-11-30T10:00Z,ex99\n", "'ex99', which is no exercise"),
        ("", "no column student"),
    ],
)
def test_what_is_wrong_in_times_is_said(text, said, tmp_path):
    (tmp_path / "times.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=said):
        read_times(tmp_path / "times.csv", {"ex01": EX01}, None)


def make_record():
    marks = [
        {"task": "1", "points": 2, "max_points": 2},
        {"task": "2", "points": 1, "max_points": 1},
        {"task": "2", "points": 0, "max_points": 1},
    ]
    return Record("alice", EX01, 3, 4, "marked", marks=marks)


def test_an_exercise_is_scaled_as_a_whole():
    found = PointScale(exercises={EX01: 10}).apply(make_record(), {"1": 2, "2": 2})
    assert (found.points, found.max_points) == (7.5, 10)
    assert [mark["points"] for mark in found.marks] == [5, 2.5, 0]


def test_a_task_is_scaled_alone():
    found = PointScale(tasks={(EX01, "2"): 5}).apply(make_record(), {"1": 2, "2": 2})
    assert (found.points, found.max_points) == (4.5, 7)


def test_what_is_missing_has_the_scaled_maximum_too():
    missing = Record("bob", EX01, 0, 4, "missing")
    assert PointScale(exercises={EX01: 10}).apply(missing, {"1": 2, "2": 2}).max_points == 10
    assert PointScale(exercises={EX02: 10}).apply(missing, {"1": 2, "2": 2}) == missing
