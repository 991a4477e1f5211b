"""Where pictures go: inline in a notebook, to a file elsewhere."""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
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
    if name in {"", ".", ".."} or Path(name).name != name:
        raise ValueError(f"`name` must be a file name without folder and suffix. Got {name!r}.")
    path = None
    if in_notebook():
        InlinePicture().update(to_png(figure))
    else:
        path = figures_folder() / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=120)
        print(f"Saved {path}")
    _close(figure)
    return path


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
