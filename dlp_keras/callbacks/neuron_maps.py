"""The output of every neuron over the plane while a network trains."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from dlp_keras import plots
from dlp_keras.callbacks.model_outputs import Array, Transform, shown_layers, submodel, to_numpy
from dlp_keras.callbacks.plot_callback import PlotCallback, Save
from dlp_keras.device import import_keras
from dlp_keras.plots import images, plane

keras = import_keras()


class NeuronMaps(PlotCallback):
    """The output of every neuron over the plane, layer by layer.

    Parameters
    ----------
    x : array_like of shape (n, 2)
        Points, for the part of the plane they cover.
    transform : callable, optional
        Maps points (n, 2) to the network's input, for example `playground_features`.
    resolution : int
        Grid points along each side of a map; the network is called once a frame.
    every, save
        Epochs between two frames, and where they go.

    Examples
    --------
    >>> picture = NeuronMaps([[-5, -5], [5, 5]], save="neurons.png")
    """

    name = "neuron_maps"

    def __init__(
        self,
        x: npt.ArrayLike,
        *,
        transform: Transform = None,
        resolution: int = 40,
        every: int = 10,
        save: Save = None,
    ) -> None:
        super().__init__(every, save)
        self.extent = plane.extent_around(x)
        self.transform, self.resolution = transform, resolution

    def figure_size(self) -> tuple[float, float]:
        """Two thirds of an inch for each map."""
        counts = [int(output.shape[-1]) for _, output in self._layers()]
        columns = sum(-(-count // 8) + 0.4 for count in counts)
        return max(2.8, 0.62 * columns + 0.8), max(2.4, 0.62 * min(8, max(counts)) + 1.1)

    def draw(self, figure: Figure, title: str) -> None:
        """Draw all maps as one image."""
        outputs = [output for _, output in self._layers()]
        self._outputs = submodel(self.model, outputs)
        self._ax = figure.subplots()
        names = [*(str(number) for number in range(1, len(outputs))), "output"]
        plots.neuron_maps(self._ax, self._maps(), names)
        self._ax.set_title(title)

    def redraw(self, title: str) -> None:
        """Replace the image."""
        self._ax.images[0].set_data(images.neuron_montage(self._maps())[0].canvas)
        self._ax.set_title(title)

    def _layers(self) -> list[tuple[Any, Any]]:
        return shown_layers(self.model, keras.layers.Dense, self._inputs()[:1])

    def _inputs(self) -> Array:
        points = plane.grid_points(self.extent, self.resolution)
        return points if self.transform is None else np.asarray(self.transform(points))

    def _maps(self) -> list[Array]:
        outputs = self._outputs(self._inputs(), training=False)
        outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
        return [to_numpy(layer).reshape(self.resolution, self.resolution, -1) for layer in outputs]
