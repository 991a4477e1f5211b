"""What every callback that draws shares: when it draws, and where its frames go."""

import os
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from dlp_keras.callbacks.animation import FrameWriter, open_writer
from dlp_keras.device import import_keras
from dlp_keras.display import InlinePicture, figures_folder, in_notebook, to_array, to_png

keras = import_keras()

Save: TypeAlias = str | os.PathLike[str] | bool | None


class PlotCallback(keras.callbacks.Callback):  # type: ignore[name-defined,misc]
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
            if self._drawn is not None:
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
