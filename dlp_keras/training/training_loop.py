"""One training: the loop around the compiled calls, with the callbacks at Keras's moments."""

import time
import warnings
from functools import partial
from typing import Any

import keras
import numpy as np

from dlp_keras.progress import ProgressBar
from dlp_keras.training import backends
from dlp_keras.training.callback_timing import epochs_until_callback, overrides
from dlp_keras.training.data import Data, Shuffler
from dlp_keras.training.execution import Executor
from dlp_keras.training.models import architecture_key, build_state
from dlp_keras.training.plan import Plan, make_plan
from dlp_keras.training.rollback import Rollback

# One call lasts about this long (seconds): short enough for Ctrl-C and for a bar that moves.
_CALL_TIME = 0.2

Logs = dict[str, Any]


class Trainer:
    """The training of one model on one set of arrays.

    Parameters
    ----------
    model : keras.Model
    data, validation : Data
    batch_size : int
    shuffler : Shuffler
    validation_batch_size : int, optional
    """

    def __init__(
        self,
        model: keras.Model,
        data: Data,
        validation: Data | None,
        batch_size: int,
        shuffler: Shuffler,
        validation_batch_size: int | None = None,
    ) -> None:
        self._model, self._data, self._validation, self._shuffler = model, data, validation, shuffler
        build_state(model, data)
        self._key = architecture_key(model)
        sizes = (data.n_samples, batch_size, validation_batch_size)
        self.plan = make_plan(model, self._key, *sizes, shuffle=shuffler.shuffle)
        self._used = self.plan.capacity

    def train(
        self,
        callbacks: list[keras.callbacks.Callback],
        epochs: int,
        verbose: int,
        initial_epoch: int = 0,
        planned: int = 0,
    ) -> Any:
        """Train up to epoch `epochs` and return Keras's history.

        Parameters
        ----------
        callbacks : list of keras.callbacks.Callback
        epochs, verbose, initial_epoch : int
        planned : int
            Epochs that this and further trainings of this kind will take, if that is more.
        """
        planned = max(planned, epochs - initial_epoch)
        arguments = (self._model, self._key, self.plan, self._data, self._validation)
        self._executor = Executor(*arguments, planned)
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
        with ProgressBar(epochs, unit="epochs", shown=verbose == 1) as bar:
            logs = self._loop(hooks, initial_epoch, epochs, bar)
        self._model.optimizer.finalize_variable_values(self._model.trainable_variables)
        hooks.on_train_end(logs)
        return self._model.history

    def _loop(self, hooks: keras.callbacks.CallbackList, done: int, epochs: int, bar: ProgressBar) -> Logs:
        """Run epochs up to the next one after which a callback looks; tell the callbacks of each."""
        logs: Logs = {}
        many = 1
        rollback = Rollback(self._model, hooks.callbacks)
        tested = self._validation is not None and any(overrides(c, "on_test_end") for c in hooks.callbacks)
        while done < epochs and not self._model.stop_training:
            start = time.perf_counter()
            hooks.on_epoch_begin(done)
            rollback.save()
            until = epochs_until_callback(hooks.callbacks, done, self._model)
            rows, bad_step = self._run(min(many, epochs - done, until))
            kept = 0
            for kept, logs in enumerate(rows, start=1):
                if kept > 1:
                    hooks.on_epoch_begin(done + kept - 1)
                if tested:
                    _tell_test(hooks, logs)
                hooks.on_epoch_end(done + kept - 1, logs)
                if rollback.is_due():
                    break
            self._used -= len(rows)
            rollback.apply(done, kept, len(rows), partial(self._repeat, self._used))
            self._used += kept
            done += kept
            bar.update(done, logs)
            if bad_step >= 0 and kept == len(rows):
                self._warn(done - 1, bad_step)
                break
            seconds = (time.perf_counter() - start) / len(rows)
            many = max(1, min(4 * kept, int(_CALL_TIME / seconds)))
        return logs

    def _run(self, count: int) -> tuple[list[Logs], int]:
        """Run at most `count` epochs: as many as there are orders left. Return the logs of each."""
        if self._used == self.plan.capacity:
            self._executor.load_orders(self._shuffler.permutations(self.plan.capacity))
            self._used = 0
        count = min(count, self.plan.capacity - self._used, self._executor.epochs_until_switch())
        try:
            values, bad_step = self._executor.run(self._used, count)
        except Exception as error:
            if backends.current().is_out_of_memory(error):
                raise MemoryError(_out_of_memory(self._data, self.plan)) from error
            raise
        self._used += count
        return _rows(values), bad_step

    def _repeat(self, used: int, begin: int, end: int) -> None:
        """Run epochs `begin` to `end` again, of those that began at row `used` of the present orders."""
        self._executor.repeat(used + begin, end - begin)

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
