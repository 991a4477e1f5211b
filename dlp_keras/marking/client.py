"""The marking of one exercise: requests to the student's code, and its errors in words for the student."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from dlp_keras.course.wording import still_open
from dlp_keras.marking.given import take_from_solution
from dlp_keras.marking.render import Call, one_line
from dlp_keras.marking.time_limit import NO_LIMIT, TimeLimit
from dlp_keras.marking.trace import Step, call_text, is_recording, note, value_text
from dlp_keras.runner.codec import CodecError, Expression, ModelHandle, decode, encode
from dlp_keras.runner.definitions import defined_names
from dlp_keras.runner.interpreter import TimedOut
from dlp_keras.runner.session import DEFAULT_TIMEOUT, ProcessDied, Session, WorkerSession

MOST_DEATHS = 3
"""So many processes of one student's exercise may hang or crash in a class; then its other marks are lost."""
LOAD_TIMEOUT = 60.0  # starting Python and importing Keras is not the time of any mark


class MarkFailed(AssertionError):
    """A mark is lost; the message is for the student.

    Attributes
    ----------
    is_open : bool
        True where the student has not answered the task yet.
    raised, text : str
        The class of the error that the student's code raised, such as ``ValueError``, and what it says.
    """

    def __init__(self, message: str, *, is_open: bool = False, raised: str = "", text: str = ""):
        super().__init__(message)
        self.is_open = is_open
        self.raised = raised
        self.text = text


