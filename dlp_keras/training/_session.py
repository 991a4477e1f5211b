"""One training: the loop around the compiled calls, with the callbacks at Keras's moments."""

import time
import warnings
from functools import partial
from typing import Any

import keras
import numpy as np

from dlp_keras.training import _engines
from dlp_keras.training._architecture import describe
from dlp_keras.training._arrays import Data
from dlp_keras.training._hooks import overrides, until_next_look
from dlp_keras.training._order import Orders
from dlp_keras.training._plan import Plan, build_state, is_mirrored, is_slow_in_xla, make_plan
from dlp_keras.training._progress import Progress
from dlp_keras.training._rewind import Rewind

# One call lasts about this long (seconds): short enough for Ctrl-C and for a bar that moves.
_CALL_TIME = 0.2

Logs = dict[str, Any]


class Session:
    """The training of one model on one set of arrays."""

    def __init__(
        self, model: keras.Model, data: Data, validation: Data | None, batch_size: int, orders: Orders
    ) -> None:
        self._model, self._data, self._validation, self._orders = model, data, validation, orders
        build_state(model, data)
        self._description = None if is_mirrored(model) else describe(model)
        compiled = _engines.backend().has_accelerator() or not is_slow_in_xla(model)
        compiled = compiled and not is_mirrored(model)  # XLA cannot exchange gradients between the devices
        self.plan = make_plan(
            model, self._description, data.n_samples, batch_size, shuffle=orders.shuffle, compiled=compiled
        )
        self._use(self.plan)
        self._order: Any = None
        self._used = self.plan.capacity

    def _use(self, plan: Plan) -> None:
        self.plan = plan
        self._engine = _engines.engine_for(self._model, self._description, plan, self._data, self._validation)
        self._arrays = self._engine.upload(self._data.batch())
        self._tests = None if self._validation is None else self._engine.upload(self._validation.batch())

    def train(self, callbacks: list[keras.callbacks.Callback], epochs: int, verbose: int) -> Any:
        """Train for `epochs` epochs and return Keras's history."""
        hooks = keras.callbacks.CallbackList(
            callbacks,
            add_history=True,
            add_progbar=verbose == 2,
            model=self._model,
            verbose=verbose,
            epochs=epochs,
            steps=-(-self._data.n_samples // self.plan.batch_size),
        )
        self._model.stop_training = False
        hooks.on_train_begin()
        logs = self._loop(hooks, epochs, Progress(epochs, shown=verbose == 1))
        self._model.optimizer.finalize_variable_values(self._model.trainable_variables)
        hooks.on_train_end(logs)
        return self._model.history

    def _loop(self, hooks: keras.callbacks.CallbackList, epochs: int, progress: Progress) -> Logs:
        """Run epochs up to the next one after which a callback looks; tell the callbacks of each."""
        logs: Logs = {}
        done, many = 0, 1
        rewind = Rewind(self._model, hooks.callbacks)
        tested = self._validation is not None and any(overrides(c, "on_test_end") for c in hooks.callbacks)
        while done < epochs and not self._model.stop_training:
            start = time.perf_counter()
            hooks.on_epoch_begin(done)
            rewind.remember()
            until = until_next_look(hooks.callbacks, done, self._model)
            rows, bad_step = self._run(min(many, epochs - done, until))
            kept = 0
            for kept, logs in enumerate(rows, start=1):
                if kept > 1:
                    hooks.on_epoch_begin(done + kept - 1)
                if tested:
                    _tell_test(hooks, logs)
                hooks.on_epoch_end(done + kept - 1, logs)
                if rewind.must_return():
                    break
            self._used -= len(rows)
            rewind.settle(done, kept, len(rows), partial(self._repeat, self._used))
            self._used += kept
            done += kept
            progress.update(done, logs)
            if bad_step >= 0 and kept == len(rows):
                self._warn(done - 1, bad_step)
                break
            seconds = (time.perf_counter() - start) / len(rows)
            many = max(1, min(4 * kept, int(_CALL_TIME / seconds)))
        return logs

    def _run(self, count: int) -> tuple[list[Logs], int]:
        """Run at most `count` epochs: as many as there are orders left. Return the logs of each."""
        if self._used == self.plan.capacity:
            self._order, self._used = self._engine.upload(self._orders.draw(self.plan.capacity)), 0
        count = min(count, self.plan.capacity - self._used)
        try:
            values, bad_step = self._call(count)
        except Exception as error:
            if _engines.backend().is_out_of_memory(error):
                raise MemoryError(_out_of_memory(self._data, self.plan)) from error
            raise
        self._used += count
        return _rows(values), bad_step

    def _repeat(self, used: int, begin: int, end: int) -> None:
        """Run epochs `begin` to `end` again, of those that began at row `used` of the present orders."""
        self._engine.run(self._model, self._arrays, self._tests, self._order, used + begin, end - begin)

    def _call(self, count: int) -> Any:
        arguments = (self._order, self._used, count)
        try:
            return self._engine.run(self._model, self._arrays, self._tests, *arguments)
        except _engines.backend().NOT_COMPILABLE:
            if not self.plan.compiled:
                raise
            # XLA has no kernel for some layer: the graph executor has, and nothing has run yet.
            self._use(self.plan._replace(compiled=False))
            return self._engine.run(self._model, self._arrays, self._tests, *arguments)

    def _warn(self, epoch: int, step: int) -> None:
        warnings.warn(
            f"The loss is not finite in epoch {epoch + 1}, batch {step + 1}: training stopped, and the model "
            "keeps the weights of the epoch before. Lower the learning rate, or clip the gradients.",
            RuntimeWarning,
            stacklevel=4,
        )


def _tell_test(hooks: keras.callbacks.CallbackList, logs: Logs) -> None:
    hooks.on_test_begin()
    hooks.on_test_end({name[4:]: value for name, value in logs.items() if name.startswith("val_")})


def _rows(values: dict[str, np.ndarray]) -> list[Logs]:
    # Python floats for scalars, as Keras makes them; arrays for metrics with several values.
    columns = [column.tolist() if column.ndim == 1 else list(column) for column in values.values()]
    return [dict(zip(values, row, strict=True)) for row in zip(*columns, strict=True)]


def _out_of_memory(data: Data, plan: Plan) -> str:
    size = sum(leaf.nbytes for leaf in keras.tree.flatten(data.batch())) / 2**20
    return (
        f"The device has no memory for {data.n_samples} samples ({size:.0f} MiB) in batches of "
        f"{plan.batch_size}. Try batch_size={max(1, plan.batch_size // 2)}, or call `model.fit` with a "
        "`tf.data.Dataset`, which sends the data in chunks."
    )
