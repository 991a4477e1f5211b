"""Work in blocks: one thread a core, a progress bar when it takes long, a clean stop when interrupted."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

Item = TypeVar("Item")

PATIENCE = 2.0
"""Seconds until a progress bar appears."""


class Interrupted(Exception):
    """Raised inside the threads that are still at work when another one failed or Ctrl-C was pressed."""


class ProgressBar:
    """A bar on the error stream that stays away from whatever is done within `PATIENCE` seconds.

    It is drawn in terminals and notebooks only, and is gone when the work is done.

    Parameters
    ----------
    label : str
        What is being made.
    total : int
        Number of steps.
    """

    def __init__(self, label: str, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        console = Console(stderr=True)
        self.shown = False
        self._useful = console.is_terminal or console.is_jupyter
        self._progress = Progress(console=console, transient=True)
        self._task = self._progress.add_task(label, total=total)
        self._due = time.monotonic() + PATIENCE
        self._lock = threading.Lock()

    def advance(self) -> None:
        """Count one step as done."""
        self._progress.advance(self._task)
        with self._lock:
            if self._useful and not self.shown and time.monotonic() >= self._due:
                self._progress.start()
                self.shown = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.shown:
            self._progress.stop()


def run_blocks(
    work: Callable[[Item, Callable[[], None]], None],
    items: Sequence[Item],
    *,
    label: str,
    steps: int = 1,
    n_threads: int | None = None,
) -> None:
    """Call ``work(item, step)`` for every item, in as many threads as there are cores.

    NumPy lets go of the interpreter's lock inside its loops, so threads do run side by side when
    the arrays of a block are large. Blocks must not depend on each other or on their order; then the
    number of cores changes nothing but the time.

    Parameters
    ----------
    work : callable
        Makes one block, and calls ``step()`` `steps` times on its way. An exception from ``step`` means
        that somebody else failed: let it pass.
    items : sequence
        What distinguishes the blocks.
    label : str
        Text of the progress bar.
    steps : int
        Steps in one block.
    n_threads : int or None
        Number of threads; None takes one a core that this process may use.
    """
    stop = threading.Event()

    def step() -> None:
        if stop.is_set():
            raise Interrupted
        bar.advance()

    executor = ThreadPoolExecutor(min(n_threads or count_cores(), max(len(items), 1)))
    with ProgressBar(label, steps * len(items)) as bar, executor:
        try:
            for future in [executor.submit(work, item, step) for item in items]:
                future.result()
        except BaseException:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def count_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def split(n_items: int, per_block: int) -> list[slice]:
    """Cut ``range(n_items)`` into the fewest slices of nearly equal length, none above `per_block`.

    Examples
    --------
    >>> split(10, 4)
    [slice(0, 3, None), slice(3, 6, None), slice(6, 10, None)]
    """
    n_blocks = -(-n_items // per_block)
    edges = [n_items * block // n_blocks for block in range(n_blocks + 1)]
    return [slice(start, stop) for start, stop in itertools.pairwise(edges)]
