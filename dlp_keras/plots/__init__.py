"""Pictures of data, networks and training, drawn on given axes.

Every function takes arrays (and a `predict` callable), draws on `ax` and returns it; none calls
``show()`` and none needs Keras. Orange stands for negative values and class 0, blue for positive
values and class 1, as in the TensorFlow Playground.
"""

from dlp_keras.plots import colors
from dlp_keras.plots.airshower import footprint
from dlp_keras.plots.images import convolution_maps, image_grid, neuron_maps
from dlp_keras.plots.metrics import confusion_matrix, loss_curves
from dlp_keras.plots.plane import (
    decision_boundary,
    evaluate_grid,
    extent_around,
    loss_surface_path,
)
from dlp_keras.plots.points import class_points

__all__ = [
    "class_points",
    "colors",
    "confusion_matrix",
    "convolution_maps",
    "decision_boundary",
    "evaluate_grid",
    "extent_around",
    "footprint",
    "image_grid",
    "loss_curves",
    "loss_surface_path",
    "neuron_maps",
]
