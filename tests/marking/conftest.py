"""Fixtures for tests of marks."""

import pytest


@pytest.fixture
def way_to_mark(judge):
    """Return the options of a way to mark: "checked" as a student does, "graded" as a class is."""
    return lambda way: {"judge": judge, "secret": b"of a class"} if way == "graded" else {}
