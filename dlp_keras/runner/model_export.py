"""Keras models as plain values: what they are made of, and their weights.

What cannot be written so stays where it is.
"""

import inspect
import sys
import warnings
from typing import Any

import numpy as np

from dlp_keras.runner.model_parts import (
    LAYERS,
    OPERATIONS,
    OPTIMIZERS,
    REGULARIZERS,
    SCHEDULES,
    NotPlainError,
    Plain,
    is_plain,
    names_in,
)

# What a layer's weights do not depend on once they are there.
_LEFT_OUT = ("dtype", "quantization_config", "data_format")


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


def _functional_class() -> type:
    return sys.modules["keras.src.models.functional"].Functional  # type: ignore[no-any-return]


def _place(tensor: Any) -> tuple[int, int]:
    history = tensor._keras_history
    return id(history.operation), history.node_index


def _check_arguments(node: Any) -> None:
    """Refuse calls that are given more than tensors; augmentation is told that it trains, by default."""
    keras = sys.modules["keras"]
    usual = (None, False, True) if type(node.operation).__name__.startswith("Random") else (None, False)
    for value in keras.tree.flatten([node.arguments.args, list(node.arguments.kwargs.values())]):
        if not isinstance(value, keras.KerasTensor) and not any(value is known for known in usual):
            raise NotPlainError("a call with more than tensors")


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
            plain[key] = _export_object(value, REGULARIZERS)
        elif is_plain(value):
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
        "config": {k: v for k, v in value["config"].items() if is_plain(v)},
    }


def _export_compilation(model: Any) -> Plain | None:
    if not model.compiled:
        return None
    config = model.get_compile_config()
    if config is None or config.get("loss_weights") or config.get("weighted_metrics"):
        raise NotPlainError("a compilation with weights")
    optimizer = config["optimizer"]
    rate = optimizer["config"]["learning_rate"]
    rate = _export_object(rate, SCHEDULES) if isinstance(rate, dict) else rate
    metrics = config["metrics"] or []
    return {
        "optimizer": _export_object(optimizer, OPTIMIZERS) | {"rate": rate},
        "loss": _export_loss(model.loss),
        "metrics": [m if isinstance(m, str) else _export_object(m, names_in("metrics")) for m in metrics],
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
        {**serialized, "config": {k: options[k] for k in options if k in known}}, names_in("losses")
    )
