"""A function that does nothing earns nothing."""

import ast

import pytest

from dlp_keras.course.catalog import load_catalog
from dlp_keras.marking.check import mark
from tests.marking.samples import some_exercises, takes_all, trains

CONSTANTS = ["0.0", "None", "1.0", "5", "args[0]", "(0.0, 0.0)", "[]", "{}"]
ZEROS = """
def _zeros(value):
    import numpy as np
    if isinstance(value, dict):
        return {key: _zeros(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_zeros(part) for part in value)
    return np.zeros_like(value) if isinstance(value, (np.ndarray, np.generic, int, float)) else None


def _silence(function):
    return lambda *args, **kwargs: _zeros(function(*args, **kwargs))


"""


def function_names(text):
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


def earned_titles(exercise, text, session, tmp_path):
    (tmp_path / f"{exercise}.py").write_text(text, encoding="utf-8")
    marks = mark(exercise, session=session, folder=tmp_path)
    return [m.title for m in marks.marks if m.points]


@pytest.mark.parametrize(
    ("exercise", "constant"),
    [
        (name, constant)
        for name in [exercise.name for exercise in some_exercises()]
        for constant in (CONSTANTS[:1] if trains(name) and not takes_all() else CONSTANTS)
    ],
)
def test_a_constant_earns_no_point(exercise, constant, session, solution_text, tmp_path):
    names = function_names(solution_text(exercise))
    functions = "".join(f"def {name}(*args, **kwargs):\n    return {constant}\n\n\n" for name in names)
    text = f"{functions}ANSWERS = {{}}\nPREDICTIONS = {{}}\n"
    assert earned_titles(exercise, text, session, tmp_path) == []


@pytest.mark.parametrize("exercise", [name for name in load_catalog() if takes_all() or not trains(name)])
def test_zeros_of_the_right_shape_earn_no_point(exercise, session, solution_text, tmp_path):
    solution = solution_text(exercise)
    silenced = "".join(f"{name} = _silence({name})\n" for name in function_names(solution))
    text = f"{solution}{ZEROS}{silenced}ANSWERS = {{}}\nPREDICTIONS = {{}}\n"
    assert earned_titles(exercise, text, session, tmp_path) == []
