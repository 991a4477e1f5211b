"""`dlp playground`: the page, or a training of one setting with pictures."""

import asyncio
import threading
import webbrowser
from pathlib import Path

from dlp_keras import device
from dlp_keras.course import CourseError
from dlp_keras.display import figures_folder
from dlp_keras.files import free_name
from dlp_keras.playground.experiment import PICTURES, Experiment
from dlp_keras.playground.url import check_is_setting, is_cut


def read_setting(url: str) -> Experiment:
    """Read what a student pasted behind `dlp playground`.

    Raises
    ------
    CourseError
        If it is no setting of the Playground, or the shell has cut it.
    """
    _refuse_cut(url)
    try:
        return Experiment.from_url(url)
    except ValueError as error:
        raise CourseError(str(error)) from error


def open_page(url: str, port: int, with_browser: bool) -> None:
    """Serve the page, begun with a setting, until Ctrl-C.

    Values that the Playground does not offer are named on the page, and the rest of the address is taken.

    Raises
    ------
    CourseError
        If `url` is no setting of the Playground, or the shell has cut it.
    """
    _refuse_cut(url)
    try:
        check_is_setting(url)
    except ValueError as error:
        raise CourseError(str(error)) from error
    try:
        asyncio.run(
            _serve(url.rpartition("#")[2] if "#" in url or "//" not in url else "", port, with_browser)
        )
    except KeyboardInterrupt:
        print("\nThe page has ended.")


async def _serve(setting: str, port: int, with_browser: bool) -> None:
    from dlp_keras.playground.server import Server

    server = Server(port)
    if server.port != port:
        print(f"Port {port} is in use: the page is on port {server.port}.")
    address = f"{server.url}#{setting}" if setting else server.url
    print(f"The Playground is at {address}\nCtrl-C ends it.", flush=True)
    if with_browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    server.start()
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


def _refuse_cut(url: str) -> None:
    if is_cut(url):
        raise CourseError(
            f"The shell has cut the address behind {url!r}: `&` ends a command. "
            'Put quotes around the whole address: dlp playground "https://…".'
        )


def train_setting(experiment: Experiment, epochs: int, every: int, figures: Path | None) -> None:
    """Train, and save the pictures where none lie yet: in `figures`, or a folder with -2, -3, … behind."""
    folder = figures or figures_folder() / "playground"
    if any((folder / name).exists() for name in PICTURES):
        folder = free_name(folder)
    print(device.use())
    history = experiment.train(epochs, save=folder, every=every, verbose=1).history
    print(f"test loss {history['val_loss'][-1]:.4f} after {len(history['loss'])} epochs")
