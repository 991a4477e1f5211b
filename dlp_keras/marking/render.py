"""Calls and values in a few words, for messages to students."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlp_keras.runner.codec import Expression, ModelHandle, Opaque

_ESCAPE_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|.)?")


def printable(text: str) -> str:
    """Return a student's text without what could move the cursor or colour the screen."""
    plain = _ESCAPE_SEQUENCE.sub("", text)
    return "".join(c for c in plain if c.isprintable() or c in "\n\t")


def one_line(text: str, length: int = 300) -> str:
    """Return the beginning of a student's text as one line, for a message in which it is quoted."""
    return " ".join(printable(text[: 4 * length]).split())[:length]


@dataclass(frozen=True)
class Call:
    """A call whose text is what a student would write, with large values by their shape.

    It is written when it is asked for: of thousands of calls a message quotes one.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __str__(self) -> str:
        parts = [render(value) for value in self.args]
        parts += [f"{key}={render(value)}" for key, value in self.kwargs.items()]
        return f"{self.name}({', '.join(parts)})"


def render(value: Any) -> str:
    """Write a value in a few words: short ones in full, arrays by shape, models by name."""
    if isinstance(value, np.ndarray):
        if value.size > 6:
            return f"<array of shape {value.shape}>"
        return " ".join(np.array2string(value, precision=4, separator=", ").split()).replace("[ ", "[")
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    if isinstance(value, np.generic):
        return str(value)
    if isinstance(value, ModelHandle):
        return "model"
    if isinstance(value, np.random.Generator):
        return "rng"
    if isinstance(value, Expression):
        return value.source
    if isinstance(value, Opaque):
        return f"<{value.type_name}>"
    if isinstance(value, (list, tuple)) and len(value) <= 6:
        inside = ", ".join(map(render, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    text = repr(value)
    return text if len(text) <= 80 else f"<{type(value).__name__} of {len(value)} items>"
