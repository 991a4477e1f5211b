"""`fit_many` against `fit`, network by network, and against published success rates."""

import keras
import numpy as np
import pytest

from dlp_keras.training import fit, fit_many

RNG = np.random.default_rng(11)
X = RNG.normal(size=(37, 3)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] > 0).astype("float32")
VALIDATION = (X[:13] + 0.1, Y[:13])
CLASSES = (X[:, 0] > 0).astype("int64") + (X[:, 1] > 0)
EPOCHS = 4


def build(*layers, optimizer="sgd", loss="mse", metrics=None):
    """Return a function that builds a model of one hidden layer, unless other layers are given."""

    def build_model():
        copies = [layer() for layer in layers or (dense(4, "tanh"), dense(1))]
        model = keras.Sequential([keras.Input((3,)), *copies])
        model.compile(optimizer() if callable(optimizer) else optimizer, loss, metrics=metrics)
        return model

    return build_model


def dense(units, activation=None, **options):
    return lambda: keras.layers.Dense(units, activation, **options)


def scheduled():
    return keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.05, 10, 0.8))


BINARY = {"loss": "binary_crossentropy", "metrics": ["accuracy"]}
TOGETHER = {
    "sgd": (build(), Y),
    "flat targets": (build(), Y[:, 0]),
    "deep": (build(*[dense(4, "relu")] * 3, dense(1)), Y),
    "activations": (build(dense(3, "elu"), dense(3, "silu"), dense(1, "tanh")), Y),
    "no bias": (build(dense(3, "relu", use_bias=False), dense(1)), Y),
    "penalties": (build(dense(4, "relu", kernel_regularizer="l1", bias_regularizer="l2"), dense(1)), Y),
    "sigmoid": (build(dense(4, "tanh"), dense(1, "sigmoid"), **BINARY), Y.astype(int)),
    "softmax": (
        build(dense(4), dense(3, "softmax"), loss="sparse_categorical_crossentropy", metrics=["accuracy"]),
        CLASSES,
    ),
    "momentum": (build(optimizer=lambda: keras.optimizers.SGD(0.05, momentum=0.9)), Y),
    "adam": (build(optimizer=lambda: keras.optimizers.Adam(0.02)), Y),
    "adamw": (build(optimizer=lambda: keras.optimizers.AdamW(0.02, weight_decay=0.1)), Y),
    "rmsprop": (build(optimizer="rmsprop"), Y),
    "schedule": (build(optimizer=scheduled), Y),
}
ALONE = {
    "batch norm": (build(keras.layers.BatchNormalization, dense(1)), Y),
    "clipped": (build(optimizer=lambda: keras.optimizers.SGD(0.1, global_clipnorm=0.1)), Y),
}


def assert_network_trains_as_alone(build_model, x, y, i, *, shuffle, **options):
    options = {"epochs": EPOCHS, "batch_size": 8, "validation_data": VALIDATION, "verbose": 0} | options
    ensemble = fit_many(build_model, x, y, n_models=i + 1, shuffle=shuffle, **options)
    model = ensemble.initial(i)
    history = fit(model, x, y, shuffle=shuffle, seed=int(ensemble.seeds[i]), **options)
    assert set(ensemble.history) == set(history.history)
    for name, values in history.history.items():
        np.testing.assert_allclose(ensemble.history[name][i], values, rtol=2e-4, atol=2e-6, err_msg=name)
    for ours, alone in zip(ensemble.model(i).get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, alone, rtol=2e-4, atol=2e-5)
    return ensemble


@pytest.mark.parametrize("name", TOGETHER)
def test_networks_train_together_as_alone(name, capsys):
    build_model, y = TOGETHER[name]
    options = {"validation_data": (X[:13], y[:13]), "verbose": 1}
    assert_network_trains_as_alone(build_model, X, y, 2, shuffle=True, **options)
    assert "one network after another" not in capsys.readouterr().out
