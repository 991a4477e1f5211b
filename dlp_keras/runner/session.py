"""Where a student's code runs while it is marked: in a process of its own, or in this one."""

import contextlib
import io
import os
import queue
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from dlp_keras.runner.codec import frame, read_frames
from dlp_keras.runner.interpreter import Interpreter, TimedOut
from dlp_keras.runner.sandbox import Sandbox

DEFAULT_TIMEOUT = 60.0
_KEPT_OUTPUT = 2000
_UNASKED = "it answered without being asked"
Replies = queue.Queue[tuple[int, bytes] | None]


class ProcessDied(Exception):
    """The process of the student's code ended: a crash, `os._exit`, or no memory left."""


class Session(Protocol):
    """Answers requests about a student's code.

    Attributes
    ----------
    generation : int
        Counts the processes that ran the code: what one held is gone in the next.
    command : str
        How the student calls the command line from there.
    """

    generation: int
    command: str

    def request(self, message: bytes, deadline: float) -> bytes:
        """Carry out one encoded request before `deadline` (seconds of `time.monotonic`)."""

    def close(self) -> None:
        """Free what the session holds."""


class LocalSession:
    """The functions of this process, such as a notebook's; stops them in time where signals allow it."""

    def __init__(self, namespace: dict[str, Any], command: str = "%run -m dlp_keras"):
        self.interpreter = Interpreter(namespace)
        self.generation = 0
        self.command = command  # `!dlp` needs the environment on the path, and cannot ask anything

    def request(self, message: bytes, deadline: float) -> bytes:
        """Carry out one encoded request in this process, whose random numbers go on as if nothing was."""
        python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
        try:
            with _alarm(deadline - time.monotonic()):
                return self.interpreter.handle(message)
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)  # noqa: NPY002

    def close(self) -> None:
        """Nothing to free."""


class WorkerSession:
    """A process that runs the student's code, killed when it hangs and started again when needed.

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
        self.generation = 0
        self.command = "dlp"
        self._sandbox, self._readable, self._cpu_seconds = sandbox, tuple(readable), cpu_seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the process without waiting for it."""
        self.replies: Replies = queue.Queue(maxsize=1)  # one answer is awaited at a time
        self.output = bytearray()
        # Each process has its own: nothing that one has seen is left to the next.
        self.folder = tempfile.TemporaryDirectory(prefix="dlp_", ignore_cleanup_errors=True)
        arguments = [] if self._cpu_seconds is None else [str(self._cpu_seconds)]
        command = [sys.executable, "-P", "-B", "-m", "dlp_keras.runner.worker", *arguments]
        environment = _worker_environment()
        if self._sandbox:
            place = (self._readable, Path(self.folder.name), _few_variables(environment))
            command, environment = self._sandbox.command(arguments, *place)
        self.process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # closing must not wait until somebody has read what was written
            cwd=self.folder.name,
            env=environment,
            start_new_session=True,
        )
        for target in (self._collect_replies, self._drain_output):
            threading.Thread(target=target, args=(self.process, self.replies), daemon=True).start()

    def request(self, message: bytes, deadline: float) -> bytes:
        """Carry out one encoded request in the process."""
        if self.process is None:
            self.start()
        self._expect_silence()
        number = secrets.randbits(63)  # so that no reply can be written before its request
        threading.Thread(target=_send, args=(self.process, frame(number, message)), daemon=True).start()
        try:
            reply = self.replies.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            self.stop()
            raise TimedOut from None
        if reply is None:
            raise ProcessDied(_name_exit(self.stop(patience=0.2)))
        if reply[0] != number:
            self.stop()
            raise ProcessDied(_UNASKED)
        return reply[1]

    def _expect_silence(self) -> None:
        """Raise `ProcessDied` if something came that nobody asked for: the end, or forged replies."""
        with contextlib.suppress(queue.Empty):
            ended = self.replies.get_nowait() is None
            code = self.stop(patience=0.2)
            raise ProcessDied(_name_exit(code) if ended else _UNASKED)

    def stop(self, patience: float = 0.0) -> int | None:
        """Kill the process and all that it started; return the exit code of one that ended by itself.

        Parameters
        ----------
        patience
            Seconds to wait for the end of a process that has closed its pipes.
        """
        if self.process is None:
            return None
        if patience:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        code = self.process.poll()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (AttributeError, OSError):  # Windows has no process groups; or it is gone already
            self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # what was not yet written has no reader any more
            self.process.stdin.close()  # type: ignore[union-attr]
        self.process = None
        self.folder.cleanup()
        self.generation += 1
        return code

    def close(self) -> None:
        """Stop the process and remove its folder."""
        self.stop()

    def _collect_replies(self, process: subprocess.Popen[bytes], replies: Replies) -> None:
        with io.BufferedReader(process.stdout) as stream:  # type: ignore[type-var]
            for reply in read_frames(stream):
                replies.put(reply)
        replies.put(None)

    def _drain_output(self, process: subprocess.Popen[bytes], _: Replies) -> None:
        """Keep the end of what the student's code prints; a gigabyte of it must not fill anything."""
        assert process.stderr is not None
        with process.stderr:
            while chunk := os.read(process.stderr.fileno(), 2**16):
                self.output += chunk
                del self.output[:-_KEPT_OUTPUT]


def _send(process: subprocess.Popen[bytes], message: bytes) -> None:
    """Write a request beside the wait for its reply: a process that does not read must not block."""
    left = memoryview(message)
    with contextlib.suppress(OSError, ValueError):  # it ended, or was stopped: the wait finds out
        while left:
            left = left[process.stdin.write(left) :]  # type: ignore[union-attr]


def _worker_environment() -> dict[str, str]:
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    environment.pop("PYTHONSTARTUP", None)
    return environment


def _few_variables(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables that say nothing about this machine or its user."""
    kept = ("KERAS_BACKEND", "MPLBACKEND", "PYTHONHASHSEED", "PYTHONUTF8", "TF_CPP_MIN_LOG_LEVEL")
    return {name: environment[name] for name in kept if name in environment}


def _name_exit(code: int | None) -> str:
    if code is None:
        return "it closed its pipes"
    return "killed, perhaps for lack of memory" if code == -9 else f"exit code {code}"


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise `TimedOut` in this thread after some seconds; without signals, wait as long as it takes."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TimedOut

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01), 1.0)  # again each second, should code swallow it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
