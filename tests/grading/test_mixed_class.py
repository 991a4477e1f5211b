"""A class of everything is graded through a crash and the loss of a worker: every grade as it must be.

A plain run has a small class; with ``DLP_ALL_MARKS=1`` it has 200 students.
"""

import contextlib
import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlp_keras.course.catalog import marks_path
from dlp_keras.course.marks_file import read_marks
from tests.grading.mixed_class import exercises, make_class
from tests.grading.programs import descendants, read_latest, read_lines, start_grading, wait_until
from tests.marking.samples import takes_all

N_STUDENTS = 200 if takes_all() else 6
LONGEST = 3600
OPTIONS = ["-j", "2", "--timeout", "5", *(word for name in exercises() for word in ("-e", name))]


@dataclass
class Grading:
    """What came of the class.

    Attributes
    ----------
    handed_in : dict
        By student and exercise.
    left_by_crash : list of dict
        The records at the crash.
    survivors : set of int
        Processes that were there at the crash, and still are.
    output : str
        What the last run said.
    records : dict
        By student and exercise.
    """

    handed_in: dict
    left_by_crash: list
    survivors: set
    output: str
    records: dict


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    if not Path("/proc/self/task").is_dir():
        pytest.skip("processes are found in /proc")
    return tmp_path_factory.mktemp("mixed")


@pytest.fixture(scope="module")
def grading(place):
    """Grade the class; kill the whole in the first half, and one of its workers in the second."""
    handed_in = make_class(place / "class", N_STUDENTS)
    results = prepare(place / "results")
    first = start_grading(place / "class", results, *OPTIONS, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(read_lines(results)) >= len(handed_in) // 3, LONGEST)
    family = descendants(first.pid)
    first.kill()
    first.wait()
    left_by_crash = read_lines(results)
    with contextlib.suppress(AssertionError):
        wait_until(lambda: not alive(family), 60)
    survivors = alive(family)

    second = start_grading(place / "class", results, *OPTIONS)
    wait_until(lambda: len(read_lines(results)) >= 2 * len(handed_in) // 3, LONGEST)
    workers = [pid for pid, command in descendants(second.pid).items() if "LokyProcess" in command]
    os.kill(workers[0], signal.SIGKILL)
    output, _ = second.communicate(timeout=LONGEST)
    assert second.returncode == 0, output
    return Grading(handed_in, left_by_crash, survivors, output, read_latest(results))


def prepare(results):
    results.mkdir()
    (results / "secret").write_text("the same for both\n", encoding="utf-8")
    return results


def alive(family):
    """Return which processes of a family are still there."""
    found = set()
    for pid, command in family.items():
        with contextlib.suppress(OSError):
            if command and Path(f"/proc/{pid}/cmdline").read_bytes().decode() == command:
                found.add(pid)
    return found


def test_the_class_has_everything(grading):
    kinds = {work.kind for work in grading.handed_in.values()}
    assert kinds == {"solution", "stub", "alternative", "mistake", "attack"}
    assert len(grading.handed_in) == N_STUDENTS * 7


def test_every_grade_is_as_it_must_be(grading):
    assert grading.records.keys() == grading.handed_in.keys()
    wrong = {
        place: (work.kind, work.title, record["status"], record["note"], record["points"], lost_marks(record))
        for place, work in grading.handed_in.items()
        if not is_right(work, record := grading.records[place])
    }
    assert wrong == {}


def is_right(work, record):
    """Tell whether a record is what must come of what was handed in."""
    most = sum(mark.points for mark in read_marks(marks_path(record["exercise"])))
    lost = lost_marks(record)
    expected = {
        "solution": (most, ()),
        "alternative": (most, ()),
        "mistake": (most - sum(points for _, points in lost), work.loses),
    }
    points, loses = expected.get(work.kind, (0, None))
    names = tuple(sorted({name for name, _ in lost}))
    right = (record["status"], record["points"], record["max_points"]) == ("marked", points, most)
    return right and loses in (None, names)


def lost_marks(record):
    """Return name and points of the marks that are not earned."""
    found = [mark for mark in record["marks"] if mark["state"] != "earned"]
    return [(mark["name"].partition("[")[0], mark["max_points"]) for mark in found]


def test_a_crash_keeps_what_was_marked_and_leaves_no_process(grading, place):
    n_left = len(grading.left_by_crash)
    assert n_left < len(grading.handed_in)
    lines = read_lines(place / "results")
    assert lines[:n_left] == grading.left_by_crash
    assert len(lines) == len(grading.handed_in)  # and nothing was marked twice
    assert grading.survivors == set()


def test_another_run_with_the_same_secret_differs_in_times_alone(grading, place):
    results = prepare(place / "again")
    process = start_grading(place / "class", results, *OPTIONS)
    output, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, output
    assert without_times(read_latest(results)) == without_times(grading.records)
    tables = [(place / name / "grades.csv").read_bytes() for name in ("results", "again")]
    assert tables[0] == tables[1]


def without_times(records):
    kept = [{**record, "seconds": 0} for _, record in sorted(records.items())]
    for record in kept:
        record["marks"] = [{**mark, "seconds": 0} for mark in record["marks"]]
    return [json.dumps(record) for record in kept]
