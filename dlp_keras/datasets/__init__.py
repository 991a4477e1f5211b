"""Data sets made on the spot, and images that scikit-learn or Keras bring.

Importing this package costs NumPy only; scikit-learn and Keras load when a function needs them.
"""

from dlp_keras.datasets.airshower import AirShowers, make_airshowers
from dlp_keras.datasets.airshower_primaries import gumbel_parameters
from dlp_keras.datasets.curves import curve, make_curve
from dlp_keras.datasets.features import playground_features
from dlp_keras.datasets.images import load_images, make_shifted_digits
from dlp_keras.datasets.ising import make_ising
from dlp_keras.datasets.ising_exact import (
    CRITICAL_TEMPERATURE,
    energy,
    kaufman_energy,
    magnetization,
    onsager_energy,
    onsager_magnetization,
)
from dlp_keras.datasets.points import (
    make_checkerboard,
    make_circle,
    make_gaussians,
    make_hills,
    make_plane,
    make_spirals,
)

__all__ = [
    "CRITICAL_TEMPERATURE",
    "AirShowers",
    "curve",
    "energy",
    "gumbel_parameters",
    "kaufman_energy",
    "load_images",
    "magnetization",
    "make_airshowers",
    "make_checkerboard",
    "make_circle",
    "make_curve",
    "make_gaussians",
    "make_hills",
    "make_ising",
    "make_plane",
    "make_shifted_digits",
    "make_spirals",
    "onsager_energy",
    "onsager_magnetization",
    "playground_features",
]
