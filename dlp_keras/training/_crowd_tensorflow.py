"""TensorFlow's part of `fit_many`: compilation, gradient, the optimizer's step, and draws for many seeds."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

WIDTHS = (16, 64, 128)
"""Networks in a group on a CPU: weights, activations and gradients should stay in a core's own cache."""


def compiled(function: Callable[..., Any]) -> Any:
    """Return `function` compiled by XLA."""
    # A partial, because TensorFlow counts traces by code, and would warn of many crowds' first ones.
    return tf.function(functools.partial(function), jit_compile=True, autograph=False)


def gradients(function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]) -> tuple[list[Any], Any]:
    """Return the gradient of the first result of `function`, and the second result."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(weights)
        total, others = function(weights)
    return tape.gradient(total, weights), others


def apply(
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


def drawer(draw: Callable[[Any], Any], dtype: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that calls `draw` with each of many seeds and stacks the results."""

    def draw_all(seeds: Any) -> Any:
        return tf.map_fn(draw, seeds, fn_output_signature=tf.float32)

    signature = [tf.TensorSpec([None], dtype)]
    graph = tf.function(functools.partial(draw_all), autograph=False, input_signature=signature)
    return lambda seeds: np.asarray(graph(tf.constant(seeds, dtype)).numpy())
