"""Large data sets, kept on the disk so that they are simulated once.

They lie in the user's cache folder, or where the environment variable ``DLP_CACHE`` says; ``DLP_CACHE=off``
keeps nothing. Together they take at most 2 GB, or ``DLP_CACHE_LIMIT`` megabytes: those unused for longest
go first. Each is an ``.npz`` file that NumPy opens, whose checksums (CRC-32) are compared on reading.
"""

import contextlib
import hashlib
import json
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

HEADER = "header"
"""Name of the member that holds the parameters as JSON."""
DEFAULT_LIMIT = 2000
"""Megabytes (10⁶ bytes) that all sets may take together."""
STALE = 24 * 3600
"""Seconds after which an unfinished file belongs to a process that was killed."""


@dataclass(frozen=True)
class Entry:
    """A data set on the disk.

    Attributes
    ----------
    path : Path
        Its file.
    name : str
        Kind of data, such as "ising".
    parameters : dict
        What it was made with; arrays are described by their type, range and checksum.
    n_bytes : int
        Size of the file in bytes.
    used : datetime
        When it was last made or read.
    """

    path: Path
    name: str
    parameters: dict[str, Any]
    n_bytes: int
    used: datetime

    def describe(self) -> str:
        """Kind and parameters in one line, without checksums: "ising  seed 1, size 32, …"."""
        values = (f"{key} {str(value).split(', sha256')[0]}" for key, value in self.parameters.items())
        return f"{self.name}  {', '.join(values)}"

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        return vars(self) | {"path": str(self.path), "used": self.used.isoformat()}


def load_or_make(name: str, parameters: Mapping[str, Any], make: Callable[[], Arrays]) -> Arrays:
    """Read a data set from the cache; make and keep it where it is missing or damaged.

    Processes that want the same set at once each make it, and the last one's file stays: a file appears
    under its name only when it is complete.

    Parameters
    ----------
    name : str
        Kind of data, the first word of the file's name.
    parameters : mapping
        Everything that the data depends on, the version of the code that makes it and the seed included:
        numbers, strings and arrays.
    make : callable
        Returns the arrays by name, "header" excepted.

    Returns
    -------
    dict of ndarray

    Warns
    -----
    UserWarning
        If the file cannot be written. The data is returned all the same.
    """
    directory = folder()
    if directory is None:
        return make()
    most = limit()
    header = json.dumps({"name": name, "parameters": _describe(parameters)}, sort_keys=True)
    path = directory / f"{name}-{hashlib.sha256(header.encode()).hexdigest()[:20]}.npz"
    arrays = _read(path, header)
    if arrays is None:
        arrays = make()
        try:
            _write(path, header, arrays, most)
        except OSError as error:
            warnings.warn(
                f"The data set could not be kept in the cache {directory} ({error}); it will be made anew "
                "each time. Set DLP_CACHE to a folder with space that you may write to, or to off.",
                stacklevel=3,
            )
    return arrays


def folder() -> Path | None:
    """Where the sets lie, or None with ``DLP_CACHE=off``. The folder need not exist yet."""
    chosen = os.environ.get("DLP_CACHE", "")
    if chosen:
        return None if chosen.lower() == "off" else Path(chosen).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dlp_keras"


def entries() -> list[Entry]:
    """All sets in the cache, the one used last first. What is no data set of ours is passed over."""
    found = [entry for path in _files("*.npz") if (entry := _entry(path))]
    return sorted(found, key=lambda entry: entry.used, reverse=True)


def clear(name: str | None = None) -> tuple[int, int]:
    """Delete the sets of one kind, or all of them with what killed processes left behind.

    Parameters
    ----------
    name : str or None
        Kind of data, such as "ising"; None deletes everything in the cache that this package wrote.

    Returns
    -------
    n_files, n_bytes : int
        What was deleted.
    """
    doomed = [(entry.path, entry.n_bytes) for entry in entries() if name in (None, entry.name)]
    if name is None:
        doomed += [(path, path.stat().st_size) for path in _files("*.npz.*.part")]
    for path, _ in doomed:
        path.unlink(missing_ok=True)
    return len(doomed), sum(n_bytes for _, n_bytes in doomed)


def limit() -> int:
    """Bytes that all sets may take together.

    Raises
    ------
    ValueError
        If ``DLP_CACHE_LIMIT`` is no number of megabytes.
    """
    megabytes = os.environ.get("DLP_CACHE_LIMIT") or DEFAULT_LIMIT
    try:
        return max(int(float(megabytes) * 1e6), 0)
    except (ValueError, OverflowError):
        raise ValueError(f"`DLP_CACHE_LIMIT` must be a number of megabytes. Got {megabytes!r}.") from None


def _describe(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _describe_array(value) if isinstance(value, np.ndarray) else value
        for key, value in parameters.items()
    }


def _describe_array(array: npt.NDArray[Any]) -> str:
    digest = hashlib.sha256(array.tobytes()).hexdigest()
    return f"{array.dtype} {array.shape} from {array.min():.4g} to {array.max():.4g}, sha256 {digest}"


def _header_with(header: str, arrays: Arrays) -> bytes:
    """Add the arrays' names: the table of contents is the part of a zip file that no checksum covers."""
    return json.dumps(json.loads(header) | {"arrays": sorted(arrays)}, sort_keys=True).encode()


def _read(path: Path, header: str) -> Arrays | None:
    """Read the arrays, or None if there is no file, or not what was written once."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        if arrays.pop(HEADER).tobytes() != _header_with(header, arrays):
            return None
    except Exception:  # a damaged file can raise nearly anything: it is made again
        return None
    with contextlib.suppress(OSError):  # a cache that may only be read serves as well
        os.utime(path)
    return arrays


def _write(path: Path, header: str, arrays: Arrays, most: int) -> None:
    """Write next to the place, then rename: nobody ever sees half a file. What exceeds `most` is left out."""
    if sum(array.nbytes for array in arrays.values()) > most:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    members: dict[str, Any] = {HEADER: np.frombuffer(_header_with(header, arrays), np.uint8), **arrays}
    try:
        with part.open("wb") as file:
            np.savez(file, **members)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):  # another process is tidying as well
        _tidy(path, most)


def _tidy(newest: Path, most: int) -> None:
    """Delete what is left of killed processes, and beyond `most` bytes the sets unused for longest."""
    for part in _files("*.npz.*.part"):
        if time.time() - part.stat().st_mtime > STALE:
            part.unlink(missing_ok=True)
    total = newest.stat().st_size
    for entry in entries():
        total += entry.n_bytes if entry.path != newest else 0
        if total > most and entry.path != newest:
            entry.path.unlink(missing_ok=True)


def _files(pattern: str) -> list[Path]:
    directory = folder()
    return sorted(directory.glob(pattern)) if directory is not None and directory.is_dir() else []


def _entry(path: Path) -> Entry | None:
    try:
        status = path.stat()
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            header = json.loads(archive[HEADER].tobytes())
        used = datetime.fromtimestamp(status.st_mtime).astimezone()
        return Entry(path, header["name"], header["parameters"], status.st_size, used)
    except Exception:  # damaged, or not ours
        return None
