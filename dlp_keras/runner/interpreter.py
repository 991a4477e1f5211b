"""The student's side of the marks: loads the code, calls its functions, keeps its models."""

import ast
import contextlib
import inspect
import itertools
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from dlp_keras.runner.codec import MAX_ITEMS, CodecError, ModelHandle, decode, encode
from dlp_keras.runner.model_build import build
from dlp_keras.runner.model_description import describe, use_model
from dlp_keras.runner.model_export import export
from dlp_keras.runner.notebook import NotebookError
from dlp_keras.runner.student_module import Missing, Namespace, StudentModule


class TimedOut(BaseException):
    """The student's code used up the time of its mark."""


class Interpreter:
    """Answers requests about the student's code, for marks in this process or in another one.

    Parameters
    ----------
    namespace
        Functions that are there already (a notebook's), instead of a file to load.
    """

    def __init__(self, namespace: Namespace | None = None):
        self.interruptible = namespace is not None
        self.modules = {} if namespace is None else {"submission": StudentModule(namespace)}
        self.models: dict[int, tuple[str, Any]] = {}  # with the role whose code made or uses it

    def handle(self, message: bytes) -> bytes:
        """Carry out one encoded request and encode what came of it, errors included."""
        request = decode(message, self._find_model, _evaluate)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            reply = self._reply(request)
        noted = [f"{w.category.__name__}: {w.message}" for w in caught[:5]]
        try:
            return encode({**reply, "warnings": noted}, partial(self._keep_model, request["role"]))
        except BaseException as error:  # what the student returned fails while it is being read
            return encode({**self._describe_error(error, request["role"]), "warnings": noted})

    def _reply(self, request: dict[str, Any]) -> dict[str, Any]:
        operations = {
            "load": self._load,
            "get": self._get,
            "call": self._call,
            "model": self._use_model,
            "export": lambda request: export(request["model"]),
            "build": self._build,
        }
        try:
            return {"value": operations[request["operation"]](request)}
        except BaseException as error:  # sys.exit() in the student's code is an error like any other
            if isinstance(error, (KeyboardInterrupt, TimedOut)) and self.interruptible:
                raise
            return self._describe_error(error, request["role"])

    def _build(self, request: dict[str, Any]) -> Any:
        return build(request["plain"])

    def _load(self, request: dict[str, Any]) -> None:
        role = request["role"]
        self.modules[role] = StudentModule({})
        self.models = {number: kept for number, kept in self.models.items() if kept[0] != role}
        self.modules[role].load(request["path"], role, request.get("wanted", ()))

    def _get(self, request: dict[str, Any]) -> Any:
        return self.modules[request["role"]].lookup(request["name"])

    def _call(self, request: dict[str, Any]) -> Any:
        with self._given(request["role"], request["given"]):
            function = request.get("function") or self._get(request)
        if not callable(function):
            raise _NotAFunction(request["name"], function)
        _check_signature(request["name"], function, request["args"], request["kwargs"])
        before = [[np.copy(array) for array in _arrays(value)] for value in request["args"]]
        result = self._call_given(function, request)
        for number, (value, copies) in enumerate(zip(request["args"], before, strict=True), 1):
            if _are_equal(list(_arrays(value)), copies):
                continue
            if isinstance(value, np.ndarray):
                raise _ChangedArgument(str(number))
            warnings.warn(f"The call changed what is in its argument number {number}.", stacklevel=2)
        return result

    def _call_given(self, function: Callable[..., Any], request: dict[str, Any]) -> Any:
        """Call a function with the reference for earlier tasks; with the student's own where that one fails.

        A student's own function may take more, such as the tensors of a gradient tape.
        """
        given: dict[str, Any] = request["given"]
        try:
            with self._given(request["role"], given):
                return _call_seeded(function, request)
        except Exception as error:
            own = [
                name
                for name, other in given.items()
                if other is None or name in request.get("referenced", ())
            ]
            if not own or _is_open(error):
                raise
            with self._given(request["role"], {name: given[name] for name in given if name not in own}):
                try:
                    return _call_seeded(function, request)
                except Exception:
                    raise error from None

    def _use_model(self, request: dict[str, Any]) -> Any:
        seed_generators(request["seed"])
        return use_model(request["model"], request["method"], request["args"], request["kwargs"])

    @contextlib.contextmanager
    def _given(self, role: str, given: dict[str, Any]) -> Iterator[None]:
        """Let the reference, or another function, stand in for earlier tasks while a later one is called."""
        namespace = self.modules[role].namespace
        before = {name: namespace[name] for name in given if name in namespace}
        for name, other in given.items():
            namespace[name] = self.modules["reference"].namespace[name] if other is None else other
        try:
            yield
        finally:
            for name in given:
                namespace.pop(name, None)
            namespace.update(before)

    def _keep_model(self, role: str, model: Any) -> ModelHandle:
        self.models[id(model)] = (role, model)
        return ModelHandle(id(model), describe(model))

    def _find_model(self, handle: ModelHandle) -> Any:
        return self.models[handle.number][1]

    def _describe_error(self, error: BaseException, role: str) -> dict[str, Any]:
        error, place = self.modules.get(role, StudentModule({})).locate(error)
        own = isinstance(error, _OWN_ERRORS)  # not merely called like one of them
        return {"error": type(error).__name__, "message": _message(error), "own": own, **place}


