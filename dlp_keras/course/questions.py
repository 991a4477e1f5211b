"""Questions and predictions of a solution: their letters, and the options that students choose from."""

import ast
import re
from collections import Counter
from collections.abc import Iterable

from dlp_keras.course import CourseError
from dlp_keras.course.cells import split_cells
from dlp_keras.course.source import Source

_OPTION = re.compile(r"^- \*\*(?P<letter>[a-z])\*\* (?P<text>.*(?:\n  .*)*)", re.MULTILINE)
_SHORT = 30  # characters up to which the length of an option gives nothing away
_LARGEST_SHARE = 0.45
_ENOUGH = 12  # questions from which on the shares of letters are compared


def read_choices(source: Source, name: str) -> dict[str, str]:
    """Return the letters that a solution puts into a dictionary, ``ANSWERS`` or ``PREDICTIONS``."""
    found: dict[str, str] = {}
    for block in source.blocks:
        if name not in block.solution:
            continue
        for node in ast.walk(ast.parse(block.solution)):
            if isinstance(node, ast.Assign):
                found |= _read_assignment(node, name)
    return found


def check_questions(source: Source) -> None:
    """Raise `CourseError` where questions are too few, or the length of an option gives the answer away."""
    answers, predictions = (read_choices(source, name) for name in ("ANSWERS", "PREDICTIONS"))
    if len(answers) < 2 or not predictions:
        found = f"{len(answers)} in `ANSWERS` and {len(predictions)} in `PREDICTIONS`"
        raise CourseError(f"{source.name} asks {found}. Ask two questions and one prediction at least.")
    for options in _option_lists(source.text):
        lengths = {letter: len(" ".join(text.split())) for letter, text in options}
        if max(lengths.values()) > max(_SHORT, 1.5 * min(lengths.values())):
            found = ", ".join(f"{letter} {length}" for letter, length in lengths.items())
            raise CourseError(
                f"{source.name}: the options {options[0][1][:40]!r} … have the lengths {found}. "
                "The shortest must have two thirds of the longest."
            )


def check_letters(sources: Iterable[Source]) -> None:
    """Raise `CourseError` if one letter is right too often in the whole course."""
    letters = Counter(letter for source in sources for letter in read_choices(source, "ANSWERS").values())
    if (total := letters.total()) < _ENOUGH:
        return
    letter, most = letters.most_common(1)[0]
    if most > _LARGEST_SHARE * total:
        raise CourseError(f"The answer to {most} of {total} questions is {letter}. Change the order of some.")


def _option_lists(text: str) -> list[list[tuple[str, str]]]:
    """Return the lists of options in a script, each with its letters and texts."""
    lists: list[list[tuple[str, str]]] = []
    for cell in split_cells(text):
        for match in _OPTION.finditer(cell.markdown) if cell.is_markdown else ():
            if match["letter"] == "a" or not lists:
                lists.append([])
            lists[-1].append((match["letter"], match["text"]))
    return lists


def _read_assignment(node: ast.Assign, name: str) -> dict[str, str]:
    target = node.targets[0]
    if isinstance(target, ast.Name) and target.id == name:
        return dict(ast.literal_eval(node.value))
    if isinstance(target, ast.Subscript) and ast.unparse(target.value) == name:
        return {ast.literal_eval(target.slice): ast.literal_eval(node.value)}
    return {}
