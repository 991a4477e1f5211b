"""Where a student's exercise lies in a folder: a script or a notebook, possibly in a folder below."""

from dataclasses import dataclass
from pathlib import Path

from dlp_keras.marking.stub import is_untouched

FOLDERS = {".py": ("", "exercises"), ".ipynb": ("", "notebooks", "exercises")}


@dataclass(frozen=True)
class SubmissionFile:
    """The file of an exercise that is marked.

    Attributes
    ----------
    path : Path
        A script or a notebook; it may be missing.
    note : str
        Which file counts and why, where that is not what one expects; else empty.
    """

    path: Path
    note: str = ""


def find_submission(folder: Path, exercise: str) -> SubmissionFile:
    """Find the script or the notebook of an exercise.

    Where there are several, one that is more than the untouched stub counts; among those the newest.

    Parameters
    ----------
    folder
        What a student handed in: the files, or folders ``exercises`` and ``notebooks`` with them.
    exercise
        The exercise's whole name.

    Returns
    -------
    SubmissionFile
        The path of a script where none is found.
    """
    paths = [folder / below / f"{exercise}{kind}" for kind, names in FOLDERS.items() for below in names]
    found = [path for path in paths if path.is_file()]
    if not found:
        return SubmissionFile(paths[1] if paths[1].parent.is_dir() else paths[0])
    touched = [path for path in found if not is_untouched(path)]
    chosen = max(touched or found, key=lambda path: path.stat().st_mtime_ns)
    others = [str(path.relative_to(folder)) for path in found if path != chosen]
    if not touched or not others or (len(touched) == 1 and chosen == found[0]):
        return SubmissionFile(chosen if touched else found[0])
    names = " and ".join(others)
    why = f"it is newer than {names}" if len(touched) > 1 else f"nobody has written in {names}"
    return SubmissionFile(chosen, f"{chosen.relative_to(folder)} is marked: {why}.")
