"""What a lecturer reads of values when marks are replayed."""

import numpy as np
import pytest

from dlp_keras.marking import expect, trace
from dlp_keras.runner.codec import Expression, HistoryRecord


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        ("a\nb", r"'a\nb'"),
        (np.float64(0.5), "0.5"),
        (np.array(0.25), "0.25"),
        (np.array([1.0, 2.0]), "array([1., 2.], shape (2,), float64)"),
        ([1, (2, None)], "[1, (2, None)]"),
        ({"loss": [0.5]}, "{'loss': [0.5]}"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        (Expression("keras.callbacks.Callback()"), "keras.callbacks.Callback()"),
        (HistoryRecord({"loss": [0.5]}), "History({'loss': [0.5]})"),
        (object(), "<object>"),
    ],
)
def test_values_are_written(value, text):
    assert trace.value_text(value) == text


def test_of_a_large_array_the_corners_are_written():
    text = trace.value_text(np.arange(10_000.0).reshape(100, 100))
    assert "0.000e+00" in text
    assert "9.999e+03" in text
    assert "shape (100, 100)" in text
    assert len(text) < 400


def test_calls_are_written_with_names():
    assert trace.call_text("fit", (1,), {"epochs": 2}) == "fit(1, epochs=2)"


def test_expected_values_are_kept_only_while_somebody_records():
    with trace.recording() as steps:
        expect.close(1.0, 1.0)
    expect.close(2.0, 2.0)
    assert [(step.kind, step.text) for step in steps] == [("expected", "1.0")]
