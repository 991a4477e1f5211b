"""Processes that run a student's code, from outside: their pipes, and their end."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from dlp_keras.runner.sandbox import Sandbox


class ParentDied(RuntimeError):
    """The process that a student's was forked from is gone, which no student can bring about."""


class Process(Protocol):
    """A running `dlp_keras.runner.worker`.

    Attributes
    ----------
    pid : int
    requests, replies, output : raw binary file
        Its pipes, unbuffered: closing must not wait until somebody has read what was written.
    """

    pid: int
    requests: Any
    replies: Any
    output: Any

    def end(self, patience: float) -> int | None:
        """Kill the process and all that it started, and remove its folder.

        Parameters
        ----------
        patience
            Seconds to wait for the end of a process that has closed its pipes.

        Returns
        -------
        int or None
            The exit code of one that ended by itself.

        Raises
        ------
        ParentDied
            If it did not end by itself or by this, but with the process that it was forked from.
        """


class FreshProcess:
    """A process that begins with Python's own start.

    Parameters
    ----------
    sandbox
        The box to run it in.
    readable
        Files that can be read in the box.
    cpu_seconds
        What the process may use in all; without it, and without a box, nothing is limited.
    """

    def __init__(
        self, sandbox: Sandbox | None = None, readable: Iterable[Path] = (), cpu_seconds: int | None = None
    ) -> None:
        # Each process has its own: nothing that one has seen is left to the next.
        self.folder = tempfile.TemporaryDirectory(prefix="dlp_", ignore_cleanup_errors=True)
        arguments = [] if cpu_seconds is None else [str(cpu_seconds)]
        command = [sys.executable, "-P", "-B", "-m", "dlp_keras.runner.worker", *arguments]
        environment = worker_environment()
        if sandbox:
            place = (readable, Path(self.folder.name), few_variables(environment))
            command, environment = sandbox.command("dlp_keras.runner.worker", arguments, *place)
        self.process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=self.folder.name,
            env=environment,
            start_new_session=True,
        )
        self.pid = self.process.pid
        self.requests: Any = self.process.stdin
        self.replies: Any = self.process.stdout
        self.output: Any = self.process.stderr

    def end(self, patience: float) -> int | None:
        """Kill the process and all that it started, and remove its folder."""
        if patience:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        code = self.process.poll()
        kill_group(self.process)
        remove_folder(Path(self.folder.name))
        self.folder.cleanup()
        return code


def remove_folder(folder: Path) -> None:
    """Remove what a student's code has written, folders within thousands of folders as well.

    What cannot be removed stays.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        with contextlib.suppress(OSError):
            subprocess.run(["rm", "-rf", "--", folder], stderr=subprocess.DEVNULL, check=False)  # noqa: S603, S607


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a group of its own, with the group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):  # Windows has no process groups; or it is gone already
        process.kill()
    process.wait()


def worker_environment() -> dict[str, str]:
    """Return the environment of a process without a box."""
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    environment.pop("PYTHONSTARTUP", None)
    return environment


def few_variables(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables that say nothing about this machine or its user."""
    kept = ("KERAS_BACKEND", "MPLBACKEND", "PYTHONHASHSEED", "PYTHONUTF8", "TF_CPP_MIN_LOG_LEVEL")
    return {name: environment[name] for name in kept if name in environment}
