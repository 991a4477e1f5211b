"""Cluster updates of 64 Ising lattices at a time, one in every bit of a machine word.

Swendsen and Wang (Phys. Rev. Lett. 58 (1987) 86) tie equal neighbours together with the probability
1 − exp(−2/T) and flip the clusters that result with a fair coin each. Here the spins of 64 lattices
share a ``uint64``: one bitwise operation of NumPy acts on all of them, whatever their temperatures are,
and the arrays of shape (size, size, n_words) need no loop but the one over rows.

Any rule for which clusters flip leaves the Boltzmann distribution as it is, as long as it looks at the
bonds and not at the spins. The rule here suits bits: throw seeds on the lattice, each site being one
with probability 2⁻ʰ, and flip each cluster that caught a seed. Clusters of about 2ʰ sites flip or stay with
similar probability; a cycle of updates runs through h from the largest clusters down to single spins.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Words: TypeAlias = npt.NDArray[np.uint64]

LANES = 64
DIGITS = 24
"""Binary digits of a bond's probability: rounding it to 2⁻²⁴ shifts a temperature of 1 … 4 by 1e-7 … 1e-6."""


def pack(bits: npt.NDArray[Any]) -> Words:
    """Pack (n,) bits, n a multiple of 64, into (n / 64,) words; lattice i is bit i % 64 of word i // 64."""
    return np.packbits(bits, bitorder="little").view("<u8").astype(np.uint64, copy=False)


def unpack(spins: Words) -> npt.NDArray[np.int8]:
    """Turn words (size, size, n_words) into spins of shape (64·n_words, size, size), −1 or 1."""
    bits = np.unpackbits(spins.astype("<u8", copy=False).view(np.uint8), axis=-1, bitorder="little")
    lattices = np.ascontiguousarray(bits.transpose(2, 0, 1)).view(np.int8)
    lattices *= 2
    lattices -= 1
    return lattices


def bond_digits(temperature: npt.NDArray[np.float64]) -> list[Words]:
    """Binary digits of 1 − exp(−2/T) for every lattice, the last digit first.

    Parameters
    ----------
    temperature : ndarray of shape (64·n_words,), float64
        Temperature of every lattice in units of J/k_B, above 0.

    Returns
    -------
    list of `DIGITS` arrays of shape (n_words,), uint64
    """
    warm = np.maximum(temperature, 0.01)  # colder, every bond is closed already, and 2/T may overflow
    scaled = np.rint(-np.expm1(-2 / warm) * 2.0**DIGITS)
    number = np.minimum(scaled, 2.0**DIGITS - 1).astype(np.uint64)
    return [pack((number >> np.uint64(digit)) & np.uint64(1)) for digit in range(DIGITS)]


def ordered_start(rng: np.random.Generator, size: int, n_words: int) -> Words:
    """Lattices with all spins equal, up or down with the same probability: no stripes to get stuck in."""
    return np.broadcast_to(random_words(rng, (n_words,)), (size, size, n_words)).copy()


def cycle(
    rng: np.random.Generator,
    spins: Words,
    digits: list[Words],
    step: Callable[[float], None] = lambda share: None,
) -> None:
    """Update `spins` (size, size, n_words) in place, once on every scale of cluster sizes.

    `step` is told the share of the cycle that each update does.
    """
    schedule = halving_schedule(spins.shape[0])
    for halvings in schedule:
        right = random_bits(rng, digits, spins.shape)
        right &= ~(spins ^ np.roll(spins, -1, axis=1))
        down = random_bits(rng, digits, spins.shape)
        down &= ~(spins ^ np.roll(spins, -1, axis=0))
        flipped = random_words(rng, spins.shape)
        for _ in range(halvings - 1):
            flipped &= random_words(rng, spins.shape)
        flood(flipped, right, down)
        spins ^= flipped
        step(1 / len(schedule))


def halving_schedule(size: int) -> list[int]:
    """How often the density of seeds is halved in the updates of a cycle: every third scale, then 1.

    Examples
    --------
    >>> halving_schedule(32)
    [9, 6, 3, 1]
    """
    return [*range(int(math.log2(size * size)) - 1, 1, -3), 1]


def random_words(rng: np.random.Generator, shape: tuple[int, ...]) -> Words:
    """Words whose bits are fair coins."""
    return rng.integers(0, 2**64 - 1, shape, dtype=np.uint64, endpoint=True)


def random_bits(rng: np.random.Generator, digits: list[Words], shape: tuple[int, ...]) -> Words:
    """Words whose bits are 1 with the probability that `digits` spell for their lattice.

    A fair bit is compared with each digit, the last one first: where they differ, the digit decides,
    as in comparing a uniform random number with the probability.
    """
    result = np.zeros(shape, np.uint64)
    either = np.empty(shape, np.uint64)
    for digit in digits:
        fair = random_words(rng, shape)
        np.bitwise_or(result, fair, out=either)
        either &= digit
        result &= fair
        result |= either
    return result


def flood(wet: Words, right: Words, down: Words) -> None:
    """Spread the bits of `wet` along the bonds until every cluster is wet all over or dry, in place.

    Parameters
    ----------
    wet : ndarray of shape (size, size, n_words), uint64
        Where the flood starts, and afterwards what it covers.
    right, down : ndarray of shape (size, size, n_words), uint64
        Bonds from each site to the next in its row and to the next in its column, periodic.
    """
    neighbours = [(site - 1, site) for site in range(len(wet))]
    rows, bonds_down = list(wet), list(down)
    columns = [wet[:, column] for column in range(len(wet))]
    bonds_right = [right[:, column] for column in range(len(wet))]
    spilt_row, spilt_column = np.empty_like(rows[0]), np.empty_like(columns[0])
    before = np.empty_like(wet)
    while not np.array_equal(before, wet):
        before[...] = wet
        for here, there in neighbours:
            np.bitwise_and(rows[here], bonds_down[here], out=spilt_row)
            np.bitwise_or(rows[there], spilt_row, out=rows[there])
        for here, there in neighbours:
            np.bitwise_and(columns[here], bonds_right[here], out=spilt_column)
            np.bitwise_or(columns[there], spilt_column, out=columns[there])
        for here, there in reversed(neighbours):
            np.bitwise_and(rows[there], bonds_down[here], out=spilt_row)
            np.bitwise_or(rows[here], spilt_row, out=rows[here])
        for here, there in reversed(neighbours):
            np.bitwise_and(columns[there], bonds_right[here], out=spilt_column)
            np.bitwise_or(columns[here], spilt_column, out=columns[here])
