"""How long a student waits: for help, lists and marks, and what marking adds to the training itself.

``python -m benchmarks`` prints the table and writes ``results/course.json``. Every time is the median over
whole processes; a comparison runs its two commands in turn.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.record import RESULTS, Row, row, seconds, show, write
from dlp_keras.course.catalog import content_folder

PYTHON = [sys.executable, "-P"]
DLP = [*PYTHON, "-m", "dlp_keras"]

# What the marks of exercise 8 train, without marks.
PLAIN_EX08 = """
import runpy, sys
exercise = runpy.run_path(sys.argv[1], run_name="plain")
from dlp_keras.datasets import make_checkerboard
train, build = exercise["train"], exercise["build_model"]
training, fresh = make_checkerboard(500, seed=11), make_checkerboard(500, seed=12)
model = build((12,), "relu")
for epochs in (4, 2, 100):
    train(model, *training, fresh, epochs=epochs)
model.predict(fresh[0], verbose=0)
eights = [*[(8, 17, 60)] * 3, *[(8, 17, 100)] * 3, (8, 17, 1), (8, 50, 400)]
for nodes, n_starts, epochs in [(3, 41, 100), *eights]:
    exercise["success_rate"]((nodes,), "relu", *training, fresh, n_starts, epochs)
"""


def run(command: list[str], folder: Path, codes: tuple[int, ...] = (0, 1)) -> None:
    """Run a command that ends with one of these codes; 1 is that of marks that are lost."""
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode not in codes:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr).decode()[-2000:]}")


def waiting_times(folder: Path, runs: int) -> list[Row]:
    """Median times of what is over in a second."""
    solutions = ["--submission", str(content_folder() / "solutions")]
    cases = [
        ("python, doing nothing", [*PYTHON, "-c", "pass"], ""),
        ("import dlp_keras", [*PYTHON, "-c", "import dlp_keras"], "< 0.1 more"),
        ("dlp --help", [*DLP, "--help"], "< 0.3"),
        ("dlp list", [*DLP, "list"], "< 0.3"),
        ("dlp check ex01, a stub", [*DLP, "check", "ex01"], "< 1"),
        ("dlp check ex01, the solution", [*DLP, "check", "ex01", *solutions], "< 1"),
        ("import keras", [*PYTHON, "-c", "import keras"], ""),
    ]
    return [
        timed(what, seconds(partial(run, command, folder), runs), asked) for what, command, asked in cases
    ]


def marking_overhead(folder: Path, runs: int) -> list[Row]:
    """Time the marks of exercise 8 against the same training in a plain script, in turn."""
    solutions = content_folder() / "solutions"
    marked = [*DLP, "check", "ex08", "--submission", str(solutions)]
    plain = [*PYTHON, "-c", PLAIN_EX08, str(solutions / "ex08_checkerboard.py")]
    ours, theirs = [], []
    for _ in range(runs):
        ours += seconds(partial(run, marked, folder), 1)
        theirs += seconds(partial(run, plain, folder), 1)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return [
        timed("dlp check ex08, the solution", ours),
        timed("the same training in a plain script", theirs),
        row("ratio, pair by pair", ratio, "", asked="< 1.1"),
    ]


def timed(what: str, times: list[float], asked: str = "") -> Row:
    """One line of the table: the median of some runs."""
    note = f"{min(times):.2f} to {max(times):.2f} in {len(times)} runs"
    return row(what, statistics.median(times), "s", asked=asked, note=note)


def main(argv: list[str] | None = None) -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--out", type=Path, default=RESULTS / "course.json")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        run([*DLP, "init", "."], Path(folder))
        rows = waiting_times(Path(folder), options.runs)
        rows += marking_overhead(Path(folder), max(1, options.runs // 2))
    show(rows)
    write("course", rows, options.out)


if __name__ == "__main__":
    main()
