"""The input features that the TensorFlow Playground offers."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

_Column = npt.NDArray[np.float32]

FEATURES: dict[str, Callable[[_Column, _Column], _Column]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1 * x1,
    "x2^2": lambda x1, x2: x2 * x2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),
    "sin(x2)": lambda x1, x2: np.sin(x2),
}
"""The Playground's input features by name, in its order."""


def playground_features(x: npt.ArrayLike, names: Sequence[str]) -> npt.NDArray[np.float32]:
    """Compute the Playground's input features, unscaled as there.

    Parameters
    ----------
    x : array_like of shape (n, 2)
        Coordinates x₁, x₂.
    names : sequence of str
        Any of x1, x2, x1^2, x2^2, x1*x2, sin(x1), sin(x2), in the order of the columns wanted.

    Returns
    -------
    ndarray of shape (n, len(names)), float32
        One column for each name.

    Raises
    ------
    TypeError
        If `names` is one string.
    ValueError
        If `x` is not of shape (n, 2), or `names` is empty or holds an unknown name.

    Examples
    --------
    >>> playground_features([[2, -3]], ["x1", "x1*x2"])
    array([[ 2., -6.]], dtype=float32)
    """
    if isinstance(names, str):
        raise TypeError(
            f"`names` must be a list of feature names. Got the string {names!r}; write [{names!r}]."
        )
    points = np.asarray(x, dtype=np.float32)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"`x` must have the shape (n, 2). Got {points.shape}.")
    unknown = [name for name in names if name not in FEATURES]
    if unknown or not len(names):
        raise ValueError(f"`names` must be chosen from {', '.join(FEATURES)}. Got {unknown or 'none'}.")
    x1, x2 = points.T
    return np.stack([FEATURES[name](x1, x2) for name in names], axis=1)
