"""What `fit` cannot compile, and why: these trainings run through `model.fit`."""

from collections.abc import Iterable
from typing import Any

import keras

from dlp_keras.training._arrays import are_arrays
from dlp_keras.training._engines import BACKENDS
from dlp_keras.training._hooks import looks_inside
from dlp_keras.training._plan import is_distributed, is_mirrored


def reason_to_delegate(
    model: keras.Model, arrays: Iterable[Any], callbacks: Iterable[keras.callbacks.Callback]
) -> str | None:
    """Return why this training cannot run as compiled epochs, or None if it can."""
    if keras.backend.backend() not in BACKENDS:
        return f"compiled epochs are not written for Keras's {keras.backend.backend()} backend"
    if model.run_eagerly:
        return "the model was compiled with run_eagerly=True"
    if not all(are_arrays(array) for array in arrays if array is not None):
        return "the data is not made of dense arrays in memory"
    for callback in callbacks:
        hook = looks_inside(callback)
        if hook:
            return f"{type(callback).__name__} acts inside an epoch ({hook})"
    if is_distributed(model) and not is_mirrored(model):
        return f"the model is distributed by {type(model.distribute_strategy).__name__}"
    return None
