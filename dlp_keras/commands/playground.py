"""`dlp playground`: train a setting of the TensorFlow Playground, with pictures."""

from pathlib import Path

from dlp_keras import device
from dlp_keras.course import CourseError
from dlp_keras.display import figures_folder
from dlp_keras.files import free_name
from dlp_keras.playground.experiment import PICTURES, Experiment
from dlp_keras.playground.url import is_cut


def read_setting(url: str) -> Experiment:
    """Read what a student pasted behind `dlp playground`.

    Raises
    ------
    CourseError
        If it is no setting of the Playground, or the shell has cut it.
    """
    if is_cut(url):
        raise CourseError(
            f"The shell has cut the address behind {url!r}: `&` ends a command. "
            'Put quotes around the whole address: dlp playground "https://…".'
        )
    try:
        return Experiment.from_url(url)
    except ValueError as error:
        raise CourseError(str(error)) from error


def train_setting(experiment: Experiment, epochs: int, every: int, figures: Path | None) -> None:
    """Train, and save the pictures where none lie yet: in `figures`, or a folder with -2, -3, … behind."""
    folder = figures or figures_folder() / "playground"
    if any((folder / name).exists() for name in PICTURES):
        folder = free_name(folder)
    print(device.use())
    history = experiment.train(epochs, save=folder, every=every, verbose=1).history
    print(f"test loss {history['val_loss'][-1]:.4f} after {len(history['loss'])} epochs")
