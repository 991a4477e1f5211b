"""Keras models as plain values: what they are made of, and their weights; built again from a whitelist.

A model that comes from a student's process is never unpickled or deserialized by Keras: it is built here from
the names of Keras's own layers, numbers and strings. What cannot be written so stays where it is.
"""

import inspect
import sys
import warnings
from typing import Any

import numpy as np

# fmt: off
LAYERS = frozenset((
    "Activation", "Add", "AlphaDropout", "Average", "AveragePooling1D", "AveragePooling2D",
    "BatchNormalization", "Concatenate", "Conv1D", "Conv2D", "Conv2DTranspose", "Cropping2D", "Dense",
    "DepthwiseConv2D", "Dropout", "ELU", "Flatten", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
    "GroupNormalization", "Identity", "InputLayer", "LayerNormalization", "LeakyReLU", "MaxPooling1D",
    "MaxPooling2D", "Maximum", "Minimum", "Multiply", "Normalization", "PReLU", "Permute", "ReLU",
    "RepeatVector", "Rescaling", "Reshape", "SeparableConv2D", "Softmax", "SpatialDropout2D", "Subtract",
    "UnitNormalization", "UpSampling2D", "ZeroPadding2D",
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

# fmt: off
_OPTIMIZERS = frozenset((
    "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lion", "Nadam", "RMSprop", "SGD",
))
_SCHEDULES = frozenset((
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay",
    "PiecewiseConstantDecay", "PolynomialDecay",
))
# fmt: on
_ACCURACIES = ("accuracy", "acc", "crossentropy", "ce")
_REGULARIZERS = frozenset(("L1", "L2", "L1L2"))
# What a layer's weights do not depend on once they are there.
_LEFT_OUT = ("dtype", "quantization_config", "data_format")

Plain = dict[str, Any]


class NotPlainError(ValueError):
    """A model that is more than Keras's own layers, numbers and strings."""


def export(model: Any) -> Plain:
    """Write a model as plain values and arrays.

    Returns
    -------
    dict
        ``layers`` (a list of dictionaries with ``class``, ``config`` and ``weights``), ``calls`` (a list of
        dictionaries with ``layer``, an index, and ``inputs``, the indices of earlier calls), ``output`` (the
        index of the last call), ``sequential`` and ``compiled`` (None, or what `keras.Model.compile` was
        given).

    Raises
    ------
    NotPlainError
        If the model, one of its layers, its optimizer or its loss is not one of Keras's own, or it has
        several inputs or outputs.
    """
    keras = sys.modules["keras"]
    sequential = type(model) is keras.Sequential
    if not (sequential or type(model) is _functional_class()) or not model.built:
        raise NotPlainError(f"a {type(model).__name__}")
    graph = model._functional if sequential else model
    with warnings.catch_warnings(action="ignore"):  # Keras warns of code, which is refused here
        return _export_graph(model, graph, sequential=sequential)


def _export_graph(model: Any, graph: Any, *, sequential: bool) -> Plain:
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise NotPlainError("several inputs or outputs")
    layers: list[Any] = []
    calls: list[Plain] = []
    position: dict[tuple[int, int], int] = {}  # of a call, by operation and node
    for _, nodes in sorted(graph._nodes_by_depth.items(), reverse=True):
        for node in nodes:
            operation = node.operation
            number = operation._inbound_nodes.index(node)
            _check_arguments(node)
            if not any(operation is layer for layer in layers):
                layers.append(operation)
            index = next(i for i, layer in enumerate(layers) if layer is operation)
            inputs = [position[_place(tensor)] for tensor in node.input_tensors]
            position[id(operation), number] = len(calls)
            calls.append({"layer": index, "inputs": inputs})
    return {
        "sequential": sequential,
        "layers": [_export_layer(layer) for layer in layers],
        "calls": calls,
        "output": position[_place(graph.outputs[0])],
        "compiled": _export_compilation(model),
    }


def build(plain: Plain) -> Any:
    """Build the model that `export` wrote, whoever wrote it.

    Raises
    ------
    NotPlainError
        If the values are not those of a model of Keras's own layers.
    """
    keras = sys.modules["keras"]
    try:
        layers = [_build_layer(layer) for layer in plain["layers"]]
        source = next(tensor for tensor in layers if isinstance(tensor, keras.KerasTensor))
        if plain["sequential"] is True:
            model = keras.Sequential(layers)
        else:
            tensors = _call_layers(layers, plain["calls"])
            model = keras.Model(source, tensors[_index(plain["output"], tensors)])
        for layer, values in zip(layers, plain["layers"], strict=True):
            if weights := [np.asarray(array, np.float32) for array in values["weights"]]:
                layer.set_weights(weights)
                getattr(layer, "finalize_state", lambda: None)()
        if plain["compiled"] is not None:
            _compile(model, plain["compiled"])
    except NotPlainError:
        raise
    except Exception as error:  # whatever Keras finds wrong with what a student's process says
        raise NotPlainError(f"{type(error).__name__}: {str(error)[:200]}") from error
    return model


def _functional_class() -> type:
    return sys.modules["keras.src.models.functional"].Functional  # type: ignore[no-any-return]


def _call_layers(layers: list[Any], calls: list[Plain]) -> list[Any]:
    keras = sys.modules["keras"]
    tensors: list[Any] = []
    for call in calls:
        layer, arguments = (
            layers[_index(call["layer"], layers)],
            [tensors[_index(i, tensors)] for i in call["inputs"]],
        )
        if isinstance(layer, keras.KerasTensor):
            tensors.append(layer)
        else:
            tensors.append(layer(arguments) if _takes_a_list(layer) else layer(*arguments))
    return tensors


def _place(tensor: Any) -> tuple[int, int]:
    history = tensor._keras_history
    return id(history.operation), history.node_index


def _check_arguments(node: Any) -> None:
    """Refuse calls that are given more than tensors."""
    keras = sys.modules["keras"]
    for value in keras.tree.flatten([node.arguments.args, list(node.arguments.kwargs.values())]):
        if value is not None and value is not False and not isinstance(value, keras.KerasTensor):
            raise NotPlainError("a call with more than tensors")


def _takes_a_list(layer: Any) -> bool:
    keras = sys.modules["keras"]
    merging = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
    return isinstance(layer, keras.layers.Layer) and type(layer).__name__ in merging


def _export_layer(layer: Any) -> Plain:
    keras = sys.modules["keras"]
    name = type(layer).__name__
    if isinstance(layer, keras.Model):
        return {"class": "Model", "config": export(layer), "weights": []}
    if isinstance(layer, keras.layers.Layer):
        if getattr(keras.layers, name, None) is not type(layer) or name not in LAYERS:
            raise NotPlainError(f"a layer of the class {name}")
        if layer.dtype != "float32" or getattr(layer, "data_format", "channels_last") == "channels_first":
            raise NotPlainError("another precision, or channels that come first")
        config = {k: v for k, v in layer.get_config().items() if k not in _LEFT_OUT}
        weights = [np.asarray(keras.ops.convert_to_numpy(weight)) for weight in layer.weights]
        if any("seed_generator" in weight.path for weight in layer.weights):  # dropout and noise
            weights = []
        return {"class": name, "config": _export_config(config), "weights": weights}
    if name not in OPERATIONS:
        raise NotPlainError(f"a call of keras.ops.{name}")
    return {"class": f"ops.{name}", "config": {}, "weights": []}


def _export_config(config: Plain) -> Plain:
    plain: Plain = {}
    for key, value in config.items():
        if key.endswith("_initializer") or key in ("mean", "variance"):
            continue  # the weights are carried themselves
        if isinstance(value, dict):
            plain[key] = _export_object(value, _REGULARIZERS)
        elif _is_plain(value):
            plain[key] = list(value) if isinstance(value, tuple) else value
        else:
            raise NotPlainError(f"an option `{key}` of type {type(value).__name__}")
    return plain


def _export_object(value: Plain, names: frozenset[str]) -> Plain:
    """Write what Keras has serialized, if it is one of these classes and its options are plain."""
    if value.get("class_name") not in names or not str(value.get("module")).startswith("keras"):
        raise NotPlainError(f"an object of the class {value.get('class_name')}")
    return {
        "class": value["class_name"],
        "config": {k: v for k, v in value["config"].items() if _is_plain(v)},
    }


def _export_compilation(model: Any) -> Plain | None:
    if not model.compiled:
        return None
    config = model.get_compile_config()
    if config is None or config.get("loss_weights") or config.get("weighted_metrics"):
        raise NotPlainError("a compilation with weights")
    optimizer = config["optimizer"]
    rate = optimizer["config"]["learning_rate"]
    rate = _export_object(rate, _SCHEDULES) if isinstance(rate, dict) else rate
    metrics = config["metrics"] or []
    return {
        "optimizer": _export_object(optimizer, _OPTIMIZERS) | {"rate": rate},
        "loss": _export_loss(model.loss),
        "metrics": [m if isinstance(m, str) else _export_object(m, _names("metrics")) for m in metrics],
    }


def _export_loss(loss: Any) -> Any:
    keras = sys.modules["keras"]
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", "")
    if isinstance(loss, str) or getattr(keras.losses, name, None) is loss:
        return name
    if not isinstance(loss, keras.losses.Loss):
        raise NotPlainError(f"a loss {name}")
    # Keras leaves options such as the delta of Huber's loss out of what it serializes.
    options = {**loss.get_config(), **getattr(loss, "_fn_kwargs", {})}
    known = inspect.signature(type(loss)).parameters
    serialized = keras.losses.serialize(loss)
    return _export_object(
        {**serialized, "config": {k: options[k] for k in options if k in known}}, _names("losses")
    )


def _names(module: str) -> frozenset[str]:
    """Return the names of Keras's own losses or metrics, without what takes a function."""
    keras = sys.modules["keras"]
    found = {n for n, kind in vars(getattr(keras, module)).items() if inspect.isclass(kind)}
    return frozenset(found - {"MeanMetricWrapper", "Loss", "Metric"})


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return len(value) <= 16 and all(map(_is_plain, value))
    if type(value) is int:
        return abs(value) <= LARGEST_COUNT
    return value is None or type(value) in (bool, float) or (type(value) is str and len(value) <= 100)


def _index(value: Any, of: list[Any]) -> int:
    if type(value) is not int or not 0 <= value < len(of):
        raise NotPlainError("a place that is none")
    return value


def _build_layer(plain: Plain) -> Any:
    keras = sys.modules["keras"]
    name, config = plain["class"], dict(plain["config"])
    if name == "Model":
        return build(config)
    if isinstance(name, str) and name.startswith("ops.") and name[4:] in OPERATIONS:
        return getattr(keras.ops, OPERATIONS[name[4:]])
    if name not in LAYERS:
        raise NotPlainError(f"a layer of the class {name}")
    if name == "InputLayer":
        shape = config["batch_shape"][1:]
        if not _is_plain(shape):
            raise NotPlainError("an input without a shape")
        return keras.Input(tuple(shape))
    return getattr(keras.layers, name)(**{key: _build_option(value) for key, value in config.items()})


def _build_option(value: Any) -> Any:
    if isinstance(value, dict):
        return _build_object("regularizers", value, _REGULARIZERS)
    if not _is_plain(value):
        raise NotPlainError("an option that is not plain")
    return tuple(value) if isinstance(value, list) else value


def _build_object(module: str, plain: Plain, names: frozenset[str], **more: Any) -> Any:
    keras = sys.modules["keras"]
    if plain["class"] not in names or not all(map(_is_plain, plain["config"].values())):
        raise NotPlainError("an object that is not plain")
    space = keras.optimizers.schedules if module == "schedules" else getattr(keras, module)
    return getattr(space, plain["class"])(**{**plain["config"], **more})


def _compile(model: Any, plain: Plain) -> None:
    rate = plain["optimizer"]["rate"]
    if isinstance(rate, dict):
        rate = _build_object("schedules", rate, _SCHEDULES)
    elif not isinstance(rate, (int, float)):
        raise NotPlainError("a learning rate that is none")
    optimizer = _build_object("optimizers", plain["optimizer"], _OPTIMIZERS, learning_rate=rate)
    loss, *metrics = (
        part if isinstance(part, str) else _build_object(module, part, _names(module))
        for module, part in [("losses", plain["loss"]), *(("metrics", m) for m in plain["metrics"])]
    )
    keras = sys.modules["keras"]
    for name in (m for m in metrics if isinstance(m, str) and m not in _ACCURACIES):
        keras.metrics.get(name)
    model.compile(optimizer=optimizer, loss=keras.losses.get(loss), metrics=metrics)
