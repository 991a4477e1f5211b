"""What the stations on the ground record of an air shower, in float32 and many showers at once."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.datasets import airshower_atmosphere as atmosphere

Floats: TypeAlias = npt.NDArray[np.float32]

SPEED_OF_LIGHT = 0.299792458
"""Metres in a nanosecond."""
REFERENCE_SIGNAL = 900.0
"""Signal 1 km from the axis at 10 EeV with 100 g/cm² between the maximum and the station; ∝ energy."""
MUON_SLOPE, ELECTROMAGNETIC_SLOPE = -4.7, -6.1
"""Powers of the distance from the axis."""
MUON_DECAY, ELECTROMAGNETIC_DECAY = -0.1, -0.4
"""Powers of the depth between the maximum and the station."""
CORE_RADIUS = 150.0
"""Metres from the axis within which the signal no longer grows."""
TRIGGER = 115.0 - 96.0
"""Smallest signal of a station that is not silent: 115 in its trace, of which 96 are the baseline."""


def station_grid(n_stations: int, spacing: float) -> tuple[Floats, Floats]:
    """Positions x and y of the stations in m, (n_stations²,) each, row by row and centred on the origin."""
    line = (np.arange(n_stations) - (n_stations - 1) / 2) * spacing
    y, x = np.meshgrid(line, line, indexing="ij")
    return x.ravel().astype(np.float32), y.ravel().astype(np.float32)


def muon_share(mass_number: npt.ArrayLike) -> Floats:
    """Share of muons in the reference signal: 0.3·A^0.15 parts to 0.7 of electrons and photons."""
    muons = 0.3 * np.asarray(mass_number, dtype=np.float32) ** np.float32(0.15)
    return np.asarray(muons / (muons + 0.7), dtype=np.float32)


def mean_signal(
    distance: Floats, depth_between: Floats, energy: npt.ArrayLike, mass_number: npt.ArrayLike
) -> Floats:
    """Signal that a station records on average.

    Parameters
    ----------
    distance : ndarray, float32
        Distance from the shower's axis in m; those within `CORE_RADIUS` count as `CORE_RADIUS`.
    depth_between : ndarray, float32
        Air between the shower's maximum and the station in g/cm².
    energy : array_like
        Energy in EeV.
    mass_number : array_like
        Number of nucleons.

    Returns
    -------
    ndarray, float32
        Signal in units in which it has the variance of its mean.
    """
    share = muon_share(mass_number)
    strength = np.float32(REFERENCE_SIGNAL / 10) * np.asarray(energy, dtype=np.float32)
    log_distance = np.log(np.maximum(distance, np.float32(CORE_RADIUS)) / 1000)
    log_depth = np.log(depth_between / 100)
    ceiling = np.float32(np.log(10))
    muons = np.exp(MUON_SLOPE * log_distance + np.minimum(MUON_DECAY * log_depth, ceiling))
    muons *= share * strength
    others = np.exp(
        ELECTROMAGNETIC_SLOPE * log_distance + np.minimum(ELECTROMAGNETIC_DECAY * log_depth, ceiling)
    )
    others *= (1 - share) * strength
    muons += others
    return muons


def time_spread(signal: Floats) -> Floats:
    """Standard deviation of a station's time in ns: the larger the signal, the sooner the first particle."""
    return np.asarray(480 / (1 + np.log10(signal + 1)), dtype=np.float32)


def record(
    rng: np.random.Generator,
    stations: tuple[Floats, Floats],
    altitude: float,
    *,
    energy: Floats,
    mass_number: Floats,
    axis: Floats,
    core: Floats,
    xmax: Floats,
) -> tuple[Floats, Floats]:
    """Record showers with all fluctuations.

    Parameters
    ----------
    rng : Generator
    stations : tuple of two ndarray of shape (m,), float32
        Positions x and y in m.
    altitude : float
        Height of all stations in m.
    energy, mass_number, xmax : ndarray of shape (n,), float32
        Energy in EeV, number of nucleons, depth of the maximum in g/cm².
    axis : ndarray of shape (n, 3), float32
        Unit vectors towards where the showers come from.
    core : ndarray of shape (n, 2), float32
        Where the axes meet the ground, in m.

    Returns
    -------
    time : ndarray of shape (n, m), float32
        Time of the first particle in ns, NaN in silent stations.
    signal : ndarray of shape (n, m), float32
        Signal, 0 in silent stations.
    """
    (x, y), (x_axis, y_axis, z_axis) = stations, axis.T[:, :, np.newaxis]
    x, y = x - core[:, :1], y - core[:, 1:]
    along = x * x_axis + y * y_axis
    squared = x**2 + y**2
    distance = np.sqrt(np.maximum(squared - along**2, 0))
    height = atmosphere.height_at(xmax[:, np.newaxis] * z_axis.astype(np.float64))
    air = (atmosphere.depth(altitude) - atmosphere.depth(height)) / (
        height - altitude
    )  # g/cm² per m of height
    to_maximum = ((height - altitude) / z_axis).astype(np.float32)
    depth_between = np.sqrt(to_maximum**2 - 2 * to_maximum * along + squared) * air.astype(np.float32)
    signal = mean_signal(distance, depth_between, energy[:, np.newaxis], mass_number[:, np.newaxis])
    signal += np.sqrt(signal) * rng.standard_normal(signal.shape, dtype=np.float32)
    is_silent = signal < TRIGGER
    signal[is_silent] = 0
    time = along
    time *= -1 / SPEED_OF_LIGHT
    time += rng.uniform(-50, 50, (len(time), 1)).astype(np.float32)
    time += time_spread(signal) * rng.standard_normal(signal.shape, dtype=np.float32)
    time[is_silent] = np.nan
    return time, signal
