"""The six data sets of the TensorFlow Playground, and the features it offers.

The rules are those of ``src/dataset.ts`` in https://github.com/tensorflow/playground, with the
labels of the classification sets as 0 (orange there, −1) and 1 (blue there, +1).
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.arguments import check_count, check_noise

Floats: TypeAlias = npt.NDArray[np.float32]
Labels: TypeAlias = npt.NDArray[np.int64]
Seed: TypeAlias = int | np.random.Generator | None

RADIUS = 5.0
"""Half the width of the square, and the outer radius of the discs, of the classification sets."""
PLANE_RADIUS = 6.0
"""Half the width of the square of the regression sets."""
PADDING = 0.3
"""How far the checkerboard's points are pushed away from both axes."""
SPIRAL_TURNS = 1.75
HILLS = (
    (-4.0, 2.5, 1.0),
    (0.0, 2.5, -1.0),
    (4.0, 2.5, 1.0),
    (-4.0, -2.5, -1.0),
    (0.0, -2.5, 1.0),
    (4.0, -2.5, -1.0),
)
"""Centre and sign of every cone of `make_hills`."""


def make_checkerboard(
    n_samples: int = 500, *, noise: float = 0.0, seed: Seed = None
) -> tuple[Floats, Labels]:
    """Draw points of a 2 × 2 checkerboard, the Playground's XOR set.

    Both coordinates are uniform in [−5, 5] and pushed 0.3 away from 0. A point is of class 1 where
    x₁·x₂ ≥ 0. Noise moves the place where the label is read off, never the point.

    Parameters
    ----------
    n_samples : int
        Number of points, at least 1.
    noise : float
        The Playground's noise slider as a fraction, 0 … 0.5.
    seed : int, Generator or None
        Seed of the random numbers; None draws new points at every call.

    Returns
    -------
    x : ndarray of shape (n_samples, 2), float32
        Coordinates, with magnitudes in [0.3, 5.3].
    y : ndarray of shape (n_samples,), int64
        Classes, 0 or 1.

    Raises
    ------
    TypeError, ValueError
        If `n_samples` is no positive whole number or `noise` lies outside [0, 0.5].

    Examples
    --------
    >>> x, y = make_checkerboard(500, noise=0.1, seed=0)
    >>> x.shape, y.shape
    ((500, 2), (500,))
    """
    n_samples, noise = check_count("n_samples", n_samples), check_noise(noise)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-RADIUS, RADIUS, size=(n_samples, 2))
    x += np.where(x > 0, PADDING, -PADDING)
    x_read = x + noise * rng.uniform(-RADIUS, RADIUS, size=x.shape)
    return _as_classes(x, x_read[:, 0] * x_read[:, 1] >= 0)


def make_circle(n_samples: int = 500, *, noise: float = 0.0, seed: Seed = None) -> tuple[Floats, Labels]:
    """Draw a disc of class 1 inside a ring of class 0, the Playground's circle set.

    Half the points have a radius uniform in [0, 2.5], the others in [3.5, 5]; the angle is uniform.
    A point is of class 1 where the distance to the origin is below 2.5. Noise moves the place where
    the label is read off, never the point. The disc has the extra point of an odd `n_samples`.

    Parameters
    ----------
    n_samples, noise, seed
        Number of points, noise from 0 to 0.5 and seed, checked as in `make_checkerboard`.

    Returns
    -------
    x : ndarray of shape (n_samples, 2), float32
        Coordinates, at most 5 from the origin.
    y : ndarray of shape (n_samples,), int64
        Classes, 0 or 1.

    Examples
    --------
    >>> x, y = make_circle(100, seed=0)
    >>> int(y.sum())
    50
    """
    n_samples, noise = check_count("n_samples", n_samples), check_noise(noise)
    rng = np.random.default_rng(seed)
    n_disc, n_ring = _halves(n_samples)
    radius = np.concatenate([rng.uniform(0, RADIUS / 2, n_disc), rng.uniform(0.7 * RADIUS, RADIUS, n_ring)])
    x = _polar(radius, rng.uniform(0, 2 * np.pi, n_samples))
    x_read = x + noise * rng.uniform(-RADIUS, RADIUS, size=x.shape)
    return _as_classes(x, np.hypot(x_read[:, 0], x_read[:, 1]) < RADIUS / 2, rng)


def make_gaussians(n_samples: int = 500, *, noise: float = 0.0, seed: Seed = None) -> tuple[Floats, Labels]:
    """Draw two normal clouds, the Playground's Gauss set: class 1 around (2, 2), 0 around (−2, −2).

    Both clouds are isotropic with the variance 0.5 + 7·`noise` along each axis. The cloud of class 1
    has the extra point of an odd `n_samples`.

    Parameters
    ----------
    n_samples, noise, seed
        Number of points, noise from 0 to 0.5 and seed, checked as in `make_checkerboard`.

    Returns
    -------
    x : ndarray of shape (n_samples, 2), float32
        Coordinates.
    y : ndarray of shape (n_samples,), int64
        Classes, 0 or 1.

    Examples
    --------
    >>> x, y = make_gaussians(100, seed=0)
    >>> bool(x[y == 1].mean() > 1)
    True
    """
    n_samples, noise = check_count("n_samples", n_samples), check_noise(noise)
    rng = np.random.default_rng(seed)
    is_positive = np.repeat([True, False], _halves(n_samples))
    centres = np.where(is_positive, 2.0, -2.0)[:, np.newaxis]
    x = centres + np.sqrt(0.5 + 7.0 * noise) * rng.standard_normal((n_samples, 2))
    return _as_classes(x, is_positive, rng)


