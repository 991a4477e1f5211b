"""What training asks of a Keras model: a key of its architecture, its state, a clone."""

import contextlib
import json
import random
import threading
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from dlp_keras.training.data import Data

# Left out of the key: initial values are copied, seeds are state, and a build note repeats the shapes.
_VALUES_ONLY = {"seed", "build_config", "compile_config"}

# Their rates are arguments of a compiled function, see `penalty_rates`.
_PENALTIES = (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2)

_NUMBERED = ("keras.layers", "keras.models", "keras.src.models", "keras.optimizers")


_random_lock = threading.RLock()


class _ForeignError(Exception):
    """The configuration names Python code that is not Keras's own."""


def every_layer(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of `model` and of the models and wrappers inside it."""
    layers: list[keras.layers.Layer] = []
    for layer in getattr(model, "layers", []):
        layers += [layer, *every_layer(layer)]
    return layers


def architecture_key(model: keras.Model) -> str | None:
    """Describe architecture and compilation of `model` as text that is equal for equal models.

    Returns
    -------
    str or None
        None for a model with code of its own (a subclass, a custom layer, loss or metric), and for one that
        excludes weights from the decay: no configuration tells two such models apart, or rebuilds them.
    """
    if not type(model).__module__.startswith("keras.") or excludes_weights(model.optimizer):
        return None
    try:
        parts = [model.get_config(), model.get_compile_config()]
        # With several outputs, the names of the layers name the losses.
        names = {} if len(getattr(model, "outputs", None) or [0]) > 1 else _automatic_names(model.name, parts)
        config = [_normalise(part, names) for part in parts]
    except (_ForeignError, NotImplementedError, TypeError, ValueError):
        return None
    return json.dumps([type(model).__name__, config], sort_keys=True, default=str)


def excludes_weights(optimizer: Any) -> bool:
    """Tell whether an optimizer excludes weights from its decay, which its configuration does not tell."""
    rules = (name for name in vars(optimizer) if name.startswith("_exclude_from_weight_decay"))
    return any(vars(optimizer)[name] for name in rules if not name.endswith("_cache"))


def check_model(model: Any, name: str = "`model`") -> None:
    """Refuse what is no compiled Keras model.

    Raises
    ------
    TypeError, ValueError
        If it is no model, or not compiled.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"{name} must be a compiled Keras model. Got {model!r}.")
    if not model.compiled:
        raise ValueError(f"{name} must be compiled. Call `model.compile(optimizer=…, loss=…)` first.")


def check_inputs(model: keras.Model, x: Any) -> None:
    """Refuse several arrays for a model with one input, and one for a model with several.

    Raises
    ------
    ValueError
        If there are more or fewer arrays than inputs.
    """
    n_inputs = len(getattr(model, "inputs", None) or []) or None
    n_arrays = len(keras.tree.flatten(x))
    if n_inputs not in (None, n_arrays):
        advice = "Write np.stack(x)." if n_inputs == 1 else f"Pass a list of {n_inputs} arrays."
        raise ValueError(
            f"`x` must be as many arrays as the model has inputs, {n_inputs}. Got {n_arrays}. {advice}"
        )


def is_batch_size_free(key: str | None) -> bool:
    """Tell whether losses and metrics of all validation samples do not depend on how these are batched."""
    if key is None or "ActivityRegularization" in key:
        return False
    return all(_is_plain(node) for node in _dictionaries(json.loads(key)))


def _automatic_names(model_name: str, parts: list[Any]) -> dict[str, str]:
    """Number the names of layers and optimizers, which count up with every model that Keras makes."""
    named = [node for node in _dictionaries(parts) if str(node.get("module")).startswith(_NUMBERED)]
    found = [model_name, *(node["config"]["name"] for node in named if "name" in (node.get("config") or {}))]
    return {name: str(i) for i, name in enumerate(dict.fromkeys(found))}


def _is_plain(node: dict[str, Any]) -> bool:
    return node.get("activity_regularizer") is None and node.get("reduction", "sum_over_batch_size") in {
        "sum_over_batch_size",
        None,
    }


def _dictionaries(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in _dictionaries(value))]
    return (
        [found for value in node for found in _dictionaries(value)] if isinstance(node, (list, tuple)) else []
    )


def _normalise(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, dict):
        _refuse_foreign(node)
        return {key: _entry(key, value, names) for key, value in node.items() if not _is_value(key, value)}
    if isinstance(node, (list, tuple)):
        return [_normalise(item, names) for item in node]
    return node


