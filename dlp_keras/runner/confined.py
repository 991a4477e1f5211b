"""A process in a box of Landlock and seccomp: restricted before it imports a library."""

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from dlp_keras.runner import landlock, seccomp
from dlp_keras.runner.limits import limit_process


def main() -> None:
    """Give up all rights but those that the arguments name, and run a module.

    The arguments are the module, a writable folder and readable paths; after ``--list`` folders of which
    names alone can be read; and after ``--`` the seconds of processor time, if they are limited.
    """
    arguments = sys.argv[1:]
    end, separator = arguments.index("--"), arguments.index("--list")
    module, folder, *readable = arguments[:separator]
    seconds = int(arguments[end + 1]) if arguments[end + 1 :] else None
    confine(Path(folder), map(Path, readable), map(Path, arguments[separator + 1 : end]), seconds)
    del sys.argv[1:]
    importlib.import_module(module).main()  # threads of its libraries are restricted like this one


def confine(
    folder: Path, readable: Iterable[Path], listed: Iterable[Path], cpu_seconds: int | None = None
) -> None:
    """Restrict this process, which has one thread, for good.

    Parameters
    ----------
    folder
        What can be written.
    readable
        Files and folders that can be read.
    listed
        Folders of which names alone can be read.
    cpu_seconds
        Processor time, if it is limited, and with it memory and the size of files.
    """
    landlock.restrict([*readable, Path("/proc/self")], [folder, Path("/dev/null")], listed)
    seccomp.restrict()
    if cpu_seconds is not None:
        # Others of this user may have many threads, which would count; processes are refused already.
        limit_process(cpu_seconds, may_fork=False)


if __name__ == "__main__":
    main()
