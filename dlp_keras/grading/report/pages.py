"""Pages of one file each: nothing is loaded from elsewhere, and what students wrote stays plain text."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from dlp_keras.marking.render import one_line, printable

_HERE = Path(__file__).parent
_CODE = re.compile(r"`([^`\n]+)`")
_LONGEST_NAME = 200


def render(template: str, **values: Any) -> bytes:
    """Return a page as bytes in UTF-8.

    Parameters
    ----------
    template
        The name of a file of this folder.
    **values
        What it shows; texts are escaped, and characters that cannot be printed left out.
    """
    style, script = _read("style.css"), _read("sort_tables.js")
    page = _environment().get_template(template)
    text = page.render(
        style=style, script=script, hashes={"style": _csp(style), "script": _csp(script)}, **values
    )
    return f"{text.strip()}\n".encode("utf-8", "replace")


def show_name(student: str) -> str:
    """Return a student's name as one line that is never empty."""
    return one_line(student, _LONGEST_NAME) or "(no name)"


def show_points(points: float) -> str:
    """Write points with at most two digits after the point."""
    return f"{round(points, 2):g}"


def show_share(share: float) -> str:
    """Write a share in per cent."""
    return f"{share:.0%}".replace("%", " %")  # a narrow space that does not break


def show_code(text: str) -> Markup:
    """Return a text in which what stands between backticks is set as code."""
    parts = _CODE.split(_plain(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        finalize=_finalize,
        loader=FileSystemLoader(_HERE),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    shown = {"name": show_name, "points": show_points, "share": show_share, "code": show_code}
    environment.filters.update(shown)
    return environment


def _finalize(value: Any) -> Any:
    return _plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _plain(text: str) -> str:
    return text if text.isprintable() else printable(text)


@cache
def _read(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - a file of this folder


def _csp(text: str) -> str:
    """Return what the Content-Security-Policy knows an inline style or script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
