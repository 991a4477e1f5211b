"""`fit` against `model.fit`: the same losses, metrics, weights, callbacks and logs, and clear errors."""

import keras
import numpy as np
import pytest

from dlp_keras.training import fit

RNG = np.random.default_rng(7)
X = RNG.normal(size=(53, 4)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] > 0).astype("float32")
X_TEST, Y_TEST = X[:17] + 0.1, Y[:17]
CLASSES = (X[:, 0] > 0).astype("int64") + (X[:, 1] > 0)
IMAGES = RNG.normal(size=(23, 6, 6, 1)).astype("float32")


def sequential(*layers, shape=(4,), optimizer="sgd", loss="mse", **compilation):
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile(optimizer=optimizer, loss=loss, **compilation)
    return model


def dense(*, head=1, activation=None, kernel_regularizer=None, **compilation):
    hidden = keras.layers.Dense(5, "tanh", kernel_regularizer=kernel_regularizer)
    return sequential(hidden, keras.layers.Dense(head, activation), **compilation)


def unbuilt():
    model = keras.Sequential([keras.layers.Dense(5, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


def functional():
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(5, "relu")(inputs)
    outputs = keras.layers.Dense(1, "sigmoid")(keras.layers.Concatenate()([inputs, hidden]))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy", "auc"])
    return model


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(5, "relu")
        self.head = keras.layers.Dense(1)

    def call(self, x):
        return self.head(self.hidden(x))


class OwnStep(Subclassed):
    def train_step(self, data):
        return {**super().train_step(data), "twice": 2.0 * keras.ops.mean(data[0])}


def subclassed(kind=Subclassed):
    model = kind()
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse", metrics=["mae"])
    return model


def two_outputs():
    inputs = keras.Input((4,))
    outputs = [keras.layers.Dense(1, name="first")(inputs), keras.layers.Dense(1, name="second")(inputs)]
    model = keras.Model(inputs, outputs)
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 0.3])
    return model


def convolution():
    layers = [keras.layers.Conv2D(3, 3, activation="relu"), keras.layers.GlobalAveragePooling2D()]
    return sequential(*layers, keras.layers.Dense(1), shape=(6, 6, 1), optimizer="adam")


def custom_loss(y_true, y_pred):
    return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** 1.5, axis=-1)


def scheduled():
    return keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.8))


REGRESSION = (X, Y)
SPARSE = (X, CLASSES)
SOFTMAX = {"head": 3, "activation": "softmax", "loss": "sparse_categorical_crossentropy"}
MODELS = {
    "sgd": (dense, REGRESSION),
    "unbuilt": (unbuilt, REGRESSION),
    "flat targets": (dense, (X, Y[:, 0])),
    "float64": (dense, (X.astype("float64"), Y.astype("float64"))),
    "integer targets": (lambda: dense(activation="sigmoid", loss="bce"), (X, Y.astype(int))),
    "sparse classes": (lambda: dense(**SOFTMAX, metrics=["accuracy"], optimizer="adam"), SPARSE),
    "l1 and l2": (lambda: dense(kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02)), REGRESSION),
    "batch norm": (lambda: sequential(keras.layers.BatchNormalization(), keras.layers.Dense(1)), REGRESSION),
    # XLA has its own stream of random numbers: the same one when model.fit compiles, too.
    "dropout": (
        lambda: sequential(keras.layers.Dropout(0.3, seed=1), keras.layers.Dense(1), jit_compile=True),
        REGRESSION,
    ),
    "activity": (
        lambda: sequential(keras.layers.Dense(3, activity_regularizer="l2"), keras.layers.Dense(1)),
        REGRESSION,
    ),
    "summed loss": (lambda: dense(loss=keras.losses.MeanSquaredError(reduction="sum")), REGRESSION),
    "custom loss": (lambda: dense(loss=custom_loss), REGRESSION),
    "schedule": (lambda: dense(optimizer=scheduled()), REGRESSION),
    "functional": (functional, REGRESSION),
    "subclassed": (subclassed, REGRESSION),
    "own step": (lambda: subclassed(OwnStep), REGRESSION),
    # Batches of equal size: TensorFlow's model.fit weighs short batches of several outputs like full ones.
    "two outputs": (two_outputs, (X[:48], [Y[:48], Y[:48] + 1])),
    "convolution": (convolution, (IMAGES, Y[:23])),
}
OPTIMIZERS = {
    "momentum": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": keras.optimizers.Adam(0.01, amsgrad=True),
    "adamw": keras.optimizers.AdamW(0.01, weight_decay=0.1),
    "rmsprop": keras.optimizers.RMSprop(0.01, centered=True),
    "adagrad": keras.optimizers.Adagrad(0.1),
    "nadam": keras.optimizers.Nadam(0.01),
    "clipped": keras.optimizers.SGD(0.1, clipnorm=0.1),
    "averaged": keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9),
    "accumulated": keras.optimizers.SGD(0.1, gradient_accumulation_steps=2),
}


def assert_same_training(build_model, x, y, *, validation=None, **options):
    keras.utils.set_random_seed(3)
    expected_model = build_model()
    keras.utils.set_random_seed(3)
    model = build_model()
    options = {
        "epochs": 3,
        "batch_size": 8,
        "validation_data": validation,
        "shuffle": False,
        "verbose": 0,
    } | options
    keras.utils.set_random_seed(5)
    expected = expected_model.fit(x, y, **options)
    keras.utils.set_random_seed(5)
    history = fit(model, x, y, **options)
    assert history is model.history
    assert history.epoch == expected.epoch
    assert list(history.history) == list(expected.history)
    for name, values in expected.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=2e-4, atol=2e-6, err_msg=name)
    for ours, theirs in zip(model.get_weights(), expected_model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("name", MODELS)
def test_models_train_as_with_keras(name):
    build_model, (x, y) = MODELS[name]
    assert_same_training(build_model, x, y)
