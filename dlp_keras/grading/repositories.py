"""A list of Git repositories, one a student: a table ``student,url[,commit]``, and how they are fetched.

Only the one commit that counts comes, never another repository within, and nothing is checked out. The
settings of Git of whoever grades hold, since they say how to log in.
"""

import csv
import hashlib
import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dlp_keras.course import CourseError
from dlp_keras.grading.git import GitError, is_repository, run_git, start_repository
from dlp_keras.grading.submissions import Student, find_students

SECONDS = 120.0
"""Until a repository has to be fetched."""
_AT_ONCE = 8
_URL = re.compile(r"(https|ssh)://(?!-)[^\s/][^\s]*|file:///[^\s]+")
_SHORT = re.compile(r"([A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*):(?!-)[\w./~-]+")  # git@github.com:course/alice
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SUFFIXES = (".csv", ".txt")
_COLUMNS = ("student", "url", "commit")


@dataclass(frozen=True)
class Entry:
    """A line of the list.

    Attributes
    ----------
    student : str
    url : str
        ``https://…``, ``ssh://…``, ``git@host:path`` or ``file:///…``.
    commit : str
        Its whole hash, or "HEAD" for the newest one of the branch that counts there.
    """

    student: str
    url: str
    commit: str = "HEAD"


def find_class(submissions: Path, fetched: Path) -> list[Student]:
    """Return the students of a folder of submissions, or of a list of repositories, which are fetched.

    Parameters
    ----------
    submissions
    fetched
        The folder of what is fetched.

    Raises
    ------
    CourseError
        If there are no submissions, or the list cannot be read.
    """
    return fetch_all(read_list(submissions), fetched) if is_list(submissions) else find_students(submissions)


def is_list(path: Path) -> bool:
    """Tell whether a path is a list of repositories and no folder of submissions."""
    return path.is_file() and path.suffix.lower() in _SUFFIXES


def read_list(path: Path) -> list[Entry]:
    """Return the lines of a list.

    Raises
    ------
    CourseError
        If it is no such table, a student stands there twice, or a URL or commit is none that is fetched.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, skipinitialspace=True)
            columns = [name.strip() for name in table.fieldnames or ()]
            table.fieldnames = columns
            rows = list(table)
    except (OSError, ValueError, csv.Error) as error:
        raise CourseError(f"{path} cannot be read ({error}). Save it as a CSV table in UTF-8.") from None
    if columns not in (list(_COLUMNS[:2]), list(_COLUMNS)):
        raise CourseError(f"{path} must begin with the line `student,url` or `student,url,commit`.")
    entries = [_read_row(path, number, row) for number, row in enumerate(rows, 2)]
    if not entries:
        raise CourseError(f"{path} names no repository. Each line is a student's name and a URL.")
    names = [entry.student for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CourseError(f"{twice[0]!r} stands twice in {path}. Remove or rename one of the two.")
    return entries


def fetch_all(entries: Iterable[Entry], into: Path) -> list[Student]:
    """Fetch repositories, several at a time; what cannot be fetched becomes the student's `problem`.

    Parameters
    ----------
    entries
    into
        The folder of all that was fetched; what an earlier run has left there is brought up to date.
    """
    into.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda entry: _fetch(entry, into), entries))


def _read_row(path: Path, number: int, row: dict[str, str]) -> Entry:
    student, url, commit = ((row.get(name) or "").strip() for name in _COLUMNS)
    if None in row or not student or not student.isprintable():
        raise CourseError(f"Line {number} of {path} must hold a student's name, a URL, and perhaps a commit.")
    if not (_URL.fullmatch(url) or _SHORT.fullmatch(url)) or not url.isprintable():
        raise CourseError(
            f"Line {number} of {path}: {_hide_password(url)!r} is no `https://`, `ssh://` or `file:///` URL."
        )
    if commit and not _COMMIT.fullmatch(commit):
        raise CourseError(f"Line {number} of {path}: {commit!r} is not the whole hash of a commit.")
    return Entry(student, url, commit or "HEAD")


def _fetch(entry: Entry, into: Path) -> Student:
    try:
        if entry.url.startswith("file:"):
            return Student(entry.student, _local_path(entry.url), entry.commit)
        number = hashlib.sha256(f"{entry.student}\n{entry.url}\n{entry.commit}".encode()).hexdigest()[:20]
        folder = into / f"{number}.git"
        if not is_repository(folder):
            folder.mkdir(exist_ok=True)
            start_repository(folder)
        if entry.commit == "HEAD" or not _is_there(folder):
            _fetch_commit(entry, folder)
    except (GitError, OSError) as error:
        why = _hide_password(str(error))
        return Student(entry.student, into, problem=f"{_hide_password(entry.url)} cannot be fetched: {why}.")
    return Student(entry.student, folder)


def _local_path(url: str) -> Path:
    """Return the repository on this machine, which is read where it lies; Git never runs in it."""
    path = Path(unquote(urlsplit(url).path))
    found = next(
        (
            place
            for place in (path, path / ".git", path.with_name(f"{path.name}.git"))
            if is_repository(place)
        ),
        None,
    )
    if found is None:
        raise GitError(f"there is no Git repository {path}")
    return found


def _is_there(folder: Path) -> bool:
    """Tell whether the commit that was asked for has been fetched; it cannot change."""
    try:
        run_git([f"--git-dir={folder}", "rev-parse", "--verify", "-q", "HEAD^{commit}"], folder)
    except GitError:
        return False
    return True


def _fetch_commit(entry: Entry, folder: Path) -> None:
    protocol = urlsplit(entry.url).scheme if "://" in entry.url else "ssh"
    settings = ("http.followRedirects=false", "fetch.unpackLimit=1", "transfer.bundleURI=false")
    options = ("--depth=1", "--no-tags", "--no-recurse-submodules", "--force", "--update-head-ok", "-q")
    variables = {
        **{name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")},
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_TERMINAL_PROMPT": "0",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_NO_LAZY_FETCH": "1",
    }
    words = [
        f"--git-dir={folder}",
        *(word for setting in settings for word in ("-c", setting)),
        "fetch",
        *options,
    ]
    words += ["--", entry.url, f"+{entry.commit}:refs/heads/submission"]
    run_git(words, folder, seconds=SECONDS, variables=variables)


def _hide_password(text: str) -> str:
    return re.sub(r"(?<=://)[^/@\s]*@", "", text)
