"""PyTorch's part of training: what stacks of networks need. Single networks train through `model.fit`."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import torch

GROUP_SIZES = (64, 1024)
"""Networks in a group: nothing is compiled, and an operation on many costs little more than on one."""

FUSES = False
"""Whether a compiler merges operations, so that barriers between them help."""


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether the device's memory did not suffice."""
    return isinstance(error, torch.OutOfMemoryError)


def has_accelerator() -> bool:
    """Tell whether PyTorch sees a GPU."""
    return bool(torch.cuda.is_available())


def compile_function(function: Callable[..., Any]) -> Any:
    """Return `function` as it is: PyTorch runs one operation after another."""
    return torch.no_grad()(function)


def gradients(function: Callable[[list[Any]], tuple[Any, Any]], weights: list[Any]) -> tuple[list[Any], Any]:
    """Return the gradient of the first result of `function`, and the second result."""
    leaves = [weight.detach().requires_grad_() for weight in weights]
    with torch.enable_grad():
        total, others = function(leaves)
    return list(torch.autograd.grad(total, leaves)), {name: value.detach() for name, value in others.items()}


def apply_gradients(
    optimizer: Any,
    variables: list[keras.Variable],
    gradient: list[Any],
    weights: list[Any],
    state: list[Any],
) -> tuple[list[Any], list[Any]]:
    """Return weights and the optimizer's variables after a step."""
    for variable, value in zip([*variables, *optimizer.variables], [*weights, *state], strict=True):
        variable.assign(value)
    optimizer.apply(gradient, variables)
    return [v.value.clone() for v in variables], [v.value.clone() for v in optimizer.variables]


def sampler(draw: Callable[[Any], Any], dtype: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that calls `draw` with each of many seeds and stacks the results."""
    kind = getattr(torch, dtype)
    return lambda seeds: np.stack(
        [np.asarray(draw(torch.tensor(int(seed), dtype=kind)).cpu()) for seed in seeds]
    )
