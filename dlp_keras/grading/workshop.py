"""What a process marks a class with: warm processes for students' code, and a judge."""

import ast
import tempfile
from collections.abc import Iterable
from functools import partial
from multiprocessing import util
from pathlib import Path

from dlp_keras.course.catalog import content_folder
from dlp_keras.runner.fork_server import ForkServer, NotReadyError, can_fork
from dlp_keras.runner.processes import FreshProcess
from dlp_keras.runner.sandbox import find_sandbox
from dlp_keras.runner.session import WorkerSession


class Workshop:
    """Sessions for students' code, one at a time, and the judge that all share.

    Parameters
    ----------
    exercises
        Their whole names: what their solutions import is imported once.
    boxed
        Whether students' code runs in the machine's box.
    cpu_seconds
        Processor time of one exercise of one student.

    Attributes
    ----------
    files : Path
        An empty folder: students' files appear in folders of their own there.
    """

    def __init__(self, exercises: Iterable[str], boxed: bool, cpu_seconds: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dlp_", ignore_cleanup_errors=True)
        self.files = Path(self._folder.name)
        self._box = find_sandbox() if boxed else None
        self._cpu_seconds = cpu_seconds
        self._judge: WorkerSession | None = None
        self._imports = {exercise: _imports(exercise) for exercise in exercises}
        self._servers: dict[bool, ForkServer | None] = {}

    @property
    def judge(self) -> WorkerSession:
        """Where the reference runs and models are judged: one process for all students."""
        self._judge = self._judge or WorkerSession()
        return self._judge

    def open_session(self, exercise: str, file: Path) -> WorkerSession:
        """Start a process for one student's file, which lies below `files`."""
        if server := self._find_server(exercise):
            return WorkerSession(partial(server.launch, file))
        return WorkerSession(partial(FreshProcess, self._box, [file], self._cpu_seconds))

    def close(self) -> None:
        """End all processes."""
        for server in filter(None, self._servers.values()):
            server.close()
        if self._judge:
            self._judge.close()
        self._folder.cleanup()

    def _find_server(self, exercise: str) -> ForkServer | None:
        """Return the warm process for an exercise, with Keras or without; None where none can be."""
        needs_keras = _needs_keras(self._imports[exercise])
        if needs_keras not in self._servers:
            self._servers[needs_keras] = self._start_server(needs_keras)
        return self._servers[needs_keras]

    def _start_server(self, needs_keras: bool) -> ForkServer | None:
        if self._box is None or not can_fork():
            return None
        alike = [names for names in self._imports.values() if _needs_keras(names) == needs_keras]
        modules = ["dlp_keras.runner.interpreter", *sorted(set().union(*alike))]
        server = ForkServer(modules, self.files, self._box, self._cpu_seconds)
        try:
            server.start()
        except NotReadyError:  # such as a backend that starts threads: each submission imports for itself
            return None
        return server


_opened: dict[tuple[tuple[str, ...], bool, int], Workshop] = {}


def open_workshop(exercises: tuple[str, ...], boxed: bool, cpu_seconds: int) -> Workshop:
    """Return the workshop of this process, made with the first call; it is closed with the process."""
    wanted = (exercises, boxed, cpu_seconds)
    if wanted not in _opened:
        close_workshop()
        _opened[wanted] = Workshop(*wanted)
        util.Finalize(None, close_workshop, exitpriority=10)  # joblib's workers know no `atexit`
    return _opened[wanted]


def close_workshop() -> None:
    """End the processes of this process's workshop, if it has one."""
    while _opened:
        _opened.popitem()[1].close()


def _imports(exercise: str) -> set[str]:
    """Return the modules that the solution imports when it is loaded."""
    source = (content_folder() / "solutions" / f"{exercise}.py").read_text(encoding="utf-8")
    found = set[str]()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def _needs_keras(modules: set[str]) -> bool:
    return any(name.partition(".")[0] in ("keras", "tensorflow") for name in modules)
