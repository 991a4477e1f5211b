"""`dlp doctor`: what this machine has, and what is missing."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import load_catalog
from dlp_keras.course.workspace import find_workspace

_NEEDED = ("keras", "tensorflow", "numpy", "matplotlib", "scikit-learn", "pytest")
_OPTIONAL = {
    "jupyterlab": "notebooks: pip install 'dlp_keras[notebook]'",
    "jupytext": "building notebooks: pip install 'dlp_keras[notebook]'",
}
Finding = tuple[str, str, str]  # "ok", "note" or "bad"; what was looked at; what was found


def examine(console: Console | None = None) -> bool:
    """Print what was found; return whether everything that is needed is there."""
    table = Table(box=None, show_header=False, pad_edge=False)
    symbols = {"ok": "[green]✓[/green]", "note": "[yellow]·[/yellow]", "bad": "[red]✗[/red]"}
    findings = list(find_out())
    for state, subject, text in findings:
        table.add_row(symbols[state], subject, escape(text))
    (console or Console()).print(table)
    return all(state != "bad" for state, _, _ in findings)


def find_out() -> Iterator[Finding]:
    """Yield one finding after the other, the quick ones first."""
    version = platform.python_version()
    yield ("ok" if sys.version_info >= (3, 11) else "bad"), "Python", f"{version} on {platform.platform()}"
    for name in _NEEDED:
        yield _find_package(name)
    for name, purpose in _OPTIONAL.items():
        found = importlib.util.find_spec(name) is not None
        yield ("ok", name, "installed") if found else ("note", name, f"not installed ({purpose})")
    found = shutil.which("ffmpeg") is not None
    yield ("ok", "ffmpeg", "found") if found else ("note", "ffmpeg", "not found: animations as GIF, not MP4")
    yield "ok", "course", f"{len(load_catalog())} exercises"
    yield _find_workspace()
    yield _find_device()


def _find_package(name: str) -> Finding:
    try:
        return "ok", name, importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "bad", name, f"missing: pip install {name}"


def _find_workspace() -> Finding:
    try:
        folder = find_workspace().folder
    except CourseError as error:
        return "note", "workspace", str(error)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return "bad", "workspace", f"{folder} cannot be written to: {error.strerror}"
    free = shutil.disk_usage(folder).free / 2**30
    return ("ok" if free > 1 else "note"), "workspace", f"{_short(folder)}, {free:.0f} GiB free"


def _find_device() -> Finding:
    try:
        from dlp_keras import device

        return "ok", "device", device.use()
    except Exception as error:  # whatever keeps Keras from starting is what the doctor is asked for
        return "bad", "device", f"Keras does not start: {type(error).__name__}: {error}"


def _short(folder: Path) -> str:
    home = os.path.expanduser("~")
    return str(folder).replace(home, "~", 1) if str(folder).startswith(home + os.sep) else str(folder)
