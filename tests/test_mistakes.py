"""Every mark catches the mistakes it is there for: a wrong answer loses exactly its marks, with the right words."""

import re
from pathlib import Path

import pytest

from dlp_keras.course.catalog import content_folder
from dlp_keras.course.check import mark
from dlp_keras.course.session import WorkerSession

CELL = re.compile(r"^# %% (?P<title>.*)\n# loses: (?P<loses>.*)\n# says: (?P<says>.*)\n", re.MULTILINE)


def read_mistakes():
    for path in sorted((Path(__file__).parent / "mistakes").glob("ex*.py")):
        text = path.read_text(encoding="utf-8")
        cells = list(CELL.finditer(text))
        ends = [cell.start() for cell in cells[1:]] + [len(text)]
        for cell, end in zip(cells, ends, strict=True):
            code = text[cell.end() : end]
            label = f"{path.stem[:4]} {cell['title']}"
            yield pytest.param(path.stem, code, cell["loses"].split(), cell["says"], id=label)


@pytest.fixture(scope="module")
def session():
    session = WorkerSession()
    yield session
    session.close()


@pytest.mark.parametrize(("exercise", "code", "loses", "says"), list(read_mistakes()))
def test_mistake_loses_exactly_its_marks(exercise, code, loses, says, session, tmp_path):
    solution = (content_folder() / "solutions" / f"{exercise}.py").read_text(encoding="utf-8")
    (tmp_path / f"{exercise}.py").write_text(f"{solution}\n\n{code}", encoding="utf-8")
    marks = mark(exercise, session=session, folder=tmp_path)
    lost = [m for m in marks.marks if m.state == "lost"]
    assert sorted(m.name for m in lost) == sorted(loses)
    assert says in " ".join(m.message for m in lost)
