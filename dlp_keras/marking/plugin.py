"""The pytest plugin that marks submissions. PYTEST_DONT_REWRITE

Loaded by name, ``-p dlp_keras.marking.plugin`` (the marks' own ``pytest.ini`` does it), it reads its settings
from pytest's options; `dlp_keras.marking.check` hands over a `MarkingPlugin` with settings of its own. A mark
is a test with the marker ``task("2", points=3)`` in a file ``test_exNN_name.py``; it takes the fixture
`submission`.
"""

import functools
import hmac
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from dlp_keras.course.catalog import content_folder
from dlp_keras.course.wording import count
from dlp_keras.log_filter import is_noise
from dlp_keras.marking.client import MarkFailed, RunnerClient
from dlp_keras.marking.render import printable
from dlp_keras.marking.results import ExerciseResult, MarkResult, Metric, State
from dlp_keras.marking.submission import ModelView, Submission
from dlp_keras.marking.submission_files import find_submission
from dlp_keras.marking.time_limit import NO_LIMIT, TimeLimit
from dlp_keras.runner.session import DEFAULT_TIMEOUT, Session, WorkerSession

EXPLANATION = pytest.StashKey[str]()
METRIC = pytest.StashKey[Metric]()


@dataclass(frozen=True)
class MarkSettings:
    """How submissions are marked.

    Attributes
    ----------
    folder : Path, optional
        Where the student's file lies; the solutions without it. A `LocalSession` needs none.
    session : Session, optional
        Where the student's code runs; it stays open. Without it a process is started, and ended with pytest.
    judge : Session, optional
        Where the reference runs and models are judged, if apart from the student's code; it stays open.
    task : str, optional
        Only the marks of this task.
    timeout : float
        Seconds for each mark.
    seed : int
        What random numbers without a seed of their own start from.
    secret : bytes
        Where it is not empty, the data of each mark are drawn from it, and the student's process gets no seed
        from which they could be drawn again.
    on_mark : callable
        Called with each mark when it is done.
    limit : TimeLimit
        When all marks have to be done.
    """

    folder: Path | None = None
    session: Session | None = None
    judge: Session | None = None
    task: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    seed: int = 1
    secret: bytes = b""
    on_mark: Callable[[MarkResult], None] = lambda mark: None
    limit: TimeLimit = NO_LIMIT

    def seed_of(self, what: str, n_bytes: int) -> int:
        """Return the seed of a mark's data or of calls; with a secret none tells another."""
        if not self.secret:
            return self.seed
        return int.from_bytes(hmac.digest(self.secret, what.encode(), "sha256")[:n_bytes], "big")


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
    """Mark with the settings of pytest's options, unless somebody has brought a plugin with others."""
    if any(isinstance(plugin, MarkingPlugin) for plugin in config.pluginmanager.get_plugins()):
        return
    folder = config.getoption("--submission")
    settings = MarkSettings(
        folder=Path(folder) if folder else None,
        task=config.getoption("--task"),
        timeout=config.getoption("--mark-timeout"),
        seed=config.getoption("--mark-seed"),
    )
    config.pluginmanager.register(MarkingPlugin(settings))


