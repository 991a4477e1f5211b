"""A Playground setting as a Keras script that a student can read, run and change."""

from collections.abc import Mapping
from typing import Any

_SCRIPT = '''\
"""{title}, in Keras: the setting at
{url}
"""

import keras
from keras import layers

from dlp_keras.datasets import {maker}, playground_features

points, y = {maker}({n_samples}, noise={noise}, seed={number})
{targets}
x = playground_features(points, {features})
n_training = {n_training}

model = keras.Sequential([
    keras.Input(({n_features},)),
{layers}
])
# The Playground's loss is half the mean squared error.
model.compile(keras.optimizers.SGD(learning_rate={learning_rate}), loss="mse", loss_weights=0.5)
model.summary()

history = model.fit(
    x[:n_training],
    y[:n_training],
    validation_data=(x[n_training:], y[n_training:]),
    batch_size={batch_size},
    epochs={epochs},
    shuffle=False,  # the Playground keeps the order of the points
    verbose=2,
)
'''

_LAYER = """\
    layers.Dense(
        {units},
        activation="{activation}",
        kernel_initializer={kernel},
        bias_initializer={bias},{penalty}
    ),"""


def write_code(setting: Mapping[str, Any], maker: str, url: str, epochs: int) -> str:
    """Write a script that needs Keras and this package's data sets, and nothing else.

    Parameters
    ----------
    setting : mapping
        The fields of an `Experiment`, its ``features`` and its ``number``.
    maker : str
        Name of the function that makes the points.
    url : str
    epochs : int
    """
    classes = setting["problem"] == "classification"
    n_samples = 500 if classes else 1200
    units = [*setting["hidden_units"], 1]
    return _SCRIPT.format(
        title=f"{maker.removeprefix('make_').capitalize()} with {'-'.join(map(str, units))} neurons",
        url=url,
        maker=maker,
        n_samples=n_samples,
        noise=setting["noise"] / 100,
        number=setting["number"],
        targets="y = 2.0 * y[:, None] - 1.0  # classes -1 and +1" if classes else "y = y[:, None]",
        features=setting["features"],
        n_features=len(setting["features"]),
        n_training=n_samples * setting["percent_training"] // 100,
        layers="\n".join(_layer(setting, index, number) for index, number in enumerate(units)),
        learning_rate=float(setting["learning_rate"]),
        batch_size=setting["batch_size"],
        epochs=epochs,
    )


def _layer(setting: Mapping[str, Any], index: int, units: int) -> str:
    last = index == len(setting["hidden_units"])
    head = "tanh" if setting["problem"] == "classification" else "linear"
    seed = setting["number"] + index
    return _LAYER.format(
        units=units,
        activation=head if last else setting["activation"],
        kernel='"zeros"'
        if setting["zero_weights"]
        else f"keras.initializers.RandomUniform(-0.5, 0.5, seed={seed})",
        bias='"zeros"' if setting["zero_weights"] else "keras.initializers.Constant(0.1)",
        penalty=_penalty(setting["regularization"], setting["regularization_rate"]),
    )


def _penalty(kind: str | None, rate: float) -> str:
    if kind is None or not rate:
        return ""
    # Keras's L2 is rate·w², the Playground's ½·rate·w².
    shown = f"L2({rate / 2})" if kind == "L2" else f"L1({float(rate)})"
    return f"\n        kernel_regularizer=keras.regularizers.{shown},"
