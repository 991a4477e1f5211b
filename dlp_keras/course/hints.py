"""What hints may say: the way to a solution, not the solution."""

import ast
import io
import re
import textwrap
import tokenize

from dlp_keras.course import CourseError
from dlp_keras.course.source import Block, Source

_SPAN = re.compile(r"`([^`]+)`")
_LARGEST_SHARE = 0.6
_MOST_HINTS = 3
_RUN = 3  # tokens in a row that are a piece of code and not a name
_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def check_hints(source: Source) -> None:
    """Raise `CourseError` where the hints to a task are too many, or hand over its solution."""
    for block in source.blocks:
        where = f"{source.name}, task {block.task}"
        if len(block.hints) > _MOST_HINTS:
            raise CourseError(f"{where}: {len(block.hints)} hints. At most {_MOST_HINTS} are expected.")
        if block.stub:  # an answer, or a dictionary to fill
            continue
        spans = [span for text in (block.text, *block.hints) for span in _SPAN.findall(text)]
        if (share := covered_share(block.solution, spans)) > _LARGEST_SHARE:
            raise CourseError(
                f"{where}: the code in text and hints is {share:.0%} of the solution. "
                f"At most {_LARGEST_SHARE:.0%} may be: replace arguments by `…`."
            )
        if call := _given_call(block, spans):
            raise CourseError(f"{where}: a hint gives all arguments of `{call}`. Replace some by `…`.")


def covered_share(solution: str, spans: list[str]) -> float:
    """Return the share of a solution's tokens that stand, three or more in a row, in pieces of code."""
    tokens = _tokens(solution)
    pieces = [_tokens(span) for span in spans]
    covered: set[int] = set()
    for start in range(len(tokens) - _RUN + 1):
        run = tokens[start : start + _RUN]
        if any(run == piece[i : i + _RUN] for piece in pieces for i in range(len(piece) - _RUN + 1)):
            covered.update(range(start, start + _RUN))
    return len(covered) / max(1, len(tokens))


def _given_call(block: Block, spans: list[str]) -> str:
    """Return a call of the solution with two arguments or more that a piece of code has as a whole."""
    wanted = {ast.dump(call) for call in _calls(textwrap.dedent(block.solution))}
    given = (call for span in spans for call in _calls(span))
    return next((ast.unparse(call) for call in given if ast.dump(call) in wanted), "")


def _calls(code: str) -> list[ast.Call]:
    try:
        nodes = ast.walk(ast.parse(code))
    except SyntaxError:  # a piece with `…` is not Python
        return []
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return [call for call in calls if len(call.args) + len(call.keywords) > 1]


def _tokens(code: str) -> list[str]:
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(textwrap.dedent(code)).readline):
            if token.type not in _SILENT:
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass  # an open bracket at the end: what came before it counts
    return found
