"""Where pictures and tables go: inline in a notebook, to a file elsewhere."""

import csv
import io
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dlp_keras.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.figure import Figure


def in_notebook() -> bool:
    """Tell whether this process is the kernel of a notebook (Jupyter, Colab, VS Code)."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def figures_folder() -> Path:
    """Folder of saved pictures: ``DLP_FIGURES`` from the environment, else ``figures``.

    It lies at the top of a student's workspace, the folder that holds ``exercises``, also when Python runs
    in one of its folders; elsewhere it lies here.
    """
    if folder := os.environ.get("DLP_FIGURES"):
        return Path(folder)
    here = Path.cwd()
    top = next((path for path in (here, *here.parents) if _is_workspace(path)), here)
    return Path(os.path.relpath(top, here)) / "figures"


def _is_workspace(folder: Path) -> bool:
    return any(folder.glob("exercises/ex[0-9][0-9]_*.py"))


def show(figure: "Figure", name: str) -> Path | None:
    """Show a figure once: inline in a notebook, else as ``figures/NAME.png``, whose path is printed.

    The figure is closed afterwards. `figures_folder` tells which folder it is.

    Parameters
    ----------
    figure : Figure
    name : str
        Name of the file, without folder and suffix.

    Returns
    -------
    Path or None
        The file written; None in a notebook.

    Raises
    ------
    ValueError
        If `name` is empty or names a folder.
    """
    _check_name(name)
    path = None
    if in_notebook():
        InlinePicture().update(to_png(figure))
    else:
        path = _file(name, ".png")
        figure.savefig(path, dpi=120)
        print(f"Saved {path}")
    _close(figure)
    return path


def show_animation(animation: "Animation", name: str, frames_per_second: int = 10) -> Path | None:
    """Show an animation of matplotlib once: inline in a notebook, else as ``figures/NAME.gif``.

    Its figure is closed afterwards.

    Parameters
    ----------
    animation : Animation
        Such as a `matplotlib.animation.FuncAnimation`.
    name : str
        Name of the file, without folder and suffix.
    frames_per_second : int

    Returns
    -------
    Path or None
        The file written; None in a notebook.

    Raises
    ------
    ValueError
        If `name` is empty or names a folder.
    """
    from matplotlib.animation import PillowWriter

    _check_name(name)
    figure, writer = animation._fig, PillowWriter(fps=frames_per_second)  # type: ignore[attr-defined]
    path = None
    if in_notebook():
        from IPython.display import Image, display

        with tempfile.TemporaryDirectory() as folder:
            animation.save(Path(folder) / "animation.gif", writer)
            display(Image((Path(folder) / "animation.gif").read_bytes(), format="gif"))
    else:
        path = _file(name, ".gif")
        animation.save(path, writer)
        print(f"Saved {path}")
    _close(figure)
    return path


def _check_name(name: str) -> None:
    if name in {"", ".", ".."} or Path(name).name != name:
        raise ValueError(f"`name` must be a file name without folder and suffix. Got {name!r}.")


def _file(name: str, suffix: str) -> Path:
    """Return the file for a picture or a table, whose folder exists."""
    path = figures_folder() / f"{name}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def show_results(rows: Sequence[Mapping[str, Any]], name: str) -> Path | None:
    """Print attempts at a challenge as a table; outside a notebook, those of earlier runs as well.

    Parameters
    ----------
    rows : list of dict
        One for each attempt: column, then value; numbers are printed with three digits.
    name : str
        Outside a notebook the rows are added to ``figures/NAME.csv``.

    Returns
    -------
    Path or None
        The file; None in a notebook.
    """
    from rich.console import Console
    from rich.table import Table

    _check_name(name)
    path, texts = None, [{key: _in_short(value) for key, value in row.items()} for row in rows]
    if not in_notebook():
        path = _file(name, ".csv")
        texts = _add_rows(path, texts)
    table = Table(box=None, header_style="dim", pad_edge=False)
    columns = list(dict.fromkeys(key for row in texts for key in row))
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in texts:
        table.add_row(*(row.get(column, "") for column in columns))
    Console().print(table)
    if path:
        print(f"Saved {path}")
    return path


def _in_short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, (float, np.floating)) else str(value)


def _add_rows(path: Path, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Add rows to a CSV file and return all of them."""
    before: list[dict[str, str]] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            before = [{key: text for key, text in row.items() if key} for row in csv.DictReader(file)]
    everything = [*before, *rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in everything for key in row)), restval="")
    writer.writeheader()
    writer.writerows(everything)
    write_atomically(path, text.getvalue().encode())
    return everything


class InlinePicture:
    """One picture in a notebook, replaced in place."""

    def __init__(self) -> None:
        self._handle: Any = None

    def update(self, png: bytes) -> None:
        """Display a PNG, or replace the one displayed."""
        from IPython.display import Image, display

        if self._handle is None:
            self._handle = display(Image(data=png), display_id=True)
        else:
            self._handle.update(Image(data=png))


def to_png(figure: "Figure") -> bytes:
    """Render a figure as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def to_array(figure: "Figure") -> npt.NDArray[np.uint8]:
    """Render a figure on an Agg canvas as an array (height, width, 3), uint8."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _close(figure: "Figure") -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)
