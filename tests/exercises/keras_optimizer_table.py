"""What Keras's own optimizers do: the table that the marks of exercise 5 compare with.

The marks need no Keras, only ``keras_optimizer_table.json``. Write that anew by hand, after a change of the
settings below, with ``python tests/exercises/keras_optimizer_table.py``.
"""

import json
import re
import sys
from pathlib import Path

import keras
import numpy as np

N_STEPS, N_DIGITS = 20, 8
START = [0.4, -1.0, 2.0, -0.3, 1.5, 0.7]
SCALES = [0.5, 1.0, 3.0, 8.0, 20.0, 50.0]
"""Of the gradients, by parameter: far above epsilon, which stands in another place in Keras than in the text."""

OPTIMIZERS = [
    ("SGD", {"learning_rate": 0.03, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.5}),
    ("SGD", {"learning_rate": 0.05, "momentum": 0.0}),
    ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.0}),
    ("Adagrad", {"learning_rate": 0.5, "initial_accumulator_value": 0.0}),
    ("Adam", {"learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.999}),
    ("Adam", {"learning_rate": 0.2, "beta_1": 0.7, "beta_2": 0.95}),
]

PLATEAUS = {
    "falls": ([90, 70, 60, 55, 54, 53, 52, 51, 50, 49, 48, 47], 0.5, 5),
    "the best comes first": ([50, 60, 70, 80, 90, 95], 0.5, 5),
    "one plateau": ([90, 70, 60, 61, 62, 63, 64, 65, 50, 40, 30], 0.5, 5),
    "several plateaus": ([90, 70, 71, 72, 73, 74, 75, 76, 50, 51, 52, 53, 54, 55, 56, 57], 0.25, 3),
    "an improvement in between": ([90, 80, 85, 86, 79, 83, 84, 78, 81, 82, 83, 77, 86], 0.3, 3),
    "above the best": ([90, 50, 70, 65, 60, 58, 56], 0.1, 4),
    "the best stays": ([90, 50, 60, 70, 65, 66], 0.3, 2),
    "equal losses": ([90, 60, 60, 60, 60], 0.4, 2),
}
"""Losses, factor and patience."""


def make_gradients():
    """Draw gradients that mostly keep their sign, so that momentum and averages count."""
    rng = np.random.default_rng(5)
    shape = (N_STEPS, len(SCALES))
    signs = rng.choice([-1, 1], shape, p=[0.3, 0.7]) * rng.choice([-1, 1], len(SCALES))
    return np.round(SCALES * signs * rng.uniform(0.6, 2, shape), 3)


def take_steps(optimizer, gradients):
    """Return the parameters after each step of an optimizer."""
    parameters = keras.Variable(START, dtype="float64")
    steps = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float64")], [parameters])
        steps.append(np.round(keras.ops.convert_to_numpy(parameters.value), N_DIGITS).tolist())
    return steps


def follow_plateaus(losses, factor, patience):
    """Return the learning rate after each loss, as a multiple of the first rate."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(learning_rate=1.0))
    callback = keras.callbacks.ReduceLROnPlateau("loss", factor, patience, min_delta=0)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"loss": loss})
        rate = keras.ops.convert_to_numpy(model.optimizer.learning_rate)
        rates.append(round(float(rate), N_DIGITS))
    return rates


def make_table():
    """Compute the table in double precision."""
    keras.config.set_floatx("float64")
    gradients = make_gradients()
    runs = [
        {
            "optimizer": name,
            **settings,
            "parameters": take_steps(getattr(keras.optimizers, name)(**settings), gradients),
        }
        for name, settings in OPTIMIZERS
    ]
    plateaus = {
        name: {"losses": case[0], "factor": case[1], "patience": case[2], "rates": follow_plateaus(*case)}
        for name, case in PLATEAUS.items()
    }
    return {"start": START, "gradients": gradients.tolist(), "runs": runs, "plateaus": plateaus}


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".json")
    text = json.dumps(make_table(), indent=1)
    one_row_a_line = re.sub(r"(?<=[\d\[,])\n *(?=[-\d\]])", " ", text)
    path.write_text(one_row_a_line + "\n", encoding="utf-8")
