"""What a network predicts is not for its process to say."""

from pathlib import Path

import pytest

from dlp_keras.course.cells import split_cells
from dlp_keras.marking.check import mark
from dlp_keras.runner.session import WorkerSession
from tests.marking.samples import takes_all

EX07 = "ex07_keras_basics"
ATTACKS = [
    pytest.param(cell.body, id=cell.first_line.removeprefix("# %% ").strip())
    for cell in split_cells(Path(__file__).with_name(f"{EX07}.py").read_text("utf-8"))
    if cell.first_line
]
KNOWN = """
def known(x):
    from dlp_keras.datasets.points import HILLS

    *centre, sign = keras.ops.transpose(keras.ops.convert_to_tensor(HILLS, "float32"))
    away = x[:, None, :] - keras.ops.stack(centre, axis=1)
    cones = keras.ops.maximum(1 - keras.ops.sqrt(keras.ops.sum(away**2, axis=2)) / 2, 0)
    return keras.ops.sum(sign * cones, axis=1, keepdims=True)


def compiled(model):
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model
"""


@pytest.fixture
def judged(judge, tmp_path):
    session = WorkerSession()

    def mark_text(text):
        (tmp_path / f"{EX07}.py").write_text(text, encoding="utf-8")
        return mark(EX07, session=session, judge=judge, folder=tmp_path, task="5", secret=b"of a class")

    yield mark_text
    session.close()


@pytest.mark.parametrize("code", ATTACKS if takes_all() else ATTACKS[::3])
def test_a_lying_network_earns_nothing(code, judged, solution_text):
    marks = judged(f"{solution_text(EX07)}\n{KNOWN}\n{code}")
    points = {m.name: m.points for m in marks.marks if m.name.startswith("test_my_regressor")}
    assert points == {"test_my_regressor_beats_the_baseline": 0, "test_my_regressor_is_good": 0}
    assert "\x1b" not in "".join(m.message for m in marks.marks)


def test_an_honest_network_earns_everything_after_all_that(judged, solution_text):
    assert [m.message for m in judged(solution_text(EX07)).marks if m.state != "earned"] == []
