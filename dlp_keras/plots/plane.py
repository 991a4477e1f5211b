"""Pictures over a plane: outputs of a network, points, the surface of a loss."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.contour import QuadContourSet
from matplotlib.image import AxesImage
from matplotlib.patheffects import withStroke

from dlp_keras.plots import colors
from dlp_keras.plots.layout import axes_size

Array: TypeAlias = npt.NDArray[Any]
Predict: TypeAlias = Callable[[npt.NDArray[np.float32]], npt.ArrayLike]
Extent: TypeAlias = tuple[float, float, float, float]
Limits: TypeAlias = tuple[float, float]


def decision_boundary(
    ax: Axes,
    predict: Predict,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    limits: Limits | None = None,
    extent: Extent | None = None,
    resolution: int = 100,
) -> Axes:
    """Draw a network's output over the plane, its decision boundary, and the points.

    Parameters
    ----------
    ax : Axes
    predict : callable
        Maps points (n, 2), float32, to one output a point, (n,) or (n, 1), or to the probabilities of
        two classes, (n, 2). It is called once.
    x : array_like of shape (n, 2)
        Points.
    y : array_like of shape (n,)
        Classes 0 and 1, or −1 and 1, or targets of a regression.
    limits : (float, float), optional
        Outputs that stand for class 0 and class 1; the boundary lies half-way. The default is (0, 1)
        for labels and outputs within [0, 1], else (−1, 1).
    extent : (float, float, float, float), optional
        Left, right, lower and upper edge. The default holds all points.
    resolution : int
        Grid points along each side.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `x` is not of shape (n, 2), or the outputs have another shape.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> decision_boundary(ax, lambda x: x[:, 0] * x[:, 1], [[1, 1], [1, -1]], [1, 0]).get_xlabel()
    '$x_1$'
    """
    extent = extent or extent_around(x)
    values = evaluate_grid(predict, extent, resolution)
    limits = limits or guess_limits(values, y)
    image = heat_map(ax, values, extent, limits)
    boundary_line(ax, values, extent, limits)
    class_points(ax, x, y)
    output_bar(image, limits, with_markers=are_classes(y))
    return ax


def loss_surface_path(
    ax: Axes,
    loss: Predict,
    path: npt.ArrayLike,
    *,
    extent: Extent | None = None,
    labels: tuple[str, str] = ("weight", "bias"),
    resolution: int = 100,
) -> Axes:
    """Draw contours of a loss of two parameters, and the path that a descent took.

    Parameters
    ----------
    ax : Axes
    loss : callable
        Maps parameters (n, 2) to losses (n,). It is called once.
    path : array_like of shape (n_steps, 2)
        Parameters at the start and after each step.
    extent : (float, float, float, float), optional
        Left, right, lower and upper edge. The default holds the path and as much again around it.
    labels : (str, str)
        Names of the two parameters.
    resolution : int
        Grid points along each side.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `path` is not of shape (n_steps, 2), or `loss` returns another shape.
    """
    steps = np.asarray(path, dtype=np.float64)
    extent = extent or extent_around(steps, margin=0.5)
    values = evaluate_grid(loss, extent, resolution)
    levels = np.unique(np.quantile(values, np.linspace(0, 1, 13)))  # every ring covers the same area
    if len(levels) > 1:
        norm = BoundaryNorm(levels, colors.SEQUENTIAL.N)
        rings = ax.contourf(
            values, levels=levels, extent=extent, cmap=colors.SEQUENTIAL, norm=norm, alpha=0.8
        )
        ticks = levels[:: max(1, len(levels) // 5)]
        ax.figure.colorbar(rings, ax=ax, label="loss", ticks=ticks, format="%.3g")
    ax.plot(
        *steps.T, color=colors.ORANGE, marker=".", path_effects=[withStroke(linewidth=3, foreground="white")]
    )
    ax.plot(*steps[0], color=colors.INK, marker="o", linestyle="", label="start")
    ax.plot(*steps[-1], color=colors.INK, marker="*", markersize=12, linestyle="", label="end")
    ax.set(xlim=extent[:2], ylim=extent[2:], xlabel=labels[0], ylabel=labels[1])
    ax.legend(loc="best")
    return ax


def extent_around(x: npt.ArrayLike, margin: float = 0.05) -> Extent:
    """Return the edges of a rectangle around points `x` (n, 2), a `margin` (share of a side) wider."""
    points = np.asarray(x, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"`x` must have the shape (n, 2) with n > 0. Got {points.shape}.")
    lower, upper = points.min(axis=0), points.max(axis=0)
    pad = margin * np.where(upper > lower, upper - lower, 1.0)
    (left, bottom), (right, top) = lower - pad, upper + pad
    return float(left), float(right), float(bottom), float(top)


def grid_points(extent: Extent, resolution: int) -> npt.NDArray[np.float32]:
    """Return the points (resolution², 2) of a grid over `extent`, line by line from below."""
    x1 = np.linspace(extent[0], extent[1], resolution, dtype=np.float32)
    x2 = np.linspace(extent[2], extent[3], resolution, dtype=np.float32)
    return np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def evaluate_grid(predict: Predict, extent: Extent, resolution: int = 100) -> npt.NDArray[np.float64]:
    """Evaluate `predict` on a grid in one call.

    Parameters
    ----------
    predict : callable
        As for `decision_boundary`.
    extent : (float, float, float, float)
        Left, right, lower and upper edge.
    resolution : int
        Grid points along each side.

    Returns
    -------
    ndarray of shape (resolution, resolution), float64
        Outputs, the first row at the lower edge; of two class probabilities that of class 1.

    Raises
    ------
    ValueError
        If `predict` returns another shape.
    """
    points = grid_points(extent, resolution)
    outputs = np.asarray(predict(points), dtype=np.float64)
    if outputs.shape == (len(points), 2):
        outputs = outputs[:, 1]
    if outputs.shape not in {(len(points),), (len(points), 1)}:
        raise ValueError(
            "`predict` must return one output or two class probabilities for each of "
            f"{len(points)} points. Got the shape {outputs.shape}."
        )
    return outputs.reshape(resolution, resolution)


def guess_limits(values: npt.ArrayLike, y: npt.ArrayLike) -> Limits:
    """Return (0, 1) where labels and outputs lie within [0, 1], else (−1, 1)."""
    both = np.concatenate([np.ravel(values), np.ravel(y)])
    return (0.0, 1.0) if both.min() >= 0 and both.max() <= 1 else (-1.0, 1.0)


def heat_map(ax: Axes, values: Array, extent: Extent, limits: Limits) -> AxesImage:
    """Draw outputs on a grid (rows, columns) as colours; return the image, to update it."""
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return ax.imshow(
        values,
        origin="lower",
        extent=extent,
        cmap=colors.FIELD,
        vmin=limits[0],
        vmax=limits[1],
        interpolation="bilinear",
        aspect="equal",
    )


def boundary_line(ax: Axes, values: Array, extent: Extent, limits: Limits) -> QuadContourSet | None:
    """Draw the line where outputs (rows, columns) pass half-way; None where they never do."""
    level = (limits[0] + limits[1]) / 2
    if not values.min() < level < values.max():
        return None
    return ax.contour(
        values, levels=[level], extent=extent, origin="lower", colors=colors.INK, linewidths=1.2
    )


def class_points(ax: Axes, x: npt.ArrayLike, y: npt.ArrayLike, *, size: float | None = None) -> Axes:
    """Draw points in the colour of their class or target.

    Parameters
    ----------
    ax : Axes
    x : array_like of shape (n, 2)
    y : array_like of shape (n,) or (n, 1)
        Classes 0 (or −1) and 1, drawn as orange triangles and blue discs; other values, the targets
        of a regression, as discs coloured from −1 to 1.
    size : float, optional
        Area of a marker in points²; the default follows the width of `ax`.

    Returns
    -------
    Axes
    """
    points, labels = np.asarray(x), np.ravel(y)
    size = float(np.clip(2 * axes_size(ax)[0] ** 2, 5, 20)) if size is None else size
    if not are_classes(labels):
        style: dict[str, Any] = {"cmap": colors.DIVERGING, "vmin": -1, "vmax": 1}
        ax.scatter(
            points[:, 0], points[:, 1], s=size, c=labels, edgecolors=colors.INK, linewidths=0.3, **style
        )
        return ax
    for chosen, colour, edge, marker, name in (
        (labels <= 0, colors.ORANGE, colors.DARK_ORANGE, colors.NEGATIVE_MARKER, "class 0"),
        (labels > 0, colors.BLUE, colors.DARK_BLUE, colors.POSITIVE_MARKER, "class 1"),
    ):
        style = {"marker": marker, "edgecolors": edge, "linewidths": 0.5, "label": name}
        ax.scatter(points[chosen, 0], points[chosen, 1], s=size, color=colour, **style)
    return ax


def are_classes(y: npt.ArrayLike) -> bool:
    """Tell whether `y` holds classes 0 and 1, or −1 and 1, and no targets of a regression."""
    return bool(np.isin(y, (-1, 0, 1)).all())


def output_bar(image: AxesImage, limits: Limits, with_markers: bool = True) -> None:
    """Add the colour scale of a network's output, which names the markers of the classes too."""
    middle = (limits[0] + limits[1]) / 2
    signs = (f" {colors.NEGATIVE_SIGN}", "", f" {colors.POSITIVE_SIGN}") if with_markers else ("", "", "")
    ticks = (limits[0], middle, limits[1])
    names = [f"{tick:g}{sign}".replace("-", "−") for tick, sign in zip(ticks, signs, strict=True)]
    # An inset has the height of the picture, whatever the aspect leaves of its axes.
    bar = image.axes.inset_axes((1.04, 0.0, 0.05, 1.0))
    image.axes.figure.colorbar(image, cax=bar, label="output").set_ticks(ticks, labels=names)
