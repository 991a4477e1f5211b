"""With a judge the student's process never holds the reference, and models are judged where it cannot lie."""

import pytest

from dlp_keras.course.catalog import load_catalog
from dlp_keras.course.header import PATTERN as HEADER
from dlp_keras.marking.check import mark
from dlp_keras.marking.given import take_from_solution
from dlp_keras.marking.plugin import MarkSettings
from dlp_keras.runner.session import WorkerSession

NUMPY = ["ex01", "ex02", "ex03", "ex04", "ex05", "ex06", "ex13"]
NAMES = {name[:4]: name for name in load_catalog()}


@pytest.fixture
def judged(judge, tmp_path):
    session = WorkerSession()

    def mark_text(code, text, **options):
        (tmp_path / f"{NAMES[code]}.py").write_text(text, encoding="utf-8")
        return mark(NAMES[code], session=session, judge=judge, folder=tmp_path, **options)

    yield mark_text
    session.close()


@pytest.mark.parametrize("code", [*NUMPY, "ex08"])
def test_a_solution_earns_everything(code, judged, solution_text):
    marks = judged(code, solution_text(NAMES[code]))
    assert [m.message for m in marks.marks if m.state != "earned"] == []


SEARCHES = {
    "modules": """
import sys
def find(name):
    return next(vars(m)[name] for key, m in list(sys.modules.items()) if key.startswith("reference"))
""",
    "garbage": """
import gc, types
def find(name):
    own = globals()[name]
    found = [f for f in gc.get_objects() if isinstance(f, types.FunctionType) and f.__name__ == name]
    return next(f for f in found if f is not own)
""",
    "frames": """
import sys
def find(name):
    frame, own = sys._getframe(), globals()[name]
    while frame:
        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
            for other in (vars(value) if hasattr(value, "__dict__") else {}).values():
                function = getattr(other, name, None)
                if callable(function) and function is not own:
                    return function
        frame = frame.f_back
    raise LookupError(name)
""",
    "solution": """
import dlp_keras, pathlib, runpy
def find(name):
    class Given: pass
    places = [m for m in __import__("sys").modules if "solution" in m]
    return getattr(__import__(places[0]), name)
""",
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_the_reference_is_not_to_be_found(search, judged, solution_text):
    names = ("predict", "mean_squared_error", "gradient", "gradient_descent")
    stolen = "\n".join(f"def {name}(*args):\n    return find({name!r})(*args)\n" for name in names)
    marks = judged("ex01", f"{solution_text(NAMES['ex01'])}\n{search}\n{stolen}")
    assert {m.name for m in marks.marks if m.points} <= {m.name for m in marks.marks if m.task in "45"}


def test_what_has_seen_a_solution_is_not_marked_for_it(judged, solution_text, judge):
    keeper = """
import sys
KEPT = []
def gradient(x, y, weights, bias):
    KEPT.append(predict)
    raise ValueError
"""
    own = "def predict(x, weights, bias):\n    return KEPT[-1](x, weights, bias)\n"
    text = f"{solution_text(NAMES['ex01'])}\n{keeper}\n{own}"
    marks = judged("ex01", text)
    assert [m for m in marks.marks if m.task == "1" and m.name.startswith("test_predict") and m.points] == []


def test_no_seed_of_the_marks_reaches_the_students_process(judged, solution_text):
    spy = """
import gc
def split(x, y, fractions, rng):
    frame, seeds = __import__("sys")._getframe(), []
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict) and "seed" in value:
                seeds.append(value["seed"])
        frame = frame.f_back
    guess = np.random.default_rng(seeds[0]).normal(size=1)
    raise ValueError(f"{seeds[0]}")
"""
    secret, marks = b"a secret of the marks", []
    for _ in range(2):
        done = judged("ex10", f"{solution_text(NAMES['ex10'])}\n{spy}", task="1", secret=secret)
        marks.append({m.message for m in done.marks if m.name.startswith("test_split")})
    settings = MarkSettings(secret=secret)
    datas = [settings.seed_of(f"mark test_{NAMES['ex10']}.py::{name}", 32) for name in ("test_a", "test_b")]
    assert len({*datas, settings.seed_of("calls of ex10", 3)}) == 3
    assert not any(str(data) in message for data in datas for message in marks[0])
    assert marks[0] == marks[1]


def test_a_message_names_the_call_also_where_a_model_has_moved(judged, solution_text):
    wrong = """
def build_model(hidden_units, activation, n_inputs=2):
    model = keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(3), keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model
"""
    marks = judged("ex08", f"{solution_text(NAMES['ex08'])}\n{wrong}", task="1")
    lost = [m.message for m in marks.marks if m.state == "lost"]
    assert lost
    assert not any("import ex08" in message for message in lost)


def test_what_a_network_predicts_is_not_believed(judged, solution_text):
    liar = """
_fit = train
def train(*args, **kwargs):
    history = _fit(*args, **kwargs)
    model = args[0]
    model.predict = lambda *a, **k: 1 / 0
    return history
"""
    marks = judged("ex08", f"{solution_text(NAMES['ex08'])}\n{liar}", task="2")
    assert marks.points == marks.max_points


def test_a_function_is_taken_with_what_it_needs_and_no_more(solution_text):
    header = HEADER.search(solution_text(NAMES["ex01"]))[0]
    found = take_from_solution(header + SOLUTION, "f")
    assert found.tasks == {"1", "2"}
    assert "OTHER" not in found.expression.source
    assert "def h" not in found.expression.source
    *body, last = found.expression.source.splitlines()
    namespace: dict = {}
    exec("\n".join(body), namespace)
    assert last == "f"
    assert namespace["f"](0) == 2


SOLUTION = """
import math
SCALE = 2
OTHER = 3

def f(x):
    # TASK 1: return it.
    # BEGIN SOLUTION
    return SCALE * g(x)
    # END SOLUTION

def g(x):
    # TASK 2: return it.
    # BEGIN SOLUTION
    return math.exp(x)
    # END SOLUTION

def h(x):
    # TASK 3: return it.
    # BEGIN SOLUTION
    return x
    # END SOLUTION

if __name__ == "__main__":
    f = None
"""


def test_after_three_crashes_the_other_marks_are_lost_at_once(judged, solution_text):
    code = f"{solution_text(NAMES['ex01'])}\nimport os\n"
    names = ("predict", "mean_squared_error", "gradient", "gradient_descent")
    code += "".join(f"def {name}(*args, **kwargs):\n    os._exit(3)\n\n" for name in names)
    messages = [m.message for m in judged("ex01", code).marks if m.state == "lost"]
    crashed = [message for message in messages if "ended the whole Python process (exit code 3)" in message]
    assert len(crashed) == 3
    assert len([message for message in messages if message.startswith("Not tried: ")]) >= 3
