"""Where an air shower has its maximum: the depth X_max by energy and mass of the primary nucleus.

A generalised Gumbel distribution with the parameters of EPOS-LHC (De Domenico et al., JCAP 07 (2013) 050,
doi 10.1088/1475-7516/2013/07/050): X_max = μ − σ·ln g with g from a gamma distribution of shape λ and mean 1.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

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
