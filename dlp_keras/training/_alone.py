"""Networks of any kind, trained one after another by `fit`; only the first is compiled."""

import random
from collections.abc import Callable

import keras
import numpy as np

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
        initial.append(model.get_weights())
        history = fit(
            model,
            x,
            y,
            epochs=problem.epochs,
            batch_size=problem.batch_size,
            validation_data=problem.validation and problem.validation.of(i),
            shuffle=problem.shuffle,
            seed=int(seed),
            verbose=0,
        )
        histories.append(history.history)
        weights.append(model.get_weights())
        problem.progress.add(problem.epochs)
    names = histories[0]
    return Outcome(
        {name: np.stack([_filled(one[name], problem.epochs) for one in histories]) for name in names},
        [np.stack(same) for same in zip(*initial, strict=True)],
        [np.stack(same) for same in zip(*weights, strict=True)],
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


def _filled(values: list[float], epochs: int) -> np.ndarray:
    """Return the values as an array; epochs after a loss that was not finite are NaN."""
    filled = np.full(epochs, np.nan, np.float32)
    filled[: len(values)] = values
    return filled
