"""What a call of student code may not do unnoticed."""

import numpy as np
import pytest

from dlp_keras.marking.render import one_line
from dlp_keras.runner.codec import decode, encode
from dlp_keras.runner.interpreter import Interpreter


def reply_to(function, *args):
    """Call a function as marks do."""
    call = {"operation": "call", "role": "submission", "name": "f", "args": args, "kwargs": {}, "given": {}}
    return decode(Interpreter({"f": function}).handle(encode({**call, "seed": 1})))


def write_into_array(layers):
    layers[1][0].fill(1)


def replace_array(layers):
    layers[1] = (layers[1][0] + 1,)


@pytest.mark.parametrize("function", [write_into_array, replace_array, list.clear])
def test_a_change_of_arrays_in_a_list_is_noted(function):
    reply = reply_to(function, [(np.zeros(2),), (np.zeros(3),)])
    assert reply["warnings"] == ["UserWarning: The call changed what is in its argument number 1."]


def test_a_call_that_changes_nothing_is_not_noted():
    assert reply_to(len, [(np.zeros(2),), (np.full(3, np.nan),)]) == {"value": 2, "warnings": []}


def test_a_changed_array_is_an_error():
    assert reply_to(np.ndarray.sort, np.array([2, 1]))["error"] == "_ChangedArgument"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Exception encountered when calling Conv2D.call().\n\n\x1b[1mint8 cannot be.\x1b[0m\n\nArguments",
            "int8 cannot be.",
        ),
        (
            "Exception encountered when calling Conv2D.call().",
            "Exception encountered when calling Conv2D.call().",
        ),
        ("\n\nfirst\nsecond", "first"),
        ("", ""),
    ],
)
def test_the_cause_of_an_error_is_told_not_where_keras_met_it(text, told):
    def fail():
        raise ValueError(text)

    assert one_line(reply_to(fail)["message"]) == told
