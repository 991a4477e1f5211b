"""Data sets made on the spot, and images that scikit-learn or Keras bring.

Importing this package costs NumPy only; scikit-learn and Keras load when a function needs them.
"""

from dlp_keras.datasets.images import load_images
from dlp_keras.datasets.points import (
    make_checkerboard,
    make_circle,
    make_gaussians,
    make_hills,
    make_plane,
    make_spirals,
    playground_features,
)

__all__ = [
    "load_images",
    "make_checkerboard",
    "make_circle",
    "make_gaussians",
    "make_hills",
    "make_plane",
    "make_spirals",
    "playground_features",
]
