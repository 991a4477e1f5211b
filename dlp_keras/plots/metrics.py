"""How well a network does: curves of loss and metrics, and which classes it takes for which."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from dlp_keras.plots import colors
from dlp_keras.plots.layout import axes_size


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
        If `true` and `predicted` are not two lists of one length, or hold a negative class.
    """
    labels, guesses = np.asarray(true), np.asarray(predicted)
    if labels.ndim != 1 or labels.shape != guesses.shape or not labels.size:
        raise ValueError(
            f"`true` and `predicted` must have one shape (n,). Got {labels.shape} and {guesses.shape}."
        )
    if min(labels.min(), guesses.min()) < 0:
        raise ValueError(f"Classes must be counted from 0. Got {min(labels.min(), guesses.min())}.")
    n_classes = max(int(labels.max()), int(guesses.max()), len(class_names or ()) - 1) + 1
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (labels.astype(int), guesses.astype(int)), 1)
    # Colours show shares of a true class, so that rare classes are as visible as frequent ones.
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap=colors.SEQUENTIAL, vmin=0, vmax=1)
    names = list(class_names or map(str, range(n_classes)))
    tick_size, number_size = _confusion_sizes(ax, n_classes, max(map(len, names)))
    for row, column in np.argwhere(counts):
        colour = "white" if shares[row, column] > 0.5 else colors.INK
        ax.text(
            column, row, f"{counts[row, column]}", ha="center", va="center", color=colour, size=number_size
        )
    ax.set_xticks(range(n_classes), names, size=tick_size, rotation=90 if max(map(len, names)) > 2 else 0)
    ax.set_yticks(range(n_classes), names, size=tick_size)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.set_title(f"{np.trace(counts)} of {labels.size} right ({np.trace(counts) / labels.size:.1%})")
    return ax


def _confusion_sizes(ax: Axes, n_classes: int, n_letters: int) -> tuple[float, float]:
    """Font sizes of names beside, and of four digits within, square cells that share the axes' room."""
    room = 72 * min(axes_size(ax))
    tick_size = float(np.clip(room / (1.4 * n_classes + 0.62 * n_letters), 4, 10))
    cell = (room - 0.62 * n_letters * tick_size) / n_classes
    return tick_size, float(np.clip(cell / (0.62 * 4), 4, 10))


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
    names = ", ".join(name for name in history if not name.startswith("val_"))
    if metric not in history:
        raise ValueError(f"`metric` must be one of {names or '(none)'}. Got {metric!r}.")
    for key, name, colour, style in (
        (metric, "training", colors.BLUE, "-"),
        (f"val_{metric}", "validation", colors.DARK_ORANGE, "--"),
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
