"""The format of a solution file, read once: its header, and the blocks that students write themselves.

A solution is a Jupytext percent script. It begins with a header in TOML. A block is made of ``# TASK 2: …``,
which tells what to do, ``# HINT 2: …`` lines, which help, and the solution between ``# BEGIN SOLUTION`` and
``# END SOLUTION``; an optional line ``# STUB: …`` says what stands there instead of a `NotImplementedError`.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.cells import join_cells, split_cells
from dlp_keras.course.header import PATTERN as HEADER
from dlp_keras.course.header import Header, read_header

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
_MORE = r"(?:[ \t]*#  [^\n]*\n)*"  # a comment goes on after three spaces
_HINT = re.compile(rf"^[ \t]*# HINT (?P<task>\d+): (?P<text>[^\n]*\n{_MORE})", re.MULTILINE)
_BLOCK = re.compile(
    rf"^(?P<indent>[ \t]*)# TASK (?P<task>\d+): (?P<text>[^\n]*\n{_MORE})"
    rf"(?P<hints>(?:[ \t]*# HINT [^\n]*\n{_MORE})*)"
    r"(?P<stub>(?:[ \t]*# STUB: [^\n]*\n)*)"
    r"[ \t]*# BEGIN SOLUTION\n(?P<solution>.*?)[ \t]*# END SOLUTION\n",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """What a student writes in one place; a task has one or more.

    Attributes
    ----------
    task : str
        The number of the task.
    text : str
        What to do, with the formula and the shape.
    hints : tuple of str
        From a nudge to nearly the answer.
    stub : tuple of str
        Lines that students get instead of a `NotImplementedError`.
    solution, indent : str
    start, end : int
        Where the block lies in the text of its file.
    """

    task: str
    text: str
    hints: tuple[str, ...]
    stub: tuple[str, ...]
    solution: str
    indent: str
    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """A solution file and what it says.

    Attributes
    ----------
    name : str
        The module's name, such as ``ex01_linear_regression``.
    text : str
        The whole file.
    header : Header
    blocks : tuple of Block
    """

    name: str
    text: str
    header: Header
    blocks: tuple[Block, ...]

    @property
    def tasks(self) -> dict[str, list[Block]]:
        """The blocks of each task, in the order of the tasks."""
        numbers = sorted({block.task for block in self.blocks}, key=int)
        return {number: [block for block in self.blocks if block.task == number] for number in numbers}

    @property
    def tasks_by_cell(self) -> dict[int, list[str]]:
        """The tasks whose last block lies in a cell, by the number of the cell in the script, from 0."""
        found: dict[int, list[str]] = {}
        for number, blocks in self.tasks.items():
            before = split_cells(self.text[: blocks[-1].start])
            cell = sum(bool(c.first_line) and not c.is_commentary for c in before) - 1
            found.setdefault(cell, []).append(number)
        return found

    def replace_blocks(self, write: Callable[[Block], str]) -> str:
        """Return the file without its header, with ``write(block)`` in the place of each block."""
        parts, end = [], 0
        for block in self.blocks:
            parts += [self.text[end : block.start], write(block)]
            end = block.end
        return HEADER.sub("", "".join([*parts, self.text[end:]]), count=1).lstrip("\n")


def read_source(path: Path) -> Source:
    """Read a solution file; raise `CourseError` if its header is missing or wrong."""
    return parse_source(path.read_text(encoding="utf-8"), path.stem)


def parse_source(text: str, name: str) -> Source:
    """Read the text of a solution; raise `CourseError` if its header is missing or wrong."""
    blocks = tuple(_read_block(match) for match in _BLOCK.finditer(text))
    return Source(name, text, read_header(text, name), blocks)


def drop_commentary(script: str) -> str:
    """Return a script without the cells that only the solution has."""
    return join_cells([cell for cell in split_cells(script) if not cell.is_commentary])


def check_markers(source: Source) -> None:
    """Raise `CourseError` for a marker that is mistyped, unpaired or without its task."""
    name, depth = source.name, 0
    for number, line in enumerate(source.text.splitlines(), 1):
        text = line.strip()
        near = difflib.get_close_matches(re.sub(r"^#+\s*", "# ", text).upper(), [BEGIN, END], 1, 0.8)
        if near and text not in (BEGIN, END):
            raise CourseError(f"{name}, line {number}: {text!r} is not a marker. Write `{near[0]}`.")
        depth += (text == BEGIN) - (text == END)
        if depth not in (0, 1):
            raise CourseError(f"{name}, line {number}: {text!r} has no partner.")
    if depth:
        raise CourseError(f"{name}: the last `{BEGIN}` has no `{END}`.")
    if source.text.count(BEGIN) != len(source.blocks):
        raise CourseError(f"{name}: a `{BEGIN}` has no `# TASK n: …` in front of it.")
    if len(_HINT.findall(source.text)) != sum(len(block.hints) for block in source.blocks):
        raise CourseError(f"{name}: a `# HINT n: …` does not follow the `# TASK n: …` that it helps with.")


def _read_block(match: re.Match[str]) -> Block:
    hints = [hint for hint in _HINT.finditer(match["hints"]) if hint["task"] == match["task"]]
    return Block(
        task=match["task"],
        text=_unfold(match["text"]),
        hints=tuple(_unfold(hint["text"]) for hint in hints),
        stub=tuple(line.strip().removeprefix("# STUB: ") for line in match["stub"].splitlines()),
        solution=match["solution"],
        indent=match["indent"],
        start=match.start(),
        end=match.end(),
    )


def _unfold(comment: str) -> str:
    """Join the lines of a comment."""
    return " ".join(line.strip().removeprefix("#").strip() for line in comment.splitlines())
