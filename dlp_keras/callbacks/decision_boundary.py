"""A network's output over the plane while it trains."""

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from dlp_keras.arguments import check_count, check_pair
from dlp_keras.callbacks.model_outputs import Array, Transform, check_input, output_limits, predictor
from dlp_keras.callbacks.plot_callback import PlotCallback, Save
from dlp_keras.plots import plane
from dlp_keras.plots.outputs import Limits, check_labels, draw_outputs


class DecisionBoundary(PlotCallback):
    """A network's output over the plane, with the points that it learns.

    Parameters
    ----------
    x : array_like of shape (n, 2)
        Points.
    y : array_like of shape (n,) or (n, 1)
        Classes 0 (or −1) and 1, or targets of a regression. For a network of 3 to 10 outputs, such as a
        softmax, classes counted from 0: each region has the colour of its most probable class.
    transform : callable, optional
        Maps points (n, 2) to the network's input, for example `playground_features`.
    limits : (float, float), optional
        Outputs that stand for class 0 and class 1. The default follows the last activation. More than two
        classes have none.
    resolution : int
        Grid points along each side; the network is called once a frame, on all of them.
    every, save
        Epochs between two frames, and where they go.

    Raises
    ------
    ValueError
        If `x` is not of shape (n, 2), `x` or `y` holds NaN, or they differ in length; at the start of a
        training, if the network takes or gives what cannot be drawn.

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
        limits: Limits | None = None,
        resolution: int = 100,
        every: int = 10,
        save: Save = None,
    ) -> None:
        super().__init__(every, save)
        self.x = np.asarray(x, dtype=np.float32)
        self.extent = plane.extent_around(self.x)
        self.y = check_labels(y, len(self.x))
        self.resolution = check_count("resolution", resolution, minimum=2)
        if limits is not None:
            limits = check_pair("limits", limits, -np.inf, np.inf)
        self.transform, self.limits = transform, limits

    def draw(self, figure: Figure, title: str) -> None:
        """Draw output, boundary, points and colour scale."""
        check_input(self.model, plane.grid_points(self.extent, self.resolution), self.transform)
        self._ax = figure.subplots()
        limits = self.limits or output_limits(self.model)
        self._field = draw_outputs(self._ax, self._values(), self.extent, limits, self.x, self.y)
        self._ax.set_title(title)

    def redraw(self, title: str) -> None:
        """Replace the output and its boundary."""
        self._field.update(self._values())
        self._ax.set_title(title)

    def _values(self) -> Array:
        return plane.evaluate_grid(predictor(self.model, self.transform), self.extent, self.resolution)
