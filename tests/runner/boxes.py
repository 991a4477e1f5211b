"""The boxes of this machine, each with a fresh process and with one that a warm process forks."""

import contextlib

from dlp_keras.runner import sandbox
from dlp_keras.runner.fork_server import ForkServer, can_fork
from dlp_keras.runner.processes import FreshProcess

_WORKING = {box.name: box for box in sandbox._candidates() if sandbox._works(box)}
KINDS = ("bubblewrap, forked", "landlock, forked", "bubblewrap", "landlock")
"""What `dlp grade` uses comes first."""


def works(kind):
    name, _, forked = kind.partition(", ")
    return name in _WORKING and (not forked or can_fork())


@contextlib.contextmanager
def open_launcher(kind, folder, cpu_seconds=60):
    """Give a function that starts the process of a file in a folder, in a box of some kind."""
    name, _, forked = kind.partition(", ")
    box = _WORKING[name]
    if forked:
        with contextlib.closing(
            ForkServer(["dlp_keras.runner.interpreter"], folder, box, cpu_seconds)
        ) as server:
            yield server.launch
    else:
        yield lambda file: FreshProcess(box, [file], cpu_seconds)
