"""A real Dask scheduler and real workers on the loopback address, as `dask` starts them."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.grading.programs import wait_until

DASK = [sys.executable, "-P", "-m", "dask"]
_LOOPBACK = ["--host", "127.0.0.1", "--no-dashboard"]


class Scheduler:
    """A scheduler that gives a task up when its second worker is lost."""

    def __init__(self, folder, stack):
        self.folder, self.stack, self.workers = folder, stack, []
        file = folder / "scheduler.json"
        # A preload that replaces nothing: the file tells the port that the system has chosen.
        self._start("scheduler", "--port", "0", "--scheduler-file", file)
        wait_until(lambda: file.is_file() and file.stat().st_size > 0)
        import json

        self.address = json.loads(file.read_text("utf-8"))["address"]

    def add_worker(self, **variables):
        """Start a worker of one thread, without a process that starts it again."""
        process = self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--local-directory", self.folder, **variables
        )
        self.workers.append(process)
        return process

    def _start(self, kind, *arguments, **variables):
        settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        process = subprocess.Popen(
            [*DASK, kind, *_LOOPBACK, *map(str, arguments)],
            env={**os.environ, **settings, **variables},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / f"{kind}{time.monotonic_ns()}.log").open("wb"),
        )
        self.stack.callback(_end, process)
        return process


@contextlib.contextmanager
def open_scheduler(folder: Path):
    with contextlib.ExitStack() as stack:
        yield Scheduler(folder, stack)


def _end(process):
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
