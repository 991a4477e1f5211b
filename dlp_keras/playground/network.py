"""The Playground's network in NumPy: what every neuron makes of a plane of points."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

LIMIT = 6.0
"""Maps show −6 … 6 in both coordinates."""
MAP_SIZE = 100
"""Points along each side of the large map."""
SMALL_STEP = 4
"""A neuron's small map has every fourth of them."""


def _sigmoid(z: Array) -> Array:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z), np.float32)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": _sigmoid,
    "linear": lambda z: z,
}


def compute_layers(
    weights: Sequence[Array], x: Array, activation: str, output_activation: str
) -> list[Array]:
    """Compute the outputs of every layer.

    Parameters
    ----------
    weights : sequence of array
        Kernel (n_inputs, n_outputs) and bias (n_outputs,) of each layer in turn, as Keras lists them.
    x : array of shape (n, n_features), float32
    activation, output_activation : {"tanh", "relu", "sigmoid", "linear"}

    Returns
    -------
    list of array of shape (n, units), float32
    """
    outputs = []
    with np.errstate(over="ignore", invalid="ignore"):
        for index in range(0, len(weights), 2):
            is_last = index == len(weights) - 2
            function = ACTIVATIONS[output_activation if is_last else activation]
            x = function(x @ weights[index] + weights[index + 1])
            outputs.append(x)
    return outputs


def make_grid() -> Array:
    """Return the points of a large map, row by row from the top: shape (MAP_SIZE², 2), float32."""
    centres = (np.arange(MAP_SIZE, dtype=np.float32) + 0.5) * (2 * LIMIT / MAP_SIZE) - LIMIT
    x1, x2 = np.meshgrid(centres, centres[::-1])
    return np.stack([x1.ravel(), x2.ravel()], axis=1)


def to_bytes(values: Array) -> npt.NDArray[np.uint8]:
    """Map −1 … 1 to 1 … 255, 0 to 128; what lies outside to the ends, what is no number to 0."""
    with np.errstate(invalid="ignore"):
        scaled = np.rint(np.clip(values, -1, 1) * 127 + 128)
    return np.nan_to_num(scaled, nan=0.0).astype(np.uint8)


def small_maps(values: Array) -> npt.NDArray[np.uint8]:
    """Shrink the maps of a layer, (MAP_SIZE², units), to (units, side, side)."""
    squares = values.reshape(MAP_SIZE, MAP_SIZE, -1)
    first = SMALL_STEP // 2
    return np.ascontiguousarray(to_bytes(squares[first::SMALL_STEP, first::SMALL_STEP].transpose(2, 0, 1)))
