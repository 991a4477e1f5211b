"""Outputs of a network over a plane: one output as colours, several classes as regions."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.contour import QuadContourSet
from matplotlib.image import AxesImage

from dlp_keras.plots import colors
from dlp_keras.plots.points import are_classes, class_points

Array: TypeAlias = npt.NDArray[Any]
Extent: TypeAlias = tuple[float, float, float, float]
Limits: TypeAlias = tuple[float, float]


class OutputField:
    """One output (rows, columns) as colours, with the line where it passes half-way."""

    def __init__(self, ax: Axes, values: Array, extent: Extent, limits: Limits) -> None:
        self._extent, self._limits = extent, limits
        self.image = _image(
            ax, values, extent, cmap=colors.FIELD, vmin=limits[0], vmax=limits[1], interpolation="bilinear"
        )
        self._line = self._boundary(values)

    def update(self, values: Array) -> None:
        """Replace the output and its boundary."""
        self.image.set_data(values)
        if self._line is not None:
            self._line.remove()
        self._line = self._boundary(values)

    def _boundary(self, values: Array) -> QuadContourSet | None:
        return boundary_line(self.image.axes, values - sum(self._limits) / 2, self._extent)


class ClassRegions:
    """The most probable class of several, from probabilities (rows, columns, n_classes)."""

    def __init__(self, ax: Axes, values: Array, extent: Extent) -> None:
        self._extent, n_classes = extent, values.shape[-1]
        pale = ListedColormap([colors.paler(color) for color in colors.CLASSES[:n_classes]])
        limits = {"vmin": -0.5, "vmax": n_classes - 0.5}
        cmap = pale.with_extremes(bad="white")
        self.image = _image(ax, self._regions(values), extent, cmap=cmap, interpolation="nearest", **limits)
        self._lines = self._boundaries(values)

    def update(self, values: Array) -> None:
        """Replace the regions and their boundaries."""
        self.image.set_data(self._regions(values))
        for line in filter(None, self._lines):
            line.remove()
        self._lines = self._boundaries(values)

    @staticmethod
    def _regions(values: Array) -> Array:
        return np.ma.masked_where(~np.isfinite(values).all(axis=-1), values.argmax(axis=-1))

    def _boundaries(self, values: Array) -> list[QuadContourSet | None]:
        """Draw where each class is as probable as the best of the others."""
        leads = [
            values[..., number] - np.delete(values, number, axis=-1).max(axis=-1)
            for number in range(values.shape[-1])
        ]
        return [boundary_line(self.image.axes, lead, self._extent) for lead in leads]


def draw_outputs(
    ax: Axes, values: Array, extent: Extent, limits: Limits | None, x: npt.ArrayLike, y: Array
) -> OutputField | ClassRegions:
    """Draw outputs on a grid, their boundary, points and a colour scale; return what can be updated.

    Parameters
    ----------
    ax : Axes
    values : ndarray of shape (rows, columns) or (rows, columns, n_classes)
    extent : (float, float, float, float)
        Left, right, lower and upper edge.
    limits : (float, float) or None
        Outputs that stand for class 0 and class 1; None guesses.
    x : array_like of shape (n, 2)
    y : ndarray of shape (n,)

    Raises
    ------
    ValueError
        If there are more than 10 classes, or `y` holds others than the outputs.
    """
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    if values.ndim == 2:
        limits = limits or guess_limits(values, y)
        field = OutputField(ax, values, extent, limits)
        class_points(ax, x, y)
        _output_bar(field.image, limits, with_markers=are_classes(y))
        return field
    n_classes = values.shape[-1]
    check_classes(y, n_classes)
    regions = ClassRegions(ax, values, extent)
    class_points(ax, x, y, n_classes=n_classes)
    names = [f"{number} {sign}" for number, sign in enumerate(colors.SIGNS[:n_classes])]
    _color_bar(regions.image, list(range(n_classes)), names, "class")
    return regions


def check_labels(y: npt.ArrayLike, n_points: int) -> Array:
    """Return labels or targets as an array (n_points,), or say what is wrong with them."""
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1:
        raise ValueError(
            f"`y` must have one value for each point. Got the shape {labels.shape}. `y.argmax(axis=1)` makes "
            "classes of one-hot rows."
        )
    labels = labels.ravel()
    if len(labels) != n_points:
        raise ValueError(f"`y` must have one value for each point of `x`. Got {len(labels)}, not {n_points}.")
    if labels.dtype.kind not in "biuf" or not np.isfinite(labels).all():
        raise ValueError("`y` must hold finite numbers: classes counted from 0, or targets of a regression.")
    return labels


def check_classes(y: Array, n_classes: int) -> None:
    """Complain of labels that are no classes of a network with so many outputs."""
    if n_classes > len(colors.CLASSES):
        raise ValueError(
            f"The network must have at most {len(colors.CLASSES)} classes to tell their colours apart. "
            f"Got {n_classes} outputs."
        )
    unknown = y[~np.isin(y, range(n_classes))]
    if len(unknown):
        raise ValueError(
            f"`y` must hold the classes 0 to {n_classes - 1}, one for each output of the network. "
            f"Got {unknown[0]}."
        )


def guess_limits(values: npt.ArrayLike, y: npt.ArrayLike) -> Limits:
    """Return (0, 1) where labels and outputs lie within [0, 1], else (−1, 1)."""
    both = np.concatenate([np.ravel(values), np.ravel(y)])
    return (0.0, 1.0) if both.min() >= 0 and both.max() <= 1 else (-1.0, 1.0)


def boundary_line(ax: Axes, height: Array, extent: Extent) -> QuadContourSet | None:
    """Draw the line where `height` (rows, columns) changes its sign; None where it never does."""
    if not height.min() < 0 < height.max():
        return None
    return ax.contour(height, levels=[0], extent=extent, origin="lower", colors=colors.INK, linewidths=1.2)


def _image(ax: Axes, values: Array, extent: Extent, **style: Any) -> AxesImage:
    return ax.imshow(values, origin="lower", extent=extent, aspect="equal", **style)


def _output_bar(image: AxesImage, limits: Limits, with_markers: bool) -> None:
    """Add the colour scale of a network's output, which names the markers of the classes too."""
    middle = (limits[0] + limits[1]) / 2
    signs = (f" {colors.SIGNS[0]}", "", f" {colors.SIGNS[1]}") if with_markers else ("", "", "")
    ticks = [limits[0], middle, limits[1]]
    names = [f"{tick:g}{sign}".replace("-", "−") for tick, sign in zip(ticks, signs, strict=True)]
    _color_bar(image, ticks, names, "output")


def _color_bar(image: AxesImage, ticks: list[float], names: list[str], label: str) -> None:
    # An inset has the height of the picture, whatever the aspect leaves of its axes.
    bar = image.axes.inset_axes((1.04, 0.0, 0.05, 1.0))
    image.axes.figure.colorbar(image, cax=bar, label=label).set_ticks(ticks, labels=names)
