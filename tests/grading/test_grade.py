"""`dlp grade` from the command line: a class with right, wrong, hostile and broken submissions."""

import csv
import json
import zipfile

import pytest
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.runner import sandbox

EX01, EX02 = "ex01_linear_regression", "ex02_activations"


@pytest.fixture
def handed_in(tmp_path, solution_text, checkout):
    folder = tmp_path / "class"

    def write(name, text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    right = solution_text(EX01)
    write(f"alice/{EX01}.py", right)
    write(f"bob/exercises/{EX01}.py", (checkout / "exercises" / f"{EX01}.py").read_text("utf-8"))
    write(f"carol/{EX01}.py", f"{right}\n\ndef predict(x, weights, bias):\n    return x @ weights.T\n")
    write(f"dan/{EX01}.py", "import os\nos._exit(0)\n")
    write("=1+1/notes.txt", "nothing")
    write("eve.zip", "no archive")
    with zipfile.ZipFile(folder / "fay.zip", "w") as archive:
        archive.writestr(f"../../{EX01}.py", right)
        archive.writestr(f"{EX02}.py", solution_text(EX02))
    return folder


def run(*arguments):
    return CliRunner().invoke(main, ["grade", *map(str, arguments)])


def read_table(results):
    with (results / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def read_records(results):
    return [json.loads(line) for line in (results / "records.jsonl").read_text("utf-8").splitlines()]


def test_a_class_is_marked_and_marked_again_only_where_something_changed(handed_in, tmp_path, solution_text):
    results = tmp_path / "results"
    done = run(handed_in, "-o", results, "-e", "ex01")
    assert done.exit_code == 0, done.output
    points = {student: int(row["ex01"]) for student, row in read_table(results).items()}
    assert points["alice"] == points["fay"] == 24
    assert points["bob"] == points["dan"] == points["'=1+1"] == points["eve"] == 0
    assert 0 < points["carol"] < 24
    records = {record["student"]: record for record in read_records(results)}
    assert {name: record["status"] for name, record in records.items()} == {
        "alice": "marked",
        "bob": "marked",
        "carol": "marked",
        "dan": "marked",
        "eve": "unreadable",
        "fay": "marked",
        "=1+1": "missing",
    }
    assert "no archive" in records["eve"]["note"]
    assert (results / "secret").stat().st_mode & 0o077 == 0

    (handed_in / "bob" / "exercises" / f"{EX01}.py").write_text(solution_text(EX01), encoding="utf-8")
    assert run(handed_in, "-o", results, "-e", "ex01").exit_code == 0
    assert int(read_table(results)["bob"]["ex01"]) == 24
    assert [record["student"] for record in read_records(results)[7:]] == ["bob"]


def test_a_run_goes_on_after_a_crash(handed_in, tmp_path):
    results = tmp_path / "results"
    run(handed_in, "-o", results, "-e", "ex01")
    lines = (results / "records.jsonl").read_text("utf-8").splitlines(keepends=True)
    whole = read_table(results)
    (results / "records.jsonl").write_text("".join(lines[:3]) + lines[3][:20], encoding="utf-8")
    (results / "grades.csv").unlink()
    run(handed_in, "-o", results, "-e", "ex01")
    assert read_table(results) == whole


def test_a_box_can_be_required(handed_in, tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "_candidates", list)
    sandbox.find_sandbox.cache_clear()
    try:
        refused = run(handed_in, "-o", tmp_path / "r", "-e", "ex01", "--require-sandbox")
        assert refused.exit_code == 2
        assert "Install bubblewrap" in refused.output
        assert not (tmp_path / "r").exists()
        done = run(handed_in, "-o", tmp_path / "r", "-e", "ex01")
        assert "runs here without a box" in " ".join(done.output.split())
        assert int(read_table(tmp_path / "r")["alice"]["ex01"]) == 24
    finally:
        sandbox.find_sandbox.cache_clear()


def test_what_is_asked_wrongly_is_said(tmp_path):
    assert "There is no folder" in run(tmp_path / "nowhere", "-o", tmp_path / "r").output
    assert run(tmp_path / "nowhere", "-o", tmp_path / "r").exit_code == 2
    (tmp_path / "alice").mkdir()
    assert run(tmp_path, "-o", tmp_path / "r", "-e", "ex99").exit_code == 2
