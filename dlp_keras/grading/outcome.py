"""What a class gets: the records as marked, and beside them the points that count."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from dlp_keras.course.catalog import marks_path
from dlp_keras.course.marks_file import read_marks
from dlp_keras.grading.export import FORMATS
from dlp_keras.grading.final_points import take_penalty, write_penalties
from dlp_keras.grading.options import Options
from dlp_keras.grading.private_marks import private_marks
from dlp_keras.grading.records import Record
from dlp_keras.grading.report import write_feedback, write_report


def finish(records: Iterable[Record], options: Options) -> list[Record]:
    """Return records in the lecturer's scale, less what lateness costs; the records stay as they are."""
    found = list(records)
    tasks = {exercise: _task_points(exercise, options) for exercise in {r.exercise for r in found}}
    scaled = [options.scale.apply(record, tasks[record.exercise]) for record in found]
    return [take_penalty(record, options.late) for record in scaled]


def write_results(folder: Path, records: Iterable[Record], options: Options) -> list[Record]:
    """Write the results of a class in all formats wanted, and return the records that are in them."""
    final = finish(records, options)
    for name in dict.fromkeys(("csv", *options.formats)):
        FORMATS[name](folder, final)
    write_feedback(folder, final)
    write_report(folder, final)
    write_penalties(folder, final, options.late)
    return final


def unknown_times(records: Iterable[Record], options: Options) -> list[str]:
    """Return the students of whom it is not known when they handed in something that has a deadline."""
    late = options.late
    return sorted(
        {
            record.student
            for record in records
            if record.status == "marked"
            and late.deadline(record.student, record.exercise)
            and not late.time(record.student, record.exercise)
        }
    )


def _task_points(exercise: str, options: Options) -> dict[str, int]:
    points = Counter[str]()
    for mark in (*read_marks(marks_path(exercise)), *private_marks(options.private_marks, exercise)):
        points[mark.task] += mark.points
    return dict(points)
