"""A training in instalments, for who wants to look between them: a page, a widget."""

import keras
import numpy.typing as npt

from dlp_keras.arguments import check_count
from dlp_keras.training.data import Data, Shuffler, prepare
from dlp_keras.training.execution import Executor
from dlp_keras.training.models import architecture_key, build_state, check_inputs, check_model
from dlp_keras.training.plan import make_plan

_PLANNED = 100_000


class Instalments:
    """Trains a compiled model some epochs at a time, without callbacks and without waiting for compilers.

    The first epochs run at once on TensorFlow's graph executor, and XLA takes over as soon as it has
    compiled. That depends on the clock, so losses are those of `fit` to float32 accuracy, not bit by bit.

    Parameters
    ----------
    model : keras.Model
        Compiled; its weights may be set between two calls.
    x, y : array of shape (n_samples, …)
    batch_size : int
        Samples per step. Each epoch takes the samples in their order.
    """

    def __init__(self, model: keras.Model, x: npt.ArrayLike, y: npt.ArrayLike, *, batch_size: int) -> None:
        check_model(model)
        check_count("batch_size", batch_size)
        check_inputs(model, x)
        data: Data = prepare(x, y)
        build_state(model, data)
        key = architecture_key(model)
        plan = make_plan(model, key, data.n_samples, batch_size, shuffle=False)
        self._capacity = plan.capacity
        self._executor = Executor(model, key, plan, data, None, _PLANNED, wait=False)
        self._executor.load_orders(Shuffler(data.n_samples, shuffle=False, seed=None).permutations(1))

    def train(self, epochs: int) -> tuple[int, bool]:
        """Train for at most `epochs` more epochs.

        Returns
        -------
        done : int
            How many there were, at least 1.
        is_finite : bool
            Whether the last one had a finite loss. Where it had not, its updates are undone.
        """
        check_count("epochs", epochs)
        logs, bad_step = self._executor.run(0, min(epochs, self._capacity))
        return len(logs["loss"]), bad_step < 0
