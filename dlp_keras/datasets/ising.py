"""Lattices of the Ising model: magnetism in two dimensions, with a phase transition for networks to find."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.arguments import check_count, check_pair, check_per_sample, check_values
from dlp_keras.datasets import ising_clusters as clusters
from dlp_keras.datasets import ising_swendsen_wang as words
from dlp_keras.datasets.parallel import Step, run_blocks, split

Spins: TypeAlias = npt.NDArray[np.int8]
Floats: TypeAlias = npt.NDArray[np.float32]
Seed: TypeAlias = int | np.random.Generator | None

N_CYCLES = 16
"""Cycles of updates from the ordered start: nine autocorrelation times at T_c or more.

There the energy's is 1.2, 1.3, 1.3, 1.3 and 1.5 cycles for sizes 8, 16, 32, 64 and 128, that of |m| at most
1.8 (``python -m benchmarks physics``). The memory of the start fades by a factor of 0.54 in each cycle: after
16 it is 3e-4 of the energy's spread.
"""
HOTTEST = 1e6
"""Highest temperature in J/k_B: the spins ignore each other long before, and float32 still holds it."""
BLOCK_WORDS = 2**17
"""Machine words in a block, 1 MiB: large enough for threads, small enough for the cache of a processor."""
LARGE, FEW = 256, 16
"""From this size on, and below this number, lattices are simulated each by itself: words would be idle."""
BLOCK_SITES = 2**16
"""Sites in a block of such lattices."""


def make_ising(
    n_samples: int,
    *,
    size: int = 32,
    temperatures: float | tuple[float, float] | npt.ArrayLike = (1.0, 3.5),
    seed: Seed = None,
) -> tuple[Spins, Floats]:
    """Draw independent lattices of the square-lattice Ising model in thermal equilibrium.

    The energy is −Σ s·s′ over neighbours, with periodic boundaries. Every lattice has a history of its own:
    it starts ordered, up or down at random, and goes through cluster updates (Swendsen and Wang, Phys. Rev.
    Lett. 58 (1987) 86) for nine autocorrelation times or more, which are short also at T_c. So neighbours in
    the result share nothing, and no lattice is caught in stripes.

    Fewer than 16 lattices, and sizes from 256 on, are simulated each by itself (`ising_clusters`): a seed
    gives them other spins than in version 0.1.0, of the same distribution. All others go 64 in a machine
    word, as before (`ising_swendsen_wang`).

    Parameters
    ----------
    n_samples : int
        Number of lattices, at least 1.
    size : int
        Spins along each side, at least 2; odd sizes are fine. On a lattice of size 2 each pair of neighbours
        is bound twice, once around the edge.
    temperatures : float, tuple (lowest, highest) or array_like of shape (n_samples,)
        Temperature in units of J/k_B, above 0: one for all, a range to draw from uniformly, or one for each
        lattice. The transition is at T_c = 2.269.
    seed : int, Generator or None
        Seed of the random numbers; the same seed gives the same lattices on any number of cores. None draws
        new ones at every call.

    Returns
    -------
    spins : ndarray of shape (n_samples, size, size), int8
        Spins, −1 or 1.
    temperature : ndarray of shape (n_samples,), float32
        Temperature of every lattice in units of J/k_B.

    Raises
    ------
    TypeError, ValueError
        If a count is no whole number or too small, or a temperature is 0, negative, infinite or NaN.

    Examples
    --------
    >>> spins, temperature = make_ising(100, size=16, seed=0)
    >>> spins.shape, temperature.shape
    ((100, 16, 16), (100,))
    """
    n_samples, size = check_count("n_samples", n_samples), check_count("size", size, minimum=2)
    rng = np.random.default_rng(seed)
    temperature = _draw_temperatures(temperatures, n_samples, rng)
    return _simulate(temperature, size, rng), temperature


def _draw_temperatures(
    temperatures: float | tuple[float, float] | npt.ArrayLike, n_samples: int, rng: np.random.Generator
) -> Floats:
    """Temperatures as float32, exactly those that the simulation uses."""
    if isinstance(temperatures, tuple):
        lowest, highest = check_pair("temperatures", temperatures, 0, HOTTEST, unit="J/k_B", open_low=True)
        return rng.uniform(lowest, highest, n_samples).astype(np.float32)
    values = check_values("temperatures", temperatures, 0, HOTTEST, unit="J/k_B", open_low=True)
    return check_per_sample("temperatures", values, n_samples).astype(np.float32)


def _simulate(temperature: Floats, size: int, rng: np.random.Generator) -> Spins:
    """Simulate in blocks of lattices with similar temperatures, whose clusters take similarly long."""
    n_samples = len(temperature)
    spins = np.empty((n_samples, size, size), np.int8)
    order = np.argsort(temperature, kind="stable")
    one_by_one = size >= LARGE or n_samples < FEW
    draw = _draw_by_clusters if one_by_one else _draw_by_words
    largest = BLOCK_SITES // size**2 if one_by_one else words.LANES * max(16, BLOCK_WORDS // size**2)
    blocks = split(n_samples, max(1, largest))
    seeds = np.random.SeedSequence(int(rng.integers(2**63))).spawn(len(blocks))

    def simulate_block(item: tuple[slice, np.random.SeedSequence], step: Step) -> None:
        block, block_seed = item
        block_rng = np.random.Generator(np.random.SFC64(block_seed))
        lattices = order[block]
        spins[lattices] = draw(block_rng, temperature[lattices].astype(np.float64), size, step)

    run_blocks(simulate_block, list(zip(blocks, seeds, strict=True)), label="Simulating lattices")
    return spins


def _draw_by_words(
    rng: np.random.Generator, temperature: npt.NDArray[np.float64], size: int, step: Step
) -> Spins:
    """Draw lattices 64 in a machine word; the last words are filled up with lattices that nobody wants."""
    n_words = -(-len(temperature) // words.LANES)
    digits = words.bond_digits(np.resize(temperature, n_words * words.LANES))
    packed = words.ordered_start(rng, size, n_words)
    for _ in range(N_CYCLES):
        words.cycle(rng, packed, digits, lambda share: step(share / N_CYCLES))
    return words.unpack(packed)[: len(temperature)]


def _draw_by_clusters(
    rng: np.random.Generator, temperature: npt.NDArray[np.float64], size: int, step: Step
) -> Spins:
    """Draw lattices each by itself."""
    return np.where(clusters.simulate(rng, temperature, size, step), np.int8(1), np.int8(-1))
