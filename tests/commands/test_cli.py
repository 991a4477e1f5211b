"""The real command `dlp`, as a student types it."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dlp_keras import __version__
from dlp_keras.cli import main
from dlp_keras.course.catalog import load_catalog

EX01 = "ex01_linear_regression.py"


def dlp(*arguments, folder, code=0, stdin=""):
    """Run the command in a folder, expect its exit code, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "dlp_keras", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def course(tmp_path):
    dlp("init", "course", folder=tmp_path)
    return tmp_path / "course"


def solve(course, checkout, old=None, new=None):
    """Put the solution in place of the stub, perhaps with a mistake."""
    text = (checkout / "solutions" / EX01).read_text(encoding="utf-8")
    assert old is None or old in text
    (course / "exercises" / EX01).write_text(text.replace(old, new) if old else text, encoding="utf-8")


def test_a_students_walk_from_init_to_full_marks(course, checkout):
    assert "ex01  Linear regression" in dlp("list", folder=course)
    stops = dlp("run", "1", folder=course, code=1)
    assert "exercises/ex01_linear_regression.py stops in line 56. Task 1: return W x + b" in stops
    assert "dlp check ex01" in stops
    stub = dlp("check", "ex01", folder=course, code=1)
    assert "0 of 24 points" in stub
    assert "Still open: return W x + b" in stub
    assert "hint 1 of 4: For a single sample" in dlp("hint", "ex01", "1", folder=course)
    assert "hint 2 of 4: `a @ b` takes" in dlp("hint", "ex01", "1", folder=course)
    assert "0 of 24 points so far" in dlp("solution", "ex01", folder=course, code=2)

    solve(course, checkout, "return x @ weights.T + bias", "return x @ weights.T")
    wrong = dlp("check", "linear_regression", folder=course / "exercises", code=1)
    assert "22 of 24 points" in wrong
    assert "plus its own bias" in wrong
    listed = json.loads(dlp("list", "--json", folder=course))[0]
    assert (listed["points"], listed["state"], listed["next"]) == (22, "started", "task 1")

    solve(course, checkout)
    assert "24 of 24 points — complete" in dlp("check", "1", folder=course)
    assert "return x @ weights.T + bias" in dlp("solution", "ex01", folder=course)
    assert "Saved figures" in dlp("run", "ex01", folder=course)
    assert (course / "figures" / "ex01_descent.png").stat().st_size > 10_000

    assert "Aborted" in dlp("reset", "ex01", folder=course, stdin="n\n", code=1)
    assert "Your work is kept in" in dlp("reset", "ex01", folder=course, stdin="y\n")
    assert "NotImplementedError" in (course / "exercises" / EX01).read_text(encoding="utf-8")
    (backup,) = course.glob(f"backups/*/{EX01}")
    assert backup.read_bytes() == (checkout / "solutions" / EX01).read_bytes()
    assert "24 of 24 points is your best so far" in dlp("check", "1", folder=course, code=1)
    assert json.loads((course / "progress.json").read_text())["ex01_linear_regression"]["points"] == 24
    assert "24 / 24  done, now 0  task 1" in dlp("list", folder=course)


def test_a_plain_pytest_run_marks_a_folder(course, checkout):
    shutil.copy(checkout / "solutions" / EX01, course / "exercises")
    command = [sys.executable, "-m", "pytest", "tests/exercises", "-k", "ex01", "--submission", "exercises"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ex01_linear_regression: 24 of 24 points" in done.stdout


def test_check_prints_json(course):
    records = json.loads(dlp("check", "1", "--json", folder=course, code=1))
    assert [record["exercise"] for record in records] == ["ex01_linear_regression"]
    assert records[0]["max_points"] == 24
    assert {mark["state"] for mark in records[0]["marks"]} == {"open"}


def test_marking_task_by_task_adds_up(course, checkout):
    solve(course, checkout)
    for task, points in (("2", 5), ("1", 6)):
        assert f"{points} of {points} points" in dlp("check", "1", "--task", task, folder=course)
    listed = json.loads(dlp("list", "--json", folder=course))[0]
    assert (listed["points"], listed["next"]) == (11, "task 3")
    assert "task 3, hint 1" in dlp("hint", "1", folder=course)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "ex99"], "There is no exercise 'ex99'. Did you mean"),
        (["run", "linear_regresion"], "Did you mean: ex01 (Linear regression)?"),
        (["check", "check"], "Did you mean: ex08 (The checkerboard)?"),
        (["check", "1", "--task", "9"], "ex01 has no task 9. It has 1, 2, 3, 4, 5."),
        (["check", "1", "--submission", "nowhere"], "There is no folder nowhere"),
        (["hint", "1", "7"], "ex01 has no task 7. It has 1, 2, 3, 4, 5."),
        (["playground", "#activation=step", "--code"], "`activation` in the URL must be one of"),
        (["build"], "There is no folder `solutions`"),
        (["check", "--timeout", "0"], "Invalid value for '--timeout'"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)
def test_wrong_use_ends_with_code_2(course, arguments, says):
    assert says in dlp(*arguments, folder=course, code=2)


def test_outside_a_workspace_all_hints_are_shown(tmp_path):
    assert dlp("hint", "1", "1", folder=tmp_path).count("ex01, task 1, hint") == 4


def test_outside_a_workspace_the_command_says_what_to_do(tmp_path):
    assert "`dlp init course` writes them" in dlp("list", folder=tmp_path, code=2)


def test_a_damaged_progress_file_is_reported_once(course):
    (course / "progress.json").write_text('{"ex01')
    assert "it is kept as progress.json.damaged" in dlp("list", folder=course, code=2)
    assert "Linear regression" in dlp("list", folder=course)


