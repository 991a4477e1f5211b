"""`fit_many` and `sweep`: many random starts of one model, side by side or one by one."""

import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import keras
import numpy as np

from dlp_keras.arguments import check_count
from dlp_keras.progress import ProgressBar
from dlp_keras.training import backends
from dlp_keras.training.data import Data, prepare, split_validation
from dlp_keras.training.ensemble import Ensemble, EnsembleTask, Samples
from dlp_keras.training.initialization import build_with_seed, reinitialize, spawn_seeds
from dlp_keras.training.mlp import NotAnMLPError, read_mlp
from dlp_keras.training.models import build_state
from dlp_keras.training.stacked_training import train_stacked
from dlp_keras.training.target_shapes import check_target_shapes
from dlp_keras.training.trainer import fit


def fit_many(
    build_model: Callable[[], keras.Model],
    x: Any,
    y: Any,
    *,
    n_models: int,
    epochs: int,
    batch_size: int = 32,
    validation_data: Any = None,
    shuffle: bool = True,
    seed: int = 0,
    verbose: int | str = "auto",
) -> Ensemble:
    """Train many freshly initialised copies of a model, each with its own seed and its own shuffling.

    Networks of dense layers train side by side in one compiled function, in groups that keep the memory
    bounded; others one after another with `fit`. Both give what training them one by one gives.

    Parameters
    ----------
    build_model : callable
        Returns a compiled model.
    x, y : array of shape (n_samples, …) or (n_models, n_samples, …)
        Samples and targets that all networks share, or with one more axis in front those of each.
    n_models, epochs : int
        At least 1.
    batch_size : int
        Samples per step; the last batch of an epoch may be shorter.
    validation_data : tuple of (x, y), optional
        Evaluated after each epoch; shared or not, as `x` and `y`.
    shuffle : bool
        Whether each epoch takes the samples in a new order, another for each network.
    seed : int
        Determines all initial weights and orders.
    verbose : {"auto", 0, 1}
        0 is silent, 1 ("auto") draws a bar over all epochs of all networks.

    Returns
    -------
    Ensemble

    Raises
    ------
    ValueError
        As `fit`, and if the first axis of per-network arrays is not `n_models` long.
    MemoryError
        If the device cannot hold a group of networks.

    Examples
    --------
    >>> ensemble = fit_many(build, x, y, n_models=1000, epochs=300)  # doctest: +SKIP
    >>> ensemble.success(0.97, metric="accuracy").mean()  # doctest: +SKIP
    """
    for name, value in (("n_models", n_models), ("epochs", epochs), ("batch_size", batch_size)):
        check_count(name, value)
    seeds = spawn_seeds(seed, n_models)
    model = build_with_seed(build_model, int(seeds[0]))
    if not model.compiled:
        raise ValueError("`build_model` must return a compiled model. Call `model.compile(…)` in it.")
    data = _samples(model, x, y, n_models)
    validation = None
    if validation_data is not None:
        x_test, y_test, _ = split_validation(validation_data)
        validation = _samples(model, x_test, y_test, n_models, where="validation ")
    first = Data(*data.per_network(0))
    build_state(model, first)
    check_target_shapes(model, first)
    with ProgressBar(n_models * epochs, unit="network-epochs", shown=verbose not in {0, "0"}) as bar:
        task = EnsembleTask(data, validation, build_model, seeds, epochs, batch_size, shuffle, bar)
        return _train(model, task, quiet=verbose == 0)


def sweep(
    build_model: Callable[[Any], keras.Model], values: Iterable[Any], x: Any, y: Any, **options: Any
) -> dict[Any, Ensemble]:
    """Train an ensemble for each value of a setting, such as the width of a hidden layer.

    Parameters
    ----------
    build_model : callable
        Returns a compiled model for one of `values`.
    values : iterable
        Hashable settings.
    x, y, **options
        As for `fit_many`.

    Returns
    -------
    dict of value to Ensemble

    Examples
    --------
    >>> widths = sweep(build, [2, 3, 4], x, y, n_models=100, epochs=300)  # doctest: +SKIP
    >>> [widths[h].success(0.97, metric="accuracy").mean() for h in widths]  # doctest: +SKIP
    """
    return {value: fit_many(partial(build_model, value), x, y, **options) for value in values}


def _train(model: keras.Model, task: EnsembleTask, *, quiet: bool) -> Ensemble:
    try:
        if keras.backend.backend() not in backends.NAMES:
            raise NotAnMLPError(f"groups are not written for the {keras.backend.backend()} backend")
        mlp = read_mlp(model, task.data.per_network(0)[1].shape[1:])
    except NotAnMLPError as reason:
        if not quiet:
            print(f"fit_many: training one network after another, because {reason}.")
        return train_one_by_one(task)
    return train_stacked(model, mlp, task)


def _samples(model: keras.Model, x: Any, y: Any, n_models: int, *, where: str = "") -> Samples:
    """Check samples that networks share, or that have one more axis in front for the networks."""
    data = prepare(x, y, where=where)
    own = model.built and data.x.ndim == len(model.input_shape) + 1
    if own and len(data.x) != n_models:
        raise ValueError(
            f"`{where}x` must have one entry for each of n_models={n_models} networks along its first axis. "
            f"Got shape {data.x.shape}. Stack {n_models} sets, or give one set (n_samples, …) for all."
        )
    if own and data.x.shape[1] != data.y.shape[1]:
        raise ValueError(
            f"`{where}x` and `{where}y` must have the same number of samples. Got {data.x.shape[1]} and "
            f"{data.y.shape[1]}. Cut or refill one."
        )
    return Samples(data.x, data.y, own)


def train_one_by_one(task: EnsembleTask) -> Ensemble:
    """Train copies of a model one after another; only the first is compiled."""
    histories, initial, weights = [], [], []
    for i, seed in enumerate(task.seeds):
        model = build_with_seed(task.build_model, int(seed))
        x, y = task.data.per_network(i)
        if not model.built:
            model(x[:1], training=False)
        reinitialize(model, int(seed))
        initial.append(model.get_weights())
        histories.append(_fit(model, x, y, task, i).history)
        weights.append(model.get_weights())
        task.progress.advance(task.epochs)
    return Ensemble(
        task.build_model,
        task.seeds,
        {name: np.stack([_filled(one[name], task.epochs) for one in histories]) for name in histories[0]},
        [np.stack(same) for same in zip(*initial, strict=True)],
        [np.stack(same) for same in zip(*weights, strict=True)],
    )


def _fit(model: keras.Model, x: np.ndarray, y: np.ndarray, task: EnsembleTask, i: int) -> Any:
    with warnings.catch_warnings():
        # The history says which networks diverged, and when.
        warnings.filterwarnings("ignore", "The loss is not finite", RuntimeWarning)
        return fit(
            model,
            x,
            y,
            epochs=task.epochs,
            batch_size=task.batch_size,
            validation_data=task.validation and task.validation.per_network(i),
            shuffle=task.shuffle,
            seed=int(task.seeds[i]),
            verbose=0,
        )


def _filled(values: list[float], epochs: int) -> np.ndarray:
    """Return the values as an array; epochs after a loss that was not finite are NaN."""
    filled = np.full(epochs, np.nan, np.float32)
    filled[: len(values)] = values
    return filled
