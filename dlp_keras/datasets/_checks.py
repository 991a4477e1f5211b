"""Checks of arguments that the data sets share."""

import math
import operator
from typing import SupportsFloat, SupportsIndex


def check_count(name: str, value: SupportsIndex, minimum: int = 1) -> int:
    """Return `value` as an int; it must be a whole number of at least `minimum`.

    Raises
    ------
    TypeError
        If `value` is not an integer; 500.0 is none.
    ValueError
        If `value` is smaller than `minimum`.
    """
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"`{name}` must be a whole number. Got {value!r}.") from None
    if count < minimum:
        raise ValueError(f"`{name}` must be at least {minimum}. Got {count}.")
    return count


def check_noise(noise: SupportsFloat) -> float:
    """Return `noise` as a float; it must lie in [0, 0.5], the Playground's slider over 100.

    Raises
    ------
    TypeError
        If `noise` is not a real number.
    ValueError
        If `noise` lies outside [0, 0.5] or is NaN.
    """
    try:
        fraction = float(noise)
    except (TypeError, ValueError):
        raise TypeError(f"`noise` must be a number in [0, 0.5]. Got {noise!r}.") from None
    if 0.0 <= fraction <= 0.5:
        return fraction
    advice = " Divide the slider's value by 100." if math.isfinite(fraction) and 1 <= fraction <= 50 else ""
    raise ValueError(f"`noise` must lie in [0, 0.5]. Got {noise}.{advice}")
