"""Right answers that are not the reference's keep all points."""

import re
from pathlib import Path

import pytest

CELL = re.compile(r"^# %% (.*)\n", re.MULTILINE)


def read_alternatives():
    for path in sorted((Path(__file__).parents[1] / "alternatives").glob("ex*.py")):
        _, *parts = CELL.split(path.read_text(encoding="utf-8"))
        for title, code in zip(parts[::2], parts[1::2], strict=True):
            yield pytest.param(path.stem, code, id=f"{path.stem[:4]} {title}")


@pytest.mark.parametrize(("exercise", "code"), list(read_alternatives()))
def test_another_right_answer_keeps_all_points(exercise, code, mark_text, solution_text):
    marks = mark_text(exercise, f"{solution_text(exercise)}\n\n{code}")
    assert [(m.title, m.message) for m in marks.marks if m.state != "earned"] == []
    assert marks.complete