def _entry(key: str, value: Any, names: dict[str, str]) -> Any:
    if key.endswith("_regularizer") and key != "activity_regularizer" and isinstance(value, dict):
        known = [kind.__name__ for kind in _PENALTIES]
        return value["class_name"] if value["class_name"] in known else _normalise(value, names)
    if key in {"name", "keras_history", "input_layers", "output_layers"}:
        return _rename(value, names)
    return _normalise(value, names)


def _rename(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, (list, tuple)):
        return [_rename(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _is_value(key: str, value: Any) -> bool:
    rate = key == "learning_rate" and isinstance(value, (int, float))
    return rate or key in _VALUES_ONLY or key.endswith("_initializer")


def _refuse_foreign(node: dict[str, Any]) -> None:
    # A class of a notebook or a script is registered by its name; Keras writes no module for it.
    module = node.get("module") or ("__main__" if node.get("registered_name") else "keras")
    if not str(module).startswith("keras") or node.get("class_name") in {"function", "__lambda__", "Lambda"}:
        raise _ForeignError


def clone(model: keras.Model, data: Data) -> keras.Model:
    """Return a model built and compiled like `model`, with weights of its own."""
    with python_random():
        copy = type(model).from_config(model.get_config())
        copy.compile_from_config(model.get_compile_config())
        build_state(copy, data)
        build_metrics(copy, data)
    return copy


@contextlib.contextmanager
def python_random(seed: int | None = None) -> Iterator[None]:
    """Leave Python's random numbers as they were, from which Keras draws the seeds of new layers.

    One thread at a time: they all share these numbers.

    Parameters
    ----------
    seed : int, optional
        What the numbers start from within the block.
    """
    with _random_lock:
        state = random.getstate()
        try:
            if seed is not None:
                random.seed(seed)
            yield
        finally:
            random.setstate(state)


def penalty_rates(model: keras.Model) -> np.ndarray:
    """Return the L1 and the L2 rate of each weight that has Keras's own penalty, shape (n, 2), float32."""
    rates = [
        (getattr(r, "l1", 0.0), getattr(r, "l2", 0.0)) for r in map(_penalty, model.trainable_variables) if r
    ]
    return np.array([[float(l1), float(l2)] for l1, l2 in rates], np.float32).reshape(-1, 2)


def set_penalty_rates(model: keras.Model, rates: Any) -> None:
    """Make `rates`, a tensor of shape (n, 2), the rates of the penalties while a function is traced."""
    penalised = [variable for variable in model.trainable_variables if _penalty(variable)]
    for i, variable in enumerate(penalised):
        variable.regularizer = _TracedPenalty(variable.regularizer, rates[i, 0], rates[i, 1])


def _penalty(variable: keras.Variable) -> Any:
    penalty = variable.regularizer
    return penalty if type(penalty) in (*_PENALTIES, _TracedPenalty) else None


class _TracedPenalty(keras.Regularizer):  # type: ignore[misc]
    """A penalty whose rates are arguments of the function that is being traced."""

    def __init__(self, penalty: Any, l1: Any, l2: Any) -> None:
        self.has_l1, self.has_l2 = hasattr(penalty, "l1"), hasattr(penalty, "l2")
        self.l1, self.l2 = l1, l2

    def __call__(self, x: Any) -> Any:
        total = ops.cast(self.l1, x.dtype) * ops.sum(ops.abs(x)) if self.has_l1 else 0.0
        return total + (ops.cast(self.l2, x.dtype) * ops.sum(ops.square(x)) if self.has_l2 else 0.0)


def has_custom_step(model: keras.Model) -> bool:
    """Tell whether the class of `model` overrides `train_step` or `test_step`."""
    steps = ("train_step", "test_step")
    return any(getattr(type(model), step) is not getattr(keras.Model, step) for step in steps)


def is_distributed(model: keras.Model) -> bool:
    """Tell whether a TensorFlow strategy runs `model` on several devices."""
    strategy = getattr(model, "distribute_strategy", None)
    return strategy is not None and strategy.num_replicas_in_sync > 1


def build_state(model: keras.Model, data: Data) -> None:
    """Create the missing variables of a compiled model and of its optimizer, from one sample."""
    if not model.built:
        model(_first(data).x, training=False)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def build_metrics(model: keras.Model, data: Data) -> None:
    """Create the variables of loss and metrics, as `model.fit` would on its first batch."""
    if not has_custom_step(model):
        first = _first(data)
        y_pred = model(first.x, training=False)
        model.compute_loss(first.x, first.y, y_pred, first.sample_weight, training=False)
        model.compute_metrics(first.x, first.y, y_pred, first.sample_weight)
        model.reset_metrics()


def _first(data: Data) -> Data:
    def cut(leaf: Any) -> Any:
        return None if leaf is None else keras.ops.convert_to_tensor(leaf[:1])

    return Data(*keras.tree.map_structure(cut, tuple(data)))
