"""Copies are found whatever is renamed or moved in them; what students wrote on their own is not flagged."""

import ast
import builtins
import json

import pytest

from dlp_keras.grading.records import Record
from dlp_keras.grading.similarity import (
    LEAST_FINGERPRINTS,
    MOST_FINGERPRINTS,
    MOST_OWNERS,
    find_pairs,
    read_tokens,
    take_fingerprints,
)
from tests.marking.test_alternatives import read_alternatives

EX01 = "ex01_linear_regression"
ALTERNATIVES = [case.values for case in read_alternatives()]
EXERCISES = sorted({exercise for exercise, _ in ALTERNATIVES})


@pytest.fixture
def fingerprints_of():
    def take(exercise, text, kind=".py"):
        return take_fingerprints(text if isinstance(text, bytes) else text.encode(), kind, exercise)

    return take


class Renamed(ast.NodeTransformer):
    """Gives all names that are a student's to choose another one."""

    def visit_Name(self, node):
        return ast.Name(node.id if hasattr(builtins, node.id) else f"my_{node.id}", node.ctx)

    def visit_arg(self, node):
        return ast.arg(f"my_{node.arg}")


def disguise(code):
    """Return a copy with other names, layout, comments and docstrings, its statements the other way round."""
    tree = Renamed().visit(ast.parse(code))
    statements = [ast.unparse(ast.fix_missing_locations(node)) for node in reversed(tree.body)]
    return "\n\n# all my own work\n".join(statements).replace("\n    ", "  # so\n        ")


def pair_up(exercise, prints):
    return find_pairs(
        [Record(name, exercise, 0, 1, "marked", code_fingerprints=p) for name, p in prints.items()]
    )


@pytest.mark.parametrize(("exercise", "code"), ALTERNATIVES)
def test_a_disguised_copy_is_found(exercise, code, fingerprints_of, solution_text):
    solution = solution_text(exercise)
    prints = {
        "alice": fingerprints_of(exercise, f"{solution}\n\n{code}"),
        "bob": fingerprints_of(exercise, f"{disguise(code)}\n\n{solution}"),
    }
    assert [pair.students for pair in pair_up(exercise, prints)] == [("alice", "bob")]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_answers_of_their_own_are_not_flagged(exercise, fingerprints_of, solution_text):
    solution = solution_text(exercise)
    codes = [code for other, code in ALTERNATIVES if other == exercise]
    prints = {f"{n}": fingerprints_of(exercise, f"{solution}\n\n{code}") for n, code in enumerate(codes)}
    assert len(prints) > 1
    assert pair_up(exercise, prints) == []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_what_the_course_gives_or_says_leaves_nothing(exercise, checkout, fingerprints_of, solution_text):
    stub = (checkout / "exercises" / f"{exercise}.py").read_bytes()
    notebook = (checkout / "notebooks" / f"{exercise}.ipynb").read_bytes()
    assert fingerprints_of(exercise, solution_text(exercise)) == []
    assert fingerprints_of(exercise, stub) == []
    assert fingerprints_of(exercise, notebook, ".ipynb") == []


def test_a_notebook_counts_as_a_script(fingerprints_of):
    functions = ALTERNATIVES[0][1].strip().split("\n\n\n")
    cells = [{"cell_type": "code", "source": text.splitlines(keepends=True)} for text in functions]
    cells.insert(1, {"cell_type": "markdown", "source": ["def not_code(): pass"]})
    notebook = json.dumps({"cells": cells, "nbformat": 4})
    script = fingerprints_of(EX01, "\n\n\n".join(functions))
    assert fingerprints_of(EX01, notebook, ".ipynb") == script
    assert len(script) >= LEAST_FINGERPRINTS


CODE = 'def f(x, y):\n    total = sum(x.mean(axis=0), y)\n    return {"a": total + 0.5, "b": [x, y]}\n'


