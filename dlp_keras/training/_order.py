"""The order in which an epoch takes the samples."""

import keras
import numpy as np


def default_seed() -> int:
    """Return a new seed, which `keras.utils.set_random_seed` determines."""
    return int(np.asarray(keras.random.SeedGenerator().state.value)[0])


class Orders:
    """A new order of the samples for each epoch, the same for every backend.

    Parameters
    ----------
    n_samples : int
    shuffle : bool
        Whether there is any order but the given one.
    seed : int or None
        Seed of the orders: epoch e takes the e-th permutation of `numpy.random.default_rng(seed)`.
    """

    def __init__(self, n_samples: int, *, shuffle: bool, seed: int | None) -> None:
        self.shuffle = shuffle
        self._n_samples = n_samples
        self._rng = np.random.default_rng(default_seed() if shuffle and seed is None else seed)

    def draw(self, n_epochs: int) -> np.ndarray | None:
        """Return indices for the next epochs, shape (n_epochs, n_samples), int32; None without shuffling."""
        if not self.shuffle:
            return None
        # NumPy moves numbers of its own width nearly twice as fast as smaller ones.
        orders = np.tile(np.arange(self._n_samples, dtype=np.intp), (n_epochs, 1))
        return self._rng.permuted(orders, axis=1, out=orders).astype(np.int32)
