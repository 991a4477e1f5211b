"""TensorFlow's part of training: epochs of a model in one call, and what stacks of networks need."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlp_keras.training.data import Data
from dlp_keras.training.models import build_metrics, clone, penalty_rates, set_penalty_rates
from dlp_keras.training.plan import Plan

HAS_GRAPH_EXECUTOR = True
"""Whether epochs can also run without XLA."""

NOT_COMPILABLE = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError)
"""Errors after which TensorFlow's graph executor may still run what XLA cannot compile."""


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether the device's memory did not suffice."""
    return isinstance(error, tf.errors.ResourceExhaustedError)


def has_accelerator() -> bool:
    """Tell whether TensorFlow sees a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def to_device(structure: Any) -> Any:
    """Place arrays on the device, once for a whole training."""

    def place(leaf: Any) -> Any:
        return None if leaf is None else tf.identity(tf.convert_to_tensor(leaf))

    return keras.tree.map_structure(place, structure)


class EpochFunction:
    """Epochs of one architecture, by XLA or by the graph executor.

    It trains a clone, whose state is loaded from the caller's model when a call begins and stored back when
    it ends, so that the next model of this architecture is not compiled again. A model that Keras cannot
    rebuild from its configuration is trained itself.
    """

    def __init__(self, model: keras.Model, plan: Plan, data: Data, *, compiled: bool) -> None:
        self.plan, self._compiled = plan, compiled
        self.model = clone(model, data) if plan.shared else model
        if not plan.shared:
            build_metrics(model, data)
        self._state = _variables(self.model)
        # Not the method itself: TensorFlow counts traces by code, and would warn of many functions' first.
        self._trace = tf.function(
            functools.partial(self._epochs), jit_compile=compiled or None, autograph=False
        )
        self._run: Any = None

    def compile(self, data: Any, validation: Any, order: Any) -> None:
        """Compile for arrays like these, by training for no epoch."""
        own = [tf.Variable(variable) for variable in self._state] if self.plan.shared else []
        self._call(own, data, validation, order, [0, 0], penalty_rates(self.model))

    def run(
        self, model: keras.Model, data: Any, validation: Any, order: Any, start: int, count: int
    ) -> tuple[dict[str, np.ndarray], int]:
        """Train `model` for `count` epochs on rows `start`, `start` + 1, … of `order`.

        Returns
        -------
        logs : dict of str to array of shape (epochs done, …)
        bad_step : int
            Batch of the last epoch done whose loss or update was not finite, or -1. Where there is one, that
            epoch's updates are undone.
        """
        own = _variables(model) if self.plan.shared else []
        done, bad_step, logs = self._call(own, data, validation, order, [start, count], penalty_rates(model))
        return {name: values.numpy()[: int(done)] for name, values in logs.items()}, int(bad_step)

    def _call(
        self, own: list[tf.Variable], data: Any, validation: Any, order: Any, window: list[int], rates: Any
    ) -> Any:
        arguments = (own, data, validation, order, tf.constant(window, tf.int32), tf.constant(rates))
        if self._run is None:
            # The shapes never change, so the calls need not look for the right trace: half of their time.
            self._run = self._trace.get_concrete_function(*arguments)
        return self._run(*arguments)

    def _epochs(
        self, own: list[tf.Variable], data: Any, validation: Any, order: Any, window: Any, rates: Any
    ) -> Any:
        if self.plan.shared:
            set_penalty_rates(self.model, rates)
        for mine, variable in zip(self._state, own, strict=False):
            mine.assign(variable)
        blank = self._blank_logs(data, validation)
        rows = {
            name: tf.TensorArray(v.dtype, self.plan.capacity, element_shape=v.shape)
            for name, v in blank.items()
        }
        done, bad_step, rows = tf.while_loop(
            lambda epoch, bad_step, _: (epoch < window[1]) & (bad_step < 0),
            lambda epoch, _, rows: self._one(epoch, rows, data, validation, _row(order, window[0] + epoch)),
            (tf.constant(0), tf.constant(-1), rows),
        )
        for mine, variable in zip(self._state, own, strict=False):
            variable.assign(mine)
        return done, bad_step, {name: array.stack() for name, array in rows.items()}

    def _one(self, epoch: Any, rows: Any, data: Any, validation: Any, order: Any) -> Any:
        before = [variable.read_value() for variable in self._state]
        logs, bad_step = self._pass(self.model.train_step, data, order, self.plan.batch_size)
        last = (keras.tree.flatten(data)[0].shape[0] - 1) // self.plan.batch_size
        bad_step = tf.where((bad_step < 0) & ~self._weights_are_finite(), last, bad_step)
        for variable, value in zip(self._state, before, strict=True):
            variable.assign(tf.where(bad_step < 0, variable, value))
        if validation is not None:
            tested, _ = self._pass(self.model.test_step, validation, None, self.plan.validation_batch_size)
            logs |= {f"val_{name}": value for name, value in tested.items()}
        return epoch + 1, bad_step, {name: rows[name].write(epoch, logs[name]) for name in rows}

    def _pass(self, step: Any, data: Any, order: Any, size: int) -> tuple[dict[str, Any], Any]:
        """Take a step per batch through all samples; return the logs, and the first step that went wrong."""
        n_samples = keras.tree.flatten(data)[0].shape[0]
        n_full, rest = divmod(n_samples, size)
        # The graph executor takes batches of any length, so that one step is traced, not two.
        any_length = bool(rest) and not self._compiled
        if any_length:
            n_full, rest = n_full + 1, 0
        self.model.reset_metrics()

        def one(index: Any, bad_step: Any, _: Any, length: int = size) -> Any:
            begin = index * size
            length = tf.minimum(length, n_samples - begin) if any_length else length
            logs = step(_batch(data, order, begin, length))
            wrong = (bad_step < 0) & ~tf.math.is_finite(tf.cast(logs.get("loss", 0.0), tf.float32))
            return index + 1, tf.where(wrong, index, bad_step), logs if self.plan.custom_step else {}

        state = (tf.constant(0), tf.constant(-1), self._logs_of(step, data) if self.plan.custom_step else {})
        if n_full:
            state = tf.while_loop(lambda index, *_: index < n_full, one, state)
        if rest:
            state = one(*state, length=rest)
        return state[2] if self.plan.custom_step else self.model.get_metrics_result(), state[1]

    def _weights_are_finite(self) -> Any:
        weights = [tf.reduce_all(tf.math.is_finite(v)) for v in self._state if v.dtype.is_floating]
        return tf.reduce_all(weights)

    def _blank_logs(self, data: Any, validation: Any) -> dict[str, Any]:
        logs = self._logs_of(self.model.train_step, data)
        tested = {} if validation is None else self._logs_of(self.model.test_step, validation)
        return logs | {f"val_{name}": value for name, value in tested.items()}

    def _logs_of(self, step: Any, data: Any) -> dict[str, Any]:
        """Return zeros in the shape of the logs of `step`, which is traced for it but not run."""
        if self.plan.custom_step:
            traced = tf.function(lambda: step(_batch(data, None, 0, 1))).get_concrete_function()
            logs = traced.structured_outputs
        else:
            logs = self.model.get_metrics_result()
        return {name: tf.zeros(value.shape, value.dtype) for name, value in logs.items()}


def _variables(model: keras.Model) -> list[tf.Variable]:
    return [variable.value for variable in model.variables + model.optimizer.variables]


def _row(order: Any, index: Any) -> Any:
    # Not `order[index]`: XLA compiles a strided slice anew for every index.
    return None if order is None else tf.gather(order, index)


def _batch(data: Any, order: Any, begin: Any, size: int) -> Any:
    """Return `size` samples from `begin` on, in `order` if that is not None."""
    if order is not None:
        indices = tf.slice(order, [begin], [size])
        return keras.tree.map_structure(lambda leaf: tf.gather(leaf, indices), data)

    def cut(leaf: Any) -> Any:
        rest = leaf.shape[1:]
        return tf.slice(leaf, [begin] + [0] * len(rest), [size, *rest])

    return keras.tree.map_structure(cut, data)


GROUP_SIZES = (16, 64, 128)
"""Networks in a group on a CPU: weights, activations and gradients should stay in a core's own cache."""


