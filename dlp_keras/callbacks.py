"""Keras callbacks that draw a network while it trains.

In a notebook each of them updates one figure in place. In a terminal it saves frames: ``save``
names a ``.gif``, ``.mp4`` or ``.png``, which is complete after every frame, also when training stops
on an exception or Ctrl-C. ``save=None`` writes ``figures/NAME.gif`` in a terminal and nothing in a
notebook; ``save=False`` never writes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from dlp_keras import _plots_plane as plane
from dlp_keras import _plots_tiles as tiles
from dlp_keras import plots
from dlp_keras._loss_curves import LossCurves
from dlp_keras._picture import (
    Array,
    Picture,
    Save,
    Transform,
    output_limits,
    predictor,
    shown_layers,
    submodel,
    to_numpy,
)
from dlp_keras.device import import_keras

keras = import_keras()

__all__ = ["ConvolutionMaps", "DecisionBoundary", "LossCurves", "NeuronMaps"]


class DecisionBoundary(Picture):
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


class NeuronMaps(Picture):
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
        self._ax.images[0].set_data(tiles.neuron_mosaic(self._maps())[0].canvas)
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


class ConvolutionMaps(Picture):
    """Filters of a convolutional layer, and its feature maps of one image.

    Parameters
    ----------
    image : array_like of shape (height, width, channels) or (height, width)
        What the network looks at.
    layer : str or int, optional
        Name of the layer, or its number among the convolutional layers; the default is the first.
    every, save
        Epochs between two frames, and where they go.

    Examples
    --------
    >>> picture = ConvolutionMaps(np.zeros((8, 8, 1)), layer=0, every=1)
    """

    name = "convolution_maps"

    def __init__(
        self, image: npt.ArrayLike, *, layer: str | int = 0, every: int = 10, save: Save = None
    ) -> None:
        super().__init__(every, save)
        self.image = np.asarray(image, dtype=np.float32)
        if self.image.ndim == 2:
            self.image = self.image[..., np.newaxis]
        if self.image.ndim != 3:
            raise ValueError(f"`image` must have the shape (height, width, channels). Got {np.shape(image)}.")
        self.layer = layer

    def figure_size(self) -> tuple[float, float]:
        """Room for three pictures beside each other."""
        return 8.4, 3.0

    def draw(self, figure: Figure, title: str) -> None:
        """Draw the image, the filters and the feature maps."""
        self._convolution, output = self._find_layer()
        self._features = submodel(self.model, output)
        axes = figure.subplots(1, 3, width_ratios=[1, 1.4, 1.4], gridspec_kw={"wspace": 0.08})
        n_colours = 3 if self.image.shape[-1] == 3 else 1
        plots.image_grid(axes[0], self.image[np.newaxis, ..., :n_colours])
        axes[0].set_title("image")
        self._filters, self._maps = axes[1], axes[2]
        plots.convolution_maps(self._filters, self._kernel(), name="filter")
        plots.convolution_maps(self._maps, self._feature_maps(), name="feature map")
        self._retitle(title)

    def redraw(self, title: str) -> None:
        """Replace filters and feature maps."""
        for ax, maps in ((self._filters, self._kernel()), (self._maps, self._feature_maps())):
            ax.images[0].set_data(tiles.convolution_mosaic(maps).canvas)
        self._retitle(title)

    def _retitle(self, title: str) -> None:
        self._filters.set_title(f"filters of {self._convolution.name}")
        self._maps.set_title(f"feature maps, {title}")

    def _find_layer(self) -> tuple[Any, Any]:
        found = shown_layers(self.model, keras.layers.Conv2D, self.image[np.newaxis])
        by_key = {layer.name: (layer, output) for layer, output in found} | dict(enumerate(found))
        if self.layer not in by_key:
            names = ", ".join(layer.name for layer, _ in found)
            raise ValueError(f"`layer` must be one of {names}, or its number. Got {self.layer!r}.")
        layer, output = by_key[self.layer]
        return layer, output

    def _kernel(self) -> Array:
        kernel: Array = self._convolution.get_weights()[0]
        return kernel

    def _feature_maps(self) -> Array:
        maps: Array = to_numpy(self._features(self.image[np.newaxis], training=False))[0]
        return maps
