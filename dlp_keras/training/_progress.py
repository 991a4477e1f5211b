"""The progress bar of a training: one bar over all its epochs."""

from collections.abc import Mapping
from typing import Any

import keras


class Progress:
    """One bar over all epochs, redrawn whenever the compiled function returns.

    Parameters
    ----------
    total : int
        Number of units to come.
    unit : str
        What is counted.
    shown : bool
        False for a bar that draws nothing.
    """

    def __init__(self, total: int, *, unit: str = "epoch", shown: bool = True) -> None:
        self._total, self._done = total, 0
        self._bar = None
        if shown:
            # With no metric to be averaged over time, the bar shows the last values.
            self._bar = keras.utils.Progbar(total, interval=0.2, stateless_metrics=(), unit_name=unit)

    def update(self, done: int, logs: Mapping[str, Any] | None = None) -> None:
        """Draw that `done` units are done, with the last values of loss and metrics."""
        if self._bar is not None:
            self._bar.update(done, list((logs or {}).items()), finalize=done >= self._total)

    def add(self, more: int) -> None:
        """Draw that `more` units are done."""
        self._done += more
        self.update(self._done)
