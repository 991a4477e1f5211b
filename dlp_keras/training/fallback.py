"""What `fit` cannot run as compiled epochs, and why: it is left to `model.fit`."""

from collections.abc import Iterable, Mapping
from typing import Any

import keras

from dlp_keras.training import backends
from dlp_keras.training.callback_timing import batch_hook
from dlp_keras.training.data import are_arrays
from dlp_keras.training.models import is_distributed
from dlp_keras.training.plan import is_slow_in_xla

MODEL_FIT_OPTIONS = ("steps_per_epoch", "validation_steps", "validation_freq")
"""Arguments of `model.fit` that only it understands."""


def fallback_reason(
    model: keras.Model,
    arrays: Iterable[Any],
    callbacks: Iterable[keras.callbacks.Callback],
    options: Mapping[str, Any],
) -> str | None:
    """Return why this training cannot run as compiled epochs, or None if it can."""
    if options:
        return f"only that knows `{next(iter(options))}`"
    if keras.backend.backend() not in backends.WITH_EPOCHS:
        return f"compiled epochs are not written for Keras's {keras.backend.backend()} backend"
    if model.run_eagerly:
        return "the model was compiled with run_eagerly=True"
    if not all(are_arrays(array) for array in arrays if array is not None):
        return "the data is not made of dense arrays in memory"
    for callback in callbacks:
        hook = batch_hook(callback)
        if hook:
            return f"{type(callback).__name__} acts inside an epoch ({hook})"
    backend = backends.current()
    if not (backend.HAS_GRAPH_EXECUTOR or backend.has_accelerator()) and is_slow_in_xla(model):
        return "XLA computes a loop of convolutions or recurrences slowly on a CPU"
    if is_distributed(model):
        return f"the model is distributed by {type(model.distribute_strategy).__name__}"
    return None
