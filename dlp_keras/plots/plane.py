"""Pictures over a plane: outputs of a network, points, the surface of a loss."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.patheffects import withStroke

from dlp_keras.plots import colors
from dlp_keras.plots.outputs import Extent, Limits, check_labels, draw_outputs

Predict: TypeAlias = Callable[[npt.NDArray[np.float32]], npt.ArrayLike]


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
        2 to 10 classes, (n, n_classes). It is called once.
    x : array_like of shape (n, 2)
        Points.
    y : array_like of shape (n,)
        Classes 0 and 1, or −1 and 1, or targets of a regression. With more than two outputs, classes counted
        from 0: each region has the colour of its most probable class.
    limits : (float, float), optional
        Outputs that stand for class 0 and class 1; the boundary lies half-way. The default is (0, 1)
        for labels and outputs within [0, 1], else (−1, 1). More than two classes have none.
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
        If `x` is not of shape (n, 2), `x` or `y` holds NaN, the outputs have another shape, or `y` holds
        classes that they lack.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> decision_boundary(ax, lambda x: x[:, 0] * x[:, 1], [[1, 1], [1, -1]], [1, 0]).get_xlabel()
    '$x_1$'
    """
    extent = extent or extent_around(x)
    labels = check_labels(y, len(np.asarray(x)))
    draw_outputs(ax, evaluate_grid(predict, extent, resolution), extent, limits, x, labels)
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
    if values.ndim > 2:
        raise ValueError(f"`loss` must return one loss for each pair. Got {values.shape[-1]}.")
    levels = np.unique(np.quantile(values, np.linspace(0, 1, 13)))  # every ring covers the same area
    if len(levels) > 1:
        norm = BoundaryNorm(levels, colors.SEQUENTIAL.N)
        rings = ax.contourf(
            values, levels=levels, extent=extent, cmap=colors.SEQUENTIAL, norm=norm, alpha=0.8
        )
        ticks = levels[:: max(1, len(levels) // 5)]
        ax.figure.colorbar(rings, ax=ax, label="loss", ticks=ticks, format=_three_digits)
    ax.plot(
        *steps.T, color=colors.ORANGE, marker=".", path_effects=[withStroke(linewidth=3, foreground="white")]
    )
    ax.plot(*steps[0], color=colors.INK, marker="o", linestyle="", label="start")
    ax.plot(*steps[-1], color=colors.INK, marker="*", markersize=12, linestyle="", label="end")
    ax.set(xlim=extent[:2], ylim=extent[2:], xlabel=labels[0], ylabel=labels[1])
    ax.legend(loc="best")
    return ax


def _three_digits(value: float, _: int | None) -> str:
    """Write a tick with three digits, and without an exponent as long as that is short."""
    return f"{float(f'{value:.3g}'):g}"


def extent_around(x: npt.ArrayLike, margin: float = 0.05) -> Extent:
    """Return the edges of a rectangle around points `x` (n, 2), a `margin` (share of a side) wider."""
    points = np.asarray(x, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"`x` must have the shape (n, 2) with n > 0. Got {points.shape}.")
    if not np.isfinite(points).all():
        bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
        raise ValueError(f"`x` must hold finite numbers. Got {points[bad[0]]} at place {bad[0]}.")
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
    ndarray of shape (resolution, resolution) or (resolution, resolution, n_classes), float64
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
    if outputs.ndim not in {1, 2} or len(outputs) != len(points) or outputs[0].size == 0:
        raise ValueError(
            f"`predict` must return one output, or class probabilities, for each of {len(points)} points. "
            f"Got the shape {outputs.shape}."
        )
    n_outputs = outputs[0].size
    return outputs.reshape(resolution, resolution, *([n_outputs] if n_outputs > 1 else []))
