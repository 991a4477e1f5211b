"""Training at the speed of the hardware: whole epochs, and whole crowds of networks, in one compiled call."""

from dlp_keras.training._fit import fit

__all__ = ["fit"]
