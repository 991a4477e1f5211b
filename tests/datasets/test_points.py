import numpy as np
import pytest

from dlp_keras.datasets import points
from dlp_keras.datasets.features import playground_features

CLASSIFICATION = [
    points.make_checkerboard,
    points.make_circle,
    points.make_gaussians,
    points.make_spirals,
]
HALF_AND_HALF = CLASSIFICATION[1:]
REGRESSION = [points.make_plane, points.make_hills]
EVERY = CLASSIFICATION + REGRESSION
N = 40_000


def three_sigma(share, n=N):
    """Three standard deviations of a share counted in n draws."""
    return 3 * np.sqrt(share * (1 - share) / n)


@pytest.mark.parametrize("make", CLASSIFICATION)
def test_classification_shapes_and_dtypes(make):
    x, y = make(seed=0)
    assert x.shape == (500, 2)
    assert x.dtype == np.float32
    assert y.shape == (500,)
    assert np.issubdtype(y.dtype, np.integer)
    assert set(np.unique(y)) == {0, 1}


@pytest.mark.parametrize("make", REGRESSION)
def test_regression_shapes_and_dtypes(make):
    x, y = make(seed=0)
    assert x.shape == (1200, 2)
    assert y.shape == (1200,)
    assert x.dtype == y.dtype == np.float32
    assert np.abs(x).max() <= 6


@pytest.mark.parametrize("make", EVERY)
def test_a_seed_repeats_and_none_does_not(make):
    np.testing.assert_array_equal(make(50, noise=0.2, seed=7)[0], make(50, noise=0.2, seed=7)[0])
    np.testing.assert_array_equal(make(50, noise=0.2, seed=7)[1], make(50, noise=0.2, seed=7)[1])
    assert not np.array_equal(make(50, noise=0.2)[0], make(50, noise=0.2)[0])


@pytest.mark.parametrize("make", EVERY)
def test_the_global_random_state_is_left_alone(make):
    np.random.seed(1)  # noqa: NPY002 - the legacy state is what must not move
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make(20, noise=0.1)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("make", HALF_AND_HALF)
@pytest.mark.parametrize("n_samples", [1, 2, 7, 500])
def test_classes_are_halves_and_class_one_has_the_odd_point(make, n_samples):
    _, y = make(n_samples, seed=3)
    assert len(y) == n_samples
    assert y.sum() == (n_samples + 1) // 2


@pytest.mark.parametrize("make", HALF_AND_HALF)
def test_classes_are_shuffled(make):
    _, y = make(2000, seed=0)
    assert abs(y[:1000].mean() - 0.5) < 5 * 0.5 / np.sqrt(1000)
    assert np.count_nonzero(np.diff(y)) > 800  # one change if the classes came in order


def test_checkerboard_geometry():
    x, y = points.make_checkerboard(N, seed=0)
    distance = np.abs(x)
    assert distance.min() >= np.float32(0.3)
    assert distance.max() <= 5.3
    np.testing.assert_array_equal(y, np.sign(x[:, 0]) == np.sign(x[:, 1]))
    assert abs(distance.mean() - 2.8) < 0.03  # uniform between 0.3 and 5.3
    assert abs(y.mean() - 0.5) < three_sigma(0.5)


def test_circle_geometry():
    x, y = points.make_circle(N, seed=0)
    radius = np.linalg.norm(x, axis=1)
    np.testing.assert_array_equal(y, radius < 3)
    assert radius[y == 1].max() < 2.5
    assert radius[y == 0].min() >= 3.5 - 1e-6
    assert radius.max() < 5
    assert abs(radius[y == 1].mean() - 1.25) < 0.02  # uniform in the radius, not in the area
    assert abs(radius[y == 0].mean() - 4.25) < 0.02
    assert np.abs(x.mean(axis=0)).max() < 0.06  # uniform in the angle


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5])
def test_gaussians_have_the_stated_centres_and_variance(noise):
    x, y = points.make_gaussians(N, noise=noise, seed=0)
    variance = 0.5 + 7 * noise
    tolerance = 5 * np.sqrt(variance / (N / 2))
    np.testing.assert_allclose(x[y == 1].mean(axis=0), [2, 2], atol=tolerance)
    np.testing.assert_allclose(x[y == 0].mean(axis=0), [-2, -2], atol=tolerance)
    np.testing.assert_allclose(np.cov(x[y == 1].T), variance * np.eye(2), atol=0.05 * variance)


