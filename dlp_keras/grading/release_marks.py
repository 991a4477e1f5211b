"""The marks that students may read: those that show no answer, with the helpers these need."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dlp_keras.grading.release_check import Secrets

_CHOICES = re.compile(r"\b(?:ANSWERS|PREDICTIONS)\b")
_CROWDED = re.compile(r"^((?:import|from) .*\n)(?=[A-Z])", re.MULTILINE)
"""Where the first constant was left out, and with it the empty line."""
_NOTE = "\n# Marks that show an answer are left out here; `dlp check` has them all.\n"


@dataclass(frozen=True)
class _Part:
    """A statement at the top of a file, with the comment before it.

    Attributes
    ----------
    text : str
    defines, uses : frozenset of str
        Names.
    """

    text: str
    defines: frozenset[str]
    uses: frozenset[str]

    @property
    def is_mark(self) -> bool:
        """Whether pytest takes it for a test."""
        return any(name.startswith("test_") for name in self.defines)


def make_public(marks: str, secrets: Secrets) -> str:
    """Return the marks of a file that show no answer.

    Those of questions are left out, and those that work out what they expect in the words of the solution.

    Parameters
    ----------
    marks
        The text of the file; it begins with a docstring.
    secrets

    Returns
    -------
    str
        Empty if no mark is left.
    """
    parts = list(_split(marks))
    by_name = {name: part for part in parts for name in part.defines}
    shown: set[_Part] = set()
    for part in parts:
        needed = _find_needed(part, by_name) if part.is_mark else set()
        if needed and not any(_CHOICES.search(p.text) or secrets.find(p.text) for p in needed):
            shown |= needed
    if not shown:
        return ""
    kept = [part for part in parts if part in shown or not part.defines]
    text = "".join([kept[0].text, _NOTE, *(part.text for part in kept[1:])])
    return _CROWDED.sub(r"\1\n", text)


def _split(text: str) -> Iterator[_Part]:
    lines, begin = text.splitlines(keepends=True), 0
    for node in ast.parse(text).body:
        end = node.end_lineno or begin
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        fixtures = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        yield _Part("".join(lines[begin:end]), frozenset(_names(node)), frozenset(used | fixtures))
        begin = end


def _names(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines, but for those of imports."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else []
    yield from (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))


def _find_needed(part: _Part, by_name: Mapping[str, _Part]) -> set[_Part]:
    """Return a part and all that it uses, directly or not."""
    found, open_parts = {part}, [part]
    while open_parts:
        used = {by_name[name] for name in open_parts.pop().uses if name in by_name}
        open_parts += used - found
        found |= used
    return found
