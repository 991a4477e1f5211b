"""What marks say to stubs, to broken files and to hostile code, and that the other marks stand."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import load_catalog
from dlp_keras.marking import client
from dlp_keras.marking.check import mark
from dlp_keras.marking.submission import Submission
from dlp_keras.marking.tables import show_marks
from dlp_keras.runner.session import WorkerSession
from tests.marking.samples import some_exercises

EX01 = "ex01_linear_regression"
PREDICT = ["test_predict_is_w_x_plus_b", "test_predict_keeps_shapes"]


@pytest.mark.parametrize("exercise", some_exercises(), ids=lambda exercise: exercise.code)
def test_a_stub_gets_no_point_and_kind_words(exercise, session, checkout):
    marks = mark(exercise.name, session=session, folder=checkout / "exercises")
    assert marks.points == 0
    assert {m.state for m in marks.marks} == {"open"}
    kind = ("Still open: ", "This needs task ", "The question ")
    assert all(m.message.startswith(kind) for m in marks.marks)
    given = {task.number: task.points for task in exercise.tasks}
    counted = {number: sum(m.max_points for m in marks.marks if m.task == number) for number in given}
    assert given == counted  # the catalogue reads the points without running the marks


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.code)
def test_every_task_has_points_and_hints(exercise):
    assert 2 <= len(exercise.tasks) <= 5
    assert all(task.points > 0 and task.hints for task in exercise.tasks)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("    x @ weights.T + bias", "returned None (is the `return` missing?)"),
        ("    return np.full((len(x), len(bias)), np.nan)", "an array with NaN"),
        ("    return np.zeros((3, 3, 3))", "an array of shape (3, 3, 3). The shape"),
        ("    return (x @ weights.T + bias).astype(str)", "An array of numbers is expected"),
        ("    return (x @ weights.T + bias).astype(object)", "array of object values"),
        ("    return (x @ weights.T + bias).tolist()", "returned a list"),
        ("    return type('Equal', (), {'__eq__': lambda *_: True})()", "an object of type Equal"),
        ("    return input('value? ')", "asks for `input()` in line"),
        ("    raise SystemExit(0)", "leaves Python with `exit()` in line"),
        ("    import os; os._exit(0)", "ended the whole Python process (exit code 0)"),
        ("    return predict(x, weights, bias)", "raised RecursionError"),
        ("    return 1 / 0", "raised ZeroDivisionError: division by zero in line"),
        ("    raise KeyboardInterrupt", "raised KeyboardInterrupt"),
        ("    raise type('CodecError', (Exception,), {})('fine')", "raised CodecError: fine in line"),
        ("    raise type('No\\n✓ all earned', (Exception,), {})", "raised Noallearned: without"),
        ("    raise ValueError('\\n\\n'.join(['', 'first', 'second']))", "raised ValueError: first in line"),
        ("    raise ValueError", "raised ValueError: without a message in line"),
        ("    a = []; a.append(a); return a", "returned lists within lists"),
        ("    raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})", "raised Odd"),
        ("    return np.broadcast_to(np.float64(0), (2**17, 2**10))", "an array of 1024 MiB"),
    ],
)
def test_a_broken_function_loses_its_marks_and_no_other(code, says, mark_text, solution_text):
    text = f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n{code}\n"
    marks = mark_text(EX01, text)
    lost = [m for m in marks.marks if m.state != "earned"]
    assert [m.name for m in lost] == PREDICT
    assert says in lost[0].message
    assert "Traceback" not in lost[0].message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "def predict(:\n",
            "Python cannot read ex01_linear_regression.py: invalid syntax in line 1, `def predict(:`",
        ),
        ("import a_module_that_nobody_has\n", "raised ModuleNotFoundError: No module named 'a_module"),
        ("x = 1 / 0\n", "`import ex01_linear_regression` raised ZeroDivisionError"),
        ("", "`predict` is missing. Is it renamed or deleted? `dlp reset ex01` brings"),
        ("predict = 3\n", "`predict` is int, not a function."),
        ("def predict(x):\n    return x\n", "`predict` is defined as `predict(x)`: too many positional"),
    ],
)
def test_a_broken_file_says_so(text, says, mark_text):
    marks = mark_text(EX01, text, task="1")
    assert marks.points == 0
    assert says in marks.marks[0].message


def test_a_missing_file_is_named(session, tmp_path):
    marks = mark(EX01, session=session, folder=tmp_path)
    assert marks.points == 0
    assert f"There is no file {tmp_path / EX01}.py" in marks.marks[0].message


@pytest.mark.parametrize("text", [None, "def predict(:\n"], ids=["no file", "a file that cannot be read"])
def test_what_is_wrong_with_all_marks_is_said_once(text, session, tmp_path, capsys):
    if text:
        (tmp_path / f"{EX01}.py").write_text(text)
    show_marks(mark(EX01, session=session, folder=tmp_path))
    title, reason, *more, points = capsys.readouterr().out.splitlines()
    assert (title, points) == ("ex01 · Linear regression", "0 of 24 points")
    assert reason.startswith(("  There is no file", f"  Python cannot read {EX01}.py"))
    assert len(more) <= 2


def test_an_endless_loop_costs_its_mark_and_no_other(mark_text, solution_text):
    text = (
        f"{solution_text(EX01)}\n\ndef mean_squared_error(y_predicted, y):\n    while True:\n        pass\n"
    )
    marks = mark_text(EX01, text, timeout=1.0)
    lost = [m for m in marks.marks if m.state != "earned"]
    assert {m.task for m in lost} == {"1"}
    assert "did not finish within 1 s" in lost[0].message
    assert marks.points == marks.max_points - 3


def test_a_loop_that_swallows_everything_is_ended(mark_text, solution_text):
    body = (
        "    while True:\n        try:\n            pass\n        except BaseException:\n            pass\n"
    )
    marks = mark_text(EX01, f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n{body}", timeout=0.5)
    assert [m.name for m in marks.marks if m.state != "earned"] == PREDICT


def test_printing_without_end_fills_nothing(mark_text, solution_text):
    loop = "    for _ in range(200):\n        print('spam' * 2**18)\n    return x @ weights.T\n"
    marks = mark_text(EX01, f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n{loop}")
    lost = [m for m in marks.marks if m.state != "earned"]
    assert [m.name for m in lost] == PREDICT[:1]
    assert 0 < len(lost[0].output) <= 2000


def test_files_beside_the_submission_do_not_take_over(mark_text, solution_text, tmp_path):
    (tmp_path / "conftest.py").write_text("import pytest\npytest.exit('taken over', returncode=0)\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (tmp_path / "numpy.py").write_text("raise RuntimeError('taken over')\n")
    (tmp_path / "helper.py").write_text("FACTOR = 1\n")
    text = f"from helper import FACTOR\n{solution_text(EX01)}"
    assert mark_text(EX01, text).complete


def test_pytest_settings_of_the_machine_do_not_disturb(mark_text, solution_text, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("PYTEST_PLUGINS", "a_plugin_that_nobody_has")
    assert mark_text(EX01, solution_text(EX01)).complete


def test_a_task_can_be_marked_alone(mark_text, solution_text):
    marks = mark_text(EX01, solution_text(EX01), task="3")
    assert {m.task for m in marks.marks} == {"3"}
    with pytest.raises(CourseError, match=r"ex01 has no task 9\. It has 1, 2, 3, 4, 5\."):
        mark_text(EX01, solution_text(EX01), task="9")


def test_tensors_and_scalars_of_frameworks_pass(mark_text, solution_text):
    text = f"""{solution_text(EX01)}
