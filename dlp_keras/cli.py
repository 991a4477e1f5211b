"""The command line `dlp`. Each command imports what it needs, so that help and lists appear at once."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from dlp_keras import __version__
from dlp_keras.course import CourseError

Folder = click.Path(file_okay=False, path_type=Path)


class _Problem(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """Prints the errors of the course in one line, with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CourseError as error:
            raise _Problem(str(error)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order in which a student needs them


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
    from dlp_keras.course.workspace import init as write

    written, kept = write(folder)
    click.echo(f"{len(written)} files written to {folder}.")
    for path in kept:
        click.echo(f"{path} exists and differs: left alone.")
    click.echo(f"Next: cd {folder} && dlp list")


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_exercises(as_json: bool) -> None:
    """Show the exercises: points, state, next step."""
    from dlp_keras.course.workspace import find_workspace, summarize

    summary = summarize(find_workspace())
    if as_json:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from dlp_keras.marking.tables import render_list

    Console().print(render_list(summary))


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
    from dlp_keras.runner.session import WorkerSession

    session = WorkerSession()  # its imports run beside those of this process
    try:
        from dlp_keras.commands.check import check_exercises

        complete = check_exercises(session, exercises, submission, task, timeout, as_json, verbose)
    finally:
        session.close()
    if not complete:
        raise SystemExit(1)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("exercise", metavar="EX")
@click.option("--submission", metavar="DIR", type=Folder, help="Run the exercise in this folder instead.")
def run(exercise: str, submission: Path | None) -> None:
    """Run an exercise and save its pictures."""
    import subprocess

    from dlp_keras.course.catalog import find_exercise
    from dlp_keras.course.workspace import find_workspace

    found = find_exercise(exercise)
    path = submission / f"{found.name}.py" if submission else find_workspace().exercise_path(found)
    if not path.is_file():
        raise CourseError(f"There is no file {path}. `dlp reset {found.code}` writes it.")
    command = [sys.executable, "-P", "-m", "dlp_keras.runner.script", str(path)]
    raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603


@main.command()
@click.argument("exercise", metavar="EX")
@click.argument("task", required=False)
def hint(exercise: str, task: str | None) -> None:
    """Show a hint for a task, the next one each time."""
    from dlp_keras.course.catalog import find_exercise
    from dlp_keras.course.workspace import next_task, search_workspace

    found, workspace = find_exercise(exercise), search_workspace()
    progress = workspace.read_progress().get(found.name, {}) if workspace else {}
    wanted = task or next_task(found, progress) or "1"
    tasks = {task.number: task for task in found.tasks}
    if wanted not in tasks:
        raise CourseError(f"{found.code} has no task {wanted}. It has {', '.join(tasks)}.")
    hints = tasks[wanted].hints
    # Without a workspace, in Colab for instance, nothing counts the hints: show them all.
    numbers = [workspace.take_hint(found, wanted, len(hints))] if workspace else range(len(hints))
    for number in numbers:
        click.echo(f"{found.code}, task {wanted}, hint {number + 1} of {len(hints)}: {hints[number]}")


@main.command()
@click.argument("exercise", metavar="EX")
@click.option("--force", is_flag=True, help="Show it before all points are earned.")
def solution(exercise: str, force: bool) -> None:
    """Show the solution, once all points are earned."""
    from dlp_keras.course.builder import strip_markers
    from dlp_keras.course.catalog import content_folder, find_exercise
    from dlp_keras.course.workspace import find_workspace

    found = find_exercise(exercise)
    points = 0 if force else find_workspace().read_progress().get(found.name, {}).get("points", 0)
    if points < found.points and not force:
        raise CourseError(
            f"{points} of {found.points} points so far: `dlp hint {found.code}` helps, "
            f"and `dlp solution {found.code} --force` shows the solution all the same."
        )
    from rich.console import Console
    from rich.syntax import Syntax

    text = strip_markers((content_folder() / "solutions" / f"{found.name}.py").read_text(encoding="utf-8"))
    if sys.stdout.isatty():
        Console().print(Syntax(text, "python", theme="ansi_light", background_color="default"))
    else:
        click.echo(text, nl=False)


@main.command()
@click.argument("exercise", metavar="EX")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(exercise: str, yes: bool) -> None:
    """Bring back the stub of an exercise; a copy of your work is kept."""
    from dlp_keras.course.catalog import find_exercise
    from dlp_keras.course.workspace import find_workspace

    found, workspace = find_exercise(exercise), find_workspace()
    if not yes:
        click.confirm(f"Replace your {found.name} (script and notebook) by the stub?", abort=True)
    backup = workspace.reset(found)
    click.echo(f"{found.name} is a stub again." + (f" Your work is kept in {backup}." if backup else ""))


@main.command()
@click.argument("url", required=False, default="")
@click.option("--epochs", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--every", type=click.IntRange(min=1), default=10, show_default=True, help="Epochs a frame.")
@click.option("--figures", type=Folder, help="Where pictures go, instead of figures/playground.")
@click.option("--code", is_flag=True, help="Print the setting as a Keras script instead.")
def playground(url: str, epochs: int, every: int, figures: Path | None, code: bool) -> None:
    """Train a setting of the TensorFlow Playground in Keras.

    URL is what its address bar shows, in quotes.
    """
    from dlp_keras.commands.playground import read_setting, train_setting

    experiment = read_setting(url)
    if code:
        click.echo(experiment.to_code(epochs), nl=False)
    else:
        train_setting(experiment, epochs, every, figures)


@main.command()
@click.argument("exercise", metavar="EX")
def notebook(exercise: str) -> None:
    """Open the notebook of an exercise in JupyterLab."""
    import importlib.util
    import subprocess

    from dlp_keras.course.catalog import find_exercise
    from dlp_keras.course.workspace import find_workspace

    path = find_workspace().notebook_path(find_exercise(exercise))
    if not path.is_file():
        raise CourseError(f"There is no notebook {path}. `dlp reset {exercise}` writes it.")
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError(
            f"JupyterLab is not installed. `pip install 'dlp_keras[notebook]'`, or open {path}."
        )
    command = [sys.executable, "-m", "jupyterlab", str(path)]
    raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if anything is out of step.")
def build(only_check: bool) -> None:
    """Write exercises and notebooks from the solutions (in a checkout)."""
    from dlp_keras.course import builder
    from dlp_keras.course.workspace import write

    folder = Path.cwd()
    if not (folder / "solutions").is_dir():
        raise CourseError(f"There is no folder `solutions` in {folder}. Go to the top of a checkout.")
    if only_check:
        if stale := builder.find_differences(folder):
            raise CourseError(f"Out of step with solutions: {', '.join(stale)}. Run `dlp build` and commit.")
        click.echo("Exercises and notebooks are in step with the solutions.")
        return
    built = builder.build(folder)
    for path, text in built.items():
        write(path, text.encode())
    click.echo(f"{len(built)} files written.")


@main.command()
def doctor() -> None:
    """Report what this machine has and what is missing."""
    from dlp_keras.commands.doctor import examine

    if not examine():
        raise SystemExit(1)
