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
        self._total, self._unit, self._shown = total, unit, shown
        self._done = 0
        self._bar: keras.utils.Progbar | None = None

    def update(self, done: int, logs: Mapping[str, Any] | None = None) -> None:
        """Draw that `done` units are done, with the last values of loss and metrics."""
        if not self._shown:
            return
        values = list((logs or {}).items())
        if self._bar is None:
            # "Stateful" metrics are shown as they are; the others the bar would average over time.
            names = [name for name, _ in values]
            self._bar = keras.utils.Progbar(
                self._total, interval=0.2, stateful_metrics=names, unit_name=self._unit
            )
        self._bar.update(done, values, finalize=done >= self._total)

    def add(self, more: int) -> None:
        """Draw that `more` units are done."""
        self._done += more
        self.update(self._done)
