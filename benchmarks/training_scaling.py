"""How the time of an epoch grows with width, depth, samples and the number of networks."""

from collections.abc import Callable

import keras
import numpy as np

from benchmarks.record import Row, row, seconds
from dlp_keras.training import fit, fit_many


def scaling(quick: bool) -> list[Row]:
    """Return the slope of log(time) against log(size) for each, and the times behind it."""
    last = 2 if quick else 4
    cases: dict[str, tuple[list[int], Callable[[int], float]]] = {
        "width (one hidden layer)": ([16, 64, 256, 1024][:last], lambda n: _one(hidden=(n,))),
        "depth (16 neurons each)": ([2, 4, 8, 16][:last], lambda n: _one(hidden=(16,) * n)),
        "samples": ([250, 1000, 4000, 16000][:last], lambda n: _one(n_samples=n)),
        "networks": ([128, 256, 512, 1024][:last], _many),
    }
    rows = []
    for name, (sizes, measure) in cases.items():
        times = [measure(size) for size in sizes]
        slope = np.polyfit(np.log(sizes), np.log(times), 1)[0]
        steps = ", ".join(f"{size}: {1e3 * spent:.3g} ms" for size, spent in zip(sizes, times, strict=True))
        rows.append(row(f"time of an epoch against {name}", slope, "slope", note=steps))
    return rows


def _network(hidden: tuple[int, ...]) -> keras.Model:
    layers = [keras.layers.Dense(units, "relu") for units in hidden]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def _points(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).normal(size=(n_samples, 2)).astype("float32")
    return x, x[:, :1] * x[:, 1:]


def _one(hidden: tuple[int, ...] = (16, 16), n_samples: int = 1000) -> float:
    model, (x, y) = _network(hidden), _points(n_samples)
    return _seconds(lambda n: fit(model, x, y, epochs=n, batch_size=25, verbose=0))


def _many(n_models: int) -> float:
    x, y = _points(250)
    options = {"batch_size": 10, "shuffle": False, "verbose": 0}
    return _seconds(
        lambda n: fit_many(lambda: _network((6, 6)), x, y, n_models=n_models, epochs=n, **options)
    )


def _seconds(train: Callable[[int], object]) -> float:
    """Seconds of an epoch: the difference of two trainings, so that the cost of a call drops out."""
    train(1)
    short, long = (np.median(seconds(lambda n=n: train(n))) for n in (2, 34))
    return max(float(long - short) / 32, 1e-7)
