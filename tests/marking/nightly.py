"""What takes an hour, and is not part of every run: ``pytest tests/marking/nightly.py``."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from dlp_keras.course.builder import strip_markers
from dlp_keras.course.catalog import load_catalog
from dlp_keras.course.cells import join_cells, split_cells
from dlp_keras.course.notebook import make_notebook
from dlp_keras.marking.check import mark
from tests.marking.test_alternatives import read_alternatives


@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("name", load_catalog())
def test_the_solution_passes_for_every_seed(name, seed, session, checkout):
    marks = mark(name, session=session, folder=checkout / "solutions", seed=seed)
    assert [m.message for m in marks.marks if m.state != "earned"] == []


@pytest.mark.parametrize(("exercise", "code"), list(read_alternatives()))
def test_given_cells_run_with_another_right_answer(exercise, code, solution_text, tmp_path):
    cells = split_cells(strip_markers(solution_text(exercise)))
    given = [cell for cell in cells if cell.body.lstrip().startswith("if __name__")]
    others = [cell for cell in cells if cell not in given]
    script = tmp_path / f"{exercise}.py"
    script.write_text(f"{join_cells(others)}\n# %%\n{code}\n{join_cells(given)}", encoding="utf-8")
    environment = os.environ | {"DLP_FIGURES": str(tmp_path), "MPLBACKEND": "agg"}
    keras = "ignore:__array__ implementation:DeprecationWarning"  # as in pyproject.toml
    command = [sys.executable, "-W", "error", "-W", keras, str(script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(tmp_path.glob("*.png"))


# The kernel's client warns about event loops of its own; nothing of it is ours.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.code)
def test_a_solved_notebook_runs_from_top_to_bottom(exercise, solution_text, tmp_path):
    text = make_notebook(strip_markers(solution_text(exercise.name)), exercise)
    notebook = nbformat.reads(text, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(f'dlp_keras.check("{exercise.code}")'))
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert f"{exercise.points} of {exercise.points} points" in str(notebook.cells[-1].outputs)
