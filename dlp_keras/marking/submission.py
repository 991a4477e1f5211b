"""A student's exercise as its marks see it: calls with plain values in and out."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from dlp_keras.marking.client import MarkFailed, RunnerClient
from dlp_keras.marking.render import Call
from dlp_keras.runner.codec import Expression, ModelHandle
from dlp_keras.runner.model_parts import LAYERS, OPERATIONS


class Submission:
    """The functions of one exercise: ``submission.predict(x, weights, bias)`` calls the student's `predict`.

    Parameters
    ----------
    marking
        What the marks of the exercise share.
    role
        ``"submission"`` or ``"reference"``.
    given
        Functions of earlier tasks that the reference provides during a call (None), or another function.
    seed
        What random numbers of a call start from, instead of the seed of all marks.
    """

    def __init__(
        self,
        marking: RunnerClient,
        role: str = "submission",
        given: dict[str, Expression | None] | None = None,
        seed: int | None = None,
    ):
        self._marking = marking
        self._role = role
        self._given = given or {}
        self._seed = marking.seed if seed is None else seed

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            views = [value for value in (*args, *kwargs.values()) if isinstance(value, ModelView)]
            request: dict[str, Any] = {"operation": "call", "name": name, "given": self._given}
            if not all(view.move_to(self._role) for view in views):
                # A model of the student's own classes stays; only the reference can come to it.
                assert self._role == "reference", f"{name}: this model cannot go to the student's process"
                request |= {"role": "submission", "function": self._marking.take(name)}
            args, kwargs = _handles(args), dict(zip(kwargs, _handles(kwargs.values()), strict=True))
            return self._request(Call(name, args, kwargs), args=args, kwargs=kwargs, **request)

        return call

    def given(self, *names: str, **functions: Callable[..., Any]) -> "Submission":
        """Return a view whose calls find the reference's functions under these names: earlier tasks.

        Where the reference fails in a call, the student's own take over. The functions of the marks given by
        keyword stay; their source goes over, so they import what they use.
        """
        sources = {name: Expression(inspect.getsource(function)) for name, function in functions.items()}
        given: dict[str, Expression | None] = {**dict.fromkeys(names), **sources}
        return Submission(self._marking, self._role, given, self._seed)

    def seeded(self, seed: int) -> "Submission":
        """Return a view whose calls draw other random numbers."""
        return Submission(self._marking, self._role, self._given, seed)

    def value(self, name: str) -> Any:
        """Return a plain value that the exercise defines, such as ``ANSWERS``."""
        return self._request(name, operation="get", name=name)

    def _request(self, call: Call | str, role: str = "", **request: Any) -> Any:
        return self._marking.request(role or self._role, call, seed=self._seed, **request)

    def remember(self, key: str, make: Callable[[], Any]) -> Any:
        """Return ``make()``, computed once for all marks of the exercise."""
        return self._marking.remember(f"{self._role}:{key}", make)

    @property
    def warnings(self) -> list[str]:
        """The warnings that the last call caused, such as ``"RuntimeWarning: overflow …"``."""
        return self._marking.warnings


class ModelView:
    """A Keras model that stays with the student's code: its description, predictions, weights and training.

    Attributes
    ----------
    role : {"submission", "reference"}
        Where it is at present: where each has a process of its own, it goes to the one that uses it.
    handle : ModelHandle
    class_name : str
    shows_layers : bool
        False for a class with a `call` of its own.
    layers : list of dict
        See `dlp_keras.runner.model_description.describe`.
    n_parameters, n_trainable : int
    input_shape, output_shape : list of int or None
    compiled : dict or None
    """

    def __init__(self, marking: RunnerClient, role: str, handle: ModelHandle):
        self._marking = marking
        self._place(role, handle)
        if role == "submission":
            self.move_to("reference")
        handle = self.handle
        self.class_name: str = handle.description["class"]
        self.shows_layers: bool = handle.description["shows_layers"]
        self.layers: list[dict[str, Any]] = handle.description["layers"]
        self.n_parameters: int = handle.description["n_parameters"]
        self.n_trainable: int = handle.description["n_trainable"]
        self.input_shape: list[int | None] | None = handle.description["input_shape"]
        self.output_shape: list[int | None] | None = handle.description["output_shape"]
        self.compiled: dict[str, Any] | None = handle.description["compiled"]

    @property
    def own_parts(self) -> list[str]:
        """What is more than Keras's own layers: such a model predicts where the student's code runs."""
        known = {*LAYERS, *OPERATIONS}
        parts = [layer["class"] for layer in self.layers if layer["class"] not in known]
        if self.class_name not in ("Sequential", "Functional"):
            parts.insert(0, self.class_name)
        stayed = self._marking.home("reference") is not self._marking.home(self.role)
        return list(dict.fromkeys(parts)) or (["a part that cannot be judged"] if stayed else [])

    def move_to(self, role: str) -> bool:
        """Build the model anew where the other role's code runs, if that is another process.

        Returns
        -------
        bool
            False where the model is more than Keras's own layers: it stays.
        """
        if self._marking.home(role) is self._marking.home(self.role):
            return True
        self._check_presence()
        handle = self._marking.transport(self.handle, self.role, role)
        if handle is not None:
            self._place(role, handle)
        return handle is not None

    @property
    def weight_layers(self) -> list[dict[str, Any]]:
        """The layers with weights, each with the activation that follows it, wherever it was written."""
        found: list[dict[str, Any]] = []
        for layer in self.layers:
            if layer["n_parameters"] and "Normalization" not in layer["class"] and layer["class"] != "PReLU":
                found.append(dict(layer))
            elif found and layer["activation"] is not None:
                found[-1]["activation"] = layer["activation"]
        return found

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """Return the model's output for `x`."""
        return self._use("predict", x, **kwargs)

    def evaluate(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Return the compiled loss and metrics."""
        return self._use("evaluate", x, y, **kwargs)

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Train the model; return its `HistoryRecord`."""
        return self._use("fit", x, y, **kwargs)

    def get_weights(self) -> list[Any]:
        """Return the weights as arrays."""
        return list(self._use("get_weights"))

    def set_weights(self, weights: list[Any]) -> None:
        """Set the weights from arrays."""
        self._use("set_weights", weights)

    def _use(self, method: str, *args: Any, **kwargs: Any) -> Any:
        self.move_to("reference")  # what a network predicts is not for the student's process to say
        self._check_presence()
        call = Call(f"model.{method}", args, kwargs)
        return self._marking.request(
            self.role,
            call,
            operation="model",
            model=self.handle,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def _place(self, role: str, handle: ModelHandle) -> None:
        self.role, self.handle = role, handle
        self._generation = self._marking.home(role).generation

    def _check_presence(self) -> None:
        if self._generation != self._marking.home(self.role).generation:
            raise MarkFailed("The network was lost when an earlier mark ended its process.")


def _handles(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(value.handle if isinstance(value, ModelView) else value for value in values)
