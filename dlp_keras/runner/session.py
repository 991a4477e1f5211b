"""Where a student's code runs while it is marked: in a process of its own, or in this one."""

import contextlib
import io
import os
import queue
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from dlp_keras.runner.codec import frame, read_frames
from dlp_keras.runner.interpreter import Interpreter, TimedOut
from dlp_keras.runner.processes import FreshProcess, ParentDied, Process

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
    launch
        Starts the process, without waiting for it.

    Attributes
    ----------
    deaths : int
        How many processes ended by themselves while they were asked.
    orphaned : bool
        Whether one ended with the process that it was forked from, which is not the fault of its code.
    """

    def __init__(self, launch: Callable[[], Process] = FreshProcess) -> None:
        self.generation = self.deaths = 0
        self.orphaned = False
        self.command = "dlp"
        self.launch = launch
        self.process: Process | None = None
        self.start()

    def start(self) -> None:
        """Start the process without waiting for it."""
        self.replies: Replies = queue.Queue(maxsize=1)  # one answer is awaited at a time
        self.output = bytearray()
        self.process = self.launch()
        for target in (self._collect_replies, self._drain_output):
            threading.Thread(target=target, args=(self.process, self.replies), daemon=True).start()

    def request(self, message: bytes, deadline: float) -> bytes:
        """Carry out one encoded request in the process."""
        if self.process is None:
            self.start()
        self._expect_silence()
        number = secrets.randbits(63)  # so that no reply can be written before its request
        assert self.process is not None
        _send(self.process, frame(number, message))
        try:
            reply = self.replies.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            self.stop()
            raise TimedOut from None
        if reply is None:
            self.deaths += 1
            raise ProcessDied(_name_exit(self.stop(patience=0.2)))
        if reply[0] != number:
            self.stop()
            raise ProcessDied(_UNASKED)
        return reply[1]

    def _expect_silence(self) -> None:
        """Raise `ProcessDied` if something came that nobody asked for: the end, or forged replies."""
        with contextlib.suppress(queue.Empty):
            ended = self.replies.get_nowait() is None
            self.deaths += ended
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
        code = None
        try:
            code = self.process.end(patience)
        except ParentDied:
            self.orphaned = True
        with contextlib.suppress(OSError):  # what was not yet written has no reader any more
            self.process.requests.close()
        self.process = None
        self.generation += 1
        return code

    def close(self) -> None:
        """Stop the process and remove its folder."""
        self.stop()

    def _collect_replies(self, process: Process, replies: Replies) -> None:
        with io.BufferedReader(process.replies) as stream:
            for reply in read_frames(stream):
                replies.put(reply)
        replies.put(None)

    def _drain_output(self, process: Process, _: Replies) -> None:
        """Keep the end of what the student's code prints; a gigabyte of it must not fill anything."""
        with process.output:
            while chunk := os.read(process.output.fileno(), 2**16):
                self.output += chunk
                del self.output[:-_KEPT_OUTPUT]


def _send(process: Process, message: bytes) -> None:
    """Write a request: what the pipe does not take at once, beside the wait for the reply.

    So a process that does not read cannot block.
    """
    with contextlib.suppress(OSError, ValueError):  # it ended, or was stopped: the wait finds out
        if left := memoryview(message)[_write_at_once(process.requests, message) :]:
            threading.Thread(target=_write_all, args=(process.requests, left), daemon=True).start()


def _write_at_once(pipe: Any, message: bytes) -> int:
    """Return how many bytes the pipe took; on Windows it is not tried."""
    if os.name == "nt":
        return 0
    os.set_blocking(pipe.fileno(), False)
    try:
        return pipe.write(message) or 0
    finally:
        os.set_blocking(pipe.fileno(), True)


def _write_all(pipe: Any, left: memoryview) -> None:
    with contextlib.suppress(OSError, ValueError):
        while left:
            left = left[pipe.write(left) :]


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
