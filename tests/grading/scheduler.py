"""A real Dask scheduler and real workers on the loopback address, as the program `dask` starts them."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.grading.programs import wait_until

_DASK = [sys.executable, "-P", "-m", "dask"]
_LOOPBACK = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
_SETTINGS = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s",  # so long it asks a dead worker for a result
}
_FAULTS = Path(__file__).with_name("faulty_worker.py")


class Scheduler:
    """A scheduler that gives a task up with the second worker that it loses.

    Attributes
    ----------
    address : str
    """

    def __init__(self, folder, stack):
        self._folder, self._stack = folder, stack
        file = folder / "scheduler.json"
        _start(stack, folder, "scheduler", "--port", "0", "--scheduler-file", file)
        wait_until(lambda: file.is_file() and file.stat().st_size > 0)
        self.address = json.loads(file.read_text("utf-8"))["address"]

    @contextlib.contextmanager
    def workers(self, number, fault=None):
        """Give workers of one thread, each of which stays dead when it is killed."""
        preload = [] if fault is None else ["--preload", _FAULTS]
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", self._folder, *preload]
        with contextlib.ExitStack() as stack:
            yield [
                _start(stack, self._folder, "worker", self.address, *options, FAULT=fault or "")
                for _ in range(number)
            ]


@contextlib.contextmanager
def open_scheduler(folder):
    with contextlib.ExitStack() as stack:
        yield Scheduler(folder, stack)


def _start(stack, folder, kind, *arguments, **variables):
    log = stack.enter_context((folder / f"{kind}-{time.monotonic_ns()}.log").open("wb"))
    process = subprocess.Popen(
        [*_DASK, kind, *_LOOPBACK, *map(str, arguments)],
        env={**os.environ, **_SETTINGS, **variables},
        cwd=folder,
        stdout=log,
        stderr=log,
    )
    stack.callback(_end, process)
    return process


def _end(process):
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
