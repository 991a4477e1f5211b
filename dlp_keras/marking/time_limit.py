"""A time that all marks of an exercise have together."""

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class TimeLimit:
    """When marks have to be done.

    Attributes
    ----------
    ends : float
        In seconds of `time.monotonic`.
    name : str
        What the time is called in messages, such as "the 900 s of this exercise".
    """

    ends: float = math.inf
    name: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() >= self.ends


NO_LIMIT = TimeLimit()
