"""Networks of any kind, trained one after another by `fit`; only the first is compiled."""

import random
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from dlp_keras.training._architecture import every_layer
from dlp_keras.training._fit import fit
from dlp_keras.training._problem import Outcome, Problem


def train_alone(build_model: Callable[[], keras.Model], problem: Problem) -> Outcome:
    """Train copies of a model one after another."""
    histories, initial, weights = [], [], []
    for i, seed in enumerate(problem.seeds):
        model = build_seeded(build_model, int(seed))
        x, y = problem.data.of(i)
        if not model.built:
            model(x[:1], training=False)
        redraw_fixed(model, int(seed))
        initial.append(model.get_weights())
        history = _fit(model, x, y, problem, i)
        histories.append(history.history)
        weights.append(model.get_weights())
        problem.progress.add(problem.epochs)
    names = histories[0]
    return Outcome(
        {name: np.stack([_filled(one[name], problem.epochs) for one in histories]) for name in names},
        [np.stack(same) for same in zip(*initial, strict=True)],
        [np.stack(same) for same in zip(*weights, strict=True)],
    )


def _fit(
    model: keras.Model, x: np.ndarray, y: np.ndarray, problem: Problem, i: int
) -> keras.callbacks.History:
    with warnings.catch_warnings():
        # The history says which networks diverged, and when.
        warnings.filterwarnings("ignore", "The loss is not finite", RuntimeWarning)
        return fit(
            model,
            x,
            y,
            epochs=problem.epochs,
            batch_size=problem.batch_size,
            validation_data=problem.validation and problem.validation.of(i),
            shuffle=problem.shuffle,
            seed=int(problem.seeds[i]),
            verbose=0,
        )


def build_seeded(build_model: Callable[[], keras.Model], seed: int) -> keras.Model:
    """Build a model whose weights depend on `seed`, and leave Python's random numbers as they were."""
    # Keras draws the seed of each initializer that was given none from Python's generator.
    state = random.getstate()
    try:
        random.seed(seed)
        return build_model()
    finally:
        random.setstate(state)


def redraw_fixed(model: keras.Model, seed: int) -> None:
    """Draw those weights of a built model anew that its initializers fix with a seed of their own."""
    rng = np.random.default_rng([seed, 1])
    for layer in every_layer(model):
        for key in layer.get_config():
            initializer: Any = getattr(layer, key, None)
            variable = getattr(layer, key.removesuffix("_initializer"), None)
            config = initializer.get_config() if isinstance(initializer, keras.Initializer) else {}
            if isinstance(variable, keras.Variable) and config.get("seed") is not None:
                drawn = type(initializer).from_config({**config, "seed": int(rng.integers(2**31))})
                variable.assign(drawn(variable.shape, dtype=variable.dtype))


def _filled(values: list[float], epochs: int) -> np.ndarray:
    """Return the values as an array; epochs after a loss that was not finite are NaN."""
    filled = np.full(epochs, np.nan, np.float32)
    filled[: len(values)] = values
    return filled
