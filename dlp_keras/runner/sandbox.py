"""A box for code of strangers: Linux's bubblewrap where it works, else Landlock with seccomp.

In the box there is no network and no other process to see or to signal, nothing can be written but in one
folder, and nothing can be read but Python, its libraries and one file. Solutions and marks are not in it.
"""

import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import dlp_keras
from dlp_keras.runner import landlock, seccomp

HIDDEN = ("commands", "content", "course", "marking")
"""Rooms of the package that the student's code does not see."""

_WRITABLE = 256 * 2**20
_SHARED = 64 * 2**20
_INFORMATION = (
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/vm",
    "/sys/devices/system",
)
"""About the machine: what libraries read when they start."""

_PYTHON = (sys.executable, "-P", "-B")


class Sandbox(Protocol):
    """A kind of box."""

    @property
    def name(self) -> str:
        """What reports call it."""

    def command(
        self,
        module: str,
        arguments: Iterable[str],
        readable: Iterable[Path],
        folder: Path,
        variables: dict[str, str],
    ) -> tuple[list[str], dict[str, str]]:
        """Return command and environment of a process in the box.

        Parameters
        ----------
        module
            What Python runs there.
        arguments
            Of the module.
        readable
            Files and folders that can be read there, at their own paths.
        folder
            What can be written, where the box has no memory of its own for that.
        variables
            The environment; all others are gone.
        """


@dataclass(frozen=True)
class Bubblewrap:
    """A box made by `bwrap`: namespaces of its own.

    Attributes
    ----------
    program : str
        The path of `bwrap`.
    """

    program: str
    name: str = "bubblewrap"

    def command(
        self,
        module: str,
        arguments: Iterable[str],
        readable: Iterable[Path],
        folder: Path,
        variables: dict[str, str],
    ) -> tuple[list[str], dict[str, str]]:
        """Return command and environment of a process in the box."""
        options = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"]
        options += ["--new-session", "--clearenv", "--proc", "/proc", "--dev", "/dev"]
        options += ["--size", str(_SHARED), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
        options += ["--size", str(_WRITABLE), "--tmpfs", "/tmp", "--chdir", "/tmp"]  # noqa: S108
        for path in _system_folders():
            options += ["--ro-bind", str(path), str(path)]
        for link in (Path(name) for name in ("/bin", "/lib", "/lib32", "/lib64", "/sbin")):
            if link.is_symlink():
                options += ["--symlink", str(link.readlink()), str(link)]
        for path in _python_folders():
            options += ["--ro-bind", str(path), str(path)]
        package = Path(dlp_keras.__file__).parent
        options += ["--ro-bind", str(package), str(package)]
        for room in (package / name for name in HIDDEN):
            if room.is_dir():
                options += ["--size", "4096", "--tmpfs", str(room)]
        for file in readable:
            options += ["--ro-bind", str(file), str(file)]
        for name, value in (variables | place_variables(Path("/tmp"))).items():  # noqa: S108
            options += ["--setenv", name, value]
        options += ["--remount-ro", "/"]  # all else that could be written lies in memory without a limit
        # The box's own process can be seen in it, and its environment read: it has no more.
        return [self.program, *options, "--", *_PYTHON, "-m", module, *arguments], variables


@dataclass(frozen=True)
class Landlock:
    """A box that the process makes itself: rights to files and ports given up, system calls refused."""

    name: str = "landlock"

    def command(
        self,
        module: str,
        arguments: Iterable[str],
        readable: Iterable[Path],
        folder: Path,
        variables: dict[str, str],
    ) -> tuple[list[str], dict[str, str]]:
        """Return command and environment of a process in the box."""
        shown, listed = visible_paths()
        command = [
            *_PYTHON,
            "-m",
            "dlp_keras.runner.confined",
            module,
            str(folder),
            *map(str, [*shown, *readable]),
            "--list",
            *map(str, listed),
            "--",
            *arguments,
        ]
        return command, variables | place_variables(folder)


def visible_paths() -> tuple[list[Path], list[Path]]:
    """Return what Landlock lets a student's code read: Python and its libraries, without the course.

    Returns
    -------
    shown : list of Path
        Files and folders that can be read.
    listed : list of Path
        Folders of which names alone can be read.
    """
    package = Path(dlp_keras.__file__).resolve().parent
    folders = [*_system_folders(), *_python_folders()]
    # A right to a folder is one to all below, so what lies around the hidden rooms is named one by one.
    shown = [part for place in (*folders, package) for part in _split_around(place, package)]
    return [*shown, *map(Path, _INFORMATION)], [p for p in folders if package.is_relative_to(p)]


@lru_cache(maxsize=1)
def find_sandbox() -> Sandbox | None:
    """Return the best box of this machine, once a program has run in it; None where there is none.

    Ubuntu may forbid bubblewrap to make namespaces although it is installed, so looking for it is not enough.
    """
    return next((box for box in _candidates() if _works(box)), None)


def _candidates() -> list[Sandbox]:
    program = shutil.which("bwrap")
    found: list[Sandbox] = [Bubblewrap(program)] if program else []
    # Before version 4 it knows no ports, and 3 does not know all ways to change a file.
    return [*found, Landlock()] if landlock.version() >= 4 and seccomp.is_known() else found


def _works(box: Sandbox) -> bool:
    """Run the worker in the box without any request: it ends well."""
    with tempfile.TemporaryDirectory(prefix="dlp_") as folder:
        command, environment = box.command("dlp_keras.runner.worker", [], [], Path(folder), {})
        try:
            done = subprocess.run(  # noqa: S603
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


def place_variables(folder: Path) -> dict[str, str]:
    """Return the variables that say where a process in a box finds and writes files."""
    return {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin"}


def _split_around(place: Path, package: Path) -> list[Path]:
    """Return a folder, or what is in it but for the hidden rooms of the package."""
    is_link_around = place.is_symlink() and package.is_relative_to(place.resolve())  # such as lib64
    if is_link_around or place in [package / room for room in HIDDEN]:
        return []
    if place != package and not package.is_relative_to(place):
        return [place]
    return [part for below in sorted(place.iterdir()) for part in _split_around(below, package)]


def _system_folders() -> list[Path]:
    folders = [Path(name) for name in ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin")]
    return [path for path in folders if path.is_dir() and not path.is_symlink()] + [
        path for path in (Path("/etc/ld.so.cache"), Path("/etc/localtime")) if path.exists()
    ]


def _python_folders() -> list[Path]:
    """Return the folders of Python and its libraries, without those that lie in others."""
    libraries = [*site.getsitepackages(), *(place for place in sys.path if "site-packages" in place)]
    found = {Path(place).resolve() for place in (sys.prefix, sys.base_prefix, *libraries)}
    found |= {Path(sys.executable).resolve().parents[1], Path(sys.prefix)}
    outer = [path for path in found if path.is_dir() and not path.is_relative_to("/usr")]
    return sorted(p for p in outer if not any(p != q and p.is_relative_to(q) for q in outer))
