"""Models that `dlp_keras.runner.model_export` wrote, built again from names, numbers and strings.

They may come from a student's process: nothing is unpickled, nor deserialized by Keras.
"""

import contextlib
import math
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from dlp_keras.runner.model_parts import (
    LARGEST_OUTPUT,
    LAYERS,
    MOST_WEIGHTS,
    OPERATIONS,
    OPTIMIZERS,
    REGULARIZERS,
    SCHEDULES,
    NotPlainError,
    Plain,
    is_plain,
    names_in,
)

_ACCURACIES = ("accuracy", "acc", "crossentropy", "ce")


def build(plain: Plain) -> Any:
    """Build the model that `export` wrote, whoever wrote it.

    Raises
    ------
    NotPlainError
        If the values are not those of a model of Keras's own layers, or it is too large.
    """
    try:
        return _build(plain, _Budget())
    except NotPlainError:
        raise
    except Exception as error:  # whatever Keras finds wrong with what a student's process says
        raise NotPlainError(f"{type(error).__name__}: {str(error)[:200]}") from error


def _build(plain: Plain, budget: "_Budget") -> Any:
    keras = sys.modules["keras"]
    layers = [_build_layer(layer, budget) for layer in plain["layers"]]
    with budget.watch(layers):
        if plain["sequential"] is True:
            model = keras.Sequential(layers)
        else:
            source = next(tensor for tensor in layers if isinstance(tensor, keras.KerasTensor))
            tensors = _call_layers(layers, plain["calls"])
            model = keras.Model(source, tensors[_index(plain["output"], tensors)])
    for operation in model._functional.operations if plain["sequential"] is True else model.operations:
        if math.prod(length or 1 for length in operation.output.shape) > LARGEST_OUTPUT:
            raise NotPlainError(f"a layer that returns the shape {operation.output.shape}")
    for layer, values in zip(layers, plain["layers"], strict=True):
        if weights := [np.asarray(array, np.float32) for array in values["weights"]]:
            layer.set_weights(weights)
            getattr(layer, "finalize_state", lambda: None)()
    if plain["compiled"] is not None:
        _compile(model, plain["compiled"])
    return model


class _Budget:
    """Counts the weights of a network before there is memory for them."""

    def __init__(self) -> None:
        self.left = MOST_WEIGHTS

    def begin(self, shape: Any, dtype: Any = None) -> Any:
        """Begin with zeros, as an initializer of Keras."""
        self.left -= math.prod(shape)
        if self.left < 0:
            raise NotPlainError(f"a network of more than {MOST_WEIGHTS} weights")
        return sys.modules["keras"].ops.zeros(shape, dtype)

    @contextlib.contextmanager
    def watch(self, layers: list[Any]) -> Iterator[None]:
        """Let layers that are built here begin with zeros; their own initializers come back."""
        own = [
            (layer, name, value)
            for layer in layers
            for name, value in list(vars(layer).items())
            if name.endswith("_initializer")
        ]
        for layer, name, _ in own:
            setattr(layer, name, self.begin)
        yield
        for layer, name, value in own:
            setattr(layer, name, value)


def _call_layers(layers: list[Any], calls: list[Plain]) -> list[Any]:
    keras = sys.modules["keras"]
    tensors: list[Any] = []
    for call in calls:
        layer = layers[_index(call["layer"], layers)]
        arguments = [tensors[_index(i, tensors)] for i in call["inputs"]]
        if isinstance(layer, keras.KerasTensor):
            tensors.append(layer)
        else:
            tensors.append(layer(arguments) if _takes_a_list(layer) else layer(*arguments))
    return tensors


def _takes_a_list(layer: Any) -> bool:
    keras = sys.modules["keras"]
    merging = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
    return isinstance(layer, keras.layers.Layer) and type(layer).__name__ in merging


def _index(value: Any, of: list[Any]) -> int:
    if type(value) is not int or not 0 <= value < len(of):
        raise NotPlainError("a place that is none")
    return value


def _build_layer(plain: Plain, budget: _Budget) -> Any:
    keras = sys.modules["keras"]
    name, config = plain["class"], dict(plain["config"])
    if name == "Model":
        return _build(config, budget)
    if isinstance(name, str) and name.startswith("ops.") and name[4:] in OPERATIONS:
        return getattr(keras.ops, OPERATIONS[name[4:]])
    if name not in LAYERS:
        raise NotPlainError(f"a layer of the class {name}")
    if name == "InputLayer":
        shape = config["batch_shape"][1:]
        if not is_plain(shape):
            raise NotPlainError("an input without a shape")
        return keras.Input(tuple(shape))
    return getattr(keras.layers, name)(**{key: _build_option(value) for key, value in config.items()})


def _build_option(value: Any) -> Any:
    if isinstance(value, dict):
        return _build_object("regularizers", value, REGULARIZERS)
    if not is_plain(value):
        raise NotPlainError("an option that is not plain")
    return tuple(value) if isinstance(value, list) else value


def _build_object(module: str, plain: Plain, names: frozenset[str], **more: Any) -> Any:
    keras = sys.modules["keras"]
    if plain["class"] not in names or not all(map(is_plain, plain["config"].values())):
        raise NotPlainError("an object that is not plain")
    space = keras.optimizers.schedules if module == "schedules" else getattr(keras, module)
    return getattr(space, plain["class"])(**{**plain["config"], **more})


def _compile(model: Any, plain: Plain) -> None:
    rate = plain["optimizer"]["rate"]
    if isinstance(rate, dict):
        rate = _build_object("schedules", rate, SCHEDULES)
    elif not isinstance(rate, (int, float)):
        raise NotPlainError("a learning rate that is none")
    optimizer = _build_object("optimizers", plain["optimizer"], OPTIMIZERS, learning_rate=rate)
    loss, *metrics = (
        part if isinstance(part, str) else _build_object(module, part, names_in(module))
        for module, part in [("losses", plain["loss"]), *(("metrics", m) for m in plain["metrics"])]
    )
    keras = sys.modules["keras"]
    for name in (m for m in metrics if isinstance(m, str) and m not in _ACCURACIES):
        keras.metrics.get(name)
    model.compile(optimizer=optimizer, loss=keras.losses.get(loss), metrics=metrics)
