"""Pictures of data, networks and training, drawn on given axes.

Every function takes arrays (and a `predict` callable), draws on `ax` and returns it; none calls
``show()`` and none needs Keras. Orange stands for negative values and class 0, blue for positive
values and class 1, as in the TensorFlow Playground.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from dlp_keras import _palette as palette
from dlp_keras._plots_plane import (
    class_points,
    decision_boundary,
    evaluate_grid,
    extent_around,
    loss_surface_path,
)
from dlp_keras._plots_tiles import convolution_maps, image_grid, neuron_maps
from dlp_keras._tiles import font_size

__all__ = [
    "class_points",
    "confusion_matrix",
    "convolution_maps",
    "decision_boundary",
    "evaluate_grid",
    "extent_around",
    "image_grid",
    "loss_curves",
    "loss_surface_path",
    "neuron_maps",
]


def confusion_matrix(
    ax: Axes, true: npt.ArrayLike, predicted: npt.ArrayLike, *, class_names: Sequence[str] | None = None
) -> Axes:
    """Draw how many samples of each true class were taken for each class.

    Parameters
    ----------
    ax : Axes
    true, predicted : array_like of shape (n,), int
        Classes counted from 0.
    class_names : sequence of str, optional
        Names of the classes; the default is their number.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `true` and `predicted` are not two lists of classes of one length.
    """
    labels, guesses = np.asarray(true), np.asarray(predicted)
    if labels.ndim != 1 or labels.shape != guesses.shape or not labels.size:
        raise ValueError(
            f"`true` and `predicted` must have one shape (n,). Got {labels.shape} and {guesses.shape}."
        )
    n_classes = max(int(labels.max()), int(guesses.max()), len(class_names or ()) - 1) + 1
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (labels.astype(int), guesses.astype(int)), 1)
    # Colours show shares of a true class, so that rare classes are as visible as frequent ones.
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap=palette.SEQUENTIAL, vmin=0, vmax=1)
    size = font_size(ax, shares.shape, 1, 4)
    for row, column in np.argwhere(counts):
        colour = "white" if shares[row, column] > 0.5 else palette.INK
        ax.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour, fontsize=size)
    names = list(class_names or map(str, range(n_classes)))
    ax.set_xticks(range(n_classes), names, rotation=90 if max(map(len, names)) > 2 else 0)
    ax.set_yticks(range(n_classes), names)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.set_title(f"{np.trace(counts)} of {labels.size} right ({np.trace(counts) / labels.size:.1%})")
    return ax


def loss_curves(
    ax: Axes, history: Mapping[str, Sequence[float]], metric: str = "loss", *, log: bool = False
) -> Axes:
    """Draw a metric against the epoch, for the training and, where there is one, the validation set.

    Parameters
    ----------
    ax : Axes
    history : mapping of str to sequence of float
        Values after each epoch, as ``History.history`` of Keras: ``metric`` and ``val_`` + `metric`.
    metric : str
        What to draw.
    log : bool
        Logarithmic axis.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `history` knows no such metric.
    """
    if metric not in history:
        raise ValueError(f"`metric` must be one of {', '.join(history) or '(none)'}. Got {metric!r}.")
    for key, name, colour, style in (
        (metric, "training", palette.BLUE, "-"),
        (f"val_{metric}", "validation", palette.DARK_ORANGE, "--"),
    ):
        if key in history:
            values = np.asarray(history[key], dtype=np.float64)
            epochs = np.flatnonzero(np.isfinite(values)) + 1  # a metric may be missing in some epochs
            ax.plot(epochs, values[epochs - 1], color=colour, linestyle=style, label=name)
    ax.set(xlabel="epoch", ylabel=metric.replace("_", " "), yscale="log" if log else "linear")
    ax.grid(alpha=0.3)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(loc="best")
    return ax
