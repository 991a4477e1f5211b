"""What a callback sees of a model: its layers, their outputs, and the outputs that stand for the classes."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.device import import_keras

keras = import_keras()

Array: TypeAlias = npt.NDArray[Any]
Transform: TypeAlias = Callable[[npt.NDArray[np.float32]], npt.ArrayLike] | None

ACTIVATIONS: tuple[Any, ...] = tuple(
    getattr(keras.layers, name) for name in ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
)
"""Layers that hold nothing but the activation of the layer before."""


def to_numpy(tensor: Any) -> Array:
    """Convert a tensor of any backend."""
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def predictor(model: Any, transform: Transform) -> Callable[[npt.NDArray[np.float32]], Array]:
    """Return a function that calls `model` once; `model.predict` costs many times as much on a grid."""

    def predict(points: npt.NDArray[np.float32]) -> Array:
        return to_numpy(model(points if transform is None else transform(points), training=False))

    return predict


def check_input(model: Any, points: npt.NDArray[np.float32], transform: Transform) -> None:
    """Complain of a network that can take neither points (n, 2) nor what `transform` makes of them."""
    shape = getattr(model, "input_shape", None)
    if shape is None:  # not built yet, or a class of its own
        return
    given = (None, *np.shape(points if transform is None else transform(points))[1:])
    if len(shape) == len(given) and all(
        size in (None, found) for size, found in zip(shape, given, strict=True)
    ):
        return
    raise ValueError(
        f"The network must take points of the plane, shape {given}. It takes {shape}. "
        "`transform` makes other features of the points."
    )


def submodel(model: Any, outputs: Any) -> Any:
    """Return the part of a model with one input that ends in `outputs`."""
    return keras.Model(model.inputs[0], outputs)


def output_limits(model: Any) -> tuple[float, float] | None:
    """Outputs of class 0 and 1 by the last activation or a loss of logits; None where neither tells."""
    if getattr(getattr(model, "loss", None), "from_logits", False):
        return -1.0, 1.0
    layers = getattr(model, "layers", None) or [None]
    activation = getattr(getattr(layers[-1], "activation", None), "__name__", "")
    return {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(activation)


def shown_layers(model: Any, kind: type, example: npt.ArrayLike) -> list[tuple[Any, Any]]:
    """Find the layers of one kind in a sequential or functional model, and their output.

    Parameters
    ----------
    model : keras.Model
    kind : type
        Class of the layers.
    example : array_like
        Input of the model, to build it where that has not happened yet.

    Returns
    -------
    list of (layer, output)
        The output lies behind the activation, also where that is a layer of its own.

    Raises
    ------
    ValueError
        If the model has no such layer, or is neither sequential nor functional.
    """
    if not model.built:
        model(example, training=False)
    if len(getattr(model, "inputs", None) or []) != 1:
        raise ValueError(
            f"The model must be sequential or functional, with one input. Got a {type(model).__name__}."
        )
    layers: list[Any] = list(model.layers)
    shown = [
        (layer, _activation_of(layer, successor).output)
        for layer, successor in zip(layers, [*layers[1:], None], strict=True)
        if isinstance(layer, kind)
    ]
    if not shown:
        raise ValueError(f"The model must have a {kind.__name__} layer. Got none in {model.name!r}.")
    return shown


def _activation_of(layer: Any, successor: Any) -> Any:
    return successor if isinstance(successor, ACTIVATIONS) else layer
