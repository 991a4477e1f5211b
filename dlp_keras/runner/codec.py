"""Plain values as bytes: all that may pass between a student's code and its marks.

A message is a JSON text followed by the raw memory of the arrays in it. Nothing is unpickled, and sizes are
checked before anything is built, so the worst that hostile code can send is a wrong number.
"""

import itertools
import json
import math
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dlp_keras.runner.model_description import is_description

MAX_BYTES = 256 * 2**20
"""Of a message."""
MAX_TEXT = 8 * 2**20
"""Of the part of a message that is no array."""
MAX_ITEMS = 100_000
"""In all lists, tuples and dictionaries of a message together."""
MAX_KEYS = 1000
"""In a dictionary: so many keys that collide on purpose cost no time."""
MAX_DEPTH = 32
"""Of lists within lists."""
_MAX_MIB = MAX_BYTES // 2**20
_DTYPE = re.compile(r"[<>|][biufcU]\d{1,5}")
_TAG = "!"
_LAZY = (types.GeneratorType, range, map, zip, filter, enumerate, reversed)
_LAZY_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_TENSOR_PACKAGES = {"tensorflow", "keras", "jax", "jaxlib", "torch"}


class CodecError(ValueError):
    """A message that is too large or not what this module writes."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that may not pass: only the name of its type does."""

    type_name: str


@dataclass(frozen=True)
class HistoryRecord:
    """What a Keras ``History`` holds; its dictionary alone is not one.

    Attributes
    ----------
    history : dict of str to list of float
        By metric, one value an epoch.
    """

    history: dict[str, Any]


@dataclass(frozen=True)
class Expression:
    """Python that the side of the student's code evaluates, for what may not pass: a callback, a function.

    Attributes
    ----------
    source : str
        An expression that may use ``keras``, or the definition of a function.
    """

    source: str


@dataclass(frozen=True)
class ModelHandle:
    """A Keras model that stays with the student's code, and its description."""

    number: int
    description: dict[str, Any]


def encode(value: Any, keep_model: Callable[[Any], ModelHandle] | None = None) -> bytes:
    """Write a value as bytes.

    Parameters
    ----------
    value
        Numbers, strings, arrays, tensors, lists, tuples, dictionaries, NumPy generators. An iterator is read
        into a list, a Keras ``History`` becomes a `HistoryRecord`, anything else becomes `Opaque`.
    keep_model
        Stores a Keras model and returns its handle. Only the side of the student's code has it, from which
        no generator may pass; without it a model is foreign.

    Raises
    ------
    CodecError
        If the value exceeds one of the limits of this module.
    """
    buffers: list[npt.NDArray[Any]] = []
    text = json.dumps(_Encoder(buffers, keep_model).encode(value)).encode()
    if (size := len(text) + sum(buffer.nbytes for buffer in buffers)) > MAX_BYTES or len(text) > MAX_TEXT:
        raise CodecError(f"a value of {size / 2**20:.0f} MiB, which is too large to pass")
    return len(text).to_bytes(8, "big") + text + b"".join(buffer.tobytes() for buffer in buffers)


def decode(
    message: bytes,
    find_model: Callable[[ModelHandle], Any] = lambda handle: handle,
    evaluate: Callable[[str], Any] | None = None,
) -> Any:
    """Read what `encode` wrote, in a time that its length bounds.

    Parameters
    ----------
    message
        The bytes.
    find_model
        Turns a model's handle into what the caller works with.
    evaluate
        Evaluates the source of an `Expression`. Only the side of the student's code does; without it
        expressions and random generators are refused.

    Raises
    ------
    CodecError
        If the bytes are not a message of `encode`.
    """
    try:
        length = int.from_bytes(message[:8], "big")
        text = message[8 : 8 + length]
        n_items = sum(map(text.count, (b",", b"[", b"{")))  # at most: some are in strings
        if len(message) > MAX_BYTES + 8 or length > MAX_TEXT or n_items > 8 * MAX_ITEMS:
            raise CodecError(f"{len(message)} bytes with {n_items} items")
        tree = json.loads(text)
        return _Decoder(memoryview(message)[8 + length :], find_model, evaluate).decode(tree)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise CodecError(f"not a message: {error}") from error


