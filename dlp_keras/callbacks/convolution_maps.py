"""Filters of a convolutional layer and what they see, while a network trains."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from dlp_keras import plots
from dlp_keras.callbacks.model_outputs import Array, shown_layers, submodel, to_numpy
from dlp_keras.callbacks.plot_callback import PlotCallback, Save
from dlp_keras.device import import_keras
from dlp_keras.plots import images

keras = import_keras()


class ConvolutionMaps(PlotCallback):
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
            ax.images[0].set_data(images.convolution_montage(maps).canvas)
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
