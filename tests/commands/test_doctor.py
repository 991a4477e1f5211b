"""What the doctor says of installed versions."""

import importlib.metadata

import pytest
from packaging.requirements import Requirement

from dlp_keras.commands import doctor

NUMPY = importlib.metadata.version("numpy")


@pytest.mark.parametrize(
    ("requirement", "finding"),
    [
        ("numpy>=2.0", ("ok", "numpy", NUMPY)),
        ("numpy", ("ok", "numpy", NUMPY)),
        ("numpy>=99", ("bad", "numpy", f"{NUMPY}, but >=99 is needed (cure 'numpy>=99')")),
        ("no-such-package>=1", ("bad", "no-such-package", "missing (cure 'no-such-package>=1')")),
    ],
)
def test_a_version_is_compared_with_its_bound(requirement, finding):
    assert doctor.compare_version(Requirement(requirement), "bad", "cure") == finding


def test_what_the_course_needs_is_read_from_its_metadata(monkeypatch):
    needs = [
        "numpy >= 99",
        "pillow >= 1",
        'no-such-package >= 1; extra == "notebook"',
        'jax >= 99; extra == "jax"',
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: needs)
    states = {subject: state for state, subject, _ in doctor._find_packages()}
    assert states == {"numpy": "bad", "pillow": "ok", "no-such-package": "note"}


@pytest.mark.parametrize(("backend", "state"), [("jax", "note"), ("tensorflow", "bad")])
def test_tensorflow_may_be_missing_where_keras_uses_another_backend(monkeypatch, backend, state):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["tensorflow >= 99"])
    assert [finding[0] for finding in doctor._find_packages()] == [state]


def test_a_course_that_is_not_installed_is_said_so(monkeypatch):
    def fail(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", fail)
    ((state, _, text),) = doctor._find_packages()
    assert state == "bad"
    assert "pip install -e ." in text
