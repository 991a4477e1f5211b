"""Exercises, notebooks and the table of topics, built from the solutions: `dlp build`."""

import re
import textwrap
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import Exercise, describe_exercise, marks_path
from dlp_keras.course.cells import COMMENTARY
from dlp_keras.course.header import check_playground
from dlp_keras.course.hints import check_hints
from dlp_keras.course.notebook import make_notebook
from dlp_keras.course.questions import check_letters, check_questions
from dlp_keras.course.source import (
    Block,
    Source,
    check_markers,
    drop_commentary,
    parse_source,
    read_source,
)
from dlp_keras.course.topics import read_slides, write_topics
from dlp_keras.course.trouble_box import check_trouble_box, read_mistakes, strip_comments
from dlp_keras.course.wording import count

_WIDTH = 105
_TITLE = re.compile(r"^# %% \[markdown\]\n# # .*\n(?:#\n)?", re.MULTILINE)


def build(folder: Path) -> dict[Path, str]:
    """Return the text of every file that follows from the solutions of a checkout.

    Parameters
    ----------
    folder
        The top of the checkout.

    Raises
    ------
    CourseError
        If a solution breaks a rule of the format, or leaks into what students get.
    """
    built: dict[Path, str] = {}
    sources = [read_source(path) for path in sorted((folder / "solutions").glob("ex[0-9][0-9]_*.py"))]
    for source in sources:
        exercise = describe_exercise(source, marks_path(source.name, folder))
        student = make_exercise(source, exercise)
        check_format(source, folder)
        built[folder / "exercises" / f"{source.name}.py"] = student
        notebook = make_notebook(student, exercise, source.tasks_by_cell)
        built[folder / "notebooks" / f"{source.name}.ipynb"] = notebook
    check_letters(sources)
    built[folder / "docs" / "topics.md"] = write_topics(read_slides(folder / "docs" / "slides.toml"), sources)
    return built


def find_differences(folder: Path) -> list[str]:
    """Name the files that `build` would change, and those that no solution stands behind."""
    built = build(folder)
    stale = [path for path, text in built.items() if not path.is_file() or path.read_text("utf-8") != text]
    orphans = [p for pattern in ("exercises/ex*.py", "notebooks/*.ipynb") for p in folder.glob(pattern)]
    return sorted(str(path.relative_to(folder)) for path in {*stale, *(set(orphans) - built.keys())})


def make_exercise(source: Source, exercise: Exercise) -> str:
    """Replace the solved parts of a solution by stubs, and its header by a title cell."""
    check_markers(source)
    student = strip_comments(drop_commentary(source.replace_blocks(_make_stub)))
    student = _TITLE.sub(lambda match: match[0] + _describe(exercise), student, count=1)
    check_leaks(source, student)
    return student


def strip_markers(solution: str) -> str:
    """Return the text of a solution as plain code with its commentary, without header, tasks and hints."""
    plain = parse_source(solution, "The solution").replace_blocks(lambda block: block.solution)
    return strip_comments(plain).replace(COMMENTARY, "# %% [markdown]")


def check_format(source: Source, folder: Path) -> None:
    """Raise `CourseError` where a solution breaks a rule of the format that students rely on."""
    if source.header.playground:
        check_playground(source.header, source.name)
    check_hints(source)
    check_questions(source)
    check_trouble_box(source, read_mistakes(folder / "tests" / "mistakes" / f"{source.name}.py"))
    if COMMENTARY not in source.text:
        raise CourseError(f"{source.name} has no commentary. Write a cell that begins with `{COMMENTARY}`.")


def check_leaks(source: Source, student: str) -> None:
    """Raise `CourseError` if a line of a solution stands anywhere in what students get."""
    given = {line.strip() for line in student.splitlines()}
    for block in source.blocks:
        for line in map(str.strip, block.solution.splitlines()):
            if len(line) > 15 and line in given and line not in block.stub:
                raise CourseError(
                    f"{source.name}: the line `{line}` of a solution also stands outside of it."
                )


def _make_stub(block: Block) -> str:
    """Write the stub of one block: given lines, or an error that names the task."""
    indent, message = block.indent, f"Task {block.task}: {block.text}"
    if block.stub:
        return "".join(f"{indent}{line}\n" for line in [f"# {message}", *block.stub])
    width = 105 - len(indent)
    if len(message) + 29 <= width:
        return f"{indent}raise NotImplementedError({_quote(message)})\n"
    parts = textwrap.wrap(message, width - 8, drop_whitespace=False)
    quoted = "".join(f"{indent}    {_quote(part)}\n" for part in parts)
    return f"{indent}raise NotImplementedError(\n{quoted}{indent})\n"


def _quote(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _describe(exercise: Exercise) -> str:
    """Write what stands below the title: time, difficulty, points, goals, and where it comes from."""
    header = exercise.header
    needs = f" · builds on {', '.join(header.prerequisites)}" if header.prerequisites else ""
    stars = "★" * header.difficulty + "☆" * (3 - header.difficulty)
    time, points = count(header.minutes, "minute"), count(exercise.points, "point")
    lines = [
        f"{time} · difficulty {stars} · {points}{needs}",
        "",
        *_item("Minutes for the tasks", ", ".join(map(str, header.task_minutes))),
        *(_item("Slides", " · ".join(header.slides)) if header.slides else []),
        *_item("Book", f"*Deep Learning for Physics Research*, {_chapters(header.book)}"),
        *([f"- Playground: [this setting]({header.playground})"] if header.playground else []),
        "",
        "You will learn to",
        "",
        *(f"- {goal}" for goal in header.goals),
        "",
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _item(name: str, text: str) -> list[str]:
    return textwrap.wrap(f"- {name}: {text}", _WIDTH, subsequent_indent="  ")


def _chapters(numbers: tuple[str, ...]) -> str:
    return f"chapter{'s' * (len(numbers) > 1)} {', '.join(numbers)}"
