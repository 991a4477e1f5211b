"""Training at the speed of the hardware: whole epochs, and stacks of networks, in one compiled call."""

from dlp_keras.training.ensemble import Ensemble
from dlp_keras.training.ensemble_trainer import fit_many, sweep
from dlp_keras.training.trainer import fit

__all__ = ["Ensemble", "fit", "fit_many", "sweep"]
