"""What a class is marked with: warm processes where they can be, else others."""

import contextlib
from pathlib import Path

import pytest

from dlp_keras.grading import workshop
from dlp_keras.grading.workshop import Workshop
from dlp_keras.marking.check import mark
from dlp_keras.runner.fork_server import ForkedProcess, can_fork
from dlp_keras.runner.processes import FreshProcess
from dlp_keras.runner.sandbox import find_sandbox

EX01 = "ex01_linear_regression"


@pytest.mark.parametrize(
    ("module", "kind"), [("numpy", ForkedProcess), ("no_such_module", FreshProcess)], ids=["warm", "none"]
)
def test_without_a_warm_process_each_submission_imports_for_itself(module, kind, monkeypatch, solution_text):
    if not (find_sandbox() and can_fork()):
        pytest.skip("there is no box here, or its processes cannot be forked")
    monkeypatch.setattr(workshop, "_imports", lambda exercise: {module})
    with contextlib.closing(Workshop([EX01], boxed=True, cpu_seconds=60)) as shop:
        folder = Path(shop.files) / "alice"
        folder.mkdir()
        file = folder / f"{EX01}.py"
        file.write_text(solution_text(EX01), encoding="utf-8")
        for _ in range(2):
            with contextlib.closing(shop.open_session(EX01, file)) as session:
                assert isinstance(session.process, kind)
                marks = mark(EX01, session=session, judge=shop.judge, folder=folder)
            assert marks.complete
