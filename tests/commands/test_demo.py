import io
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from dlp_keras import training
from dlp_keras.commands import demo
from dlp_keras.datasets import load_images


@pytest.fixture
def fits(monkeypatch):
    """Train for one epoch only; collect the images trained and validated on."""
    seen, fit = [], training.fit

    def fit_once(model, x, y, *, validation_data, epochs, **options):
        seen.extend([x, validation_data[0]])
        return fit(model, x, y, epochs=1, validation_data=validation_data, **options)

    monkeypatch.setattr(training, "fit", fit_once)
    return seen


def test_the_test_images_of_the_demo_are_used_once_and_at_the_end(fits, tmp_path):
    console = Console(file=io.StringIO(), width=100)
    demo._train_digits(tmp_path, console)
    (x_train, _), (x_test, _) = load_images("digits")
    used = np.concatenate(fits)
    np.testing.assert_array_equal(used, x_train)
    assert len(x_test) == 450
    assert "on 450 images kept aside for the end" in console.file.getvalue()


def test_the_demo_names_its_best_picture(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(demo, "_train_checkerboard", lambda *_: None)
    monkeypatch.setattr(demo, "_train_digits", lambda *_: None)
    monkeypatch.setattr(demo, "_start_marking", lambda: SimpleNamespace(kill=lambda: None))
    monkeypatch.setattr(demo, "_finish_marking", lambda _: [])
    monkeypatch.chdir(tmp_path)
    demo.run_demo(tmp_path.relative_to(tmp_path))
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith("checkerboard.gif")
    assert "\x1b" not in printed
