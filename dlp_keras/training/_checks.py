"""Checks of arguments that several functions share."""

from typing import Any


def check_count(name: str, value: Any) -> int:
    """Return `value` if it is a whole number of at least 1.

    Raises
    ------
    ValueError
        If it is not; the message names the argument.
    """
    try:
        whole = int(value) == value and not isinstance(value, bool)
    except (TypeError, ValueError):
        whole = False
    if not whole or value < 1:
        raise ValueError(
            f"`{name}` must be a whole number of at least 1. Got {value!r}. Pass {name}=1 or more."
        )
    return int(value)


def split_validation(validation_data: Any) -> tuple[Any, Any, Any]:
    """Split `validation_data` into samples, targets and weights (None where not given).

    Raises
    ------
    ValueError
        If it is not a tuple of two or three.
    """
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in {2, 3}:
        raise ValueError(
            "`validation_data` must be a tuple (x, y) or (x, y, sample_weight). "
            f"Got {type(validation_data).__name__}. Write validation_data=(x_test, y_test)."
        )
    x, y, sample_weight = (*validation_data, None)[:3]
    return x, y, sample_weight
