"""An untouched stub is known as such, and its marks are those that marking finds."""

import json

import pytest

from dlp_keras.course.catalog import content_folder, find_exercise
from dlp_keras.marking.check import mark
from dlp_keras.marking.stub import is_untouched, open_marks
from tests.marking.samples import some_exercises

EXERCISE = find_exercise("1")


@pytest.fixture
def stub():
    return (content_folder() / "exercises" / f"{EXERCISE.name}.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text, True),
        (lambda text: text.replace("\n", "\r\n"), True),
        (lambda text: text.replace("\n", "  \n") + "\n\n", True),
        (lambda text: "\ufeff" + text, True),
        (lambda text: text + "x = 1\n", False),
        (lambda text: text.replace("    raise", "   raise", 1), False),
        (lambda text: "", False),
    ],
)
def test_white_space_at_line_ends_is_no_work(tmp_path, stub, change, expected):
    path = tmp_path / f"{EXERCISE.name}.py"
    path.write_bytes(change(stub).encode())
    assert is_untouched(path) is expected


def test_a_file_that_cannot_be_read_is_left_to_the_marks(tmp_path):
    path = tmp_path / f"{EXERCISE.name}.py"
    assert not is_untouched(path)
    path.write_bytes(b"\xff\xfe")
    assert not is_untouched(path)


@pytest.mark.parametrize(("source", "expected"), [(None, True), ("x = 1", False)])
def test_a_notebook_is_compared_by_its_code(tmp_path, source, expected):
    name = f"{EXERCISE.name}.ipynb"
    notebook = json.loads((content_folder() / "notebooks" / name).read_text("utf-8"))
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    code.update(outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}], execution_count=1)
    code["source"] = source or code["source"]
    (tmp_path / name).write_text(json.dumps(notebook), "utf-8")
    assert is_untouched(tmp_path / name) is expected


@pytest.mark.parametrize("exercise", some_exercises(), ids=lambda exercise: exercise.code)
def test_the_marks_are_those_of_marking_it(exercise, session):
    found = mark(exercise.name, session=session, folder=content_folder() / "exercises").as_dict()
    known = open_marks(exercise).as_dict()
    assert known.keys() == found.keys()
    assert [shape(mark) for mark in known["marks"]] == [shape(mark) for mark in found["marks"]]


def shape(mark):
    return {
        key: type(value) if key in ("message", "seconds", "output") else value for key, value in mark.items()
    }


def test_one_task_has_its_marks():
    assert open_marks(EXERCISE, "2").tasks == ["2"]
