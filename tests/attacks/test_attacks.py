"""Hostile submissions earn nothing, and change nothing for those who come after."""

import contextlib
import hashlib
from functools import partial
from pathlib import Path

import pytest

import dlp_keras
from dlp_keras.course.catalog import content_folder
from dlp_keras.course.cells import split_cells
from dlp_keras.marking import client
from dlp_keras.marking.check import mark
from dlp_keras.runner.session import WorkerSession
from tests.marking.samples import takes_all
from tests.runner.boxes import KINDS, open_launcher, works

EX01 = "ex01_linear_regression"
HERE = Path(__file__).parent
BOXES = [kind for kind in KINDS if works(kind)]


def read_attacks():
    for cell in split_cells((HERE / f"{EX01}.py").read_text("utf-8")):
        if cell.first_line:
            yield pytest.param(cell.body, id=cell.first_line.removeprefix("# %% ").strip())


@pytest.fixture(scope="module")
def launchers(tmp_path_factory):
    """Hold the processes of each box: all attacks on one have the same warm process."""
    folder, opened = tmp_path_factory.mktemp("handed_in"), contextlib.ExitStack()
    with opened:
        yield folder, {box: opened.enter_context(open_launcher(box, folder, cpu_seconds=30)) for box in BOXES}


@pytest.fixture
def grade(judge, monkeypatch, launchers):
    monkeypatch.setattr(client, "LOAD_TIMEOUT", 6.0)
    everything, launch = launchers

    def grade(box, text):
        folder = everything / hashlib.sha256(text.encode()).hexdigest()[:8]
        folder.mkdir(exist_ok=True)
        file = folder / f"{EX01}.py"
        file.write_text(text, encoding="utf-8")
        session = WorkerSession(partial(launch[box], file))
        try:
            marks = mark(EX01, session=session, judge=judge, folder=folder, timeout=2.0)
        finally:
            session.close()
        assert file.read_text("utf-8") == text
        return marks

    return grade


@pytest.fixture(scope="module")
def untouched():
    """Fail if files of the package, the solutions or the marks have changed in the end."""
    places = [Path(dlp_keras.__file__).parent, content_folder() / "solutions", content_folder() / "tests"]

    def read():
        files = sorted(path for place in places for path in place.rglob("*.py"))
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = read()
    yield
    assert read() == before


def cases():
    """Combine attacks and boxes; a plain run tries only every fourth attack on boxes but the first."""
    for number, attack in enumerate(read_attacks()):
        for place, box in enumerate(BOXES):
            if place == 0 or number % 4 == place or takes_all():
                yield pytest.param(attack.values[0], box, id=f"{attack.id}, {box}")


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("code", "box"), list(cases()))
def test_an_attack_earns_nothing(code, box, grade, checkout):
    stub = (checkout / "exercises" / f"{EX01}.py").read_text("utf-8")
    marks = grade(box, f"{stub}\n{code}")
    assert marks.points == 0
    assert sum(m.max_points for m in marks.marks) == 24
    for m in marks.marks:
        assert "\n" not in m.message
        assert "\x1b" not in m.message + m.output
        assert len(m.message) < 1500


@pytest.mark.parametrize("box", BOXES)
def test_an_honest_solution_earns_everything_after_all_that(box, grade, solution_text):
    assert grade(box, solution_text(EX01)).points == 24
