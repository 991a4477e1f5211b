"""A box for code of strangers: Linux's bubblewrap, where it works.

In the box there is no network and no other process, nothing can be written but a small folder in memory, and
nothing can be read but Python, its libraries and one file. Solutions and marks are not in it.
"""

import shutil
import site
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import dlp_keras

HIDDEN = ("commands", "content", "course", "marking")
"""Rooms of the package that the student's code does not see."""

_WRITABLE = 256 * 2**20
_PROBE = "import socket, numpy, dlp_keras.runner.worker; print('inside')"


@dataclass(frozen=True)
class Bubblewrap:
    """What `bwrap` is called with.

    Attributes
    ----------
    program : str
        The path of `bwrap`.
    """

    program: str

    def wrap(
        self, command: Iterable[str], readable: Iterable[Path], environment: dict[str, str]
    ) -> list[str]:
        """Return the command that runs another one in the box.

        Parameters
        ----------
        command
            Program and arguments.
        readable
            Files that can be read there, at their own paths.
        environment
            All variables that there are.
        """
        options = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"]
        options += ["--new-session", "--clearenv", "--proc", "/proc", "--dev", "/dev"]
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
        own = {"HOME": "/tmp", "TMPDIR": "/tmp", "PATH": "/usr/bin:/bin"}  # noqa: S108
        for name, value in (environment | own).items():
            options += ["--setenv", name, value]
        return [self.program, *options, "--", *command]


@lru_cache(maxsize=1)
def find_sandbox() -> Bubblewrap | None:
    """Return the box of this machine, once a program has run in it; None where there is none.

    Ubuntu may forbid bubblewrap to make namespaces although it is installed, so looking for it is not enough.
    """
    program = shutil.which("bwrap")
    if program is None:
        return None
    box = Bubblewrap(program)
    command = box.wrap([sys.executable, "-P", "-B", "-c", _PROBE], [], {})
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return box if done.stdout.strip() == "inside" else None


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
