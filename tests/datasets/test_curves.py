"""The curve of one variable, and digits placed at random."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from dlp_keras.datasets.curves import curve, make_curve
from dlp_keras.datasets.images import load_images, make_shifted_digits


@pytest.mark.parametrize(("x", "expected"), [(0.0, 1 / 17), (1.0, np.sin(3) / 2 + 1.25), (-np.pi, -0.78176)])
def test_curve(x: float, expected: float) -> None:
    assert curve(x) == pytest.approx(expected, abs=2e-5)


def test_points_lie_on_the_curve_without_noise() -> None:
    x, y = make_curve(500, noise=0.0, seed=0)
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((500, 1), (500, 1), np.float32, np.float32)
    np.testing.assert_allclose(y, curve(x), atol=1e-6)
    assert stats.kstest(x[:, 0], stats.uniform(-3, 6).cdf).pvalue > 1e-4


@pytest.mark.parametrize("noise", [0.05, 0.5])
def test_noise_is_normal_and_as_wide_as_asked(noise: float) -> None:
    x, y = make_curve(5000, noise=noise, seed=1)
    assert stats.kstest((y - curve(x))[:, 0], stats.norm(0, noise).cdf).pvalue > 1e-4


def test_curve_repeats_with_its_seed_only() -> None:
    np.testing.assert_array_equal(make_curve(9, seed=2), make_curve(9, seed=2))
    assert (make_curve(9)[0] != make_curve(9)[0]).any()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n_samples": 0}, ValueError, "`n_samples` must be at least 1. Got 0."),
        ({"n_samples": 5, "noise": -0.1}, ValueError, "`noise` must be finite and at least 0. Got -0.1."),
        ({"n_samples": 5, "noise": np.nan}, ValueError, "Got nan."),
        ({"n_samples": 5, "noise": "much"}, TypeError, "`noise` must be a number"),
        ({"n_samples": 5, "noise": [0.1]}, TypeError, r"`noise` must be one number. .* \(1,\)"),
    ],
)
def test_curve_names_bad_arguments(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make_curve(**arguments)


@pytest.mark.parametrize("part", [0, 1])
def test_every_digit_is_whole_and_keeps_its_label(part: int) -> None:
    (x, y), (digits, labels) = make_shifted_digits(12, seed=0)[part], load_images("digits")[part]
    np.testing.assert_array_equal(y, labels)
    windows = np.lib.stride_tricks.sliding_window_view(x[..., 0], (8, 8), axis=(1, 2))
    same = (windows == digits[:, np.newaxis, np.newaxis, ..., 0]).all(axis=(-2, -1))
    assert same.any(axis=(1, 2)).all()
    np.testing.assert_allclose(x.sum(axis=(1, 2, 3)), digits.sum(axis=(1, 2, 3)), rtol=1e-5)


def test_all_places_are_equally_likely() -> None:
    (x, _), _ = make_shifted_digits(11, copies=4, seed=1)
    (digits, _), _ = load_images("digits")
    windows = np.lib.stride_tricks.sliding_window_view(x[..., 0], (8, 8), axis=(1, 2))
    place = (windows == np.repeat(digits, 4, 0)[:, np.newaxis, np.newaxis, ..., 0]).all(axis=(-2, -1))
    counts = place.reshape(len(x), -1).sum(axis=0)
    assert counts.size == 16
    assert stats.chisquare(counts).pvalue > 1e-4


def test_a_canvas_of_the_digits_size_changes_nothing() -> None:
    np.testing.assert_array_equal(make_shifted_digits(8)[1][0], load_images("digits")[1][0])


def test_places_repeat_with_their_seed() -> None:
    np.testing.assert_array_equal(make_shifted_digits(seed=3)[0][0], make_shifted_digits(seed=3)[0][0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"canvas": 7}, "`canvas` must be at least 8. Got 7."), ({"copies": 0}, "`copies` must be at least 1.")],
)
def test_shifted_digits_name_bad_arguments(arguments: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_shifted_digits(**arguments)
