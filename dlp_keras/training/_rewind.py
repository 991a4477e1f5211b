"""Early stopping without a look after every epoch: run ahead, then go back to where it stopped.

`EarlyStopping` decides by the logs alone, and needs the model only at its best epoch and where it stops.
Training is deterministic, so the state of any epoch of a call is found again by repeating the call's
first epochs: at most as much work as the call itself, where returning to Python each time costs more.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np


class Rewind:
    """The state of a training before a call, and the way back into the middle of it.

    Parameters
    ----------
    model : keras.Model
    callbacks : sequence of keras.callbacks.Callback
    """

    def __init__(self, model: keras.Model, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        self._model = model
        self._stoppers = [callback for callback in callbacks if is_early_stopping(callback)]
        self._state: list[np.ndarray] = []

    def remember(self) -> None:
        """Copy the state, if some callback may want to come back."""
        if self._stoppers:
            self._state = [np.asarray(variable.value).copy() for variable in self._variables()]

    def settle(self, first: int, kept: int, ran: int, again: Callable[[int, int], Any]) -> None:
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
        for variable, value in zip(self._variables(), self._state, strict=True):
            variable.assign(value)
        begin = 0
        for end in sorted({*(epoch + 1 for epoch in best), kept}):
            again(begin, end)
            begin = end
            self._give_weights(first + end - 1)

    def _give_weights(self, epoch: int) -> None:
        for callback in self._stoppers:
            if callback.restore_best_weights and callback.best_epoch == epoch:
                callback.best_weights = self._model.get_weights()

    def _variables(self) -> list[keras.Variable]:
        return [*self._model.variables, *self._model.optimizer.variables]


def is_early_stopping(callback: keras.callbacks.Callback) -> bool:
    """Tell whether `callback` is Keras's own early stopping, not a subclass that may do more."""
    return type(callback) is keras.callbacks.EarlyStopping
