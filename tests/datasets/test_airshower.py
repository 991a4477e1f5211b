"""Air showers against the closed forms that they are drawn from, and against physics."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import stats
from scipy.special import polygamma, psi

from dlp_keras.datasets import parallel
from dlp_keras.datasets.airshower import AirShowers, make_airshowers
from dlp_keras.datasets.airshower_atmosphere import depth, height_at
from dlp_keras.datasets.airshower_detector import TRIGGER, mean_signal, time_spread
from dlp_keras.datasets.airshower_primaries import draw_xmax, gumbel_parameters
from dlp_keras.plots.airshower import footprint

SPEED_OF_LIGHT = 0.299792458  # m/ns
ALPHA = 1e-4  # of a Kolmogorov-Smirnov test


@pytest.fixture(scope="module")
def showers() -> AirShowers:
    return make_airshowers(10_000, seed=1)


# --- the atmosphere and X_max ---------------------------------------------------------------------------


@pytest.mark.parametrize(("height", "expected"), [(0, 1033.8), (1400, 872.3), (10_000, 269.6), (2e5, 0.0)])
def test_depth_of_the_atmosphere(height: float, expected: float) -> None:
    assert depth(height) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("edge", [7e3, 11.4e3, 37e3, 100e3])
def test_layers_of_the_atmosphere_join(edge: float) -> None:
    assert depth(edge - 1e-6) == pytest.approx(depth(edge), rel=1e-6)


def test_height_is_the_inverse_of_depth() -> None:
    heights = np.linspace(0, 110e3, 1101)
    np.testing.assert_allclose(height_at(depth(heights)), heights, atol=0.5)


@pytest.mark.parametrize(("mass_number", "mean", "spread"), [(1, 808, 59), (56, 712, 17)])
def test_xmax_at_ten_eev(mass_number: int, mean: float, spread: float) -> None:
    mu, sigma, shape = gumbel_parameters(10.0, mass_number)
    assert mu - sigma * (psi(shape) - np.log(shape)) == pytest.approx(mean, abs=0.5)
    assert sigma * np.sqrt(polygamma(1, shape)) == pytest.approx(spread, abs=0.5)


@pytest.mark.parametrize("energy", [3.0, 10.0, 100.0])
@pytest.mark.parametrize("mass_number", [1.0, 56.0])
def test_xmax_has_mean_and_spread_of_the_closed_form(mass_number: float, energy: float) -> None:
    n_draws = 40_000
    x = draw_xmax(np.random.default_rng(2), np.full(n_draws, energy), np.full(n_draws, mass_number))
    mu, sigma, shape = gumbel_parameters(energy, mass_number)
    variance = sigma**2 * polygamma(1, shape)
    excess = polygamma(3, shape) / polygamma(1, shape) ** 2
    assert abs(x.mean() - (mu - sigma * (psi(shape) - np.log(shape)))) < 4 * np.sqrt(variance / n_draws)
    assert abs(x.var() / variance - 1) < 4 * np.sqrt((2 + excess) / n_draws)


def test_xmax_above_ground_is_what_drawing_again_gives() -> None:
    energy, mass = np.full(40_000, 100.0), np.ones(40_000)
    deepest = 851.0  # below the mean
    free = draw_xmax(np.random.default_rng(3), energy, mass)
    bounded = draw_xmax(np.random.default_rng(4), energy, mass, deepest)
    assert bounded.max() <= deepest
    assert stats.ks_2samp(free[free <= deepest], bounded).pvalue > ALPHA


# --- what is drawn --------------------------------------------------------------------------------------


def test_zenith_azimuth_core_and_energy(showers: AirShowers) -> None:
    sin2 = np.sin(np.radians(showers.zenith.astype(float))) ** 2
    assert stats.kstest(sin2, stats.uniform(0, 0.75).cdf).pvalue > ALPHA
    assert stats.kstest(showers.azimuth, stats.uniform(-180, 360).cdf).pvalue > ALPHA
    assert stats.kstest(showers.core[:, 0], stats.uniform(-375, 750).cdf).pvalue > ALPHA
    assert stats.kstest(showers.core[:, 1], stats.uniform(-375, 750).cdf).pvalue > ALPHA
    assert stats.kstest(np.log(showers.energy), stats.uniform(np.log(3), np.log(100 / 3)).cdf).pvalue > ALPHA


def test_zenith_follows_sine_times_cosine(showers: AirShowers) -> None:
    edges = np.radians([0, 15, 30, 45, 60])
    expected = np.diff(np.sin(edges) ** 2) / 0.75 * len(showers)
    observed, _ = np.histogram(np.radians(showers.zenith), edges)
    assert stats.chisquare(observed, expected).pvalue > ALPHA


def test_axes_are_unit_vectors_that_point_up(showers: AirShowers) -> None:
    np.testing.assert_allclose(np.linalg.norm(showers.axis, axis=1), 1, atol=1e-6)
    assert showers.axis[:, 2].min() >= np.cos(np.radians(60.01))


def test_maxima_lie_above_the_ground(showers: AirShowers) -> None:
    height = height_at(showers.xmax * showers.axis[:, 2].astype(float))
    assert height.min() >= 1400 + 200 - 0.5


def test_given_energies_angles_and_masses_stay_in_order() -> None:
    energy, zenith, mass = [3.0, 90.0, 10.0], [0.0, 59.0, 30.0], [1, 56, 4]
    drawn = make_airshowers(3, energies=energy, zeniths=zenith, mass_number=mass, seed=0)
    np.testing.assert_allclose(drawn.energy, energy, rtol=1e-6)
    np.testing.assert_allclose(drawn.zenith, zenith, atol=0.1)  # float32 next to the vertical
    np.testing.assert_array_equal(drawn.mass_number, mass)


# --- what is recorded -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("mass_number", "share"), [(1, 0.3), (56, 0.4394)])
def test_signals_fall_with_the_stated_exponents(mass_number: int, share: float) -> None:
    r, x = np.array([150.0, 500.0, 1000.0, 2000.0]), np.array([[20.0], [100.0], [700.0]])
    muons = share * (r / 1000) ** -4.7 * (x / 100) ** -0.1
    others = (1 - share) * (r / 1000) ** -6.1 * (x / 100) ** -0.4
    signal = mean_signal(r.astype(np.float32), x.astype(np.float32), 20.0, mass_number)
    np.testing.assert_allclose(signal, 1800 * (muons + others), rtol=2e-4)


def test_signals_near_the_axis_and_near_the_maximum_are_bounded() -> None:
    near = mean_signal(np.array([0.0, 149.0, 150.0], np.float32), np.float32(100), 10.0, 1)
    np.testing.assert_array_equal(near, near[2])
    steep = mean_signal(np.float32(1000), np.array([1e-30], np.float32), 10.0, 1)
    np.testing.assert_allclose(steep, 9000, rtol=1e-4)


@pytest.fixture(scope="module")
def pulls() -> tuple[np.ndarray, np.ndarray]:
    """Distance from the axis, and deviation from the mean over its square root, of signals that are never silent.

    Geometry in vectors of three components: distance by the cross product, air by the line from the
    maximum to the station.
    """
    some = make_airshowers(3000, energies=30.0, zeniths=(0.0, 60.0), seed=6)
    axis, z_axis = some.axis[:, None, None].astype(float), some.axis[:, None, None, 2].astype(float)
    offset = np.zeros((3000, 14, 14, 3))
    offset[..., :2] = some.stations - some.core[:, None, None]
    distance = np.linalg.norm(np.cross(offset, axis), axis=-1)
    height = height_at(some.xmax[:, None, None] * z_axis) - 1400
    line = axis * (height / z_axis)[..., None] - offset
    air = (depth(1400.0) - depth(height + 1400)) * np.linalg.norm(line, axis=-1) / height
    r = np.maximum(distance, 150) / 1000
    mean = 2700 * (0.3 * r**-4.7 * (air / 100) ** -0.1 + 0.7 * r**-6.1 * (air / 100) ** -0.4)
    strong = mean > 100
    return distance[strong], ((some.signal - mean) / np.sqrt(mean))[strong]


def test_recorded_signals_follow_the_exponents_with_distance(pulls: tuple[np.ndarray, np.ndarray]) -> None:
    distance, deviation = pulls
    line = stats.linregress(np.log(distance), deviation)
    assert abs(line.slope) < 4 * line.stderr
    assert abs(deviation.mean()) < 4 / np.sqrt(len(deviation))


def test_signals_fluctuate_with_the_square_root(pulls: tuple[np.ndarray, np.ndarray]) -> None:
    assert stats.kstest(pulls[1], "norm").pvalue > ALPHA


def test_a_plane_through_the_times_finds_the_direction(showers: AirShowers) -> None:
    n_showers = 2000
    ones = np.full(showers.hit.shape[1:], 1000.0)
    design = np.concatenate([showers.stations, ones[..., np.newaxis]], axis=-1).reshape(-1, 3)
    weights = showers.hit[:n_showers].reshape(n_showers, -1).astype(float)
    times = np.nan_to_num(showers.time[:n_showers].reshape(n_showers, -1)).astype(float)
    normal = np.einsum("ns,si,sj->nij", weights, design, design)
    moments = np.einsum("ns,si->ni", weights * times, design)
    across = -SPEED_OF_LIGHT * np.linalg.solve(normal, moments[..., np.newaxis])[:, :2, 0]
    upward = np.sqrt(np.clip(1 - (across**2).sum(1), 0, None))
    cosine = np.column_stack([across, upward]) * showers.axis[:n_showers]
    angle = np.degrees(np.arccos(np.clip(cosine.sum(1), -1, 1)))
    assert np.quantile(angle, 0.68) == pytest.approx(0.77, abs=0.05)


def test_times_spread_as_stated(showers: AirShowers) -> None:
    """The front's own time taken off, 480 ns/(1 + log10(S + 1)) and a common ±50 ns remain."""
    offset = showers.stations[np.newaxis] - showers.core[:, np.newaxis, np.newaxis]
    front = -(offset * showers.axis[:, np.newaxis, np.newaxis, :2]).sum(-1) / SPEED_OF_LIGHT
    late, spread = showers.time - front, time_spread(showers.signal)
    variance = np.where(showers.hit, late, 0) ** 2 - np.where(showers.hit, spread**2 + 100**2 / 12, 0)
    per_event = variance.sum((1, 2)) / showers.hit.sum((1, 2))
    assert abs(per_event.mean()) < 4 * per_event.std() / np.sqrt(len(showers))


