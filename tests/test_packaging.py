"""What a wheel carries is what the checkout has."""

import configparser
import importlib
import re

import pytest
import yaml

import dlp_keras
from dlp_keras.course.notebook import REPOSITORY


@pytest.fixture
def setup(checkout):
    setup = configparser.ConfigParser()
    setup.read(checkout / "setup.cfg", encoding="utf-8")
    return setup


@pytest.fixture
def packages(setup):
    return set(setup["options"]["packages"].split())


def test_every_package_is_listed(checkout, packages):
    found = {
        ".".join(path.parent.relative_to(checkout).parts)
        for path in checkout.glob("dlp_keras/**/__init__.py")
    }
    assert found == {name for name in packages if not name.startswith("dlp_keras.content")}


def test_every_file_that_is_no_module_is_listed(checkout, setup):
    data = setup["options.package_data"]
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package in data
        for pattern in data[package].replace(",", " ").split()
    ]
    files = [p.relative_to(checkout) for p in checkout.glob("dlp_keras/**/*") if p.is_file()]
    others = [p for p in files if p.suffix not in (".py", ".pyc")]
    assert others
    assert [p for p in others if not any(p.match(pattern) for pattern in patterns)] == []


def test_the_address_of_the_repository_is_one(checkout, setup):
    """Notebooks and `dlp release` read it from the package, what is no Python writes it out."""
    address = f"https://github.com/{REPOSITORY}"
    assert setup["metadata"]["url"] == address
    for name in ("setup.cfg", "CITATION.cff", "README.md", "CONTRIBUTING.md"):
        found = re.findall(r"https://github\.com/[\w-]+/dlp_keras\b", (checkout / name).read_text("utf-8"))
        assert set(found) <= {address}


def test_the_citation_names_this_version(checkout):
    assert yaml.safe_load((checkout / "CITATION.cff").read_text("utf-8"))["version"] == dlp_keras.__version__


def test_the_course_is_carried(packages):
    folders = ("exercises", "notebooks", "solutions", "tests.exercises")
    assert {f"dlp_keras.content.{name}" for name in folders} <= packages


@pytest.mark.parametrize("name", [name for name in dlp_keras.__all__ if name not in ("__version__", "check")])
def test_public_names_load(name):
    assert getattr(dlp_keras, name) is importlib.import_module(f"dlp_keras.{name}")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        _ = dlp_keras.chekc