class _ChangedArgument(Exception):
    """The function wrote into an array that it was given."""


class _NotAFunction(Exception):
    def __init__(self, name: str, value: Any):
        super().__init__(f"`{name}` is {type(value).__name__}, not a function.")


class _WrongSignature(Exception):
    """The function cannot take the arguments that its task states."""


_OWN_ERRORS = (_ChangedArgument, _NotAFunction, _WrongSignature, Missing, NotebookError, CodecError)


def seed_generators(seed: int) -> None:
    """Seed what a student's code may draw from without a seed of its own, so that marks repeat."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)


def _call_seeded(function: Callable[..., Any], request: dict[str, Any]) -> Any:
    seed_generators(request["seed"])
    result = function(*request["args"], **request["kwargs"])
    return (
        list(itertools.islice(result, MAX_ITEMS + 1)) if isinstance(result, types.GeneratorType) else result
    )


def _evaluate(source: str) -> Any:
    """Evaluate what a mark hands over as an `Expression`."""
    namespace = {"__name__": "marks", "keras": sys.modules.get("keras")}
    *statements, last = ast.parse(source).body
    if isinstance(last, ast.FunctionDef):
        statements, last = [*statements, last], ast.parse(last.name).body[0]
    exec(compile(ast.Module(statements, []), "<marks>", "exec", dont_inherit=True), namespace)  # noqa: S102
    return eval(ast.unparse(last), namespace)  # noqa: S307


def _arrays(value: Any) -> Iterator[npt.NDArray[Any]]:
    """Yield an array, or the arrays and numbers in lists and tuples."""
    if isinstance(value, (np.ndarray, int, float)):
        yield np.asarray(value)
    elif isinstance(value, (list, tuple)):
        yield from itertools.chain.from_iterable(map(_arrays, value))


def _are_equal(arrays: list[npt.NDArray[Any]], copies: list[npt.NDArray[Any]]) -> bool:
    return len(arrays) == len(copies) and all(
        np.array_equal(array, copy, equal_nan=copy.dtype.kind in "fc")
        for array, copy in zip(arrays, copies, strict=True)
    )


def _is_open(error: Exception) -> bool:
    return isinstance(error, NotImplementedError) and str(error).startswith("Task ")


def _check_signature(name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:  # a decorated function takes what its wrapper takes
        signature = inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise _WrongSignature(f"`{name}` is defined as `{name}{signature}`: {error}.") from None


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)
    try:
        lines = [line.strip() for line in str(error).splitlines()]
    except Exception:
        return ""
    lines = list(filter(None, lines))
    if len(lines) > 1 and lines[0].startswith(
        "Exception encountered when calling"
    ):  # Keras: the cause follows
        del lines[0]
    return lines[0][:300] if lines else ""
