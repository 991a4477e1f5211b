"""Expectations that marks share."""

import pytest

from dlp_keras.marking import expect
from dlp_keras.marking.client import MarkFailed

TRUTHS = {"a": "first", "b": "second"}


def raising(failure):
    def call():
        raise failure

    return call


def test_any_prediction_counts():
    assert expect.prediction({"q": " B "}, "q", TRUTHS) == "b"


@pytest.mark.parametrize(
    ("value", "message", "is_open"),
    [
        ({"q": None}, "'q' is not answered yet", True),
        ({}, "'q' is not answered yet", True),
        ({"q": "z"}, "none of the choices a, b", False),
        ({"q": 1}, "'1' to 'q' is none of the choices", False),
        ("a", "PREDICTIONS is 'a' \\(str\\). A dictionary is expected", False),
    ],
)
def test_no_letter_is_no_prediction(value, message, is_open):
    with pytest.raises(MarkFailed, match=message) as failed:
        expect.prediction(value, "q", TRUTHS)
    assert failed.value.is_open == is_open


def test_the_text_of_a_refusal_is_returned():
    failure = MarkFailed("`f(4)` raised ValueError: no 4 in line 2.", raised="ValueError", text="no 4")
    assert expect.refused(raising(failure), "ValueError") == "no 4"


@pytest.mark.parametrize(
    ("call", "message", "is_open"),
    [
        (lambda: 1, "returned without an error. A ValueError is expected. Look.", False),
        (raising(MarkFailed("still open", is_open=True)), "still open", True),
        (raising(MarkFailed("f raised KeyError.", raised="KeyError")), "KeyError. A ValueError is", False),
    ],
)
def test_what_is_no_refusal_loses_the_mark(call, message, is_open):
    with pytest.raises(MarkFailed, match=message) as failed:
        expect.refused(call, "ValueError", "Look.")
    assert failed.value.is_open == is_open
