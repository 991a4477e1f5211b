"""The small view of a model that marks get."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dlp_keras.marking import expect
from dlp_keras.marking.client import MarkFailed, RunnerClient
from dlp_keras.marking.submission import ModelView, Submission
from dlp_keras.runner.interpreter import Interpreter
from dlp_keras.runner.model_description import describe
from dlp_keras.runner.session import LocalSession


def sequential(*inner):
    return keras.Sequential([keras.Input((2,)), *inner])


def functional(function):
    inputs = keras.Input((2,))
    return keras.Model(inputs, function(layers.Dense(1)(inputs)))


@pytest.fixture
def view():
    """Return the view that marks get of a model."""

    def look_at(model):
        marking = RunnerClient(LocalSession({"build": lambda: model}), "ex99_x", {}, view=ModelView)
        marking.begin("1")
        return Submission(marking).build()

    return look_at


@pytest.mark.parametrize(
    "model",
    [
        sequential(layers.Dense(1, activation="sigmoid")),
        sequential(layers.Dense(1), layers.Activation("sigmoid")),
        sequential(sequential(layers.Dense(1, activation=keras.activations.sigmoid))),
        functional(keras.ops.sigmoid),
        functional(keras.activations.sigmoid),
        functional(layers.Activation("sigmoid")),
        sequential(
            layers.Normalization(mean=0.0, variance=1.0), layers.Dense(1, "sigmoid"), layers.Dropout(0.1)
        ),
    ],
)
def test_an_activation_is_found_wherever_it_stands(model, view):
    (layer,) = view(model).weight_layers
    assert (layer["class"], layer["activation"]) == ("Dense", "sigmoid")


@pytest.mark.parametrize("layer", [layers.LayerNormalization(), layers.BatchNormalization(), layers.PReLU()])
def test_what_only_scales_is_no_layer_of_its_own(layer, view):
    found = view(sequential(layers.Dense(3), layer, layers.Dense(1))).weight_layers
    assert [layer["class"] for layer in found] == ["Dense", "Dense"]


@pytest.mark.parametrize(
    ("loss", "name", "from_logits"),
    [
        ("bce", "binary_crossentropy", False),
        (["binary_crossentropy"], "binary_crossentropy", False),
        (keras.losses.binary_crossentropy, "binary_crossentropy", False),
        (keras.losses.BinaryCrossentropy(name="mine"), "binary_crossentropy", False),
        (keras.losses.BinaryCrossentropy(from_logits=True), "binary_crossentropy", True),
        (keras.losses.SparseCategoricalCrossentropy(), "sparse_categorical_crossentropy", False),
        ("mse", "mean_squared_error", False),
    ],
)
def test_a_loss_has_one_name(loss, name, from_logits):
    model = sequential(layers.Dense(1))
    model.compile("adam", loss)
    compiled = describe(model)["compiled"]
    assert (compiled["loss"], compiled["from_logits"]) == (name, from_logits)
    assert (compiled["optimizer"], compiled["learning_rate"]) == ("Adam", pytest.approx(0.001))


@pytest.mark.parametrize(
    ("optimizer", "momentum"),
    [
        (keras.optimizers.SGD(0.1), 0),
        (keras.optimizers.SGD(0.1, momentum=0.9), 0.9),
        (keras.optimizers.Adam(), 0),
    ],
)
def test_a_momentum_is_told(optimizer, momentum):
    model = sequential(layers.Dense(1))
    model.compile(optimizer, "mse")
    assert describe(model)["compiled"]["momentum"] == momentum


def test_counts_and_shapes_are_those_of_keras(view):
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(4, 3, padding="same"), layers.Flatten(), layers.Dense(2)]
    )
    model.layers[0].trainable = False
    seen = view(model)
    assert seen.n_parameters == model.count_params() == 4 * 10 + 2 * 257
    assert seen.n_trainable == 2 * 257
    assert (seen.input_shape, seen.output_shape) == ([None, 8, 8, 1], [None, 2])
    assert (seen.layers[0]["filters"], seen.layers[0]["kernel_size"]) == (4, [3, 3])
    assert seen.compiled is None


class OwnPenalty(keras.regularizers.Regularizer):
    """A penalty as students write one, without `get_config`."""

    def __call__(self, x):
        return keras.ops.sum(keras.ops.square(x))


@pytest.mark.parametrize(
    "regularizer",
    [keras.regularizers.L2(0.5), keras.regularizers.OrthogonalRegularizer(0.5), OwnPenalty(), abs, None],
)
def test_a_regularizer_is_described(regularizer):
    (layer,) = describe(sequential(layers.Dense(2, kernel_regularizer=regularizer)))["layers"]
    assert layer.get("kernel_regularizer", {"class": "NoneType"})["class"] == type(regularizer).__name__


def test_the_view_trains_and_predicts_as_the_model(view):
    model = sequential(layers.Dense(1, use_bias=False))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    seen = view(model)
    seen.set_weights([np.array([[1.0], [2.0]], np.float32)])
    x, y = np.array([[1.0, 1.0], [2.0, 0.0]], np.float32), np.array([[3.0], [2.0]], np.float32)
    np.testing.assert_allclose(seen.predict(x), y)
    assert seen.evaluate(x, y) == pytest.approx(0)
    history = seen.fit(x, y + 1, epochs=2)
    assert history.history["loss"][0] == pytest.approx(1)
    assert not np.allclose(seen.get_weights()[0], [[1.0], [2.0]])


def test_other_methods_are_not_for_marks(view):
    seen = view(sequential(layers.Dense(1)))
    with pytest.raises(MarkFailed, match="`method` must be one of the view's methods"):
        seen._use("save", "file.keras")


def test_a_model_without_input_says_what_is_missing(view):
    with pytest.raises(MarkFailed, match=r"Begin it with `keras.Input"):
        expect.model(view(keras.Sequential([layers.Dense(1)])))


def test_a_host_forgets_no_model():
    interpreter = Interpreter({})
    handle = interpreter._keep_model("submission", sequential(layers.Dense(1)))
    assert interpreter._find_model(handle) is interpreter.models[handle.number][1]


@pytest.mark.parametrize(
    ("activation", "name"),
    [
        (tf.nn.softmax, "softmax"),
        (tf.nn.relu, "relu"),
        (lambda x: keras.ops.maximum(x, 0), "relu"),
        (lambda x: x, None),
        ("mish", "mish"),
    ],
)
def test_an_activation_is_named_by_what_it_does(activation, name):
    assert describe(sequential(layers.Dense(3, activation=activation)))["layers"][0]["activation"] == name


@pytest.mark.parametrize(("function", "name"), [(tf.nn.softmax, "softmax"), (lambda x: 2 * x, None)])
def test_a_lambda_layer_may_be_an_activation(function, name):
    assert describe(sequential(layers.Dense(3), layers.Lambda(function)))["layers"][1]["activation"] == name


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        (None, []),
        (["acc", "mse"], ["acc", "mse"]),
        ([keras.metrics.BinaryAccuracy("accuracy")], ["accuracy"]),
        ([keras.metrics.binary_accuracy], ["binary_accuracy"]),
        ([["accuracy"]], ["accuracy"]),
    ],
)
def test_metrics_have_the_names_of_the_history(metrics, names):
    model = sequential(layers.Dense(1, "sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=metrics)
    assert describe(model)["compiled"]["metrics"] == names


class Hidden(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)

    def call(self, x):
        return self.head(x)


def test_a_class_that_hides_its_layers_is_refused_kindly(view):
    with pytest.raises(MarkFailed, match="the class Hidden, whose layers are hidden in its `call`"):
        expect.model(view(Hidden()))
    expect.model(view(functional(keras.ops.sigmoid)))
