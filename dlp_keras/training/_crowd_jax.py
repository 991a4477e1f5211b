"""JAX's part of `fit_many`: compilation, gradient, the optimizer's step, and draws for many seeds."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

WIDTHS = (8,)
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
