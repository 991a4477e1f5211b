"""The catalogue is read from the course's own files."""

import pytest

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise, load_catalog


@pytest.mark.parametrize(
    "text",
    [
        "ex01",
        "EX1",
        "1",
        "01",
        "linear_regression",
        "Linear regression",
        "regression",
        "exercises/ex01_linear_regression.py",
        "ex01_linear_regression.ipynb",
    ],
)
def test_an_exercise_has_many_names(text):
    assert find_exercise(text).name == "ex01_linear_regression"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ex99", "There is no exercise 'ex99'. Did you mean"),
        ("regresion", "Did you mean: ex01 \\(Linear regression\\)"),
        ("check", "no exercise 'check'. Did you mean: ex08 \\(The checkerboard\\)\\?"),
        ("images", "Did you mean: ex14"),
        ("qqqq", "There are: ex01 \\(Linear regression\\), "),
    ],
)
def test_an_unknown_name_brings_the_nearest(text, message):
    with pytest.raises(CourseError, match=message):
        find_exercise(text)


def test_every_exercise_is_described():
    for exercise in load_catalog().values():
        assert exercise.title
        assert exercise.header.goals
        assert 15 <= exercise.header.minutes <= 70
        assert set(exercise.header.prerequisites) <= {f"ex{n:02d}" for n in range(1, 17)}
        assert len(exercise.tasks) <= 5
        assert 20 <= exercise.points <= 26
