"""How a training is to run: the static choices that a compiled function is made for."""

import contextlib
from typing import Any, NamedTuple

import keras

from dlp_keras.training._architecture import every_layer, sums_over_samples
from dlp_keras.training._arrays import Data

# Indices of shuffled samples are sent for many epochs at once, but not more than a megabyte of them.
_INDICES_AT_ONCE = 2**18
_EPOCHS_AT_ONCE = 256
_SAMPLES_EVALUATED_AT_ONCE = 1024


class Plan(NamedTuple):
    """The static choices of a training.

    Attributes
    ----------
    batch_size, validation_batch_size : int
        Samples per step. Validation takes larger batches where the result cannot depend on them.
    shuffle : bool
    capacity : int
        Epochs that one call can run at most.
    compiled : bool
        Whether XLA compiles the epochs; else TensorFlow's graph executor runs them.
    shared : bool
        Whether other models of this architecture can use the same function.
    custom_step : bool
        Whether the model brings its own `train_step` or `test_step`, with logs of its own.
    """

    batch_size: int
    validation_batch_size: int
    shuffle: bool
    capacity: int
    compiled: bool
    shared: bool
    custom_step: bool


def make_plan(
    model: keras.Model,
    description: str | None,
    n_samples: int,
    batch_size: int,
    *,
    shuffle: bool,
    compiled: bool,
) -> Plan:
    """Choose how to train `model`; a batch larger than the data is one batch of all data, as in Keras."""
    batch_size = min(batch_size, n_samples)
    large = max(batch_size, _SAMPLES_EVALUATED_AT_ONCE) if sums_over_samples(description) else batch_size
    return Plan(
        batch_size=batch_size,
        validation_batch_size=large,
        shuffle=shuffle,
        capacity=max(1, min(_EPOCHS_AT_ONCE, _INDICES_AT_ONCE // n_samples)),
        compiled=compiled,
        shared=description is not None,
        custom_step=has_custom_step(model),
    )


def has_custom_step(model: keras.Model) -> bool:
    """Tell whether the class of `model` overrides `train_step` or `test_step`."""
    steps = ("train_step", "test_step")
    return any(getattr(type(model), step) is not getattr(keras.Model, step) for step in steps)


def is_slow_in_xla(model: keras.Model) -> bool:
    """Tell whether `model` holds layers whose XLA kernels on a CPU are slower than TensorFlow's own."""
    words = ("Conv", "LSTM", "GRU", "RNN")
    return any(word in type(layer).__name__ for layer in every_layer(model) for word in words)


def is_distributed(model: keras.Model) -> bool:
    """Tell whether a TensorFlow strategy runs `model` on several devices."""
    strategy = getattr(model, "distribute_strategy", None)
    return strategy is not None and strategy.num_replicas_in_sync > 1


def is_mirrored(model: keras.Model) -> bool:
    """Tell whether `MirroredStrategy` keeps a copy of `model` on each of several devices."""
    return is_distributed(model) and type(model.distribute_strategy).__name__ == "MirroredStrategy"


def build_state(model: keras.Model, data: Data) -> None:
    """Create the missing variables of a compiled model and of its optimizer, from one sample."""
    with model.distribute_strategy.scope() if is_distributed(model) else contextlib.nullcontext():
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
