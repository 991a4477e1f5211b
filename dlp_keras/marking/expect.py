"""Expectations of marks, with messages that a student understands.

Each function raises `MarkFailed` with what came back, what was expected and where to look. A message that
begins with "returned" is about the call, which the plugin puts in front: "`predict(…)` returned None".
"""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from dlp_keras.marking.client import MarkFailed
from dlp_keras.marking.render import render
from dlp_keras.marking.submission import ModelView, Submission
from dlp_keras.marking.trace import note_expected
from dlp_keras.runner.codec import HistoryRecord, Opaque

_COUNTS = {2: "Two", 3: "Three", 4: "Four"}
Array = npt.NDArray[Any]


def fail(found: str, expected: str, look: str = "") -> NoReturn:
    """Lose the mark.

    Parameters
    ----------
    found, expected
        Whole sentences about what came back and what should have.
    look
        What to look at next.
    """
    raise MarkFailed(" ".join(filter(None, (found, expected, look))))


def that(condition: Any, found: str, expected: str, look: str = "") -> None:
    """Lose the mark unless the condition, computed from plain values, holds."""
    note_expected(expected)
    if not bool(condition):
        fail(found, expected, look)


def array(
    value: Any, shape: tuple[int | None, ...] | None = None, look: str = "", what: str = "returned"
) -> Array:
    """Check that a value is an array of finite numbers and return it.

    Parameters
    ----------
    value
        What the student's function returned.
    shape
        The shape expected; None stands for any length.
    look
        What to look at next.
    what
        What the value is, where a function returns several: "The bias is".
    """
    if not isinstance(value, (np.ndarray, np.generic)):
        fail(f"{what} {_kind(value)}.", "A NumPy array or a tensor is expected.", look)
    if value.dtype.kind not in "biuf":
        fail(f"{what} an array of type {value.dtype}.", "An array of numbers is expected.", look)
    if shape is not None and not _fits(value.shape, shape):
        wanted = str(shape).replace("None", "n")
        fail(f"{what} an array of shape {value.shape}.", f"The shape {wanted} is expected.", look)
    _check_finite(value, look, what)
    return np.asarray(value)


def number(value: Any, look: str = "", what: str = "returned") -> float:
    """Check that a value is one finite real number and return it."""
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not is_number or np.iscomplexobj(value):
        fail(f"{what} {_kind(value)}.", "One number is expected.", look)
    _check_finite(value, look, what)
    return float(value)


def close(
    value: Any,
    expected: Any,
    *,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    look: str = "",
    what: str = "returned",
) -> None:
    """Check that an array, or a number, equals the expected one within rounding."""
    target = np.asarray(expected)
    note_expected(target)
    actual = array(value, target.shape, look, what) if target.ndim else np.asarray(number(value, look, what))
    if np.allclose(actual, target, rtol=rtol, atol=atol):
        return
    if target.size <= 6:
        fail(f"{what} {render(actual[()])}.", f"Expected {render(target[()])}.", look)
    index = np.unravel_index(np.argmax(np.abs(actual - target)), target.shape)
    place = ", ".join(map(str, index))
    fail(
        f"{what} {render(actual[index])} at position [{place}].",
        f"Expected {render(target[index])} there.",
        look,
    )


def values(value: Any, count: int, look: str = "") -> list[Any]:
    """Check that a function returned several values and return them."""
    if not isinstance(value, (tuple, list)) or len(value) != count:
        found = f"{len(value)} values" if isinstance(value, (tuple, list)) else _kind(value)
        names = ", ".join("abcd"[:count])
        fail(f"returned {found}.", f"{_COUNTS[count]} values are expected: `return {names}`.", look)
    return list(value)


def refused(call: Callable[[], Any], error: str, look: str = "") -> str:
    """Check that a call raises this error, and return what the error says.

    Parameters
    ----------
    call
        Such as ``lambda: submission.one_hot(labels, 3)``.
    error
        The class, such as ``"ValueError"``.
    look
        What to look at next.
    """
    try:
        call()
    except MarkFailed as failure:
        if failure.raised == error:
            return failure.text
        if not failure.raised:
            raise
        fail(str(failure), f"A {error} is expected.", look)
    return fail("returned without an error.", f"A {error} is expected.", look)


def unchanged(submission: Submission) -> None:
    """Check that the last call changed no list or tuple among its arguments, nor what they hold."""
    changed = [text for text in submission.warnings if "The call changed what is in" in text]
    number = changed[0].rpartition(" ")[2].rstrip(".") if changed else ""
    found = f"The call changes what is in its argument number {number}."
    that(not changed, found, "Arguments stay as they are.", "Work on a copy of it.")


def losses(value: Any, n_steps: int, look: str = "") -> Array:
    """Check that a value is a list or an array of finite losses, one a step, and return it as an array."""
    what = "The losses are"
    if not isinstance(value, (list, tuple, np.ndarray)):
        fail(f"{what} {_kind(value)}.", "A list of numbers is expected.", look)
    if len(value) != n_steps:
        fail(f"There are {len(value)} losses.", f"{n_steps} are expected, one for each step.", look)
    return np.array([number(loss, look, "One of the losses is") for loss in value])


