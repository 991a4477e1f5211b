"""How a training is to run: the static choices that a compiled function is made for."""

from typing import NamedTuple

import keras

from dlp_keras.training.models import every_layer, has_custom_step, is_batch_size_free

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
    large = max(batch_size, _SAMPLES_EVALUATED_AT_ONCE) if is_batch_size_free(description) else batch_size
    return Plan(
        batch_size=batch_size,
        validation_batch_size=large,
        shuffle=shuffle,
        capacity=max(1, min(_EPOCHS_AT_ONCE, _INDICES_AT_ONCE // n_samples)),
        compiled=compiled,
        shared=description is not None,
        custom_step=has_custom_step(model),
    )


def is_slow_in_xla(model: keras.Model) -> bool:
    """Tell whether `model` holds layers whose XLA kernels on a CPU are slower than TensorFlow's own."""
    words = ("Conv", "LSTM", "GRU", "RNN")
    return any(word in type(layer).__name__ for layer in every_layer(model) for word in words)