def test_common_offset_is_uniform() -> None:
    crowded = make_airshowers(400, energies=1000.0, spacing=10.0, n_stations=40, zeniths=0.0, seed=7)
    precision = time_spread(crowded.signal).mean() / 40
    offset = crowded.time.mean((1, 2))
    assert precision < 2
    assert stats.kstest(offset, stats.uniform(-50, 100).cdf).pvalue > ALPHA


@pytest.mark.parametrize(("energy", "low", "high"), [(3.0, 15, 20), (10.0, 25, 30), (100.0, 60, 70)])
def test_the_number_of_hit_stations_rises_with_energy(energy: float, low: float, high: float) -> None:
    stations = make_airshowers(2000, energies=energy, seed=8).hit.sum((1, 2))
    assert low < stations.mean() < high


def test_silent_are_those_below_the_threshold_and_no_others(showers: AirShowers) -> None:
    np.testing.assert_array_equal(showers.hit, ~np.isnan(showers.time))
    np.testing.assert_array_equal(showers.hit, showers.signal > 0)
    assert showers.signal[showers.hit].min() >= TRIGGER
    assert (showers.signal[showers.hit] < TRIGGER * 1.05).any()


def test_saturation_cuts_large_signals_only() -> None:
    free = make_airshowers(100, seed=9)
    cut = make_airshowers(100, seed=9, saturation=500.0)
    np.testing.assert_array_equal(cut.signal, np.minimum(free.signal, 500))
    np.testing.assert_array_equal(cut.time, free.time)


