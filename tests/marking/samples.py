"""Which cases of the exercises that train networks a plain run takes; ``DLP_ALL_MARKS=1`` takes all."""

import functools
import os

import pytest

from dlp_keras.course.catalog import content_folder, load_catalog


@functools.cache
def trains(exercise):
    """Whether an exercise trains with Keras."""
    return "import keras" in (content_folder() / "solutions" / f"{exercise}.py").read_text(encoding="utf-8")


def takes_all():
    """Whether all cases run."""
    return bool(os.environ.get("DLP_ALL_MARKS"))


def sample(cases, every):
    """Keep all cases of exercises in NumPy, and of each other exercise the first of every so many.

    The first value of a case is the exercise's name.
    """
    if takes_all():
        return list(cases)
    counts, kept = {}, []
    for case in cases:
        exercise = case.values[0]
        number = counts[exercise] = counts.get(exercise, -1) + 1
        if not trains(exercise) or number % every == 0:
            kept.append(case)
    return kept


def both_ways(cases, graded=lambda exercise: True):
    """Combine cases with both ways to mark, of a student and of a class.

    A plain run takes them in turn, and the second one only for the exercises that `graded` names.
    """
    return [
        pytest.param(*case.values, way, id=f"{case.id}, {way}")
        for number, case in enumerate(cases)
        for way in ("checked", "graded")
        if takes_all() or (way == "graded") == bool(number % 2 and graded(case.values[0]))
    ]


def some_exercises():
    """Return all exercises in NumPy, and every third of those that train networks."""
    catalog = list(load_catalog().values())
    training = [exercise for exercise in catalog if trains(exercise.name)]
    return catalog if takes_all() else [e for e in catalog if e not in training or e in training[::3]]
