"""Progress bars: one at a time in a terminal or notebook, nothing that moves in a pipe or file."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

from dlp_keras.display import in_notebook

Item = TypeVar("Item")

REFRESH = 0.1
"""Least time between two drawings, in seconds."""

_open: list["ProgressBar"] = []


def track(items: Sequence[Item], label: str) -> Iterator[Item]:
    """Yield the items one by one, beside a bar that moves with them and is gone at the end.

    Bars of trainings within the loop stay quiet.

    Parameters
    ----------
    items : sequence
    label : str
        Text before the bar.

    Examples
    --------
    >>> [width**2 for width in track([1, 2, 3], "widths")]
    [1, 4, 9]
    """
    with ProgressBar(len(items), label=label, transient=True) as bar:
        bar.owner = sys._getframe(1)
        for item in items:
            yield item
            bar.advance()


class ProgressBar:
    """A bar on the error stream of a terminal, or in the output of a notebook's cell.

    It is a context manager. A bar opened while another is open stays quiet. Where standard output or the
    error stream is no terminal nothing is drawn; a bar that is not `transient` leaves one plain line there.

    Parameters
    ----------
    total : int
        Number of steps.
    label : str
        Text before the bar.
    unit : str
        What is counted, in the plural. Without it the bar shows a percentage.
    delay : float
        Time until the bar appears, in seconds: shorter work needs none.
    transient : bool
        Remove the bar at the end.
    shown : bool
        False for a bar that never draws.
    """

    owner: FrameType | None = None
    """The call that works on the items of `track`: Python may keep a broken-off loop, and its bar, alive."""

    def __init__(
        self,
        total: int,
        *,
        label: str = "",
        unit: str = "",
        delay: float = 0.0,
        transient: bool = False,
        shown: bool = True,
    ) -> None:
        self.done: float = 0
        self.total = total
        self._label, self._unit, self._transient, self._shown = label, unit, transient, shown
        self._values = ""
        self._start = time.monotonic()
        self._due = self._start + delay
        self._drawing: _Drawing | None = None

    def update(self, done: float, values: Mapping[str, Any] | None = None) -> None:
        """Draw that `done` steps are done, with the latest `values` of loss and metrics behind the bar."""
        self.done = done
        if values:
            self._values = ", ".join(f"{name} {float(value):.3g}" for name, value in values.items())
        if self._shown and self._drawable and time.monotonic() >= self._due:
            self._draw()

    def advance(self, more: float = 1) -> None:
        """Draw that `more` steps are done."""
        self.update(self.done + more)

    def __enter__(self) -> Self:
        self._shown = self._shown and not any(bar._is_at_work() for bar in _open)
        if self._shown:
            _open.append(self)
        self._drawable = in_notebook() or _in_terminal()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._shown:
            return
        _open.remove(self)
        if self._drawing:
            self._draw()
            self._drawing.close(remove=self._transient)
        elif not (self._drawable or self._transient or error):
            seconds = time.monotonic() - self._start
            print(": ".join(filter(None, [f"{self._count()}, {seconds:.1f} s", self._values])))

    def _is_at_work(self) -> bool:
        return self.owner is None or any(map(self._is_called_from, sys._current_frames().values()))

    def _is_called_from(self, frame: FrameType | None) -> bool:
        while frame is not None and frame is not self.owner:
            frame = frame.f_back
        return frame is not None

    def _draw(self) -> None:
        if self._drawing is None:
            self._drawing = _Drawing(self._label, self.total)
        self._drawing.update(self.done, self._count(), self._values)
        self._due = time.monotonic() + REFRESH

    def _count(self) -> str:
        return f"{self.done}/{self.total} {self._unit}" if self._unit else f"{self.done / self.total:4.0%}"


class _Drawing:
    """A bar of Rich: in a notebook as an output that is replaced in place, which needs no widgets."""

    def __init__(self, label: str, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            *([TextColumn("{task.description}", markup=False)] if label else []),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[count]}", markup=False),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            TextColumn("{task.fields[values]}", markup=False),
            console=Console(stderr=True),
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task(label, total=total, count="", values="")
        self._handle: Any = None
        if in_notebook():
            from IPython.display import display

            self._handle = display(self._progress, display_id=True)
        else:
            self._progress.start()

    def update(self, done: float, count: str, values: str) -> None:
        self._progress.update(self._task, completed=done, count=count, values=values)
        if self._handle is None:
            self._progress.refresh()
        else:
            self._handle.update(self._progress)

    def close(self, *, remove: bool) -> None:
        if self._handle is None:
            self._progress.live.transient = remove
            self._progress.stop()
        elif remove:
            self._handle.update({"text/plain": ""}, raw=True)


def _in_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr))
