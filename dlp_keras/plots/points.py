"""Points in a plane, in the colours and markers of their classes or the colours of their targets."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from dlp_keras.plots import colors
from dlp_keras.plots.layout import axes_size


def class_points(
    ax: Axes, x: npt.ArrayLike, y: npt.ArrayLike, *, size: float | None = None, n_classes: int = 2
) -> Axes:
    """Draw points in the colour of their class or target.

    Parameters
    ----------
    ax : Axes
    x : array_like of shape (n, 2)
    y : array_like of shape (n,) or (n, 1)
        Classes 0 (or −1) and 1, drawn as orange triangles and blue discs; other values, the targets
        of a regression, as discs coloured from −1 to 1. With more than two classes, their numbers from 0.
    size : float, optional
        Area of a marker in points²; the default follows the width of `ax`.
    n_classes : int
        Number of classes, 2 to 10.

    Returns
    -------
    Axes
    """
    points, labels = np.asarray(x), np.ravel(y)
    size = float(np.clip(2 * axes_size(ax)[0] ** 2, 5, 20)) if size is None else size
    if n_classes == 2 and not are_classes(labels):
        style: dict[str, Any] = {"cmap": colors.DIVERGING, "vmin": -1, "vmax": 1}
        ax.scatter(
            points[:, 0], points[:, 1], s=size, c=labels, edgecolors=colors.INK, linewidths=0.3, **style
        )
        return ax
    for number in range(n_classes):
        chosen = np.maximum(labels, 0) == number
        ax.scatter(
            points[chosen, 0],
            points[chosen, 1],
            s=size,
            color=colors.CLASSES[number],
            edgecolors=colors.darker(colors.CLASSES[number]),
            linewidths=0.5,
            marker=colors.MARKERS[number],
            label=f"class {number}",
        )
    return ax


def are_classes(y: npt.ArrayLike) -> bool:
    """Tell whether `y` holds classes 0 and 1, or −1 and 1, and no targets of a regression."""
    return bool(np.isin(y, (-1, 0, 1)).all())
