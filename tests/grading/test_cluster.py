"""`dlp grade --scheduler`: real workers mark, and none that is lost costs a grade."""

import re
import socket
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.grading import workers
from dlp_keras.grading.marker import mark_task
from dlp_keras.grading.settings import Settings
from dlp_keras.grading.submissions import Student
from dlp_keras.grading.task import Task, read_task
from dlp_keras.runner.sandbox import find_sandbox
from tests.grading.programs import read_latest, read_lines, start_grading, wait_until
from tests.grading.scheduler import open_scheduler

EX01 = "ex01_linear_regression"


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    with open_scheduler(tmp_path_factory.mktemp("dask")) as opened:
        yield opened


@pytest.fixture
def hand_in(tmp_path, solution_text):
    """Hand in the solution of exercise 1 with something after it, as a student."""

    def hand_in(student, addition=""):
        folder = tmp_path / "class" / student
        folder.mkdir(parents=True)
        (folder / f"{EX01}.py").write_text(f"{solution_text(EX01)}\n\n{addition}\n", encoding="utf-8")
        return tmp_path / "class"

    return hand_in


def grade(submissions, results, scheduler, *options):
    process = start_grading(submissions, results, "-e", "ex01", "--scheduler", scheduler.address, *options)
    output, _ = process.communicate(timeout=240)
    return process.returncode, " ".join(output.split())


def test_a_worker_that_is_killed_costs_no_grade(scheduler, hand_in, tmp_path):
    for number in range(10):
        submissions = hand_in(f"student{number}", "import time\ntime.sleep(0.3)")
    hand_in("careless", "def predict(x, weights, bias):\n    return x @ weights.T")
    results = tmp_path / "results"
    with scheduler.workers(2) as both:
        options = ("-e", "ex01", "--scheduler", scheduler.address)
        process = start_grading(submissions, results, *options)
        wait_until(lambda: len(read_lines(results)) >= 4)
        both[0].kill()  # it is marking: all but a few milliseconds of its time
        output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, output
    points = {student: record["points"] for (student, _), record in read_latest(results).items()}
    assert 0 < points.pop("careless") < 24
    assert points == {f"student{number}": 24 for number in range(10)}
    assert {record["status"] for record in read_lines(results)} == {"marked"}


def test_what_loses_every_worker_is_given_up_and_the_others_go_on(scheduler, hand_in, tmp_path):
    for student in ("a", "poison", "z"):
        submissions = hand_in(student)
    with scheduler.workers(3, fault="ends at poison"):
        code, _ = grade(submissions, tmp_path / "results", scheduler)
    records = {student: record for (student, _), record in read_latest(tmp_path / "results").items()}
    assert code == 1
    assert records["poison"]["status"] == "failed"
    assert "KilledWorker" in records["poison"]["note"]
    assert [records["a"]["points"], records["z"]["points"]] == [24, 24]


def test_a_worker_of_another_version_is_refused(scheduler, hand_in, tmp_path):
    with scheduler.workers(1, fault="old keras"):
        code, output = grade(hand_in("a"), tmp_path / "results", scheduler)
    assert code == 2
    assert re.search(r"The worker tcp://\S+ has keras 2\.0 instead of 3", output)
    assert read_lines(tmp_path / "results") == []


def test_a_worker_without_a_box_marks_nothing_where_one_is_required(scheduler, hand_in, tmp_path):
    with scheduler.workers(1, fault="no box"):
        code, _ = grade(hand_in("a"), tmp_path / "results", scheduler, "--require-sandbox")
        (record,) = read_lines(tmp_path / "results")
        assert (code, record["status"], record["marks"]) == (1, "failed", [])
        assert "has no box" in record["note"]
        assert grade(hand_in("b"), tmp_path / "results", scheduler)[0] == 0
    boxes = {record["environment"].get("box") for record in read_latest(tmp_path / "results").values()}
    assert boxes == {"none"}


def test_a_students_code_cannot_reach_the_scheduler(scheduler, hand_in, tmp_path):
    if not find_sandbox():
        pytest.skip("there is no box here")
    host, port = scheduler.address.removeprefix("tcp://").rsplit(":", 1)
    socket.create_connection((host, int(port)), timeout=5).close()  # from here it is reached
    attack = f"""\
import socket
socket.create_connection(({host!r}, {port}), timeout=5)
del predict  # only where that has worked
"""
    submissions = hand_in(
        "prober", f"try:\n    {'    '.join(attack.splitlines(True))}except OSError:\n    pass"
    )
    with scheduler.workers(1):
        code, output = grade(submissions, tmp_path / "results", scheduler)
    assert code == 0, output
    assert read_latest(tmp_path / "results")["prober", EX01]["points"] == 24


@pytest.fixture
def refusal(hand_in, tmp_path):
    """Return what is said where nothing can be marked."""

    def refusal(address):
        arguments = ["grade", hand_in("a"), "-o", tmp_path / "r", "-e", "ex01", "--scheduler", address]
        done = CliRunner().invoke(main, [str(word) for word in arguments])
        assert done.exit_code == 2
        return " ".join(done.output.split())

    return refusal


def test_without_dask_its_extra_is_named(refusal, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "dlp_keras[cluster]" in refusal("tcp://127.0.0.1:1")


def test_a_scheduler_without_workers_is_said(scheduler, refusal, monkeypatch):
    monkeypatch.setattr(workers, "_PATIENCE", 1.0)
    assert "has no workers. Start `dask worker" in refusal(scheduler.address)


def test_no_scheduler_is_said(refusal, monkeypatch):
    monkeypatch.setattr(workers, "_PATIENCE", 1.0)
    assert "No scheduler answers at tcp://127.0.0.1:1 " in refusal("tcp://127.0.0.1:1")


@pytest.fixture
def task(hand_in):
    folder = hand_in("a")
    found = read_task(Student("a", folder / "a"), EX01, Settings((EX01,), b"very secret"), None)
    assert isinstance(found, Task)
    return found


def test_a_worker_that_comes_later_checks_versions_and_marks_itself(task):
    late = mark_task(replace(task, versions={**task.versions, "numpy": "1.0"}))
    assert late.status == "failed"
    assert "instead of 1.0" in late.note
    other = mark_task(replace(task, fingerprints=("0", "1")))
    assert other.status == "failed"
    assert "other marks or another solution" in other.note


def test_no_log_of_a_worker_shows_the_secret_or_what_was_handed_in(task):
    assert "very secret" not in repr(task)
    assert "predict" not in repr(task)
