"""What a class handed in: a folder, an archive, a repository or a notebook each; none of it is trusted."""

import os
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dlp_keras.course import CourseError
from dlp_keras.grading.git import CopiedRepository, GitError, is_repository
from dlp_keras.marking.submission_files import FOLDERS, find_submission

LARGEST = 16 * 2**20
"""Bytes of a file: a notebook with pictures has a tenth of it."""
MOST_MEMBERS = 10_000
"""Files that are looked at in an archive or a folder."""
_TOO_LARGE = f"{{}} is larger than {LARGEST // 2**20} MiB."
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


class UnreadableError(ValueError):
    """What a student handed in cannot be read; the message says why."""


@dataclass(frozen=True)
class Student:
    """Who handed in what.

    Attributes
    ----------
    name : str
        Of the folder, or of the file without its ending.
    path : Path
        A folder, an archive, a bare Git repository, or a script or notebook.
    commit : str
        Which one of a Git repository counts.
    problem : str
        Why nothing could be fetched, where that is not the student's fault.
    """

    name: str
    path: Path
    commit: str = "HEAD"
    problem: str = ""


@dataclass(frozen=True)
class Handed:
    """A file that may hold an exercise.

    Attributes
    ----------
    place : PurePosixPath
        Where it lies in what was handed in.
    data : bytes
        What is in it; no message of an error shows it.
    changed : float
        When it was changed, in seconds since 1970; 0 where that is not known.
    """

    place: PurePosixPath
    data: bytes = field(repr=False)
    changed: float


def find_students(folder: Path) -> list[Student]:
    """Return the students in the order of their names: each entry of a folder is what one handed in.

    Raises
    ------
    CourseError
        If there is no such folder, or nothing in it, or two entries have one name.
    """
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. Name the one with an entry for each student.")
    entries = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "__"))]
    students = [Student(_student_name(path), path) for path in entries if _is_submission(path)]
    if not students:
        raise CourseError(
            f"Nothing is handed in at {folder}. Each student is a folder, an archive, or a notebook there."
        )
    names = [student.name for student in students]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CourseError(f"{twice[0]!r} is there twice in {folder}. Remove or rename one of the two.")
    return students


def collect(
    student: Student, exercises: Iterable[str], into: Path, only: str | None = None
) -> dict[str, Path]:
    """Copy what a student handed in for some exercises.

    No link is followed, nothing is unpacked but the files looked for, and only their last names count: no
    path that somebody made up is used.

    Parameters
    ----------
    student
    exercises
        Their whole names.
    into
        An empty folder.
    only
        Copy this one of the exercises.

    Returns
    -------
    dict
        The file to mark by exercise, without those that were not handed in.

    Raises
    ------
    UnreadableError
        If it cannot be read, or a file is too large.
    """
    exercises = list(exercises)
    is_one = len(exercises) == 1  # a file of any name is then this exercise
    exercises = [only] if only else exercises
    wanted = {f"{name}{kind}" for name in exercises for kind in FOLDERS}
    for handed in _read(student, wanted, is_one):
        target = into / _folder_of(handed.place) / handed.place.name
        if not target.exists():  # of several the one that lies highest comes first
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(handed.data)
            os.utime(target, (handed.changed, handed.changed))
    found = {name: find_submission(into, name).path for name in exercises}
    return {name: path for name, path in found.items() if path.is_file()}


def _is_submission(path: Path) -> bool:
    return path.is_dir() or path.name.lower().endswith((*_ARCHIVES, *FOLDERS))


def _student_name(path: Path) -> str:
    name = path.name
    if is_repository(path):
        name = name.removesuffix(".git")
    elif not path.is_dir():
        ending = next(e for e in (*reversed(_ARCHIVES), *FOLDERS) if name.lower().endswith(e))
        name = name[: -len(ending)]
    return "".join(c if c.isprintable() else "?" for c in name)


