"""JAX's part of training: epochs of a model in one call, and what stacks of networks need."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from dlp_keras.training.data import Data
from dlp_keras.training.models import build_metrics, clone, penalty_rates, set_penalty_rates
from dlp_keras.training.plan import Plan

HAS_GRAPH_EXECUTOR = False
"""Whether epochs can also run without XLA."""

NOT_COMPILABLE: tuple[type[Exception], ...] = ()
"""Errors after which another executor could run the epochs: JAX has none but XLA."""


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether the device's memory did not suffice."""
    return "RESOURCE_EXHAUSTED" in str(error)


def has_accelerator() -> bool:
    """Tell whether JAX sees a GPU or a TPU."""
    return bool(jax.default_backend() != "cpu")


def to_device(structure: Any) -> Any:
    """Place arrays on the device, once for a whole training."""
    return keras.tree.map_structure(lambda leaf: None if leaf is None else jnp.asarray(leaf), structure)


class EpochFunction:
    """Epochs of one architecture, compiled once; the state comes in and goes out as values."""

    def __init__(self, model: keras.Model, plan: Plan, data: Data, *, compiled: bool) -> None:
        self.plan = plan
        self.model = clone(model, data) if plan.shared else model
        if not plan.shared:
            build_metrics(model, data)
        self._blank = [np.asarray(variable.value) for variable in self.model.metrics_variables]
        self._run = jax.jit(self._epochs)

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
            state, data, validation, order, np.int32(start), np.int32(count), penalty_rates(model)
        )
        for group, values in zip(groups, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        return {name: np.asarray(rows)[: int(done)] for name, rows in logs.items()}, int(bad_step)

    def _epochs(
        self, state: Any, data: Any, validation: Any, order: Any, start: Any, count: Any, rates: Any
    ) -> Any:
        if self.plan.shared:
            set_penalty_rates(self.model, rates)

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
        full, bad_step, logs = self._pass(self.model.train_step, (*state, self._blank), data, order)
        state = full[:3]
        last = (_length(data) - 1) // self.plan.batch_size
        finite = [
            jnp.isfinite(v).all() for v in keras.tree.flatten(state) if jnp.issubdtype(v.dtype, jnp.floating)
        ]
        bad_step = jnp.where((bad_step < 0) & ~jnp.stack(finite).all(), last, bad_step)
        state = jax.tree.map(lambda new, old: jnp.where(bad_step < 0, new, old), state, before)
        if validation is not None:
            _, _, tested = self._pass(self.model.test_step, (*state[:2], self._blank), validation, None)
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


FUSES = True
"""Whether a compiler merges operations, so that barriers between them help."""


def compile_function(function: Callable[..., Any]) -> Any:
    """Return `function` compiled by XLA."""
    return jax.jit(function)


def gradients(function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]) -> tuple[list[Any], Any]:
    """Return the gradient of the first result of `function`, and the second result."""
    gradient, others = jax.grad(function, has_aux=True)(weights)
    return gradient, others


def apply_gradients(
    optimizer: Any,
    variables: list[keras.Variable],
    gradient: list[Any],
    weights: list[Any],
    state: list[Any],
) -> tuple[list[Any], list[Any]]:
    """Return weights and the optimizer's variables after a step."""
    weights, state = optimizer.stateless_apply(state, gradient, weights)
    return list(weights), list(state)


def sampler(draw: Callable[[Any], Any], dtype: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that calls `draw` with each of many seeds and stacks the results."""
    draw_all = jax.jit(jax.vmap(draw))
    return lambda seeds: np.asarray(draw_all(jnp.asarray(seeds, dtype)))
