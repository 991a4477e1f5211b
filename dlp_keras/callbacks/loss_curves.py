"""The callback that draws loss and metrics while a network trains."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from dlp_keras import plots
from dlp_keras.callbacks.plot_callback import PlotCallback, Save


class LossCurves(PlotCallback):
    """Loss and metrics against the epoch, for training and validation.

    Parameters
    ----------
    metrics : sequence of str, optional
        What to draw, one picture each. The default is all that the network was compiled with.
    log : bool
        Logarithmic axis for the loss.
    every, save
        Epochs between two frames, and where they go. The first frame follows the first epoch.

    Examples
    --------
    >>> picture = LossCurves(metrics=["loss"], log=True)
    """

    name = "loss_curves"
    layout = "none"

    def __init__(
        self,
        *,
        metrics: Sequence[str] | None = None,
        log: bool = False,
        every: int = 10,
        save: Save = None,
    ) -> None:
        super().__init__(every, save)
        self.metrics, self.log = metrics, log
        self.history: dict[str, list[float]] = {}
        self._n_epochs = 0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Forget the curves of an earlier training."""
        self.history = {}
        self._n_epochs = 0
        super().on_train_begin(logs)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Note the values of this epoch."""
        # Metrics may come late or only now and then: a gap is NaN.
        for key in {**self.history, **(logs or {})}:
            values = self.history.setdefault(key, [np.nan] * self._n_epochs)
            values.append(float((logs or {}).get(key, np.nan)))
        self._n_epochs += 1
        super().on_epoch_end(epoch, logs)

    def is_ready(self) -> bool:
        """Tell whether an epoch has ended."""
        return bool(self.history)

    def figure_size(self) -> tuple[float, float]:
        """Room for one picture a metric."""
        return 0.2 + 3.9 * len(self._names()), 3.0

    def draw(self, figure: Figure, title: str) -> None:
        """Draw one picture a metric."""
        names = self._names()
        self._axes = dict(zip(names, figure.subplots(1, len(names), squeeze=False)[0], strict=True))
        self.redraw(title)
        # Fixed margins: the numbers at the axes grow and shrink while the curves do.
        (width, height), n_axes = figure.get_size_inches(), len(names)
        gap = 0.9 * n_axes / (width - 0.2 - 0.9 * n_axes)
        figure.subplots_adjust(0.9 / width, 0.55 / height, 1 - 0.2 / width, 1 - 0.2 / height, wspace=gap)

    def redraw(self, title: str) -> None:
        """Draw the curves anew."""
        for metric, ax in self._axes.items():
            ax.clear()
            plots.loss_curves(ax, self.history, metric, log=self.log and metric == "loss")

    def _names(self) -> list[str]:
        if self.metrics is not None:
            return list(self.metrics)
        return [key for key in self.history if not key.startswith("val_") and key != "learning_rate"]