@dataclass
class RunnerClient:
    """What the marks of one exercise share: the session, the files, the time left, the last call.

    Parameters
    ----------
    session
        Where the student's code runs.
    judge
        Where the reference runs and models are judged, if not there: the student's process then gets of the
        reference no more than tasks that are marked already.
    exercise
        The exercise's name, such as ``ex01_linear_regression``.
    paths
        The file of each role, ``submission`` and ``reference``; a notebook's functions have no file.
    timeout
        Seconds for each mark.
    seed
        What random numbers without a seed of their own start from, in every call.
    view
        Makes of this, a role and the handle of a model there what the marks work with.
    limit
        When all marks have to be done.
    """

    session: Session
    exercise: str
    paths: dict[str, Path]
    timeout: float = DEFAULT_TIMEOUT
    seed: int = 1
    view: Callable[["RunnerClient", str, ModelHandle], Any] = lambda client, role, handle: handle
    judge: Session | None = None
    limit: TimeLimit = NO_LIMIT
    task: str = ""
    deadline: float = 0.0
    last_call: Call | str = ""
    warnings: list[str] = field(default_factory=list)
    _loaded: dict[str, int] = field(default_factory=dict)
    _failed_to_load: dict[str, MarkFailed] = field(default_factory=dict)
    _remembered: dict[str, tuple[Any, Any, MarkFailed | None]] = field(default_factory=dict)
    _deaths: int = 0
    _shown: set[str] = field(default_factory=set)  # tasks whose solution the student's process has seen

    def begin(self, task: str) -> None:
        """Start the clock of one mark; raise `MarkFailed` where the time of all is used up."""
        self.task = task
        if self.limit.is_over:
            raise MarkFailed(f"Not tried: {self.limit.name} are used up.")
        self.deadline = min(time.monotonic() + self.timeout, self.limit.ends)
        self.last_call = ""
        if task in self._shown and isinstance(self.session, WorkerSession):
            self.session.stop()  # what has seen the solution of a task is not marked for it
            self._shown.clear()

    def home(self, role: str) -> Session:
        """Return the session where the code of one role runs."""
        return self.judge if role == "reference" and self.judge else self.session

    def request(self, role: str, call: Call | str, **request: Any) -> Any:
        """Carry out a request about one role's code and return the plain value that came of it.

        Parameters
        ----------
        role
            ``"submission"`` or ``"reference"``.
        call
            The call as a student would write it, for messages.
        **request
            What `dlp_keras.runner.interpreter.Interpreter` is asked to do.

        Raises
        ------
        MarkFailed
            If the code cannot be loaded or called, or does not come to an end.
        """
        if given := request.get("given"):
            request["referenced"] = [name for name, function in given.items() if function is None]
            request["given"] = self._prepare(role, given)
        self.load(role)
        self.last_call = call
        started = time.monotonic()
        try:
            reply = self._exchange({"role": role, "seed": self.seed, **request}, self.deadline)
            self.warnings = reply["warnings"]
            if "error" in reply:
                raise self._explain(reply, role)
        except MarkFailed as error:
            self._note(role, request, str(error), started)
            raise
        if is_recording():
            self._note(role, request, value_text(reply["value"]), started)
        return reply["value"]

    def remember(self, key: str, make: Callable[[], Any]) -> Any:
        """Return ``make()``, computed once; again only when the process that held its models is gone."""
        generation, value, failure = self._remembered.get(key, (None, None, None))
        if failure is not None:
            self.last_call = value  # the message may be about it
            raise failure
        if generation == self.generations:
            return value
        try:
            value = make()
        except MarkFailed as error:
            self._remembered[key] = (None, self.last_call, error)
            raise
        self._remembered[key] = (self.generations, value, None)
        return value

    def _note(self, role: str, request: dict[str, Any], answer: str, started: float) -> None:
        """Keep a call for whoever replays the marks."""
        if is_recording():
            name = str(self.last_call).partition("(")[0]
            text = call_text(name, request["args"], request["kwargs"]) if "args" in request else name
            seconds = time.monotonic() - started
            note(Step("call", one_line(text, 2000), one_line(answer, 2000), role, round(seconds, 3)))

    @property
    def generations(self) -> tuple[int, int]:
        """What counts the processes of both roles."""
        return self.session.generation, self.home("reference").generation

    def load(self, role: str) -> None:
        """Load one role's file in the session, unless it is there already."""
        if role in self._failed_to_load:
            raise self._failed_to_load[role]
        if role not in self.paths or self._loaded.get(role) == self.home(role).generation:
            return
        before, self.last_call = self.last_call, f"import {self.paths[role].stem}"
        if not self.paths[role].is_file():
            message = f"There is no file {self.paths[role]}, and no notebook of this name."
            self._fail_to_load(role, MarkFailed(message))
        started = time.monotonic()
        request: dict[str, Any] = {"role": role, "path": os.path.abspath(self.paths[role])}
        if self.paths[role].suffix == ".ipynb":  # of a notebook's cells only those run that define these
            solution = self.paths["reference"].read_text(encoding="utf-8")
            request["wanted"] = sorted(defined_names(solution))
        try:
            reply = self._exchange(
                {"operation": "load", **request}, min(started + LOAD_TIMEOUT, self.limit.ends)
            )
        except MarkFailed as error:
            self._fail_to_load(role, error)
        if "error" in reply:
            self._fail_to_load(role, self._explain(reply, role))
        self._loaded[role] = self.home(role).generation
        self.deadline = min(self.deadline + time.monotonic() - started, self.limit.ends)
        self.last_call = before  # messages of a mark are about the call that it made

    def transport(self, handle: ModelHandle, role: str, target: str) -> ModelHandle | None:
        """Build a model of one role anew where the other one lives, if it is made of Keras's layers."""
        self.load(target)
        exported = self._exchange({"role": role, "operation": "export", "model": handle}, self.deadline)
        if "error" in exported:
            return None
        plain = {"role": target, "operation": "build", "plain": exported["value"]}
        built = self._exchange(plain, self.deadline, keep_handles=True)
        found = built.get("value")
        return found if isinstance(found, ModelHandle) else None

    def take(self, name: str) -> Expression:
        """Return a function of the reference as source, for the student's process."""
        given = take_from_solution(self.paths["reference"].read_text(encoding="utf-8"), name)
        self._shown |= given.tasks
        return given.expression

    def _prepare(self, role: str, given: dict[str, Expression | None]) -> dict[str, Expression | None]:
        """Load what is given for earlier tasks; with a judge the student's process gets the source of it."""
        if self.judge is None or role == "reference":
            self.load("reference")
            return given
        return {name: self.take(name) if function is None else function for name, function in given.items()}

    def _fail_to_load(self, role: str, error: MarkFailed) -> None:
        self._failed_to_load[role] = error
        raise error

    def _exchange(
        self, request: dict[str, Any], deadline: float, *, keep_handles: bool = False
    ) -> dict[str, Any]:
        limit = LOAD_TIMEOUT if request["operation"] == "load" else self.timeout
        role = request["role"]
        if self.judge and self._deaths >= MOST_DEATHS:
            raise MarkFailed(f"Not tried: earlier marks hung or crashed {MOST_DEATHS} times.")
        try:
            reply = self.home(role).request(encode(request), deadline)
            return _read_reply(decode(reply, *([] if keep_handles else [partial(self.view, self, role)])))
        except TimedOut:
            self._deaths += role == "submission"
            within = self.limit.name if self.limit.is_over else f"{limit:g} s"
            late = f"`{self.last_call}` did not finish within {within}. {self._explain_time()}"
            raise MarkFailed(late) from None
        except ProcessDied as error:
            self._deaths += role == "submission"
            raise MarkFailed(f"`{self.last_call}` ended the whole Python process ({error}).") from None
        except (CodecError, KeyError, TypeError, ValueError, OverflowError):
            raise MarkFailed(f"`{self.last_call}` sent back what cannot be read as plain values.") from None

    def _explain(self, reply: dict[str, Any], role: str) -> MarkFailed:
        """Turn an error in the student's code into a sentence for the student."""
        kind, text = reply["error"], reply["message"]
        if role == "reference" or str(self.last_call).startswith("model."):
            return MarkFailed(f"Going on with what you returned failed in `{self.last_call}`: {kind}: {text}")
        cell = f"{reply['cell']}, " if reply.get("cell") else ""
        where = f" in {cell}line {reply['line']}, `{reply['code']}`" if reply.get("line") else ""
        if kind == "NotImplementedError" and text.startswith("Task "):
            return MarkFailed(self._explain_open(text), is_open=True)
        if reply["own"]:
            return MarkFailed(self._explain_own(role, kind, text))
        if kind == "EOFError" and "reading a line" in text:
            return MarkFailed(f"`{self.last_call}` asks for `input()`{where}. Use the arguments instead.")
        if kind in ("SyntaxError", "IndentationError", "TabError"):
            file = self.paths[role].name if role in self.paths else "the code"
            return MarkFailed(f"Python cannot read {file}: {text}{where}.")
        if kind == "SystemExit":
            return MarkFailed(
                f"`{self.last_call}` leaves Python with `exit()`{where}. Return a value instead."
            )
        message = f"`{self.last_call}` raised {kind}: {text or 'without a message'}{where}."
        return MarkFailed(message, raised=kind, text=text)

    def _explain_own(self, role: str, kind: str, text: str) -> str:
        """Explain what the runner itself found wrong, before or after the student's code ran."""
        if kind == "Missing":
            return f"`{text}` is missing. Is it renamed or deleted? {self._restore()}"
        if kind == "_ChangedArgument":
            return f"`{self.last_call}` changes its argument number {text}. Work on a copy of it."
        if kind == "CodecError":
            return f"`{self.last_call}` returned {text}."
        if kind == "NotebookError":
            return f"{self.paths[role].name} is not a notebook. Save it again in Jupyter."
        return f"`{self.last_call}` is not possible. {text} {self._restore()}"

    def _explain_open(self, text: str) -> str:
        number, _, what = text.removeprefix("Task ").partition(": ")
        if number == self.task:
            return still_open(what, f"{self.session.command} hint {self.exercise[:4]} {number}")
        return f"This needs task {number}, which is still open: {what}"

    def _explain_time(self) -> str:
        if str(self.last_call).startswith("import "):
            return (
                "Importing the file ran code for too long. Put what trains or draws under "
                '`if __name__ == "__main__":`.'
            )
        if "dlp_keras.training" not in self.paths["reference"].read_text(encoding="utf-8"):
            return "Does a loop never end?"
        longer = f"{self.session.command} check {self.exercise[:4]} --timeout {5 * self.timeout:g}"
        return (
            "Does a loop never end? `dlp_keras.training.fit` trains small networks much faster than "
            f"`model.fit`, and `{longer}` waits longer."
        )

    def _restore(self) -> str:
        return f"`{self.session.command} reset {self.exercise[:4]}` brings the stub back and keeps your file."


def _read_reply(reply: Any) -> dict[str, Any]:
    """Return a decoded reply whose texts, which may be anybody's, are short single lines."""
    if not isinstance(reply, dict) or not {"value", "error"} & reply.keys():
        raise CodecError("no reply")
    warnings = [one_line(text) for text in reply["warnings"] if isinstance(text, str)]
    if "error" not in reply:
        return {"value": reply["value"], "warnings": warnings[:5]}
    line = reply.get("line")
    return {
        "error": re.sub(r"\W", "", str(reply["error"]))[:80],
        "message": one_line(str(reply["message"])),
        "line": line if isinstance(line, int) else None,
        "own": reply.get("own") is True,
        "warnings": warnings[:5],
        **{key: one_line(str(reply[key] or ""), 100) for key in ("cell", "code") if key in reply},
    }
