"""What is known exactly about the Ising model on the square lattice, and what one measures on a lattice.

Units throughout: coupling J = 1 and Boltzmann constant k_B = 1, so temperatures are in J/k_B, energies in J.
"""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.arguments import check_count, check_values

Floats: TypeAlias = npt.NDArray[np.float64]

CRITICAL_TEMPERATURE = 2 / math.log(1 + math.sqrt(2))
"""T_c = 2.269185…, where the order of the infinite lattice disappears (Kramers and Wannier 1941)."""

_COLDEST = 0.01
"""Below this temperature every energy here is −2 to the last digit of float64."""


def magnetization(spins: npt.ArrayLike) -> Floats:
    """Mean spin of each lattice.

    Parameters
    ----------
    spins : array_like of shape (..., size, size)
        Spins, −1 or 1.

    Returns
    -------
    ndarray of shape (...), float64
        Magnetization per spin in [−1, 1]. The two signs are equally likely, so the order of a lattice
        is the absolute value.

    Examples
    --------
    >>> float(magnetization([[1, 1], [1, -1]]))
    0.5
    """
    return np.asarray(_lattices(spins).mean(axis=(-2, -1), dtype=np.float64))


def energy(spins: npt.ArrayLike) -> Floats:
    """Energy per spin of each lattice, −Σ s·s′ over neighbours on the periodic lattice.

    Parameters
    ----------
    spins : array_like of shape (..., size, size)
        Spins, −1 or 1.

    Returns
    -------
    ndarray of shape (...), float64
        Energy per spin in units of J, from −2 (all spins equal) to 2. On a lattice of size 2 a spin meets
        each neighbour on both sides, and each bond counts twice.

    Examples
    --------
    >>> float(energy([[1, 1], [1, 1]]))
    -2.0
    """
    s = _lattices(spins)
    bonds = s * (np.roll(s, -1, axis=-1) + np.roll(s, -1, axis=-2))
    return np.asarray(-bonds.mean(axis=(-2, -1), dtype=np.float64))


def onsager_magnetization(temperature: npt.ArrayLike) -> Floats:
    """Spontaneous magnetization of the infinite lattice.

    (1 − sinh(2/T)⁻⁴)^(1/8) below T_c and 0 above: found by Onsager, proved by Yang (Phys. Rev. 85 (1952)
    808).

    Parameters
    ----------
    temperature : array_like
        Temperature in J/k_B, above 0.

    Returns
    -------
    ndarray of the same shape, float64
        |m| in [0, 1].

    Raises
    ------
    TypeError, ValueError
        If a temperature is no number, 0, negative, infinite or NaN.

    Examples
    --------
    >>> onsager_magnetization([1.5, 2.0, 2.5]).round(4)
    array([0.9865, 0.9113, 0.    ])
    """
    coupling = _coupling(temperature)
    return np.asarray(np.maximum(1 - np.sinh(2 * coupling) ** -4, 0) ** 0.125)


def onsager_energy(temperature: npt.ArrayLike) -> Floats:
    """Energy per spin of the infinite lattice (Onsager, Phys. Rev. 65 (1944) 117).

    −coth(2K)·[1 + (2/π)·(2 tanh²(2K) − 1)·K₁(κ)] with K = 1/T, the complete elliptic integral K₁ and its
    modulus κ = 2 sinh(2K)/cosh²(2K).

    Parameters
    ----------
    temperature : array_like
        Temperature in J/k_B, above 0.

    Returns
    -------
    ndarray of the same shape, float64
        Energy in units of J, from −2 to 0; −√2 at T_c.

    Raises
    ------
    TypeError, ValueError
        If a temperature is no number, 0, negative, infinite or NaN.

    Examples
    --------
    >>> onsager_energy([1.5, 2.0, 3.0]).round(4)
    array([-1.9511, -1.7456, -0.8173])
    """
    from scipy.special import ellipkm1

    coupling = _coupling(temperature)
    sign = 2 * np.tanh(2 * coupling) ** 2 - 1  # 0 at T_c; its square is 1 − κ²
    with np.errstate(invalid="ignore"):
        logarithm = np.where(sign == 0, 0.0, sign * ellipkm1(sign**2))
    return np.asarray(-(1 + 2 / np.pi * logarithm) / np.tanh(2 * coupling))


