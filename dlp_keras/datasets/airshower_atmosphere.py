"""How much air lies above a height: the U.S. standard atmosphere in the five layers of CORSIKA.

Keilhauer and Linsley's parametrisation, as in the CORSIKA user's guide (Heck et al. 1998, FZKA 6019): the
vertical depth is a + b·exp(−h/c) in four layers, and a − b·h/c in the last.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_EDGES = np.array([0.0, 7e3, 11.4e3, 37e3, 100e3])  # m
_A = np.array([-149.801663, -57.932486, 0.63631894, 4.3545369e-4, 0.01128292])  # g/cm²
_B = np.array([1183.6071, 1143.0425, 1322.9748, 655.67307, 1.0])  # g/cm²
_C = np.array([9542.4834, 8000.0534, 6295.6893, 7375.2177, 1e7])  # m
_TOP = _A[4] * _C[4] / _B[4]  # m, where the linear layer ends


def depth(height: npt.ArrayLike) -> Floats:
    """Mass of the air above a height, along the vertical.

    Parameters
    ----------
    height : array_like
        Height above sea level in m, at least 0.

    Returns
    -------
    ndarray of the same shape, float64
        Vertical depth in g/cm², from 1033.8 at sea level to 0 above 112.8 km.

    Examples
    --------
    >>> depth([0, 1400, 10_000]).round(1)
    array([1033.8,  872.3,  269.6])
    """
    h = np.asarray(height, dtype=np.float64)
    layer = np.searchsorted(_EDGES, h, side="right") - 1
    a, b, c = _A[layer], _B[layer], _C[layer]
    return np.asarray(np.where(layer < 4, a + b * np.exp(-h / c), a - b * np.minimum(h, _TOP) / c))


def height_at(depth_above: npt.ArrayLike) -> Floats:
    """Height above sea level with a given vertical depth, the inverse of `depth`.

    Parameters
    ----------
    depth_above : array_like
        Vertical depth in g/cm², from 0 to 1033.8.

    Returns
    -------
    ndarray of the same shape, float64
        Height in m.

    Examples
    --------
    >>> height_at([1033.8, 872.3, 269.6]).round(-1)
    array([    0.,  1400., 10000.])
    """
    x = np.asarray(depth_above, dtype=np.float64)
    layer = 4 - np.searchsorted(depth(_EDGES)[:0:-1], x)
    a, b, c = _A[layer], _B[layer], _C[layer]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(layer < 4, -c * np.log((x - a) / b), (a - x) * c / b))
