"""What marks do, step by step, for the lecturer who replays them; nothing is kept unless somebody records."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dlp_keras.runner.codec import HistoryRecord


@dataclass(frozen=True)
class Step:
    """A call of the student's or the reference's code, or a value that a mark expects.

    Attributes
    ----------
    kind : {"call", "expected"}
    text : str
        The call with its arguments, or the expected value.
    answer : str
        What the call returned, or its error.
    role : str
        Whose code was called: ``"submission"`` or ``"reference"``.
    seconds : float
    """

    kind: Literal["call", "expected"]
    text: str
    answer: str = ""
    role: str = ""
    seconds: float = 0.0


_steps: ContextVar[list[Step] | None] = ContextVar("steps", default=None)


@contextlib.contextmanager
def recording() -> Iterator[list[Step]]:
    """Keep all steps in the list that this yields; whoever reads it may empty it."""
    steps: list[Step] = []
    token = _steps.set(steps)
    try:
        yield steps
    finally:
        _steps.reset(token)


def is_recording() -> bool:
    """Tell whether steps are kept, so that texts for them are worth their time."""
    return _steps.get() is not None


def note(step: Step) -> None:
    """Keep a step, if somebody records."""
    if (steps := _steps.get()) is not None:
        steps.append(step)


def note_expected(value: Any) -> None:
    """Keep a value, or a sentence, that a mark expects."""
    if is_recording():
        note(Step("expected", value if isinstance(value, str) else value_text(value)))


def call_text(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Write a call with its values, of large arrays the corners and the shape."""
    parts = [value_text(value) for value in args]
    parts += [f"{key}={value_text(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def value_text(value: Any) -> str:
    """Write a plain value in full where it is short, else its beginning, and its end where it is an array."""
    if isinstance(value, np.ndarray):
        numbers = np.array2string(value, precision=6, separator=", ", threshold=20, edgeitems=2)
        return f"array({' '.join(numbers.split())}, shape {value.shape}, {value.dtype})"
    if isinstance(value, np.generic):
        return str(value)
    if isinstance(value, HistoryRecord):
        return f"History({value_text(value.history)})"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(value_text, value[:8])) + ", …" * (len(value) > 8)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, dict):
        inside = ", ".join(f"{key!r}: {value_text(item)}" for key, item in list(value.items())[:8])
        return f"{{{inside}{', …' * (len(value) > 8)}}}"
    source = getattr(value, "source", None)  # an `Expression`
    if isinstance(source, str):
        return source
    text = (
        repr(value) if isinstance(value, (str, int, float, bool, type(None))) else f"<{type(value).__name__}>"
    )
    return text if len(text) <= 500 else f"{text[:500]}…"
