"""Handwritten digits that can be anywhere: a test of what a network knows about shifts."""

import numpy as np

from dlp_keras.datasets._checks import check_count
from dlp_keras.datasets.images import Images, Part, load_images

DIGIT_SIZE = 8


def make_shifted_digits(
    canvas: int = 16, *, copies: int = 1, seed: int | np.random.Generator | None = None
) -> tuple[Part, Part]:
    """Place the digits of ``load_images("digits")`` at random on a larger canvas. No network is needed.

    A dense network learns each place anew and falls behind; convolutions find a digit wherever it is.

    Parameters
    ----------
    canvas : int
        Height and width of the new images in pixels, at least 8. All places where the digit of 8 × 8 pixels
        fits are equally likely.
    copies : int
        How often each digit appears, at independent places.
    seed : int, Generator or None
        Seed of the random numbers; None draws new places at every call. The split into training and test
        digits is always the same.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images of shape (n, canvas, canvas, 1), float32 in [0, 1], and labels of shape (n,), int64 from 0
        to 9; n is 1347 · `copies` and 450 · `copies`.

    Raises
    ------
    TypeError, ValueError
        If `canvas` or `copies` is no whole number or too small.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = make_shifted_digits(20, seed=0)
    >>> x_train.shape, y_test.shape
    ((1347, 20, 20, 1), (450,))
    """
    canvas, copies = check_count("canvas", canvas, minimum=DIGIT_SIZE), check_count("copies", copies)
    rng = np.random.default_rng(seed)
    train, test = (
        (_place(np.repeat(x, copies, axis=0), canvas, rng), np.repeat(y, copies))
        for x, y in load_images("digits")
    )
    return train, test


def _place(digits: Images, canvas: int, rng: np.random.Generator) -> Images:
    """Put `digits` (n, 8, 8, 1) on black images (n, canvas, canvas, 1)."""
    top, left = rng.integers(0, canvas - DIGIT_SIZE, (2, len(digits)), endpoint=True)
    pixel = np.arange(DIGIT_SIZE)
    rows, columns = top[:, np.newaxis] + pixel, left[:, np.newaxis] + pixel
    images = np.zeros((len(digits), canvas, canvas, 1), np.float32)
    images[
        np.arange(len(digits))[:, np.newaxis, np.newaxis], rows[:, :, np.newaxis], columns[:, np.newaxis]
    ] = digits
    return images
