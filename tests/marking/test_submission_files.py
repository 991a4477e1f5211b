"""The file that counts, wherever a student has put it."""

import json
import os
import shutil

import pytest

from dlp_keras.marking.submission_files import find_submission, is_untouched

EX01 = "ex01_linear_regression"


@pytest.fixture
def put(checkout, tmp_path):
    """Put the stub into a place, or another text, with an age in seconds."""

    def write(place, text=None, age=0):
        path = tmp_path / place / f"{EX01}.py" if "." not in place else tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = "notebooks" if path.suffix == ".ipynb" else "exercises"
        if text is None:
            shutil.copy(checkout / kind / path.name, path)
        else:
            path.write_text(text)
        os.utime(path, (1e9 - age, 1e9 - age))
        return path

    return write


@pytest.mark.parametrize(
    "place", [f"{EX01}.py", f"exercises/{EX01}.py", f"{EX01}.ipynb", f"notebooks/{EX01}.ipynb"]
)
def test_a_single_file_is_found(place, put, tmp_path):
    path = put(place)
    assert find_submission(tmp_path, EX01).path == path
    assert find_submission(tmp_path, EX01).note == ""


def test_a_missing_file_is_expected_where_the_others_are(tmp_path):
    assert find_submission(tmp_path, EX01).path == tmp_path / f"{EX01}.py"
    (tmp_path / "exercises").mkdir()
    assert find_submission(tmp_path, EX01).path == tmp_path / "exercises" / f"{EX01}.py"


def test_an_untouched_stub_does_not_count(put, tmp_path):
    put(f"exercises/{EX01}.py")
    notebook = put(f"notebooks/{EX01}.ipynb", '{"cells": []}', age=100)
    found = find_submission(tmp_path, EX01)
    assert found.path == notebook
    assert found.note == (f"notebooks/{EX01}.ipynb is marked: nobody has written in exercises/{EX01}.py.")


def test_the_newer_of_two_files_counts(put, tmp_path):
    script = put(f"exercises/{EX01}.py", "x = 1")
    put(f"notebooks/{EX01}.ipynb", '{"cells": []}', age=100)
    assert find_submission(tmp_path, EX01).path == script
    assert ".py is marked: it is newer than notebooks" in find_submission(tmp_path, EX01).note


def test_two_stubs_are_the_script_without_a_word(put, tmp_path):
    script = put(f"exercises/{EX01}.py", age=100)
    put(f"notebooks/{EX01}.ipynb")
    assert find_submission(tmp_path, EX01).path == script
    assert find_submission(tmp_path, EX01).note == ""


def test_a_notebook_that_was_run_and_saved_is_still_a_stub(put):
    path = put(f"notebooks/{EX01}.ipynb")
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell.update(metadata={"scrolled": True}, id="x", execution_count=3)
    path.write_text(json.dumps(notebook))
    assert is_untouched(path)
    notebook["cells"][3]["source"] = "import numpy"
    path.write_text(json.dumps(notebook))
    assert not is_untouched(path)


@pytest.mark.parametrize("text", ["", "{", '{"cells": [{}]}'])
def test_a_damaged_notebook_is_no_stub(text, put):
    assert not is_untouched(put(f"{EX01}.ipynb", text))
