import gc
import io
import shutil
import subprocess
import sys
from collections import deque
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.animation import FuncAnimation
from matplotlib.figure import Figure
from PIL import Image

from dlp_keras import display
from dlp_keras.callbacks import animation

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")


def frames(n, height=30, width=41):
    """Pictures of few colours, so that a palette holds them exactly: a square that moves."""
    pictures = np.full((n, height, width, 3), 200, dtype=np.uint8)
    for number, picture in enumerate(pictures):
        picture[number : number + 6, 3 * number : 3 * number + 6] = (20 * number, 10, 250)
    return pictures


def read(path):
    """All frames (n, height, width, 3) of a file, and how long each is shown (ms)."""
    with Image.open(path) as image:
        numbers = range(getattr(image, "n_frames", 1))
        pictures = [(image.seek(number), np.asarray(image.convert("RGB")))[1] for number in numbers]
        durations = [(image.seek(number), image.info.get("duration"))[1] for number in numbers]
    return np.array(pictures), durations


@pytest.fixture
def figure():
    figure = Figure(figsize=(2, 1), dpi=50)
    figure.subplots().plot([1, 2])
    return figure


@pytest.fixture
def shell(monkeypatch):
    """Pretend to be a notebook; collect what it displays."""
    shown = []

    class Handle:
        def update(self, image):
            shown.append(("update", image.data))

    def show(image, display_id):
        shown.append(("display", image.data))
        return Handle()

    kernel = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel="a kernel"))
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    parts = SimpleNamespace(Image=lambda data: SimpleNamespace(data=data), display=show)
    monkeypatch.setitem(sys.modules, "IPython.display", parts)
    return shown


def test_a_gif_is_complete_after_every_frame(tmp_path):
    path = tmp_path / "folder" / "x.gif"
    writer = animation.open_writer(path, seconds_per_frame=0.1)
    pictures = frames(5)

    def add(number):
        writer.add(pictures[number])
        return read(path)[0]

    lengths = [len(add(number)) for number in range(5)]
    assert lengths == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(read(path)[0], pictures)


def test_a_gif_loops_and_holds_its_last_frame(tmp_path):
    writer = animation.open_writer(tmp_path / "x.gif", seconds_per_frame=0.1)
    for picture in frames(3):
        writer.add(picture)
    writer.close()
    assert read(tmp_path / "x.gif")[1] == [100, 100, 2000]
    with Image.open(tmp_path / "x.gif") as image:
        assert image.info["loop"] == 0


def test_a_frame_that_changes_nothing_is_kept(tmp_path):
    writer = animation.open_writer(tmp_path / "x.gif")
    picture = frames(2)
    for number in (0, 0, 1):
        writer.add(picture[number])
    np.testing.assert_array_equal(read(tmp_path / "x.gif")[0], picture[[0, 0, 1]])


def test_an_older_file_is_overwritten_at_the_first_frame_and_not_before(tmp_path):
    path = tmp_path / "x.gif"
    path.write_bytes(b"precious" * 10_000)
    writer = animation.open_writer(path)
    assert path.read_bytes().startswith(b"precious")
    writer.add(frames(1)[0])
    assert len(read(path)[0]) == 1
    assert path.read_bytes().endswith(b";")


@pytest.mark.parametrize("suffix", [".gif", ".png"])
def test_closing_without_a_frame_writes_nothing(tmp_path, suffix):
    animation.open_writer(tmp_path / f"x{suffix}").close()
    assert not list(tmp_path.iterdir())


def test_a_png_holds_the_latest_frame(tmp_path):
    writer = animation.open_writer(str(tmp_path / "new" / "x.PNG"))
    pictures = frames(3)
    writer.add(pictures[0])
    np.testing.assert_array_equal(read(tmp_path / "new" / "x.PNG")[0], pictures[:1])
    writer.add(pictures[2])
    writer.close()
    np.testing.assert_array_equal(read(tmp_path / "new" / "x.PNG")[0], pictures[2:])
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["x.PNG"]


def read_mp4(path, height, width):
    command = ["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    video = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(video, np.uint8).reshape(-1, height, width, 3)


def forget(writer):
    del writer
    gc.collect()


@needs_ffmpeg
@pytest.mark.parametrize("end", [lambda writer: writer.close(), forget])
def test_an_mp4_is_whole_when_closed_or_forgotten(tmp_path, end):
    writers = [animation.open_writer(tmp_path / "new" / "x.mp4")]
    pictures = frames(5, 60, 80)
    deque(map(writers[0].add, pictures))
    end(writers.pop())
    video = read_mp4(tmp_path / "new" / "x.mp4", 60, 80)
    assert len(video) == 5
    assert np.abs(video.astype(float) - pictures).mean() < 5


@needs_ffmpeg
def test_widths_and_heights_of_an_mp4_may_be_odd(tmp_path):
    writer = animation.open_writer(tmp_path / "x.mp4")
    deque(map(writer.add, frames(3, 31, 41)))
    writer.close()
    assert (tmp_path / "x.mp4").stat().st_size > 0


@needs_ffmpeg
def test_an_mp4_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "x.mp4").mkdir()
    writer = animation.open_writer(tmp_path / "x.mp4")
    writer.add(frames(1)[0])
    with pytest.raises(OSError, match=r"ffmpeg could not write .*x\.mp4"):
        writer.close()


