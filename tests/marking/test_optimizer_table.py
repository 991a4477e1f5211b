"""The table that the marks of exercise 5 compare with is what Keras computes now."""

import os
import re
import subprocess
import sys

import numpy as np

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def test_the_stored_table_is_that_of_keras(checkout, tmp_path):
    script = checkout / "tests" / "exercises" / "keras_optimizer_table.py"
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}  # JAX computes in single precision
    command = [sys.executable, script, tmp_path / "now.json"]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    stored, now = (path.read_text("utf-8") for path in (script.with_suffix(".json"), tmp_path / "now.json"))
    assert NUMBER.sub("", now) == NUMBER.sub("", stored)
    numbers = [np.array(NUMBER.findall(text), dtype=float) for text in (now, stored)]
    np.testing.assert_allclose(*numbers, rtol=1e-7, atol=1e-7)
