"""Plain values as bytes: all that may pass between a student's code and its marks.

A message is a JSON text followed by the raw memory of the arrays in it. Nothing is unpickled, so the worst
that hostile code can send is a wrong number.
"""

import itertools
import json
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_BYTES = 512 * 2**20
MAX_ITEMS = 100_000
_MAX_MIB = MAX_BYTES // 2**20
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
        Stores a Keras model and returns its handle; without it a model is foreign.

    Raises
    ------
    CodecError
        If the message exceeds 512 MiB.
    """
    buffers: list[npt.NDArray[Any]] = []
    text = json.dumps(_Encoder(buffers, keep_model).encode(value)).encode()
    if (size := len(text) + sum(buffer.nbytes for buffer in buffers)) > MAX_BYTES:
        raise CodecError(f"a value of {size / 2**20:.0f} MiB; at most {_MAX_MIB} MiB may pass")
    return len(text).to_bytes(8, "big") + text + b"".join(buffer.tobytes() for buffer in buffers)


def decode(
    message: bytes,
    find_model: Callable[[ModelHandle], Any] = lambda handle: handle,
    evaluate: Callable[[str], Any] = Expression,
) -> Any:
    """Read what `encode` wrote.

    Parameters
    ----------
    message
        The bytes.
    find_model
        Turns a model's handle into what the caller works with.
    evaluate
        Evaluates the source of an `Expression`; only the side of the student's code does.

    Raises
    ------
    CodecError
        If the bytes are not a message of `encode`.
    """
    try:
        length = int.from_bytes(message[:8], "big")
        tree = json.loads(message[8 : 8 + length])
        return _Decoder(memoryview(message)[8 + length :], find_model, evaluate).decode(tree)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise CodecError(f"not a message: {error}") from error


class _Encoder:
    def __init__(self, buffers: list[npt.NDArray[Any]], keep_model: Callable[[Any], ModelHandle] | None):
        self.buffers = buffers
        self.keep_model = keep_model

    def encode(self, value: Any) -> Any:
        if value is None or type(value) in (bool, int, float, str):
            return value.encode("utf-8", "replace").decode() if type(value) is str else value
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(np.asarray(value))
        if isinstance(value, (bool, int, float, str)):
            return next(kind(value) for kind in (bool, int, float, str) if isinstance(value, kind))
        if isinstance(value, (list, tuple, *_LAZY, *_LAZY_VIEWS)):
            return self._sequence(value)
        if isinstance(value, Mapping):
            return {_TAG: "dict", "items": [[self.encode(k), self.encode(v)] for k, v in value.items()]}
        if isinstance(value, np.random.Generator):
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
        items = [self.encode(item) for item in itertools.islice(value, MAX_ITEMS + 1)]
        if len(items) > MAX_ITEMS:
            raise CodecError(f"more than {MAX_ITEMS} items")
        return {_TAG: "tuple", "items": items} if isinstance(value, tuple) else items

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
        self, data: memoryview, find_model: Callable[[ModelHandle], Any], evaluate: Callable[[str], Any]
    ):
        self.data = data
        self.find_model = find_model
        self.kinds: dict[str, Callable[[dict[str, Any]], Any]] = {
            "tuple": self._tuple,
            "dict": self._dict,
            "array": self._array,
            "rng": self._rng,
            "model": self._model,
            "foreign": lambda tree: Opaque(str(tree["type"])),
            "history": lambda tree: HistoryRecord(dict(self.decode(tree["history"]))),
            "expression": lambda tree: evaluate(str(tree["source"])),
        }

    def decode(self, tree: Any) -> Any:
        if isinstance(tree, list):
            return [self.decode(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        return self.kinds[tree[_TAG]](tree)

    def _tuple(self, tree: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(self.decode(item) for item in tree["items"])

    def _dict(self, tree: dict[str, Any]) -> dict[Any, Any]:
        return {self.decode(key): self.decode(value) for key, value in tree["items"]}

    def _array(self, tree: dict[str, Any]) -> Any:
        dtype = np.dtype(tree["dtype"])
        if dtype.kind not in "biufcU":
            raise CodecError(f"an array of {dtype}")
        count = int(np.prod(tree["shape"], dtype=np.int64))
        array = np.frombuffer(self.data, dtype, count).reshape(tree["shape"]).copy()
        self.data = self.data[array.nbytes :]
        return array[()]  # an array of no dimension is a scalar

    def _rng(self, tree: dict[str, Any]) -> np.random.Generator:
        if tree["kind"] not in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
            raise CodecError(f"a random generator of kind {tree['kind']}")
        bit_generator = getattr(np.random, tree["kind"])(0)
        bit_generator.state = tree["state"]
        return np.random.Generator(bit_generator)

    def _model(self, tree: dict[str, Any]) -> Any:
        return self.find_model(ModelHandle(int(tree["number"]), dict(tree["description"])))


def read_frames(stream: Any) -> Iterator[bytes]:
    """Yield the messages of a binary stream until it ends, each written by `write_frame`."""
    while len(header := stream.read(8)) == 8:
        size = int.from_bytes(header, "big")
        if size > 2 * MAX_BYTES or len(message := stream.read(size)) < size:
            return
        yield message


def write_frame(stream: Any, message: bytes) -> None:
    """Write one message with its length in front."""
    stream.write(len(message).to_bytes(8, "big") + message)
    stream.flush()
