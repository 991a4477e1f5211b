"""How a training is to run: the static choices that a compiled function is made for, and what it costs."""

from typing import NamedTuple

import keras

from dlp_keras.training.data import Data
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
    shared : bool
        Whether other models of this architecture can use the same function.
    custom_step : bool
        Whether the model brings its own `train_step` or `test_step`, with logs of its own.
    """

    batch_size: int
    validation_batch_size: int
    shuffle: bool
    capacity: int
    shared: bool
    custom_step: bool


def make_plan(
    model: keras.Model,
    key: str | None,
    n_samples: int,
    batch_size: int,
    validation_batch_size: int | None = None,
    *,
    shuffle: bool,
) -> Plan:
    """Choose how to train `model`; a batch larger than the data is one batch of all data, as in Keras."""
    batch_size = min(batch_size, n_samples)
    tested = validation_batch_size or batch_size
    return Plan(
        batch_size=batch_size,
        validation_batch_size=max(tested, _SAMPLES_EVALUATED_AT_ONCE) if is_batch_size_free(key) else tested,
        shuffle=shuffle,
        capacity=max(1, min(_EPOCHS_AT_ONCE, _INDICES_AT_ONCE // n_samples)),
        shared=key is not None,
        custom_step=has_custom_step(model),
    )


def epoch_seconds(model: keras.Model, plan: Plan, data: Data, validation: Data | None) -> float:
    """Estimate the time of an epoch on TensorFlow's graph executor, from no clock: within a factor of two.

    An operation costs some microseconds on any processor of these years, a product of weights 0.2 ns.
    """
    n_steps = -(-data.n_samples // plan.batch_size)
    n_tested = 0 if validation is None else validation.n_samples
    n_products = model.count_params() * (3 * data.n_samples + n_tested)
    n_tests = -(-n_tested // plan.validation_batch_size)
    return float(n_steps + n_tests) * (30e-6 + 6e-6 * len(model.trainable_variables)) + 0.2e-9 * int(
        n_products
    )


def compile_seconds(model: keras.Model) -> float:
    """Estimate the time that XLA takes to compile the epochs of a model, from no clock."""
    return 0.4 + 0.05 * len(model.trainable_variables)


def is_slow_in_xla(model: keras.Model) -> bool:
    """Tell whether `model` holds layers whose XLA kernels on a CPU are slower than TensorFlow's own."""
    words = ("Conv", "LSTM", "GRU", "RNN")
    return any(word in type(layer).__name__ for layer in every_layer(model) for word in words)
