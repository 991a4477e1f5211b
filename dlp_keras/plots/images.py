"""Pictures of many small images: neurons, filters, feature maps, samples."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from dlp_keras.plots import colors
from dlp_keras.plots.layout import Montage, font_size, in_rows, montage, scaled

Array: TypeAlias = npt.NDArray[Any]


def neuron_maps(
    ax: Axes, maps: Sequence[npt.ArrayLike], names: Sequence[str] | None = None, *, max_rows: int = 8
) -> Axes:
    """Draw the output of every neuron over the plane, one column of maps for each layer.

    Parameters
    ----------
    ax : Axes
    maps : sequence of array_like of shape (rows, columns, n_neurons)
        Outputs of each layer on a grid, the first row at the lower edge. Each map is scaled by its
        largest magnitude; a neuron that is zero everywhere is grey.
    names : sequence of str, optional
        Names of the layers; the default counts them.
    max_rows : int
        Neurons below each other before a layer takes another column.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `maps` is empty, or `names` has another length.
    """
    names = [str(number + 1) for number in range(len(maps))] if names is None else names
    if not len(maps) or len(maps) != len(names):
        raise ValueError(f"`maps` must hold one array for each of `names`. Got {len(maps)} and {len(names)}.")
    picture, layer_of = neuron_montage(maps, max_rows)
    _draw_montage(ax, picture, vmin=-1, vmax=1)
    centres = [float(picture.x[layer_of == layer].mean()) for layer in range(len(maps))]
    rows = np.unique(picture.y)
    room = min(np.diff(centres), default=picture.canvas.shape[1])
    size = font_size(ax, picture.canvas.shape, room, max(map(len, names)))
    ax.set_xticks(centres, names, fontsize=size)
    ax.set_yticks(rows, [str(number + 1) for number in range(len(rows))])
    ax.set(xlabel="layer", ylabel="neuron")
    return ax


def neuron_montage(maps: Sequence[npt.ArrayLike], max_rows: int = 8) -> tuple[Montage, Array]:
    """Lay out `maps` as `neuron_maps` draws them; return them with the layer of each neuron."""
    layers = [np.moveaxis(np.asarray(layer), -1, 0) for layer in maps]
    counts = [len(layer) for layer in layers]
    offsets = np.cumsum([0.0, *(-(-count // max_rows) + 0.4 for count in counts)])
    rows = np.concatenate([np.arange(count) % max_rows for count in counts])
    columns = np.concatenate(
        [start + np.arange(count) // max_rows for start, count in zip(offsets, counts, strict=False)]
    )
    images = scaled(np.concatenate(layers))[:, ::-1]  # the canvas counts its rows from above
    gap = max(1, images.shape[1] // 12)
    return montage(images, rows, columns, (gap, gap)), np.repeat(np.arange(len(counts)), counts)


def convolution_maps(
    ax: Axes, maps: npt.ArrayLike, *, n_columns: int | None = None, name: str = "filter"
) -> Axes:
    """Draw the filters or the feature maps of a convolutional layer, side by side.

    Parameters
    ----------
    ax : Axes
    maps : array_like of shape (height, width, n_maps) or (height, width, n_channels, n_maps)
        Feature maps of one image, or a layer's kernel, which is averaged over its input channels.
        Each map is scaled by its largest magnitude.
    n_columns : int, optional
        Maps in a row; the default makes the picture about square.
    name : str
        What a map is.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `maps` has another number of axes.
    """
    n_maps = np.shape(maps)[-1] if np.ndim(maps) in (3, 4) else 0
    if not n_maps:
        raise ValueError(
            "`maps` must have the shape (height, width, n_maps) or (height, width, n_channels, n_maps). "
            f"Got {np.shape(maps)}."
        )
    n_columns = n_columns or _about_square(n_maps)
    picture = convolution_montage(maps, n_columns)
    _draw_montage(ax, picture, vmin=-1, vmax=1)
    first = np.arange(0, n_maps, n_columns)
    last = np.minimum(first + n_columns, n_maps)
    labels = [f"{a + 1}–{b}" if b > a + 1 else f"{b}" for a, b in zip(first, last, strict=True)]
    ax.set_yticks(picture.y[first], labels)
    ax.set_xticks([])
    ax.set_ylabel(name)
    return ax


def convolution_montage(maps: npt.ArrayLike, n_columns: int | None = None) -> Montage:
    """Lay out `maps` as `convolution_maps` draws them."""
    values = np.asarray(maps, dtype=np.float64)
    values = np.moveaxis(values.mean(axis=2) if values.ndim == 4 else values, -1, 0)
    gap = max(1, values.shape[1] // 8)
    return montage(scaled(values), *in_rows(len(values), n_columns or _about_square(len(values))), (gap, gap))


def image_grid(
    ax: Axes,
    images: npt.ArrayLike,
    true: npt.ArrayLike | None = None,
    predicted: npt.ArrayLike | None = None,
    *,
    class_names: Sequence[str] | None = None,
    n_columns: int = 8,
) -> Axes:
    """Draw images with their true and predicted classes, for example the worst mistakes.

    Parameters
    ----------
    ax : Axes
    images : array_like of shape (n, height, width), (n, height, width, 1) or (n, height, width, 3)
        Grey values or colours in [0, 1].
    true, predicted : array_like of shape (n,), int, optional
        Classes, written below each image as ``true → predicted``, bold where they differ.
    class_names : sequence of str, optional
        Names of the classes; the default is their number.
    n_columns : int
        Images in a row.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `images` has another shape or is empty, or the labels have another length.
    """
    pictures = np.asarray(images, dtype=np.float64)
    if pictures.ndim == 4 and pictures.shape[-1] == 1:
        pictures = pictures[..., 0]
    if not len(pictures) or not (pictures.ndim == 3 or (pictures.ndim == 4 and pictures.shape[-1] == 3)):
        raise ValueError(
            f"`images` must have the shape (n, height, width[, 1 or 3]). Got {np.shape(images)}."
        )
    n_columns = min(n_columns, len(pictures))
    labels = [np.asarray(labels) for labels in (true, predicted) if labels is not None]
    if any(label.shape != (len(pictures),) for label in labels):
        shapes = ", ".join(str(label.shape) for label in labels)
        raise ValueError(
            f"Labels must be one label for each of {len(pictures)} images. Got the shapes {shapes}."
        )
    height, width = pictures.shape[1:3]
    gap = (-(-height // 2) if labels else -(-height // 8), -(-width // 6))
    layout = montage(pictures, *in_rows(len(pictures), n_columns), gap)
    _draw_montage(ax, layout, cmap="gray", vmin=0, vmax=1)
    ax.set_xticks([])
    ax.set_yticks([])
    if labels:
        ax.set_ylim(len(layout.canvas) + gap[0] - 0.5, -0.5)
        _captions(ax, layout, pictures.shape[1:3], np.stack(labels), class_names)
        ax.set_xlabel("true → predicted class" if len(labels) == 2 else "class")
    return ax


def _about_square(n_images: int) -> int:
    return int(np.ceil(np.sqrt(n_images)))


def _draw_montage(ax: Axes, picture: Montage, **style: Any) -> None:
    ax.imshow(picture.canvas, interpolation="nearest", aspect="equal", **({"cmap": colors.DIVERGING} | style))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def _captions(
    ax: Axes, layout: Montage, shape: tuple[int, ...], labels: Array, class_names: Sequence[str] | None
) -> None:
    """Write ``true → predicted`` below each image, long names in two lines; mistakes are bold."""
    arrow = " → " if class_names is None else "\n→ "
    texts = [
        arrow.join(str(label) if class_names is None else class_names[int(label)] for label in pair)
        for pair in labels.T
    ]
    longest = max(len(line) for text in texts for line in text.split("\n"))
    size = font_size(ax, layout.canvas.shape[:2], 1.1 * shape[1], longest)
    for x, y, text, pair in zip(layout.x, layout.y, texts, labels.T, strict=True):
        is_wrong = pair[0] != pair[-1]
        weight, colour = ("bold", colors.DARK_ORANGE) if is_wrong else ("normal", colors.INK)
        ax.text(x, y + 0.53 * shape[0], text, ha="center", va="top", size=size, weight=weight, color=colour)