def make_spirals(n_samples: int = 500, *, noise: float = 0.0, seed: Seed = None) -> tuple[Floats, Labels]:
    """Draw two interleaved spirals, the Playground's spiral set.

    Point i = 0 … n − 1 of an arm lies at radius 5i/n and angle 1.75·2π·i/n, the arm of class 0
    turned by π; x₁ = r·sin t, x₂ = r·cos t. Noise shifts both coordinates, uniformly in
    [−`noise`, `noise`]. The arm of class 1 has the extra point of an odd `n_samples`.

    Parameters
    ----------
    n_samples, noise, seed
        Number of points, noise from 0 to 0.5 and seed, checked as in `make_checkerboard`.

    Returns
    -------
    x : ndarray of shape (n_samples, 2), float32
        Coordinates.
    y : ndarray of shape (n_samples,), int64
        Classes, 0 or 1.

    Examples
    --------
    >>> x, y = make_spirals(200, seed=0)
    >>> bool((x**2).sum(axis=1).max() < 25)
    True
    """
    n_samples, noise = check_count("n_samples", n_samples), check_noise(noise)
    rng = np.random.default_rng(seed)
    n_positive, n_negative = _halves(n_samples)
    way = np.concatenate([np.arange(n) / max(n, 1) for n in (n_positive, n_negative)])
    is_positive = np.repeat([True, False], (n_positive, n_negative))
    x = _polar(RADIUS * way, SPIRAL_TURNS * 2 * np.pi * way + np.where(is_positive, 0.0, np.pi))
    x += noise * rng.uniform(-1.0, 1.0, size=x.shape)
    return _as_classes(x, is_positive, rng)


def make_plane(n_samples: int = 1200, *, noise: float = 0.0, seed: Seed = None) -> tuple[Floats, Floats]:
    """Draw points on a tilted plane, the Playground's first regression set.

    Both coordinates are uniform in [−6, 6] and y = (x₁ + x₂)/10. Noise moves the place where the
    plane is read off, uniformly by up to 6·`noise` along each axis, never the point.

    Parameters
    ----------
    n_samples, noise, seed
        Number of points, noise from 0 to 0.5 and seed, checked as in `make_checkerboard`.

    Returns
    -------
    x : ndarray of shape (n_samples, 2), float32
        Coordinates in [−6, 6].
    y : ndarray of shape (n_samples,), float32
        Targets, within ±1.2·(1 + `noise`).

    Examples
    --------
    >>> x, y = make_plane(10, seed=0)
    >>> bool(np.allclose(y, x.sum(axis=1) / 10))
    True
    """
    return _regression(n_samples, noise, seed, lambda x: x.sum(axis=1) / 10)


def make_hills(n_samples: int = 1200, *, noise: float = 0.0, seed: Seed = None) -> tuple[Floats, Floats]:
    """Draw points on three hills and three hollows, the Playground's second regression set.

    Both coordinates are uniform in [−6, 6]. At distance d from its centre (see `HILLS`) a cone is
    sign · max(1 − d/2, 0) high; y is the cone of the largest magnitude. Noise moves the place where
    the height is read off, uniformly by up to 6·`noise` along each axis, never the point.

    Parameters
    ----------
    n_samples, noise, seed
        Number of points, noise from 0 to 0.5 and seed, checked as in `make_checkerboard`.

    Returns
    -------
    x : ndarray of shape (n_samples, 2), float32
        Coordinates in [−6, 6].
    y : ndarray of shape (n_samples,), float32
        Targets in [−1, 1].

    Examples
    --------
    >>> x, y = make_hills(10, seed=0)
    >>> bool(abs(y).max() <= 1)
    True
    """
    return _regression(n_samples, noise, seed, _height)


def _halves(n_samples: int) -> tuple[int, int]:
    return n_samples - n_samples // 2, n_samples // 2


def _polar(radius: npt.NDArray[Any], angle: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Turn polar into Cartesian coordinates; the Playground measures the angle from the second axis."""
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def _as_classes(
    x: npt.NDArray[np.float64], is_positive: npt.NDArray[np.bool_], rng: np.random.Generator | None = None
) -> tuple[Floats, Labels]:
    """Cast to the public dtypes, shuffled once where an `rng` comes along."""
    order = slice(None) if rng is None else rng.permutation(len(x))
    return x.astype(np.float32)[order], is_positive.astype(np.int64)[order]


def _regression(
    n_samples: int,
    noise: float,
    seed: Seed,
    height: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
) -> tuple[Floats, Floats]:
    n_samples, noise = check_count("n_samples", n_samples), check_noise(noise)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-PLANE_RADIUS, PLANE_RADIUS, size=(n_samples, 2))
    x_read = x + noise * rng.uniform(-PLANE_RADIUS, PLANE_RADIUS, size=x.shape)
    return x.astype(np.float32), height(x_read).astype(np.float32)


def _height(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Height of the hills at points `x` (n, 2)."""
    centre_x, centre_y, sign = np.array(HILLS).T
    distance = np.hypot(x[:, :1] - centre_x, x[:, 1:] - centre_y)
    cones = sign * np.clip(1 - distance / 2, 0, 1)
    strongest = np.abs(cones).argmax(axis=1, keepdims=True)
    return np.take_along_axis(cones, strongest, axis=1)[:, 0] + 0.0  # no −0.0 outside all cones
