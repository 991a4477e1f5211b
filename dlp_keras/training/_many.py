"""`fit_many`: many random starts of one model, trained at once."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import keras

from dlp_keras.training._alone import build_seeded, train_alone
from dlp_keras.training._arrays import Data, prepare
from dlp_keras.training._chain import NotAChainError, read_chain
from dlp_keras.training._checks import check_count, split_validation
from dlp_keras.training._engines import BACKENDS
from dlp_keras.training._ensemble import Ensemble
from dlp_keras.training._initial import seeds_of
from dlp_keras.training._plan import build_state
from dlp_keras.training._problem import Outcome, Problem, Samples
from dlp_keras.training._progress import Progress
from dlp_keras.training._targets import check_target_shapes
from dlp_keras.training._together import train_together


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
    seeds = seeds_of(seed, n_models)
    model = build_seeded(build_model, int(seeds[0]))
    if not model.compiled:
        raise ValueError("`build_model` must return a compiled model. Call `model.compile(…)` in it.")
    data = _samples(model, x, y, n_models)
    validation = None
    if validation_data is not None:
        x_test, y_test, _ = split_validation(validation_data)
        validation = _samples(model, x_test, y_test, n_models, where="validation ")
    first = Data(*data.of(0))
    build_state(model, first)
    check_target_shapes(model, first)
    progress = Progress(n_models * epochs, unit="network-epoch", shown=verbose not in {0, "0"})
    problem = Problem(data, validation, seeds, epochs, batch_size, shuffle, progress)
    outcome = _train(build_model, model, problem, quiet=verbose == 0)
    return Ensemble(build_model, outcome, seeds)


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


def _train(
    build_model: Callable[[], keras.Model], model: keras.Model, problem: Problem, *, quiet: bool
) -> Outcome:
    try:
        if keras.backend.backend() not in BACKENDS:
            raise NotAChainError(f"groups are not written for the {keras.backend.backend()} backend")
        chain = read_chain(model, problem.data.of(0)[1].shape[1:])
    except NotAChainError as reason:
        if not quiet:
            print(f"fit_many: training one network after another, because {reason}.")
        return train_alone(build_model, problem)
    return train_together(model, chain, problem)


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
