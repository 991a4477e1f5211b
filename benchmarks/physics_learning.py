"""What baselines and networks reach on the simulated data: the reason for simulating it rightly."""

from typing import Any

import numpy as np

from benchmarks.record import Row, row
from dlp_keras.datasets.airshower import AirShowers, make_airshowers
from dlp_keras.datasets.ising import make_ising
from dlp_keras.datasets.ising_exact import CRITICAL_TEMPERATURE, energy, magnetization


def learning() -> list[Row]:
    """Accuracies on lattices and energy resolutions on showers, beside the published-like figures."""
    import keras

    keras.utils.set_random_seed(0)
    return [*ising_rows(), *shower_rows()]


def ising_rows(n_train: int = 6000, n_test: int = 6000) -> list[Row]:
    """Which phase is a lattice of 32 × 32 in? Test accuracies."""
    spins, temperature = make_ising(n_train + n_test, size=32, seed=1)
    is_ordered = temperature < CRITICAL_TEMPERATURE
    train, test = slice(0, n_train), slice(n_train, None)
    measured = {
        "cut on |m|": (np.abs(magnetization(spins)), ".975"),
        "cut on the energy": (-energy(spins), ".977"),
    }
    scores = {
        name: (cut_accuracy(values, is_ordered, train, test), asked)
        for name, (values, asked) in measured.items()
    }
    scores["logistic regression on the pixels"] = (logistic_accuracy(spins, is_ordered, train, test), ".63")
    images = spins[..., np.newaxis].astype(np.float32)
    networks = {"dense network, 32 and 32": (dense_classifier, ".961"), "CNN": (cnn_classifier, "≥ .975")}
    for name, (build, asked) in networks.items():
        model = build()
        train_network(model, "binary_crossentropy", images[train], is_ordered[train], epochs=20)
        predicted = model.predict(images[test], batch_size=512, verbose=0)[:, 0] > 0.5
        scores[name] = ((predicted == is_ordered[test]).mean(), asked)
    error = np.sqrt(0.975 * 0.025 / n_test)
    note = f"{n_train} training lattices; ± {error:.3f} from {n_test} for testing"
    return [
        row(f"Ising: {name}", score, "accuracy", asked=asked, note=note)
        for name, (score, asked) in scores.items()
    ]


def cut_accuracy(values: np.ndarray, is_ordered: np.ndarray, train: slice, test: slice) -> float:
    """Accuracy of the best threshold found on the training part."""
    cuts = np.quantile(values[train], np.linspace(0.01, 0.99, 981))
    right = [((values[train] > cut) == is_ordered[train]).mean() for cut in cuts]
    return float(((values[test] > cuts[np.argmax(right)]) == is_ordered[test]).mean())


def logistic_accuracy(spins: np.ndarray, is_ordered: np.ndarray, train: slice, test: slice) -> float:
    """Accuracy of scikit-learn's logistic regression on all spins, strongly penalised."""
    from sklearn.linear_model import LogisticRegression

    pixels = spins.reshape(len(spins), -1).astype(np.float32)
    model = LogisticRegression(C=1e-4, max_iter=300).fit(pixels[train], is_ordered[train])
    return float(model.score(pixels[test], is_ordered[test]))


def dense_classifier() -> Any:
    """Two hidden layers of 32."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((32, 32, 1)),
            layers.Flatten(),
            layers.Dense(32, "relu"),
            layers.Dense(32, "relu"),
            layers.Dense(1, "sigmoid"),
        ]
    )


def cnn_classifier() -> Any:
    """Two convolutions and a mean over the lattice: it counts domain walls wherever they are."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((32, 32, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(16, "relu"),
            layers.Dense(1, "sigmoid"),
        ]
    )


def train_network(model: Any, loss: str, x: np.ndarray, y: np.ndarray, *, epochs: int) -> None:
    """Adam with a rate that falls along a cosine."""
    import keras

    n_steps = epochs * -(-len(x) // 64)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, n_steps)
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(x, y.astype(np.float32)[:, np.newaxis], epochs=epochs, batch_size=64, verbose=0)


def shower_rows(n_train: int = 20_000, n_test: int = 5000) -> list[Row]:
    """Energy from the footprint of protons: spread of log10 E about the truth, and its bias."""
    showers = make_airshowers(n_train + n_test, seed=2)
    images, target = preprocess(showers), np.log10(showers.energy / 10)
    train, test = slice(0, n_train), slice(n_train, None)
    networks = {
        "linear": (linear_regressor, ".163", 10),
        "dense": (dense_regressor, ".029", 50),
        "CNN": (cnn_regressor, "≤ .026", 30),
    }
    rows = []
    for name, (build, asked, epochs) in networks.items():
        model = build()
        train_network(model, "mse", images[train], target[train], epochs=epochs)
        residual = model.predict(images[test], batch_size=512, verbose=0)[:, 0] - target[test]
        note = f"{n_train} training protons; bias {residual.mean():+.4f}"
        rows.append(row(f"showers: σ(log10 E), {name}", residual.std(), "", asked=asked, note=note))
    return rows


def preprocess(showers: AirShowers) -> np.ndarray:
    """Logarithm of the signal and time in µs, 0 where silent: (n, 14, 14, 2), float32."""
    times = np.where(showers.hit, showers.time, 0) / 3000
    return np.stack([np.log10(1 + showers.signal) / 2, times], axis=-1).astype(np.float32)


def linear_regressor() -> Any:
    """Every input with a weight."""
    from keras import Input, Sequential, layers

    return Sequential([Input((14, 14, 2)), layers.Flatten(), layers.Dense(1)])


def dense_regressor() -> Any:
    """Three hidden layers."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((14, 14, 2)),
            layers.Flatten(),
            layers.Dense(256, "relu"),
            layers.Dense(256, "relu"),
            layers.Dense(64, "relu"),
            layers.Dense(1),
        ]
    )


def cnn_regressor() -> Any:
    """Three convolutions, pooled once, and a dense layer."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((14, 14, 2)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(64, "relu"),
            layers.Dense(1),
        ]
    )
