"""What `dlp grade` does: mark a class, go on where an earlier run has ended, write points and pages."""

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dlp_keras.course import CourseError
from dlp_keras.course.wording import count
from dlp_keras.grading.grader import grade
from dlp_keras.grading.options import Options
from dlp_keras.grading.outcome import unknown_times, write_results
from dlp_keras.grading.records import Record, Records
from dlp_keras.grading.repositories import find_class
from dlp_keras.grading.secret_file import make_secret
from dlp_keras.grading.settings import ON_WORKERS, Settings
from dlp_keras.progress import ProgressBar
from dlp_keras.runner.sandbox import Sandbox, find_sandbox


def grade_class(submissions: Path, results: Path, options: Options) -> bool:
    """Mark what a class handed in; return whether the marks of all could run.

    Raises
    ------
    CourseError
        If there are no submissions, no such exercise, or no box where one is required.
    """
    box = require_box(options)
    students = find_class(submissions, results / "repositories")
    results.mkdir(parents=True, exist_ok=True)
    settings = make_settings(options, options.secret or make_secret(results), box)
    records = Records(results / "records.jsonl")
    console = Console()
    if settings.box == "none":
        console.print(_NO_BOX, style="yellow")
    found: list[Record] = []
    n_tasks = len(students) * len(options.exercises)
    try:
        with ProgressBar(n_tasks, unit="exercises", shown=True) as bar:
            for record in grade(students, records, settings, options.jobs, options.scheduler):
                found.append(record)
                bar.advance(1)
    finally:
        known = [records.get(s.name, exercise) for s in students for exercise in options.exercises]
        final = write_results(results, filter(None, known), options)
    console.print(_summary(final))
    _tell_of_times(console, final, {student.name for student in students}, options)
    console.print(f"{count(len(students), 'student')}: {results / 'grades.csv'}", highlight=False)
    failed = [record for record in found if record.status == "failed"]
    for record in failed:
        console.print(f"{record.student}, {record.exercise[:4]}: {record.note}", style="red", markup=False)
    return not failed


def require_box(options: Options) -> Sandbox | None:
    """Return the box of this machine; raise `CourseError` where one is required and none is there."""
    box = None if options.scheduler else find_sandbox()
    if options.require_sandbox and not (box or options.scheduler):
        raise CourseError(f"{_NO_BOX} Install bubblewrap, or leave out `--require-sandbox`.")
    return box


def make_settings(options: Options, secret: bytes, box: Sandbox | None) -> Settings:
    """Return what marking needs of the options."""
    return Settings(
        options.exercises,
        secret,
        options.timeout,
        box=ON_WORKERS if options.scheduler else box.name if box else "none",
        require_box=options.require_sandbox,
        exercise_timeout=options.exercise_timeout,
        submission_timeout=options.submission_timeout,
        private_marks=options.private_marks,
    )


_NO_BOX = (
    "Students' code runs here without a box: it can read and change what you can. Marks and solutions are in "
    "other processes, but not hidden from a search of the disk."
)


def _tell_of_times(console: Console, final: list[Record], students: set[str], options: Options) -> None:
    """Say what was late, and where lateness cannot be known."""
    late = [record for record in final if record.penalty]
    if late:
        console.print(f"{count(len(late), 'exercise')} late, {sum(r.penalty for r in late):g} points less.")
    if unknown := unknown_times(final, options):
        console.print(
            f"When they handed in is not known, so nothing is late: {', '.join(unknown)}.",
            style="yellow",
            markup=False,
        )
    if strangers := sorted({name for name, _ in options.late.extensions} - students):
        console.print(
            f"`extensions` name who has handed in nothing here: {', '.join(strangers)}.",
            style="yellow",
            markup=False,
        )


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
            f"{own[0].max_points:g}",
            str(len(own) - counts["marked"]),
        )
    return table
