"""The lecturer's file: what it may hold, and what is said about what it may not."""

import datetime

import pytest

from dlp_keras.course import CourseError
from dlp_keras.grading.options import read_options

EX01, EX02 = "ex01_linear_regression", "ex02_activations"
MARK = '@pytest.mark.task("1", points=2)\ndef test_it(submission):\n    """It works."""\n'


@pytest.fixture
def read(tmp_path):
    (tmp_path / "times.csv").write_text("student,time\nalice,2026-12-01T12:00Z\n", encoding="utf-8")
    (tmp_path / "secret").write_text("0123456789abcdef\n", encoding="utf-8")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / f"test_{EX01}.py").write_text(MARK, encoding="utf-8")

    def read_text(text):
        (tmp_path / "course.toml").write_text(text, encoding="utf-8")
        return read_options(tmp_path / "course.toml")

    return read_text


def test_all_keys_are_read(read, tmp_path):
    options = read("""
        exercises = ["ex02", "ex01_linear_regression"]
        timeout = 30
        exercise_timeout = 300
        submission_timeout = 1000.5
        jobs = 2
        require_sandbox = true
        formats = ["moodle"]
        secret_file = "secret"
        private_marks = "private"
        points.ex01 = 10
        points.ex02.1 = 5
        deadlines.all = 2026-11-30T23:59:00+01:00
        deadlines.ex02 = 2026-12-07T23:59:00
        extensions.alice = 2
        extensions.bob.ex01 = 1.5
        [late]
        times = "times.csv"
        percent_per_day = 10
        most_percent = 50
        grace_minutes = 15
        zone = "UTC"
    """)
    assert options.exercises == (EX02, EX01)
    assert (options.timeout, options.exercise_timeout, options.submission_timeout) == (30, 300, 1000.5)
    assert (options.jobs, options.require_sandbox, options.formats) == (2, True, ("moodle",))
    assert options.secret == b"0123456789abcdef"
    assert options.private_marks == tmp_path / "private"
    assert options.scale.exercises == {EX01: 10}
    assert options.scale.tasks == {(EX02, "1"): 5}
    assert options.late.deadline("carol", EX01).isoformat() == "2026-11-30T23:59:00+01:00"
    assert options.late.deadline("alice", EX02).isoformat() == "2026-12-09T23:59:00+00:00"
    assert options.late.deadline("bob", EX01).isoformat() == "2026-12-02T11:59:00+01:00"
    assert options.late.grace == datetime.timedelta(minutes=15)


def test_the_command_line_wins(read):
    options = read('exercises = ["ex01"]\ntimeout = 30\njobs = 2\nrequire_sandbox = true\n')
    given = options.with_given(exercises=("ex02",), timeout=5.0, jobs=None, formats=(), require_sandbox=False)
    assert (given.exercises, given.timeout, given.jobs, given.require_sandbox) == ((EX02,), 5.0, 2, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exercizes = []", "no key `exercizes`. Is `exercises` meant.*Possible: exercises, timeout"),
        ("[late]\npercent = 10", "no key `late.percent`.*Possible: times, percent_per_day"),
        ("timeout = 'long'", "`timeout` has to be a number from 0.1 on. Got 'long'"),
        ("timeout = true", "`timeout` has to be a number.*Got True"),
        ("timeout = 0", "`timeout` has to be a number from 0.1 on. Got 0"),
        ("timeout = nan", "`timeout` has to be a number.*Got nan"),
        ("jobs = 1.5", "`jobs` has to be a whole number from 1 on. Got 1.5"),
        ("jobs = 0", "`jobs` has to be a whole number from 1 on. Got 0"),
        ("require_sandbox = 1", "`require_sandbox` has to be true or false. Got 1"),
        ("exercises = 'ex01'", "`exercises` has to be a list of texts. Got 'ex01'"),
        ("exercises = [1]", "`exercises` has to be a list of texts"),
        ("exercises = ['ex99']", "no exercise 'ex99'"),
        ("formats = ['pdf']", "`formats` has to be some of csv.*Got 'pdf'"),
        ("secret = 'short'", "`secret` has to have 16 characters.*Got 5"),
        ("secret = ''", "`secret` has to have 16 characters.*Got 0"),
        ("secret_file = 'none'", "`secret_file`:.*none cannot be read"),
        ("secret = '0123456789abcdef'\nsecret_file = 'secret'", "Both `secret` and `secret_file`"),
        ("private_marks = 'none'", "`private_marks`: there is no folder"),
        ("points.ex99 = 1", "`points.ex99` is no exercise. Possible: ex01"),
        ("points.ex01 = -1", "`points.ex01` has to be a number from 0 on. Got -1"),
        ("points.ex01.9 = 1", "no key `points.ex01.9`.*Possible: 1, 2"),
        ("points = 3", "`points` has to be a table. Got 3"),
        ("deadlines.all = 2026-11-30T23:59:00Z", "`deadlines` need `late.times`"),
        ("deadlines.all = 2026-11-30\nlate.times = 'times.csv'", "with time and time zone.*Got 2026-11-30"),
        ("deadlines.ex1 = 2026-11-30T23:59:00Z\nlate.times = 'times.csv'", "`deadlines.ex1` is no exercise"),
        ("deadlines.all = 2026-11-30T23:59:00\nlate.times = 'times.csv'", "`late.zone`"),
        ("late.times = 'none.csv'", "`late.times`: there is no file"),
        ("late.percent_per_day = 200", "`late.percent_per_day` has to be a number from 0 to 100. Got 200"),
        ("late.zone = 'Mars/Base'", "`late.zone` has to be a time zone.*Got 'Mars/Base'"),
        ("extensions.alice = 'two'", "`extensions.alice`, in days, has to be a number.*Got 'two'"),
        ("extensions.alice.ex99 = 2", "`extensions.alice.ex99` is no exercise"),
        ("jobs = ", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text, said, read):
    with pytest.raises(CourseError, match=said) as error:
        read(text)
    assert "course.toml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("test_other.py", MARK, "test_other.py belongs to no exercise"),
        (f"test_{EX02}.py", "def (", "cannot be read"),
        (f"test_{EX02}.py", "def test_it():\n    pass\n", "has no test with"),
    ],
)
def test_private_marks_are_looked_at_before_anything_runs(name, text, said, read, tmp_path):
    (tmp_path / "private" / name).write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=said):
        read('private_marks = "private"')


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(CourseError, match="There is no file"):
        read_options(tmp_path / "none.toml")
