"""`fit`: the arguments and the history of `model.fit`, whole epochs in one compiled call."""

import time
import warnings
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np

from dlp_keras.arguments import check_count
from dlp_keras.progress import ProgressBar
from dlp_keras.training import backends, callback_timing, compilation
from dlp_keras.training.callback_timing import batch_hook, epochs_until_callback, overrides
from dlp_keras.training.data import Data, Shuffler, are_arrays, prepare, split_validation, weights_of_classes
from dlp_keras.training.models import architecture_key, build_state, is_distributed
from dlp_keras.training.plan import Plan, is_slow_in_xla, make_plan
from dlp_keras.training.rollback import Rollback


def fit(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    epochs: int,
    batch_size: int = 32,
    validation_data: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    shuffle: bool = True,
    seed: int | None = None,
    verbose: int | str = "auto",
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
) -> keras.callbacks.History:
    """Train a compiled Keras model as `model.fit` does, hundreds of times faster for small networks.

    Whole epochs run in one compiled call on the device: many of them while no callback has to look at the
    model in between, else one. Losses, metrics and weights are those of `model.fit` to float32 accuracy.
    What cannot be compiled runs through `model.fit`, and a line says why. Ctrl-C acts between epochs: the
    model keeps what it has learnt.

    Parameters
    ----------
    model : keras.Model
        A compiled model, with or without weights.
    x, y : array of shape (n_samples, …), or a structure of arrays
        Samples and targets.
    epochs : int
        At least 1.
    batch_size : int
        Samples per step; the last batch of an epoch may be shorter.
    validation_data : tuple of (x, y) or (x, y, sample_weight), optional
        Evaluated after each epoch.
    callbacks : sequence of keras.callbacks.Callback
        Called at the moments, and with the logs, of `model.fit`.
    shuffle : bool
        Whether each epoch takes the samples in a new order.
    seed : int, optional
        Seed of these orders; by default a new one, which `keras.utils.set_random_seed` determines.
    verbose : {"auto", 0, 1, 2}
        0 is silent, 1 ("auto") draws one bar over all epochs, 2 writes a line each epoch.
    class_weight : dict of int to float, optional
        Weight of each class in the loss.
    sample_weight : array of shape (n_samples,), optional
        Weight of each sample in the loss.

    Returns
    -------
    keras.callbacks.History
        Its `history` maps each name to one number an epoch.

    Raises
    ------
    ValueError
        If `epochs` or `batch_size` is below 1, the lengths differ, the data holds NaN, the model is not
        compiled, or the targets would broadcast against the predictions.
    MemoryError
        If the device cannot hold data and batches; the message gives sizes and a way out.

    Warns
    -----
    RuntimeWarning
        If the loss becomes NaN or infinite: training stops with that epoch, and the model keeps the weights
        of the epoch before.

    Examples
    --------
    >>> history = fit(model, x, y, epochs=1000, validation_data=(x_test, y_test))  # doctest: +SKIP
    >>> history.history["val_loss"][-1]  # doctest: +SKIP
    """
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    if not model.compiled:
        raise ValueError("`model` must be compiled. Call `model.compile(optimizer=…, loss=…)` first.")
    listed = callback_timing.as_list(callbacks)
    reason = fallback_reason(model, (x, y, sample_weight, validation_data), listed)
    if reason:
        if verbose != 0:
            print(f"fit: running through model.fit, because {reason}.")
        in_memory = are_arrays(x)  # a dataset or generator makes batches, and shuffles, by itself
        return model.fit(
            x,
            y,
            epochs=epochs,
            batch_size=batch_size if in_memory else None,
            validation_data=validation_data,
            callbacks=listed,
            shuffle=shuffle and in_memory,
            verbose=verbose,
            class_weight=class_weight,
            sample_weight=sample_weight,
        )
    data = prepare(x, y, _weights(y, class_weight, sample_weight))
    validation = None
    if validation_data is not None:
        validation = prepare(*split_validation(validation_data), where="validation ")
    session = Trainer(
        model, data, validation, batch_size, Shuffler(data.n_samples, shuffle=shuffle, seed=seed)
    )
    return session.train(listed, epochs, 1 if verbose == "auto" else int(verbose))


def _weights(y: Any, class_weight: dict[int, float] | None, sample_weight: Any) -> Any:
    if class_weight is None:
        return sample_weight
    if sample_weight is not None:
        raise ValueError(
            "`class_weight` and `sample_weight` must not be given together. Got both. Multiply them into "
            "one `sample_weight`."
        )
    return weights_of_classes(y, class_weight)


# One call lasts about this long (seconds): short enough for Ctrl-C and for a bar that moves.
_CALL_TIME = 0.2

Logs = dict[str, Any]


class Trainer:
    """The training of one model on one set of arrays."""

    def __init__(
        self, model: keras.Model, data: Data, validation: Data | None, batch_size: int, orders: Shuffler
    ) -> None:
        self._model, self._data, self._validation, self._shuffler = model, data, validation, orders
        build_state(model, data)
        self._description = architecture_key(model)
        compiled = backends.current().has_accelerator() or not is_slow_in_xla(model)
        self.plan = make_plan(
            model, self._description, data.n_samples, batch_size, shuffle=orders.shuffle, compiled=compiled
        )
        self._use(self.plan)
        self._order: Any = None
        self._used = self.plan.capacity

    def _use(self, plan: Plan) -> None:
        self.plan = plan
        self._engine = compilation.engine_for(
            self._model, self._description, plan, self._data, self._validation
        )
        self._arrays = self._engine.to_device(self._data.batch())
        self._tests = None if self._validation is None else self._engine.to_device(self._validation.batch())

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
        with ProgressBar(epochs, unit="epochs", shown=verbose == 1) as bar:
            logs = self._loop(hooks, epochs, bar)
        self._model.optimizer.finalize_variable_values(self._model.trainable_variables)
        hooks.on_train_end(logs)
        return self._model.history

    def _loop(self, hooks: keras.callbacks.CallbackList, epochs: int, bar: ProgressBar) -> Logs:
        """Run epochs up to the next one after which a callback looks; tell the callbacks of each."""
        logs: Logs = {}
        done, many = 0, 1
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
            self._order, self._used = (
                self._engine.to_device(self._shuffler.permutations(self.plan.capacity)),
                0,
            )
        count = min(count, self.plan.capacity - self._used)
        try:
            values, bad_step = self._call(count)
        except Exception as error:
            if backends.current().is_out_of_memory(error):
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
        except backends.current().NOT_COMPILABLE:
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


def fallback_reason(
    model: keras.Model, arrays: Iterable[Any], callbacks: Iterable[keras.callbacks.Callback]
) -> str | None:
    """Return why this training cannot run as compiled epochs, or None if it can."""
    if keras.backend.backend() not in backends.NAMES:
        return f"compiled epochs are not written for Keras's {keras.backend.backend()} backend"
    if model.run_eagerly:
        return "the model was compiled with run_eagerly=True"
    if not all(are_arrays(array) for array in arrays if array is not None):
        return "the data is not made of dense arrays in memory"
    for callback in callbacks:
        hook = batch_hook(callback)
        if hook:
            return f"{type(callback).__name__} acts inside an epoch ({hook})"
    if is_distributed(model):
        return f"the model is distributed by {type(model.distribute_strategy).__name__}"
    return None
