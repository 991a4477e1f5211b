"""What of a notebook is run to be marked."""

import json

import pytest

from dlp_keras.runner.definitions import defined_names
from dlp_keras.runner.notebook import NotebookError, find_definitions, read_cells, strip_magics


def write_notebook(path, *cells):
    cells = [{"cell_type": "code", "source": cell.splitlines(True)} for cell in cells]
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "# Title"}, *cells]}))
    return path


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if True:\n    %pip install numpy", "if True:\n    pass"),
        ("!ls\nfiles = !ls\nout, err = %sx ls", "pass\npass\npass"),
        ("predict?\n?predict\nnp.mean??", "pass\npass\npass"),
        ("%%time\ndef f():\n    return 1", "pass\ndef f():\n    return 1"),
        ("%%bash\nrm -r *", ""),
        ("print('%d'\n      %(3))", "print('%d'\n      %(3))"),
        ('"""\n!not a shell line\n"""', '"""\n!not a shell line\n"""'),
    ],
)
def test_magics_and_shell_lines_leave_python_at_its_place(cell, plain):
    assert strip_magics(cell) == plain


def test_code_cells_are_read_in_order(tmp_path):
    assert read_cells(write_notebook(tmp_path / "x.ipynb", "x = 1\ny = 2", "z = 3")) == [
        "x = 1\ny = 2",
        "z = 3",
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"worksheets": []}', "def predict(): ..."])
def test_another_file_is_no_notebook(text, tmp_path):
    (tmp_path / "x.ipynb").write_text(text)
    with pytest.raises(NotebookError, match=r"is not a notebook\. Save it again in Jupyter"):
        read_cells(tmp_path / "x.ipynb")


@pytest.mark.parametrize(
    ("cells", "run"),
    [
        (["import os\ndef f(x):\n    model = x\n    return model", "model = f(1)\nplot(model)"], {1}),
        (["RATE = 0.1", "def f():\n    return RATE"], {1, 2}),
        (["a = 1", "b = a + 1", "def f():\n    return [b for _ in range(3)]"], {1, 2, 3}),
        (["def f():\n    pass", "f = jit(f)", "g = jit(f)"], {1, 2}),
        (["f = lambda x: x"], {1}),
        (["f, g = 1, 2", "f['a'] = 2", "g['a'] = 3", "f.rate = 1"], {1, 2, 4}),
        (
            ["try:\n    import fast\nexcept ImportError:\n    fast = None", "def f():\n    return fast"],
            {1, 2},
        ),
        (["class Net:\n    rate = start", "start = 3", "rate = 4"], {1, 2}),
        (["train(100)", "for i in range(3):\n    print(i)", "if True:\n    show()"], set()),
    ],
)
def test_only_definitions_and_what_they_use_are_run(cells, run):
    assert {statement.cell for statement in find_definitions(cells, {"f"})} == run


def test_a_cell_that_cannot_be_read_names_what_it_would_define():
    (statement,) = find_definitions(["def f(:\n    pass\nANSWERS = 3"], {"f"})
    assert statement.names == {"f", "ANSWERS"}
    assert isinstance(statement.node, SyntaxError)


def test_a_script_defines_its_functions_and_values_but_not_those_of_its_main_part():
    script = "import os\nA = 1\n\ndef f():\n    x = 1\n\nif __name__ == '__main__':\n    b = 2\n"
    assert defined_names(script) == {"A", "f"}
