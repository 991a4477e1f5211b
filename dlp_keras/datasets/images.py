"""Labelled images: digits that scikit-learn carries, also shifted, and three sets that Keras downloads."""

import difflib
import os
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dlp_keras.arguments import check_count

Images: TypeAlias = npt.NDArray[np.float32]
Labels: TypeAlias = npt.NDArray[np.int64]
Part: TypeAlias = tuple[Images, Labels]

DOWNLOADED = ("mnist", "fashion_mnist", "cifar10")
NAMES = ("digits", *DOWNLOADED)


def load_images(name: str = "digits") -> tuple[Part, Part]:
    """Load labelled images, split into a training and a test set.

    Parameters
    ----------
    name : {"digits", "mnist", "fashion_mnist", "cifar10"}
        "digits" are 1797 handwritten digits of 8 × 8 pixels that scikit-learn brings (Alpaydin &
        Kaynak 1998, doi 10.24432/C50P49): no network is needed, and one fixed stratified split
        holds back 450 of them. The others are downloaded once by `keras.datasets`, with the split
        of their authors.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images of shape (n, height, width, channels), float32 in [0, 1], and labels of shape (n,),
        int64 from 0 to 9.

    Raises
    ------
    ValueError
        If there is no set of that name.
    OSError
        If a download fails. The error names the folder that would hold the files.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_images("digits")
    >>> x_train.shape, x_test.shape
    ((1347, 8, 8, 1), (450, 8, 8, 1))
    """
    if name == "digits":
        return _load_digits()
    if name in DOWNLOADED:
        return _load_downloaded(name)
    near = difflib.get_close_matches(str(name).lower().replace("-", "_"), NAMES, n=2, cutoff=0.4) or NAMES
    raise ValueError(
        f"`name` must be one of {', '.join(NAMES)}. Got {name!r}. Nearest: {', '.join(near)}.",
    )


def _load_digits() -> tuple[Part, Part]:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x_train, x_test, y_train, y_test = train_test_split(
        digits.images, digits.target, test_size=450, stratify=digits.target, random_state=0
    )
    return _part(x_train, y_train, brightest=16), _part(x_test, y_test, brightest=16)


def _load_downloaded(name: str) -> tuple[Part, Part]:
    import keras

    try:
        train, test = getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise OSError(
            f"The images {name!r} could not be loaded: {error}. Keras downloads them once and keeps them in "
            f"{_cache_folder()} (KERAS_HOME moves it): connect to the network, or copy the files there from "
            'another computer. load_images("digits") works without a network.'
        ) from error
    return _part(train[0], train[1], brightest=255), _part(test[0], test[1], brightest=255)


def _part(images: npt.NDArray[Any], labels: npt.NDArray[Any], brightest: int) -> Part:
    """Scale to [0, 1], add the channel axis where it is missing, and flatten the labels."""
    scaled = np.divide(images, np.float32(brightest), dtype=np.float32, casting="same_kind")
    if scaled.ndim == 3:
        scaled = scaled[..., np.newaxis]
    return scaled, np.asarray(labels, dtype=np.int64).reshape(-1)


def _cache_folder() -> Path:
    """Where Keras keeps what it downloads."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


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
