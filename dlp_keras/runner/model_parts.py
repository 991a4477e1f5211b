"""What a network may be made of to be built again elsewhere: names of Keras's own parts, numbers, strings."""

import inspect
import sys
from typing import Any

# fmt: off
LAYERS = frozenset((
    "Activation", "Add", "AlphaDropout", "Average", "AveragePooling1D", "AveragePooling2D",
    "BatchNormalization", "Concatenate", "Conv1D", "Conv2D", "Conv2DTranspose", "Cropping2D", "Dense",
    "DepthwiseConv2D", "Dropout", "ELU", "Flatten", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
    "GroupNormalization", "Identity", "InputLayer", "LayerNormalization", "LeakyReLU", "MaxPooling1D",
    "MaxPooling2D", "Maximum", "Minimum", "Multiply", "Normalization", "PReLU", "Permute",
    "RandomBrightness", "RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom",
    "ReLU", "RepeatVector", "Rescaling", "Reshape", "SeparableConv2D", "Softmax", "SpatialDropout2D",
    "Subtract", "UnitNormalization", "UpSampling2D", "ZeroPadding2D",
))
# fmt: on
"""Keras's layers that carry no code of their own."""

OPERATIONS = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "Elu": "elu",
    "Gelu": "gelu",
    "Silu": "silu",
    "Square": "square",
    "Absolute": "abs",
    "Exp": "exp",
    "Sin": "sin",
    "Cos": "cos",
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
}
"""Functions of `keras.ops` in a functional model, by the class that Keras makes of a call."""

LARGEST_COUNT = 2**16
"""Of nodes, filters, pixels: more is no network of this course."""

MOST_WEIGHTS = 2**24
"""In all layers of a network together."""

LARGEST_OUTPUT = 2**18
"""Numbers that a layer returns for one sample."""

# fmt: off
OPTIMIZERS = frozenset((
    "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lion", "Nadam", "RMSprop", "SGD",
))
SCHEDULES = frozenset((
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay",
    "PiecewiseConstantDecay", "PolynomialDecay",
))
# fmt: on
REGULARIZERS = frozenset(("L1", "L2", "L1L2"))

Plain = dict[str, Any]


class NotPlainError(ValueError):
    """A model that is more than Keras's own layers, numbers and strings."""


def names_in(module: str) -> frozenset[str]:
    """Return the names of Keras's own losses or metrics, without what takes a function."""
    keras = sys.modules["keras"]
    found = {n for n, kind in vars(getattr(keras, module)).items() if inspect.isclass(kind)}
    return frozenset(found - {"MeanMetricWrapper", "Loss", "Metric"})


def is_plain(value: Any) -> bool:
    """Tell whether an option is a number, a short text, or a few of them."""
    if isinstance(value, (list, tuple)):
        return len(value) <= 16 and all(map(is_plain, value))
    if type(value) is int:
        return abs(value) <= LARGEST_COUNT
    return value is None or type(value) in (bool, float) or (type(value) is str and len(value) <= 100)
