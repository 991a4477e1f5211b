"""Fixtures for tests of marks."""

import pytest

from dlp_keras.runner.session import WorkerSession


@pytest.fixture(scope="module")
def judge():
    """A process for the reference, shared by the tests of a file."""
    session = WorkerSession()
    yield session
    session.close()


@pytest.fixture
def way_to_mark(judge):
    """Return the options of a way to mark: "checked" as a student does, "graded" as a class is."""
    return lambda way: {"judge": judge, "secret": b"of a class"} if way == "graded" else {}
