"""Footprints of cosmic-ray air showers on an array of particle detectors."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.arguments import check_count, check_number
from dlp_keras.datasets import airshower_detector as detector
from dlp_keras.datasets.airshower_primaries import Numbers, draw_primaries
from dlp_keras.datasets.parallel import Step, run_blocks, split

Floats: TypeAlias = npt.NDArray[np.float32]
Seed: TypeAlias = int | np.random.Generator | None

BLOCK_STATIONS = 2**17


@dataclass(frozen=True, eq=False)
class AirShowers:
    """Air showers and what the stations recorded of them.

    Attributes
    ----------
    time : ndarray of shape (n, n_stations, n_stations), float32
        Time of the first particle in ns, relative to the shower front's passage of the core; NaN in
        silent stations. Rows run along y, columns along x.
    signal : ndarray of shape (n, n_stations, n_stations), float32
        Signal in units in which it has the variance of its mean; 0 in silent stations.
    hit : ndarray of shape (n, n_stations, n_stations), bool
        Which stations recorded something.
    energy : ndarray of shape (n,), float32
        Energy in EeV (10¹⁸ eV).
    axis : ndarray of shape (n, 3), float32
        Unit vectors towards where the showers come from; z points up.
    core : ndarray of shape (n, 2), float32
        Where the axes meet the ground, in m from the array's centre.
    xmax : ndarray of shape (n,), float32
        Depth of the shower's maximum in g/cm².
    mass_number : ndarray of shape (n,), float32
        Number of nucleons of the primary nucleus.
    spacing : float
        Distance of neighbouring stations in m.
    """

    time: Floats
    signal: Floats
    hit: npt.NDArray[np.bool_]
    energy: Floats
    axis: Floats
    core: Floats
    xmax: Floats
    mass_number: Floats
    spacing: float

    def __len__(self) -> int:
        return len(self.energy)

    @property
    def zenith(self) -> Floats:
        """Angle between the axis and the vertical, (n,), in degrees."""
        return np.degrees(np.arccos(np.clip(self.axis[:, 2], -1, 1)))

    @property
    def azimuth(self) -> Floats:
        """Angle of the axis from x towards y, (n,), in degrees from −180 to 180."""
        return np.degrees(np.arctan2(self.axis[:, 1], self.axis[:, 0]))

    @property
    def stations(self) -> Floats:
        """Positions (x, y) of the stations in m, (n_stations, n_stations, 2)."""
        n_stations = self.hit.shape[-1]
        return np.stack(detector.station_grid(n_stations, self.spacing), axis=-1).reshape(n_stations, -1, 2)


def make_airshowers(
    n_events: int,
    *,
    mass_number: float | npt.ArrayLike = 1,
    energies: Numbers = (3.0, 100.0),
    zeniths: Numbers = (0.0, 60.0),
    n_stations: int = 14,
    spacing: float = 750.0,
    altitude: float = 1400.0,
    saturation: float | None = None,
    seed: Seed = None,
) -> AirShowers:
    """Simulate air showers and their footprints, after Erdmann, Glombitza and Walz.

    The model of Astropart. Phys. 97 (2018) 46 (doi 10.1016/j.astropartphys.2017.10.006), without traces: a
    plane front reaches the stations at the speed of light; signals of muons and of electrons and photons
    fall with the distance from the axis as r^−4.7 and r^−6.1, and with the depth of air since the maximum;
    they fluctuate with the square root of their mean. Times spread by 480 ns/(1 + log₁₀(signal + 1)), and
    all those of an event by a common ±50 ns. Stations with less than 19 units of signal are silent.
    The azimuth is uniform, and so is the core within half a spacing of the centre, along x and along y. X_max
    follows a generalised Gumbel distribution (De Domenico et al., JCAP 07 (2013) 050, EPOS-LHC) in the U.S.
    standard atmosphere.

    Parameters
    ----------
    n_events : int
        Number of showers, at least 1.
    mass_number : float or array_like of shape (n_events,)
        Nucleons of the primary nucleus, from 1 (proton) to 56 (iron): they set the depth of the maximum
        and the share of muons.
    energies : float, tuple (lowest, highest) or array_like of shape (n_events,)
        Energy in EeV, from 0.1 to 1000: one for all, a range to draw from with a uniform logarithm, or one
        for each.
    zeniths : float, tuple (lowest, highest) or array_like of shape (n_events,)
        Angle from the vertical in degrees, from 0 to 60: one for all, a range to draw from with a density
        ∝ sin θ cos θ (a uniform flux on flat ground), or one for each.
    n_stations : int
        Stations along each side of the array, at least 2.
    spacing : float
        Distance of neighbouring stations in m, from 10 to 10 000.
    altitude : float
        Height of the array above sea level in m, from 0 to 3000. A shower's maximum lies 200 m above it at
        least.
    saturation : float or None
        Largest signal that a station can record, 19 or more; None for no limit.
    seed : int, Generator or None
        Seed of the random numbers; the same seed gives the same showers on any number of cores. None draws
        new ones at every call.

    Returns
    -------
    AirShowers
        Arrays with one entry for each shower.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> showers = make_airshowers(10, mass_number=56, seed=0)
    >>> showers.signal.shape, showers.axis.shape
    ((10, 14, 14), (10, 3))
    """
    n_events, n_stations = check_count("n_events", n_events), check_count("n_stations", n_stations, minimum=2)
    spacing = check_number("spacing", spacing, 10, 10_000, unit="m")
    altitude = check_number("altitude", altitude, 0, 3000, unit="m")
    ceiling = np.inf if saturation is None else check_number("saturation", saturation, detector.TRIGGER)
    rng = np.random.default_rng(seed)
    primaries = draw_primaries(
        rng,
        n_events,
        mass_number=mass_number,
        energies=energies,
        zeniths=zeniths,
        spacing=spacing,
        altitude=altitude,
    )
    stations = detector.station_grid(n_stations, spacing)
    time, signal = _simulate(rng, primaries, stations, altitude)
    shape = (n_events, n_stations, n_stations)
    hit = signal > 0
    np.minimum(signal, np.float32(ceiling), out=signal)
    return AirShowers(
        time=time.reshape(shape),
        signal=signal.reshape(shape),
        hit=hit.reshape(shape),
        spacing=spacing,
        **primaries,
    )


def _simulate(
    rng: np.random.Generator, primaries: dict[str, Floats], stations: tuple[Floats, Floats], altitude: float
) -> tuple[Floats, Floats]:
    """Record all showers, in blocks: times and signals of shape (n_events, n_stations²)."""
    n_events, n_stations = len(primaries["energy"]), len(stations[0])
    time, signal = np.empty((2, n_events, n_stations), np.float32)
    blocks = split(n_events, max(1, BLOCK_STATIONS // n_stations))
    seeds = np.random.SeedSequence(int(rng.integers(2**63))).spawn(len(blocks))

    def record_block(item: tuple[slice, np.random.SeedSequence], step: Step) -> None:
        events, block_seed = item
        time[events], signal[events] = detector.record(
            np.random.Generator(np.random.SFC64(block_seed)),
            stations,
            altitude,
            **{name: values[events] for name, values in primaries.items()},
        )
        step(1.0)

    run_blocks(record_block, list(zip(blocks, seeds, strict=True)), label="Simulating air showers")
    return time, signal
