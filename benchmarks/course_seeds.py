"""How safe the marks are: every solution marked with many seeds, and how its challenges scatter.

A mark that a right answer loses by the luck of its random numbers is worth nothing. The seed of the marks
draws their data and the student's starts.
"""

import argparse
import statistics
from collections import defaultdict
from pathlib import Path

from benchmarks.record import RESULTS, Row, row, show, write
from dlp_keras.course.catalog import content_folder, load_catalog
from dlp_keras.marking.check import mark
from dlp_keras.progress import track
from dlp_keras.runner.session import WorkerSession


def exercise_rows(name: str, session: WorkerSession, n_seeds: int) -> list[Row]:
    """Mark one solution with each seed; name what was lost, and give mean and spread of each challenge."""
    lost: list[str] = []
    metrics: dict[str, list[float]] = defaultdict(list)
    for seed in track(range(n_seeds), name[:4]):
        marks = mark(name, session=session, folder=content_folder() / "solutions", seed=seed, timeout=300)
        lost += [f"seed {seed}: {m.name}" for m in marks.marks if m.state != "earned"]
        for done in marks.marks:
            if done.metric:
                metrics[f"{name[:4]} {done.metric.name}"].append(done.metric.value)
    passed = n_seeds - len({text.partition(":")[0] for text in lost})
    rows = [row(f"{name}: seeds with all points", passed, f"of {n_seeds}", note=", ".join(lost))]
    for label, values in metrics.items():
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        rows.append(row(label, statistics.mean(values), "", note=f"± {spread:.2g} over {len(values)}"))
    return rows


def main(argv: list[str] | None = None) -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", help="codes such as ex08; all without one")
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--out", type=Path, default=RESULTS / "course.json")
    options = parser.parse_args(argv)
    names = [n for n in load_catalog() if not options.exercises or n[:4] in options.exercises]
    session, rows = WorkerSession(), list[Row]()
    for name in names:
        found = exercise_rows(name, session, options.seeds)
        show(found)
        rows += found
    session.close()
    if not options.exercises:
        write("seeds", rows, options.out)


if __name__ == "__main__":
    main()