def model(value: Any, look: str = "") -> ModelView:
    """Check that a value is a Keras model and return its view."""
    if not isinstance(value, ModelView):
        fail(f"returned {_kind(value)}.", "A Keras model is expected.", look)
    assert isinstance(value, ModelView)
    if not value.shows_layers:
        found = f"returned a model of the class {value.class_name}, whose layers are hidden in its `call`."
        fail(found, "A `keras.Sequential` or a functional `keras.Model(inputs, outputs)` is expected.", look)
    if not value.n_parameters and value.input_shape:
        fail("The model has no weights: none of its layers has any.", "It needs some to learn.", look)
    if not value.n_parameters:
        found = "The model has no weights yet, since it does not know the shape of its input."
        fail(found, "Begin it with `keras.Input(…)`.", look)
    return value


def plain_model(value: Any, look: str = "") -> ModelView:
    """Check that a value is a Keras model of Keras's own layers, which is trained and judged as it is.

    For tasks whose right answer is a formula: a layer of one's own could hold it.
    """
    view = model(value, look)
    if view.own_parts:
        found = f"The network has {', '.join(view.own_parts)}."
        fail(found, "Layers of Keras are expected here, whose weights have to learn.", look)
    return view


def history(value: Any, n_epochs: int, names: Iterable[str], look: str = "") -> dict[str, list[float]]:
    """Check that a value is a Keras History with these metrics of all epochs; return its dictionary."""
    if not isinstance(value, HistoryRecord):
        fail(f"returned {_kind(value)}.", "A Keras History is expected: return what `fit` returns.")
    for name in names:
        found = f"The history has {len(value.history.get(name, []))} values of {name}."
        expected = f"{n_epochs} are expected, one for each epoch."
        that(len(value.history.get(name, [])) == n_epochs, found, expected, look)
    return dict(value.history)


def accuracy_metric(view: ModelView, names: Iterable[str] = ("accuracy",)) -> None:
    """Check that a model is compiled with the accuracy, under a name that the exercise can read it by."""
    measured = view.compiled["metrics"] if view.compiled else []
    found = f"The model measures {', '.join(measured) or 'nothing but the loss'}."
    that(set(measured) & set(names), found, 'Compile it with `metrics=["accuracy"]`.')


def classifier(view: ModelView, activation: str, loss: str) -> None:
    """Check the last activation and the loss: probabilities, or logits where the loss takes those."""
    if view.compiled is None:
        fail("The model is not compiled.", f"The loss {loss} is expected in `model.compile`.")
    assert view.compiled is not None
    that(view.compiled["loss"] == loss, f"The loss is {view.compiled['loss']}.", f"{loss} is expected.")
    wanted = None if view.compiled["from_logits"] else activation
    found = view.weight_layers[-1]["activation"]
    expected = f"With this loss it should be {wanted or 'none, since the loss takes logits'}."
    that(found == wanted, f"The activation of the last layer is {found}.", expected)


def answer(answers: Any, question: str, correct: str, wrong: dict[str, str]) -> None:
    """Check one answer of a quiz; `wrong` says to each wrong choice why it is wrong."""
    note_expected(f"the answer {correct!r} to {question!r}")
    letter = _letter(answers, "ANSWERS", question, [correct, *wrong])
    if letter != correct:
        raise MarkFailed(f"Not {letter!r}: {wrong[letter]}")


def prediction(predictions: Any, question: str, truths: dict[str, str]) -> str:
    """Check that a student has committed to one choice, whichever it is, and return it.

    Parameters
    ----------
    predictions
        The dictionary ``PREDICTIONS`` of the exercise.
    question
        Its key.
    truths
        What is true of each choice, by its letter.
    """
    return _letter(predictions, "PREDICTIONS", question, truths)


def _letter(choices: Any, name: str, question: str, letters: Iterable[str]) -> str:
    """Return the letter that a student chose; the mark is open without one."""
    if not isinstance(choices, dict):
        fail(f"{name} is {_kind(choices)}.", "A dictionary is expected: question, then letter.")
    given = choices.get(question)
    if given is None:
        raise MarkFailed(f"The question {question!r} is not answered yet.", is_open=True)
    letter = given.strip().lower() if isinstance(given, str) else render(given)
    if letter not in letters:
        known = ", ".join(sorted(letters))
        raise MarkFailed(f"The answer {letter!r} to {question!r} is none of the choices {known}.")
    return letter


def _check_finite(value: Any, look: str, what: str) -> None:
    if np.isfinite(value).all():
        return
    has_nan = np.isnan(value).any()
    single = "NaN" if has_nan else "infinite"
    several = f"an array with {'NaN' if has_nan else 'infinite values'}"
    fail(
        f"{what} {single if np.ndim(value) == 0 else several}.",
        "Finite numbers are expected.",
        look,
    )


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        w in (None, length) for length, w in zip(shape, wanted, strict=True)
    )


def _kind(value: Any) -> str:
    """Name what came instead of what was expected."""
    if value is None:
        return "None (is the `return` missing?)"
    if isinstance(value, Opaque):
        return f"an object of type {value.type_name}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, ModelView):
        return "a Keras model"
    if isinstance(value, HistoryRecord):
        return "a Keras History"
    if isinstance(value, (bool, int, float, str, np.generic)):
        return f"{render(value)} ({type(value).__name__})"
    return f"a {type(value).__name__}"