def _folder_of(place: PurePosixPath) -> str:
    """Return the folder of a workspace that a file belongs to: the one it lies in, or none."""
    names = FOLDERS[place.suffix]
    return place.parent.name if place.parent.name in names else ""


def _read(student: Student, wanted: set[str], any_name: bool) -> list[Handed]:
    """Return the wanted files, those that lie highest first; of a file alone its name may not count."""
    path = student.path
    if path.is_symlink():
        raise UnreadableError(f"{path.name} is a link.")
    try:
        if is_repository(path):
            found = list(_read_repository(path, student.commit, wanted))
        elif path.is_dir():
            found = list(_read_folder(path, wanted))
        elif path.name.lower().endswith(".zip"):
            found = list(_read_zip(path, wanted))
        elif path.name.lower().endswith(_ARCHIVES):
            found = list(_read_tar(path, wanted))
        else:
            names = [name for name in wanted if path.name.endswith(name)]
            only = names or [name for name in wanted if any_name and name.endswith(path.suffix)]
            found = [Handed(PurePosixPath(only[0]), *_read_file(path))] if only else []
    except UnreadableError:
        raise
    except GitError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error}.") from error
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # archives break in many ways, and none may end the marking of a class
        raise UnreadableError(f"{path.name} is no archive that can be read ({error}).") from error
    return sorted(found, key=lambda handed: (len(handed.place.parts), str(handed.place)))


def _read_folder(folder: Path, wanted: set[str]) -> Iterator[Handed]:
    n_files = 0
    for place, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        n_files += len(folders) + len(files)
        if n_files > MOST_MEMBERS:
            raise UnreadableError(f"{folder.name} holds more than {MOST_MEMBERS} files.")
        for name in wanted.intersection(files):
            path = Path(place) / name
            yield Handed(PurePosixPath(path.relative_to(folder).as_posix()), *_read_file(path))


def _read_repository(path: Path, commit: str, wanted: set[str]) -> Iterator[Handed]:
    """Yield what was committed, whatever the repository would do with it when it is checked out."""
    with tempfile.TemporaryDirectory(prefix="dlp_") as place:
        repository = CopiedRepository(path, Path(place))
        for file in repository.list_files(commit, MOST_MEMBERS):
            parts = file.place.parts
            if file.place.name in wanted and not any(part.startswith((".", "__")) for part in parts[:-1]):
                if file.size > LARGEST:
                    raise UnreadableError(_TOO_LARGE.format(file.place.name))
                yield Handed(file.place, repository.read(file), 0.0)


def _read_file(path: Path) -> tuple[bytes, float]:
    """Return the bytes of a regular file and when it was changed; a link is an OSError."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(number, "rb") as file:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError(f"{path.name} is no file.")
        return _limited(file.read(LARGEST + 1), path.name), found.st_mtime


def _read_zip(path: Path, wanted: set[str]) -> Iterator[Handed]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise UnreadableError(f"{path.name} holds more than {MOST_MEMBERS} files.")
        for member in members:
            place = PurePosixPath(member.filename.replace("\\", "/"))
            if place.name in wanted and not member.is_dir():
                with archive.open(member) as file:
                    yield Handed(place, _limited(file.read(LARGEST + 1), place.name), 0.0)


def _read_tar(path: Path, wanted: set[str]) -> Iterator[Handed]:
    with tarfile.open(path) as archive:
        for number, member in enumerate(archive):
            if number >= MOST_MEMBERS:
                raise UnreadableError(f"{path.name} holds more than {MOST_MEMBERS} files.")
            place = PurePosixPath(member.name)
            if place.name in wanted and member.isreg() and (file := archive.extractfile(member)):
                yield Handed(place, _limited(file.read(LARGEST + 1), place.name), float(member.mtime))


def _limited(data: bytes, name: str) -> bytes:
    if len(data) > LARGEST:
        raise UnreadableError(_TOO_LARGE.format(name))
    return data
