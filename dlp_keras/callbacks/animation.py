"""Writers of animations whose file is complete and valid after every frame, but for MP4.

Keras never calls ``on_train_end`` when training stops on an exception or Ctrl-C, so GIF and PNG wait for no
end: whatever happens, the file holds all frames so far. An MP4 is completed when its writer is forgotten.
"""

import io
import os
import struct
import subprocess
import weakref
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.animation import FFMpegWriter
from matplotlib.figure import Figure
from matplotlib.image import FigureImage
from PIL import GifImagePlugin, Image, ImageChops

from dlp_keras.files import write_atomically

Frame: TypeAlias = npt.NDArray[np.uint8]

SUFFIXES = (".gif", ".mp4", ".png")


class FrameWriter(Protocol):
    """What every writer offers."""

    path: Path

    def add(self, frame: Frame) -> None:
        """Append a frame of shape (height, width, 3), uint8."""

    def close(self) -> None:
        """Hold the last frame for a while, where the format can."""


def open_writer(path: str | os.PathLike[str], seconds_per_frame: float = 0.15) -> FrameWriter:
    """Choose the writer for a file by its suffix.

    Parameters
    ----------
    path : str or path
        File to write: ``.gif`` and ``.mp4`` hold all frames, ``.png`` the latest one. It is created,
        with its folder, or overwritten at the first frame.
    seconds_per_frame : float
        How long a frame is shown, in seconds.

    Returns
    -------
    FrameWriter

    Raises
    ------
    ValueError
        If the suffix is none of these.
    RuntimeError
        If an MP4 is wanted and ffmpeg is not installed.

    Examples
    --------
    >>> open_writer("training.gif").path.name
    'training.gif'
    """
    target = Path(path)
    writers: dict[str, Any] = {".gif": GifWriter, ".mp4": Mp4Writer, ".png": PngWriter}
    if target.suffix.lower() not in writers:
        raise ValueError(
            f"`save` must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}. Got {str(path)!r}."
        )
    writer: FrameWriter = writers[target.suffix.lower()](target, seconds_per_frame)
    return writer


class PngWriter:
    """The latest frame as a PNG, replaced in one step so that readers never see half a file."""

    def __init__(self, path: Path, seconds_per_frame: float = 0.0) -> None:
        self.path = path

    def add(self, frame: Frame) -> None:
        """Replace the file."""
        buffer = io.BytesIO()
        Image.fromarray(frame).save(buffer, format="PNG")
        write_atomically(self.path, buffer.getvalue())

    def close(self) -> None:
        """Nothing is left to do."""


class GifWriter:
    """A GIF that loops for ever; each frame overwrites the trailer of the one before and adds its own.

    Only the rectangle that changed is stored, with a palette of its own (GIF89a, W3C 1990).
    """

    TRAILER = b";"
    HOLD = 2.0
    """Seconds for which `close` holds the last frame."""

    def __init__(self, path: Path, seconds_per_frame: float = 0.15) -> None:
        self.path = path
        self._delay = max(20, round(1000 * seconds_per_frame))
        self._shown: Image.Image | None = None
        self._last_start = 0

    def add(self, frame: Frame) -> None:
        """Append a frame; all frames have the size of the first."""
        image = Image.fromarray(frame).convert("RGB")
        if self._shown is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            header = self._header(image)
            self._write(0, header + self._encode(image, (0, 0, *image.size)), mode="wb")
            self._last_start = len(header)
        else:
            self._last_start = self.path.stat().st_size - len(self.TRAILER)
            box = ImageChops.difference(image, self._shown).getbbox() or (0, 0, 1, 1)
            self._write(self._last_start, self._encode(image, box))
        self._shown = image

    def close(self) -> None:
        """Hold the last frame for two seconds before the loop begins again."""
        if self._shown is not None:
            with self.path.open("r+b") as file:
                file.seek(self._last_start)
                file.write(self._control(round(1000 * self.HOLD)))

    def _write(self, start: int, frame: bytes, mode: str = "r+b") -> None:
        """Write a frame and the trailer in one call, so that no moment sees half of them."""
        with self.path.open(mode, buffering=0) as file:
            file.seek(start)
            file.write(frame + self.TRAILER)

    def _header(self, image: Image.Image) -> bytes:
        screen = struct.pack("<6sHHBBB", b"GIF89a", *image.size, 0x70, 0, 0)
        return screen + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"  # loop for ever

    @staticmethod
    def _control(milliseconds: int) -> bytes:
        return struct.pack("<BBBBHBB", 0x21, 0xF9, 4, 0, milliseconds // 10, 0, 0)

    def _encode(self, image: Image.Image, box: tuple[int, int, int, int]) -> bytes:
        part = image.crop(box).quantize(256, dither=Image.Dither.NONE)
        data = GifImagePlugin.getdata(part, offset=box[:2], include_color_table=True)
        return self._control(self._delay) + b"".join(data)


class Mp4Writer:
    """An MP4 through matplotlib and ffmpeg: whole once it is closed, or at the latest when Python ends."""

    def __init__(self, path: Path, seconds_per_frame: float = 0.15) -> None:
        if not FFMpegWriter.isAvailable():
            raise RuntimeError(
                f"`save` = {str(path)!r} needs ffmpeg, which is not installed. Install it (for example "
                "apt install ffmpeg, brew install ffmpeg, conda install ffmpeg) or save a .gif."
            )
        self.path = path
        self._writer = FFMpegWriter(max(1, round(1 / seconds_per_frame)))
        self._image: FigureImage | None = None
        self._finish: weakref.finalize[Any, Any] | None = None

    def add(self, frame: Frame) -> None:
        """Append a frame; all frames have the size of the first."""
        if self._image is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            height, width = frame.shape[:2]
            figure = Figure(figsize=(width / 100, height / 100), dpi=100)
            self._image = figure.figimage(frame)
            self._writer.setup(figure, self.path)
            self._finish = weakref.finalize(self, _finish, self._writer)
        self._image.set_data(frame)
        try:
            self._writer.grab_frame()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Let ffmpeg finish."""
        if self._finish is not None and not self._finish():
            raise OSError(f"ffmpeg could not write {self.path}. Choose another file, or save a .gif.")


def _finish(writer: FFMpegWriter) -> bool:
    try:
        writer.finish()
    except (OSError, subprocess.CalledProcessError):  # ffmpeg gave up, or Ctrl-C reached it too
        return False
    return True
