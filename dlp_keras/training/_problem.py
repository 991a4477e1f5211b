"""What `fit_many` is to do: samples, networks, epochs."""

from typing import NamedTuple

import numpy as np

from dlp_keras.training._progress import Progress


class Samples(NamedTuple):
    """Samples and targets that all networks share, or each network's own.

    Attributes
    ----------
    x, y : array of shape (n_samples, …), or (n_models, n_samples, …) if `own`
    own : bool
    """

    x: np.ndarray
    y: np.ndarray
    own: bool

    @property
    def n_samples(self) -> int:
        """Number of samples of each network."""
        return int(self.x.shape[1 if self.own else 0])

    def of(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the samples of network `i`."""
        return (self.x[i], self.y[i]) if self.own else (self.x, self.y)

    def of_all(self, indices: np.ndarray) -> "Samples":
        """Return the samples of several networks."""
        return Samples(self.x[indices], self.y[indices], own=True) if self.own else self


class Problem(NamedTuple):
    """The arguments of `fit_many`, checked."""

    data: Samples
    validation: Samples | None
    seeds: np.ndarray
    epochs: int
    batch_size: int
    shuffle: bool
    progress: Progress


class Outcome(NamedTuple):
    """What training yields: histories (n_models, epochs), and weights (n_models, …) before and after."""

    history: dict[str, np.ndarray]
    initial: list[np.ndarray]
    weights: list[np.ndarray]
