"""Samples in memory, checked once, and the order in which each epoch takes them."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np


class Data(NamedTuple):
    """Samples, targets and weights: arrays, or structures of arrays for several inputs or outputs."""

    x: Any
    y: Any
    sample_weight: Any = None

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return int(np.shape(keras.tree.flatten(self.x)[0])[0])

    def batch(self) -> tuple[Any, ...]:
        """Return the tuple that `train_step` takes: without the weights where there are none."""
        return (self.x, self.y) if self.sample_weight is None else tuple(self)


def is_array(value: Any) -> bool:
    """Tell whether `value` is a dense array: what has a shape and converts to NumPy without iterating."""
    sparse = hasattr(value, "tocoo") or type(value).__name__ in {"RaggedTensor", "SparseTensor"}
    return hasattr(value, "shape") and hasattr(value, "__array__") and not sparse


def are_arrays(structure: Any) -> bool:
    """Tell whether every leaf of a nested structure is a dense array."""
    leaves = keras.tree.flatten(structure)
    return bool(leaves) and all(is_array(leaf) for leaf in leaves)


def prepare(x: Any, y: Any, sample_weight: Any = None, *, where: str = "") -> Data:
    """Convert arrays by Keras's rule (floats to `floatx`, all else unchanged) and check them.

    Parameters
    ----------
    x, y : array or structure of arrays, first axis n_samples
    sample_weight : array of shape (n_samples,), or a structure like `y`, or None
    where : str
        Prefix for the names in messages, such as ``"validation "``.

    Raises
    ------
    ValueError
        If the lengths differ, no sample is left, or a value is NaN.
    """
    data = Data(*(keras.tree.map_structure(_convert, part) for part in (x, y, sample_weight)))
    named = [(f"{where}x", data.x), (f"{where}y", data.y), (f"{where}sample_weight", data.sample_weight)]
    leaves = [(name, leaf) for name, part in named for leaf in keras.tree.flatten(part) if leaf is not None]
    lengths = {name: len(leaf) for name, leaf in leaves}
    if len({len(leaf) for _, leaf in leaves}) != 1:
        raise ValueError(
            f"All arrays must have the same number of samples. Got {lengths}. Cut or refill one."
        )
    if not data.n_samples:
        raise ValueError(f"`{where}x` must hold at least one sample. Got none.")
    for name, leaf in leaves:
        _refuse_nan(name, leaf)
    return data


def numbers_as_array(name: str, value: Any) -> Any:
    """Return a nested list of numbers as an array, and anything else as it is.

    Raises
    ------
    ValueError
        If its rows have different lengths.
    """
    if not isinstance(value, (list, tuple)) or not all(np.isscalar(n) for n in keras.tree.flatten(value)):
        return value
    try:
        return np.array(value)
    except ValueError:
        raise ValueError(
            f"`{name}` must have rows of one length. Got a list with rows of several. Fill or cut them."
        ) from None


def split_off_validation(data: Data, share: float) -> tuple[Data, Data]:
    """Split the last samples off, as `model.fit` does with `validation_split`.

    Raises
    ------
    ValueError
        If `share` leaves no sample to one of the two.
    """
    first = math.floor(data.n_samples * (1 - share)) if 0 <= share < 1 else 0
    if not 0 < first < data.n_samples:
        raise ValueError(
            f"`validation_split` must lie in [0, 1) and leave samples on both sides. Got {share!r} for "
            f"{data.n_samples} samples. Write validation_split=0.2, for example."
        )

    def part(rows: slice) -> Data:
        return Data(*keras.tree.map_structure(lambda a: None if a is None else a[rows], tuple(data)))

    return part(slice(first)), part(slice(first, None))


def split_validation(validation_data: Any) -> tuple[Any, Any, Any]:
    """Split `validation_data` into samples, targets and weights (None where not given), as Keras does.

    Raises
    ------
    ValueError
        If it is not a tuple of two or three.
    """
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in {2, 3}:
        raise ValueError(
            "`validation_data` must be a tuple (x, y) or (x, y, sample_weight). "
            f"Got {type(validation_data).__name__}. Write validation_data=(x_test, y_test)."
        )
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(tuple(validation_data))
    return numbers_as_array("validation x", x), numbers_as_array("validation y", y), sample_weight


def weights_of_classes(y: Any, class_weight: dict[int, float]) -> np.ndarray:
    """Return one weight per sample from one weight per class; a class not named weighs 1.

    Parameters
    ----------
    y : array of shape (n,), (n, 1) or one-hot (n, n_classes)
    class_weight : dict of int to float

    Returns
    -------
    array of shape (n,), float
    """
    from sklearn.utils.class_weight import compute_sample_weight

    y = np.asarray(y)
    classes = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] != 1 else y.reshape(len(y))
    classes = np.round(classes).astype("int32")
    known = {int(label): class_weight.get(int(label), 1.0) for label in np.unique(classes)}
    return np.asarray(compute_sample_weight(known, classes), keras.config.floatx())


def _convert(leaf: Any) -> Any:
    if leaf is None:
        return None
    array = np.asarray(leaf)
    return array.astype(keras.config.floatx(), copy=False) if array.dtype.kind == "f" else array


def _refuse_nan(name: str, leaf: np.ndarray) -> None:
    if leaf.dtype.kind == "f" and np.isnan(np.min(leaf, initial=0)):
        rows = np.flatnonzero(np.isnan(leaf.reshape(len(leaf), -1)).any(axis=1))
        raise ValueError(
            f"`{name}` must not contain NaN. Got NaN in {rows.size} of {len(leaf)} samples, first at index "
            f"{rows[0]}. Leave these out, or fill the gaps and pass a mask."
        )


def default_seed() -> int:
    """Return a new seed, which `keras.utils.set_random_seed` determines."""
    return int(keras.ops.convert_to_numpy(keras.random.SeedGenerator().state)[0])


class Shuffler:
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

    def permutations(self, n_epochs: int) -> np.ndarray | None:
        """Return indices for the next epochs, shape (n_epochs, n_samples), int32; None without shuffling."""
        if not self.shuffle:
            return None
        # NumPy moves numbers of its own width nearly twice as fast as smaller ones.
        orders = np.tile(np.arange(self._n_samples, dtype=np.intp), (n_epochs, 1))
        return self._rng.permuted(orders, axis=1, out=orders).astype(np.int32)
