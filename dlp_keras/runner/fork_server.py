"""Processes for students' code that start at once: forked from one that has done the imports already."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dlp_keras.runner import landlock, seccomp
from dlp_keras.runner.processes import (
    ParentDied,
    few_variables,
    kill_group,
    remove_folder,
    worker_environment,
)
from dlp_keras.runner.sandbox import Bubblewrap, Sandbox, place_variables
from dlp_keras.runner.warm import READY

_START = 120.0  # seconds: Keras is imported once, perhaps on a busy machine
_END = 10.0


class NotReadyError(RuntimeError):
    """No warm process could be made here; no student's code had a part in it."""


def can_fork() -> bool:
    """Tell whether a forked child can be confined: only then may children share a parent."""
    return landlock.version() >= 4 and seccomp.is_known()


class ForkServer:
    """A warm process, `dlp_keras.runner.warm`, and the children it has forked, one at a time.

    Each child gives up its rights by Landlock and seccomp, whatever box lies around its parent: it cannot
    start processes, and sees neither what its parent can nor what another child has left.

    Parameters
    ----------
    modules
        What to import: names.
    files
        The folder in which the files of students appear.
    sandbox
        The box around all. Landlock alone is none: the children are in one anyway.
    cpu_seconds
        What each child may use.
    """

    def __init__(
        self, modules: Iterable[str], files: Path, sandbox: Sandbox | None = None, cpu_seconds: int = 900
    ) -> None:
        self._modules, self._files, self._cpu_seconds = list(modules), files, cpu_seconds
        self._sandbox = sandbox if isinstance(sandbox, Bubblewrap) else None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the warm process, unless it runs, and wait until it can fork.

        Raises
        ------
        NotReadyError
            If a module cannot be imported or starts threads, or a child cannot be confined.
        """
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self.folder = tempfile.TemporaryDirectory(prefix="dlp_", ignore_cleanup_errors=True)
        place = Path(self.folder.name)
        command = [sys.executable, "-P", "-B", "-m", "dlp_keras.runner.warm", *self._modules]
        # More threads than one cannot be forked.
        environment = {**few_variables(worker_environment()), "OPENBLAS_NUM_THREADS": "1"}
        if self._sandbox:
            command, environment = self._sandbox.command(
                "dlp_keras.runner.warm", self._modules, [self._files], place, environment
            )
        else:
            environment |= place_variables(place)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=place,
                env=environment,
                start_new_session=True,
            )
        self._control.settimeout(_START)
        try:
            answer = self._control.recv(2**16)
        except OSError:
            answer = b""
        if answer != READY:
            self.close()
            raise NotReadyError(f"No warm process could be made that imports {', '.join(self._modules)}.")

    def launch(self, file: Path) -> "ForkedProcess":
        """Fork a child that can read one file."""
        self.start()
        return ForkedProcess(self, file)

    def send(self, message: dict[str, Any], pipes: Iterable[int] = ()) -> None:
        """Send a message to the warm process, with pipes."""
        with contextlib.suppress(OSError):  # it is gone: its child's pipes are closed, which is seen there
            socket.send_fds(self._control, [json.dumps(message).encode()], list(pipes))

    def fork(self, file: Path, pipes: Iterable[int]) -> None:
        """Let the warm process fork a child with these ends of pipes."""
        self.send({"start": str(file), "cpu_seconds": self._cpu_seconds}, pipes)

    def end_child(self, patience: float) -> int | None:
        """Kill the child; return the exit code of one that ended by itself.

        Raises
        ------
        ParentDied
            If the warm process is gone, and the child with it.
        """
        self.send({"end": patience})
        try:
            self._control.settimeout(patience + _END)
            answer = self._control.recv(2**16)
            self._control.settimeout(_START)
        except TimeoutError:  # such as a million files to remove
            self.close()
            return None
        except OSError:
            answer = b""
        if not answer:
            self.close()
            raise ParentDied("The warm process that a student's code was forked from was killed.")
        ended = json.loads(answer)
        if ended["last"]:
            self.close()
        return ended["code"]  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the warm process, and with it its child."""
        if self._process is None:
            return
        self._control.close()
        kill_group(self._process)
        self._process = None
        remove_folder(Path(self.folder.name))
        self.folder.cleanup()


class ForkedProcess:
    """A child of a `ForkServer`, see `dlp_keras.runner.processes.Process`."""

    def __init__(self, server: ForkServer, file: Path) -> None:
        self.server = server
        self.pid = 0  # known only where the child is
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_err, theirs_err = os.pipe()
        self.requests: Any = os.fdopen(ours_in, "wb", buffering=0)
        self.replies: Any = os.fdopen(ours_out, "rb", buffering=0)
        self.output: Any = os.fdopen(ours_err, "rb", buffering=0)
        theirs = (theirs_in, theirs_out, theirs_err)
        server.fork(file, theirs)
        for end in theirs:
            os.close(end)

    def end(self, patience: float) -> int | None:
        """Kill the child, and remove its folder."""
        return self.server.end_child(patience)
