"""Dense networks trained side by side: groups of them, one group on each core at a time."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from dlp_keras.device import count_cores
from dlp_keras.training import backends
from dlp_keras.training.compilation import cache
from dlp_keras.training.data import Shuffler
from dlp_keras.training.ensemble import Ensemble, EnsembleTask, Samples
from dlp_keras.training.initialization import initial_weights
from dlp_keras.training.mlp import MLP
from dlp_keras.training.models import architecture_key
from dlp_keras.training.stacked_mlps import EVALUATED_AT_ONCE, StackedMLPs, StackedPlan, place

_GROUP_SIZE_ON_GPU = 4096
_EPOCHS_AT_ONCE = 32
_CALL_TIME = 0.2
_lock = threading.Lock()


def train_stacked(model: keras.Model, mlp: MLP, task: EnsembleTask) -> Ensemble:
    """Train copies of `model` side by side.

    Parameters
    ----------
    model : keras.Model
        Built and compiled; its initializers and its optimizer are used.
    mlp : MLP
    task : EnsembleTask
    """
    n_models = len(task.seeds)
    on_gpu = backends.current().has_accelerator()
    sizes = (*backends.current().GROUP_SIZES, *([_GROUP_SIZE_ON_GPU] if on_gpu else []))
    n_networks = next((size for size in sizes if size >= n_models), sizes[-1])
    # The last group is filled up with copies of the last network.
    groups = [
        np.minimum(np.arange(n_networks) + start, n_models - 1) for start in range(0, n_models, n_networks)
    ]
    initial = initial_weights(model, task.seeds)
    n_workers = 1 if on_gpu else min(len(groups), count_cores())
    stop = threading.Event()
    with ThreadPoolExecutor(n_workers) as pool:
        try:
            parts = list(pool.map(lambda group: _train_group(model, mlp, task, initial, group, stop), groups))
        except BaseException:
            stop.set()  # Ctrl-C: the other groups end with their present call.
            raise
    histories, weights = zip(*parts, strict=True)
    history = {name: np.concatenate([part[name] for part in histories])[:n_models] for name in histories[0]}
    trained = [np.concatenate(same)[:n_models] for same in zip(*weights, strict=True)]
    return Ensemble(task.build_model, task.seeds, history, initial, trained)


def _train_group(
    model: keras.Model,
    mlp: MLP,
    task: EnsembleTask,
    initial: list[np.ndarray],
    group: np.ndarray,
    stop: threading.Event,
) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """Train the networks of `group` through all epochs."""
    backend = backends.current()
    # A GPU would wait for the condition of each barrier's loop.
    barriers = backend.FUSES and not backend.has_accelerator()
    plan = StackedPlan(len(group), min(task.batch_size, task.data.n_samples), _EPOCHS_AT_ONCE, barriers)
    key = (backend.__name__, architecture_key(model), mlp.penalised, plan, _target_shape(task))
    with cache.borrow(key, lambda: StackedMLPs(model, mlp, plan), count_cores()) as stack:
        try:
            first = [np.moveaxis(array[group], 0, -1) for array in initial]
            stack.start(first, _fixed_rate(model.optimizer), mlp.penalty_rates)
            rows = list(_windows(stack, task, group, stop))
        except Exception as error:
            if backend.is_out_of_memory(error):
                raise MemoryError(_out_of_memory(task, len(group))) from error
            raise
        weights = [np.moveaxis(array, -1, 0) for array in stack.weights()]
    return {name: np.concatenate([row[name] for row in rows]).T for name in rows[0]}, weights


def _target_shape(task: EnsembleTask) -> tuple[int, ...]:
    # It decides what "accuracy" means.
    return tuple(task.data.per_network(0).y.shape[1:])


def _windows(
    stack: Any, task: EnsembleTask, group: np.ndarray, stop: threading.Event
) -> Iterator[dict[str, Any]]:
    """Yield the logs of one compiled call after another, arrays of shape (epochs of the call, n_networks)."""
    data = task.data.subset(group)
    placed = _place(data, stack.plan.batch_size, gathered=task.shuffle)
    tests = task.validation and _place(task.validation.subset(group), EVALUATED_AT_ONCE, gathered=False)
    orders = [Shuffler(data.n_samples, shuffle=task.shuffle, seed=int(task.seeds[i])) for i in group]
    done, count = 0, 1
    while done < task.epochs:
        if stop.is_set():
            raise KeyboardInterrupt
        start = time.perf_counter()
        count = min(count, task.epochs - done)
        yield stack.run(placed, tests, _rows(orders, count, stack.plan, own=data.own), count)
        done += count
        with _lock:
            task.bar.advance(count * len(np.unique(group)))
        seconds = (time.perf_counter() - start) / count
        count = max(1, min(4 * count, int(_CALL_TIME / seconds), stack.plan.capacity))


def _rows(orders: list[Shuffler], count: int, plan: StackedPlan, *, own: bool) -> np.ndarray | None:
    """Return the row of each epoch, sample and network, shape (capacity, n_samples, n_networks).

    Fillers of the last batch are rows of the first sample.
    """
    drawn = [rows for order in orders if (rows := order.permutations(count)) is not None]
    if not drawn:
        return None
    n_samples = drawn[0].shape[1]
    n_fillers = -n_samples % plan.batch_size
    rows = np.zeros((plan.capacity, n_samples + n_fillers, len(orders)), np.int32)
    np.stack(drawn, axis=2, out=rows[:count, :n_samples])
    if own:
        rows += n_samples * np.arange(len(orders), dtype=np.int32)
    return rows


def _place(samples: Samples, batch_size: int, *, gathered: bool) -> Any:
    y = samples.y if samples.y.ndim == samples.x.ndim else samples.y[..., None]
    return place(samples.x, y, min(batch_size, samples.n_samples), gathered=gathered)


def _out_of_memory(task: EnsembleTask, n_networks: int) -> str:
    size = (task.data.x.nbytes + task.data.y.nbytes) / 2**20
    return (
        f"The device has no memory for {n_networks} networks side by side, in batches of {task.batch_size} "
        f"of {task.data.n_samples} samples ({size:.0f} MiB in all). Try "
        f"batch_size={max(1, task.batch_size // 2)}, or several calls of `fit_many` with fewer networks."
    )


def _fixed_rate(optimizer: Any) -> float | None:
    rate = optimizer.get_config()["learning_rate"]
    return float(rate) if isinstance(rate, (int, float)) else None
