"""What depends on TensorFlow, JAX or PyTorch by name: one module for each backend of Keras."""

import importlib
from typing import Any

import keras

WITH_EPOCHS = ("jax", "tensorflow")
"""Backends that compiled epochs of single models are written for."""


def current() -> Any:
    """Return the module of the backend that Keras runs on."""
    return importlib.import_module(f"dlp_keras.training.backends.{keras.backend.backend()}")
