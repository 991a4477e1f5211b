"""The small view of a Keras model that marks get: its description in plain values and a few methods."""

import contextlib
import re
import sys
from typing import Any

import numpy as np

_CALLED_AT_ONCE = 4096
"""Most samples of a prediction that is one call of the model."""


_OPTIONS = ("units", "filters", "kernel_size", "strides", "padding", "dilation_rate", "pool_size", "rate")
# Layers, and functions such as keras.ops.sigmoid in a functional model, that only apply an activation.
_ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "Relu": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "Elu": "elu",
    "Softmax": "softmax",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
}

_ACTIVATIONS = (
    "linear",
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "leaky_relu",
)


def describe(model: Any) -> dict[str, Any]:
    """Describe a Keras model: its layers in order, counts of parameters, and how it was compiled.

    Returns
    -------
    dict
        ``class``, ``shows_layers`` (False where a class hides them in its `call`), ``layers`` (a list of
        dictionaries with ``class``, ``name``, ``activation``, ``n_parameters``, ``output_shape`` and the
        layer's options), ``n_parameters``, ``n_trainable``,
        ``input_shape``, ``output_shape`` and ``compiled`` (None or a dictionary with ``loss``,
        ``from_logits``, ``metrics`` (names), ``optimizer``, ``learning_rate``, ``momentum``: 0 without one).
    """
    return {
        "class": type(model).__name__,
        "shows_layers": isinstance(model, sys.modules["keras"].Sequential) or hasattr(model, "operations"),
        "layers": [_describe_layer(layer) for layer in _leaves(model)],
        "n_parameters": _count(model.weights),
        "n_trainable": _count(model.trainable_weights),
        "input_shape": _shape(model, "input_shape"),
        "output_shape": _shape(model, "output_shape"),
        "compiled": _describe_compilation(model),
    }


def is_description(value: Any) -> bool:
    """Tell whether a value has the form of what `describe` returns, whoever wrote it."""
    layers, compiled = value["layers"], value["compiled"]
    texts = [value["class"], *(layer[key] for layer in layers for key in ("class", "name"))]
    counts = [value["n_parameters"], value["n_trainable"], *(layer["n_parameters"] for layer in layers)]
    shapes = [value["input_shape"], value["output_shape"], *(layer["output_shape"] for layer in layers)]
    lengths = [length for shape in shapes if shape is not None for length in shape]
    names = [] if compiled is None else [*compiled["metrics"], compiled["optimizer"]]
    numbers = [] if compiled is None else [compiled["learning_rate"], compiled["momentum"]]
    return (
        all(isinstance(text, str) and len(text) <= 200 for text in [*texts, *names])
        and all(type(n) is int and 0 <= n < 2**63 for n in [*counts, *lengths] if n is not None)
        and all(isinstance(number, (int, float)) for number in numbers)
        and isinstance(value["shows_layers"], bool)
    )


