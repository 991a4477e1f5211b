"""What `dlp grade` does: mark a class, go on where an earlier run has ended, write points and pages."""

import secrets
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import find_exercise, load_catalog
from dlp_keras.course.wording import count
from dlp_keras.grading.export import FORMATS
from dlp_keras.grading.grader import Settings, grade
from dlp_keras.grading.records import Record, Records
from dlp_keras.grading.report import write_feedback, write_report
from dlp_keras.grading.submissions import find_students
from dlp_keras.progress import ProgressBar
from dlp_keras.runner.sandbox import find_sandbox


def grade_class(
    submissions: Path,
    results: Path,
    names: tuple[str, ...],
    jobs: int,
    timeout: float,
    require_sandbox: bool,
    formats: tuple[str, ...] = (),
) -> bool:
    """Mark what a class handed in; return whether the marks of all could run.

    Raises
    ------
    CourseError
        If there are no submissions, no such exercise, or no box where one is required.
    """
    exercises = [find_exercise(name) for name in names] or list(load_catalog().values())
    students = find_students(submissions)
    box = find_sandbox()
    if require_sandbox and not box:
        raise CourseError(f"{_NO_BOX} Install bubblewrap, or leave out `--require-sandbox`.")
    results.mkdir(parents=True, exist_ok=True)
    name = box.name if box else "none"
    settings = Settings(tuple(e.name for e in exercises), _read_secret(results), timeout, box=name)
    records = Records(results / "records.jsonl")
    console = Console()
    if not box:
        console.print(_NO_BOX, style="yellow")
    found: list[Record] = []
    n_tasks = len(students) * len(exercises)
    try:
        with ProgressBar(n_tasks, unit="exercises", shown=True) as bar:
            for record in grade(students, records, settings, jobs):
                found.append(record)
                bar.advance(1)
    finally:
        places = [records.get(s.name, e.name) for s in students for e in exercises]
        known = [record for record in places if record]
        for form in dict.fromkeys(("csv", *formats)):
            FORMATS[form](results, known)
        write_feedback(results, known)
        write_report(results, known)
    console.print(_summary(found))
    console.print(f"{count(len(students), 'student')}: {results / 'grades.csv'}", highlight=False)
    failed = [record for record in found if record.status == "failed"]
    for record in failed:
        console.print(f"{record.student}, {record.exercise[:4]}: {record.note}", style="red", markup=False)
    return not failed


_NO_BOX = (
    "Students' code runs here without a box: it can read and change what you can. Marks and solutions are in "
    "other processes, but not hidden from a search of the disk."
)


def _read_secret(results: Path) -> bytes:
    """Return what the data of the marks are drawn from; it is made with the first run."""
    path = results / "secret"
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.token_hex(16)}\n", encoding="utf-8")
    return path.read_bytes().strip()


def _summary(records: list[Record]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name, right in (
        ("exercise", False),
        ("marked", True),
        ("mean", True),
        ("of", True),
        ("missing", True),
    ):
        table.add_column(name, justify="right" if right else "left")
    for exercise in sorted({record.exercise for record in records}):
        own = [record for record in records if record.exercise == exercise]
        counts = Counter(record.status for record in own)
        points = [record.points for record in own if record.status == "marked"]
        mean = f"{sum(points) / len(points):.1f}" if points else "–"
        table.add_row(
            exercise[:4],
            str(counts["marked"]),
            mean,
            str(own[0].max_points),
            str(len(own) - counts["marked"]),
        )
    return table
