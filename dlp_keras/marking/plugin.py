"""The pytest plugin that marks submissions. PYTEST_DONT_REWRITE

Loaded by name only: ``-p dlp_keras.marking.plugin`` (the marks' own ``pytest.ini`` does it). A mark is a test
with the marker ``task("2", points=3)`` in a file ``test_exNN_name.py``; it takes the fixture `submission`.
"""

import functools
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from dlp_keras.course.catalog import content_folder
from dlp_keras.course.wording import count
from dlp_keras.marking.client import MarkFailed, RunnerClient
from dlp_keras.marking.render import printable
from dlp_keras.marking.results import ExerciseResult, MarkResult, State
from dlp_keras.marking.submission import Submission
from dlp_keras.runner.session import DEFAULT_TIMEOUT, Session, WorkerSession

SESSION = pytest.StashKey[Session]()
MARKINGS = pytest.StashKey[dict[str, RunnerClient]]()
RESULTS = pytest.StashKey[dict[str, ExerciseResult]]()
KEEP_SESSION = pytest.StashKey[bool]()
EXPLANATION = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the marks."""
    group = parser.getgroup("marks of the course")
    group.addoption(
        "--submission", metavar="DIR", help="folder with the exercises to mark (default: solutions)"
    )
    group.addoption("--mark-timeout", type=float, default=DEFAULT_TIMEOUT, help="seconds for each mark")
    group.addoption("--mark-seed", type=int, default=1, help="seed of every call")
    group.addoption("--task", metavar="N", help="only the marks of this task")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and the store of results."""
    config.addinivalue_line("markers", "task(number, points): a mark of a task, worth some points")
    config.stash[MARKINGS] = {}
    config.stash[RESULTS] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the marks of one task when ``--task`` asks for it."""
    if (task := config.getoption("--task")) is not None:
        kept = [
            item for item in items if (marker := item.get_closest_marker("task")) and marker.args[0] == task
        ]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Submission:
    """The student's functions."""
    return Submission(_marking(request.node))


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Submission:
    """The solution's functions, where a mark builds on an earlier task."""
    return Submission(_marking(request.node), "reference")


@pytest.fixture
def explain(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Call it with a text that students read once the mark is earned."""
    return functools.partial(request.node.stash.__setitem__, EXPLANATION)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Replace the traceback of a lost mark by its message, and record what came of the mark."""
    report = yield
    marker = item.get_closest_marker("task")
    if marker is None or report.when == "teardown" or (report.when == "setup" and report.passed):
        return report
    marking = item.config.stash[MARKINGS].get(_exercise(item))
    error = call.excinfo.value if call.excinfo else None
    message = printable(_message(error, marking)) if error else item.stash.get(EXPLANATION, "")
    if error:
        report.longrepr = message
    state: State = "open" if isinstance(error, MarkFailed) and error.is_open else "lost"
    mark = MarkResult(
        task=marker.args[0],
        name=item.name,
        title=_title(item),
        points=0 if error else marker.kwargs["points"],
        max_points=marker.kwargs["points"],
        state=state if error else "earned",
        message=message,
        output=_take_output(item.config),
        seconds=round(call.duration, 3),
    )
    item.config.stash[RESULTS].setdefault(_exercise(item), ExerciseResult(_exercise(item))).marks.append(mark)
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the points of each exercise."""
    for marks in config.stash[RESULTS].values():
        terminalreporter.write_line(f"{marks.exercise}: {marks.points} of {count(marks.max_points, 'point')}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the process of the student's code."""
    if SESSION in config.stash and not config.stash.get(KEEP_SESSION, False):
        config.stash[SESSION].close()


def _marking(item: pytest.Item) -> RunnerClient:
    """Return what the marks of an exercise share, and start the clock of this one."""
    config, exercise = item.config, _exercise(item)
    if SESSION not in config.stash:
        config.stash[SESSION] = WorkerSession()
    if exercise not in config.stash[MARKINGS]:
        config.stash[MARKINGS].clear()  # a session holds one exercise at a time
        config.stash[MARKINGS][exercise] = _start_marking(config, exercise)
    marking = config.stash[MARKINGS][exercise]
    marker = item.get_closest_marker("task")
    marking.begin(marker.args[0] if marker else "")
    return marking


def _start_marking(config: pytest.Config, exercise: str) -> RunnerClient:
    solutions = content_folder() / "solutions"
    folder = Path(config.getoption("--submission") or solutions)
    session = config.stash[SESSION]
    paths = {"reference": solutions / f"{exercise}.py"}
    if isinstance(session, WorkerSession):
        paths["submission"] = folder / f"{exercise}.py"
    timeout, seed = config.getoption("--mark-timeout"), config.getoption("--mark-seed")
    return RunnerClient(session, exercise, paths, timeout, seed)


def _exercise(item: pytest.Item) -> str:
    return item.path.stem.removeprefix("test_")


def _title(item: pytest.Item) -> str:
    doc = getattr(item, "function", None).__doc__ or item.name
    title = doc.strip().splitlines()[0].rstrip(".")
    callspec = getattr(item, "callspec", None)
    return f"{title} ({callspec.id})" if callspec else title


def _message(error: BaseException, marking: RunnerClient | None) -> str:
    call = marking.last_call if marking else ""
    if isinstance(error, MarkFailed):
        text = str(error)
        return f"`{call}` {text.removeprefix('It ')}" if text.startswith("It returned ") else text
    return (
        f"What `{call}` returned could not be checked ({type(error).__name__}: {error}). "
        "Compare its type and shape with the docstring."
    )


def _take_output(config: pytest.Config) -> str:
    session = config.stash.get(SESSION, None)
    if not isinstance(session, WorkerSession):
        return ""
    output = session.output.decode(errors="replace")
    session.output.clear()
    return printable(output)
