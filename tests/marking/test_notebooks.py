"""The built notebooks in a real kernel, and `check` in this process."""

import json
import time

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import dlp_keras
from dlp_keras.course.builder import strip_markers
from dlp_keras.course.catalog import find_exercise
from dlp_keras.course.notebook import make_notebook
from dlp_keras.course.workspace import find_workspace, init
from dlp_keras.marking.check import mark
from dlp_keras.runner.session import LocalSession

EX01 = "ex01_linear_regression"


@pytest.fixture
def namespace(solution_text):
    functions = {"__name__": "notebook"}
    exec(solution_text(EX01), functions)
    return functions


def run_notebook(text, folder):
    notebook = nbformat.reads(text, as_version=4)
    client = NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}})
    client.execute()
    return {cell.source: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def printed(outputs):
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


# The kernel's client warns about event loops of its own; nothing of it is ours.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::RuntimeWarning")
def test_notebooks_run_and_mark_in_a_kernel(checkout, solution_text, tmp_path):
    check = 'dlp_keras.check("ex01", task="1")'
    stub = run_notebook((checkout / "notebooks" / f"{EX01}.ipynb").read_text("utf-8"), tmp_path)
    assert "0 of 6 points" in printed(stub[check])
    assert "Still open: return W x + b" in printed(stub[check])
    assert "`%run -m dlp_keras hint ex01 1`" in " ".join(printed(stub[check]).split())

    solved = f'{strip_markers(solution_text(EX01))}\n# %%\nimport dlp_keras\n\ndlp_keras.check("ex01")\n'
    outputs = run_notebook(make_notebook(solved, find_exercise("1")), tmp_path)
    assert "24 of 24 points" in printed(outputs['import dlp_keras\n\ndlp_keras.check("ex01")'])
    pictures = [
        output for cell in outputs.values() for output in cell if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 2


def test_a_notebooks_functions_are_marked_in_place(namespace):
    assert mark(EX01, session=LocalSession(namespace)).complete


def test_the_namespace_is_as_before(namespace):
    before = dict(namespace)
    mark(EX01, session=LocalSession(namespace))
    assert namespace == before


def test_a_redefined_function_counts_at_once(namespace):
    namespace["predict"] = lambda x, weights, bias: x @ weights.T
    marks = mark(EX01, session=LocalSession(namespace))
    (lost,) = (m for m in marks.marks if m.state == "lost")
    assert lost.name == "test_predict_is_w_x_plus_b"
    assert " in line " not in lost.message


def test_a_missing_function_is_named(namespace):
    del namespace["gradient"]
    marks = mark(EX01, session=LocalSession(namespace), task="2")
    assert "`gradient` is missing" in marks.marks[0].message


def test_an_endless_loop_in_a_notebook_ends(namespace):
    namespace["predict"] = loop_forever
    start = time.monotonic()
    marks = mark(EX01, session=LocalSession(namespace), task="1", timeout=0.5)
    assert "did not finish within 0.5 s" in marks.marks[0].message
    assert time.monotonic() - start < 30


def loop_forever(*_):
    while True:
        pass


def test_ctrl_c_stops_the_marks(namespace):
    def interrupted(*_):
        raise KeyboardInterrupt

    namespace["predict"] = interrupted
    with pytest.raises(KeyboardInterrupt):
        mark(EX01, session=LocalSession(namespace))


def test_check_shows_a_table_and_notes_the_points(monkeypatch, namespace, capsys, tmp_path):
    init(tmp_path)
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setattr("dlp_keras.marking.check._callers_namespace", lambda: namespace)
    dlp_keras.check("ex01", task=2)
    assert "5 of 5 points" in capsys.readouterr().out
    assert find_workspace().read_progress()[EX01]["points"] == 5


def test_check_notes_the_points_before_it_shows_them(monkeypatch, namespace, tmp_path):
    init(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dlp_keras.marking.check._callers_namespace", lambda: namespace)
    monkeypatch.setattr("dlp_keras.marking.tables.show_marks", interrupt)
    with pytest.raises(KeyboardInterrupt):
        dlp_keras.check("ex01")
    assert find_workspace().read_progress()[EX01]["points"] == 24


def test_a_notebook_notes_its_points_under_its_own_name(monkeypatch, namespace, tmp_path):
    init(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dlp_keras.marking.check._callers_namespace", lambda: namespace)
    monkeypatch.setattr("dlp_keras.marking.check._ipython_shell", object)
    dlp_keras.check("ex01", task=2)
    assert list(find_workspace().read_progress()[EX01]["now"]) == [f"notebooks/{EX01}.ipynb"]


def interrupt(*_):
    raise KeyboardInterrupt


def test_random_numbers_go_on_as_if_nothing_was(namespace):
    np.random.seed(5)  # noqa: NPY002
    mark(EX01, session=LocalSession(namespace))
    assert np.random.random() == np.random.RandomState(5).random_sample()  # noqa: NPY002


def write_notebook(path, *cells):
    cells = [{"cell_type": "code", "source": cell} for cell in cells]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")


def mark_cells(session, folder, *cells, **options):
    write_notebook(folder / f"{EX01}.ipynb", *cells)
    return mark(EX01, session=session, folder=folder, **options)


def test_a_built_notebook_is_marked_like_its_script(session, solution_text, checkout, tmp_path):
    text = make_notebook(strip_markers(solution_text(EX01)), find_exercise("1"))
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / f"{EX01}.ipynb").write_text(text, encoding="utf-8")
    assert mark(EX01, session=session, folder=tmp_path).complete
    (tmp_path / "notebooks" / f"{EX01}.ipynb").write_bytes(
        (checkout / "notebooks" / f"{EX01}.ipynb").read_bytes()
    )
    assert {m.state for m in mark(EX01, session=session, folder=tmp_path).marks} == {"open"}


def test_cells_that_define_nothing_are_not_run(session, solution_text, tmp_path):
    picture = "gradient_descent(1 / 0)\nresult = predict(1 / 0)\nwhile True:\n    pass"
    magics = f'%matplotlib inline\n!ls\nimport dlp_keras\ndlp_keras.check("ex01")\n{picture}'
    assert mark_cells(session, tmp_path, magics, solution_text(EX01), "%%html\n<b>", picture).complete


def test_an_error_names_the_cell_and_the_line(session, solution_text, tmp_path):
    wrong = "\ndef predict(x, weights, bias):\n    return 1 / 0"
    marks = mark_cells(session, tmp_path, "import numpy as np", solution_text(EX01), wrong, task="1")
    assert "division by zero in code cell 3, line 3, `return 1 / 0`" in marks.marks[0].message


def test_a_cell_that_cannot_be_read_costs_its_own_functions_only(session, solution_text, tmp_path):
    text = solution_text(EX01).replace("def predict", "def another")
    marks = mark_cells(session, tmp_path, "\ndef predict(:\n    pass", text)
    lost = [m for m in marks.marks if m.state != "earned"]
    assert {m.name for m in lost} == {"test_predict_is_w_x_plus_b", "test_predict_keeps_shapes"}
    assert "invalid syntax in code cell 1, line 2, `def predict(:`" in lost[0].message


def test_an_import_that_failed_is_said_where_it_is_missed(session, solution_text, tmp_path):
    text = solution_text(EX01).replace("import numpy as np", "")
    marks = mark_cells(session, tmp_path, "import a_module_that_nobody_has as np", text, task="1")
    lost = [m for m in marks.marks if m.state != "earned"]
    assert "No module named 'a_module_that_nobody_has' in code cell 1, line 1" in lost[0].message


def test_another_file_called_a_notebook_says_so(session, tmp_path):
    (tmp_path / f"{EX01}.ipynb").write_text("def predict(x): ...")
    assert "is not a notebook. Save it again" in mark(EX01, session=session, folder=tmp_path).marks[0].message


# The kernel's client warns about event loops of its own; nothing of it is ours.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::RuntimeWarning")
def test_check_in_a_kernel_names_the_cell_and_the_line(tmp_path):
    cells = ["# wrong\ndef predict(*_):\n    return 1 / 0", 'import dlp_keras\ndlp_keras.check("ex01", 1)']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    outputs = run_notebook(nbformat.writes(notebook), tmp_path)
    assert "in cell [1], line 3, `return 1 / 0`" in " ".join(printed(outputs[cells[1]]).split())
