"""A network's output over the plane while it trains."""

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from dlp_keras.callbacks.model_outputs import Array, Transform, output_limits, predictor
from dlp_keras.callbacks.plot_callback import PlotCallback, Save
from dlp_keras.plots import plane


class DecisionBoundary(PlotCallback):
    """A network's output over the plane, with the points that it learns.

    Parameters
    ----------
    x : array_like of shape (n, 2)
        Points.
    y : array_like of shape (n,) or (n, 1)
        Classes 0 (or −1) and 1, or targets of a regression.
    transform : callable, optional
        Maps points (n, 2) to the network's input, for example `playground_features`.
    limits : (float, float), optional
        Outputs that stand for class 0 and class 1. The default follows the last activation.
    resolution : int
        Grid points along each side; the network is called once a frame, on all of them.
    every, save
        Epochs between two frames, and where they go.

    Examples
    --------
    >>> picture = DecisionBoundary([[0, 0], [1, 1]], [0, 1], every=20, save="training.gif")
    """

    name = "decision_boundary"

    def __init__(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        transform: Transform = None,
        limits: plane.Limits | None = None,
        resolution: int = 100,
        every: int = 10,
        save: Save = None,
    ) -> None:
        super().__init__(every, save)
        self.x, self.y = np.asarray(x, dtype=np.float32), np.ravel(y)
        self.extent = plane.extent_around(self.x)
        if len(self.x) != len(self.y):
            raise ValueError(
                f"`y` must have one value for each point of `x`. Got {len(self.y)}, not {len(self.x)}."
            )
        self.transform, self.limits, self.resolution = transform, limits, resolution

    def draw(self, figure: Figure, title: str) -> None:
        """Draw output, boundary, points and colour scale."""
        values = self._values()
        self._shown_limits = self.limits or output_limits(self.model) or plane.guess_limits(values, self.y)
        self._ax = figure.subplots()
        self._image = plane.heat_map(self._ax, values, self.extent, self._shown_limits)
        self._line = plane.boundary_line(self._ax, values, self.extent, self._shown_limits)
        plane.class_points(self._ax, self.x, self.y)
        plane.output_bar(self._image, self._shown_limits, with_markers=plane.are_classes(self.y))
        self._ax.set_title(title)

    def redraw(self, title: str) -> None:
        """Replace the output and its boundary."""
        values = self._values()
        self._image.set_data(values)
        if self._line is not None:
            self._line.remove()
        self._line = plane.boundary_line(self._ax, values, self.extent, self._shown_limits)
        self._ax.set_title(title)

    def _values(self) -> Array:
        return plane.evaluate_grid(predictor(self.model, self.transform), self.extent, self.resolution)
