"""The catalogue is read from the course's own files."""

import pytest

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise, load_catalog, read_exercise, read_header, read_points


@pytest.mark.parametrize(
    "text", ["ex01", "1", "01", "linear_regression", "regression", "exercises/ex01_linear_regression.py"]
)
def test_an_exercise_has_many_names(text):
    assert find_exercise(text).name == "ex01_linear_regression"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ex99", "There is no exercise 'ex99'. Did you mean"),
        ("regresion", "Did you mean: ex01 \\(Linear regression\\)"),
        ("qqqq", "There are: ex01 \\(Linear regression\\), "),
    ],
)
def test_an_unknown_name_brings_the_nearest(text, message):
    with pytest.raises(CourseError, match=message):
        find_exercise(text)


def test_every_exercise_is_described():
    for exercise in load_catalog().values():
        assert exercise.title
        assert exercise.goals
        assert 15 <= exercise.minutes <= 60
        assert exercise.difficulty in (1, 2, 3)
        assert set(exercise.prerequisites) <= {f"ex{n:02d}" for n in range(1, 17)}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "has no header"),
        ("# /// exercise\n# title = \n# ///\n", "is not TOML"),
        ('# /// exercise\n# title = "x"\n# goals = []\n# ///\n', "lacks difficulty, minutes, prerequisites"),
    ],
)
def test_a_wrong_header_is_an_error(header, message):
    with pytest.raises(CourseError, match=message):
        read_header(header, "ex99_x.py")


def test_points_are_added_up_by_task(tmp_path):
    marks = tmp_path / "test_x.py"
    marks.write_text(
        '@pytest.mark.task("1", points=2)\ndef test_a(): ...\n'
        '@pytest.mark.task("2", points=1)\n@pytest.mark.parametrize("k", [1, 2, 3])\ndef test_b(k): ...\n'
        '@pytest.mark.task("1", points=4)\ndef test_c(): ...\n'
        "def helper(): ...\n"
    )
    assert read_points(marks) == {"1": 6, "2": 3}


def test_tasks_and_hints_are_read_in_order(tmp_path):
    source = tmp_path / "ex99_x.py"
    source.write_text(
        '# /// exercise\n# title = "x"\n# goals = ["g"]\n# minutes = 20\n# difficulty = 1\n'
        "# prerequisites = []\n# ///\ndef f():\n    # TASK 1: do this,\n    #   and that.\n"
        "    # HINT 1: first\n    # HINT 1: second,\n    #   on two lines\n    # BEGIN SOLUTION\n    # END SOLUTION\n"
    )
    (task,) = read_exercise(source, tmp_path / "missing.py").tasks
    assert task.text == "do this, and that."
    assert task.hints == ("first", "second, on two lines")
