"""Tables of marks, for terminals and notebooks."""

from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dlp_keras.course.catalog import Exercise, load_catalog
from dlp_keras.course.wording import count
from dlp_keras.marking.results import ExerciseResult, MarkResult

_SYMBOLS = {"earned": "[green]✓[/green]", "lost": "[red]✗[/red]", "open": "[dim]·[/dim]"}

_NOTEBOOK_WIDTH = 84  # columns that fit below a cell; Rich would take 115


def show_marks(marks: ExerciseResult, console: Console | None = None) -> None:
    """Print the marks of an exercise: one line each, with the reason below those that are lost."""
    console = console or Console()
    if console.is_jupyter:
        console = Console(width=_NOTEBOOK_WIDTH)
    console.print(render_marks(marks))


def render_marks(marks: ExerciseResult) -> RenderableType:
    """Return the marks of an exercise as something that Rich prints; one reason for all is said once."""
    exercise = load_catalog()[marks.exercise]
    lines: list[RenderableType] = []
    if problem := _common_problem(marks):
        lines.append(_indent(Text(problem), 2))
    task = message = ""
    for mark in [] if problem else marks.marks:
        if mark.task != task:
            task, message = mark.task, ""
            lines.append(_task_line(exercise, marks, task))
        lines += _mark_lines(mark, repeated=mark.message == message)
        message = mark.message
    lines.append(_total_line(exercise, marks))
    return Group(Text.from_markup(f"[bold]{exercise.code} · {escape(exercise.title)}[/bold]"), *lines)


def render_totals(all_marks: list[ExerciseResult]) -> Table:
    """Return one row an exercise, and their sum."""
    table = Table("exercise", "title", box=None, header_style="dim", pad_edge=False)
    table.add_column("points", justify="right")
    for marks in all_marks:
        exercise = load_catalog()[marks.exercise]
        table.add_row(exercise.code, exercise.title, f"{marks.points} / {marks.max_points}")
    earned, possible = (sum(getattr(m, name) for m in all_marks) for name in ("points", "max_points"))
    table.add_row("", "[bold]sum[/bold]", f"[bold]{earned} / {possible}[/bold]")
    return table


def render_list(summary: list[dict[str, Any]]) -> Table:
    """Return the list of exercises: title, best points, state (and points now, where fewer), next step."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("code", "title", "time", "level"):
        table.add_column(name)
    table.add_column("points", justify="right")
    table.add_column("state")
    table.add_column("next step", overflow="fold")
    styles = {"done": "green", "started": "yellow", "new": "dim"}
    for row in summary:
        state = f"[{styles[row['state']]}]{row['state']}[/]"
        if row["points_now"] < row["points"]:
            state += f", now {row['points_now']}"
        level, time = "★" * row["difficulty"], f"{row['minutes']} min"
        points = f"{row['points']} / {row['max_points']}"
        table.add_row(row["exercise"], row["title"], time, level, points, state, row["next"])
    return table


def _common_problem(marks: ExerciseResult) -> str:
    """Return what lost the marks of all tasks alike, such as a syntax error; else ""."""
    messages = {mark.message for mark in marks.marks}
    alike = len(messages) == 1 and len(marks.tasks) > 1 and marks.marks[0].state == "lost"
    return messages.pop() if alike else ""


def _task_line(exercise: Exercise, marks: ExerciseResult, number: str) -> Text:
    own = [mark for mark in marks.marks if mark.task == number]
    earned, possible = sum(m.points for m in own), sum(m.max_points for m in own)
    return Text.from_markup(f"[bold]Task {number}[/bold]  [dim]{earned} of {count(possible, 'point')}[/dim]")


def _mark_lines(mark: MarkResult, repeated: bool) -> list[RenderableType]:
    lines = [_indent(Text.from_markup(f"{_SYMBOLS[mark.state]} {escape(mark.title)}"), 2)]
    if mark.message and not repeated:
        lines.append(_indent(Text(mark.message, style="dim" if mark.state == "earned" else ""), 4))
    if mark.metric:
        lines.append(_indent(Text(str(mark.metric), style="cyan"), 4))
    if mark.output and mark.state == "lost":
        lines.append(_indent(Text(f"Your code printed: {mark.output.strip()[-500:]}", style="dim"), 4))
    return lines


def _indent(text: Text, columns: int) -> RenderableType:
    return Padding(text, (0, 0, 0, columns), expand=False)


def _total_line(exercise: Exercise, marks: ExerciseResult) -> Text:
    text = f"[bold]{marks.points} of {count(marks.max_points, 'point')}[/bold]"
    if marks.complete and marks.max_points == exercise.points:
        text += " [green]— complete[/green]"
    return Text.from_markup(text)
