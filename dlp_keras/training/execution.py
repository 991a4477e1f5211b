"""Who runs the epochs of a model: TensorFlow's graph executor, which starts at once, or XLA, the fast one."""

import functools
import sys
import threading
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import keras

from dlp_keras.device import count_cores
from dlp_keras.training import backends
from dlp_keras.training.compilation import cache
from dlp_keras.training.data import Data
from dlp_keras.training.plan import Plan, compile_seconds, epoch_seconds, is_slow_in_xla
from dlp_keras.training.target_shapes import check_target_shapes

_PAYS = 1.5
"""XLA compiles if the graph executor would take so many times as long to train."""
_compiler = ThreadPoolExecutor(1, thread_name_prefix="XLA")
_lock = threading.Lock()


@dataclass
class _Warmup:
    """What the graph executor did for one kind of training until XLA took over.

    Attributes
    ----------
    seconds : float
        What its epochs took, by `epoch_seconds`: no clock is read, so that the same trainings go over to XLA
        at the same epoch in every run.
    switch_at : float
        The same, when XLA takes over; infinite as long as it has not begun to compile.
    compiling : Future or None
        Ends when XLA has compiled.
    is_refused : bool
        Whether XLA has no kernel for some layer.
    """

    seconds: float = 0.0
    switch_at: float = float("inf")
    compiling: "Future[None] | None" = None
    is_refused: bool = False


@functools.lru_cache(maxsize=256)
def _warmup(key: Hashable) -> _Warmup:
    return _Warmup()


class Executor:
    """Runs epochs of one model on arrays of one shape.

    Parameters
    ----------
    model : keras.Model
        Built and compiled.
    key : str or None
        From `architecture_key`.
    plan : Plan
    data, validation : Data
    epochs : int
        How many are planned: where that pays, XLA compiles while the graph executor trains.
    wait : bool
        Whether XLA takes over at an epoch that no clock decides, which may mean to wait for it. Otherwise it
        does as soon as it has compiled.

    Raises
    ------
    ValueError
        If the targets would broadcast against the predictions.
    """

    def __init__(
        self,
        model: keras.Model,
        key: str | None,
        plan: Plan,
        data: Data,
        validation: Data | None,
        epochs: int,
        *,
        wait: bool = True,
    ) -> None:
        self._model, self._plan, self._data, self._epochs = model, plan, data, epochs
        self._wait = wait
        self._backend = backends.current()
        shapes = (_shapes(data), validation and _shapes(validation))
        self._key = (self._backend.__name__, keras.config.floatx(), key or _identity(model), plan, shapes)
        if (self._key, True) not in cache and (self._key, False) not in cache:
            check_target_shapes(model, data)
        self._warmup = _warmup(self._key)
        self._epoch_seconds = epoch_seconds(model, plan, data, validation)
        self._compile_seconds = compile_seconds(model)
        self._arrays = self._backend.to_device(data.batch())
        self._tests = None if validation is None else self._backend.to_device(validation.batch())
        self._order: Any = None
        self._compiled = self._starts_compiled()

    def load_orders(self, orders: Any) -> None:
        """Place the orders of the epochs to come on the device, shape (epochs, n_samples), or None."""
        self._order = self._backend.to_device(orders)

    def epochs_until_switch(self) -> int:
        """Return how many epochs may run before XLA takes over."""
        if self._compiled or not self._wait or self._warmup.switch_at == float("inf"):
            return sys.maxsize
        return max(1, round((self._warmup.switch_at - self._warmup.seconds) / self._epoch_seconds))

    def run(self, start: int, count: int) -> tuple[dict[str, Any], int]:
        """Train for `count` epochs on rows `start`, `start` + 1, … of the orders; use XLA when it is time.

        Returns
        -------
        logs : dict of str to array of shape (epochs done, …)
        bad_step : int
            Batch of the last epoch done whose loss or update was not finite, or -1. Where there is one, that
            epoch's updates are undone.
        """
        if self._may_switch() and self._is_time_to_switch():
            self._compiled = self._has_compiled()
        if not self._compiled:
            self._warmup.seconds += count * self._epoch_seconds
        done = self.repeat(start, count)
        # Not before the first call: to trace two functions at once would hold up both.
        if self._may_switch() and self._warmup.compiling is None and self._pays():
            self._begin_to_compile()
        return done

    def repeat(self, start: int, count: int) -> tuple[dict[str, Any], int]:
        """Run epochs in the way that the last call of `run` did."""
        try:
            return self._call(start, count)
        except self._backend.NOT_COMPILABLE:
            if not self._compiled:
                raise
            # The graph executor has a kernel for every layer, and nothing has run yet.
            self._warmup.is_refused, self._compiled = True, False
            return self._call(start, count)

    def _call(self, start: int, count: int) -> tuple[dict[str, Any], int]:
        # One function of XLA serves all threads in turn: to compile another costs more than to wait.
        limit = 1 if self._compiled else count_cores()
        with cache.borrow((self._key, self._compiled), self._make, limit) as function:
            logs, bad_step = function.run(self._model, self._arrays, self._tests, self._order, start, count)
            return logs, bad_step

    def _make(self, compiled: bool | None = None) -> Any:
        compiled = self._compiled if compiled is None else compiled
        return self._backend.EpochFunction(self._model, self._plan, self._data, compiled=compiled)

    def _starts_compiled(self) -> bool:
        if not self._backend.HAS_GRAPH_EXECUTOR:
            return True
        if self._warmup.is_refused:
            return False
        if self._backend.has_accelerator() or self._model.jit_compile:
            return True
        # What cannot be cloned is trained by a function of its own, and XLA must not compile it meanwhile.
        return not (self._plan.shared or is_slow_in_xla(self._model)) and self._pays()

    def _may_switch(self) -> bool:
        refused = self._warmup.is_refused or is_slow_in_xla(self._model)
        return self._plan.shared and not self._compiled and not refused

    def _is_time_to_switch(self) -> bool:
        if self._wait:
            return self._warmup.seconds >= self._warmup.switch_at
        return self._warmup.compiling is not None and self._warmup.compiling.done()

    def _pays(self) -> bool:
        seconds = self._warmup.seconds + self._epochs * self._epoch_seconds
        return seconds > _PAYS * self._compile_seconds

    def _begin_to_compile(self) -> None:
        with _lock:
            if self._warmup.compiling is None:
                function = self._make(compiled=True)
                self._warmup.compiling = _compiler.submit(self._compile, function)
                self._warmup.switch_at = self._warmup.seconds + self._compile_seconds

    def _compile(self, function: Any) -> None:
        function.compile(self._arrays, self._tests, self._order)
        cache.add((self._key, True), function)

    def _has_compiled(self) -> bool:
        """Wait for XLA, and tell whether it could compile."""
        assert self._warmup.compiling is not None
        try:
            self._warmup.compiling.result()
        except self._backend.NOT_COMPILABLE:
            self._warmup.is_refused = True
        return not self._warmup.is_refused


def _shapes(data: Data) -> str:
    leaves = keras.tree.map_structure(lambda a: a if a is None else (a.shape, str(a.dtype)), tuple(data))
    return str(leaves)


def _identity(model: keras.Model) -> tuple[Any, ...]:
    # `compile` makes a new loss tracker each time, so its identity changes with every compilation. A function
    # keeps the model with code of its own alive, so that no other gets its identity.
    tracker = model.metrics[0] if model.metrics else model.optimizer
    return id(model), id(model.optimizer), id(tracker), tuple(v.trainable for v in model.variables)
