"""Tables for spreadsheets and databases, in which no cell is a formula."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from dlp_keras.files import write_atomically

Row = list[str | float]

_FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠])")
_SPACE = ("\t", "\r", "\n")


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a table as CSV in UTF-8, completely or not at all.

    What a spreadsheet would take for a formula gets an apostrophe in front, also within a text, where one
    that cuts at semicolons or tabs would begin a cell.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([_no_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    write_atomically(path, file.getvalue().encode("utf-8", "replace"))


def _no_formula(text: str) -> str:
    if len(text) == 1:
        return text
    safe = _FORMULA.sub(r"\1'", text)
    return f"'{safe}" if safe.startswith(_SPACE) else safe
