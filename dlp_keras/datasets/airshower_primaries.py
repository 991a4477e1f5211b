"""What arrives from space: energies, directions and maxima of air showers before any station sees them."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.arguments import check_pair, check_per_sample, check_values
from dlp_keras.datasets import airshower_atmosphere as atmosphere

Doubles: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = float | tuple[float, float] | npt.ArrayLike

CLEARANCE = 200.0
"""Metres that a shower's maximum lies above the ground, at least."""


def draw_primaries(
    rng: np.random.Generator,
    n_events: int,
    *,
    mass_number: npt.ArrayLike,
    energies: Numbers,
    zeniths: Numbers,
    spacing: float,
    altitude: float,
) -> dict[str, npt.NDArray[np.float32]]:
    """Draw what `make_airshowers` documents, checking the ranges.

    Returns
    -------
    dict of ndarray, float32
        "energy" (n,) in EeV, "axis" (n, 3), "core" (n, 2) in m, "xmax" (n,) in g/cm², "mass_number" (n,).
    """
    masses = check_per_sample("mass_number", check_values("mass_number", mass_number, 1, 56), n_events)
    energy = _draw_energy(rng, n_events, energies)
    axis = _draw_axis(rng, n_events, zeniths)
    core = rng.uniform(-spacing / 2, spacing / 2, (n_events, 2))
    deepest = atmosphere.depth(altitude + CLEARANCE) / axis[:, 2]
    xmax = draw_xmax(rng, energy, masses, deepest)
    drawn = {"energy": energy, "axis": axis, "core": core, "xmax": xmax, "mass_number": masses}
    return {name: values.astype(np.float32) for name, values in drawn.items()}


def _draw_energy(rng: np.random.Generator, n_events: int, energies: Numbers) -> Doubles:
    if not isinstance(energies, tuple):
        return check_per_sample(
            "energies", check_values("energies", energies, 0.1, 1000, unit="EeV"), n_events
        )
    lowest, highest = check_pair("energies", energies, 0.1, 1000, unit="EeV")
    return np.exp(rng.uniform(np.log(lowest), np.log(highest), n_events))


def _draw_axis(rng: np.random.Generator, n_events: int, zeniths: Numbers) -> Doubles:
    """Unit vectors: sin²θ is uniform, so that the density of θ is ∝ sin θ cos θ."""
    if isinstance(zeniths, tuple):
        lowest, highest = check_pair("zeniths", zeniths, 0, 60, unit="degrees")
        edges = np.sin(np.radians(lowest)) ** 2, np.sin(np.radians(highest)) ** 2
        zenith = np.arcsin(np.sqrt(rng.uniform(*edges, n_events)))
    else:
        given = check_values("zeniths", zeniths, 0, 60, unit="degrees")
        zenith = np.radians(check_per_sample("zeniths", given, n_events))
    azimuth = rng.uniform(-np.pi, np.pi, n_events)
    across = np.sin(zenith)
    return np.stack([across * np.cos(azimuth), across * np.sin(azimuth), np.cos(zenith)], axis=1)


Floats: TypeAlias = npt.NDArray[np.float64]

# Rows: powers of log10(E / 10 EeV); columns: powers of ln A.
_MU = np.array([[775.589, -7.047, -2.427], [57.589, -0.743, 0.214], [-0.820, -0.169, -0.027]])
_SIGMA = np.array([[29.403, 13.553, -3.154], [0.096, -0.961, 0.150]])
_LAMBDA = np.array([[0.563, 0.711, 0.058], [0.039, 0.067, -0.004]])


def gumbel_parameters(energy: npt.ArrayLike, mass_number: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Location μ, width σ and shape λ of the distribution of X_max.

    Parameters
    ----------
    energy : array_like
        Energy of the primary nucleus in EeV.
    mass_number : array_like
        Its number of nucleons, 1 for a proton to 56 for iron.

    Returns
    -------
    mu, sigma : ndarray, float64
        In g/cm².
    lambda : ndarray, float64
        Without unit.
    """
    e, log_mass = np.log10(np.asarray(energy) / 10), np.log(mass_number)
    mu, sigma, shape = (np.polynomial.polynomial.polyval2d(e, log_mass, c) for c in (_MU, _SIGMA, _LAMBDA))
    return mu, sigma, shape


def draw_xmax(
    rng: np.random.Generator, energy: Floats, mass_number: Floats, deepest: Floats | float = np.inf
) -> Floats:
    """Draw X_max, given that it is not below `deepest`: what drawing again until it fits would give.

    Parameters
    ----------
    rng : Generator
    energy, mass_number : ndarray of shape (n,)
        Energy in EeV and number of nucleons.
    deepest : ndarray of shape (n,) or float
        Largest X_max in g/cm².

    Returns
    -------
    ndarray of shape (n,), float64
        X_max in g/cm².
    """
    from scipy.special import gammaincc, gammainccinv

    mu, sigma, shape = gumbel_parameters(energy, mass_number)
    smallest_gamma = shape * np.exp((mu - deepest) / sigma)
    gamma = gammainccinv(shape, gammaincc(shape, smallest_gamma) * rng.uniform(size=len(energy)))
    return np.asarray(mu - sigma * np.log(gamma / shape))
