"""Fixtures for the package's own tests."""

import os
import signal
import threading

import pytest

from dlp_keras.course.catalog import content_folder
from dlp_keras.marking.check import mark
from dlp_keras.runner.session import WorkerSession


@pytest.fixture(scope="session")
def checkout():
    """The top of the checkout."""
    return content_folder()


@pytest.fixture(scope="module")
def session():
    """A process for students' code, shared by the tests of a file."""
    session = WorkerSession()
    yield session
    session.close()


@pytest.fixture(scope="module")
def judge():
    """A process for the reference, shared by the tests of a file."""
    session = WorkerSession()
    yield session
    session.close()


@pytest.fixture
def mark_text(session, tmp_path):
    """Mark the text of a module as a student's exercise."""

    def mark_submission(exercise, text, **options):
        (tmp_path / f"{exercise}.py").write_text(text, encoding="utf-8")
        return mark(exercise, session=session, folder=tmp_path, **options)

    return mark_submission


@pytest.fixture
def solution_text(checkout):
    """Return the text of a solution."""
    return lambda exercise: (checkout / "solutions" / f"{exercise}.py").read_text(encoding="utf-8")


@pytest.fixture
def ctrl_c():
    """Press Ctrl-C in some seconds; whoever started pytest in the background had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def press_in(seconds):
        threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGINT]).start()

    yield press_in
    signal.signal(signal.SIGINT, before)
