"""A large convolutional network on an accelerator: the share of its arithmetic that training reaches."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from benchmarks.record import Row, row, seconds
from dlp_keras.training import backends, fit

_SIZE = 32
_BATCH = 256


def large(quick: bool) -> list[Row]:
    """Time eight convolutions of 128 channels with `fit` and `model.fit`, in two precisions.

    Only where there is an accelerator: a processor would take minutes. `quick` runs a small one anywhere.
    """
    if not (quick or backends.current().has_accelerator()):
        return []
    channels, n_samples = (8, 2 * _BATCH) if quick else (128, 16 * _BATCH)
    rng = np.random.default_rng(0)
    x = rng.random((n_samples, _SIZE, _SIZE, 3), dtype=np.float32)
    y = rng.integers(10, size=n_samples)
    rows = []
    for policy, dtype in (("float32", "float32"), ("mixed_bfloat16", "bfloat16")):
        peak = peak_flops(dtype, 512 if quick else 8192)
        for name, train in (("model.fit", keras.Model.fit), ("fit", fit)):
            model = _network(channels, policy)
            spent = _seconds_per_epoch(
                lambda epochs, model=model, train=train: _train(train, model, x, y, epochs)
            )
            flops = n_samples * flops_per_sample(model) / spent
            rows += [
                row(f"large convolutional network, {policy}: {name}", n_samples / spent, "images/s"),
                row(f"large convolutional network, {policy}: {name}, arithmetic", flops / 1e12, "Tflop/s"),
                row(
                    f"large convolutional network, {policy}: {name}, share of a matrix product's "
                    f"{peak / 1e12:.3g} Tflop/s",
                    100 * flops / peak,
                    "%",
                ),
            ]
    return rows


def flops_per_sample(model: keras.Model) -> int:
    """Multiplications and additions of one training step per sample: forward, and twice that backward."""
    products = 0
    for layer in model.layers:
        if layer.weights:
            places = np.prod(layer.output.shape[1:-1], dtype=int) if layer.kernel.ndim == 4 else 1
            products += int(places) * int(np.prod(layer.kernel.shape))
    return 3 * 2 * products


def peak_flops(dtype: str, size: int) -> float:
    """Floating-point operations per second of a large matrix product on the device."""
    a = keras.ops.ones((size, size), dtype)

    def multiply() -> None:
        keras.ops.convert_to_numpy(keras.ops.matmul(a, a)[0, :1])  # waits for the device

    return 2 * size**3 / min(seconds(multiply, 5))


def _network(channels: int, policy: str) -> keras.Model:
    layers = keras.layers
    convolutions = [
        layers.Conv2D(channels, 3, padding="same", activation="relu", dtype=policy) for _ in range(8)
    ]
    model = keras.Sequential(
        [
            keras.Input((_SIZE, _SIZE, 3)),
            *convolutions,
            layers.GlobalAveragePooling2D(dtype=policy),
            layers.Dense(10, "softmax", dtype="float32"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def _train(train: Callable[..., Any], model: keras.Model, x: Any, y: Any, epochs: int) -> None:
    train(model, x, y, epochs=epochs, batch_size=_BATCH, verbose=0)


def _seconds_per_epoch(train: Callable[[int], None]) -> float:
    """Seconds of an epoch, compilation apart."""
    train(1)
    (spent,) = seconds(lambda: train(3), 1)
    return spent / 3
