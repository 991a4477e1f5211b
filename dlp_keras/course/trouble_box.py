"""The box "If something looks wrong": what a student sees, what it usually is, and the mistake behind it."""

import re
from collections.abc import Iterable
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.cells import Cell, split_cells
from dlp_keras.course.source import Source

TITLE = "## If something looks wrong"
_COMMENT = re.compile(r"(?:\n#)?\s*<!-- mistake: (?P<title>.*?) -->")
_LINE = re.compile(r"^- .*(?:\n  .*)*", re.MULTILINE)


def is_trouble_box(cell: Cell) -> bool:
    """Whether a cell is the box."""
    return cell.is_markdown and cell.markdown.startswith(TITLE)


def read_mistakes(path: Path) -> list[str]:
    """Return the titles of the wrong answers in a file of ``tests/mistakes``."""
    cells = split_cells(path.read_text(encoding="utf-8")) if path.is_file() else []
    return [cell.first_line.removeprefix("# %% ").rstrip() for cell in cells if cell.first_line]


def check_trouble_box(source: Source, mistakes: Iterable[str]) -> None:
    """Raise `CourseError` unless there is one box, with 3 to 5 lines that each name a marked mistake."""
    boxes = [cell.markdown for cell in split_cells(source.text) if is_trouble_box(cell)]
    if len(boxes) != 1:
        raise CourseError(f"{source.name} has {len(boxes)} cells `{TITLE}`. One is expected.")
    lines = _LINE.findall(boxes[0])
    if not 3 <= len(lines) <= 5:
        raise CourseError(f"{source.name}: the box `{TITLE}` has {len(lines)} lines. 3 to 5 are expected.")
    for line in lines:
        match = _COMMENT.search(line)
        if match is None or match["title"] not in set(mistakes):
            raise CourseError(
                f"{source.name}: {line[:50]!r} … names no case of tests/mistakes/{source.name}.py. "
                "End the line with `<!-- mistake: its title -->`."
            )


def strip_comments(script: str) -> str:
    """Return a script without the names of the mistakes."""
    return _COMMENT.sub("", script)


def fold(markdown: str) -> str:
    """Return the text of the box for a notebook, folded away until somebody needs it."""
    lines = markdown.removeprefix(TITLE).strip()
    return f"<details>\n<summary><b>{TITLE.removeprefix('## ')}</b></summary>\n\n{lines}\n\n</details>"
