"""A function that does nothing earns nothing."""

import ast

import pytest

from dlp_keras.course.catalog import load_catalog
from dlp_keras.marking.check import mark

CONSTANTS = ["0.0", "1.0", "5", "None", "args[0]", "(0.0, 0.0)", "[]", "{}"]


@pytest.mark.parametrize("exercise", load_catalog())
@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_earns_no_point(exercise, constant, session, checkout, tmp_path):
    source = (checkout / "solutions" / f"{exercise}.py").read_text(encoding="utf-8")
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    functions = "".join(f"def {name}(*args, **kwargs):\n    return {constant}\n\n\n" for name in names)
    (tmp_path / f"{exercise}.py").write_text(f"{functions}ANSWERS = {{}}\n", encoding="utf-8")
    marks = mark(exercise, session=session, folder=tmp_path)
    assert [m.title for m in marks.marks if m.points] == []
