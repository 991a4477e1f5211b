"""Dense networks trained side by side: groups of them, one group on each core at a time."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from dlp_keras.training import _engines
from dlp_keras.training._architecture import describe
from dlp_keras.training._chain import Chain
from dlp_keras.training._crowd import Crowd, CrowdPlan, place, tools
from dlp_keras.training._initial import draw_weights
from dlp_keras.training._order import Orders
from dlp_keras.training._problem import Outcome, Problem, Samples

_WIDTH_ON_GPU = 4096
_EPOCHS_AT_ONCE = 32
_CALL_TIME = 0.2
_KEPT = 8
_crowds: "OrderedDict[Any, list[Any]]" = OrderedDict()
_lock = threading.Lock()


def train_together(model: keras.Model, chain: Chain, problem: Problem) -> Outcome:
    """Train copies of `model` side by side.

    Parameters
    ----------
    model : keras.Model
        Built and compiled; its initializers and its optimizer are used.
    chain : Chain
    problem : Problem
    """
    n_models = len(problem.seeds)
    on_gpu = _engines.backend().has_accelerator()
    widths = (*tools().WIDTHS, _WIDTH_ON_GPU) if on_gpu else tools().WIDTHS
    width = next((w for w in widths if w >= n_models), widths[-1])
    # The last group is filled up with copies of the last network.
    groups = [np.minimum(np.arange(width) + start, n_models - 1) for start in range(0, n_models, width)]
    initial = draw_weights(model, problem.seeds)
    n_workers = 1 if on_gpu else min(len(groups), _cores())
    stop = threading.Event()
    with ThreadPoolExecutor(n_workers) as pool:
        try:
            parts = list(
                pool.map(lambda group: _train_group(model, chain, problem, initial, group, stop), groups)
            )
        except BaseException:
            stop.set()  # Ctrl-C: the other groups end with their present call.
            raise
    histories, weights = zip(*parts, strict=True)
    history = {name: np.concatenate([part[name] for part in histories])[:n_models] for name in histories[0]}
    return Outcome(history, initial, [np.concatenate(same)[:n_models] for same in zip(*weights, strict=True)])


def _train_group(
    model: keras.Model,
    chain: Chain,
    problem: Problem,
    initial: list[np.ndarray],
    group: np.ndarray,
    stop: threading.Event,
) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """Train the networks of `group` through all epochs."""
    key, crowd = _borrow(model, chain, problem, len(group))
    try:
        crowd.start([np.moveaxis(stack[group], 0, -1) for stack in initial], _fixed_rate(model.optimizer))
        rows = list(_windows(crowd, problem, group, stop))
    except Exception as error:
        if _engines.backend().is_out_of_memory(error):
            raise MemoryError(_out_of_memory(problem, len(group))) from error
        raise
    history = {name: np.concatenate([row[name] for row in rows]).T for name in rows[0]}
    weights = [np.moveaxis(stack, -1, 0) for stack in crowd.weights()]
    _give_back(key, crowd)
    return history, weights


def _windows(
    crowd: Any, problem: Problem, group: np.ndarray, stop: threading.Event
) -> Iterator[dict[str, Any]]:
    """Yield the logs of one compiled call after another, each array of shape (epochs of the call, width)."""
    data = problem.data.of_all(group)
    placed = _place(data, gathered=problem.shuffle)
    tests = None if problem.validation is None else _place(problem.validation.of_all(group), gathered=False)
    orders = [Orders(data.n_samples, shuffle=problem.shuffle, seed=int(problem.seeds[i])) for i in group]
    done, count = 0, 1
    while done < problem.epochs:
        if stop.is_set():
            raise KeyboardInterrupt
        start = time.perf_counter()
        count = min(count, problem.epochs - done)
        yield crowd.run(placed, tests, _rows(orders, count, crowd.plan.capacity, own=data.own), count)
        done += count
        with _lock:
            problem.progress.add(count * len(np.unique(group)))
        seconds = (time.perf_counter() - start) / count
        count = max(1, min(4 * count, int(_CALL_TIME / seconds), crowd.plan.capacity))


def _rows(orders: list[Orders], count: int, capacity: int, *, own: bool) -> np.ndarray | None:
    """Return the row of each epoch, sample and network, shape (capacity, n_samples, width)."""
    drawn = [rows for order in orders if (rows := order.draw(count)) is not None]
    if not drawn:
        return None
    n_samples = drawn[0].shape[1]
    rows = np.zeros((capacity, n_samples, len(orders)), np.int32)
    np.stack(drawn, axis=2, out=rows[:count])
    if own:
        rows += n_samples * np.arange(len(orders), dtype=np.int32)
    return rows


def _borrow(model: keras.Model, chain: Chain, problem: Problem, width: int) -> tuple[Any, Any]:
    """Take a compiled group that no other thread uses, or make one."""
    batch_size = min(problem.batch_size, problem.data.n_samples)
    walled = not _engines.backend().has_accelerator()  # a GPU would wait for each loop's condition
    plan = CrowdPlan(width, batch_size, _EPOCHS_AT_ONCE, walled)
    # The shape of a target decides what "accuracy" means.
    key = (describe(model), plan, problem.data.of(0)[1].shape[1:])
    with _lock:
        idle = _crowds.get(key)
        if idle:
            return key, idle.pop()
    return key, Crowd(model, chain, plan)


def _give_back(key: Any, crowd: Any) -> None:
    with _lock:
        _crowds.setdefault(key, []).append(crowd)
        _crowds.move_to_end(key)
        while len(_crowds) > _KEPT:
            _crowds.popitem(last=False)


def _place(samples: Samples, *, gathered: bool) -> Any:
    y = samples.y if samples.y.ndim == samples.x.ndim else samples.y[..., None]
    return place(samples.x, y, gathered=gathered)


def _out_of_memory(problem: Problem, width: int) -> str:
    size = (problem.data.x.nbytes + problem.data.y.nbytes) / 2**20
    return (
        f"The device has no memory for {width} networks side by side, in batches of {problem.batch_size} of "
        f"{problem.data.n_samples} samples ({size:.0f} MiB in all). Try "
        f"batch_size={max(1, problem.batch_size // 2)}, or several calls of `fit_many` with fewer networks."
    )


def _fixed_rate(optimizer: Any) -> float | None:
    rate = optimizer.get_config()["learning_rate"]
    return float(rate) if isinstance(rate, (int, float)) else None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
