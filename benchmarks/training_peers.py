"""Other ways of training the same network, and the arithmetic that all of them have to do."""

import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import keras
import numpy as np

from benchmarks.record import Row, row, seconds
from dlp_keras.training import fit

Train = Callable[[int], object]


def all_peers(
    network: Callable[..., keras.Model], hidden: tuple[int, ...], activation: str, data: Any, options: Any
) -> Iterator[tuple[str, Train, int]]:
    """Yield name, training function and a suitable number of epochs for each peer."""
    x, y = data
    for jit_compile in (False, True):
        model = network(hidden, activation, steps_per_execution=25, jit_compile=jit_compile)
        name = f"model.fit, steps_per_execution=25{', jit_compile' if jit_compile else ''}"
        yield name, lambda n, model=model: model.fit(x, y, epochs=n, **options), 10
    yield "scikit-learn's partial_fit", scikit_learn(hidden, activation, data, options), 30
    try:
        yield "PyTorch loop", torch_loop(hidden, activation, data, options), 30
    except ImportError:
        warnings.warn("PyTorch is not installed: it is left out of the table.", stacklevel=2)


def scikit_learn(hidden: tuple[int, ...], activation: str, data: Any, options: Any) -> Train:
    """One `partial_fit` an epoch, which takes all its batches, and both losses."""
    from sklearn.neural_network import MLPRegressor

    (x, y), (x_test, y_test) = data, options["validation_data"]
    model = MLPRegressor(
        hidden_layer_sizes=hidden,
        activation=activation,
        solver="sgd",
        batch_size=options["batch_size"],
        learning_rate_init=0.03,
    )

    def train(epochs: int) -> None:
        for _ in range(epochs):
            model.partial_fit(x, y.ravel())
            for inputs, targets in ((x, y), (x_test, y_test)):
                np.mean((model.predict(inputs) - targets.ravel()) ** 2)

    return train


def torch_loop(hidden: tuple[int, ...], activation: str, data: Any, options: Any) -> Train:
    """The usual loop over batches in PyTorch."""
    import torch

    sizes, kind = (2, *hidden, 1), {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[activation]
    layers = [part for a, b in pairwise(sizes) for part in (torch.nn.Linear(a, b), kind())][:-1]
    model = torch.nn.Sequential(*layers, torch.nn.Tanh())
    optimizer, loss = torch.optim.SGD(model.parameters(), 0.03), torch.nn.MSELoss()
    x, y, x_test, y_test = (torch.from_numpy(a) for a in (*data, *options["validation_data"]))

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for batch in torch.randperm(len(x)).split(options["batch_size"]):
                optimizer.zero_grad()
                loss(model(x[batch]), y[batch]).backward()
                optimizer.step()
            with torch.no_grad():
                loss(model(x), y).item(), loss(model(x_test), y_test).item()

    return train


def playground_network(width: int) -> keras.Model:
    """The Playground's network of one hidden layer of ReLUs, with its first weights and its loss."""

    def layer(units: int, activation: str) -> keras.layers.Layer:
        weights = keras.initializers.RandomUniform(-0.5, 0.5)
        biases = keras.initializers.Constant(0.1)
        return keras.layers.Dense(units, activation, kernel_initializer=weights, bias_initializer=biases)

    model = keras.Sequential([keras.Input((2,)), layer(width, "relu"), layer(1, "tanh")])
    model.compile(keras.optimizers.SGD(0.03), "mse", loss_weights=0.5)
    return model


def flops_per_epoch(sizes: tuple[int, ...], n_training: int, n_test: int) -> int:
    """Multiplications and additions of the weights in one epoch: forward, backward, and the test points.

    Activations, losses and updates are left out, as they are small in large networks.
    """
    products = [a * b for a, b in pairwise(sizes)]
    training = 2 * (3 * sum(products) - products[0])  # no gradient for the input
    return n_training * training + n_test * 2 * sum(products)


def peak_flops() -> float:
    """Floating-point operations per second of all cores in a large matrix product (float32)."""
    a = np.ones((2048, 2048), "float32")
    return 2 * 2048**3 / min(seconds(lambda: a @ a, 5))


def images(quick: bool) -> list[Row]:
    """One epoch of the convolutional network of exercise 14 on 50,000 images of 28 × 28."""
    rng = np.random.default_rng(0)
    n_samples = 1_000 if quick else 50_000
    x = rng.random((n_samples, 28, 28, 1), dtype=np.float32)
    y = rng.integers(10, size=n_samples)

    def network() -> keras.Model:
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(16, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(32, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dense(64, "relu"),
                layers.Dense(10, "softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    options = {"batch_size": 128, "verbose": 0, "epochs": 1}
    theirs, ours = network(), network()
    theirs.fit(x[:256], y[:256], **options)
    fit(ours, x, y, **options)
    times: dict[str, list[float]] = {"model.fit": [], "fit": []}
    for _ in range(1 if quick else 3):  # by turns, because other work on the machine comes and goes
        times["model.fit"] += seconds(lambda: theirs.fit(x, y, **options), 1)
        times["fit"] += seconds(lambda: fit(ours, x, y, **options), 1)
    base, own = (float(np.median(spent)) for spent in times.values())
    what = f"convolutional network, {n_samples} images, one epoch"
    return [
        row(f"{what}: model.fit", base, "s", ratio=1.0),
        row(f"{what}: fit", own, "s", ratio=base / own, asked="1 ×"),
    ]