@pytest.mark.parametrize(
    "same",
    [
        CODE.replace("total", "s").replace("x", "vector").replace("def f", "def g"),
        CODE.replace("\n", "  # why\n"),
        CODE.replace("    total", '    """What it does.\n\n    More."""\n    total', 1),
        CODE.replace("    total", "    r'one line'\n    total", 1),
        f'"""A file."""\n{CODE}\n"""The end."""',
        CODE.replace("[x, y]", "[\n  x,\n\n  y,\n  ]"),
        CODE.replace("\n    return", "; return"),
        CODE.replace('"a"', "'other'").replace('"b"', "f'{x}' 'joined'"),
        CODE.replace("\n", "\r\n"),
        f"%matplotlib inline\n!ls\n{CODE}",
    ],
)
def test_names_comments_docstrings_and_layout_leave_no_trace(same, fingerprints_of):
    assert read_tokens(same.replace("\r\n", "\n")) == read_tokens(CODE)
    assert fingerprints_of(EX01, same) == fingerprints_of(EX01, CODE) != []


@pytest.mark.parametrize(
    "other", [CODE.replace("mean", "std"), CODE.replace("+", "*"), CODE.replace("sum", "max")]
)
def test_what_is_done_leaves_a_trace(other):
    assert read_tokens(other) != read_tokens(CODE)


@pytest.mark.parametrize(
    "hostile",
    [b"", b"\0" * 1000, b"\xff\xfe\x00d" * 1000, "naïve = 'Größe'\n".encode("latin-1"), b"(" * 10**6]
    + [text * 10**6 for text in (b'"', b"'''", b"\\", b"\n", b"!\n", b"a.", b"f'{", b" \t", b"x = 1;")],
)
@pytest.mark.parametrize("kind", [".py", ".ipynb"])
def test_what_is_broken_or_endless_is_read_in_bounds(hostile, kind, fingerprints_of):
    found = fingerprints_of(EX01, hostile, kind)
    assert len(found) <= MOST_FINGERPRINTS
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    "notebook",
    [
        "[" * 10**5,
        "[]",
        "{}",
        '{"cells": 1}',
        '{"cells": [{"cell_type": "code", "source": [1, null]}]}',
        "null",
    ],
)
def test_what_is_no_notebook_has_no_fingerprints(notebook, fingerprints_of):
    assert fingerprints_of(EX01, notebook, ".ipynb") == []


def test_half_a_surrogate_in_a_notebook_is_read(fingerprints_of):
    source = r"a.\ud800 = [" + "1, 2, 3, " * 10
    notebook = '{"cells": [{"cell_type": "code", "source": "' + source + '"}]}'
    assert fingerprints_of(EX01, notebook, ".ipynb") != []


def test_code_is_never_run(fingerprints_of, tmp_path):
    target = tmp_path / "was_here"
    assert fingerprints_of(
        EX01, f"from pathlib import Path\nPath({str(target)!r}).touch()\nraise SystemExit\n"
    )
    assert not target.exists()


def test_too_little_is_not_compared():
    few = list(range(LEAST_FINGERPRINTS - 1))
    assert pair_up(EX01, {"alice": few, "bob": few}) == []
    assert pair_up(EX01, {"alice": [*few, 99], "bob": [*few, 99]}) != []


def test_the_share_is_that_of_the_shorter_one():
    (pair,) = pair_up(EX01, {"bob": list(range(40)), "alice": list(range(8, 200))})
    assert (pair.students, pair.common, pair.share) == (("alice", "bob"), 32, 32 / 40)


def test_what_many_have_is_common_ground():
    everybodys = list(range(50))
    alone = {f"{n}": everybodys for n in range(MOST_OWNERS + 1)}
    assert pair_up(EX01, alone) == []
    own = list(range(1000, 1030))
    (pair,) = pair_up(EX01, {**alone, "0": everybodys + own, "1": everybodys + own})
    assert pair.common == len(own)


def test_exercises_and_records_without_code_stay_apart():
    prints = list(range(50))
    records = [
        Record("alice", EX01, 0, 1, "marked", code_fingerprints=prints),
        Record("bob", "ex02_activations", 0, 1, "marked", code_fingerprints=prints),
        Record("carol", EX01, 0, 1, "missing"),
    ]
    assert find_pairs(records) == []
