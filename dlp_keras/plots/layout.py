"""Many small images as one array, so that one artist draws them all."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes


class Montage(NamedTuple):
    """One array of many images, NaN between them, and where each of them lies.

    Attributes
    ----------
    canvas : ndarray of shape (height, width) or (height, width, 3), float
    x, y : ndarray of shape (n,), float
        Pixel coordinates of each image's centre.
    """

    canvas: npt.NDArray[Any]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]


def montage(
    images: npt.NDArray[Any], rows: npt.NDArray[Any], columns: npt.NDArray[Any], gap: tuple[int, int]
) -> Montage:
    """Lay images out on a grid.

    Parameters
    ----------
    images : ndarray of shape (n, height, width) or (n, height, width, 3)
    rows, columns : ndarray of shape (n,), float
        Place of each image, counted from the upper left; a fraction leaves a wider gap.
    gap : (int, int)
        Pixels between rows and between columns.

    Returns
    -------
    Montage

    Examples
    --------
    >>> montage(np.ones((2, 1, 1)), np.array([0, 0]), np.array([0, 1]), gap=(0, 1)).canvas
    array([[ 1., nan,  1.]])
    """
    height, width = images.shape[1:3]
    top = np.rint(rows * (height + gap[0])).astype(int)
    left = np.rint(columns * (width + gap[1])).astype(int)
    canvas = np.full((top.max() + height, left.max() + width, *images.shape[3:]), np.nan)
    for image, row, column in zip(images, top, left, strict=True):
        canvas[row : row + height, column : column + width] = image
    return Montage(canvas, left + (width - 1) / 2, top + (height - 1) / 2)


def in_rows(n_images: int, n_columns: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows and columns of `n_images` laid out line by line."""
    return np.divmod(np.arange(n_images), n_columns)


def scaled(images: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Divide each image (n, height, width) by its largest magnitude; an image of zeros stays."""
    values = np.asarray(images, dtype=np.float64)
    largest = np.abs(values).max(axis=(1, 2), keepdims=True)
    return values / np.where(largest > 0, largest, 1.0)


def axes_size(ax: Axes) -> tuple[float, float]:
    """Width and height of `ax` in inches, before a layout engine has moved it."""
    figure, box = ax.figure, ax.get_position()
    dpi = float(figure.dpi)
    return box.width * figure.bbox.width / dpi, box.height * figure.bbox.height / dpi


def font_size(ax: Axes, shape: tuple[float, float], n_pixels: float, n_letters: int) -> float:
    """Font size (points, 5 … 10) at which `n_letters` fit `n_pixels` of a picture of `shape` in `ax`."""
    width, height = axes_size(ax)
    points_a_pixel = 72 * min(height / shape[0], width / shape[1])
    return float(np.clip(points_a_pixel * n_pixels / (0.62 * n_letters), 5, 10))