def kaufman_energy(size: int, temperature: npt.ArrayLike) -> Floats:
    """Energy per spin of the periodic lattice of size × size spins, exactly.

    The derivative of the logarithm of Kaufman's partition function (Phys. Rev. 76 (1949) 1232), in the form
    of Ferdinand and Fisher (Phys. Rev. 185 (1969) 832): four products of 2 cosh(nγ/2) and 2 sinh(nγ/2) over
    cosh γ_l = cosh(2K) coth(2K) − cos(πl/n), the odd l in the first two and the even l in the others.

    Parameters
    ----------
    size : int
        Number n of spins along each side, at least 2.
    temperature : array_like
        Temperature in J/k_B, above 0.

    Returns
    -------
    ndarray of the same shape, float64
        Energy in units of J, from −2 to 0.

    Raises
    ------
    TypeError, ValueError
        If `size` is no whole number of at least 2, or a temperature no number above 0.

    Examples
    --------
    >>> kaufman_energy(4, [1.5, 3.0]).round(4)
    array([-1.9506, -1.0171])
    """
    size = check_count("size", size, minimum=2)
    coupling = _coupling(temperature)[..., np.newaxis]
    odd, odd_slope = _exponents(coupling, np.arange(1, 2 * size, 2), size)
    even, even_slope = _exponents(coupling, np.arange(2, 2 * size, 2), size)
    first = size / 2 * (2 * coupling + np.log(np.tanh(coupling)))  # l = 0: negative above T_c, 0 at T_c
    first_slope = size * (1 + 1 / np.sinh(2 * coupling))
    cosh_even, sinh_even = _log_cosh(even).sum(-1), _log_sinh(even).sum(-1)
    logarithms = np.stack(
        [
            _log_cosh(odd).sum(-1),
            _log_sinh(odd).sum(-1),
            cosh_even + _log_cosh(first)[..., 0],
            sinh_even + _log_cosh(first)[..., 0],  # its sinh is written as cosh · tanh, for tanh may vanish
        ]
    )
    tanh = np.tanh(first)[..., 0]
    sinh_slope = (even_slope / np.tanh(even)).sum(-1)
    factors = np.stack([np.ones_like(tanh)] * 3 + [tanh])
    slopes = np.stack(
        [
            (odd_slope * np.tanh(odd)).sum(-1),
            (odd_slope / np.tanh(odd)).sum(-1),
            (even_slope * np.tanh(even)).sum(-1) + first_slope[..., 0] * tanh,
            first_slope[..., 0] + tanh * sinh_slope,
        ]
    )
    weights = np.exp(logarithms - logarithms.max(axis=0))
    mean_slope = (weights * slopes).sum(axis=0) / (weights * factors).sum(axis=0)
    return np.asarray(-1 / np.tanh(2 * coupling[..., 0]) - mean_slope / size**2)


def _exponents(coupling: Floats, modes: npt.NDArray[np.int64], size: int) -> tuple[Floats, Floats]:
    """size·γ_l/2 for every mode l > 0, and its derivative with respect to the coupling."""
    cosine = np.cos(np.pi * modes / size)
    cosh = np.cosh(2 * coupling) / np.tanh(2 * coupling) - cosine
    slope = 2 * np.cosh(2 * coupling) * (1 - 1 / np.sinh(2 * coupling) ** 2)
    return size / 2 * np.arccosh(cosh), size / 2 * slope / np.sqrt(cosh**2 - 1)


def _log_cosh(x: Floats) -> Floats:
    """ln(2 cosh x), without overflow."""
    return np.asarray(np.logaddexp(x, -x))


def _log_sinh(x: Floats) -> Floats:
    """ln(2 sinh x) for x > 0, without overflow."""
    return np.asarray(x + np.log1p(-np.exp(-2 * x)))


def _coupling(temperature: npt.ArrayLike) -> Floats:
    """K = 1/T, cut where the exponentials would overflow and nothing changes any more."""
    return 1 / np.maximum(check_values("temperature", temperature, 0, open_low=True), _COLDEST)


def _lattices(spins: npt.ArrayLike) -> npt.NDArray[np.int8]:
    array = np.asarray(spins)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise ValueError(f"`spins` must have the shape (..., size, size). Got shape {array.shape}.")
    return array
