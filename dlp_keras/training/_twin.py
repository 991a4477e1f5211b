"""A second model of the same architecture, made without touching the streams of random numbers."""

import random

import keras

from dlp_keras.training._arrays import Data
from dlp_keras.training._plan import build_metrics, build_state


def make_twin(model: keras.Model, data: Data) -> keras.Model:
    """Return a model built and compiled like `model`, with weights of its own."""
    # Keras draws seeds of new layers from Python's generator: a twin must not shift those of later models.
    state = random.getstate()
    try:
        twin = type(model).from_config(model.get_config())
        twin.compile_from_config(model.get_compile_config())
        build_state(twin, data)
        build_metrics(twin, data)
    finally:
        random.setstate(state)
    return twin
