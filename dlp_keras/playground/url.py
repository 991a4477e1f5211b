"""The keys of a TensorFlow Playground URL: how each reads, and how it is written."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

ADDRESS = "https://playground.tensorflow.org/"


class Key(NamedTuple):
    """One key of the URL: the field that holds it, how its text reads, and how a value is written."""

    field: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _choice(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return read


def _number(kind: type, low: float, high: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        rule = f"{'a whole number' if kind is int else 'a number'} from {low:g} to {high:g}"
        try:
            value = kind(text)
        except ValueError:
            raise ValueError(rule) from None
        if not low <= value <= high:
            raise ValueError(rule)
        return value

    return read


def _flag(text: str) -> bool:
    return _choice("true", "false")(text) == "true"


def _shape(text: str) -> tuple[int, ...]:
    try:
        units = tuple(int(part) for part in text.split(",") if part)
    except ValueError:
        units = (0,)
    if any(number < 1 for number in units):
        raise ValueError("whole numbers of neurons from 1 up, separated by commas")
    return units


def _write_flag(value: bool) -> str:
    return "true" if value else "false"


def _write_number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _write_shape(units: Sequence[int]) -> str:
    return ",".join(map(str, units))


_RATES = _number(float, 0.0, 1e6)
KEYS: dict[str, Key] = {
    "activation": Key("activation", _choice("relu", "tanh", "sigmoid", "linear"), str),
    "regularization": Key("regularization", _choice("L1", "L2"), str),
    "batchSize": Key("batch_size", _number(int, 1, 100_000), _write_number),
    "dataset": Key("dataset", _choice("circle", "xor", "gauss", "spiral"), str),
    "regDataset": Key("regression_dataset", _choice("reg-plane", "reg-gauss"), str),
    "learningRate": Key("learning_rate", _RATES, _write_number),
    "regularizationRate": Key("regularization_rate", _RATES, _write_number),
    "noise": Key("noise", _number(float, 0.0, 50.0), _write_number),
    "networkShape": Key("hidden_units", _shape, _write_shape),
    "seed": Key("seed", str, str),
    "showTestData": Key("show_test_data", _flag, _write_flag),
    "discretize": Key("discretize", _flag, _write_flag),
    "percTrainData": Key("percent_training", _number(int, 10, 90), _write_number),
    "x": Key("x1", _flag, _write_flag),
    "y": Key("x2", _flag, _write_flag),
    "xTimesY": Key("x1_times_x2", _flag, _write_flag),
    "xSquared": Key("x1_squared", _flag, _write_flag),
    "ySquared": Key("x2_squared", _flag, _write_flag),
    "sinX": Key("sin_x1", _flag, _write_flag),
    "sinY": Key("sin_x2", _flag, _write_flag),
    "collectStats": Key("collect_stats", _flag, _write_flag),
    "problem": Key("problem", _choice("classification", "regression"), str),
    "initZero": Key("zero_weights", _flag, _write_flag),
    "hideText": Key("hide_text", _flag, _write_flag),
}


def read_url(url: str) -> dict[str, Any]:
    """Read the settings after the ``#`` of a Playground URL.

    Parameters
    ----------
    url : str
        The address, or only the part after ``#``.

    Returns
    -------
    dict of str to value
        Fields of `Experiment`. Keys that mean nothing to it, such as ``cosX``, stand in ``other``.

    Raises
    ------
    ValueError
        If nothing in `url` is a setting of the Playground, or a key has a value that it does not offer; the
        message names the key.
    """
    check_is_setting(url)
    fields: dict[str, Any] = {}
    other = []
    for name, text in parse_qsl(_fragment(url), keep_blank_values=True):
        key = KEYS.get(name)
        if key is None or (name == "regularization" and text in {"", "none"}):
            other += [] if key else [(name, text)]
            continue
        try:
            fields[key.field] = key.read(text)
        except ValueError as rule:
            raise ValueError(f"`{name}` in the URL must be {rule}. Got {text!r}. Correct it there.") from None
    return {**fields, "other": tuple(other)}


def check_is_setting(url: str) -> None:
    """Refuse what is not the Playground's start page and has none of its keys, whatever their values.

    Raises
    ------
    ValueError
        If `url` is no setting.
    """
    pairs = parse_qsl(_fragment(url), keep_blank_values=True)
    is_start_page = not pairs and (url in {"", "#"} or url.startswith(ADDRESS.rstrip("/")))
    if not is_start_page and not any(name in KEYS for name, _ in pairs):
        raise ValueError(
            f"{url!r} is no setting of the Playground. Copy what the address bar of {ADDRESS} shows, "
            "in quotes."
        )


def is_cut(url: str) -> bool:
    """Tell whether a shell cut an address without quotes at its first ``&``: a whole one has all keys."""
    return "#" in url and "//" in url and len(parse_qsl(_fragment(url), keep_blank_values=True)) <= 1


def _fragment(url: str) -> str:
    return urlsplit(url).fragment if "#" in url or "//" in url else url


def write_url(fields: dict[str, Any]) -> str:
    """Write the settings of an experiment as a URL of the Playground; the inverse of `read_url`."""
    pairs = [
        (name, key.write(fields[key.field])) for name, key in KEYS.items() if fields[key.field] is not None
    ]
    return f"{ADDRESS}#{urlencode([*pairs, *fields['other']], safe=',')}"
