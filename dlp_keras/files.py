"""Files written completely or not at all, names that are still free, and paths as students read them."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file completely or not at all; its folder is made where it is missing.

    Raises
    ------
    OSError
        If there is no permission or no space; the file that was there is intact.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def free_name(path: Path) -> Path:
    """Return `path`, or the first of its names with ``-2``, ``-3``, … behind that no file has."""
    candidates = (path, *(path.with_name(f"{path.name}-{n}") for n in range(2, 1000)))
    return next(candidate for candidate in candidates if not candidate.exists())


def short_path(path: Path) -> str:
    """Write a path as seen from the current folder, or in full where it lies elsewhere."""
    path, here = path.resolve(), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
