"""How long `dlp grade` takes for a class, beside a fresh `pytest` for each submission, on a quiet machine."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.course import DLP
from benchmarks.record import RESULTS, Row, row, show, write
from dlp_keras.course.catalog import content_folder, find_exercise

NUMPY = ("ex01", "ex02", "ex03", "ex04", "ex05", "ex06")


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes
    ----------
    wall, cpu : float
        Seconds; the processor time is that of the whole machine, since a box ends without telling its own.
    memory : float
        The largest sum over all its processes, in MB; what they share counts once.
    """

    wall: float
    cpu: float
    memory: float


def measure(command: list[str], folder: Path) -> Cost:
    """Run a command to its end, whatever it returns."""
    start, busy, peak = time.perf_counter(), _busy_seconds(), 0.0
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, sum(map(_memory, _family(process.pid))))
        time.sleep(0.1)
    return Cost(time.perf_counter() - start, _busy_seconds() - busy, peak)


def make_class(folder: Path, codes: tuple[str, ...], n_students: int) -> Path:
    """Write a class: in turn a solution and a stub, each with a line of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(n_students):
        for code in codes:
            name = find_exercise(code).name
            kind = "solutions" if number % 2 == 0 else "exercises"
            text = (content_folder() / kind / f"{name}.py").read_text(encoding="utf-8")
            place = folder / f"student{number:04d}" / f"{name}.py"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"{text}\n# {number}\n", encoding="utf-8")
    return folder


def grade(folder: Path, codes: tuple[str, ...], n_students: int, jobs: int) -> Cost:
    """Mark a class from nothing."""
    handed_in = make_class(folder / "class", codes, n_students)
    shutil.rmtree(folder / "results", ignore_errors=True)
    command = [*DLP, "grade", str(handed_in), "-o", str(folder / "results"), "-j", str(jobs)]
    for code in codes:
        command += ["-e", code]
    return measure(command, folder)


def fresh(folder: Path, code: str, n_students: int) -> Cost:
    """Mark each submission of a class by a `pytest` of its own."""
    name = find_exercise(code).name
    handed_in = make_class(folder / "class", (code,), n_students)
    marks = content_folder() / "tests" / "exercises"
    costs = []
    for student in sorted(handed_in.iterdir()):
        command = [sys.executable, "-m", "pytest", f"test_{name}.py", "-c", "pytest.ini", "-q"]
        costs.append(measure([*command, f"--submission={student}"], marks))
    return Cost(sum(c.wall for c in costs), sum(c.cpu for c in costs), max(c.memory for c in costs))


def class_rows(folder: Path, code: str, n_students: int, n_fresh: int, asked: str) -> list[Row]:
    """Compare a class in one exercise with processes of their own."""
    ours, theirs = grade(folder, (code,), n_students, 2), fresh(folder, code, n_fresh)
    rate, other = n_students / ours.wall, n_fresh / theirs.wall
    note = f"{ours.cpu / n_students:.2f} against {theirs.cpu / n_fresh:.2f} CPU seconds each"
    return [
        row(f"{code}: a fresh pytest each", other, "a second"),
        row(f"{code}: dlp grade, two jobs", rate, "a second", ratio=rate / other, asked=asked, note=note),
    ]


def numpy_rows(folder: Path, n_students: int) -> list[Row]:
    """Mark the six exercises without Keras, with two jobs and with one."""
    two, one = (grade(folder, NUMPY, n_students, jobs) for jobs in (2, 1))
    n = n_students * len(NUMPY)
    note = f"{two.cpu / n:.2f} CPU seconds each, {two.memory:.0f} MB"
    return [
        row("ex01–ex06: two jobs", n / two.wall, "a second", asked="≥ 10", note=note),
        row("ex01–ex06: one job", n / one.wall, "a second", note=f"{one.memory:.0f} MB"),
        row("ex01–ex06: two jobs over one", one.wall / two.wall, "×", asked="≥ 1.7"),
    ]


def growth_rows(folder: Path, sizes: list[int]) -> list[Row]:
    """Mark classes of several sizes in one exercise."""
    found = []
    for size in sizes:
        cost = grade(folder, ("ex01",), size, 2)
        note = f"{cost.cpu / size:.2f} CPU seconds each, {cost.memory:.0f} MB"
        found.append(row(f"ex01: {size} submissions", cost.wall / size, "s each", note=note))
    return found


def main(argv: list[str] | None = None) -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--out", type=Path, default=RESULTS / "grading.json")
    options = parser.parse_args(argv)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for found in (
            lambda: numpy_rows(folder, options.students),
            lambda: class_rows(folder, "ex01", options.students, 10, ""),
            lambda: class_rows(folder, "ex08", max(options.students // 10, 2), 4, "≥ 8 ×"),
            lambda: growth_rows(folder, options.sizes),
        ):
            some = found()
            show(some)
            rows += some
    write("grading", rows, options.out)


def _busy_seconds() -> float:
    words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system = map(int, words[:3])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    """Return a process and all that come from it."""
    found, waiting = [], [pid]
    while waiting:
        found.append(process := waiting.pop())
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text(encoding="ascii").split())
            except OSError:
                continue
    return found


def _memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