def test_marks_are_shown_even_when_they_cannot_be_noted(course):
    (course / "progress.json").mkdir()
    printed = dlp("check", "1", folder=course, code=2)
    assert "0 of 24 points" in printed
    assert "progress.json cannot be read" in printed


def test_a_syntax_error_is_shown_without_our_own_frames(course):
    (course / "exercises" / EX01).write_text("def f(:\n")
    printed = dlp("run", "1", folder=course, code=1)
    assert "SyntaxError: invalid syntax" in printed
    assert "run.py" not in printed


def test_a_syntax_error_is_said_once_and_takes_no_points(course, checkout):
    solve(course, checkout)
    dlp("check", "1", folder=course)
    solve(course, checkout, "def predict(x, weights, bias):", "def predict(x, weights, bias)")
    printed = dlp("check", "1", folder=course, code=1)
    broken = "Python cannot read ex01_linear_regression.py: expected ':' in line 49, `def predict(x, weights, bias)`."
    assert printed.count("Python cannot read") == printed.count(broken) == 1
    assert "✗" not in printed
    assert "24 of 24 points is your best so far, and is kept." in printed
    assert "Next: open exercises/ex01_linear_regression.py and mend line 49. Then" in printed
    (record,) = json.loads(dlp("check", "1", "--json", folder=course, code=1))
    assert {mark["message"] for mark in record["marks"]} == {broken}
    listed = json.loads(dlp("list", "--json", folder=course))[0]
    assert (listed["points"], listed["points_now"], listed["state"]) == (24, 0, "done")


@pytest.mark.parametrize(
    "arguments", [["check", "1"], ["check", "1", "--json"], ["check"], ["list"], ["--help"]]
)
@pytest.mark.parametrize("redirection", ["| head -n 1", "| true", "> /dev/full"])
def test_a_reader_who_leaves_and_a_full_disk_are_no_traceback(course, checkout, arguments, redirection):
    solve(course, checkout)
    dlp_command = shlex.join([sys.executable, "-m", "dlp_keras", *arguments])
    done = subprocess.run(
        ["bash", "-c", f"{dlp_command} {redirection}"],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    full = "Error: The output: No space left on device.\n"
    assert done.stderr == (full if "full" in redirection else "")
    points = json.loads(dlp("list", "--json", folder=course))[0]["points"]
    assert points == (24 if "check" in arguments else 0)


def test_an_untouched_stub_stays_new(course):
    assert "Next: open exercises/ex01_linear_regression.py and write task 1 in line 56" in dlp(
        "list", folder=course
    )
    printed = dlp("check", "1", folder=course, code=1)
    assert "Next: open exercises/ex01_linear_regression.py and write task 1 in line 56" in printed
    assert json.loads(dlp("list", "--json", folder=course))[0]["state"] == "new"
    assert not (course / "progress.json").exists()


def test_the_next_step_is_seen_from_the_current_folder(course):
    assert "Next: open ex01_linear_regression.py and" in dlp("list", folder=course / "exercises")


def test_the_way_into_a_folder_with_spaces_is_quoted(tmp_path):
    assert "Next: cd 'my course' && dlp list" in dlp("init", "my course", folder=tmp_path)
    (tmp_path / "my course" / "exercises" / EX01).unlink()
    assert "1 file written to my course." in dlp("init", "my course", folder=tmp_path)


def test_help_texts_are_whole_at_80_columns():
    result = CliRunner().invoke(main, ["--help"], terminal_width=80)
    commands = result.output.partition("Commands:\n")[2].splitlines()
    assert len(commands) == len(main.commands)
    assert all(line.endswith(".") and not line.endswith("...") and len(line) <= 80 for line in commands)


def test_an_error_in_the_students_file_keeps_its_traceback_short(course):
    (course / "exercises" / EX01).write_text("def f():\n    return 1 / 0\n\n\nf()\n")
    done = subprocess.run(
        [sys.executable, "-m", "dlp_keras", "run", "1"],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert "runpy" not in done.stderr


def test_an_untouched_stub_is_known_without_a_process(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setattr("subprocess.Popen", None)
    result = CliRunner().invoke(main, ["check", "--json"])
    assert result.exit_code == 1
    assert {mark["state"] for record in json.loads(result.output) for mark in record["marks"]} == {"open"}


@pytest.mark.parametrize("command", ["--help", "list", "check"])
def test_commands_start_without_keras_and_matplotlib(command, course):
    heavy = ["keras", "tensorflow", "matplotlib", "sklearn", "jupytext"]
    arguments = {"--help": ["--help"], "list": ["list"], "check": ["check", "ex01", "--json"]}[command]
    program = (
        "import sys\nfrom dlp_keras.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', [name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=course, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_importing_the_package_is_light():
    program = "import sys, dlp_keras; print(sorted({'keras', 'numpy', 'matplotlib', 'pytest'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_playground_setting_becomes_code(tmp_path):
    url = "https://playground.tensorflow.org/#dataset=xor&networkShape=4,2&activation=relu"
    code = dlp("playground", url, "--code", "--epochs", "7", folder=tmp_path)
    compile(code, "playground", "exec")
    assert "make_checkerboard(500" in code
    assert "epochs=7" in code


def test_build_check_passes_in_the_checkout(checkout):
    assert "in step with the solutions" in dlp("build", "--check", folder=checkout)


def test_a_notebook_without_jupyter_says_how_to_get_it(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["notebook", "1"])
    assert result.exit_code == 2
    assert "pip install 'dlp_keras[notebook]'" in result.output


def test_the_doctor_finds_what_is_needed(course):
    printed = dlp("doctor", folder=course)
    assert f"{len(load_catalog())} exercises" in printed
    assert f"dlp_keras     {__version__}" in printed
    assert "Keras 3" in printed
    assert "✗" not in printed
