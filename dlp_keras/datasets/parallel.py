"""Work in blocks: one thread a core, a progress bar when it takes long, a clean stop when interrupted."""

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any, TypeAlias, TypeVar

from dlp_keras.device import count_cores
from dlp_keras.progress import REFRESH, ProgressBar

Item = TypeVar("Item")
Step: TypeAlias = Callable[[float], None]

PATIENCE = 1.5
"""Seconds until a progress bar appears."""


class Interrupted(Exception):
    """Raised inside the threads that are still at work when another one failed or Ctrl-C was pressed."""


def run_blocks(
    work: Callable[[Item, Step], None], items: Sequence[Item], *, label: str, n_threads: int | None = None
) -> None:
    """Call ``work(item, step)`` for every item, in as many threads as there are cores.

    NumPy lets go of the interpreter's lock inside its loops, so threads do run side by side when
    the arrays of a block are large. Blocks must not depend on each other or on their order; then the
    number of cores changes nothing but the time.

    Parameters
    ----------
    work : callable
        Makes one block, and calls ``step(share)`` on its way, several times a second: the share of the
        block done since the last call, all together 1. An exception from ``step`` means that
        somebody else failed: let it pass.
    items : sequence
        What distinguishes the blocks.
    label : str
        Text of the progress bar.
    n_threads : int or None
        Number of threads; None takes one a core that this process may use.
    """
    stop, lock = threading.Event(), threading.Lock()
    done = 0.0

    def step(share: float) -> None:
        nonlocal done
        if stop.is_set():
            raise Interrupted
        with lock:
            done += share

    executor = ThreadPoolExecutor(min(n_threads or count_cores(), max(len(items), 1)))
    with ProgressBar(len(items), label=label, delay=PATIENCE, transient=True) as bar, executor:
        try:
            futures = [executor.submit(work, item, step) for item in items]
            while not _are_over(futures):
                bar.update(done)
        except BaseException:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def _are_over(futures: list[Future[Any]]) -> bool:
    """Wait for a moment; tell whether all is done, or raise what a thread raised."""
    over, rest = wait(futures, REFRESH, FIRST_EXCEPTION)
    for future in over:
        future.result()
    return not rest


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
