"""`dlp new` in a copy of the checkout: a new exercise is built, marked, and removed again."""

import json
import os
import shutil
import subprocess
import sys

import pytest

PARTS = ("dlp_keras", "docs", "exercises", "notebooks", "solutions", "tests", "pyproject.toml")
NAME = "ex17_pendulum"
CHALLENGE = '''

@pytest.mark.task("2", points=1)
def test_challenge(submission, leaderboard):
    """A number to compare with others."""
    value = submission.square(np.array([0.5]))[0]
    leaderboard("smallest square", value, best="low", baseline=4, limit=0)
    expect.that(value < 0.1, f"The square is {value}.", "Less than 0.1 is expected.")
'''


@pytest.fixture(scope="module")
def copy(checkout, tmp_path_factory):
    """A copy of the checkout with a new exercise."""
    top = tmp_path_factory.mktemp("copy")
    for part in PARTS:
        if (checkout / part).is_dir():
            skip = shutil.ignore_patterns("__pycache__", "pictures")
            shutil.copytree(checkout / part, top / part, ignore=skip)
        else:
            shutil.copy(checkout / part, top / part)
    written = run(top, "new", NAME)
    assert f"solutions/{NAME}.py\ntests/exercises/test_{NAME}.py" in written
    return top


def run(top, *arguments, module="dlp_keras", code=0):
    environment = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(top)}
    command = [sys.executable, "-P", "-m", module, *arguments]
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_a_new_exercise_is_built_and_marked(copy):
    assert "in step" in run(copy, "build", "--check")
    assert "0 of 5 points" in run(copy, "check", "17", code=1)
    assert "5 of 5 points — complete" in run(copy, "check", "17", "--submission", "solutions")


def test_a_new_exercise_brings_mistakes_and_alternatives(copy):
    files = [f"tests/marking/test_{what}.py" for what in ("mistakes", "alternatives", "constants")]
    assert "passed" in run(copy, *files, "-q", "-n", "0", "-k", "ex17", module="pytest")


def test_the_number_of_a_challenge_is_kept_and_shown(copy):
    marks = copy / "tests" / "exercises" / f"test_{NAME}.py"
    before = marks.read_text(encoding="utf-8")
    marks.write_text(before + CHALLENGE, encoding="utf-8")
    printed = run(copy, "check", "17", "--submission", "solutions", code=1)
    assert "smallest square 0.25 · baseline 4 · none below 0" in printed
    (record,) = json.loads(run(copy, "check", "17", "--submission", "solutions", "--json", code=1))
    metric = {"name": "smallest square", "value": 0.25, "best": "low", "baseline": 4, "limit": 0}
    assert record["marks"][-1]["metric"] == metric
    assert record["marks"][-1]["state"] == "lost"
    assert record["marks"][0]["metric"] is None
    marks.write_text(before, encoding="utf-8")


def test_a_new_exercise_is_removed_again(copy):
    files = [*copy.glob(f"*/*{NAME}.*"), *copy.glob(f"tests/*/*{NAME}.py")]
    assert len(files) == 6
    for file in files:
        file.unlink()
    assert "in step" in run(copy, "build", "--check")
