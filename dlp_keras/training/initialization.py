"""Fresh weights for many copies of one model, each from a seed of its own."""

import functools
import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from dlp_keras.training import backends
from dlp_keras.training.models import every_layer, python_random

_LARGEST_SEED = 2**31 - 1


def spawn_seeds(seed: int, n_models: int) -> np.ndarray:
    """Return one seed for each network, shape (n_models,), int64, below 2³¹."""
    return np.random.SeedSequence(seed).generate_state(n_models).astype(np.int64) & _LARGEST_SEED


def initial_weights(model: keras.Model, seeds: np.ndarray) -> list[np.ndarray]:
    """Draw weights for copies of a chain of dense layers from its initializers.

    Each weight gets a seed of its own, so copies differ even where `model` was built with fixed seeds.

    Parameters
    ----------
    model : keras.Model
    seeds : array of shape (n_models,), int64

    Returns
    -------
    list of array of shape (n_models, …), float32
        In the order of ``model.get_weights()``.
    """
    drawn: list[np.ndarray] = []
    for layer in model.layers:
        for name in ("kernel", "bias"):
            variable = getattr(layer, name, None)
            if variable is not None:
                initializer = getattr(layer, f"{name}_initializer")
                # An odd multiplier sends different weights of one network to different seeds.
                own_seeds = (seeds + 0x9E3779B1 * len(drawn)) & _LARGEST_SEED
                drawn.append(_draw(initializer, tuple(variable.shape), own_seeds))
    return drawn


def _draw(initializer: Any, shape: tuple[int, ...], seeds: np.ndarray) -> np.ndarray:
    config = initializer.get_config()
    if "seed" not in config:
        same = keras.ops.convert_to_numpy(initializer(shape, dtype="float32"))
        return np.repeat(same[None], len(seeds), axis=0)
    text = json.dumps({**config, "seed": None}, sort_keys=True, default=str)
    return _sampler(keras.backend.backend(), type(initializer), text, shape)(seeds)  # type: ignore[arg-type]


@functools.lru_cache(maxsize=32)
def _sampler(
    backend: str, kind: type, config: str, shape: tuple[int, ...]
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a compiled function that draws an array for each seed; eagerly, each takes a millisecond."""
    generator = keras.random.SeedGenerator(0)
    initializer = kind.from_config({**json.loads(config), "seed": generator})  # type: ignore[attr-defined]

    def draw(seed: Any) -> Any:
        with keras.StatelessScope([(generator.state, keras.ops.stack([seed, keras.ops.zeros_like(seed)]))]):
            return initializer(shape, dtype="float32")

    sampler: Callable[[np.ndarray], np.ndarray] = backends.current().sampler(draw, generator.state.dtype)
    return sampler


def build_with_seed(build_model: Callable[[], keras.Model], seed: int) -> keras.Model:
    """Build a model whose weights depend on `seed`, and leave Python's random numbers as they were."""
    with python_random(seed):
        return build_model()


def reinitialize(model: keras.Model, seed: int) -> None:
    """Draw those weights of a built model anew that its initializers fix with a seed of their own."""
    rng = np.random.default_rng([seed, 1])
    for layer in every_layer(model):
        for key in layer.get_config():
            initializer: Any = getattr(layer, key, None)
            variable = getattr(layer, key.removesuffix("_initializer"), None)
            config = initializer.get_config() if isinstance(initializer, keras.Initializer) else {}
            if isinstance(variable, keras.Variable) and config.get("seed") is not None:
                drawn = type(initializer).from_config({**config, "seed": int(rng.integers(2**31))})
                variable.assign(drawn(variable.shape, dtype=variable.dtype))
