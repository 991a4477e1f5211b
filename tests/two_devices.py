"""`fit` against `model.fit` under `MirroredStrategy`, on two devices made of one CPU.

TensorFlow divides a CPU only before it starts, so `test_training_mirrored.py` runs this in a new process.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

from dlp_keras.training import fit

CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(CPU, [tf.config.LogicalDeviceConfiguration()] * 2)

RNG = np.random.default_rng(7)
X = RNG.normal(size=(51, 4)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] > 0).astype("float32")
STRATEGY = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def build(*layers, shape=(4,)):
    keras.utils.set_random_seed(1)
    with STRATEGY.scope():
        built = [keras.Input(shape)] if shape else []
        model = keras.Sequential([*built, *(layer() for layer in layers), keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


def hidden():
    return keras.layers.Dense(5, "tanh")


def assert_same(batch_size, *layers, callbacks=lambda: [], epochs=2, **options):
    # 51 samples: the last batch leaves one device with fewer samples than the other, or with none.
    models, histories = [], []
    for train in (keras.Model.fit, fit):
        model = build(*layers, **options)
        history = train(
            model,
            X,
            Y,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=False,
            validation_data=(X[:17] + 0.1, Y[:17]),
            callbacks=callbacks(),
            verbose=0,
        )
        models.append(model)
        histories.append(history.history)
    assert list(histories[0]) == list(histories[1])
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=1e-5, err_msg=name)
    for theirs, ours in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def deciding():
    return [
        keras.callbacks.EarlyStopping(patience=2, min_delta=0.02, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau(patience=1, min_delta=0.1),
    ]


if __name__ == "__main__":
    assert_same(8, hidden, callbacks=deciding, epochs=6)
    assert_same(10, hidden, shape=None)
    print("the same")
