"""Functions of the reference that a student's process gets for earlier tasks: these alone, as source."""

import ast
from dataclasses import dataclass
from functools import lru_cache

from dlp_keras.course.source import parse_source
from dlp_keras.runner.codec import Expression
from dlp_keras.runner.definitions import find_closure


@dataclass(frozen=True)
class Given:
    """A function of the reference, and which tasks it solves.

    Attributes
    ----------
    expression : Expression
    tasks : frozenset of str
    """

    expression: Expression
    tasks: frozenset[str]


@lru_cache(maxsize=256)
def take_from_solution(solution: str, name: str) -> Given:
    """Return a function with all that it needs.

    Parameters
    ----------
    solution
        The text of the solution.
    name
        Of a function, class or value that it defines.

    Raises
    ------
    KeyError
        If the solution does not define it.
    """
    statements = find_closure(solution, name)
    blocks = {
        solution.count("\n", 0, block.start) + 1: block for block in parse_source(solution, name).blocks
    }
    tasks = {
        block.task
        for line, block in blocks.items()
        if any(s.lineno <= line <= (s.end_lineno or 0) for s in statements)
    }
    source = "\n".join([*map(ast.unparse, statements), name])
    return Given(Expression(source), frozenset(tasks))
