"""JAX's part of training: epochs of a model in one call, and what stacks of networks need."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from dlp_keras.training.data import Data
from dlp_keras.training.models import build_metrics, clone
from dlp_keras.training.plan import Plan

NOT_COMPILABLE: tuple[type[Exception], ...] = ()
"""Errors after which another executor could run the epochs: JAX has none but XLA."""


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether the device's memory did not suffice."""
    return "RESOURCE_EXHAUSTED" in str(error)


def has_accelerator() -> bool:
    """Tell whether JAX sees a GPU or a TPU."""
    return bool(jax.default_backend() != "cpu")


class EpochFunction:
    """Epochs of one architecture, compiled once; the state comes in and goes out as values."""

    def __init__(self, model: keras.Model, plan: Plan, data: Data) -> None:
        self.plan = plan
        self.twin = clone(model, data) if plan.shared else model
        build_metrics(self.twin, data)
        self._blank = [np.asarray(variable.value) for variable in self.twin.metrics_variables]
        self._run = jax.jit(self._epochs)

    def to_device(self, structure: Any) -> Any:
        """Place arrays on the device, once for a whole training."""
        return keras.tree.map_structure(lambda leaf: None if leaf is None else jnp.asarray(leaf), structure)

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
        groups = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
        state = tuple([variable.value for variable in group] for group in groups)
        done, bad_step, state, logs = self._run(
            state, data, validation, order, np.int32(start), np.int32(count)
        )
        for group, values in zip(groups, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        return {name: np.asarray(rows)[: int(done)] for name, rows in logs.items()}, int(bad_step)

    def _epochs(self, state: Any, data: Any, validation: Any, order: Any, start: Any, count: Any) -> Any:
        def one(state: Any, row: Any) -> Any:
            return self._one(state, data, validation, row)

        first_row = None if order is None else order[0]
        _, _, shapes = jax.eval_shape(one, state, first_row)
        rows = {name: jnp.zeros((self.plan.capacity, *s.shape), s.dtype) for name, s in shapes.items()}

        def body(carry: Any) -> Any:
            epoch, _, state, rows = carry
            state, bad_step, logs = one(state, None if order is None else order[start + epoch])
            return epoch + 1, bad_step, state, {name: rows[name].at[epoch].set(logs[name]) for name in rows}

        def goes_on(carry: Any) -> Any:
            return (carry[0] < count) & (carry[1] < 0)

        return jax.lax.while_loop(goes_on, body, (jnp.int32(0), jnp.int32(-1), state, rows))

    def _one(self, state: Any, data: Any, validation: Any, order: Any) -> Any:
        before = state
        full, bad_step, logs = self._pass(self.twin.train_step, (*state, self._blank), data, order)
        state = full[:3]
        last = (_length(data) - 1) // self.plan.batch_size
        finite = [
            jnp.isfinite(v).all() for v in keras.tree.flatten(state) if jnp.issubdtype(v.dtype, jnp.floating)
        ]
        bad_step = jnp.where((bad_step < 0) & ~jnp.stack(finite).all(), last, bad_step)
        state = jax.tree.map(lambda new, old: jnp.where(bad_step < 0, new, old), state, before)
        if validation is not None:
            _, _, tested = self._pass(self.twin.test_step, (*state[:2], self._blank), validation, None)
            logs = logs | {f"val_{name}": value for name, value in tested.items()}
        return state, bad_step, logs

    def _pass(self, step: Any, state: Any, data: Any, order: Any) -> Any:
        """Take a step per batch through all samples; return state, first step that went wrong, and logs."""
        training = len(state) == 4
        size = min(self.plan.batch_size if training else self.plan.validation_batch_size, _length(data))
        n_full, rest = divmod(_length(data), size)

        def one(index: Any, carry: Any, length: int = size) -> Any:
            state, bad_step, _ = carry
            logs, state = step(state, _batch(data, order, index * size, length))
            return state, _first_bad(bad_step, index, logs), logs

        logs = jax.eval_shape(lambda state: step(state, _batch(data, order, 0, size))[0], state)
        blank = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), logs)
        state = jax.tree.map(jnp.asarray, state)
        carry = jax.lax.fori_loop(0, n_full, one, (state, jnp.int32(-1), blank))
        return one(jnp.int32(n_full), carry, rest) if rest else carry


