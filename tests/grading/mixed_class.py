"""A class that hands in all that other tests know: solutions, stubs, other answers, mistakes, attacks."""

import itertools
from dataclasses import dataclass

import numpy as np

from dlp_keras.course.catalog import content_folder
from tests.attacks.test_attacks import read_attacks
from tests.marking.samples import takes_all, trains
from tests.marking.test_alternatives import read_alternatives
from tests.marking.test_mistakes import MISTAKES

EX01 = "ex01_linear_regression"
_SLOW = ("while True", "sleep", "fork", "Thread", "import keras", "import tensorflow")


@dataclass(frozen=True)
class HandedIn:
    """What one student hands in for one exercise, and what must come of it.

    Attributes
    ----------
    kind : {"solution", "stub", "alternative", "mistake", "attack"}
    title : str
    text : str
    loses : tuple of str
        The marks that a mistake loses.
    """

    kind: str
    title: str
    text: str
    loses: tuple[str, ...] = ()

    @property
    def is_slow(self):
        """Whether it hangs or imports what the exercise does without."""
        return any(word in self.text for word in _SLOW)


def exercises():
    """Return the exercises in NumPy, in the order of the course."""
    names = sorted(path.stem for path in (content_folder() / "solutions").glob("ex*.py"))
    return [name for name in names if not trains(name)]


def make_class(folder, n_students):
    """Write a folder for each student, and return what each handed in, by student and exercise.

    Each exercise has all that there is of its kinds, in an order of its own and again from the start where a
    class is large. A plain run leaves out what has to be waited for.
    """
    handed_in = {}
    for place, exercise in enumerate(exercises()):
        found = [work for work in _choices(exercise) if takes_all() or not work.is_slow]
        first = place % 2  # the solution or the stub, which a small class may miss otherwise
        order = [first, *np.random.default_rng(place).permutation(len(found))]
        for number, chosen in zip(range(n_students), itertools.cycle(order), strict=False):
            student, work = f"student{number:03d}", found[chosen]
            path = folder / student / f"{exercise}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(work.text, encoding="utf-8")
            handed_in[student, exercise] = work
    return handed_in


def _choices(exercise):
    solution, stub = (
        (content_folder() / room / f"{exercise}.py").read_text("utf-8") for room in ("solutions", "exercises")
    )
    yield HandedIn("solution", "", solution)
    yield HandedIn("stub", "", stub)
    for case in read_alternatives():
        if case.values[0] == exercise:
            yield HandedIn("alternative", case.id, f"{solution}\n\n{case.values[1]}")
    for case in MISTAKES:
        name, code, loses, _ = case.values
        if name == exercise:
            yield HandedIn("mistake", case.id, f"{solution}\n\n{code}", tuple(sorted(loses)))
    for case in read_attacks() if exercise == EX01 else ():
        yield HandedIn("attack", case.id, f"{stub}\n{case.values[0]}")
