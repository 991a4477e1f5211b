"""How long each exercise takes: its marks, alone and beside a busy process, and its main part."""

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.course import DLP, run
from benchmarks.record import RESULTS, Row, row, seconds, show, write
from dlp_keras.course.catalog import Exercise, content_folder, load_catalog

SOLUTIONS = ["--submission", str(content_folder() / "solutions")]
NUMPY_ONLY = {f"ex{n:02d}" for n in (1, 2, 3, 4, 5, 6, 13)}


@contextlib.contextmanager
def busy_core() -> Iterator[None]:
    """Keep one core busy."""
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        other.kill()
        other.wait()


def exercise_rows(exercise: Exercise, folder: Path, runs: int) -> list[Row]:
    """Time one exercise: the fastest of some runs, since other work on the machine only ever adds."""
    check, main = [*DLP, "check", exercise.code, *SOLUTIONS], [*DLP, "run", exercise.code, *SOLUTIONS]
    limit = 2 if exercise.code in NUMPY_ONLY else 20
    alone = min(seconds(partial(run, check, folder, (0,)), runs))
    with busy_core():
        beside = min(seconds(partial(run, check, folder, (0,)), runs))
    whole = min(seconds(partial(run, main, folder, (0,)), 1))
    name = f"{exercise.code} {exercise.title}"
    return [
        row(f"{name}: marks", alone, "s", note=f"{exercise.points} points"),
        row(f"{name}: marks beside a busy process", beside, "s", asked=f"< {limit}"),
        row(f"{name}: main part", whole, "s", asked="< 60"),
    ]


def main(argv: list[str] | None = None) -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", help="codes such as ex08; all without one")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS / "course.json")
    options = parser.parse_args(argv)
    catalog = [e for e in load_catalog().values() if not options.exercises or e.code in options.exercises]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for exercise in catalog:
            found = exercise_rows(exercise, Path(folder), options.runs)
            show(found)
            rows += found
        if not options.exercises:
            together = row(
                "all marks on all solutions, one process",
                min(seconds(partial(run, [*DLP, "check", *SOLUTIONS], Path(folder), (0,)), 1)),
                "s",
                asked="< 120",
            )
            show([together])
            write("exercises", [*rows, together], options.out)


if __name__ == "__main__":
    main()
