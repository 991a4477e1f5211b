"""Right answers that are not the reference's keep all points."""

from pathlib import Path

import pytest

from dlp_keras.course.cells import split_cells
from tests.marking.samples import both_ways, sample, some_exercises


def read_alternatives():
    for path in sorted((Path(__file__).parents[1] / "alternatives").glob("ex*.py")):
        for cell in split_cells(path.read_text(encoding="utf-8"))[1:]:
            title = cell.first_line.removeprefix("# %% ").rstrip()
            yield pytest.param(path.stem, cell.body, id=f"{path.stem[:4]} {title}")


NAMES = [exercise.name for exercise in some_exercises()]
CASES = [case for case in read_alternatives() if case.values[0] in NAMES]


@pytest.mark.parametrize(("exercise", "code", "way"), both_ways(sample(CASES, every=4)))
def test_another_right_answer_keeps_all_points(exercise, code, way, mark_text, way_to_mark, solution_text):
    marks = mark_text(exercise, f"{solution_text(exercise)}\n\n{code}", **way_to_mark(way))
    assert [(m.title, m.message) for m in marks.marks if m.state != "earned"] == []
    assert marks.complete
