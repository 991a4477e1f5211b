"""Ising lattices against what is known exactly: enumeration, Kaufman, Onsager; and their independence."""

import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from scipy import stats

from dlp_keras.datasets import ising, parallel
from dlp_keras.datasets.ising import make_ising
from dlp_keras.datasets.ising_clusters import count_sweeps, find_clusters
from dlp_keras.datasets.ising_exact import (
    CRITICAL_TEMPERATURE,
    energy,
    kaufman_energy,
    magnetization,
    onsager_energy,
    onsager_magnetization,
)
from dlp_keras.datasets.ising_swendsen_wang import flood, halving_schedule, pack, random_bits, unpack

TEMPERATURES = [1.0, 1.5, 2.0, CRITICAL_TEMPERATURE, 3.0, 8.0]


@cache
def all_states(size: int) -> np.ndarray:
    """Every state of a lattice, (2^(size²), size, size), in plain int64."""
    bits = (np.arange(2 ** (size * size))[:, None] >> np.arange(size * size)) & 1
    return (1 - 2 * bits).reshape(-1, size, size)


@cache
def exact_levels(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Total energy and |m| of every state, bond by bond."""
    s = all_states(size)
    here, last = slice(None, -1), slice(-1, None)
    inner = (s[:, :, here] * s[:, :, 1:]).sum((1, 2)) + (s[:, here] * s[:, 1:]).sum((1, 2))
    around = (s[:, :, last] * s[:, :, :1]).sum((1, 2)) + (s[:, last] * s[:, :1]).sum((1, 2))
    return -(inner + around), np.abs(s.mean((1, 2)))


def boltzmann(size: int, temperature: float) -> np.ndarray:
    """Probability of every state."""
    levels, _ = exact_levels(size)
    weights = np.exp(-(levels - levels.min()) / temperature)
    return weights / weights.sum()


def standard_errors(values: np.ndarray, exact: float) -> float:
    """How many standard errors the mean of `values` is away from the exact mean."""
    return float(abs(values.mean() - exact) / (values.std() / np.sqrt(len(values))))


# --- the formulas ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("size", [2, 3, 4])
def test_kaufman_energy_is_that_of_all_states(size: int, temperature: float) -> None:
    levels, _ = exact_levels(size)
    mean = boltzmann(size, temperature) @ levels / size**2
    assert kaufman_energy(size, temperature) == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("size", [6, 7])
def test_kaufman_energy_is_that_of_the_transfer_matrix(size: int, temperature: float) -> None:
    rows = 1 - 2 * ((np.arange(2**size)[:, None] >> np.arange(size)) & 1)
    within, between = (rows * np.roll(rows, 1, axis=1)).sum(1), rows @ rows.T
    step = 1e-5
    couplings = 1 / temperature + step * np.array([-1, 1])
    matrices = [np.exp(k * (between - size + (within[:, None] + within) / 2 - size)) for k in couplings]
    logarithms = [
        np.log(np.trace(np.linalg.matrix_power(m, size))) + 2 * size**2 * k
        for m, k in zip(matrices, couplings, strict=True)
    ]
    derivative = (logarithms[1] - logarithms[0]) / (2 * step)
    assert kaufman_energy(size, temperature) == pytest.approx(-derivative / size**2, abs=1e-7)


@pytest.mark.parametrize(("temperature", "expected"), [(1.5, -1.9511), (2.0, -1.7456), (3.0, -0.8173)])
def test_onsager_energy_is_the_limit_of_large_lattices(temperature: float, expected: float) -> None:
    assert onsager_energy(temperature) == pytest.approx(expected, abs=5e-5)
    assert onsager_energy(temperature) == pytest.approx(kaufman_energy(256, temperature), abs=1e-12)


def test_onsager_energy_at_the_transition() -> None:
    assert onsager_energy(CRITICAL_TEMPERATURE) == pytest.approx(-np.sqrt(2), abs=1e-12)


def test_onsager_energy_has_a_steep_but_unbroken_slope_at_the_transition() -> None:
    around = CRITICAL_TEMPERATURE + np.linspace(-1e-3, 1e-3, 2001)
    assert (np.diff(onsager_energy(around)) > 0).all()


@pytest.mark.parametrize(
    ("temperature", "expected"), [(1.5, 0.9865), (2.0, 0.9113), (2.27, 0.0), (50.0, 0.0)]
)
def test_onsager_magnetization(temperature: float, expected: float) -> None:
    assert onsager_magnetization(temperature) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("function", [onsager_energy, onsager_magnetization, lambda t: kaufman_energy(5, t)])
def test_formulas_keep_shapes_and_bear_extreme_temperatures(function: Callable[[Any], np.ndarray]) -> None:
    temperature = np.array([[1e-6, 0.1, 1.0], [CRITICAL_TEMPERATURE, 1e3, 1e6]])
    assert function(temperature).shape == (2, 3)
    assert np.isfinite(function(temperature)).all()
    assert function(2.0).shape == ()


@pytest.mark.parametrize("size", [2, 3, 4])
def test_energy_and_magnetization_of_all_states(size: int) -> None:
    levels, order = exact_levels(size)
    states = all_states(size).astype(np.int8)
    np.testing.assert_allclose(energy(states), levels / size**2)
    np.testing.assert_allclose(np.abs(magnetization(states)), order)


def test_observables_take_any_leading_shape() -> None:
    spins = np.ones((2, 3, 300, 300), np.int8)
    np.testing.assert_array_equal(energy(spins), np.full((2, 3), -2.0))
    np.testing.assert_array_equal(magnetization(-spins), np.full((2, 3), -1.0))


# --- the machinery --------------------------------------------------------------------------------------


def test_packed_bits_come_back_in_order() -> None:
    bits = np.random.default_rng(0).integers(0, 2, (5, 5, 192), dtype=np.uint8)
    words = np.stack([[pack(lattice_bits) for lattice_bits in row] for row in bits])
    np.testing.assert_array_equal(unpack(words), 2 * bits.transpose(2, 0, 1).astype(int) - 1)


def test_random_bits_have_their_probability_in_every_lane() -> None:
    numerator = np.arange(64) * 4  # digits of 8 bits spell the probabilities 0, 1/64, 2/64 …
    digits = [pack((numerator >> digit) & 1) for digit in range(8)]
    bits = unpack(random_bits(np.random.default_rng(1), digits, (100, 100, 1))) > 0
    probability = numerator / 256
    error = np.sqrt(probability * (1 - probability) / 1e4)
    assert (np.abs(bits.mean((1, 2)) - probability) <= 4 * error).all()


def test_a_flood_fills_exactly_the_clusters_that_it_started_in() -> None:
    size, rng = 12, np.random.default_rng(2)
    right, down = rng.integers(0, 2**64, (2, size, size, 1), dtype=np.uint64)
    wet = rng.integers(0, 2**64, (size, size, 1), dtype=np.uint64)
    for _ in range(4):
        wet &= rng.integers(0, 2**64, (size, size, 1), dtype=np.uint64)
    expected = [cluster_cover(w, r, d) for w, r, d in zip(*map(unpack, (wet, right, down)), strict=True)]
    flood(wet, right, down)
    np.testing.assert_array_equal(unpack(wet) > 0, expected)


def cluster_cover(wet: np.ndarray, right: np.ndarray, down: np.ndarray) -> np.ndarray:
    """The clusters that hold a wet site."""
    labels = cluster_labels(right > 0, down > 0)
    return np.isin(labels, labels[wet > 0])


def cluster_labels(right: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Numbers of clusters, by SciPy's search in graphs."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sites = np.arange(right.size).reshape(right.shape)
    start = np.concatenate([sites[right], sites[down]])
    stop = np.concatenate([np.roll(sites, -1, 1)[right], np.roll(sites, -1, 0)[down]])
    graph = coo_array((np.ones(len(start)), (start, stop)), shape=(right.size, right.size))
    return connected_components(graph, directed=False)[1].reshape(right.shape)


@pytest.mark.parametrize("size", [2, 3, 12])
def test_clusters_of_single_lattices_are_those_of_the_graph(size: int) -> None:
    right, down = np.random.default_rng(3).random((2, 20, size, size)) < 0.45
    clusters, n_clusters = find_clusters(right, down)
    expected = [cluster_labels(*bonds) for bonds in zip(right, down, strict=True)]
    pairs = {
        (lattice, *numbers)
        for lattice, both in enumerate(zip(clusters, expected, strict=True))
        for numbers in zip(*map(np.ravel, both), strict=True)
    }
    assert len(pairs) == len({(lattice, theirs) for lattice, _, theirs in pairs})  # one number a cluster
    assert len(pairs) == len({ours for _, ours, _ in pairs})  # and a number for no other
    assert max(ours for _, ours, _ in pairs) < n_clusters


@pytest.mark.parametrize(
    ("size", "tau"), [(16, 3.2), (32, 4.4), (64, 5.4), (128, 6.1), (256, 6.9), (2000, 10.0)]
)
def test_sweeps_are_ten_autocorrelation_times(size: int, tau: float) -> None:
    assert count_sweeps(size) >= 9.9 * tau


@pytest.mark.parametrize("size", [2, 3, 8, 33, 200])
def test_schedule_reaches_from_half_the_lattice_to_single_spins(size: int) -> None:
    schedule = halving_schedule(size)
    assert schedule[-1] == 1
    assert size**2 / 8 < 2 ** schedule[0] <= max(size**2 / 2, 2)


# --- equilibrium ----------------------------------------------------------------------------------------


@pytest.fixture(params=["words", "clusters"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate lattices of all sizes and numbers in one way: 64 in a word, or each by itself."""
    monkeypatch.setattr(ising, "LARGE", 2 if request.param == "clusters" else 10**9)
    monkeypatch.setattr(ising, "FEW", 0)


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("size", [2, 3, 4])
def test_small_lattices_agree_with_all_states(way: None, size: int, temperature: float) -> None:
    spins, _ = make_ising(20_000, size=size, temperatures=temperature, seed=1)
    levels, order = exact_levels(size)
    probability = boltzmann(size, temperature)
    assert standard_errors(energy(spins), probability @ levels / size**2) < 4
    assert standard_errors(np.abs(magnetization(spins)), probability @ order) < 4


def test_energies_at_the_transition_have_the_exact_distribution(way: None) -> None:
    n_samples, size = 50_000, 4
    spins, _ = make_ising(n_samples, size=size, temperatures=CRITICAL_TEMPERATURE, seed=2)
    levels, index = np.unique(exact_levels(size)[0], return_inverse=True)
    expected = n_samples * np.bincount(index, boltzmann(size, CRITICAL_TEMPERATURE))
    observed = np.bincount(np.searchsorted(levels, np.rint(16 * energy(spins))), minlength=len(levels))
    rare = expected < 5
    observed, expected = (np.append(counts[~rare], counts[rare].sum()) for counts in (observed, expected))
    assert stats.chisquare(observed, expected).pvalue > 1e-4


@pytest.mark.parametrize("temperature", [1.5, 2.1, CRITICAL_TEMPERATURE, 2.5, 3.0])
@pytest.mark.parametrize(("size", "n_samples"), [(8, 8000), (15, 4000), (16, 4000), (32, 2000)])
def test_energy_agrees_with_kaufman(size: int, n_samples: int, temperature: float) -> None:
    spins, _ = make_ising(n_samples, size=size, temperatures=temperature, seed=3)
    assert standard_errors(energy(spins), float(kaufman_energy(size, temperature))) < 4


@pytest.mark.parametrize("temperature", [1.5, CRITICAL_TEMPERATURE, 3.0])
@pytest.mark.parametrize(("size", "n_samples"), [(15, 2000), (32, 500), (128, 50)])
def test_energy_of_single_lattices_agrees_with_kaufman(
    size: int, n_samples: int, temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ising, "LARGE", 2)
    spins, _ = make_ising(n_samples, size=size, temperatures=temperature, seed=3)
    assert standard_errors(energy(spins), float(kaufman_energy(size, temperature))) < 4


def test_large_lattices_agree_with_kaufman_and_onsager() -> None:
    spins, _ = make_ising(4, size=300, temperatures=2.2, seed=3)
    np.testing.assert_allclose(energy(spins), kaufman_energy(300, 2.2), atol=0.02)
    np.testing.assert_allclose(np.abs(magnetization(spins)), onsager_magnetization(2.2), atol=0.05)


@pytest.mark.parametrize("temperature", [1.5, 2.0])
def test_magnetization_agrees_with_onsager(temperature: float) -> None:
    spins, _ = make_ising(2000, size=32, temperatures=temperature, seed=4)
    order = np.abs(magnetization(spins))
    assert standard_errors(order, float(onsager_magnetization(temperature))) < 4
    assert order.min() > 0.5  # no stripes


@pytest.mark.parametrize("temperature", [1.0, 2.0, CRITICAL_TEMPERATURE])
def test_up_and_down_are_equally_likely(way: None, temperature: float) -> None:
    spins, _ = make_ising(4000, size=8, temperatures=temperature, seed=5)
    signs = np.sign(magnetization(spins))
    assert standard_errors(signs, 0.0) < 4


@pytest.mark.parametrize("apart", [1, 2, 64])
def test_neighbouring_samples_share_nothing(way: None, apart: int) -> None:
    spins, _ = make_ising(6000, size=16, temperatures=CRITICAL_TEMPERATURE, seed=6)
    flat = spins.reshape(len(spins), -1).astype(float)
    overlap = (flat[:-apart] * flat[apart:]).mean(axis=1)
    levels = energy(spins) - energy(spins).mean()
    assert standard_errors(overlap, 0.0) < 4
    assert standard_errors(levels[:-apart] * levels[apart:], 0.0) < 4


def test_a_lattice_looks_the_same_from_every_site(way: None) -> None:
    spins, _ = make_ising(4000, size=5, temperatures=2.5, seed=7)
    bonds = np.stack([spins * np.roll(spins, -1, axis) for axis in (1, 2)])
    mean, error = bonds.mean(1), bonds.std(1) / np.sqrt(4000)
    assert (np.abs(mean + kaufman_energy(5, 2.5) / 2) < 4 * error).all()


# --- what comes back ------------------------------------------------------------------------------------


def test_shapes_types_and_range(way: None) -> None:
    spins, temperature = make_ising(70, size=9, temperatures=(1.2, 1.4), seed=0)
    assert (spins.shape, spins.dtype) == ((70, 9, 9), np.int8)
    assert (temperature.shape, temperature.dtype) == ((70,), np.float32)
    assert set(np.unique(spins)) == {-1, 1}
    assert ((temperature >= 1.2) & (temperature <= 1.4)).all()


def test_temperatures_are_uniform_and_belong_to_their_lattice(way: None) -> None:
    spins, temperature = make_ising(3000, size=16, seed=8)
    assert stats.kstest(temperature, stats.uniform(1.0, 2.5).cdf).pvalue > 1e-4
    levels, exact = energy(spins), kaufman_energy(16, temperature)
    assert standard_errors(levels - exact, 0.0) < 4
    assert np.corrcoef(levels, exact)[0, 1] > 0.95


def test_given_temperatures_stay_in_order(way: None) -> None:
    given = np.array([3.5, 0.5, 3.5, 0.5])
    spins, temperature = make_ising(4, size=16, temperatures=given, seed=0)
    np.testing.assert_array_equal(temperature, given.astype(np.float32))
    np.testing.assert_array_equal(np.abs(magnetization(spins)) > 0.9, [False, True, False, True])


@pytest.mark.parametrize("n_cores", [1, 2, 5])
def test_same_seed_same_lattices_on_any_number_of_cores(
    way: None, n_cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ising, "BLOCK_WORDS", 64)  # several blocks
    monkeypatch.setattr(ising, "BLOCK_SITES", 1000)
    expected, _ = make_ising(3000, size=4, seed=9)
    monkeypatch.setattr(parallel, "count_cores", lambda: n_cores)
    np.testing.assert_array_equal(make_ising(3000, size=4, seed=9)[0], expected)


@pytest.mark.parametrize(
    ("n_samples", "size", "way"),
    [(15, 8, "clusters"), (16, 8, "words"), (16, 255, "words"), (16, 256, "clusters"), (1, 512, "clusters")],
)
def test_few_or_large_lattices_are_simulated_each_by_itself(
    n_samples: int, size: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    def draw(rng: np.random.Generator, temperature: np.ndarray, size: int, step: Any, way: str) -> np.ndarray:
        taken.append(way)
        return np.ones((len(temperature), size, size), np.int8)

    for name in ("words", "clusters"):
        monkeypatch.setattr(ising, f"_draw_by_{name}", partial(draw, way=name))
    make_ising(n_samples, size=size, seed=0)
    assert set(taken) == {way}


@pytest.mark.parametrize("size", [250, 1500])
def test_ctrl_c_stops_a_large_simulation(ctrl_c: Callable[[float], None], size: int) -> None:
    start = time.monotonic()
    ctrl_c(0.5)
    with pytest.raises(KeyboardInterrupt):
        make_ising(200, size=size, seed=0)
    assert time.monotonic() - start < 5


def test_other_seeds_give_other_lattices() -> None:
    assert (make_ising(64, size=8, seed=1)[0] != make_ising(64, size=8, seed=2)[0]).any()
    assert (make_ising(64, size=8)[0] != make_ising(64, size=8)[0]).any()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n_samples": 0}, ValueError, "`n_samples` must be at least 1. Got 0."),
        ({"n_samples": 10.0}, TypeError, "`n_samples` must be a whole number"),
        ({"size": 1}, ValueError, "`size` must be at least 2. Got 1."),
        ({"temperatures": 0.0}, ValueError, "`temperatures` must lie in .* J/k_B. Got 0.0."),
        ({"temperatures": (-1.0, 2.0)}, ValueError, "Got -1.0."),
        ({"temperatures": (1.0, np.nan)}, ValueError, "Got nan."),
        ({"temperatures": (3.5, 1.0)}, ValueError, "lower number first"),
        ({"temperatures": (1.0, 2.0, 3.0)}, ValueError, "a pair"),
        ({"temperatures": [1.0, 3.5]}, ValueError, r"shape \(10,\).* Got shape \(2,\)"),
        ({"temperatures": "hot"}, TypeError, "`temperatures` must be a number"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make_ising(**{"n_samples": 10, **arguments})


@pytest.mark.parametrize("temperature", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("function", [onsager_energy, onsager_magnetization, lambda t: kaufman_energy(5, t)])
def test_formulas_name_a_bad_temperature(function: Callable[[Any], Any], temperature: float) -> None:
    with pytest.raises(ValueError, match="`temperature` must be finite and above 0"):
        function([1.0, temperature])


def test_lattices_must_be_square() -> None:
    with pytest.raises(ValueError, match=r"`spins` .* Got shape \(3, 4\)"):
        energy(np.ones((3, 4)))
