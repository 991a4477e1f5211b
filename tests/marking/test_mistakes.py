"""Every mark catches the mistakes it is there for, and every mark is there for at least one."""

import ast
import re
from pathlib import Path

import pytest

from dlp_keras.course.marks_file import read_marks
from tests.marking.samples import both_ways, sample, takes_all, trains

HERE = Path(__file__).parents[1]
CELL = re.compile(r"^# %% (?P<title>.*)\n# loses: (?P<loses>.*)\n# says: (?P<says>.*)\n", re.MULTILINE)


def read_mistakes():
    for path in sorted((HERE / "mistakes").glob("ex*.py")):
        text = path.read_text(encoding="utf-8")
        cells = list(CELL.finditer(text))
        ends = [cell.start() for cell in cells[1:]] + [len(text)]
        for cell, end in zip(cells, ends, strict=True):
            code = text[cell.end() : end]
            label = f"{path.stem[:4]} {cell['title']}"
            yield pytest.param(path.stem, code, cell["loses"].split(), cell["says"], id=label)


MISTAKES = list(read_mistakes())


CASES = both_ways(sample(MISTAKES, every=16), graded=lambda exercise: not trains(exercise))


@pytest.mark.parametrize(("exercise", "code", "loses", "says", "way"), CASES)
def test_mistake_loses_exactly_its_marks(
    exercise, code, loses, says, way, mark_text, way_to_mark, solution_text, checkout
):
    task = find_task(checkout / "tests" / "exercises" / f"test_{exercise}.py", loses[0])
    marks = mark_text(exercise, f"{solution_text(exercise)}\n\n{code}", task=task, **way_to_mark(way))
    lost = [m for m in marks.marks if m.state == "lost"]
    assert sorted({m.name.partition("[")[0] for m in lost}) == sorted(loses)
    assert says in " ".join(m.message for m in lost)


def find_task(marks, name):
    """Return the task to mark: all of them in an exercise without Keras, else the one that a mark belongs to.

    The other tasks get the reference for what is wrong here; ``DLP_ALL_MARKS=1`` runs their marks all the same.
    """
    if not trains(marks.stem.removeprefix("test_")) or takes_all():
        return None
    return next(mark.task for mark in read_marks(marks) if mark.name.partition("[")[0] == name)


@pytest.mark.parametrize(
    "marks", sorted((HERE / "exercises").glob("test_ex*.py")), ids=lambda path: path.stem
)
def test_every_mark_has_a_mistake(marks):
    functions = {
        node.name for node in ast.parse(marks.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    }
    caught = {name for case in MISTAKES if f"test_{case.values[0]}" == marks.stem for name in case.values[2]}
    assert {name for name in functions if name.startswith("test_")} == caught
