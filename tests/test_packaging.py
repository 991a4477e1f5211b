"""What a wheel carries is what the checkout has."""

import configparser
import importlib

import pytest

import dlp_keras


@pytest.fixture
def packages(checkout):
    setup = configparser.ConfigParser()
    setup.read(checkout / "setup.cfg", encoding="utf-8")
    return set(setup["options"]["packages"].split())


def test_every_package_is_listed(checkout, packages):
    found = {
        ".".join(path.parent.relative_to(checkout).parts)
        for path in checkout.glob("dlp_keras/**/__init__.py")
    }
    assert found == {name for name in packages if not name.startswith("dlp_keras.content")}


def test_the_course_is_carried(packages):
    folders = ("exercises", "notebooks", "solutions", "tests.exercises")
    assert {f"dlp_keras.content.{name}" for name in folders} <= packages


@pytest.mark.parametrize("name", [name for name in dlp_keras.__all__ if name not in ("__version__", "check")])
def test_public_names_load(name):
    assert getattr(dlp_keras, name) is importlib.import_module(f"dlp_keras.{name}")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        _ = dlp_keras.chekc