class SteppingEngine(EpochFunction):
    """Epochs whose steps are compiled and called one by one.

    For convolutions and recurrences on a CPU: in a compiled loop XLA runs them on one core, without its
    fast kernels.
    """

    def __init__(self, model: keras.Model, plan: Plan, data: Data) -> None:
        super().__init__(model, plan, data)
        self._run = self._epochs
        self._steps = {step: jax.jit(self._compiled_step(step)) for step in ("train_step", "test_step")}

    def _epochs(self, state: Any, data: Any, validation: Any, order: Any, start: Any, count: Any) -> Any:
        bad_step: Any = jnp.int32(-1)
        rows: list[dict[str, Any]] = []
        while len(rows) < count and bad_step < 0:
            row = None if order is None else order[start + len(rows)]
            state, bad_step, logs = self._one(state, data, validation, row)
            rows.append(logs)
        return len(rows), bad_step, state, {name: jnp.stack([row[name] for row in rows]) for name in rows[0]}

    def _pass(self, step: Any, state: Any, data: Any, order: Any) -> Any:
        size = self.plan.batch_size if len(state) == 4 else self.plan.validation_batch_size
        bad_step, logs = jnp.int32(-1), {}
        for index in range(-(-_length(data) // size)):
            few = _batch(data, order, index * size, min(size, _length(data) - index * size))
            state, bad_step, logs = self._steps[step.__name__](state, few, bad_step, np.int32(index))
        return state, bad_step, logs

    def _compiled_step(self, name: str) -> Any:
        def step(state: Any, few: Any, bad_step: Any, index: Any) -> Any:
            logs, state = getattr(self.twin, name)(state, few)
            return state, _first_bad(bad_step, index, logs), logs

        return step


def make_engine(model: keras.Model, plan: Plan, data: Data) -> EpochFunction:
    """Return the engine that suits the plan."""
    return (EpochFunction if plan.compiled else SteppingEngine)(model, plan, data)


def _first_bad(bad_step: Any, index: Any, logs: Any) -> Any:
    return jnp.where((bad_step < 0) & ~jnp.isfinite(logs.get("loss", 0.0)), index, bad_step)


def _length(data: Any) -> int:
    return int(keras.tree.flatten(data)[0].shape[0])


def _batch(data: Any, order: Any, begin: Any, size: int) -> Any:
    if order is not None:
        indices = jax.lax.dynamic_slice_in_dim(order, begin, size)
        return keras.tree.map_structure(lambda leaf: leaf[indices], data)
    return keras.tree.map_structure(lambda leaf: jax.lax.dynamic_slice_in_dim(leaf, begin, size), data)


GROUP_SIZES = (8,)
"""Networks in a group on a CPU: JAX's XLA makes one machine function of a loop only while that is small, and
else takes ten times as long."""


def compiled(function: Callable[..., Any]) -> Any:
    """Return `function` compiled by XLA."""
    return jax.jit(function)


def gradients(function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]) -> tuple[list[Any], Any]:
    """Return the gradient of the first result of `function`, and the second result."""
    gradient, others = jax.grad(function, has_aux=True)(weights)
    return gradient, others


def apply(
    optimizer: Any,
    variables: list[keras.Variable],
    gradient: list[Any],
    weights: list[Any],
    state: list[Any],
) -> tuple[list[Any], list[Any]]:
    """Return weights and the optimizer's variables after a step."""
    weights, state = optimizer.stateless_apply(state, gradient, weights)
    return list(weights), list(state)


def drawer(draw: Callable[[Any], Any], dtype: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that calls `draw` with each of many seeds and stacks the results."""
    draw_all = jax.jit(jax.vmap(draw))
    return lambda seeds: np.asarray(draw_all(jnp.asarray(seeds, dtype)))