def use_model(model: Any, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call one of the methods that marks may use: predict, evaluate, fit, get_weights, set_weights."""
    if method not in ("predict", "evaluate", "fit", "get_weights", "set_weights"):
        raise ValueError(f"`method` must be one of the view's methods. Got {method!r}.")
    keras = sys.modules["keras"]
    own = type(model).predict is not keras.Model.predict
    if method == "predict" and not (own or kwargs) and np.ndim(args[0]) and len(args[0]) <= _CALLED_AT_ONCE:
        # What `predict` returns, without the tenth of a second that it takes to begin.
        return keras.ops.convert_to_numpy(model(args[0], training=False))
    if method in ("predict", "evaluate", "fit"):
        kwargs = {"verbose": 0, **kwargs}
    return getattr(model, method)(*args, **kwargs)


def _leaves(layer: Any) -> list[Any]:
    if not hasattr(layer, "layers"):
        return [layer]
    inside = getattr(layer, "operations", layer.layers)  # of a functional model: functions as well
    return [leaf for inner in inside for leaf in _leaves(inner)]


def _describe_layer(layer: Any) -> dict[str, Any]:
    name = type(layer).__name__
    description = {"class": name, "name": layer.name, "activation": _activation(layer)}
    description["n_parameters"] = _count(getattr(layer, "weights", ()))
    description["output_shape"] = _shape(layer, "output.shape")
    for option in _OPTIONS:
        value = getattr(layer, option, None)
        if isinstance(value, (int, float, str, tuple)):
            description[option] = value
    if regularizer := getattr(layer, "kernel_regularizer", None):
        description["kernel_regularizer"] = {"class": type(regularizer).__name__, **_rates(regularizer)}
    return description


def _rates(regularizer: Any) -> dict[str, Any]:
    """Return what a penalty is configured with; nothing of one that a student wrote without `get_config`."""
    try:
        config = regularizer.get_config()
    except (AttributeError, NotImplementedError):
        return {}
    return {key: value for key, value in config.items() if isinstance(value, (int, float, str))}


def _activation(layer: Any) -> str | None:
    """Name the function that a layer applies to its output; None for no function or the identity."""
    if (name := _ACTIVATION_LAYERS.get(type(layer).__name__)) is not None:
        return name
    if type(layer).__name__ == "Lambda":
        name = _recognize(layer.function)
    elif (activation := getattr(layer, "activation", None)) is not None:
        name = _recognize(activation) or getattr(activation, "__name__", type(activation).__name__.lower())
    return None if name == "linear" else name


def _recognize(function: Any) -> str | None:
    """Name an activation of Keras by what it does, since ``tf.nn.softmax`` calls itself softmax_v2."""
    keras = sys.modules["keras"]
    x = np.linspace(-3, 3, 8, dtype=np.float32).reshape(2, 4)
    with contextlib.suppress(Exception):  # whatever a student's function raises, it is none of these
        y = keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(x)))
        known = {name: keras.ops.convert_to_numpy(keras.activations.get(name)(x)) for name in _ACTIVATIONS}
        fits = (
            name for name in _ACTIVATIONS if y.shape == x.shape and np.allclose(y, known[name], atol=1e-6)
        )
        return next(fits, None)
    return None


def _describe_compilation(model: Any) -> dict[str, Any] | None:
    if not getattr(model, "compiled", False):
        return None
    loss = model.loss[0] if isinstance(model.loss, (list, tuple)) and len(model.loss) == 1 else model.loss
    rate = model.optimizer.learning_rate
    return {
        "loss": _name_loss(loss),
        "from_logits": bool(loss.get_config().get("from_logits")) if hasattr(loss, "get_config") else False,
        "metrics": _name_metrics(model),
        "optimizer": type(model.optimizer).__name__,
        "learning_rate": float(rate),
        "momentum": _read_momentum(model.optimizer),
    }


def _read_momentum(optimizer: Any) -> float:
    momentum = getattr(optimizer, "momentum", 0.0)
    return float(momentum) if isinstance(momentum, (int, float)) else 0.0


def _name_loss(loss: Any) -> str | None:
    """Name a loss as Keras's function does, however it was given: "bce", a function, or an object."""
    keras = sys.modules["keras"]
    try:
        found = keras.losses.get(loss)
    except (ValueError, TypeError):
        return None
    if isinstance(found, keras.losses.Loss):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(found).__name__).lower()
    return getattr(found, "__name__", None)


def _name_metrics(model: Any) -> list[str]:
    """Name the metrics of `compile` as the keys of a History do."""
    found: Any = []
    with contextlib.suppress(Exception):  # a metric without a name of its own
        found = (model.get_compile_config() or {}).get("metrics") or []
    found = list(found.values()) if isinstance(found, dict) else [found] if isinstance(found, str) else found
    flat = [metric for part in found for metric in (part if isinstance(part, list) else [part])]
    configs = [metric.get("config") if isinstance(metric, dict) else metric for metric in flat]
    return [str(config.get("name") if isinstance(config, dict) else config) for config in configs if config]


def _count(weights: Any) -> int:
    total = 0
    for weight in weights:
        size = 1
        for length in weight.shape:
            size *= int(length)
        total += size
    return total


def _shape(thing: Any, path: str) -> list[int | None] | None:
    for name in path.split("."):
        thing = getattr(thing, name, None)
    return list(thing) if isinstance(thing, (tuple, list)) else None
