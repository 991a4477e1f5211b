"""What to do next: the file, the line, the task."""

import pytest

from dlp_keras.course.catalog import content_folder, find_exercise, load_catalog
from dlp_keras.course.next_step import describe_best, describe_next_step, find_stub, summarize
from dlp_keras.course.workspace import Workspace, init

EXERCISE = find_exercise("1")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    init(tmp_path)
    monkeypatch.chdir(tmp_path)
    return Workspace(tmp_path)


def earn(workspace, points, exercise=EXERCISE, file=None):
    marks = {}
    for task in exercise.tasks:
        marks[task.number] = {f"test_{task.number}": min(points, task.points)}
        points -= min(points, task.points)
    workspace.record(exercise.name, marks, file or workspace.exercise_path(exercise))


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.code)
def test_the_stub_of_every_task_is_found(exercise):
    text = (content_folder() / "exercises" / f"{exercise.name}.py").read_text("utf-8")
    lines = text.splitlines()
    found = [find_stub(text, task)[0] for task in exercise.tasks]
    assert found == sorted(found)
    assert all("NotImplementedError" in lines[n - 1] or "# Task" in lines[n - 1] for n in found)


def test_a_beginner_is_told_what_to_open(workspace):
    step = describe_next_step(workspace)
    line, _ = find_stub(workspace.exercise_path(EXERCISE).read_text("utf-8"), EXERCISE.find_task("1"))
    assert step.startswith(
        f"open exercises/ex01_linear_regression.py and write task 1 in line {line}: return W x"
    )
    assert step.endswith("Then `dlp check ex01`.")


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.code)
def test_each_stub_comes_with_its_own_text(exercise):
    text = (content_folder() / "exercises" / f"{exercise.name}.py").read_text("utf-8")
    assert [find_stub(text, task)[1] for task in exercise.tasks] == [task.text for task in exercise.tasks]


def test_an_answered_question_is_passed_over():
    text = (content_folder() / "exercises" / f"{EXERCISE.name}.py").read_text("utf-8")
    task, lines = EXERCISE.find_task("5"), text.splitlines()
    first, what = find_stub(text, task)
    assert (lines[first], what) == ('PREDICTIONS = {"valley": None}', task.texts[0])
    text = text.replace('"valley": None', '"valley": "b"')
    second, what = find_stub(text, task)
    assert lines[second].startswith("ANSWERS = ")
    assert (what, second > first) == (task.texts[1], True)
    assert find_stub(text.replace("None", '"a"'), task) is None


def test_what_is_begun_comes_first(workspace):
    earn(workspace, 5, find_exercise("8"))
    assert "ex08_checkerboard.py and write task 1 in line" in describe_next_step(workspace)


def test_another_exercise_follows_one_that_is_done(workspace):
    earn(workspace, 24)
    assert f"{list(load_catalog())[1]}.py" in describe_next_step(workspace, EXERCISE)


def test_a_file_that_python_cannot_read_comes_first(workspace):
    workspace.exercise_path(EXERCISE).write_text("x = 1\ndef f(:\n")
    assert "and mend line 2. Then" in describe_next_step(workspace)


@pytest.mark.filterwarnings("error")
def test_an_answered_task_has_no_line(workspace):
    workspace.exercise_path(EXERCISE).write_text('x = "\\l"\n')
    assert "and go on with task 1: return W x" in describe_next_step(workspace)


def test_who_works_in_the_notebook_stays_there(workspace):
    earn(workspace, 6, file=workspace.notebook_path(EXERCISE))
    step = describe_next_step(workspace)
    assert "open notebooks/ex01_linear_regression.ipynb and go on with task 2" in step


def test_a_missing_file_is_brought_back(workspace):
    workspace.exercise_path(EXERCISE).unlink()
    assert describe_next_step(workspace).startswith("`dlp reset ex01` brings back exercises/ex01")


def test_nothing_is_left_to_do(workspace):
    for exercise in load_catalog().values():
        earn(workspace, exercise.points, exercise)
    assert describe_next_step(workspace) == ""


@pytest.mark.parametrize(
    ("points", "state", "following"),
    [(0, "started", "task 1"), (6, "started", "task 2"), (24, "done", "dlp solution ex01")],
)
def test_a_row_tells_points_state_and_next_step(workspace, points, state, following):
    earn(workspace, points)
    row = summarize(workspace)[0]
    assert (row["points"], row["points_now"], row["state"], row["next"]) == (points, points, state, following)


def test_what_was_done_and_is_broken_stays_done(workspace):
    earn(workspace, 24)
    assert describe_best(workspace, EXERCISE) == ""
    earn(workspace, 2)
    row = summarize(workspace)[0]
    assert (row["points"], row["points_now"], row["state"], row["next"]) == (24, 2, "done", "task 1")
    assert describe_best(workspace, EXERCISE) == "24 of 24 points is your best so far, and is kept."


def test_a_new_exercise_is_new(workspace):
    assert {row["state"] for row in summarize(workspace)} == {"new"}
