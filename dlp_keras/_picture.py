"""The frame under every callback that draws: when to draw, where frames go, what a model shows."""

import os
from abc import abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from dlp_keras.animation import FrameWriter, open_writer
from dlp_keras.device import import_keras
from dlp_keras.display import InlinePicture, figures_folder, in_notebook, to_array, to_png

keras = import_keras()

Array: TypeAlias = npt.NDArray[Any]
Save: TypeAlias = str | os.PathLike[str] | bool | None
Transform: TypeAlias = Callable[[npt.NDArray[np.float32]], npt.ArrayLike] | None

ACTIVATIONS: tuple[Any, ...] = tuple(
    getattr(keras.layers, name) for name in ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
)
"""Layers that hold nothing but the activation of the layer before."""


class Picture(keras.callbacks.Callback):  # type: ignore[name-defined,misc]
    """A figure redrawn every few epochs; subclasses say what is drawn.

    Parameters
    ----------
    every : int
        Epochs between two frames. The state before training and the last epoch are drawn as well.
    save : str, path, False or None
        Where frames go; see the module.

    Raises
    ------
    ValueError
        If `every` is no positive whole number, or `save` has an unknown suffix.
    RuntimeError
        If an MP4 is wanted and ffmpeg is not installed.
    """

    name: ClassVar[str]
    """Name of the file that ``save=None`` writes, without its suffix."""
    layout: ClassVar[Any] = "constrained"

    def __init__(self, every: int = 10, save: Save = None) -> None:
        super().__init__()
        if not isinstance(every, int | np.integer) or every < 1:
            raise ValueError(f"`every` must be a whole number of at least 1. Got {every!r}.")
        if save is True:
            raise ValueError("`save` must be a file name, None or False. Got True.")
        if save:
            open_writer(save)  # complain now, not after an hour of training
        self.every = int(every)
        self.save = save
        self._reset(None, None)

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Start a new picture, and draw the untrained network."""
        path = self._path()
        self._reset(None if path is None else open_writer(path), InlinePicture() if in_notebook() else None)
        self._frame(0)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Draw a frame every few epochs."""
        self._epoch = epoch + 1
        if self._epoch % self.every == 0:
            self._frame(self._epoch)

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Draw the trained network, unless the last epoch did, and finish the file."""
        if self._drawn != self._epoch:
            self._frame(self._epoch)
        if self._writer is not None:
            self._writer.close()
            if self.save is None and self._drawn is not None:
                print(f"Saved {self._writer.path}")

    @abstractmethod
    def draw(self, figure: Figure, title: str) -> None:
        """Draw into a new figure."""

    @abstractmethod
    def redraw(self, title: str) -> None:
        """Bring the artists of the figure up to date."""

    def is_ready(self) -> bool:
        """Tell whether there is something to draw."""
        return True

    def figure_size(self) -> tuple[float, float]:
        """Width and height of the figure in inches."""
        return 4.4, 3.6

    def _reset(self, writer: FrameWriter | None, inline: InlinePicture | None) -> None:
        self._figure: Figure | None = None
        self._writer = writer
        self._inline = inline
        self._epoch = 0
        self._drawn: int | None = None

    def _path(self) -> Path | None:
        if self.save is None:
            return None if in_notebook() else figures_folder() / f"{self.name}.gif"
        return None if self.save is False else Path(os.fspath(self.save))

    def _frame(self, epoch: int) -> None:
        if (self._writer is None and self._inline is None) or not self.is_ready():
            return
        title = f"epoch {epoch}"
        if self._figure is None:
            self._figure = Figure(figsize=self.figure_size(), layout=self.layout, dpi=100)
            self.draw(self._figure, title)
            self._figure.draw_without_rendering()
            self._figure.set_layout_engine("none")  # laid out once: frames cost less and do not jump
        else:
            self.redraw(title)
        self._drawn = epoch
        if self._writer is not None:
            self._writer.add(to_array(self._figure))
        if self._inline is not None:
            self._inline.update(to_png(self._figure))


def to_numpy(tensor: Any) -> Array:
    """Convert a tensor of any backend."""
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def predictor(model: Any, transform: Transform) -> Callable[[npt.NDArray[np.float32]], Array]:
    """Return a function that calls `model` once; `model.predict` costs many times as much on a grid."""

    def predict(points: npt.NDArray[np.float32]) -> Array:
        return to_numpy(model(points if transform is None else transform(points), training=False))

    return predict


def submodel(model: Any, outputs: Any) -> Any:
    """Return the part of a model with one input that ends in `outputs`."""
    return keras.Model(model.inputs[0], outputs)


def output_limits(model: Any) -> tuple[float, float] | None:
    """Outputs of class 0 and 1 by the last activation or a loss of logits; None where neither tells."""
    if getattr(getattr(model, "loss", None), "from_logits", False):
        return -1.0, 1.0
    layers = getattr(model, "layers", None) or [None]
    activation = getattr(getattr(layers[-1], "activation", None), "__name__", "")
    return {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(activation)


def shown_layers(model: Any, kind: type, example: npt.ArrayLike) -> list[tuple[Any, Any]]:
    """Find the layers of one kind in a sequential or functional model, and their output.

    Parameters
    ----------
    model : keras.Model
    kind : type
        Class of the layers.
    example : array_like
        Input of the model, to build it where that has not happened yet.

    Returns
    -------
    list of (layer, output)
        The output lies behind the activation, also where that is a layer of its own.

    Raises
    ------
    ValueError
        If the model has no such layer, or is neither sequential nor functional.
    """
    if not model.built:
        model(example, training=False)
    if len(getattr(model, "inputs", None) or []) != 1:
        raise ValueError(
            f"The model must be sequential or functional, with one input. Got a {type(model).__name__}."
        )
    layers: list[Any] = list(model.layers)
    shown = [
        (layer, _activation_of(layer, successor).output)
        for layer, successor in zip(layers, [*layers[1:], None], strict=True)
        if isinstance(layer, kind)
    ]
    if not shown:
        raise ValueError(f"The model must have a {kind.__name__} layer. Got none in {model.name!r}.")
    return shown


def _activation_of(layer: Any, successor: Any) -> Any:
    return successor if isinstance(successor, ACTIVATIONS) else layer
