"""The worker's process in a box of Landlock and seccomp: restricted before it imports a library."""

import sys
from pathlib import Path

from dlp_keras.runner import landlock, seccomp


def main() -> None:
    """Give up all rights but to a writable folder and readable paths; after ``--`` come the worker's own."""
    separator = sys.argv.index("--")
    folder, *readable = map(Path, sys.argv[1:separator])
    landlock.restrict([*readable, Path("/proc/self")], [folder, Path("/dev/null")])
    seccomp.restrict()
    sys.argv[1:] = sys.argv[separator + 1 :]
    from dlp_keras.runner import worker  # its libraries start threads, which are restricted like this one

    worker.main()


if __name__ == "__main__":
    main()
