"""A process that has imported what students use, and forks a child for each piece of their code.

It runs no student's code, and no operation of TensorFlow: after the first one its children would hang. So it
has one thread, and each child begins in the state in which a fresh process is after its imports.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dlp_keras.runner import worker
from dlp_keras.runner.confined import confine
from dlp_keras.runner.processes import remove_folder
from dlp_keras.runner.sandbox import place_variables, visible_paths

Paths = tuple[list[Path], list[Path]]


READY = b"ready"
"""What the warm process says when it has imported everything and a child of it could be confined."""


def main() -> None:
    """Import the modules that the arguments name, and serve on the socket that is the standard input.

    Messages are JSON objects, in turn ``start``, with three pipes, and ``end``, which is answered with the
    child's exit code: one child at a time, until the socket closes.
    """
    control = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # the children's collector then leaves these pages shared
    paths = visible_paths()
    if not _can_fork(paths):
        sys.exit(1)
    control.send(READY)
    child, folder = 0, Path()
    while True:
        message, pipes, _, _ = socket.recv_fds(control, 2**16, 3)
        if not message:
            break
        request = json.loads(message)
        if "start" in request:
            folder = Path(tempfile.mkdtemp(prefix="dlp_"))
            child = os.fork()
            if child == 0:
                control.close()
                _run_child(pipes, folder, request, paths)
            for pipe in pipes:
                os.close(pipe)
        else:
            code = _end_child(child, request["end"])
            remove_folder(folder)
            is_last = folder.exists()  # the next child must not find it: another warm process takes over
            control.send(json.dumps({"code": code, "last": is_last}).encode())
            if is_last:
                break


def _can_fork(paths: Paths) -> bool:
    """Tell whether this process has one thread, and a child can be confined."""
    if len(os.listdir("/proc/self/task")) > 1:  # a library has begun to work: its children would hang
        return False
    child = os.fork()
    if child == 0:
        try:
            confine(Path(tempfile.gettempdir()), *paths)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _run_child(pipes: list[int], folder: Path, request: dict[str, Any], paths: Paths) -> None:
    """Become the process of one student's code."""
    code = 1
    try:
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir(folder)
        os.environ.update(place_variables(folder))
        tempfile.tempdir = None
        shown, listed = paths
        confine(folder, [*shown, Path(request["start"])], listed, request["cpu_seconds"])
        worker.serve()
        code = 0
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(code)  # never back into the loop of the parent


def _end_child(child: int, patience: float) -> int | None:
    """Kill the child; return the exit code if it has ended by itself within some seconds."""
    deadline = time.monotonic() + patience
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            break
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


if __name__ == "__main__":
    main()
