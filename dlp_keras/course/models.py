"""The small view of a Keras model that marks get: its description in plain values and a few methods."""

import sys
from typing import Any

_OPTIONS = ("units", "filters", "kernel_size", "strides", "padding", "dilation_rate", "pool_size", "rate")
_ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "ELU": "elu",
    "Softmax": "softmax",
}


def describe(model: Any) -> dict[str, Any]:
    """Describe a Keras model: its layers in order, counts of parameters, and how it was compiled.

    Returns
    -------
    dict
        ``layers`` (a list of dictionaries with ``class``, ``name``, ``activation``, ``n_parameters``,
        ``output_shape`` and the layer's options), ``n_parameters``, ``n_trainable``, ``input_shape``,
        ``output_shape``, ``built`` and ``compiled`` (None or a dictionary with ``loss``, ``optimizer``,
        ``learning_rate``).
    """
    return {
        "layers": [_describe_layer(layer) for layer in _leaves(model)],
        "n_parameters": _count(model.weights),
        "n_trainable": _count(model.trainable_weights),
        "input_shape": _shape(model, "input_shape"),
        "output_shape": _shape(model, "output_shape"),
        "built": bool(model.built),
        "compiled": _describe_compilation(model),
    }


def use_model(model: Any, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call one of the methods that marks may use: predict, evaluate, fit, get_weights, set_weights."""
    if method not in ("predict", "evaluate", "fit", "get_weights", "set_weights"):
        raise ValueError(f"`method` must be one of the view's methods. Got {method!r}.")
    if method in ("predict", "evaluate", "fit"):
        kwargs = {"verbose": 0, **kwargs}
    return getattr(model, method)(*args, **kwargs)


def _leaves(layer: Any) -> list[Any]:
    if not hasattr(layer, "layers"):
        return [layer]
    return [leaf for inner in layer.layers for leaf in _leaves(inner)]


def _describe_layer(layer: Any) -> dict[str, Any]:
    name = type(layer).__name__
    description = {"class": name, "name": layer.name, "activation": _activation(layer)}
    description["n_parameters"] = _count(layer.weights)
    description["output_shape"] = _shape(layer, "output.shape")
    for option in _OPTIONS:
        value = getattr(layer, option, None)
        if isinstance(value, (int, float, str, tuple)):
            description[option] = value
    if regularizer := getattr(layer, "kernel_regularizer", None):
        config = {key: float(value) for key, value in regularizer.get_config().items()}
        description["kernel_regularizer"] = {"class": type(regularizer).__name__, **config}
    return description


def _activation(layer: Any) -> str | None:
    """Name the function that a layer applies to its output; None for no function or the identity."""
    if (name := _ACTIVATION_LAYERS.get(type(layer).__name__)) is not None:
        return name
    activation = getattr(layer, "activation", None)
    name = getattr(activation, "__name__", type(activation).__name__.lower())
    return None if activation is None or name == "linear" else name


def _describe_compilation(model: Any) -> dict[str, Any] | None:
    if not getattr(model, "compiled", False):
        return None
    loss = model.loss
    rate = model.optimizer.learning_rate
    return {
        "loss": loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", None)),
        "from_logits": bool(getattr(loss, "from_logits", getattr(loss, "_fn_kwargs", {}).get("from_logits"))),
        "optimizer": type(model.optimizer).__name__,
        "learning_rate": float(sys.modules["keras"].ops.convert_to_numpy(rate)),
    }


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
