"""Processes of the marking itself are killed: that costs a retry, and no mark."""

import contextlib
import os
import signal

import pytest

from dlp_keras.grading import workers
from dlp_keras.grading.grader import grade_exercise
from dlp_keras.grading.settings import Settings
from dlp_keras.grading.submissions import Student
from dlp_keras.grading.workshop import Workshop, close_workshop
from dlp_keras.runner.fork_server import ForkServer, can_fork
from dlp_keras.runner.processes import kill_group
from dlp_keras.runner.sandbox import find_sandbox

EX01 = "ex01_linear_regression"


@pytest.fixture
def mark_once(tmp_path, solution_text):
    """Mark the solution, or the text of another answer."""
    if not (find_sandbox() and can_fork()):
        pytest.skip("there is no box here, or its processes cannot be forked")

    def mark_once(text=None):
        file = tmp_path / f"{EX01}.py"
        file.write_text(text or solution_text(EX01), encoding="utf-8")
        settings = Settings((EX01,), b"secret", timeout=5.0, box=find_sandbox().name)
        return grade_exercise(Student("a", tmp_path), EX01, settings, None)

    with contextlib.closing(contextlib.ExitStack()) as stack:
        stack.callback(close_workshop)
        yield mark_once


@pytest.fixture
def lose_warm_processes(monkeypatch):
    """Kill so many warm processes, each when it has just forked."""
    fork, killed = ForkServer.fork, []

    def lose(number):
        def fork_and_die(server, *arguments):
            fork(server, *arguments)
            if len(killed) < number:
                killed.append(server)
                kill_group(server._process)

        monkeypatch.setattr(ForkServer, "fork", fork_and_die)
        return killed

    return lose


def test_a_warm_process_that_is_killed_costs_no_mark(mark_once, lose_warm_processes):
    killed = lose_warm_processes(2)
    record = mark_once()
    assert len(killed) == 2
    assert (record.status, record.points) == ("marked", 24)


def test_warm_processes_that_are_always_killed_are_no_fault_of_the_student(mark_once, lose_warm_processes):
    lose_warm_processes(1000)
    record = mark_once()
    assert (record.status, record.points, record.marks) == ("failed", 0, [])
    assert "were killed 3 times" in record.note


def test_a_judge_that_is_killed_costs_no_mark(mark_once, monkeypatch):
    opened, killed = Workshop.open_session, []

    def open_and_kill(workshop, *arguments):
        if not killed:
            killed.append(workshop.judge.process.pid)
            os.kill(killed[0], signal.SIGKILL)
        return opened(workshop, *arguments)

    monkeypatch.setattr(Workshop, "open_session", open_and_kill)
    record = mark_once()
    assert killed
    assert (record.status, record.points) == ("marked", 24)


def test_a_students_own_crash_is_a_lost_mark(mark_once):
    record = mark_once("import os\nos._exit(3)\n")
    assert (record.status, record.points) == ("marked", 0)
    assert "exit code 3" in record.marks[0]["message"]


def _square_or_die(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def test_a_task_that_kills_its_process_is_given_up_and_all_others_are_done():
    found = list(workers.run_here(_square_or_die, range(6), 2, lambda task, why: (task, why)))
    assert sorted(result for result in found if isinstance(result, int)) == [0, 1, 4, 16, 25]
    (given_up,) = [result for result in found if not isinstance(result, int)]
    assert given_up == (3, "Its process was killed several times.")


def test_what_differs_is_named():
    assert workers.name_differences({"keras": "3.10", "numpy": "2"}, {"keras": "3.9", "numpy": "2"}) == (
        "keras 3.9 instead of 3.10"
    )
    assert workers.name_differences({"numpy": "2"}, {"numpy": "2", "box": "none"}) == ""
