"""The points of an exercise in `progress.json`: the best of each mark, and what each file earns now.

A record has ``tasks`` (the best points of each) and their sum ``points``, ``hints`` (seen), ``checked``
(when), ``best`` (by mark: its task, its points, the file that earned them and when) and ``now`` (by file: the
points of each task; the file checked last stands last). Records of the first form lack ``best`` and ``now``.
"""

from collections.abc import Mapping
from typing import Any

from dlp_keras.course.catalog import Exercise

Record = dict[str, Any]
Marks = Mapping[str, Mapping[str, int]]  # the points of each mark, by task and name


def note_marks(record: Record, marks: Marks, file: str, when: str) -> Record:
    """Return the record with the marks of one file; no points are ever taken away."""
    best = dict(record.get("best", {}))
    for task, points_by_name in marks.items():
        for name, points in points_by_name.items():
            if points > best.get(name, {"points": 0})["points"]:
                best[name] = {"task": task, "points": points, "file": file, "checked": when}
    tasks = dict(record.get("tasks", {}))
    for task in marks:
        earned = sum(mark["points"] for mark in best.values() if mark["task"] == task)
        tasks[task] = max(earned, tasks.get(task, 0))
    now = dict(record.get("now", {}))
    earlier = now.pop(file, {"tasks": {}})["tasks"]
    now[file] = {
        "checked": when,
        "tasks": _in_order({**earlier, **{t: sum(marks[t].values()) for t in marks}}),
    }
    noted = {"points": sum(tasks.values()), "tasks": _in_order(tasks), "checked": when}
    return {**record, **noted, "best": best, "now": now}


def best_points(exercise: Exercise, record: Record) -> dict[str, int]:
    """Return the best points of each task."""
    earned = record.get("tasks", {})
    return {task.number: min(earned.get(task.number, 0), task.points) for task in exercise.tasks}


def present_points(exercise: Exercise, record: Record) -> dict[str, int]:
    """Return the points of each task in the file that was checked last; the best where it was not asked."""
    best, now = best_points(exercise, record), record.get("now", {})
    earned = now[present_file(record)]["tasks"] if now else {}
    return {task: min(earned.get(task, points), points) for task, points in best.items()}


def present_file(record: Record) -> str | None:
    """Return the file that was checked last, as seen from the workspace."""
    return next(reversed(record.get("now", {})), None)


def next_task(exercise: Exercise, record: Record) -> str | None:
    """Return the first task that has not all its points now."""
    now = present_points(exercise, record)
    return next((task.number for task in exercise.tasks if now[task.number] < task.points), None)


def is_record(record: Any) -> bool:
    """Tell whether a value from a file that anybody may edit is a record."""
    if not isinstance(record, dict) or type(record.get("points", 0)) is not int:
        return False
    best, now = record.get("best", {}), record.get("now", {})
    return (
        _counts(record.get("tasks", {}))
        and _counts(record.get("hints", {}))
        and isinstance(best, dict)
        and all(isinstance(mark, dict) and _is_best(mark) for mark in best.values())
        and isinstance(now, dict)
        and all(isinstance(file, dict) and _counts(file.get("tasks")) for file in now.values())
    )


def _is_best(mark: Record) -> bool:
    return isinstance(mark.get("task"), str) and type(mark.get("points")) is int


def _counts(value: Any) -> bool:
    return isinstance(value, dict) and all(type(number) is int for number in value.values())


def _in_order(tasks: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(tasks.items(), key=lambda item: (len(item[0]), item[0])))
