"""Limits that a process sets itself before it runs a student's code, and cannot lift again."""

import contextlib
import sys

MEMORY = 8 * 2**30
"""Bytes of private memory: TensorFlow reserves far more addresses than it uses, so those are not limited."""
FILE = 64 * 2**20
"""Bytes of the largest file."""
PROCESSES = 1024
"""Processes and threads together; TensorFlow starts a few for each core."""


def limit_process(cpu_seconds: int, *, may_fork: bool = True) -> None:
    """Limit memory, processor time, files and processes of this process, where the system has such limits.

    Parameters
    ----------
    cpu_seconds
        After so many seconds of all threads together the process is killed.
    may_fork
        Whether it can start processes, so that their number needs a limit.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {"RLIMIT_CPU": cpu_seconds, "RLIMIT_FSIZE": FILE, "RLIMIT_CORE": 0}
    if may_fork:
        limits["RLIMIT_NPROC"] = PROCESSES
    if sys.platform == "linux":
        limits["RLIMIT_DATA"] = MEMORY
    for name, value in limits.items():
        with contextlib.suppress(AttributeError, OSError, ValueError):  # unknown here, or lower already
            resource.setrlimit(getattr(resource, name), (value, value))
