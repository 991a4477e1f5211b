"""The command line `dlp`. Each command imports what it needs, so that help and lists appear at once."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from dlp_keras import __version__
from dlp_keras.course import CourseError
from dlp_keras.grading.export import FORMATS

Folder = click.Path(file_okay=False, path_type=Path)


class _Problem(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """Prints the errors of the course, and of full disks, in one line, with exit code 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._main(*args, **kwargs)
        except OSError as error:
            _drop_output()
            _Problem(f"{error.filename or 'The output'}: {error.strerror or error}.").show()
            raise SystemExit(_Problem.exit_code) from error

    def _main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        finally:
            try:
                sys.stdout.flush()  # here, and not when Python ends, a full disk has its message
            except BrokenPipeError:  # whoever reads, such as `head`, has seen enough
                _drop_output()

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CourseError as error:
            raise _Problem(str(error)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order in which a student needs them


def _drop_output() -> None:
    """Send what is not yet written nowhere, or Python would try it again when it ends."""
    with contextlib.suppress(OSError, ValueError):  # a captured stream has no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dlp")
def main() -> None:
    """Deep learning for physics research, hands-on.

    An exercise EX is named by its code, its number or a word: ex08, 8 or checkerboard.
    """


@main.command()
@click.option("--figures", type=Folder, default=Path("figures"), show_default=True, help="Where pictures go.")
def demo(figures: Path) -> None:
    """Train two networks, save their pictures, mark the solutions."""
    from dlp_keras.commands.demo import run_demo

    if not run_demo(figures):
        raise SystemExit(1)


@main.command()
@click.argument("folder", type=Folder)
def init(folder: Path) -> None:
    """Write exercises, notebooks and marks into FOLDER."""
    import shlex

    from dlp_keras.course.wording import count
    from dlp_keras.course.workspace import init as write

    written, kept = write(folder)
    click.echo(f"{count(len(written), 'file')} written to {folder}.")
    for path in kept:
        click.echo(f"{path} exists and differs: left alone.")
    click.echo(f"Next: cd {shlex.quote(str(folder))} && dlp list")


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_exercises(as_json: bool) -> None:
    """Show the exercises: points, state, next step."""
    from dlp_keras.commands.list import show_list

    show_list(as_json)


@main.command()
@click.argument("exercises", metavar="[EX]...", nargs=-1)
@click.option("--submission", metavar="DIR", type=Folder, help="Mark the exercises in this folder instead.")
@click.option("--task", metavar="N", help="Mark this task only.")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Seconds a mark."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Show the marks of untouched exercises too.")
def check(
    exercises: tuple[str, ...],
    submission: Path | None,
    task: str | None,
    timeout: float,
    as_json: bool,
    verbose: bool,
) -> None:
    """Mark exercises; all of them when none is named."""
    from dlp_keras.commands.check import check_exercises

    if not check_exercises(exercises, submission, task, timeout, as_json, verbose):
        raise SystemExit(1)


@main.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "-o", "--results", metavar="DIR", type=Folder, required=True, help="Where records and points go."
)
@click.option(
    "--options",
    "options_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A TOML file with what follows, points, deadlines and more; the command line wins.",
)
@click.option(
    "-e", "--exercise", "exercises", metavar="EX", multiple=True, help="Mark this one; all without."
)
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Exercises at a time.  [default: 1]")
@click.option("--timeout", type=click.FloatRange(min=0.1), help="Seconds a mark.  [default: 60]")
@click.option(
    "--exercise-timeout", type=click.FloatRange(min=0.1), help="Seconds an exercise.  [default: 900]"
)
@click.option(
    "--submission-timeout",
    type=click.FloatRange(min=0.1),
    help="Seconds all exercises of a student.  [default: 7200]",
)
@click.option(
    "--require-sandbox/--no-require-sandbox",
    default=None,
    help="Refuse to run students' code without a box.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(list(FORMATS)),
    multiple=True,
    help="Write the grades for another system too; it may be given several times.",
)
@click.option(
    "--scheduler",
    metavar="URL",
    help="Mark on the workers of this Dask scheduler, such as tcp://127.0.0.1:8786. Who reaches it runs code "
    "as you: it belongs into a network that you trust, or behind TLS, which Dask's own settings turn on.",
)
@click.option(
    "--explain",
    nargs=2,
    metavar="STUDENT EX",
    help="Replay an exercise of a student in the open instead; nothing is written.",
)
def grade(
    submissions: Path,
    results: Path,
    options_file: Path | None,
    explain: tuple[str, str] | None,
    **given: Any,
) -> None:
    """Mark a class: an entry in SUBMISSIONS for each student.

    An entry is a folder, a zip or tar archive, a notebook, or a Git repository as `git clone` leaves it.
    SUBMISSIONS may also be a table repositories.csv with the columns student, url and perhaps commit.
    """
    from dlp_keras.grading.options import read_options

    options = read_options(options_file).with_given(**given)
    if explain:
        from dlp_keras.commands.explain import explain_exercise

        explain_exercise(submissions, results, options, *explain)
        return
    from dlp_keras.commands.grade import grade_class

    if not grade_class(submissions, results, options):
        raise SystemExit(1)


