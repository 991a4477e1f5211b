"""`fit_many` and `sweep`: many random starts of one model, side by side or one by one."""

import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from dlp_keras.arguments import check_count
from dlp_keras.progress import ProgressBar
from dlp_keras.training import backends
from dlp_keras.training.data import Data, Shuffler, numbers_as_array, prepare, split_validation
from dlp_keras.training.ensemble import Ensemble, EnsembleTask, Samples
from dlp_keras.training.initialization import build_with_seed, reinitialize, spawn_seeds
from dlp_keras.training.mlp import NotAnMLPError, read_mlp
from dlp_keras.training.models import build_state, check_model
from dlp_keras.training.stacked_training import train_stacked
from dlp_keras.training.target_shapes import check_target_shapes
from dlp_keras.training.training_loop import Trainer


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
    if isinstance(build_model, keras.Model) or not callable(build_model):
        raise TypeError(
            f"`build_model` must be a function that returns a new compiled model. Got {build_model!r}. "
            "Write `lambda: …`, or name the function without calling it."
        )
    for name, value in (("n_models", n_models), ("epochs", epochs), ("batch_size", batch_size)):
        check_count(name, value)
    seeds = spawn_seeds(seed, n_models)
    model = build_with_seed(build_model, int(seeds[0]))
    check_model(model, "What `build_model` returns")
    data, validation = _samples(model, x, y, n_models), None
    if validation_data is not None:
        x_test, y_test, _ = split_validation(validation_data)
        validation = _samples(model, x_test, y_test, n_models, where="validation ")
    build_state(model, data.per_network(0))
    check_target_shapes(model, data.per_network(0))
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
        mlp = read_mlp(model, task.data.per_network(0).y.shape[1:])
    except NotAnMLPError as reason:
        if not quiet:
            print(f"fit_many: training one network after another, because {reason}.")
        return train_one_by_one(model, task)
    return train_stacked(model, mlp, task)


def _samples(model: keras.Model, x: Any, y: Any, n_models: int, *, where: str = "") -> Samples:
    """Check samples that networks share, or that have one more axis in front for the networks."""
    data = prepare(numbers_as_array(f"{where}x", x), numbers_as_array(f"{where}y", y), where=where)
    if keras.tree.is_nested(data.x) or keras.tree.is_nested(data.y):
        raise ValueError(
            f"`{where}x` and `{where}y` must be one array each: `fit_many` trains models with one input and "
            "one output. Train others with `fit`, in a loop."
        )
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


def train_one_by_one(model: keras.Model, task: EnsembleTask) -> Ensemble:
    """Train networks one after another: `model`, which is built, begins as each of them in turn."""
    histories, initial, weights = [], [], []
    blank = [np.array(ops.convert_to_numpy(variable)) for variable in model.optimizer.variables]
    for i in range(len(task.seeds)):
        start = _initial_state(task, i)
        for variable, value in zip(
            [*model.variables, *model.optimizer.variables], [*start, *blank], strict=True
        ):
            variable.assign(value)
        initial.append(model.get_weights())
        histories.append(_fit(model, task, i))
        weights.append(model.get_weights())
        task.bar.advance(task.epochs)
    return Ensemble(
        task.build_model,
        task.seeds,
        {name: np.stack([_filled(one[name], task.epochs) for one in histories]) for name in histories[0]},
        [np.stack(same) for same in zip(*initial, strict=True)],
        [np.stack(same) for same in zip(*weights, strict=True)],
    )


def _initial_state(task: EnsembleTask, i: int) -> list[np.ndarray]:
    """Return the variables of a network that `build_model` has just built."""
    seed = int(task.seeds[i])
    model = build_with_seed(task.build_model, seed)
    if not model.built:
        model(task.data.per_network(i).x[:1], training=False)
    reinitialize(model, seed)
    return [np.array(ops.convert_to_numpy(variable)) for variable in model.variables]


def _fit(model: keras.Model, task: EnsembleTask, i: int) -> dict[str, list[float]]:
    data = task.data.per_network(i)
    shuffler = Shuffler(data.n_samples, shuffle=task.shuffle, seed=int(task.seeds[i]))
    validation = task.validation and task.validation.per_network(i)
    if keras.backend.backend() not in backends.WITH_EPOCHS:
        return _fit_with_keras(model, task, data, validation, shuffler)
    with warnings.catch_warnings():
        # The history says which networks diverged, and when.
        warnings.filterwarnings("ignore", "The loss is not finite", RuntimeWarning)
        trainer = Trainer(model, data, validation, task.batch_size, shuffler)
        history: dict[str, list[float]] = trainer.train(
            [], task.epochs, 0, planned=(len(task.seeds) - i) * task.epochs
        ).history
    return history


def _fit_with_keras(
    model: keras.Model, task: EnsembleTask, data: Data, validation: Data | None, shuffler: Shuffler
) -> dict[str, list[float]]:
    """Train by `model.fit`, in the orders of the compiled epochs."""
    rows: list[dict[str, list[float]]] = []
    options = {"batch_size": task.batch_size, "shuffle": False, "verbose": 0}
    for _ in range(task.epochs):
        order = shuffler.permutations(1)
        x, y = (data.x, data.y) if order is None else (data.x[order[0]], data.y[order[0]])
        rows.append(model.fit(x, y, validation_data=validation and validation[:2], **options).history)
    return {name: [row[name][0] for row in rows] for name in rows[0]}


def _filled(values: list[float], epochs: int) -> np.ndarray:
    """Return the values as an array; epochs after a loss that was not finite are NaN."""
    filled = np.full(epochs, np.nan, np.float32)
    filled[: len(values)] = values
    return filled
