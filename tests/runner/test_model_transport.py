"""A model is built again from plain values: the same function, with nothing but Keras's own layers in it."""

import keras
import numpy as np
import pytest

from dlp_keras.runner.codec import decode, encode
from dlp_keras.runner.model_build import build
from dlp_keras.runner.model_description import describe
from dlp_keras.runner.model_export import export
from dlp_keras.runner.model_parts import NotPlainError

IMAGE, POINT = (8, 8, 1), (3,)


def sequential():
    return keras.Sequential(
        [
            keras.Input(IMAGE),
            keras.layers.Conv2D(4, 3, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
            keras.layers.BatchNormalization(),
            keras.layers.MaxPooling2D((3, 2)),
            keras.layers.SeparableConv2D(5, (1, 2), padding="same", use_bias=False),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(3, "softmax"),
        ]
    )


def functional():
    source = keras.Input(IMAGE)
    x = keras.layers.Conv2D(3, 3, padding="same")(source)
    shared = keras.layers.Conv2D(3, 3, padding="same")
    y = keras.ops.relu(shared(shared(x)))
    z = keras.layers.Add()([x, y])
    joined = keras.layers.Concatenate()([keras.layers.GlobalAveragePooling2D()(z), keras.layers.Flatten()(x)])
    return keras.Model(source, keras.layers.Dense(1, activation="sigmoid")(joined))


def nested():
    inner = keras.Sequential([keras.Input(POINT), keras.layers.Dense(4, "tanh")])
    source = keras.Input(POINT)
    return keras.Model(source, keras.layers.Dense(2)(inner(source)))


def normalized():
    layer = keras.layers.Normalization()
    layer.adapt(np.array([[1.0, 2, 3], [4, 9, 5]]))
    return keras.Sequential(
        [keras.Input(POINT), layer, keras.layers.Dense(2, "elu"), keras.layers.LeakyReLU(0.2)]
    )


def augmented():
    layers = [
        keras.layers.RandomTranslation(0.1, 0.2, fill_mode="constant"),
        keras.layers.RandomRotation(0.1),
        keras.layers.RandomZoom((-0.1, 0.1)),
        keras.layers.RandomFlip("horizontal", seed=3),
        keras.layers.Flatten(),
    ]
    return keras.Sequential([keras.Input(IMAGE), *layers, keras.layers.Dense(3, "softmax")])


@pytest.mark.parametrize("make", [sequential, functional, nested, normalized, augmented])
def test_the_same_function_is_built_again(make):
    model = make()
    rng = np.random.default_rng(1)
    for layer in (layer for layer in model.layers if layer.trainable_weights):
        layer.set_weights([w + abs(rng.normal(0, 0.3, np.shape(w))) for w in layer.get_weights()])
    again = build(decode(encode(export(model))))
    x = rng.normal(size=(5, *model.input_shape[1:])).astype("float32")
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6, atol=1e-7)
    assert describe(again)["n_parameters"] == describe(model)["n_parameters"]
    assert [layer["class"] for layer in describe(again)["layers"]] == [
        layer["class"] for layer in describe(model)["layers"]
    ]


SCHEDULE = keras.optimizers.schedules.ExponentialDecay


@pytest.mark.parametrize(
    ("optimizer", "loss", "metrics"),
    [
        (lambda: "adam", "mse", ["mae"]),
        (lambda: keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.Huber(0.5), []),
        (
            lambda: keras.optimizers.AdamW(SCHEDULE(0.1, 10, 0.9), weight_decay=0.02),
            keras.losses.BinaryCrossentropy(from_logits=True),
            ["accuracy", keras.metrics.BinaryAccuracy(threshold=0.4, name="hits")],
        ),
    ],
)
def test_it_learns_the_same(optimizer, loss, metrics):
    def make():
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input(POINT), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
        model.compile(optimizer(), loss, metrics=metrics)
        return model

    model, again = make(), build(decode(encode(export(make()))))
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(40, 3)), rng.integers(2, size=(40, 1)).astype("float32")
    logs = [m.fit(x, y, epochs=3, shuffle=False, verbose=0).history for m in (model, again)]
    assert logs[0].keys() == logs[1].keys()
    for name, values in logs[0].items():
        np.testing.assert_allclose(logs[1][name], values, rtol=1e-5)
    assert describe(again)["compiled"] == describe(model)["compiled"]


class Own(keras.Model):
    def call(self, x):
        return x


@keras.saving.register_keras_serializable()
class OwnLayer(keras.layers.Layer):
    def call(self, x):
        return x


