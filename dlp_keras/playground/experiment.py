"""A setting of the TensorFlow Playground, as data, as a URL, as a Keras model, and as code.

The rules are those of https://github.com/tensorflow/playground. Two of them Keras does not have:

- With L1, the Playground sets a weight to zero for good when the penalty would change its sign. In
  Keras such a weight keeps changing sign around zero, by at most rate times penalty.
- The Playground carries samples that do not fill a batch over into the next epoch; Keras ends each
  epoch with a short batch. Both are the same where the batch size divides the number of samples.
"""

import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dlp_keras import datasets
from dlp_keras.playground.script import write_code
from dlp_keras.playground.url import KEYS, read_url, write_url

MAKERS = {
    "circle": "make_circle",
    "xor": "make_checkerboard",
    "gauss": "make_gaussians",
    "spiral": "make_spirals",
    "reg-plane": "make_plane",
    "reg-gauss": "make_hills",
}
_FEATURES = {
    "x1": "x1",
    "x2": "x2",
    "x1_squared": "x1^2",
    "x2_squared": "x2^2",
    "x1_times_x2": "x1*x2",
    "sin_x1": "sin(x1)",
    "sin_x2": "sin(x2)",
}
PICTURES = ("decision_boundary.gif", "neurons.gif", "loss.png")
"""Files that a training with pictures writes."""