def test_iron_has_more_muons_and_its_maximum_higher_up() -> None:
    proton, iron = (make_airshowers(2000, energies=30.0, mass_number=a, seed=10) for a in (1, 56))
    assert iron.xmax.mean() < proton.xmax.mean() - 80
    assert iron.xmax.std() < proton.xmax.std() / 2


# --- what comes back ------------------------------------------------------------------------------------


def test_shapes_and_types() -> None:
    some = make_airshowers(7, n_stations=9, seed=0)
    assert len(some) == 7
    assert {a.shape for a in (some.time, some.signal, some.hit)} == {(7, 9, 9)}
    assert (some.axis.shape, some.core.shape, some.stations.shape) == ((7, 3), (7, 2), (9, 9, 2))
    floats = (some.time, some.signal, some.energy, some.axis, some.core, some.xmax, some.mass_number)
    assert {a.dtype for a in floats} == {np.dtype(np.float32)}
    assert some.hit.dtype == bool


def test_stations_are_centred_and_spaced() -> None:
    grid = make_airshowers(1, n_stations=3, spacing=100.0, seed=0).stations
    np.testing.assert_array_equal(grid[0], [[-100, -100], [0, -100], [100, -100]])
    np.testing.assert_array_equal(grid[:, 0, 1], [-100, 0, 100])


