"""The cells of a Jupytext percent script."""

import re
from dataclasses import dataclass

COMMENTARY = '# %% [markdown] tags=["solution"]'
"""The first line of a cell that only the solution has."""

_START = re.compile(r"^# %%.*\n", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    first_line : str
        Such as ``# %% [markdown]``; empty for what stands before the first cell.
    body : str
        What follows, as it stands in the file.
    """

    first_line: str
    body: str

    @property
    def is_markdown(self) -> bool:
        """Whether the cell holds text."""
        return "[markdown]" in self.first_line

    @property
    def markdown(self) -> str:
        """The text without its comment signs."""
        return "\n".join(line.removeprefix("#").removeprefix(" ") for line in self.body.splitlines())

    @property
    def is_commentary(self) -> bool:
        """Whether the cell belongs to the solution only."""
        return self.first_line.rstrip() == COMMENTARY


def split_cells(script: str) -> list[Cell]:
    """Cut a script into its cells; joined again they are the script."""
    starts = list(_START.finditer(script))
    ends = [start.start() for start in starts[1:]] + [len(script)]
    cells = [Cell(m[0], script[m.end() : end]) for m, end in zip(starts, ends, strict=True)]
    before = script[: starts[0].start()] if starts else script
    return [Cell("", before), *cells] if before else cells


def join_cells(cells: list[Cell]) -> str:
    """Put a script together again."""
    return "".join(cell.first_line + cell.body for cell in cells)
