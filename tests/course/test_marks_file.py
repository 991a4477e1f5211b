"""What a file of marks declares, read without importing it."""

import subprocess
import sys

import pytest

from dlp_keras.course.catalog import load_catalog, marks_path
from dlp_keras.course.marks_file import read_marks


def test_marks_are_read_in_order(tmp_path):
    path = tmp_path / "test_x.py"
    path.write_text(
        '@pytest.mark.task("1", points=2)\ndef test_a():\n    """The first.\n\n    More."""\n'
        '@pytest.mark.task("2", points=1)\n@pytest.mark.parametrize("k", [1, -2.5, None, "a", (3,)])\ndef test_b(k): ...\n'
        '@pytest.mark.task("3", points=1)\n@pytest.mark.parametrize("k, m", [(1, 2)])\ndef test_c(k, m): ...\n'
        '@pytest.mark.task("3", points=4)\n@pytest.mark.parametrize("k", [{}], ids=["empty"])\ndef test_d(k): ...\n'
        "def helper(): ...\n"
    )
    marks = read_marks(path)
    names = [
        "test_a",
        *(f"test_b[{k}]" for k in ("1", "-2.5", "None", "a", "k4")),
        "test_c[1-2]",
        "test_d[empty]",
    ]
    assert [mark.name for mark in marks] == names
    assert [mark.points for mark in marks] == [2, 1, 1, 1, 1, 1, 1, 4]
    assert marks[0].title == "The first"
    assert marks[-1].title == "test_d (empty)"


def test_no_file_has_no_marks(tmp_path):
    assert read_marks(tmp_path / "test_x.py") == ()


@pytest.mark.parametrize("name", load_catalog())
def test_pytest_names_the_marks_alike(name):
    path = marks_path(name)
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", path.name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=True)
    collected = [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line]
    assert [mark.name for mark in read_marks(path)] == collected