def own_loss(y, p):
    return keras.ops.mean((y - p) ** 2)


def compiled_with(**options):
    model = keras.Sequential([keras.Input(POINT), keras.layers.Dense(1)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


@pytest.mark.parametrize(
    "make",
    [
        Own,
        lambda: keras.Sequential([keras.layers.Dense(1)]),
        lambda: keras.Sequential([keras.Input(POINT), OwnLayer()]),
        lambda: keras.Sequential([keras.Input(POINT), keras.layers.Lambda(lambda x: x)]),
        lambda: keras.Sequential([keras.Input(POINT), keras.layers.Dense(1, activation=lambda x: x)]),
        lambda: keras.Model(source := keras.Input(POINT), keras.ops.sum(source, axis=1)),
        lambda: keras.Sequential([keras.Input(POINT), keras.layers.Dense(1, dtype="float16")]),
        lambda: compiled_with(loss=own_loss),
        lambda: compiled_with(metrics=[own_loss]),
        lambda: keras.Sequential([keras.Input(POINT), type("Dense", (keras.layers.Dense,), {})(1)]),
    ],
    ids=range(10),
)
def test_what_carries_code_stays(make):
    with pytest.raises(NotPlainError):
        export(make())


def written(**changes):
    plain = export(compiled_with())
    layer = plain["layers"][1]
    for path, value in changes.items():
        place = {"layer": layer, "plain": plain, "config": layer["config"], "compiled": plain["compiled"]}
        where, _, key = path.partition("__")
        place[where][key] = value
    return plain


@pytest.mark.parametrize(
    "changes",
    [
        {"layer__class": "Lambda"},
        {"layer__class": "__class__"},
        {"layer__class": "ops.__doc__"},
        {"config__units": 10**12},
        {"config__activation": {"class": "function", "config": {}}},
        {"config__kernel_regularizer": {"class": "L2", "config": {"l2": [[1]] * 50}}},
        {"config__unknown": 3},
        {"layer__weights": [np.zeros((2, 1)), np.zeros(1)]},
        {"layer__weights": ["a", "b"]},
        {"plain__layers": []},
        {"plain__calls": [{"layer": 7, "inputs": []}], "plain__sequential": False},
        {"plain__output": -1, "plain__sequential": False},
        {"compiled__loss": {"class": "Loss", "config": {}}},
        {"compiled__loss": "no_such_loss"},
        {"compiled__optimizer": {"class": "Optimizer", "config": {}, "rate": 0.1}},
        {"compiled__optimizer": {"class": "SGD", "config": {}, "rate": {"class": "X", "config": {}}}},
        {"compiled__metrics": [{"class": "MeanMetricWrapper", "config": {"fn": "eval"}}]},
        {"plain__compiled": 3},
    ],
    ids=range(18),
)
def test_what_a_process_makes_up_is_refused(changes):
    with pytest.raises(NotPlainError):
        build(written(**changes))


def network(*layers, shape=POINT):
    """Write a network as a process might make it up, with no weights to carry."""
    plain = export(keras.Sequential([keras.Input(shape), keras.layers.Flatten()]))
    plain["layers"][1:] = [{"class": name, "config": config, "weights": []} for name, config in layers]
    plain["calls"] = [{"layer": n, "inputs": [n - 1] if n else []} for n in range(len(plain["layers"]))]
    plain["output"] = len(layers)
    return plain


WIDE = {"units": 65536}
INNER = network(*[("Dense", {"units": units}) for units in (3000, 3000, 3)])  # 9 million weights


@pytest.mark.parametrize(
    "plain",
    [
        network(("Dense", WIDE), ("Dense", WIDE)),
        network(*[("Dense", {"units": 4000})] * 4),
        network(("Model", INNER), ("Model", INNER)),
        network(("UpSampling2D", {"size": [65536, 65536]}), shape=IMAGE),
        network(("ZeroPadding2D", {"padding": 5000}), shape=IMAGE),
        network(("Conv2D", {"filters": 3, "kernel_size": [60000, 60000], "padding": "same"}), shape=IMAGE),
    ],
    ids=["wide", "deep", "nested", "grows", "padded", "kernel"],
)
@pytest.mark.parametrize("sequential", [True, False])
def test_what_is_too_large_has_no_memory(plain, sequential):
    with pytest.raises(NotPlainError, match=r"more than|returns the shape"):
        build(plain | {"sequential": sequential})


def test_a_network_that_was_built_again_can_be_copied():
    again = build(export(sequential()))
    assert keras.models.clone_model(again).count_params() == again.count_params()