Split = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Experiment:
    """One setting of the Playground; the defaults are what it shows first.

    Attributes
    ----------
    problem : {"classification", "regression"}
    dataset : {"circle", "xor", "gauss", "spiral"}
    regression_dataset : {"reg-plane", "reg-gauss"}
    noise : float
        The slider, 0 … 50.
    percent_training : int
        Share of the points to train on, 10 … 90.
    x1, x2, x1_squared, x2_squared, x1_times_x2, sin_x1, sin_x2 : bool
        Which features the network is given.
    hidden_units : tuple of int
        Neurons in each hidden layer; empty for none.
    activation : {"tanh", "relu", "sigmoid", "linear"}
    learning_rate : float
    batch_size : int
    regularization : {"L1", "L2"} or None
    regularization_rate : float
    zero_weights : bool
        Start from zeros instead of random weights.
    seed : str
        Any text; it determines points and weights, though not the Playground's own.
    show_test_data, discretize, hide_text, collect_stats : bool
        Kept for the URL; they change only what the Playground shows.
    other : tuple of (str, str)
        Keys of the URL that are none of these, kept for the way back.

    Examples
    --------
    >>> experiment = Experiment(dataset="xor", hidden_units=(3,), activation="relu")
    >>> Experiment.from_url(experiment.to_url()) == experiment
    True
    """

    activation: str = "tanh"
    regularization: str | None = None
    batch_size: int = 10
    dataset: str = "circle"
    regression_dataset: str = "reg-plane"
    learning_rate: float = 0.03
    regularization_rate: float = 0.0
    noise: float = 0.0
    hidden_units: tuple[int, ...] = (4, 2)
    seed: str = "0"
    show_test_data: bool = False
    discretize: bool = False
    percent_training: int = 50
    x1: bool = True
    x2: bool = True
    x1_times_x2: bool = False
    x1_squared: bool = False
    x2_squared: bool = False
    sin_x1: bool = False
    sin_x2: bool = False
    collect_stats: bool = False
    problem: str = "classification"
    zero_weights: bool = False
    hide_text: bool = False
    other: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.features:
            raise ValueError("An experiment needs at least one feature. Got none. Set x1=True or another.")
        for name, key in KEYS.items():
            value = getattr(self, key.field)
            if value is None and key.field == "regularization":
                continue
            try:
                text = key.write(value)
            except (TypeError, ValueError, OverflowError):
                text = "?"  # whatever the key, reading this raises its rule
            try:
                key.read(text)
            except ValueError as rule:
                message = f"`{key.field}` (`{name}` in a URL) must be {rule}. Got {value!r}."
                raise ValueError(message) from None

    @classmethod
    def from_url(cls, url: str) -> "Experiment":
        """Read a setting from the address that the Playground shows.

        Raises
        ------
        ValueError
            If the text is no address of the Playground, or a key has a value that it does not offer.
        """
        return cls(**read_url(url))

    def to_url(self) -> str:
        """Return the Playground's address of this setting."""
        fields = {key.field: getattr(self, key.field) for key in KEYS.values()}
        return write_url({**fields, "other": self.other})

    @property
    def features(self) -> list[str]:
        """Names of the features, as `playground_features` takes them."""
        return [name for field, name in _FEATURES.items() if getattr(self, field)]

    @property
    def is_classification(self) -> bool:
        """Whether the targets are −1 and +1."""
        return self.problem == "classification"

    @property
    def number(self) -> int:
        """The seed as a number, 0 … 2³¹ − 1."""
        is_number = self.seed.isdecimal() and int(self.seed) < 2**31
        return int(self.seed) if is_number else zlib.crc32(self.seed.encode()) >> 1

    @property
    def _maker(self) -> str:
        return MAKERS[self.dataset if self.is_classification else self.regression_dataset]

    def points(self) -> Split:
        """Draw the points: coordinates (n, 2) and targets (n, 1), both float32, training points first."""
        make = getattr(datasets, self._maker)
        x, y = make(500 if self.is_classification else 1200, noise=self.noise / 100, seed=self.number)
        y = 2 * y - 1 if self.is_classification else y
        return x, y.astype(np.float32)[:, np.newaxis]

    def data(self) -> tuple[Split, Split]:
        """Return (x, y) for training and for testing: features (n, n_features), targets (n, 1), float32."""
        x, y = self.points()
        x = datasets.playground_features(x, self.features)
        n_training = len(x) * self.percent_training // 100
        return (x[:n_training], y[:n_training]), (x[n_training:], y[n_training:])

    def model(self) -> Any:
        """Build and compile the Keras model: ½·MSE, plain gradient descent, the Playground's weights."""
        import keras

        sizes = [*self.hidden_units, 1]
        layers = [self._layer(keras, index, units) for index, units in enumerate(sizes)]
        model = keras.Sequential([keras.Input((len(self.features),)), *layers])
        optimizer = keras.optimizers.SGD(float(self.learning_rate))
        model.compile(optimizer, loss="mse", loss_weights=0.5)
        return model

    def _layer(self, keras: Any, index: int, units: int) -> Any:
        is_last = index == len(self.hidden_units)
        head = "tanh" if self.is_classification else "linear"
        uniform = keras.initializers.RandomUniform(-0.5, 0.5, seed=self.number + index)
        # The Playground's penalty is ½·rate·w² or rate·|w|, on every weight but no bias.
        penalty = {
            "L1": lambda: keras.regularizers.L1(self.regularization_rate),
            "L2": lambda: keras.regularizers.L2(self.regularization_rate / 2),
        }.get(str(self.regularization) if self.regularization_rate else "")
        return keras.layers.Dense(
            units,
            activation=head if is_last else self.activation,
            kernel_initializer="zeros" if self.zero_weights else uniform,
            bias_initializer="zeros" if self.zero_weights else keras.initializers.Constant(0.1),
            kernel_regularizer=penalty() if penalty else None,
        )

    def train(
        self,
        epochs: int,
        *,
        save: str | Path | None = None,
        every: int = 10,
        verbose: int | str = "auto",
        callbacks: Sequence[Any] = (),
    ) -> Any:
        """Train a new model.

        Parameters
        ----------
        epochs : int
        save : path, optional
            Folder for the pictures `PICTURES`: the decision boundary, every neuron, and the loss curves.
            Older ones are replaced.
        every : int
            Epochs between two frames of the pictures.
        verbose : {"auto", 0, 1, 2}
        callbacks : sequence of keras.callbacks.Callback

        Returns
        -------
        keras.callbacks.History
            Its ``model`` is the trained network. As in Keras, ``loss`` is the mean during the epoch with the
            penalty, where the Playground shows the loss after the epoch without it.
        """
        from dlp_keras.training import fit

        (x, y), test = self.data()
        pictures = [] if save is None else self._pictures(Path(save), every)
        return fit(
            self.model(),
            x,
            y,
            epochs=epochs,
            batch_size=self.batch_size,
            validation_data=test,
            shuffle=False,
            verbose=verbose,
            callbacks=[*pictures, *callbacks],
        )

    def _pictures(self, folder: Path, every: int) -> list[Any]:
        from dlp_keras.callbacks import DecisionBoundary, LossCurves, NeuronMaps

        folder.mkdir(parents=True, exist_ok=True)
        x, y = self.points()

        def transform(points: Any) -> Any:
            return datasets.playground_features(points, self.features)

        boundary, neurons, loss = (folder / name for name in PICTURES)
        return [
            DecisionBoundary(x, y, transform=transform, every=every, save=boundary),
            NeuronMaps(x, transform=transform, every=every, save=neurons),
            LossCurves(every=every, save=loss),
        ]

    def to_code(self, epochs: int = 300) -> str:
        """Return a complete Keras script that trains this setting and gives the same curve."""
        setting = asdict(self) | {"features": self.features, "number": self.number}
        return write_code(setting, self._maker, self.to_url(), epochs)