FUSES = True
"""Whether a compiler merges operations, so that barriers between them help."""


def compile_function(function: Callable[..., Any]) -> Any:
    """Return `function` compiled by XLA."""
    # A partial, because TensorFlow counts traces by code, and would warn of many crowds' first ones.
    return tf.function(functools.partial(function), jit_compile=True, autograph=False)


def gradients(function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]) -> tuple[list[Any], Any]:
    """Return the gradient of the first result of `function`, and the second result."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(weights)
        total, others = function(weights)
    return tape.gradient(total, weights), others


def apply_gradients(
    optimizer: Any,
    variables: list[keras.Variable],
    gradient: list[Any],
    weights: list[Any],
    state: list[Any],
) -> tuple[list[Any], list[Any]]:
    """Return weights and the optimizer's variables after a step."""
    # TensorFlow's optimizers change variables. In a compiled function these are values like any others.
    for variable, value in zip([*variables, *optimizer.variables], [*weights, *state], strict=True):
        variable.assign(value)
    optimizer.apply(gradient, variables)
    return [v.value.read_value() for v in variables], [v.value.read_value() for v in optimizer.variables]


def sampler(draw: Callable[[Any], Any], dtype: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that calls `draw` with each of many seeds and stacks the results."""

    def draw_all(seeds: Any) -> Any:
        return tf.map_fn(draw, seeds, fn_output_signature=tf.float32)

    signature = [tf.TensorSpec([None], dtype)]
    graph = tf.function(functools.partial(draw_all), autograph=False, input_signature=signature)
    return lambda seeds: np.asarray(graph(tf.constant(seeds, dtype)).numpy())
