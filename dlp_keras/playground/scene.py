"""The points of one setting, and what a network says of them."""

import numpy as np
import numpy.typing as npt

from dlp_keras.datasets import playground_features
from dlp_keras.playground.experiment import Experiment
from dlp_keras.playground.network import compute_layers, make_grid

Array = npt.NDArray[np.float32]
GRID = make_grid()
"""Where maps are computed."""


class Scene:
    """What belongs to one setting and does not change while it trains.

    Parameters
    ----------
    number
        Of the setting, counted from 0.
    experiment
    """

    def __init__(self, number: int, experiment: Experiment) -> None:
        self.number, self.experiment = number, experiment
        self.points, self.targets = experiment.points()
        self.n_training = len(self.points) * experiment.percent_training // 100
        self.features = playground_features(self.points, experiment.features)
        self.grid = playground_features(GRID, experiment.features)
        self.head = "tanh" if experiment.is_classification else "linear"

    def with_experiment(self, experiment: Experiment) -> "Scene":
        """Return the same points with a setting that differs in how the network trains."""
        scene = object.__new__(Scene)
        vars(scene).update(vars(self), experiment=experiment)
        return scene

    def layers(self, weights: tuple[Array, ...], x: Array) -> list[Array]:
        """Compute the outputs of all layers for features of shape (n, n_features)."""
        return compute_layers(weights, x, self.experiment.activation, self.head)

    def losses(self, weights: tuple[Array, ...]) -> tuple[float, float]:
        """Compute the losses of training and test points."""
        with np.errstate(over="ignore", invalid="ignore"):
            squares = 0.5 * (self.layers(weights, self.features)[-1] - self.targets) ** 2
        return float(squares[: self.n_training].mean()), float(squares[self.n_training :].mean())
