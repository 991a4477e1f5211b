"""The worker's process in a box of Landlock and seccomp: restricted before it imports a library."""

import sys
from pathlib import Path

from dlp_keras.runner import landlock, seccomp
from dlp_keras.runner.limits import limit_process


def main() -> None:
    """Give up all rights but those that the arguments name.

    These are a writable folder and readable paths; after ``--list`` folders of which names alone can be read;
    and after ``--`` the seconds of processor time, if they are limited.
    """
    arguments = sys.argv[1:]
    end, separator = arguments.index("--"), arguments.index("--list")
    folder, *readable = map(Path, arguments[:separator])
    landlock.restrict(
        [*readable, Path("/proc/self")],
        [folder, Path("/dev/null")],
        [Path(place) for place in arguments[separator + 1 : end]],
    )
    seccomp.restrict()
    if seconds := arguments[end + 1 :]:
        # Others of this user may have many threads, which would count; processes are refused already.
        limit_process(int(seconds[0]), may_fork=False)
    del sys.argv[1:]
    from dlp_keras.runner import worker  # its libraries start threads, which are restricted like this one

    worker.main()


if __name__ == "__main__":
    main()
