"""How well a network does: curves of loss and metrics, and which classes it takes for which."""

from collections.abc import Mapping, Sequence
from typing import Any

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
    true, predicted : array_like of shape (n,), int or str
        Classes: numbers counted from 0, or names.
    class_names : sequence of str, optional
        Names of the classes, in the order of their numbers; the default is the number. Where the classes are
        names, the order of rows and columns; the default is the alphabet's.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `true` and `predicted` are not two lists of one length, or hold neither whole numbers from 0 nor
        names.
    """
    from sklearn import metrics

    labels, guesses = np.asarray(true), np.asarray(predicted)
    if labels.ndim != 1 or labels.shape != guesses.shape or not labels.size:
        raise ValueError(
            f"`true` and `predicted` must have one shape (n,). Got {labels.shape} and {guesses.shape}."
        )
    classes, names = _classes(labels, guesses, class_names)
    counts = metrics.confusion_matrix(labels, guesses, labels=classes)
    # Colours show shares of a true class, so that rare classes are as visible as frequent ones.
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    tick_size, number_size = _confusion_sizes(ax, len(names), max(map(len, names)))
    drawn = metrics.ConfusionMatrixDisplay(shares, display_labels=names).plot(
        ax=ax,
        cmap=colors.SEQUENTIAL,
        colorbar=False,
        im_kw={"vmin": 0, "vmax": 1},
        text_kw={"size": number_size},
        xticks_rotation=90 if max(map(len, names)) > 2 else 0,
    )
    for text, count, share in zip(drawn.text_.flat, counts.flat, shares.flat, strict=True):
        text.set(text=count, color="white" if share > 0.5 else colors.INK, visible=bool(count))
    ax.tick_params(labelsize=tick_size)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.set_title(f"{np.trace(counts)} of {labels.size} right ({np.trace(counts) / labels.size:.1%})")
    return ax


def _classes(
    true: npt.NDArray[Any], predicted: npt.NDArray[Any], class_names: Sequence[str] | None
) -> tuple[npt.NDArray[Any], list[str]]:
    """Return the classes in the order of rows and columns, and the names that stand there."""
    both = np.concatenate([true, predicted])
    if true.dtype.kind == predicted.dtype.kind == "U":
        classes = np.unique(both) if class_names is None else np.asarray(class_names)
        if unknown := sorted(set(both) - set(classes)):
            raise ValueError(f"`class_names` must hold all classes. Got none of the name {unknown[0]!r}.")
        return classes, list(map(str, classes))
    if both.dtype.kind not in "biuf" or (both != np.rint(both)).any():
        raise ValueError(
            "Classes must be whole numbers counted from 0, or names in both lists. Got "
            f"{true.tolist()[0]!r} and {predicted.tolist()[0]!r}. Apply `argmax(axis=1)` to probabilities."
        )
    if both.min() < 0:
        raise ValueError(f"Classes must be counted from 0. Got {both.min()}.")
    n_classes = max(int(both.max()), len(class_names or ()) - 1) + 1
    return np.arange(n_classes), list(class_names or map(str, range(n_classes)))


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
