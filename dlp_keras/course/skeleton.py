"""A new exercise to start from: small, complete, and as the rules of the format want it."""

import re
from pathlib import Path

from dlp_keras.course import CourseError

_NAME = re.compile(r"ex\d\d(_[a-z0-9]+)+")

_SOLUTION = '''\
# /// exercise
# title = "{title}"
# goals = ["say in a few words what a student can do afterwards"]
# minutes = 15
# task_minutes = [5, 5]
# difficulty = 1
# prerequisites = []
# slides = []
# book = ["1"]
# ///

# %% [markdown]
# # Exercise {number} · {title}
#
# Why is this worth an hour? Motivation first, in a few lines.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: the first step
#
# The formula, with every symbol explained:
#
# $$y = x^2 .$$


# %%
def square(x):
    """Square numbers.

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    array of the same shape
    """
    # TASK 1: return the square of each number, in the shape of x.
    # HINT 1: What is multiplied by what?
    # BEGIN SOLUTION
    return x * x
    # END SOLUTION


# %% [markdown]
# ## Task 2: predict, run, answer
#
# What does the picture show?
#
# - **a** A line.
# - **b** A parabola.

# %%
# TASK 2: before you run the next cell, say what you expect: "a" or "b".
# STUB: PREDICTIONS = {{"curve": None}}
# BEGIN SOLUTION
PREDICTIONS = {{"curve": "b"}}
# END SOLUTION

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    x = np.linspace(-1, 1, 50)
    figure, ax = plt.subplots(layout="constrained")
    ax.plot(x, square(x))
    ax.set(xlabel="x", ylabel="y", title="What to look at")
    show(figure, "{code}_square")

# %% [markdown]
# Where is the slope zero?
#
# - **a** At the origin, where the curve turns.
# - **b** At both ends of the interval drawn.
#
# And the second derivative?
#
# - **a** It is zero at the origin, and grows.
# - **b** It is 2 at every place of the curve.

# %%
# TASK 2: answer both questions: "a" or "b".
# STUB: ANSWERS = {{"slope": None, "curvature": None}}
# BEGIN SOLUTION
ANSWERS = {{"slope": "a", "curvature": "b"}}
# END SOLUTION

# %% [markdown]
# ## If something looks wrong
#
# - The picture is a straight line: the number is not multiplied by itself. <!-- mistake: twice the number -->
# - The curve opens downwards: mind the sign. <!-- mistake: the sign is lost -->
# - There is a single number: nothing is to be summed. <!-- mistake: the sum of squares -->

# %% [markdown]
# ## Try it yourself
#
# - Change one thing. What happens?

# %% [markdown] tags=["solution"]
# ## Commentary
#
# What to take away, another correct way, and the answers to "Try it yourself" with measured numbers.
'''

_MARKS = '''\
"""Marks of exercise {number}."""

import numpy as np
import pytest

from dlp_keras.marking import expect

CURVE = {{"a": "a line has no second power.", "b": "so it is."}}
SLOPE = {{"b": "there the curve is steepest."}}
CURVATURE = {{"a": "the derivative 2 x has the same slope at every place."}}


@pytest.mark.task("1", points=2)
def test_numbers_are_squared(submission, rng):
    """Each number is squared, in any shape."""
    for x in (rng.normal(size=7), rng.normal(size=(2, 3)), np.array([-3, 0, 2])):
        expected = [number**2 for number in x.ravel()]
        expect.close(submission.square(x), np.reshape(expected, x.shape), look="Is it x times x?")


@pytest.mark.task("2", points=1)
def test_prediction_of_the_curve(submission, explain):
    """You have said what you expect."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "curve", CURVE)
    explain(f"You expected {{letter!r}}: {{CURVE[letter]}}")


@pytest.mark.task("2", points=1)
def test_slope(submission, explain):
    """Where is the slope zero?"""
    expect.answer(submission.value("ANSWERS"), "slope", "a", SLOPE)
    explain("The derivative is 2 x.")


@pytest.mark.task("2", points=1)
def test_curvature(submission, explain):
    """What is the second derivative?"""
    expect.answer(submission.value("ANSWERS"), "curvature", "b", CURVATURE)
    explain("The derivative of 2 x is 2.")
'''

_MISTAKES = '''\
"""Wrong answers to exercise {number}. Each cell replaces something and names the marks it loses."""

# %% twice the number
# loses: test_numbers_are_squared
# says: x times x
def square(x):
    return 2 * x


# %% the sign is lost
# loses: test_numbers_are_squared
# says: x times x
def square(x):
    return -x * x


# %% the sum of squares
# loses: test_numbers_are_squared
# says: is expected
def square(x):
    return np.sum(x * x)


# %% a letter that is no choice
# loses: test_prediction_of_the_curve
# says: none of the choices
PREDICTIONS = {{"curve": "z"}}


# %% both questions wrong
# loses: test_slope test_curvature
# says: steepest
ANSWERS = {{"slope": "b", "curvature": "a"}}
'''

_ALTERNATIVES = '''\
"""Other right answers to exercise {number}. Each cell replaces functions and keeps all points."""


# %% a power
def square(x):
    return x**2


# %% NumPy's own
def square(x):
    return np.square(x)


# %% one by one
def square(x):
    return np.reshape([number * number for number in np.ravel(x)], np.shape(x))
'''


def make_skeleton(name: str, folder: Path) -> dict[Path, str]:
    """Return the text of each file of a new exercise.

    Parameters
    ----------
    name
        Such as ``ex17_pendulum``.
    folder
        The top of the checkout.

    Raises
    ------
    CourseError
        If the name is none for an exercise, or its number is taken.
    """
    if not _NAME.fullmatch(name):
        raise CourseError(f"{name!r} is no name for an exercise. Write it like ex17_pendulum.")
    code, _, words = name.partition("_")
    if taken := list((folder / "solutions").glob(f"{code}_*.py")):
        raise CourseError(f"{taken[0].name} has this number already. Take the next one that is free.")
    tests = folder / "tests"
    values = {"code": code, "number": int(code[2:]), "title": words.replace("_", " ").capitalize()}
    templates = {
        folder / "solutions" / f"{name}.py": _SOLUTION,
        tests / "exercises" / f"test_{name}.py": _MARKS,
        tests / "mistakes" / f"{name}.py": _MISTAKES,
        tests / "alternatives" / f"{name}.py": _ALTERNATIVES,
    }
    return {path: template.format_map(values) for path, template in templates.items()}
