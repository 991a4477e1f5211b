"""What depends on TensorFlow or JAX by name: one module for each backend of Keras."""

import importlib
from typing import Any

import keras

NAMES = ("jax", "tensorflow")
"""Backends that compiled training is written for."""


def current() -> Any:
    """Return the module of the backend that Keras runs on."""
    return importlib.import_module(f"dlp_keras.training.backends.{keras.backend.backend()}")
