"""Near-identical submissions, found by winnowing the tokens of their code.

S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: local algorithms for document fingerprinting",
SIGMOD 2003, doi 10.1145/872757.872770. Submitted code is read as text here, and never loaded.
"""

import builtins
import functools
import hashlib
import json
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, triu

from dlp_keras.course.catalog import content_folder
from dlp_keras.grading.records import Record

K_GRAM = 8
"""Tokens of a fingerprint."""
WINDOW = 4
"""Fingerprints in a row of which one at least is kept: copies of 11 tokens are always seen."""
LONGEST = 200_000
"""Characters of code that are looked at: the longest solution has a tenth of it."""
MOST_FINGERPRINTS = 2_000
"""The smallest of a file that has more: the same ones in its copy."""
LEAST_FINGERPRINTS = 20
"""With fewer of its own an answer is too short to say whose it is."""
LEAST_SHARE = 0.6
"""Of common fingerprints, from which on two submissions are a pair."""
MOST_OWNERS = 10
"""What more students than these have, and more than a quarter of the class, is common ground."""

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]*+ | ^[ \t]*+[%!][^\n]*+ )
  | (?P<string> (?i:[bfru]{0,2})
        (?: \"{3}(?:[^"\\]|\\.?|"(?!""))*+(?:\"{3})?+ | '{3}(?:[^'\\]|\\.?|'(?!''))*+(?:'{3})?+
          | "(?:[^"\\\n]|\\.?)*+"?+ | '(?:[^'\\\n]|\\.?)*+'?+ ) )
  | (?P<number> \.?\d[\w.]*+ )
  | (?P<name> [^\W\d]\w*+ )
  | (?P<newline> \n )
  | (?P<operator> \*\*=? | //=? | <<=? | >>=? | -> | [-+*/%@&|^=!<>:]= | [^\s\\;] )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_KEPT_NAMES = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_STRING = '""'
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True)
class Pair:
    """Two submissions with much in common.

    Attributes
    ----------
    exercise : str
    students : tuple of str
        Two names.
    common : int
        Fingerprints that both have.
    share : float
        The part of the smaller one's fingerprints that the other one has too, up to 1.
    """

    exercise: str
    students: tuple[str, str]
    common: int
    share: float


def read_tokens(code: str) -> list[str]:
    """Return the tokens of Python code, whatever is wrong with it.

    Comments, docstrings, layout, magics and the names that students choose leave no trace; keywords, built-in
    names, names after a dot and numbers stay.
    """
    tokens: list[str] = []
    depth, is_line_start, string_alone = 0, True, False
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup, match[0]
        if kind == "comment":
            continue
        if kind == "newline":
            if string_alone and depth == 0:
                tokens.pop()  # a docstring
            is_line_start, string_alone = depth == 0, False
            continue
        string_alone = kind == "string" and (is_line_start or string_alone)
        is_line_start = False
        depth = max(0, depth + (text in _OPEN) - (text in _CLOSE))
        last = tokens[-1] if tokens else ""
        token = _normalise(kind, text, last == ".")
        if text in _CLOSE and last == ",":
            tokens.pop()
        if token != _STRING or last != _STRING:  # strings in a row are one
            tokens.append(token)
    return tokens[:-1] if string_alone else tokens


def take_fingerprints(data: bytes, suffix: str, exercise: str) -> list[int]:
    """Return the fingerprints of what a student wrote, in ascending order.

    What the exercise gives leaves none, and what the solution says neither: short right answers are alike.

    Parameters
    ----------
    data
        A script or notebook, whatever is wrong with it.
    suffix
        ``".py"`` or ``".ipynb"``.
    exercise
        Its whole name.
    """
    grams = _grams(read_tokens(_read_code(data, suffix)))
    return sorted(_winnow(grams) - _given(exercise))[:MOST_FINGERPRINTS]


def find_pairs(records: Sequence[Record]) -> list[Pair]:
    """Return the pairs of students with near-identical code in one exercise, the most alike first."""
    by_exercise: dict[str, dict[str, frozenset[int]]] = defaultdict(dict)
    for record in records:
        by_exercise[record.exercise][record.student] = frozenset(record.code_fingerprints or ())
    pairs = [pair for exercise, prints in by_exercise.items() for pair in _compare(exercise, prints)]
    return sorted(pairs, key=lambda pair: (-pair.share, -pair.common, pair.exercise, pair.students))


def _compare(exercise: str, prints: dict[str, frozenset[int]]) -> Iterator[Pair]:
    names = sorted(prints)
    owners = Counter(number for own in prints.values() for number in own)
    most = max(MOST_OWNERS, len(names) // 4)
    columns = {number: column for column, number in enumerate(n for n in owners if owners[n] <= most)}
    places = [(row, columns[n]) for row, name in enumerate(names) for n in prints[name] if n in columns]
    if not places:
        return
    has = csr_array((np.ones(len(places), int), np.transpose(places)), shape=(len(names), len(columns)))
    sizes, common = has.sum(axis=1), triu(has @ has.T, k=1).tocoo()
    for row, column, n_common in zip(common.row, common.col, common.data, strict=True):
        smaller = min(sizes[row], sizes[column])
        if smaller >= LEAST_FINGERPRINTS and n_common >= LEAST_SHARE * smaller:
            yield Pair(exercise, (names[row], names[column]), int(n_common), float(n_common / smaller))


def _normalise(kind: str | None, text: str, after_dot: bool) -> str:
    if kind == "string":
        return _STRING
    return "name" if kind == "name" and not after_dot and text not in _KEPT_NAMES else text


def _grams(tokens: list[str]) -> list[int]:
    """Return a hash of each `K_GRAM` tokens in a row."""
    pieces = ("\0".join(tokens[i : i + K_GRAM]) for i in range(len(tokens) - K_GRAM + 1))
    return [
        int.from_bytes(hashlib.blake2b(piece.encode("utf-8", "replace"), digest_size=6).digest(), "big")
        for piece in pieces
    ]


def _winnow(grams: list[int]) -> set[int]:
    """Return the smallest hash of each window."""
    return {min(grams[i : i + WINDOW]) for i in range(max(1, len(grams) - WINDOW + 1)) if grams}


@functools.cache
def _given(exercise: str) -> frozenset[int]:
    """Return the hashes of what all students of an exercise may have."""
    top = content_folder()
    scripts = [top / folder / f"{exercise}.py" for folder in ("exercises", "solutions")]
    files = [file for file in (*scripts, top / "notebooks" / f"{exercise}.ipynb") if file.is_file()]
    codes = (_read_code(file.read_bytes(), file.suffix) for file in files)
    return frozenset(number for code in codes for number in _grams(read_tokens(code)))


def _read_code(data: bytes, suffix: str) -> str:
    """Return the code of a script, or of a notebook's cells; of what is neither, nothing."""
    text = data.decode("utf-8-sig", "replace")
    if suffix != ".ipynb":
        return _unify(text[:LONGEST])
    try:
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        return _unify("\n".join("".join(cell["source"])[:LONGEST] for cell in cells)[:LONGEST])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def _unify(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