class MarkingPlugin:
    """Runs the marks and keeps what came of them.

    Attributes
    ----------
    results : dict of str to ExerciseResult
        By the exercise's name.
    interrupted : bool
        True after Ctrl-C.
    unreadable : str
        The last line of the error, where the marks themselves cannot be read.
    """

    def __init__(self, settings: MarkSettings):
        self.settings = settings
        self.results: dict[str, ExerciseResult] = {}
        self.interrupted = False
        self.unreadable = ""
        self._folder = os.getcwd()
        self._session = settings.session
        self._client: RunnerClient | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the marker."""
        config.addinivalue_line("markers", "task(number, points): a mark of a task, worth some points")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note why marks cannot be read."""
        if report.failed:
            self.unreadable = str(report.longrepr).strip().splitlines()[-1]

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the marks of one task when the settings ask for it."""
        if self.settings.task is None:
            return
        numbers = {item: _read_marker(item)[0] for item in items}
        config.hook.pytest_deselected(items=[i for i in items if numbers[i] != self.settings.task])
        items[:] = [item for item in items if numbers[item] == self.settings.task]

    def pytest_collection_finish(self) -> None:
        """Go back to where the code to be marked expects to be."""
        os.chdir(self._folder)

    @pytest.fixture
    def submission(self, request: pytest.FixtureRequest) -> Submission:
        """The student's functions."""
        return Submission(self._begin(request.node))

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Submission:
        """The solution's functions, where a mark builds on an earlier task."""
        return Submission(self._begin(request.node), "reference")

    @pytest.fixture
    def explain(self, request: pytest.FixtureRequest) -> Callable[[str], None]:
        """Call it with a text that students read once the mark is earned."""
        return functools.partial(request.node.stash.__setitem__, EXPLANATION)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers of the marks' own, from the seed of the marks or their secret."""
        name = f"{request.node.path.name}::{request.node.name}"  # wherever the file lies
        return np.random.default_rng(self.settings.seed_of(f"mark {name}", 32))

    @pytest.fixture
    def leaderboard(self, request: pytest.FixtureRequest) -> Callable[..., None]:
        """Call it with the number that a challenge is about, before points are given for it."""

        def note(
            name: str,
            value: float,
            best: Literal["low", "high"],
            baseline: float,
            limit: float | None = None,
        ) -> None:
            request.node.stash[METRIC] = Metric(name, float(value), best, baseline, limit)

        return note

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, Any, Any]:
        """Replace the traceback of a lost mark by its message, and record what came of the mark."""
        report = yield
        number, _ = _read_marker(item)
        if number is None or report.when == "teardown" or (report.when == "setup" and report.passed):
            return report
        mark = self._make_result(item, call)
        if mark.state != "earned":
            report.longrepr = mark.message
        exercise = _exercise(item)
        self.results.setdefault(exercise, ExerciseResult(exercise)).marks.append(mark)
        self.settings.on_mark(mark)
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note Ctrl-C; a file that cannot be read interrupts pytest as well."""
        self.interrupted = excinfo.type is KeyboardInterrupt

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the points of each exercise."""
        for marks in self.results.values():
            points = count(marks.max_points, "point")
            terminalreporter.write_line(f"{marks.exercise}: {marks.points} of {points}")

    def pytest_unconfigure(self) -> None:
        """End the process of the student's code, if it was started here."""
        if self._session is not None and self.settings.session is None:
            self._session.close()

    def _begin(self, item: pytest.Item) -> RunnerClient:
        """Return what the marks of an exercise share, and start the clock of this one."""
        exercise = _exercise(item)
        if self._client is None or self._client.exercise != exercise:  # a session holds one at a time
            self._client = self._connect(exercise)
        self._client.begin(_read_marker(item)[0] or "")
        return self._client

    def _connect(self, exercise: str) -> RunnerClient:
        session = self._session = self._session or WorkerSession()
        solutions = content_folder() / "solutions"
        paths = {"reference": solutions / f"{exercise}.py"}
        if isinstance(session, WorkerSession):
            paths["submission"] = find_submission(self.settings.folder or solutions, exercise).path
        return RunnerClient(
            session,
            exercise,
            paths,
            self.settings.timeout,
            self.settings.seed_of(f"calls of {exercise}", 3),
            view=ModelView,
            judge=self.settings.judge,
            limit=self.settings.limit,
        )

    def _make_result(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> MarkResult:
        task, points = _read_marker(item)
        error = call.excinfo.value if call.excinfo else None
        state: State = "earned"
        if error:
            state = "open" if isinstance(error, MarkFailed) and error.is_open else "lost"
        return MarkResult(
            task=task or "",
            name=item.name,
            title=_title(item),
            points=0 if error else points,
            max_points=points,
            state=state,
            message=printable(self._explain(error)) if error else item.stash.get(EXPLANATION, ""),
            output=self._take_output(),
            seconds=round(call.duration, 3),
            metric=item.stash.get(METRIC, None),
        )

    def _explain(self, error: BaseException) -> str:
        """Return an error as a sentence for the student; "returned …" gets the call in front."""
        call = f"`{self._client.last_call if self._client else ''}`"
        if isinstance(error, MarkFailed):
            return f"{call} {error}" if str(error).startswith("returned ") else str(error)
        return (
            f"What {call} returned could not be checked ({type(error).__name__}: {error}). "
            "Compare its type and shape with the docstring."
        )

    def _take_output(self) -> str:
        if not isinstance(self._session, WorkerSession):
            return ""
        lines = bytes(self._session.output).splitlines(keepends=True)
        self._session.output.clear()
        return printable(b"".join(line for line in lines if not is_noise(line)).decode(errors="replace"))


def _read_marker(item: pytest.Item) -> tuple[str | None, int]:
    """Return the task and the points of a mark; no task for another test."""
    marker = item.get_closest_marker("task")
    return (None, 0) if marker is None else (marker.args[0], marker.kwargs["points"])


def _exercise(item: pytest.Item) -> str:
    return item.path.stem.removeprefix("test_")


def _title(item: pytest.Item) -> str:
    doc = getattr(item, "function", None).__doc__ or item.name
    title = doc.strip().splitlines()[0].rstrip(".")
    callspec = getattr(item, "callspec", None)
    return f"{title} ({callspec.id})" if callspec else title
