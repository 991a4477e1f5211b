"""Grades as other systems take them: each format has a name, and a writer into the folder of results."""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlp_keras.grading.records import Record

    Writer = Callable[[Path, Sequence[Record]], None]


def _writer(name: str) -> "Writer":
    """Return a format's writer, which is loaded when it is called: the command line shows names only."""

    def write(folder: Path, records: "Sequence[Record]") -> None:
        importlib.import_module(f"{__name__}.{name}").write(folder, records)

    return write


FORMATS: "dict[str, Writer]" = {
    name: _writer(name) for name in ("csv", "nbgrader", "moodle", "junit", "gradescope", "classroom")
}
"""A writer for each format; the module of its name tells where it writes what."""
