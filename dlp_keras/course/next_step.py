"""What a student does next: which file to open, and what to write there."""

import ast
import re
import warnings
from typing import Any

from dlp_keras.course.catalog import Exercise, Task, load_catalog
from dlp_keras.course.earned_points import Record, best_points, next_task, present_file, present_points
from dlp_keras.course.wording import count
from dlp_keras.course.workspace import Workspace
from dlp_keras.files import short_path

_BEGIN = 40  # letters of a task's text that tell it from the others


def summarize(workspace: Workspace) -> list[dict[str, Any]]:
    """Return one row an exercise: its title, its best and present points, its state, the next step."""
    progress = workspace.read_progress()
    return [_summarize(exercise, progress.get(exercise.name, {})) for exercise in load_catalog().values()]


def describe_best(workspace: Workspace, exercise: Exercise) -> str:
    """Say what the best points of an exercise are, where its file has fewer now; else ""."""
    record = workspace.read_progress().get(exercise.name, {})
    best, now = (sum(points(exercise, record).values()) for points in (best_points, present_points))
    return (
        f"{best} of {count(exercise.points, 'point')} is your best so far, and is kept." if now < best else ""
    )


def describe_next_step(workspace: Workspace, exercise: Exercise | None = None) -> str:
    """Say what to do next in an exercise, or in the first one that is not done; "" when all is done.

    Parameters
    ----------
    workspace
        The student's folder.
    exercise
        The one to go on with, where it has marks that are not earned now.
    """
    progress = workspace.read_progress()
    records = {each: progress.get(each.name, {}) for each in load_catalog().values()}
    waiting = [
        each for each, record in records.items() if sum(best_points(each, record).values()) < each.points
    ]
    waiting.sort(key=lambda each: not records[each].get("checked"))  # what is begun comes first
    for each in filter(None, [exercise, *waiting]):
        if task := next_task(each, records[each]):
            return _describe(workspace, each, records[each], task)
    return ""


def find_stub(text: str, task: Task) -> tuple[int, str] | None:
    """Return the line of a script where a task has its first stub, from 1, and what to do there.

    A question whose letter is chosen is no stub any more, though its comment stays.
    """
    error, question = (
        r"raise NotImplementedError\(\s*[\"']",
        r"# (?=[^\n]*\n[^\n]*(?:\bNone\b|raise RuntimeError))",
    )
    match = re.search(rf"^[ \t]*(?:{error}|{question})Task {task.number}: (.*)", text, re.MULTILINE)
    if match is None:
        return None
    begin = match[1].replace('\\"', '"').rstrip('")')
    todo = next((each for each in task.texts if each.startswith(begin[:_BEGIN])), task.text)
    return text.count("\n", 0, match.start()) + 1, todo


def _describe(workspace: Workspace, exercise: Exercise, record: Record, number: str) -> str:
    path = workspace.folder / (present_file(record) or workspace.exercise_path(exercise))
    if not path.is_file():
        path = workspace.exercise_path(exercise)
    if not path.is_file():
        return f"`dlp reset {exercise.code}` brings back {short_path(path)}, which is missing."
    task = exercise.find_task(number)
    what = f"go on with task {number}: {task.text.rstrip('.')}"
    if path.suffix == ".py":
        text = path.read_text(encoding="utf-8", errors="replace")
        if broken := _find_syntax_error(text):
            what = f"mend line {broken}"
        elif stub := find_stub(text, task):
            what = f"write task {number} in line {stub[0]}: {stub[1].rstrip('.')}"
    return f"open {short_path(path)} and {what}. Then `dlp check {exercise.code}`."


def _find_syntax_error(text: str) -> int | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # such as those about escape sequences
            ast.parse(text)
    except SyntaxError as error:
        return error.lineno
    except ValueError:  # a null byte
        return 1
    return None


def _summarize(exercise: Exercise, record: Record) -> dict[str, Any]:
    best, now = best_points(exercise, record), present_points(exercise, record)
    done, task = sum(best.values()) == exercise.points, next_task(exercise, record)
    state = "done" if done else "started" if record.get("checked") else "new"
    return {
        "exercise": exercise.code,
        "title": exercise.title,
        "minutes": exercise.header.minutes,
        "difficulty": exercise.header.difficulty,
        "points": sum(best.values()),
        "points_now": sum(now.values()),
        "max_points": exercise.points,
        "state": state,
        "file": present_file(record) or f"exercises/{exercise.name}.py",
        "next": f"task {task}" if task else f"dlp solution {exercise.code}",
    }
