"""One page's training: the setting, its points, a Keras model, and what is to be painted.

Two threads use a session. The server's changes the setting and reads pictures; the training thread builds the
model and trains it. Each hands the other whole, unchangeable values, so that no picture waits for training.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dlp_keras.datasets import playground_features
from dlp_keras.playground.experiment import Experiment
from dlp_keras.playground.frames import encode_frame
from dlp_keras.playground.network import small_maps, to_bytes
from dlp_keras.playground.scene import GRID, Array, Scene
from dlp_keras.playground.setting import KEEPS_WEIGHTS, change_setting, read_hash

MOST_LOSSES = 800
"""Points of the loss curves; beyond that every second one goes."""
_LARGEST_WEIGHT = 1e6
_PAUSE = 0.003  # seconds until it is asked again whether an epoch is due
_ALL_FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")
_FEATURE_MAPS = small_maps(playground_features(GRID, _ALL_FEATURES))


class Progress(NamedTuple):
    """Where a training is.

    Attributes
    ----------
    setting : int
        Number of the setting that the weights belong to; -1 before there is a model.
    epoch : int
    weights : tuple of array
        Kernel and bias of each layer.
    losses : array of shape (3, n), float32
        Epoch, training loss and test loss: the mean of ½(output − target)², without the penalty.
    diverged : int or None
        Epoch whose loss was not finite.
    """

    setting: int = -1
    epoch: int = 0
    weights: tuple[Array, ...] = ()
    losses: Array = np.zeros((3, 0), np.float32)
    diverged: int | None = None


class Session:
    """A training that a page steers.

    Parameters
    ----------
    experiment : Experiment, optional
    on_change : callable, optional
        Called from either thread when there is something new to paint.
    on_work : callable, optional
        Called when there is something new to do for the training thread.
    """

    def __init__(
        self,
        experiment: Experiment | None = None,
        on_change: Callable[[], None] = lambda: None,
        on_work: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_change, self._on_work = on_change, on_work
        self._scene = Scene(0, experiment or Experiment())
        self._is_playing = False
        self._has_keras = self._has_failed = False
        self._jobs: deque[Callable[[], None]] = deque()
        self._progress = Progress()
        self._model: Any = None
        self._instalments: Any = None
        self._trained: Scene | None = None
        self._epoch_seconds = 0.0
        self._speed = self._credit = self._paced = 0.0
        self._revisions = itertools.count(1)
        self.revision = 0
        self.problems: list[str] = []

    @property
    def experiment(self) -> Experiment:
        """The present setting."""
        return self._scene.experiment

    @property
    def progress(self) -> Progress:
        """Where the training is; before there is a model of the present setting, its beginning."""
        progress = self._progress
        return progress if progress.setting == self._scene.number else Progress()

    @property
    def is_playing(self) -> bool:
        """Whether it trains without being asked for each epoch."""
        return self._is_playing

    def open(self, address: str) -> None:
        """Begin with the setting of an address; `problems` names what was left out."""
        experiment, self.problems = read_hash(address)
        self._begin(experiment)

    def set(self, fields: Mapping[str, Any]) -> None:
        """Change fields of the setting; training begins anew, but where only its pace changes.

        Raises
        ------
        ValueError
            If a page may not set this.
        """
        experiment = change_setting(self.experiment, fields)
        self.problems = []
        if set(fields) <= KEEPS_WEIGHTS:
            self._scene = self._scene.with_experiment(experiment)
            self._tell()
        else:
            self._begin(experiment)

    def set_speed(self, epochs: float) -> None:
        """Train at most so many epochs a second while it plays; 0 for as many as can be.

        Raises
        ------
        ValueError
            If it is no number from 0 to 1e6.
        """
        if not (type(epochs) in (int, float) and 0 <= epochs <= 1e6):
            raise ValueError(f"The speed must be a number from 0 to 1e6. Got {str(epochs)[:20]!r}.")
        self._speed, self._credit, self._paced = float(epochs), 0.0, time.perf_counter()

    def play(self) -> None:
        """Train until `pause`."""
        self._is_playing, self.problems = True, []
        self._credit, self._paced = 1.0, time.perf_counter()
        self._tell()

    def pause(self) -> None:
        """Stop after the epoch that runs."""
        self._is_playing = False
        self._tell()

    def step(self) -> None:
        """Pause, and train for one epoch."""
        self._is_playing = False
        self._jobs.append(lambda: self._train(1))
        self._tell()

    def reset(self) -> None:
        """Go back to the weights that the seed gives, and pause."""
        self._is_playing = False
        self._begin(self.experiment)

    def edit(self, layer: int, source: int, target: int, value: float) -> None:
        """Set one weight, or the bias of a neuron where `source` is -1.

        Parameters
        ----------
        layer : int
            From 0, the first hidden layer; the output comes last.
        source, target : int
            Neuron (or feature) that the weight comes from, and neuron that it goes to.
        value : float

        Raises
        ------
        ValueError
            If there is no such weight, or the value is not finite or too large.
        """
        sizes = [len(self.experiment.features), *self.experiment.hidden_units, 1]
        whole = all(type(number) is int for number in (layer, source, target))
        exists = whole and 0 <= layer < len(sizes) - 1
        if not (exists and -1 <= source < sizes[layer] and 0 <= target < sizes[layer + 1]):
            raise ValueError("The network has no such weight.")
        if not (type(value) in (int, float) and abs(value) <= _LARGEST_WEIGHT):
            raise ValueError(f"A weight must be a number from −1e6 to 1e6. Got {str(value)[:20]!r}.")
        number = self._scene.number
        self._jobs.append(lambda: self._edit(number, layer, source, target, float(value)))
        self._tell()

    def code(self) -> str:
        """Return the setting as a Keras script."""
        return self.experiment.to_code(max(self.progress.epoch, 100))

    def frame(self, have: int = -1, focus: str = "") -> bytes:
        """Return what is to be painted.

        Parameters
        ----------
        have : int
            Number of the setting whose points the page has already.
        focus : str
            Neuron for the large map instead of the output: layer and neuron from 0, such as "1.2", or a
            feature such as "x1*x2".
        """
        scene, progress = self._scene, self.progress
        header = {
            "setting": scene.number,
            "experiment": asdict(scene.experiment),
            "features": scene.experiment.features,
            "address": scene.experiment.to_url(),
            "playing": self._is_playing,
            "waiting": self._waiting(progress),
            "epoch": progress.epoch,
            "diverged": progress.diverged,
            "problems": self.problems,
            "trainingPoints": scene.n_training,
        }
        arrays: dict[str, npt.NDArray[Any]] = {}
        if have != scene.number:
            arrays |= {"points": scene.points, "targets": scene.targets, "featureMaps": _FEATURE_MAPS}
        if progress.weights:
            arrays |= _paint(scene, progress.weights, focus)
        arrays["losses"] = progress.losses
        if focus in _ALL_FEATURES:
            arrays["large"] = to_bytes(playground_features(GRID, [focus])).reshape(100, 100)
        return encode_frame(header, arrays)

    def give_keras(self) -> None:
        """Say that Keras is imported; from the training thread."""
        self._has_keras = True
        self._changed()

    def turn(self, seconds: float) -> bool:
        """Build, edit or train for about so long, from the training thread.

        Returns
        -------
        bool
            Whether there was anything to do.
        """
        busy = self._build() if self._trained is not self._scene else False
        while self._jobs:
            self._jobs.popleft()()
            busy = True
        if self._is_playing and self._trained is self._scene:
            if epochs := self._due(self._epochs_in(seconds)):
                self._train(epochs)
            else:
                time.sleep(_PAUSE)
            busy = True
        return busy

    def fail(self, error: Exception) -> None:
        """Pause and show why; from the training thread."""
        self._is_playing, self._trained, self._has_failed = False, self._scene, True
        self._jobs.clear()
        self.problems = [f"Training stopped: {type(error).__name__}: {str(error)[:300]}"]
        self._changed()

    def _begin(self, experiment: Experiment) -> None:
        self._jobs.clear()
        self._has_failed = False
        self._scene = Scene(self._scene.number + 1, experiment)
        self._tell()

    def _waiting(self, progress: Progress) -> str:
        if progress.weights or self._has_failed:
            return ""
        return (
            "Building the network …"
            if self._has_keras
            else "Keras is being imported, which takes some seconds."
        )

    def _tell(self) -> None:
        self._changed()
        self._on_work()

    def _changed(self) -> None:
        self.revision = next(self._revisions)
        self._on_change()

    # The training thread's part.

    def _build(self) -> bool:
        from dlp_keras.training.instalments import Instalments

        scene = self._scene
        goes_on = self._trained is not None and self._trained.number == scene.number
        model = scene.experiment.model()
        if goes_on and self._progress.weights:
            model.set_weights(list(self._progress.weights))
        n = scene.n_training
        batch_size = min(scene.experiment.batch_size, n)
        self._instalments = Instalments(model, scene.features[:n], scene.targets[:n], batch_size=batch_size)
        self._model, self._trained, self._epoch_seconds = model, scene, 0.0
        if not goes_on:
            self._progress = self._measure(Progress(setting=scene.number))
        self._changed()
        return True

    def _edit(self, number: int, layer: int, source: int, target: int, value: float) -> None:
        if self._trained is None or number != self._trained.number:
            return
        weights = [array.copy() for array in self._progress.weights]
        if source < 0:
            weights[2 * layer + 1][target] = value
        else:
            weights[2 * layer][source, target] = value
        self._model.set_weights(weights)
        self._progress = self._measure(self._progress._replace(diverged=None))
        self._changed()

    def _epochs_in(self, seconds: float) -> int:
        """Return how many epochs fit; at first few, so that the curves show how training begins."""
        fit = int(seconds / self._epoch_seconds) if self._epoch_seconds else 1
        return max(1, min(fit, self._progress.epoch // 20))

    def _due(self, epochs: int) -> int:
        """Return how many of so many epochs the speed allows now; what was missed is not made up for."""
        if not self._speed:
            return epochs
        now = time.perf_counter()
        self._credit = min(self._credit + (now - self._paced) * self._speed, max(1.0, self._speed / 4))
        self._paced = now
        due = min(epochs, int(self._credit))
        self._credit -= due
        return due

    def _train(self, epochs: int) -> None:
        if self._instalments is None or self._trained is not self._scene:
            return
        start = time.perf_counter()
        done, is_finite = self._instalments.train(epochs)
        seconds = (time.perf_counter() - start) / done
        # The first call traces; from then on, the mean of the past and the present.
        self._epoch_seconds = 0.5 * (self._epoch_seconds + seconds) if self._epoch_seconds else seconds / 50
        epoch = self._progress.epoch + done
        self._progress = self._measure(
            self._progress._replace(epoch=epoch, diverged=None if is_finite else epoch)
        )
        if not is_finite:
            self._is_playing = False
        self._changed()

    def _measure(self, progress: Progress) -> Progress:
        """Read the weights, and write down the losses at this epoch."""
        assert self._trained is not None
        weights = tuple(np.array(array, np.float32) for array in self._model.get_weights())
        column = np.array([[progress.epoch], *([loss] for loss in self._trained.losses(weights))], np.float32)
        earlier = progress.losses[:, progress.losses[0] < progress.epoch]
        losses = np.concatenate([earlier, column], axis=1)
        if losses.shape[1] > MOST_LOSSES:
            losses = np.concatenate([losses[:, :-1:2], column], axis=1)
        return progress._replace(weights=weights, losses=losses)


def _paint(scene: Scene, weights: tuple[Array, ...], focus: str) -> dict[str, npt.NDArray[Any]]:
    """Return the maps of all neurons and the large one, and all weights."""
    layers = scene.layers(weights, scene.grid)
    large = next(
        (
            values[:, [neuron]]
            for index, values in enumerate(layers)
            for neuron in range(values.shape[1])
            if focus == f"{index}.{neuron}"
        ),
        layers[-1],
    )
    maps = {f"map{index}": small_maps(values) for index, values in enumerate(layers)}
    flat = {f"weights{index}": array for index, array in enumerate(weights)}
    return {**maps, **flat, "large": to_bytes(large).reshape(100, 100)}
