"""Callbacks that decide by the logs alone: run ahead, then go back to where they acted.

`EarlyStopping` needs the model only at its best epoch and where it stops, `ReduceLROnPlateau` only where it
lowers the learning rate. Training is deterministic, so the state of any epoch of a call is found again by
repeating the call's first epochs: at most as much work as the call itself, where returning to Python after
each epoch costs more.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops


class Rollback:
    """The state of a training before a call, and the way back into the middle of it.

    Parameters
    ----------
    model : keras.Model
    callbacks : sequence of keras.callbacks.Callback
    """

    def __init__(self, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        self._model = model
        self._deciding = [callback for callback in callbacks if decides_by_logs(callback, model)]
        self._stoppers = [c for c in self._deciding if isinstance(c, keras.callbacks.EarlyStopping)]
        self._reducers = [c for c in self._deciding if isinstance(c, keras.callbacks.ReduceLROnPlateau)]
        self._state: list[np.ndarray] = []
        self._rate = 0.0

    def save(self) -> None:
        """Copy the state, if some callback may want to come back."""
        if self._deciding:
            self._state = [np.array(ops.convert_to_numpy(variable)) for variable in self._variables()]
        if self._reducers:
            self._rate = self._present_rate()

    def is_due(self) -> bool:
        """Tell whether a callback has just acted on the model: training goes on from this epoch."""
        return bool(self._model.stop_training) or (
            bool(self._reducers) and self._present_rate() != self._rate
        )

    def apply(self, first: int, kept: int, ran: int, again: Callable[[int, int], Any]) -> None:
        """Bring the model to the end of the epochs kept, and give each best epoch its weights.

        Parameters
        ----------
        first : int
            First epoch of the call.
        kept, ran : int
            Epochs up to where training stopped, and epochs that the call ran.
        again : callable
            Repeats the epochs from one to another, counted from `first`.
        """
        best = {
            callback.best_epoch - first
            for callback in self._stoppers
            if callback.restore_best_weights and first <= callback.best_epoch < first + ran
        }
        if kept == ran and best <= {ran - 1}:
            return
        rate = self._present_rate() if self._reducers else 0.0
        for variable, value in zip(self._variables(), self._state, strict=True):
            variable.assign(value)
        begin = 0
        for end in sorted({*(epoch + 1 for epoch in best), kept}):
            again(begin, end)
            begin = end
            self._give_weights(first + end - 1)
        if self._reducers:
            self._model.optimizer.learning_rate = rate

    def _present_rate(self) -> float:
        return float(ops.convert_to_numpy(self._model.optimizer.learning_rate))

    def _give_weights(self, epoch: int) -> None:
        for callback in self._stoppers:
            if callback.restore_best_weights and callback.best_epoch == epoch:
                callback.best_weights = self._model.get_weights()

    def _variables(self) -> list[keras.Variable]:
        return [*self._model.variables, *self._model.optimizer.variables]


def decides_by_logs(callback: keras.callbacks.Callback, model: keras.Model) -> bool:
    """Tell whether `callback` is Keras's own, not a subclass that may do more, and only reads the logs.

    Under a learning-rate schedule, `ReduceLROnPlateau` logs a rate that changes with each step.
    """
    if type(callback) is keras.callbacks.ReduceLROnPlateau:
        return isinstance(model.optimizer.get_config()["learning_rate"], (int, float))
    return type(callback) is keras.callbacks.EarlyStopping