@main.command()
@click.argument("folder", metavar="DIR", type=Folder)
@click.option(
    "-e", "--exercise", "exercises", metavar="EX", multiple=True, help="Hand out this one; all without."
)
def release(folder: Path, exercises: tuple[str, ...]) -> None:
    """Write what students get, and autograders, to DIR.

    For lecturers: exercises, notebooks, public marks, a workflow for GitHub, an archive for Gradescope.
    """
    from dlp_keras.commands.release import release_course

    release_course(folder, exercises)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("exercise", metavar="EX")
@click.option("--submission", metavar="DIR", type=Folder, help="Run the exercise in this folder instead.")
def run(exercise: str, submission: Path | None) -> None:
    """Run an exercise and save its pictures."""
    from dlp_keras.commands.run import run_exercise

    raise SystemExit(run_exercise(exercise, submission))


@main.command()
@click.argument("exercise", metavar="EX")
@click.argument("task", required=False)
def hint(exercise: str, task: str | None) -> None:
    """Show a hint for a task, the next one each time."""
    from dlp_keras.commands.hint import show_hint

    show_hint(exercise, task)


@main.command()
@click.argument("exercise", metavar="EX")
@click.option("--force", is_flag=True, help="Show it before all points are earned.")
def solution(exercise: str, force: bool) -> None:
    """Show the solution, once all points are earned."""
    from dlp_keras.commands.solution import show_solution

    show_solution(exercise, force)


@main.command()
@click.argument("exercise", metavar="EX")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(exercise: str, yes: bool) -> None:
    """Bring back the stub of an exercise; your work is kept."""
    from dlp_keras.course.catalog import find_exercise
    from dlp_keras.course.workspace import find_workspace

    found, workspace = find_exercise(exercise), find_workspace()
    if not yes:
        click.confirm(f"Replace your {found.name} (script and notebook) by the stub?", abort=True)
    backup = workspace.reset(found)
    click.echo(f"{found.name} is a stub again." + (f" Your work is kept in {backup}." if backup else ""))


@main.command()
@click.argument("url", required=False, default="")
@click.option(
    "--port", type=click.IntRange(1024, 65000), default=8765, show_default=True, help="Of the page."
)
@click.option("--no-browser", is_flag=True, help="Print the address of the page, and open no browser.")
@click.option("--epochs", type=click.IntRange(min=1), help="Train so long without a page; 300 with pictures.")
@click.option("--every", type=click.IntRange(min=1), default=10, show_default=True, help="Epochs a picture.")
@click.option("--figures", type=Folder, help="Train without a page, and save pictures here.")
@click.option("--code", is_flag=True, help="Print the setting as a Keras script instead.")
def playground(
    url: str, port: int, no_browser: bool, epochs: int | None, every: int, figures: Path | None, code: bool
) -> None:
    """Open the TensorFlow Playground on a real Keras model.

    URL is a setting: what the address bar of the Playground shows, in quotes. The page is local.
    With --epochs or --figures the setting is trained without a page, and pictures are saved.
    """
    from dlp_keras.commands import playground as body

    if code:
        click.echo(body.read_setting(url).to_code(epochs or 300), nl=False)
    elif epochs or figures:
        body.train_setting(body.read_setting(url), epochs or 300, every, figures)
    else:
        body.open_page(url, port, not no_browser)


@main.command()
@click.argument("exercise", metavar="EX")
def notebook(exercise: str) -> None:
    """Open the notebook of an exercise in JupyterLab."""
    from dlp_keras.commands.notebook import open_notebook

    raise SystemExit(open_notebook(exercise))


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if anything is out of step.")
def build(only_check: bool) -> None:
    """Write exercises and notebooks from the solutions.

    It works at the top of a checkout of the course.
    """
    from dlp_keras.commands.build import build_course

    build_course(Path.cwd(), only_check)


@main.command()
@click.argument("name")
def new(name: str) -> None:
    """Start a new exercise, such as ex17_pendulum.

    It writes solution, marks, mistakes and alternatives at the top of a checkout of the course.
    """
    from dlp_keras.commands.new import write_new_exercise

    write_new_exercise(name, Path.cwd())


@main.command()
def doctor() -> None:
    """Report what this machine has and what is missing."""
    from dlp_keras.commands.doctor import examine

    if not examine():
        raise SystemExit(1)
