"""Checks of arguments that public functions share: messages name the argument, the rule and what came."""

import math
import operator
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def check_values(
    name: str,
    values: npt.ArrayLike,
    low: float,
    high: float = math.inf,
    *,
    unit: str = "",
    open_low: bool = False,
) -> Array:
    """Return `values` as a float64 array; all must be finite and lie in [low, high], or (low, high].

    Raises
    ------
    TypeError
        If `values` are not real numbers.
    ValueError
        If one of them is NaN, infinite or out of range: the message shows the first of these.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be a number or an array of numbers. Got {values!r}.") from None
    inside = np.isfinite(array) & (array > low if open_low else array >= low) & (array <= high)
    if inside.all():
        return array
    wrong = array[~inside].flat[0] if array.ndim else array
    raise ValueError(f"`{name}` must {_rule(low, high, unit, open_low)}. Got {wrong}.")


def check_pair(
    name: str, pair: Any, low: float, high: float = math.inf, *, unit: str = "", open_low: bool = False
) -> tuple[float, float]:
    """Return `pair` as two floats, checked as in `check_values`, the smaller one first.

    Raises
    ------
    TypeError, ValueError
        If there are not two numbers, if one is out of range or if they are not in order.
    """
    values = check_values(name, pair, low, high, unit=unit, open_low=open_low)
    if values.shape != (2,):
        raise ValueError(f"`{name}` must be a pair (lowest, highest). Got {pair!r}.")
    if values[0] > values[1]:
        raise ValueError(f"`{name}` must have the lower number first. Got {pair!r}.")
    return float(values[0]), float(values[1])


def check_number(
    name: str, value: Any, low: float, high: float = math.inf, *, unit: str = "", open_low: bool = False
) -> float:
    """Return `value` as one float, checked as in `check_values`."""
    number = check_values(name, value, low, high, unit=unit, open_low=open_low)
    if number.ndim:
        raise TypeError(f"`{name}` must be one number. Got an array of shape {number.shape}.")
    return float(number)


def check_per_sample(name: str, values: Array, n_samples: int) -> Array:
    """Repeat a single number for every sample; an array must have one entry for each.

    Raises
    ------
    ValueError
        If the shape is neither () nor (n_samples,).
    """
    if values.shape not in ((), (n_samples,)):
        raise ValueError(
            f"`{name}` must be one number, or an array of shape ({n_samples},), one entry for each sample. "
            f"Got shape {values.shape}."
        )
    return np.broadcast_to(values, (n_samples,)).copy()


def _rule(low: float, high: float, unit: str, open_low: bool) -> str:
    unit = f" {unit}" if unit else ""
    if math.isfinite(high):
        return f"lie in {'(' if open_low else '['}{low:g}, {high:g}]{unit}"
    return f"be finite and {'above' if open_low else 'at least'} {low:g}{unit}"


def check_count(name: str, value: SupportsIndex, minimum: int = 1) -> int:
    """Return `value` as an int; it must be a whole number of at least `minimum`.

    Raises
    ------
    TypeError
        If `value` is not an integer; 500.0 is none, and neither is True.
    ValueError
        If `value` is smaller than `minimum`.
    """
    try:
        count = operator.index(value)
    except TypeError:
        count = None
    if count is None or isinstance(value, bool):
        is_whole = isinstance(value, float) and value.is_integer()
        advice = f" Write {name}={int(value)}." if is_whole else ""
        raise TypeError(f"`{name}` must be a whole number. Got {value!r}.{advice}")
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
