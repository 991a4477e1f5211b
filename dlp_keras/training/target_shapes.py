"""The shape of the targets against that of the predictions."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from dlp_keras.training.data import Data

_SAMPLES = 8


def check_target_shapes(model: keras.Model, data: Data) -> None:
    """Refuse targets that would silently broadcast against the predictions.

    Where the shapes differ, the loss and the metrics are computed twice: with the targets as given, and with
    the targets in the shape of the predictions. Keras's own losses match (n,) to (n, 1) and give the same
    number; a hand-written one makes (n, n) of it, and another number.

    Raises
    ------
    ValueError
        If a loss or metric depends on it; the message says how to reshape.
    """
    few = Data(*keras.tree.map_structure(lambda leaf: None if leaf is None else leaf[:_SAMPLES], tuple(data)))
    y_pred = model(few.x, training=False)
    if keras.tree.is_nested(few.y) or keras.tree.is_nested(y_pred) or few.y is None:
        return
    if tuple(y_pred.shape) == few.y.shape or not _broadcasts(few.y.shape, tuple(y_pred.shape)):
        return
    same_size = int(np.prod(y_pred.shape)) == few.y.size
    shaped = few.y.reshape(y_pred.shape) if same_size else np.broadcast_to(few.y, tuple(y_pred.shape))
    for name, compute in (("loss", _loss), ("metrics", _metrics)):
        as_given, as_shaped = (_attempt(compute, model, few, y, y_pred) for y in (few.y, shaped))
        # Broadcast was: a number that changes with the shape, or one that repeated values do not change.
        if as_given is not None and as_shaped is not None and np.allclose(as_given, as_shaped) != same_size:
            raise ValueError(_message(name, data.y.shape, tuple(y_pred.shape)))


def _broadcasts(target: tuple[int, ...], prediction: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(target, prediction)
    except ValueError:
        return False
    return True


def _loss(model: keras.Model, few: Data, y: Any, y_pred: Any) -> Any:
    return model.compute_loss(
        few.x, keras.ops.convert_to_tensor(y), y_pred, few.sample_weight, training=False
    )


def _metrics(model: keras.Model, few: Data, y: Any, y_pred: Any) -> Any:
    model.reset_metrics()
    results = model.compute_metrics(few.x, keras.ops.convert_to_tensor(y), y_pred, few.sample_weight)
    model.reset_metrics()
    return [value for name, value in results.items() if name != "loss"]


def _attempt(compute: Callable[..., Any], model: keras.Model, few: Data, y: Any, y_pred: Any) -> Any:
    try:
        result = compute(model, few, y, y_pred)
    except Exception:  # A shape that a loss cannot take at all does not broadcast silently.
        return None
    return keras.tree.map_structure(keras.ops.convert_to_numpy, result)


def _message(name: str, target: tuple[int, ...], prediction: tuple[int, ...]) -> str:
    one_each = prediction[1:] in {(), (1,)} and target[1:] in {(), (1,)}
    reshape = "`y.reshape(-1, 1)`" if prediction[1:] else "`y.reshape(-1)`"
    advice = (
        f"Write {reshape}."
        if one_each
        else "Give `y` one value for each output, or the last layer one unit for each column of `y`."
    )
    shape = f"(n, {', '.join(map(str, prediction[1:]))})" if prediction[1:] else "(n,)"
    return (
        f"`y` must have the shape of the predictions, {shape}: your {name} would broadcast one against the "
        f"other and give wrong numbers. Got {target}. {advice}"
    )
