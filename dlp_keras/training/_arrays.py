"""In-memory arrays as Keras takes them: converted once, checked, grouped into (x, y, sample_weight)."""

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
    y = np.asarray(y)
    classes = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] != 1 else y.reshape(len(y))
    labels, inverse = np.unique(np.round(classes).astype("int32"), return_inverse=True)
    weights = np.array([class_weight.get(int(label), 1.0) for label in labels], dtype=keras.config.floatx())
    return weights[inverse]


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
