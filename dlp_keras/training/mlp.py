"""A Keras model read as an MLP: a chain of dense layers with one loss."""

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import keras
import numpy as np

from dlp_keras.training.models import excludes_weights, has_custom_step

# Their steps treat every number alike, whichever array it stands in, so networks can share an array.
_ELEMENTWISE = {"Adadelta", "Adagrad", "Adam", "Adamax", "AdamW", "Ftrl", "Lion", "Nadam", "RMSprop", "SGD"}
_WHOLE_ARRAY_OPTIONS = (
    "clipnorm",
    "global_clipnorm",
    "use_ema",
    "gradient_accumulation_steps",
    "loss_scale_factor",
)
_ACTIVATIONS = {
    "elu",
    "gelu",
    "leaky_relu",
    "linear",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "tanh",
}
_METRICS = {
    "BinaryAccuracy": "binary_accuracy",
    "CategoricalAccuracy": "categorical_accuracy",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanSquaredError": "mean_squared_error",
    "SparseCategoricalAccuracy": "sparse_categorical_accuracy",
}

Function = Callable[..., Any]


class Layer(NamedTuple):
    """A dense layer: its activation, and the L1 and L2 rates of kernel and bias."""

    units: int
    activation: Function
    use_bias: bool
    penalties: tuple[tuple[float, float], ...]


class MLP(NamedTuple):
    """A stack of dense layers with one loss.

    Attributes
    ----------
    layers : tuple of Layer
    loss : callable
        Maps targets and predictions (…, units) to one loss a sample.
    metrics : dict of str to callable
        The same for each metric.
    """

    layers: tuple[Layer, ...]
    loss: Function
    metrics: dict[str, Function]

    @property
    def penalty_rates(self) -> np.ndarray:
        """L1 and L2 rates of kernel and bias of each layer, shape (n_layers, 2, 2), float32."""
        return np.array([layer.penalties for layer in self.layers], np.float32)

    @property
    def penalised(self) -> bytes:
        """Which of these rates are not zero: others are not computed."""
        return bytes((self.penalty_rates != 0).tobytes())


class NotAnMLPError(Exception):
    """The model is more than a chain of dense layers; the message says what."""


def read_mlp(model: keras.Model, y_shape: tuple[int, ...]) -> MLP:
    """Read a built and compiled model as a chain.

    Parameters
    ----------
    model : keras.Model
    y_shape : tuple of int
        Shape of one target.

    Raises
    ------
    NotAnMLPError
        If the model, its loss, its metrics or its optimizer do not fit into one array for many networks.
    """
    _require(
        not has_custom_step(model) and type(model).__module__.startswith("keras."), "the model has own code"
    )
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    _require(all(type(layer) is keras.layers.Dense for layer in layers), "not every layer is dense")
    _require(
        len(model.inputs) == 1 and len(model.inputs[0].shape) == 2, "the input is not one vector a sample"
    )
    following = itertools.pairwise(layers)
    _require(
        all(after.input is before.output for before, after in following), "the layers do not form a chain"
    )
    _require(model.outputs == [layers[-1].output], "the model has outputs inside the chain")
    _check_optimizer(model.optimizer)
    chain = tuple(_read_layer(layer, last=layer is layers[-1]) for layer in layers)
    return MLP(chain, _read_loss(model), _read_metrics(model, y_shape))


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise NotAnMLPError(otherwise)


def _check_optimizer(optimizer: Any) -> None:
    name = type(optimizer).__name__
    own = type(optimizer).__module__.startswith("keras.") and name in _ELEMENTWISE
    _require(own, f"{name} takes its steps over whole arrays")
    _require(not excludes_weights(optimizer), "weights are excluded from the decay of the optimizer")
    config = optimizer.get_config()
    for option in _WHOLE_ARRAY_OPTIONS:
        _require(not config.get(option), f"`{option}` of the optimizer works on whole arrays")


def _read_layer(layer: keras.layers.Dense, *, last: bool) -> Layer:
    config = layer.get_config()
    activation = config["activation"]
    known = _ACTIVATIONS | ({"softmax"} if last else set())
    _require(isinstance(activation, str) and activation in known, f"activation {activation!r}")
    _require(layer.trainable, "a layer is frozen")
    for option in (
        "kernel_constraint",
        "bias_constraint",
        "activity_regularizer",
        "lora_rank",
        "quantization_config",
    ):
        _require(not config.get(option), f"a layer has a `{option}`")
    _require(layer.dtype_policy.name == "float32", "a layer does not compute in float32")
    penalties = tuple(_read_penalty(r) for r in (layer.kernel_regularizer, layer.bias_regularizer))
    return Layer(layer.units, layer.activation, layer.use_bias, penalties)


def _read_penalty(regularizer: Any) -> tuple[float, float]:
    if regularizer is None:
        return 0.0, 0.0
    known = (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2)
    _require(type(regularizer) in known, f"regularizer {type(regularizer).__name__}")
    config = regularizer.get_config()
    return float(config.get("l1", 0.0)), float(config.get("l2", 0.0))


def _read_loss(model: keras.Model) -> Function:
    weight = model.get_compile_config().get("loss_weights")
    _require(weight is None or isinstance(weight, (int, float)), "the loss is weighted by output")
    loss = _loss_function(model.loss)
    return loss if weight is None else lambda y_true, y_pred: weight * loss(y_true, y_pred)


def _loss_function(loss: Any) -> Function:
    if isinstance(loss, keras.losses.Loss) and type(loss).__module__.startswith("keras."):
        reduction = loss.get_config().get("reduction")
        _require(reduction == "sum_over_batch_size", f"reduction {reduction!r}")
        return cast(Function, loss.call)
    _require(isinstance(loss, str) and loss not in {"crossentropy", "ce"}, f"loss {loss!r}")
    found = keras.losses.get(loss)
    return cast(Function, found.call if isinstance(found, keras.losses.Loss) else found)


def _read_metrics(model: keras.Model, y_shape: tuple[int, ...]) -> dict[str, Function]:
    config = model.get_compile_config()
    _require(not config.get("weighted_metrics"), "a metric is weighted")
    metrics = config.get("metrics") or []
    _require(isinstance(metrics, list), "metrics are given by output")
    return dict(_read_metric(metric, y_shape, model.output_shape[-1]) for metric in metrics)


def _read_metric(metric: Any, y_shape: tuple[int, ...], units: int) -> tuple[str, Function]:
    if isinstance(metric, str) and metric in {"accuracy", "acc"}:
        several = "sparse_categorical_accuracy" if y_shape in {(), (1,)} else "categorical_accuracy"
        return str(metric), getattr(keras.metrics, "binary_accuracy" if units == 1 else several)
    found = keras.metrics.get(metric)
    if not isinstance(found, keras.metrics.Metric):
        _require(isinstance(metric, str), "a metric is own code")
        return str(metric), found
    kind = type(found).__name__
    _require(kind in _METRICS and type(found).__module__.startswith("keras."), f"metric {kind}")
    _require(found.get_config().get("threshold", 0.5) == 0.5, "a metric has a threshold of its own")
    return (metric if isinstance(metric, str) else found.name), getattr(keras.metrics, _METRICS[kind])
