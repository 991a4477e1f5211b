"""A setting of the TensorFlow Playground as a real Keras model."""

from dlp_keras.playground.experiment import Experiment

__all__ = ["Experiment"]
