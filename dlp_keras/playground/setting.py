"""What a page may change of an `Experiment`, and what a URL with nonsense leaves of it."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dlp_keras.playground.experiment import Experiment
from dlp_keras.playground.url import KEYS, read_url

MOST_LAYERS, MOST_NEURONS = 10, 16
"""What a page can draw."""
KEEPS_WEIGHTS = frozenset(
    {"learning_rate", "batch_size", "regularization", "regularization_rate", "show_test_data", "discretize"}
)
"""Fields whose change lets training go on from where it is; any other begins anew."""
_LONGEST_URL, _LONGEST_TEXT = 4000, 100
_FIELDS = frozenset(key.field for key in KEYS.values())
_FEATURES = tuple(name for name in vars(Experiment()) if name.startswith(("x1", "x2", "sin_")))
_IGNORED = {"cosX", "cosY", "tutorial"}


def read_hash(text: str) -> tuple[Experiment, list[str]]:
    """Read the settings of an address; leave out what is wrong, and say so.

    Parameters
    ----------
    text : str
        An address, or what stands behind its ``#``.

    Returns
    -------
    experiment : Experiment
    problems : list of str
        A sentence for each key that was left out.
    """
    if len(text) > _LONGEST_URL:
        return Experiment(), [f"The address has more than {_LONGEST_URL} characters. It was not read."]
    fields: dict[str, Any] = {}
    other, problems = [], []
    for name, value in parse_qsl(text.rpartition("#")[2], keep_blank_values=True):
        if name in KEYS:
            try:
                found = read_url("#" + urlencode({name: value}))
                _check_size(found.get("hidden_units", ()))
                fields |= {field: found[field] for field in found if field != "other"}
            except ValueError as error:
                problems.append(f"{str(error).removesuffix(' Correct it there.')} It was left out.")
        else:
            other.append((name, value))
            if name not in _IGNORED and not name.endswith("_hide"):
                problems.append(f"`{name[:_LONGEST_TEXT]}` in the URL is no setting. It was left out.")
    if not any(fields.get(name, name in {"x1", "x2"}) for name in _FEATURES):
        problems.append("The URL has no feature. x1 and x2 were taken.")
        fields |= {"x1": True, "x2": True}
    return Experiment(**fields, other=tuple(other)), problems


def change_setting(experiment: Experiment, fields: Mapping[str, Any]) -> Experiment:
    """Return an experiment with other values in some fields.

    Parameters
    ----------
    experiment : Experiment
    fields : mapping
        Names and values as a page sends them, which may be anything that JSON holds.

    Raises
    ------
    ValueError
        If a field is unknown, a value is not allowed, or the network is too large to draw.
    """
    for name in fields:
        if name not in _FIELDS:
            raise ValueError(f"The page has no setting {name[:_LONGEST_TEXT]!r}.")
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
    for name, value in values.items():
        if not _is_of_kind(value, getattr(Experiment(), name)):
            raise ValueError(f"`{name}` cannot be {str(value)[:_LONGEST_TEXT]!r}.")
    _check_size(values.get("hidden_units", ()))
    return replace(experiment, **values)


def _is_of_kind(value: Any, default: Any) -> bool:
    """Tell whether JSON's `value` is of the type of a field's default."""
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, (int, float)):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if isinstance(default, tuple):
        return isinstance(value, tuple) and all(type(units) is int for units in value)
    is_text = isinstance(value, str) and len(value) <= _LONGEST_TEXT
    return is_text or (default is None and value is None)


def _check_size(hidden_units: tuple[int, ...]) -> None:
    if len(hidden_units) > MOST_LAYERS or any(units > MOST_NEURONS for units in hidden_units):
        raise ValueError(
            f"`networkShape` must be at most {MOST_LAYERS} layers of at most {MOST_NEURONS} neurons here."
        )
