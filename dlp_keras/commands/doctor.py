"""`dlp doctor`: what this machine has, and what is missing."""

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dlp_keras import __version__
from dlp_keras.course import CourseError
from dlp_keras.course.catalog import load_catalog
from dlp_keras.course.wording import count
from dlp_keras.course.workspace import find_workspace

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
    yield "ok", "dlp_keras", __version__
    yield from _find_packages()
    found = shutil.which("ffmpeg") is not None
    yield ("ok", "ffmpeg", "found") if found else ("note", "ffmpeg", "not found: animations as GIF, not MP4")
    yield "ok", "course", count(len(load_catalog()), "exercise")
    yield _find_workspace()
    yield _find_device()


def _find_packages() -> Iterator[Finding]:
    """Compare what is installed with what this version of the course was built for."""
    try:
        lines = importlib.metadata.requires("dlp_keras") or []
    except importlib.metadata.PackageNotFoundError:
        yield "bad", "dlp_keras", "not installed, only found in this folder: pip install -e ."
        return
    requirements = [Requirement(line) for line in lines]
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _without_tensorflow(compare_version(requirement, "bad", "pip install --upgrade"))
    for requirement in requirements:
        if requirement.marker is not None and requirement.marker.evaluate({"extra": "notebook"}):
            yield compare_version(requirement, "note", "for notebooks: pip install --upgrade")


def _without_tensorflow(finding: Finding) -> Finding:
    """A missing TensorFlow is no fault where Keras is told to use another backend."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if finding[:2] == ("bad", "tensorflow") and backend != "tensorflow":
        return "note", "tensorflow", f"missing or too old, and not needed: KERAS_BACKEND is {backend}"
    return finding


def compare_version(requirement: Requirement, wrong: str, cure: str) -> Finding:
    """Tell whether a package is installed in a version that the course works with; else name the cure."""
    name, command = requirement.name, f"{cure} '{requirement.name}{requirement.specifier}'"
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return wrong, name, f"missing ({command})"
    if requirement.specifier.contains(version, prereleases=True):
        return "ok", name, version
    return wrong, name, f"{version}, but {requirement.specifier} is needed ({command})"


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
