"""A function of one variable that takes some neurons to follow."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.arguments import check_count, check_number

Floats: TypeAlias = npt.NDArray[np.float32]
Seed: TypeAlias = int | np.random.Generator | None

INTERVAL = (-3.0, 3.0)
"""Where `make_curve` draws x."""


def curve(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """An oscillation on a slope, with a resonance: ½ sin 3x + x/4 + 1/(1 + 16 (x − 1)²).

    Parameters
    ----------
    x : array_like
        Where to evaluate it; it is smooth everywhere.

    Returns
    -------
    ndarray of the same shape, float64
        Values, from −1.16 to 1.34 on [−3, 3].

    Examples
    --------
    >>> curve([0.0, 1.0]).round(3)
    array([0.059, 1.321])
    """
    x = np.asarray(x, dtype=np.float64)
    return np.asarray(np.sin(3 * x) / 2 + x / 4 + 1 / (1 + 16 * (x - 1) ** 2))


def make_curve(n_samples: int, *, noise: float = 0.1, seed: Seed = None) -> tuple[Floats, Floats]:
    """Draw points of `curve` with normal noise.

    Parameters
    ----------
    n_samples : int
        Number of points, at least 1.
    noise : float
        Standard deviation of the noise added to y, at least 0; y itself has 0.72.
    seed : int, Generator or None
        Seed of the random numbers; None draws new points at every call.

    Returns
    -------
    x : ndarray of shape (n_samples, 1), float32
        Places, uniform in [−3, 3].
    y : ndarray of shape (n_samples, 1), float32
        Values with noise. The second axis is there on purpose: targets of shape (n,) and predictions of
        shape (n, 1) broadcast to (n, n) without a word.

    Raises
    ------
    TypeError, ValueError
        If `n_samples` is no positive whole number, or `noise` negative, infinite or NaN.

    Examples
    --------
    >>> x, y = make_curve(100, noise=0.0, seed=0)
    >>> x.shape, y.shape
    ((100, 1), (100, 1))
    """
    n_samples, noise = check_count("n_samples", n_samples), check_number("noise", noise, 0)
    rng = np.random.default_rng(seed)
    x = rng.uniform(*INTERVAL, (n_samples, 1))
    y = curve(x) + noise * rng.standard_normal((n_samples, 1))
    return x.astype(np.float32), y.astype(np.float32)
