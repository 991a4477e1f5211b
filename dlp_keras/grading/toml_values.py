"""Values of a TOML file, checked one by one; each error names the key, what came and what is possible."""

import datetime
import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any

from dlp_keras.course import CourseError


class Table:
    """A table of a TOML file.

    Parameters
    ----------
    values
    name
        Of the table, such as ``"late"``; "" for the whole file.
    """

    def __init__(self, values: Mapping[str, Any], name: str = "") -> None:
        self.values = values
        self.name = name

    def key(self, key: str) -> str:
        """Return the whole name of a key, as messages have it."""
        return f"`{self.name}.{key}`" if self.name else f"`{key}`"

    def allow(self, keys: Iterable[str]) -> None:
        """Raise `CourseError` if there is any other key."""
        known = list(keys)
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1, 0.6)
                meant = f"Is {self.key(near[0])} meant? " if near else ""
                raise CourseError(f"There is no key {self.key(key)}. {meant}Possible: {', '.join(known)}.")

    def table(self, key: str) -> "Table":
        """Return a table in this one; an empty one if it is missing."""
        return Table(self._get(key, dict, "a table", {}), key)

    def text(self, key: str) -> str:
        """Return a text; "" if it is missing."""
        return str(self._get(key, str, "a text in quotes", ""))

    def flag(self, key: str) -> bool | None:
        """Return true or false; None if it is missing."""
        found = self._get(key, bool, "true or false", None)
        return None if found is None else bool(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; an empty one if it is missing."""
        found = self._get(key, list, "a list of texts", [])
        if any(not isinstance(item, str) for item in found):
            raise wrong(self.key(key), found, "a list of texts")
        return tuple(found)

    def number(self, key: str, smallest: float = 0.0, largest: float = math.inf) -> float | None:
        """Return a number in a range; None if it is missing."""
        if key not in self.values:
            return None
        return check_number(self.key(key), self.values[key], smallest, largest)

    def whole_number(self, key: str, smallest: int) -> int | None:
        """Return a whole number; None if it is missing."""
        found = self._get(key, int, f"a whole number from {smallest} on", None)
        if found is not None and (isinstance(found, bool) or found < smallest):
            raise wrong(self.key(key), found, f"a whole number from {smallest} on")
        return None if found is None else int(found)

    def _get(self, key: str, kind: type, possible: str, default: Any) -> Any:
        found = self.values.get(key, default)
        if found is not default and not isinstance(found, kind):
            raise wrong(self.key(key), found, possible)
        return found


def check_number(key: str, value: Any, smallest: float, largest: float = math.inf) -> float:
    """Return a number in a range; raise `CourseError` for anything else."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not smallest <= value <= largest:
        above = f"from {smallest:g} on" if math.isinf(largest) else f"from {smallest:g} to {largest:g}"
        raise wrong(key, value, f"a number {above}")
    return float(value)


def check_time(key: str, value: Any, zone: datetime.tzinfo | None) -> datetime.datetime:
    """Return a date with time and time zone; raise `CourseError` for anything else."""
    possible = "a date with time and time zone, such as 2026-11-30T23:59:00+01:00"
    if not isinstance(value, datetime.datetime):
        raise wrong(key, value, possible)
    if value.tzinfo is None and zone is None:
        raise wrong(key, value, f"{possible}, or `late.zone` beside it")
    return value if value.tzinfo else value.replace(tzinfo=zone)


def wrong(key: str, value: Any, possible: str) -> CourseError:
    """Return the error about a value."""
    got = value.isoformat() if isinstance(value, datetime.date | datetime.time) else repr(value)
    return CourseError(f"{key} has to be {possible}. Got {got[:80]}.")