def test_the_largest_signal_lies_at_the_core() -> None:
    """Rows run along y and columns along x: an exchange of the two would show."""
    one = make_airshowers(500, zeniths=0.0, seed=11)
    strongest = one.stations.reshape(-1, 2)[one.signal.reshape(500, -1).argmax(1)]
    assert (np.abs(strongest - one.core) <= 375).mean() > 0.9


@pytest.mark.parametrize("n_cores", [1, 2, 5])
def test_same_seed_same_showers_on_any_number_of_cores(n_cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = make_airshowers(1500, seed=12)
    monkeypatch.setattr(parallel, "count_cores", lambda: n_cores)
    again = make_airshowers(1500, seed=12)
    np.testing.assert_array_equal(again.time, expected.time)
    np.testing.assert_array_equal(again.signal, expected.signal)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_events": 0}, "`n_events` must be at least 1. Got 0."),
        ({"mass_number": 57}, r"`mass_number` must lie in \[1, 56\]. Got 57.0."),
        ({"mass_number": [1, 56]}, r"shape \(5,\).* Got shape \(2,\)"),
        ({"energies": 0.0}, r"`energies` must lie in \[0.1, 1000\] EeV. Got 0.0."),
        ({"energies": (3.0, np.nan)}, "`energies` .* Got nan."),
        ({"energies": (100.0, 3.0)}, "lower number first"),
        ({"zeniths": 61}, r"`zeniths` must lie in \[0, 60\] degrees. Got 61.0."),
        ({"n_stations": 1}, "`n_stations` must be at least 2."),
        ({"spacing": -750}, "`spacing` must lie in .* m. Got -750.0."),
        ({"altitude": 5000}, r"`altitude` must lie in \[0, 3000\] m. Got 5000.0."),
        ({"saturation": 1.0}, "`saturation` must be finite and at least 19. Got 1.0."),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_airshowers(**{"n_events": 5, **arguments})


# --- the picture ----------------------------------------------------------------------------------------


def test_footprint_draws_each_station_once_in_kilometres() -> None:
    one = make_airshowers(1, seed=13)
    ax = Figure().add_subplot()
    assert footprint(ax, one.signal[0], one.time[0], core=one.core[0], axis=one.axis[0]) is ax
    silent, hit = ax.collections
    assert len(hit.get_offsets()) == one.hit.sum()
    assert len(silent.get_offsets()) == 196 - one.hit.sum()
    expected = one.stations[one.hit[0]] / 1000
    np.testing.assert_allclose(hit.get_offsets(), expected, atol=1e-5)
    assert "km" in ax.get_xlabel()
    assert "km" in ax.get_ylabel()


def test_footprint_of_silence() -> None:
    ax = Figure().add_subplot()
    footprint(ax, np.zeros((4, 4)), np.full((4, 4), np.nan), colorbar=False)
    assert len(ax.collections[0].get_offsets()) == 16


def test_footprint_wants_one_event() -> None:
    some = make_airshowers(2, seed=0)
    with pytest.raises(ValueError, match="must have one shape"):
        footprint(Figure().add_subplot(), some.signal, some.time)
