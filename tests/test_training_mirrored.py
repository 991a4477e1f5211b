"""`fit` on several devices, in a process of its own: see `two_devices.py`."""

import subprocess
import sys
from pathlib import Path

import keras
import pytest


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a strategy of TensorFlow")
def test_two_devices_train_as_with_keras():
    script = Path(__file__).parent / "two_devices.py"
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.splitlines()[-1] == "the same"
    assert "RuntimeWarning" not in run.stderr