def test_no_ffmpeg(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="needs ffmpeg, which is not installed"):
        animation.open_writer("x.mp4")


@pytest.mark.parametrize("name", ["x.jpg", "x", "gif", "x.gif.txt"])
def test_an_unknown_suffix(name):
    with pytest.raises(ValueError, match=rf"`save` must end in \.gif, \.mp4 or \.png\. Got '{name}'"):
        animation.open_writer(name)


def test_a_terminal_is_no_notebook():
    assert not display.in_notebook()


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_neither_plain_python_nor_ipython_in_a_terminal_is_a_notebook(monkeypatch, shell):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert not display.in_notebook()


def test_a_kernel_is_a_notebook(shell):
    assert display.in_notebook()


def test_show_saves_and_prints_the_path(figure, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLP_FIGURES", raising=False)
    path = display.show(figure, "loss")
    assert str(path) == "figures/loss.png"
    assert read(tmp_path / "figures" / "loss.png")[0].shape == (1, 120, 240, 3)
    assert capsys.readouterr().out == "Saved figures/loss.png\n"


def test_show_follows_the_environment(figure, tmp_path, monkeypatch):
    monkeypatch.setenv("DLP_FIGURES", str(tmp_path / "a" / "b"))
    assert display.show(figure, "loss") == tmp_path / "a" / "b" / "loss.png"


@pytest.mark.parametrize(
    ("inside", "folder"), [(".", "figures"), ("exercises", "../figures"), ("notebooks", "../figures")]
)
def test_a_workspace_has_one_folder_of_pictures(figure, tmp_path, monkeypatch, capsys, inside, folder):
    monkeypatch.delenv("DLP_FIGURES", raising=False)
    for name in ("exercises/ex01_linear_regression.py", "notebooks/ex01.ipynb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path / inside)
    display.show(figure, "loss")
    assert (tmp_path / "figures" / "loss.png").is_file()
    assert capsys.readouterr().out == f"Saved {folder}/loss.png\n"


def test_show_displays_once_in_a_notebook_and_writes_nothing(figure, shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert display.show(figure, "loss") is None
    ((kind, png),) = shell
    assert kind == "display"
    assert read(io.BytesIO(png))[0].shape == (1, 50, 100, 3)
    assert not list(tmp_path.iterdir())


def test_show_closes_a_pyplot_figure(tmp_path, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    monkeypatch.setenv("DLP_FIGURES", str(tmp_path))
    figure, _ = pyplot.subplots()
    display.show(figure, "x")
    assert not pyplot.fignum_exists(figure.number)


@pytest.mark.parametrize("name", ["", "a/b", "../x", "..", "."])
def test_show_takes_a_plain_name(figure, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="`name` must be a file name without folder and suffix"):
        display.show(figure, name)


def test_a_picture_is_replaced_in_place(shell):
    picture = display.InlinePicture()
    picture.update(b"1")
    picture.update(b"2")
    assert shell == [("display", b"1"), ("update", b"2")]


def test_an_array_has_the_pixels_of_the_png(figure):
    array = display.to_array(figure)
    assert array.dtype == np.uint8
    np.testing.assert_array_equal(array, read(io.BytesIO(display.to_png(figure)))[0][0])


def test_attempts_of_earlier_runs_stay(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DLP_FIGURES", str(tmp_path))
    display.show_results([{"name": "baseline", "parameters": 49, "accuracy": 0.97654}], "results")
    path = display.show_results([{"name": "mine", "seconds": 1.5}], "results")
    assert path == tmp_path / "results.csv"
    assert path.read_text() == "name,parameters,accuracy,seconds\nbaseline,49,0.977,\nmine,,,1.5\n"
    printed = capsys.readouterr().out.split("Saved")[1]
    assert [line.split() for line in printed.splitlines()[1:]] == [
        ["name", "parameters", "accuracy", "seconds"],
        ["baseline", "49", "0.977"],
        ["mine", "1.5"],
    ]


def test_a_notebook_keeps_its_attempts_itself(shell, tmp_path, monkeypatch):
    monkeypatch.setenv("DLP_FIGURES", str(tmp_path))
    assert display.show_results([{"name": "mine"}], "results") is None
    assert list(tmp_path.iterdir()) == []


def test_an_animation_is_saved_as_a_gif(tmp_path, monkeypatch):
    monkeypatch.setenv("DLP_FIGURES", str(tmp_path))
    figure = Figure(figsize=(2, 1), dpi=50)
    (line,) = figure.subplots().plot([0, 1], [0, 1])
    moving = FuncAnimation(figure, lambda frame: line.set_ydata([0, frame]), frames=4)
    path = display.show_animation(moving, "moving", frames_per_second=5)
    pictures, durations = read(path)
    assert path == tmp_path / "moving.gif"
    assert len(pictures) == 4
    assert set(durations) == {200}
