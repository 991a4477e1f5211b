"""Git repositories of strangers: their files are read without running anything that they bring along.

What a repository says about itself can run programs: its settings, hooks and filters; and it can name the
objects of others as its own. So Git never works in it, but in a copy of its objects and branches alone, with
settings of our own.
"""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dlp_keras.runner.processes import kill_group

LARGEST_REPOSITORY = 256 * 2**20
"""Bytes of all files of a repository."""
MOST_OBJECTS = 50_000
"""Files and folders of a repository."""
_MEMORY = 2 * 2**20  # KiB that a command may use
_SECONDS = 60
_COMMIT = re.compile(r"HEAD|[0-9a-f]{40}")
_SETTINGS = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "gc.auto=0", "maintenance.auto=false")


class GitError(Exception):
    """Git cannot do what it is asked; the message says why."""


@dataclass(frozen=True)
class GitFile:
    """A file in a commit.

    Attributes
    ----------
    place : PurePosixPath
        In the commit.
    size : int
        Bytes.
    number : str
        The hash that Git finds it by.
    """

    place: PurePosixPath
    size: int
    number: str


def is_repository(path: Path) -> bool:
    """Tell whether a folder is a bare repository."""
    return path.name.endswith(".git") and (path / "HEAD").is_file() and (path / "objects").is_dir()


class CopiedRepository:
    """A copy of a repository's objects and branches, in which Git may work.

    Parameters
    ----------
    path
        A bare repository; no link in it is followed.
    into
        An empty folder.

    Raises
    ------
    GitError
        If it is too large.
    OSError
        If it cannot be read.
    """

    def __init__(self, path: Path, into: Path) -> None:
        self._folder = into
        start_repository(into)
        _copy(path, into)

    def list_files(self, commit: str, most: int) -> Iterator[GitFile]:
        """Yield the files of a commit, no links and no other repositories.

        Raises
        ------
        GitError
            If there is no such commit, or it has more than so many files.
        """
        if not _COMMIT.fullmatch(commit):
            raise GitError(f"{commit!r} is not the whole hash of a commit")
        listing = self._run(
            "ls-tree", "-r", "-z", "-l", "--full-tree", f"{commit}^{{commit}}", limit=(most + 1) * 512
        )
        entries = listing.split(b"\0")[:-1]
        if len(entries) > most:
            raise GitError(f"it holds more than {most} files")
        for entry in entries:
            facts, _, name = entry.partition(b"\t")
            mode, kind, number, size = facts.decode("ascii").split()
            if kind == "blob" and mode.startswith("100"):
                yield GitFile(PurePosixPath(os.fsdecode(name)), int(size), number)

    def read(self, file: GitFile) -> bytes:
        """Return the bytes of a file as they were committed."""
        return self._run("cat-file", "blob", file.number, limit=file.size)

    def _run(self, *words: str, limit: int) -> bytes:
        return run_git(
            [f"--git-dir={self._folder}", *words], self._folder, limit=limit, largest=limit + 2**16
        )


def start_repository(folder: Path) -> None:
    """Make an empty repository without hooks."""
    run_git(
        ["init", "-q", "--bare", "--template=", "--initial-branch=submission", str(folder)], folder.parent
    )


def run_git(
    words: Iterable[str],
    place: Path,
    *,
    limit: int = 2**20,
    largest: int = LARGEST_REPOSITORY,
    seconds: float = _SECONDS,
    variables: dict[str, str] | None = None,
) -> bytes:
    """Run Git with few rights, and return what it printed.

    Parameters
    ----------
    words
        Command and arguments.
    place
        The folder to run in.
    limit
        Bytes that it may print.
    largest
        Bytes of a file that it may write.
    seconds
        Until it is killed, with all that it started.
    variables
        Its environment; without it one that shows nobody's settings.

    Raises
    ------
    GitError
        If it fails, takes or prints too much, or is not installed.
    """
    if not (program := shutil.which("git")):
        raise GitError("Git is not installed on this machine")
    command = [program, *(word for setting in _SETTINGS for word in ("-c", setting)), *words]
    if os.name == "posix":
        blocks = largest // 512 + 1
        limits = f'ulimit -v {_MEMORY} 2>/dev/null; ulimit -f {blocks} 2>/dev/null; exec "$@"'
        command = ["/bin/sh", "-c", limits, "git", *command]
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=place,
            env=variables or _bare_variables(place),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=said,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise GitError(f"Git did not finish within {seconds:g} s") from None
        finally:
            kill_group(process)
        said.seek(0)
        if code != 0:
            raise GitError(_last_line(said.read(2**16)))
        printed.seek(0)
        output = printed.read(limit + 1)
    if len(output) > limit:
        raise GitError("it is too large")
    return output


def _bare_variables(place: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(place),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _last_line(said: bytes) -> str:
    """Return why Git failed: its last line, without what it calls it."""
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    text = (fatal or lines or ["Git failed"])[0].removeprefix("fatal: ").removeprefix("error: ")
    return "".join(c for c in text if c.isprintable())[:200]


def _copy(path: Path, into: Path) -> None:
    """Copy HEAD, branches and objects, as far as they are files."""
    left, n_files = LARGEST_REPOSITORY, 0
    for place, folders, files in os.walk(path, followlinks=False):
        here = Path(place)
        below = here.relative_to(path)
        if here == path:
            folders[:] = [name for name in folders if name in ("objects", "refs")]
            files = [name for name in files if name in ("HEAD", "packed-refs")]
        elif below == Path("objects"):
            folders[:] = [name for name in folders if name != "info"]  # where the objects of others are named
        folders[:] = [name for name in folders if not (here / name).is_symlink()]
        n_files += len(folders) + len(files)
        if n_files > MOST_OBJECTS:
            raise GitError(f"it has more than {MOST_OBJECTS} objects")
        (into / below).mkdir(exist_ok=True)
        for name in files:
            left -= _copy_file(here / name, into / below / name, left)


def _copy_file(path: Path, target: Path, limit: int) -> int:
    """Copy a regular file, and return its size."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(number, "rb") as source:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise GitError(f"{path.name} in it is no file")
        if found.st_size > limit:
            raise GitError(f"it is larger than {LARGEST_REPOSITORY // 2**20} MiB")
        with target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return found.st_size