import keras

def predict(x, weights, bias):
    return keras.ops.matmul(x, weights.T) + bias

def mean_squared_error(y_predicted, y):
    return keras.ops.mean((keras.ops.convert_to_tensor(y_predicted) - y) ** 2)
"""
    assert mark_text(EX01, text).complete


def test_numpy_exercises_are_marked_without_keras(solution_text, tmp_path):
    heavy = "'keras', 'tensorflow', 'matplotlib', 'sklearn'"
    loaded = f"import sys\n\ndef loaded():\n    return sorted({{{heavy}}} & sys.modules.keys())\n"
    fresh, path = WorkerSession(), tmp_path / f"{EX01}.py"
    path.write_text(f"{solution_text(EX01)}\n{loaded}", encoding="utf-8")
    try:
        assert mark(EX01, session=fresh, folder=tmp_path).complete
        assert Submission(make_marking(fresh, path)).loaded() == []
    finally:
        fresh.close()


def make_marking(session, path):
    from dlp_keras.marking.client import RunnerClient

    marking = RunnerClient(session, EX01, {"submission": path, "reference": path})
    marking.begin("1")
    return marking


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            "import os, time; os.closerange(3, 60); time.sleep(1e5)",
            "ended the whole Python process (it closed",
        ),
        ("import os, time; os.write(4, b'x' * 100); time.sleep(1e5)", "(it closed its pipes)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "(killed, perhaps for lack of memory)"),
    ],
)
def test_code_that_attacks_the_pipes_is_ended(code, says, mark_text, solution_text):
    text = f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n    {code}\n"
    marks = mark_text(EX01, text, timeout=5)
    assert [m.name for m in marks.marks if m.state != "earned"] == PREDICT
    assert says in marks.marks[0].message


def test_replies_that_nobody_asked_for_are_not_taken(mark_text, solution_text):
    attack = "import os\nfor _ in range(6):\n    os.write(4, (2).to_bytes(8, 'big') + b'xx')\n"
    marks = mark_text(EX01, f"{solution_text(EX01)}\n{attack}", timeout=5)
    assert marks.points == 0


def test_a_process_that_ends_between_two_calls_is_told_from_one_that_forges(mark_text, solution_text):
    later = "    import os, threading\n    threading.Timer(0.2, os._exit, [7]).start()\n    return x @ weights.T + bias\n"
    slow = "\ndef mean_squared_error(y_predicted, y):\n    import time; time.sleep(0.5)\n    return 0.0\n"
    text = f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n{later}{slow}"
    messages = " ".join(m.message for m in mark_text(EX01, text).marks)
    assert "(exit code 7)" in messages
    assert "without being asked" not in messages


def test_what_a_student_prints_or_raises_cannot_draw_on_the_screen(mark_text, solution_text):
    body = (
        "    print('\\x1b[2J\\x1b[32m24 of 24 points')\n    raise ValueError('\\x1b[2Jwell\\ud800done\\a')\n"
    )
    marks = mark_text(EX01, f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n{body}", task="1")
    assert "raised ValueError: well?done in line" in marks.marks[0].message
    assert marks.marks[0].output == "24 of 24 points\n"


def test_what_tensorflow_says_when_it_starts_is_not_the_students(mark_text, solution_text):
    noise = "I0000 00:00:1795368542.45 7742 port.cc:153] oneDNN custom operations are on."
    body = f"    import sys\n    print({noise!r}, file=sys.stderr)\n    print('mine')\n    return 0\n"
    marks = mark_text(EX01, f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n{body}", task="1")
    assert marks.marks[0].output == "mine\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_files_of_other_editors_are_read(encoding, session, solution_text, tmp_path):
    cookie = "# -*- coding: latin-1 -*-\n# Bär\n" if encoding == "latin-1" else ""
    plain = cookie + solution_text(EX01).encode("latin-1", "replace").decode("latin-1")
    (tmp_path / f"{EX01}.py").write_text(plain.replace("\n", "\r\n"), encoding=encoding, newline="")
    assert mark(EX01, session=session, folder=tmp_path).complete


def test_a_changed_argument_loses_the_mark(mark_text, solution_text):
    body = "    x += 1\n    return (x - 1) @ weights.T + bias\n"
    marks = mark_text(EX01, f"{solution_text(EX01)}\n\ndef predict(x, weights, bias):\n{body}", task="1")
    assert "changes its argument number 1. Work on a copy of it." in marks.marks[0].message


def test_a_folder_may_have_any_name(session, checkout, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, f"test_{EX01}", raising=False)
    course = tmp_path / "x [2025] ü"
    shutil.copytree(checkout / "tests" / "exercises", course / "tests" / "exercises")
    shutil.copytree(checkout / "solutions", course / "solutions")
    monkeypatch.setattr("dlp_keras.marking.check.content_folder", lambda: course)
    here = os.getcwd()
    assert mark(EX01, session=session, folder=course / "solutions").complete
    assert os.getcwd() == here


def test_marks_that_cannot_be_read_are_no_ctrl_c(session, checkout, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, f"test_{EX01}", raising=False)
    shutil.copytree(checkout / "tests" / "exercises", tmp_path / "tests" / "exercises")
    (tmp_path / "tests" / "exercises" / f"test_{EX01}.py").write_text("import a_module_that_nobody_has\n")
    monkeypatch.setattr("dlp_keras.marking.check.content_folder", lambda: tmp_path)
    with pytest.raises(
        CourseError, match=r"The marks of ex01_linear_regression cannot be read: .*nobody_has"
    ):
        mark(EX01, session=session, folder=tmp_path)


def test_a_worker_ends_with_its_parent(tmp_path):
    program = (
        "import os, sys; from dlp_keras.runner.session import WorkerSession\n"
        "print(WorkerSession().process.pid, flush=True); sys.stdin.read(); os._exit(0)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with parent:
        worker = int(parent.stdout.readline())
        assert is_running(worker)
        parent.stdin.close()
    deadline = time.monotonic() + 20
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(worker)


def is_running(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_timeout_of_a_training_names_the_faster_one_and_the_option(mark_text, solution_text):
    exercise = "ex08_checkerboard"
    body = "def three_relus():\n    import time\n    time.sleep(60)\n"
    marks = mark_text(exercise, f"{solution_text(exercise)}\n\n{body}", task="4", timeout=0.5)
    assert (
        "did not finish within 0.5 s. Does a loop never end? `dlp_keras.training.fit`"
        in marks.marks[0].message
    )
    assert "`dlp check ex08 --timeout 2.5` waits longer." in marks.marks[0].message


def test_a_timeout_of_an_import_says_where_code_belongs(mark_text, solution_text, monkeypatch):
    monkeypatch.setattr(client, "LOAD_TIMEOUT", 4.0)
    exercise = "ex01_linear_regression"
    text = f"import time\ntime.sleep(60)\n\n{solution_text(exercise)}"
    marks = mark_text(exercise, text, task="1", timeout=0.5)
    assert "Importing the file ran code for too long" in marks.marks[0].message
    assert '`if __name__ == "__main__":`' in marks.marks[0].message


def test_a_wrapper_around_another_signature_is_judged_by_calling_it(mark_text, solution_text):
    wrapper = (
        "import functools\n\ndef inner(x):\n    return x\n\n"
        "@functools.wraps(inner)\ndef predict(*args, **kwargs):\n    return inner(*args, **kwargs)\n"
    )
    message = mark_text(EX01, f"{solution_text(EX01)}\n\n{wrapper}", task="1").marks[0].message
    assert "raised TypeError: inner() takes 1 positional argument but 3 were given in line" in message


def test_where_both_fail_the_error_with_the_reference_is_told(mark_text, solution_text):
    own = "def predict(x, weights, bias):\n    return 1 / 0\n\n"
    later = "def gradient(x, y, weights, bias):\n    return predict(None, weights, bias)\n"
    message = mark_text(EX01, f"{solution_text(EX01)}\n\n{own}{later}", task="2").marks[0].message
    assert "raised ValueError: matmul" in message
    assert "`return predict(None, weights, bias)`" in message


def test_what_several_marks_share_names_the_call_in_each(session, tmp_path):
    text = "def my_step(parameter, gradient, state, step):\n    return None\n"
    (tmp_path / "ex05_optimizers.py").write_text(text, encoding="utf-8")
    marks = mark("ex05_optimizers", session=session, folder=tmp_path, task="5").marks
    raced = [m.message for m in marks if m.name.startswith("test_my_step")]
    assert len(raced) == 2
    assert all(message.startswith("`my_step(") for message in raced)
