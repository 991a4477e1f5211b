"""Progress bars where they are used: a real kernel, a real terminal, a pipe."""

import os
import pty
import re
import subprocess
import sys
import threading

import nbformat
import pytest
from nbclient import NotebookClient

from dlp_keras import progress
from dlp_keras.progress import ProgressBar, track

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")

SETUP = """
import numpy as np
from dlp_keras import device
device.use()
import keras
from dlp_keras.progress import track
from dlp_keras.training import fit, fit_many

x = np.random.default_rng(0).normal(size=(64, 2)).astype("float32")
y = (x[:, :1] > 0).astype("float32")

def build():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model
"""
TRAININGS = {
    "fit_many": "for _ in track([1, 2], 'relu'): fit_many(build, x, y, n_models=3, epochs=3)",
    "fit": "for _ in track([1, 2], 'relu'): fit(build(), x, y, epochs=3)",
    "model.fit": "for _ in track([1, 2], 'relu'): build().fit(x, y, epochs=2)",
}
ALONE = {
    "fit alone": "_ = fit(build(), x, y, epochs=3)",
    "fit_many alone": "_ = fit_many(build, x, y, n_models=3, epochs=3)",
}
BROKEN = "for _ in track([1, 2], 'relu'): raise ZeroDivisionError"


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """Outputs of the cells above, run one after another in a real kernel."""
    sources = [SETUP, *TRAININGS.values(), BROKEN, *ALONE.values()]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    folder = tmp_path_factory.mktemp("notebook")
    NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}}).execute()
    return {cell.source: cell.outputs for cell in notebook.cells}


def bars(outputs):
    """The last state of what cells display in place."""
    shown = [output.data["text/plain"] for output in outputs if output.output_type == "display_data"]
    return [ESCAPE.sub("", text) for text in shown]


kernel = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::RuntimeWarning"
)


@kernel
@pytest.mark.parametrize("name", TRAININGS)
def test_trainings_stay_quiet_within_a_bar_of_a_notebook(cells, name):
    outputs = cells[TRAININGS[name]]
    assert "error" not in {output.output_type for output in outputs}
    assert bars(outputs) == [""]  # one bar, gone at the end


@kernel
@pytest.mark.parametrize("name", ALONE)
def test_a_training_in_a_notebook_keeps_its_bar_even_after_a_broken_loop(cells, name):
    (bar,) = bars(cells[ALONE[name]])
    assert re.search(r"━ (3/3 epochs|9/9 network-epochs) ", bar)


def in_terminal(code, columns=100):
    """Run Python in a terminal; return what it wrote."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm"}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        written = b"".join(iter(lambda: read(ours), b""))
        process.wait()
    os.close(ours)
    return written.decode()


def read(descriptor):
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the terminal's other end is closed
        return b""


NESTED = """
from dlp_keras.progress import ProgressBar, track

for _ in track([1, 2], "outside"):
    with ProgressBar(2, unit="epochs") as bar:
        bar.update(2)
with ProgressBar(1000, label="a long name " * 9, unit="epochs") as bar:
    bar.update(500, {"val_sparse_categorical_accuracy": 0.123456, "val_loss": 1.5})
with ProgressBar(60, unit="epochs") as bar:
    bar.update(60, {"loss": 0.123456, "accuracy": 0.98765, "val_loss": 1e-9, "val_accuracy": 0.5})
"""


def test_bars_in_a_terminal_keep_to_one_line_and_do_not_nest():
    written = in_terminal(NESTED)
    lines = re.split(r"[\r\n]+", ESCAPE.sub("", written))
    assert any(line.startswith("outside") for line in lines)
    assert "2/2 epochs" not in written
    assert any(line.rstrip().endswith("val_accuracy 0.5") for line in lines)
    assert max(map(len, lines)) <= 100
    assert written.rstrip().endswith("\x1b[?25h")  # the cursor is back


def test_nothing_moves_in_a_pipe(capfd, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert [number for number in track([1, 2], "outside")] == [1, 2]  # noqa: C416
    with ProgressBar(3, unit="epochs") as bar:
        bar.update(3, {"loss": 0.5})
    out, err = capfd.readouterr()
    assert re.fullmatch(r"3/3 epochs, \d\.\d s: loss 0\.5\n", out)
    assert err == ""


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "_in_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # for Rich


def test_a_bar_waits(terminal, capsys):
    with ProgressBar(2, label="Quick", delay=60.0) as bar:
        bar.advance()
    with ProgressBar(2, label="Slow", delay=0.0) as bar:
        bar.advance()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Quick" not in captured.err
    assert "Slow" in captured.err


def test_a_training_in_a_thread_of_a_tracked_loop_stays_quiet(terminal, capsys):
    def train():
        with ProgressBar(1, label="inside") as bar:
            bar.advance()

    for _ in track([1], "outside"):
        thread = threading.Thread(target=train)
        thread.start()
        thread.join()
    assert "inside" not in capsys.readouterr().err


def test_a_loop_that_broke_off_silences_nobody(terminal, capsys):
    broken = track([1, 2], "outside")

    def loop():
        for _ in broken:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loop()
    with ProgressBar(1, label="later") as bar:  # while `broken` is still alive
        bar.advance()
    assert "later" in capsys.readouterr().err