@pytest.mark.parametrize("n_samples", [10, 501])
def test_spirals_are_the_written_down_curves(n_samples):
    x, y = points.make_spirals(n_samples, seed=0)
    positive, negative = x[y == 1], x[y == 0]
    way = np.arange(len(positive)) / len(positive)
    angle = 3.5 * np.pi * way
    expected = np.column_stack([5 * way * np.sin(angle), 5 * way * np.cos(angle)])
    by_radius = np.argsort(np.linalg.norm(positive, axis=1))
    np.testing.assert_allclose(positive[by_radius], expected, atol=1e-5)
    radius = np.sort(np.linalg.norm(negative, axis=1))
    np.testing.assert_allclose(radius, 5 * np.arange(len(negative)) / len(negative), atol=1e-5)


def test_the_second_spiral_is_the_first_turned_by_half_a_turn():
    x, y = points.make_spirals(400, seed=0)
    order = np.argsort(np.linalg.norm(x, axis=1), kind="stable")
    x, y = x[order], y[order]
    np.testing.assert_allclose(x[y == 0], -x[y == 1], atol=1e-5)


def test_spiral_noise_shifts_points_by_at_most_the_noise():
    clean, noisy = points.make_spirals(N, seed=0), points.make_spirals(N, noise=0.5, seed=0)
    radius_clean = np.sort(np.linalg.norm(clean[0], axis=1))
    assert np.linalg.norm(noisy[0], axis=1).max() <= radius_clean.max() + 0.5 * np.sqrt(2)
    way = np.arange(N // 2) / (N // 2)
    spread = np.mean(np.square(noisy[0][noisy[1] == 1])) - np.mean(np.square(5 * way)) / 2
    assert spread == pytest.approx(0.5**2 / 3, abs=0.05)  # variance of U(−v, v)


def flipped_checkerboard(noise):
    """Share of flipped labels by integrating one coordinate: x in U(0.3, 5.3), shift in U(−5v, 5v)."""
    reach = 5 * noise
    one = max(reach - 0.3, 0.0) ** 2 / (20 * reach) if reach else 0.0
    return 2 * one * (1 - one)


@pytest.mark.parametrize(("noise", "published"), [(0.05, 0.0), (0.1, 0.008), (0.25, 0.070), (0.5, 0.174)])
def test_noise_flips_the_published_share_of_the_checkerboard(noise, published):
    expected = flipped_checkerboard(noise)
    assert expected == pytest.approx(published, abs=0.001)
    x, y = points.make_checkerboard(N, noise=noise, seed=1)
    flipped = np.mean(y != (x[:, 0] * x[:, 1] >= 0))
    assert abs(flipped - expected) <= three_sigma(expected)


def flipped_circle(noise, n=40):
    """Share of flipped labels by the midpoint rule over radius, angle and shift."""
    middle = (np.arange(n) + 0.5) / n
    way, angle, shift_x, shift_y = np.meshgrid(middle, middle, 2 * middle - 1, 2 * middle - 1, sparse=True)

    def share_inside(lower, upper):
        radius = lower + (upper - lower) * way
        x = radius * np.cos(2 * np.pi * angle) + 5 * noise * shift_x
        y = radius * np.sin(2 * np.pi * angle) + 5 * noise * shift_y
        return np.mean(np.hypot(x, y) < 2.5)

    return ((1 - share_inside(0, 2.5)) + share_inside(3.5, 5)) / 2


@pytest.mark.parametrize("noise", [0.25, 0.5])
def test_noise_flips_labels_of_the_circle_and_leaves_its_points(noise):
    expected = flipped_circle(noise)
    x, y = points.make_circle(N, noise=noise, seed=1)
    is_inside = np.linalg.norm(x, axis=1) < 3
    assert is_inside.mean() == 0.5
    assert abs(np.mean(y != is_inside) - expected) <= three_sigma(expected) + 0.001


def test_the_published_share_of_the_circle():
    assert flipped_circle(0.5) == pytest.approx(0.249, abs=0.002)


def test_plane_is_a_plane():
    x, y = points.make_plane(seed=0)
    np.testing.assert_allclose(y, (x[:, 0] + x[:, 1]) / 10, atol=1e-6)


@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_plane_noise_has_the_variance_of_two_uniform_shifts(noise):
    x, y = points.make_plane(N, noise=noise, seed=0)
    residual = y - x.sum(axis=1) / 10
    assert residual.var() == pytest.approx(2 * (12 * noise) ** 2 / 12 / 100, rel=0.05)
    assert np.abs(residual).max() <= 1.2 * noise + 1e-6


@pytest.mark.parametrize(
    ("centre", "sign"),
    [((-4, 2.5), 1), ((0, 2.5), -1), ((4, 2.5), 1), ((-4, -2.5), -1), ((0, -2.5), 1), ((4, -2.5), -1)],
)
def test_hills_are_cones(centre, sign):
    x, y = points.make_hills(N, seed=0)
    distance = np.linalg.norm(x - np.float32(centre), axis=1)
    own = distance < 1.9  # neighbours are 4 away: no other cone is higher here
    np.testing.assert_allclose(y[own], sign * (1 - distance[own] / 2), atol=1e-5)


def test_hills_are_flat_far_from_every_centre():
    x, y = points.make_hills(N, seed=0)
    gap = np.abs(np.abs(x[:, 1]) - 2.5) > 2
    assert gap.any()
    assert not y[gap].any()
    assert not np.signbit(y[gap]).any()


def test_hill_noise_moves_the_label_and_leaves_the_point():
    clean, noisy = points.make_hills(seed=0), points.make_hills(noise=0.5, seed=0)
    np.testing.assert_array_equal(clean[0], noisy[0])
    assert 0.1 < np.abs(clean[1] - noisy[1]).mean() < 1


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("noise", [50, -0.1, 0.51, float("nan"), float("inf")])
def test_noise_outside_its_range(make, noise):
    with pytest.raises(ValueError, match=r"`noise` must lie in \[0, 0\.5\]\. Got"):
        make(10, noise=noise)


def test_the_sliders_value_gets_advice():
    with pytest.raises(
        ValueError, match=r"^`noise` must lie in \[0, 0\.5\]\. Got 50\. Divide the slider's value by 100\.$"
    ):
        points.make_circle(noise=50)


@pytest.mark.parametrize("noise", ["much", None, [0.1, 0.2]])
def test_noise_that_is_no_number(noise):
    with pytest.raises(TypeError, match="`noise` must be a number"):
        points.make_plane(noise=noise)


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize(
    ("n_samples", "error"), [(0, ValueError), (-3, ValueError), (5.0, TypeError), ("5", TypeError)]
)
def test_a_wrong_number_of_samples(make, n_samples, error):
    with pytest.raises(error, match="`n_samples` must be"):
        make(n_samples)


def test_features_by_their_formulas():
    x, _ = points.make_plane(100, seed=0)
    a, b = x.astype(float).T
    names = ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]
    features = playground_features(x, names)
    assert features.dtype == np.float32
    expected = np.column_stack([a, b, a**2, b**2, a * b, np.sin(a), np.sin(b)])
    np.testing.assert_allclose(features, expected, atol=1e-5)


def test_features_come_in_the_order_asked_for():
    assert playground_features([[2.0, 3.0]], ["x1*x2", "x1", "x1"]).tolist() == [[6, 2, 2]]


@pytest.mark.parametrize(
    ("x", "names", "error", "words"),
    [
        ([[1, 2]], ["x3"], ValueError, r"Got \['x3'\]"),
        ([[1, 2]], [], ValueError, "Got none"),
        ([[1, 2]], "x1", TypeError, r"write \['x1'\]"),
        ([1, 2], ["x1"], ValueError, r"`x` must have the shape \(n, 2\)\. Got \(2,\)"),
        ([[1, 2, 3]], ["x1"], ValueError, r"Got \(1, 3\)"),
    ],
)
def test_wrong_features(x, names, error, words):
    with pytest.raises(error, match=words):
        playground_features(x, names)
