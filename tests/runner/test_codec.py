"""Plain values survive the way between processes; nothing else does."""

import json
import pickle
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlp_keras.runner import codec
from dlp_keras.runner.codec import (
    CodecError,
    Expression,
    HistoryRecord,
    ModelHandle,
    Opaque,
    decode,
    encode,
)

ARRAYS = [
    np.arange(6, dtype=np.int8).reshape(2, 3),
    np.zeros((0, 4), np.float32),
    np.array([1 + 2j, np.inf]),
    np.array([True, False]),
    np.array(["a", "long"]),
    np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    np.arange(10, dtype=">f8")[::2],
]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(10**30),
        1.5,
        float("inf"),
        "µ ± 1",
        [],
        [1, [2.0, "x"]],
        (1, (2,)),
        {"a": [1], 2: (3,)},
    ],
    ids=repr,
)
def test_plain_values_come_back_as_they_were(value):
    result = decode(encode(value))
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_arrays_keep_dtype_shape_and_values(array):
    result = decode(encode({"a": [array, array]}))["a"][1]
    assert (result.dtype, result.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(result, array)


def test_an_array_is_a_copy_that_can_be_written():
    result = decode(encode(np.zeros(3)))
    result[0] = 1
    assert result[0] == 1


def test_numpy_scalars_stay_scalars():
    assert decode(encode(np.float32(0.5))).dtype == np.float32
    assert decode(encode(np.array(3))) == 3


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_generators_continue_where_they_were(kind):
    rng = np.random.Generator(kind(7))
    rng.normal(size=3)
    there = decode(encode(rng), evaluate=eval)
    np.testing.assert_array_equal(there.normal(size=5), rng.normal(size=5))


def test_no_generator_comes_from_the_students_side():
    rng = np.random.default_rng(1)
    assert decode(encode([rng], keep_model=lambda model: None)) == [Opaque("Generator")]
    with pytest.raises(CodecError, match="not a message"):
        decode(encode(rng))


@pytest.mark.parametrize(
    "value", [(i * i for i in range(4)), map(int, "0149"), {0: 0, 1: 1, 4: 2, 9: 3}.keys()]
)
def test_iterators_become_lists(value):
    assert decode(encode(value)) == [0, 1, 4, 9]


def test_a_history_is_no_dictionary():
    history = keras.callbacks.History()
    history.history = {"loss": [0.5, 0.25]}
    assert decode(encode(history)) == HistoryRecord({"loss": [0.5, 0.25]})
    assert decode(encode(history.history)) == {"loss": [0.5, 0.25]}


def test_an_expression_is_evaluated_by_who_wants_to():
    assert decode(encode([Expression("1 + 1")]), evaluate=eval) == [2]
    with pytest.raises(CodecError, match="not a message"):
        decode(encode([Expression("1 + 1")]))


@pytest.mark.parametrize("keras_is_loaded", [True, False])
@pytest.mark.parametrize("make", [tf.constant, tf.Variable, keras.ops.convert_to_tensor])
def test_tensors_and_variables_become_arrays(make, keras_is_loaded, monkeypatch):
    value = make([1.0, 2.0])
    if not keras_is_loaded:
        monkeypatch.delitem(sys.modules, "keras")
    np.testing.assert_array_equal(decode(encode(value)), [1.0, 2.0])


def test_a_variable_of_keras_becomes_an_array():
    np.testing.assert_array_equal(decode(encode(keras.Variable([1.0, 2.0]))), [1.0, 2.0])


def test_an_endless_iterator_is_refused():
    with pytest.raises(CodecError, match="more than 100000 items"):
        encode(iter_forever())


def test_many_items_are_refused_wherever_they_are():
    with pytest.raises(CodecError, match="more than 100000 items"):
        encode([[0] * 60_000, [0] * 60_000])
    with pytest.raises(CodecError, match="more than 1000 keys"):
        encode(dict.fromkeys(range(1001)))


def test_a_list_within_itself_is_refused():
    inside: list = []
    inside.append(inside)
    with pytest.raises(CodecError, match="more than 32 deep"):
        encode(inside)


@pytest.mark.parametrize("key", [(1, (2,)), frozenset(), np.arange(2), b"x"], ids=repr)
def test_keys_are_plain_values(key):
    class Keys(dict):
        def items(self):
            return [(key, 1)]

    with pytest.raises(CodecError, match="a dictionary with keys such as"):
        encode(Keys())


def test_a_key_of_numpy_becomes_a_plain_one():
    assert decode(encode({np.str_("a"): 1, (1, 2): 3})) == {"a": 1, (1, 2): 3}


def test_half_a_character_is_replaced():
    assert decode(encode({"a": "x\ud800"})) == {"a": "x?"}


def iter_forever():
    while True:
        yield 0


def test_subclasses_lose_what_they_add():
    class AlwaysEqual(float):
        def __eq__(self, other):
            return True

        __hash__ = None

    assert type(decode(encode(AlwaysEqual(2.0)))) is float


@pytest.mark.parametrize(
    "value",
    [object(), len, {1, 2}, np.array([object()]), b"bytes"],
    ids=["object", "function", "set", "array of objects", "bytes"],
)
def test_everything_else_leaves_only_its_name(value):
    assert isinstance(decode(encode(value)), Opaque)


def message(tree, memory=b""):
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return len(text).to_bytes(8, "big") + text + memory


COLLIDING = [[n * (2**61 - 1), 0] for n in range(1, 40_001)]
LAYER = {"class": "Dense", "name": "d", "n_parameters": 3, "output_shape": [None, 1]}
MODEL = {
    "class": "Sequential",
    "shows_layers": True,
    "layers": [LAYER],
    "n_parameters": 3,
    "n_trainable": 3,
    "input_shape": [None, 2],
    "output_shape": [None, 1],
    "compiled": None,
}


@pytest.mark.parametrize(
    "hostile",
    [
        message({"!": "dict", "items": COLLIDING}),
        message(b"[" * 40 + b"]" * 40),
        message(b"[" * 4_000_000),
        message(b"[" + b"[]," * 1_000_000 + b"[]]"),
        message(b'"' + b"x" * 9_000_000 + b'"'),
        message(b"1" * 1_000_000),
        message({"!": "dict", "items": [[[1], 2]]}),
        message({"!": "array", "dtype": "<f8", "shape": [-1]}, bytes(8)),
        message({"!": "array", "dtype": "<f8", "shape": [True]}, bytes(8)),
        message({"!": "array", "dtype": "f8," * 10_000, "shape": [1]}, bytes(8)),
        message({"!": "array", "dtype": "<f8", "shape": [2**40, 2**40]}, bytes(8)),
        message({"!": "array", "dtype": "<U1", "shape": [1]}, b"\xff" * 4),
        message({"!": "history", "history": {"!": "dict", "items": [["loss", 3]]}}),
        message({"!": "history", "history": {"!": "dict", "items": [[1, [3]]]}}),
        message({"!": "model", "number": 1, "description": {}}),
        message({"!": "model", "number": -1, "description": MODEL}),
        message({"!": "model", "number": 1, "description": MODEL | {"n_parameters": "many"}}),
        message({"!": "model", "number": 1, "description": MODEL | {"layers": [{}]}}),
        message({"!": "model", "number": 1, "description": MODEL | {"class": "x" * 5_000}}),
        message({"!": "foreign", "type": 3}),
    ],
    ids=range(20),
)
def test_hostile_messages_are_refused(hostile):
    with pytest.raises(CodecError, match="not a message"):
        decode(hostile)


@pytest.mark.parametrize(
    ("hostile", "why"),
    [
        (message({"!": "dict", "items": COLLIDING}), "too many keys"),  # these took half a minute once
        (message(b"[" * 40 + b"]" * 40), "too deep"),
        (message(b"[" * 4_000_000), "bytes with"),
        (message(b"[" + b"[]," * 1_000_000 + b"[]]"), "bytes with"),
        (message(b'"' + b"x" * 9_000_000 + b'"'), "bytes with"),
    ],
    ids=range(5),
)
def test_what_would_take_long_is_refused_before_it_is_built(hostile, why):
    with pytest.raises(CodecError, match=why):
        decode(hostile)


def test_a_model_is_its_description():
    found = decode(message({"!": "model", "number": 1, "description": MODEL}))
    assert found == ModelHandle(1, MODEL)


def test_the_name_of_a_type_is_one_line():
    found = decode(message({"!": "foreign", "type": "x\n✓ All marks earned\x1b[31m" * 100}))
    assert len(found.type_name) == 80
    assert set("\n\x1b✓[") & set(found.type_name) == set()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0" * 8,
        pickle.dumps(1),
        encode([1])[:-1],
        encode(np.arange(3.0))[:-1],
        (9).to_bytes(8, "big") + b'{"!":"x"}',
        (60).to_bytes(8, "big") + b'{"!": "array", "dtype": "|O", "shape": [1]}'.ljust(60) + b"\0" * 8,
        (60).to_bytes(8, "big") + b'{"!": "array", "dtype": "<f8", "shape": [999999999999]}'.ljust(60),
        (60).to_bytes(8, "big") + b'{"!": "rng", "kind": "bit_generator", "state": {}}'.ljust(60),
        (8).to_bytes(8, "big") + b"[" * 8,
        (60).to_bytes(8, "big")
        + (b'{"!": "array", "dtype": "<f8", "shape": [1' + b"0" * 15 + b"]}").ljust(60),
        (60).to_bytes(8, "big") + b'{"!": "model", "number": 1e400, "description": {}}'.ljust(60),
    ],
)
def test_other_bytes_are_refused(message):
    with pytest.raises(CodecError, match="not a message"):
        decode(message)


def test_a_value_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(codec, "MAX_BYTES", 1000)
    with pytest.raises(CodecError, match="an array of 0 MiB; at most"):
        encode(np.zeros(200))
    with pytest.raises(CodecError, match="a value of 0 MiB, which is too large"):
        encode([np.zeros(100), np.zeros(100)])