class _Encoder:
    def __init__(self, buffers: list[npt.NDArray[Any]], keep_model: Callable[[Any], ModelHandle] | None):
        self.buffers = buffers
        self.keep_model = keep_model
        self.n_items = self.depth = 0

    def encode(self, value: Any) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise CodecError(f"lists within lists, more than {MAX_DEPTH} deep")
        tree = self._encode(value)
        self.depth -= 1
        return tree

    def _encode(self, value: Any) -> Any:
        if value is None or type(value) in (bool, int, float, str):
            return value.encode("utf-8", "replace").decode() if type(value) is str else value
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(np.asarray(value))
        if isinstance(value, (bool, int, float, str)):
            return next(kind(value) for kind in (bool, int, float, str) if isinstance(value, kind))
        if isinstance(value, (list, tuple, *_LAZY, *_LAZY_VIEWS)):
            return self._sequence(value)
        if isinstance(value, Mapping):
            return self._dictionary(value)
        if isinstance(value, np.random.Generator) and not self.keep_model:
            state = json.dumps(value.bit_generator.state, default=lambda array: array.tolist())
            return {_TAG: "rng", "kind": type(value.bit_generator).__name__, "state": json.loads(state)}
        if isinstance(value, ModelHandle):
            return {_TAG: "model", "number": value.number, "description": value.description}
        if isinstance(value, Opaque):
            return {_TAG: "foreign", "type": value.type_name}
        if isinstance(value, HistoryRecord):
            return {_TAG: "history", "history": self.encode(value.history)}
        if isinstance(value, Expression):
            return {_TAG: "expression", "source": value.source}
        return self._of_a_framework(value)

    def _sequence(self, value: Any) -> Any:
        items = [self._item(item) for item in itertools.islice(value, MAX_ITEMS + 1)]
        return {_TAG: "tuple", "items": items} if isinstance(value, tuple) else items

    def _item(self, value: Any) -> Any:
        self.n_items += 1
        if self.n_items > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS} items")
        return self.encode(value)

    def _dictionary(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        pairs = list(itertools.islice(value.items(), MAX_KEYS + 1))
        if len(pairs) > MAX_KEYS:
            raise CodecError(f"a dictionary of more than {MAX_KEYS} keys")
        pairs = [(key.item() if isinstance(key, np.generic) else key, item) for key, item in pairs]
        if strange := [key for key, _ in pairs if not _is_plain(key)]:
            raise CodecError(f"a dictionary with keys such as a {type(strange[0]).__name__}")
        return {_TAG: "dict", "items": [[self.encode(key), self._item(item)] for key, item in pairs]}

    def _array(self, array: npt.NDArray[Any]) -> dict[str, Any]:
        if array.dtype.kind == "V":  # bfloat16 and its kin, which NumPy does not know
            array = array.astype(np.float32)
        if array.dtype.kind not in "biufcU":
            return {_TAG: "foreign", "type": f"array of {array.dtype} values"}
        if array.nbytes > MAX_BYTES:
            raise CodecError(f"an array of {array.nbytes / 2**20:.0f} MiB; at most {_MAX_MIB} MiB may pass")
        self.buffers.append(np.ascontiguousarray(array))
        return {_TAG: "array", "dtype": array.dtype.str, "shape": list(array.shape)}

    def _of_a_framework(self, value: Any) -> Any:
        keras = sys.modules.get("keras")
        if keras is not None and self.keep_model and isinstance(value, keras.Model):
            return self.encode(self.keep_model(value))
        if keras is not None and isinstance(value, keras.callbacks.History):
            return self.encode(HistoryRecord(value.history))
        packages = {base.__module__.partition(".")[0] for base in type(value).__mro__}
        if packages & _TENSOR_PACKAGES and hasattr(value, "shape") and hasattr(value, "dtype"):
            if keras is not None and isinstance(value, keras.Variable):
                value = value.value
            if hasattr(value, "detach"):  # PyTorch's tensors remember their gradient
                value = value.detach().cpu()
            if hasattr(value, "numpy"):  # NumPy itself makes an object of TensorFlow's variables
                value = value.numpy()
            elif keras is not None:
                value = keras.ops.convert_to_numpy(value)
            return self._array(np.asarray(value))
        return {_TAG: "foreign", "type": type(value).__name__}


class _Decoder:
    def __init__(
        self,
        data: memoryview,
        find_model: Callable[[ModelHandle], Any],
        evaluate: Callable[[str], Any] | None,
    ):
        self.data = data
        self.find_model = find_model
        self.depth = 0
        self.kinds: dict[str, Callable[[dict[str, Any]], Any]] = {
            "tuple": self._tuple,
            "dict": self._dict,
            "array": self._array,
            "model": self._model,
            "foreign": lambda tree: Opaque(_name(tree["type"])),
            "history": self._history,
        }
        if evaluate:
            self.kinds |= {"rng": _rng, "expression": lambda tree: evaluate(_text(tree["source"]))}

    def decode(self, tree: Any) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise CodecError("lists within lists, too deep")
        value = self._decode(tree)
        self.depth -= 1
        return value

    def _decode(self, tree: Any) -> Any:
        if isinstance(tree, list):
            return [self.decode(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        return self.kinds[tree[_TAG]](tree)

    def _tuple(self, tree: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(self.decode(item) for item in tree["items"])

    def _dict(self, tree: dict[str, Any]) -> dict[Any, Any]:
        if len(tree["items"]) > MAX_KEYS:
            raise CodecError("a dictionary with too many keys")
        return {_key(self.decode(key)): self.decode(value) for key, value in tree["items"]}

    def _array(self, tree: dict[str, Any]) -> Any:
        if not _DTYPE.fullmatch(_text(tree["dtype"])):
            raise CodecError(f"an array of {_name(tree['dtype'])}")
        dtype, shape = np.dtype(tree["dtype"]), [_count(length) for length in tree["shape"]]
        if (n_bytes := dtype.itemsize * math.prod(shape)) > len(self.data):
            raise CodecError("an array without its memory")
        array = np.frombuffer(self.data[:n_bytes], dtype).reshape(shape).copy()
        self.data = self.data[n_bytes:]
        if dtype.kind == "U" and array.size and array.view(dtype.byteorder + "u4").max() > sys.maxunicode:
            raise CodecError("an array of what is no text")
        return array[()]  # an array of no dimension is a scalar

    def _history(self, tree: dict[str, Any]) -> HistoryRecord:
        history = self.decode(tree["history"])
        if not isinstance(history, dict) or not all(isinstance(row, list) for row in history.values()):
            raise CodecError("a history without lists")
        return HistoryRecord({_text(name): row for name, row in history.items()})

    def _model(self, tree: dict[str, Any]) -> Any:
        if not is_description(tree["description"]):
            raise CodecError("a model that is none")
        return self.find_model(ModelHandle(_count(tree["number"]), tree["description"]))


def _rng(tree: dict[str, Any]) -> np.random.Generator:
    if tree["kind"] not in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
        raise CodecError(f"a random generator of kind {tree['kind']}")
    bit_generator = getattr(np.random, tree["kind"])(0)
    bit_generator.state = tree["state"]
    return np.random.Generator(bit_generator)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise CodecError("a text that is none")
    return value


def _name(value: Any) -> str:
    """Return what may be the name of a type, without what could pass for more than a name."""
    return re.sub(r"[^\w .<>-]", "", _text(value))[:80]


def _key(value: Any) -> Any:
    if not _is_plain(value):
        raise CodecError("a key that is no plain value")
    return value


def _is_plain(key: Any) -> bool:
    """Tell whether a value may be a key: one that hashes itself, or a short tuple of such."""
    is_tuple = isinstance(key, tuple) and len(key) <= MAX_DEPTH
    return all(isinstance(k, (str, int, float, bool, type(None))) for k in (key if is_tuple else [key]))


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise CodecError("a count that is none")
    return value


def read_frames(stream: Any) -> Iterator[tuple[int, bytes]]:
    """Yield number and message of each `frame` in a buffered stream, until it ends or makes no sense."""
    while len(header := stream.read(16)) == 16:
        number, size = int.from_bytes(header[:8], "big"), int.from_bytes(header[8:], "big")
        if size > MAX_BYTES + 8 or len(message := stream.read(size)) < size:
            return
        yield number, message


def frame(number: int, message: bytes) -> bytes:
    """Put a message's number and length in front of it; a reply has the number of its request."""
    return number.to_bytes(8, "big") + len(message).to_bytes(8, "big") + message
