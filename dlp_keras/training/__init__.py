"""Training at the speed of the hardware: whole epochs, and whole crowds of networks, in one compiled call."""

from dlp_keras.training._ensemble import Ensemble
from dlp_keras.training._fit import fit
from dlp_keras.training._many import fit_many, sweep

__all__ = ["Ensemble", "fit", "fit_many", "sweep"]
