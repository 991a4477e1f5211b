"""What goes into `fit_many` and what comes back: samples, and the histories and weights of many networks."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from dlp_keras.progress import ProgressBar
from dlp_keras.training.data import Data


class Ensemble:
    """Many trained networks of one architecture.

    Attributes
    ----------
    history : dict of str to array of shape (n_models, epochs), float32
        Loss and metrics after each epoch, as Keras logs them. NaN from the epoch on in which a network's loss
        was not finite; such a network keeps the weights of the epoch before.
    seeds : array of shape (n_models,), int64
        Seed of each network: `fit(ensemble.initial(i), …, seed=ensemble.seeds[i])` trains network i alone.
    """

    def __init__(
        self,
        build_model: Callable[[], keras.Model],
        seeds: np.ndarray,
        history: dict[str, np.ndarray],
        initial: list[np.ndarray],
        weights: list[np.ndarray],
    ) -> None:
        self.seeds, self.history = seeds, history
        self._build_model, self._initial, self._weights = build_model, initial, weights

    def __len__(self) -> int:
        return len(self.seeds)

    def model(self, i: int) -> keras.Model:
        """Return network `i`, trained, as an ordinary compiled Keras model."""
        return self._model(self._weights, i)

    def initial(self, i: int) -> keras.Model:
        """Return network `i` as it was before training."""
        return self._model(self._initial, i)

    def _model(self, weights: list[np.ndarray], i: int) -> keras.Model:
        model = self._build_model()
        if not model.built:
            model.build((None, weights[0].shape[1]))
        model.set_weights([stack[i] for stack in weights])
        return model

    def success(self, threshold: float, metric: str | None = None) -> np.ndarray:
        """Tell which networks reached a threshold in any epoch.

        Parameters
        ----------
        threshold : float
            To fall below for a loss or an error; to reach for an accuracy, or any metric named ``…accuracy``,
            ``acc`` or ``auc``.
        metric : str, optional
            A name in `history`; by default ``val_loss``, or ``loss`` where there was no validation data.

        Returns
        -------
        array of shape (n_models,), bool
            Its mean is the share of random starts that succeed.

        Raises
        ------
        ValueError
            If no such metric was recorded.

        Examples
        --------
        >>> ensemble.success(0.97, metric="val_accuracy").mean()  # doctest: +SKIP
        0.72
        """
        name = metric or ("val_loss" if "val_loss" in self.history else "loss")
        if name not in self.history:
            raise ValueError(f"`metric` must be one of {', '.join(self.history)}. Got {name!r}.")
        values = self.history[name]
        reached = values >= threshold if name.endswith(("accuracy", "acc", "auc")) else values < threshold
        return np.asarray(reached.any(axis=1))


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

    def per_network(self, i: int) -> Data:
        """Return the samples of network `i`."""
        return Data(self.x[i], self.y[i]) if self.own else Data(self.x, self.y)

    def subset(self, indices: np.ndarray) -> "Samples":
        """Return the samples of several networks."""
        return Samples(self.x[indices], self.y[indices], own=True) if self.own else self


class EnsembleTask(NamedTuple):
    """The arguments of `fit_many`, checked."""

    data: Samples
    validation: Samples | None
    build_model: Callable[[], keras.Model]
    seeds: np.ndarray
    epochs: int
    batch_size: int
    shuffle: bool
    bar: ProgressBar
