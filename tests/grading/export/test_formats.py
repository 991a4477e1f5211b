"""What holds for all formats: whole files or none, the same bytes again, nothing hidden, hostile texts."""

import os
from operator import attrgetter

import pytest
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.grading.export import FORMATS

FOR_STUDENTS = ("gradescope", "classroom")


@pytest.fixture(params=list(FORMATS))
def write(request):
    """The writer of one format."""
    return FORMATS[request.param]


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_records_give_the_same_bytes_in_any_order(write, records, tmp_path):
    write(tmp_path / "one", records)
    write(tmp_path / "two", sorted(records, key=attrgetter("max_points")))
    assert contents(tmp_path / "one") == contents(tmp_path / "two") != {}


def test_a_crash_leaves_the_earlier_files_whole(write, records, tmp_path, monkeypatch):
    write(tmp_path, records[:3])
    before = contents(tmp_path)

    def crash(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path, records)
    assert contents(tmp_path) == before


def test_hostile_texts_are_written_in_utf8_and_inside_the_folder(write, hostile_record, tmp_path):
    write(tmp_path / "results", [hostile_record])
    assert {path.name for path in tmp_path.iterdir()} == {"results"}
    assert all(data.decode("utf-8") for data in contents(tmp_path).values())


@pytest.mark.parametrize("name", FOR_STUDENTS)
def test_students_do_not_read_why_the_environment_failed(name, records, tmp_path):
    FORMATS[name](tmp_path, records)
    assert not [data for data in contents(tmp_path).values() if b"/srv" in data or b"0.123456" in data]


def test_no_records_are_no_error(write, tmp_path):
    write(tmp_path, [])


@pytest.fixture
def run(tmp_path):
    """Grade a student who handed in nothing."""
    (tmp_path / "class" / "alice").mkdir(parents=True)

    def run_command(*options):
        arguments = ["grade", tmp_path / "class", "-o", tmp_path / "results", "-e", "ex01", *options]
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run_command


def test_formats_are_asked_for_by_name(run, tmp_path):
    done = run("--format", "junit", "--format", "gradescope", "--format", "junit")
    assert done.exit_code == 0, done.output
    names = {str(path) for path in contents(tmp_path / "results")} - {"secret", "records.jsonl"}
    always = {"grades.csv", "report.html", "feedback/alice.html"}
    assert names == always | {"junit.xml", "gradescope/alice/results.json"}


def test_an_unknown_format_is_refused_before_anything_is_marked(run, tmp_path):
    done = run("--format", "excel")
    assert done.exit_code == 2
    assert all(name in done.output for name in FORMATS)
    assert not (tmp_path / "results").exists()
