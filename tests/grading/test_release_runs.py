"""What `dlp release` writes for Gradescope and GitHub, run as they do it."""

import base64
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile

import pytest
import yaml
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.course.notebook import PACKAGE

EX01 = "ex01_linear_regression"


@pytest.fixture
def released(tmp_path):
    done = CliRunner().invoke(main, ["release", str(tmp_path / "course"), "-e", "ex01"])
    assert done.exit_code == 0, done.output
    return tmp_path / "course"


@pytest.fixture
def autograder(released, tmp_path):
    """The folder /autograder as Gradescope makes it, with nothing handed in yet."""
    top = tmp_path / "autograder"
    for folder in ("source", "submission", "results"):
        (top / folder).mkdir(parents=True)
    shutil.unpack_archive(released / "autograder.zip", top / "source")
    shutil.copy(top / "source" / "run_autograder", top / "run_autograder")
    (top / "run_autograder").chmod(0o755)
    return top


def mark(autograder, python=sys.executable):
    environment = {**os.environ, "AUTOGRADER": str(autograder), "DLP_PYTHON": python}
    command = [autograder / "run_autograder"]
    done = subprocess.run(
        command, cwd=autograder, env=environment, capture_output=True, text=True, check=False
    )
    results = autograder / "results" / "results.json"
    return done, json.loads(results.read_text("utf-8")) if results.is_file() else None


def test_the_archive_is_what_gradescope_takes(released):
    with zipfile.ZipFile(released / "autograder.zip") as archive:
        members = {member.filename: member for member in archive.infolist()}
        assert members.keys() == {"setup.sh", "run_autograder"}
        for member in members.values():
            assert member.external_attr >> 16 == 0o100755
            assert archive.read(member).startswith(b"#!/usr/bin/env bash\n")
            assert b"\r" not in archive.read(member)
            subprocess.run(["bash", "-n"], input=archive.read(member), check=True)


def test_gradescope_gives_a_solution_all_points(autograder, solution_text):
    (autograder / "submission" / f"{EX01}.py").write_text(solution_text(EX01), encoding="utf-8")
    done, results = mark(autograder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results["score"] == sum(test["max_score"] for test in results["tests"]) == 24
    assert all(test["status"] == "passed" for test in results["tests"])


def test_gradescope_gives_nothing_handed_in_no_points(autograder):
    (autograder / "submission" / "notes.txt").write_text("nothing")
    os.symlink(autograder / "source", autograder / "submission" / "link")
    done, results = mark(autograder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results["score"] == 0
    assert "Nothing was handed in" in json.dumps(results)


def test_where_the_marks_cannot_run_there_are_no_points(autograder, solution_text):
    (autograder / "submission" / f"{EX01}.py").write_text(solution_text(EX01), encoding="utf-8")
    done, results = mark(autograder, python=shutil.which("false"))
    assert done.returncode != 0
    assert results is None


FAKE = """\
#!/usr/bin/env bash
echo "$(basename "$0") $*" >> "$LOG"
case "$(basename "$0") $*" in
    "python3 -m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/pip"; cp "$0" "$3/bin/uv" ;;
    "uv venv "*) mkdir -p "${@: -1}/bin"; cp "$0" "${@: -1}/bin/python" ;;
esac
"""


@pytest.mark.parametrize("wheel", [None, "dlp_keras-1.0-py3-none-any.whl"])
def test_the_course_is_installed_from_one_place_or_from_a_wheel(autograder, tmp_path, wheel):
    for name in ("apt-get", "python3"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(FAKE)
        (tmp_path / "bin" / name).chmod(0o755)
    expected = PACKAGE
    if wheel:
        expected = str(autograder / "source" / wheel)
        (autograder / "source" / wheel).touch()
    environment = {
        "AUTOGRADER": str(autograder),
        "DLP_OPT": str(tmp_path / "opt"),
        "LOG": str(tmp_path / "log"),
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
    }
    subprocess.run(["bash", autograder / "source" / "setup.sh"], env=environment, check=True)
    calls = (tmp_path / "log").read_text().splitlines()
    installs = [call.split() for call in calls if call.startswith("uv pip install")]
    assert [call[-1] for call in installs] == [expected]
    assert str(tmp_path / "opt" / "dlp" / "bin" / "python") in installs[0]
    assert any("install" in call and "bubblewrap" in call for call in calls if call.startswith("apt-get"))
    assert calls[-1] == "python -P -c import dlp_keras, keras"


@pytest.fixture
def workflow(released):
    return yaml.safe_load((released / ".github" / "workflows" / "classroom.yml").read_text("utf-8"))


def test_the_workflow_is_what_classroom_looks_for(workflow):
    assert workflow["name"] == "Autograding Tests"
    assert list(workflow["jobs"]) == ["run-autograding-tests"]
    assert workflow["on"] == ["push", "workflow_dispatch"]
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    assert all(step["uses"].startswith("actions/") for step in steps if "uses" in step)
    assert [
        step["run"] for step in steps if step["name" if "name" in step else "uses"] == "Install the course"
    ] == [f'pip install -q "{PACKAGE}"']


def run_steps(workflow, released, tmp_path):
    """Run the lines of shell but for the installation, as a runner of GitHub does; return the last exit code."""
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    place = next(step["with"]["path"] for step in steps if "checkout" in step.get("uses", ""))
    shutil.copytree(released, tmp_path / "runner" / place)
    environment = {
        **os.environ,
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
    }
    lines = [step["run"] for step in steps if "run" in step and step["name"] != "Install the course"]
    return [
        subprocess.run(
            ["bash", "-e", "-c", line],
            cwd=tmp_path / "runner",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in lines
    ]


def read_result(tmp_path):
    name, _, value = (tmp_path / "output").read_text().strip().partition("=")
    assert name == "result"
    return json.loads(base64.b64decode(value, validate=True))


def test_the_workflow_gives_a_solution_all_points(workflow, released, tmp_path, solution_text):
    (released / "exercises" / f"{EX01}.py").write_text(solution_text(EX01), encoding="utf-8")
    marked, reported = run_steps(workflow, released, tmp_path)
    assert marked.returncode == reported.returncode == 0, marked.stdout + reported.stderr
    assert "::notice title=Autograding complete::Points 24/24\n" in reported.stdout
    summary = reported.stdout.partition("Autograding report::")[2].splitlines()[0]
    assert json.loads(summary) == {"totalPoints": 24, "maxPoints": 24}
    result = read_result(tmp_path)
    assert result["status"] == "pass"
    assert sum(test["score"] for test in result["tests"]) == result["max_score"] == 24
    assert (tmp_path / "summary").read_text("utf-8").startswith("## 24 of 24 points\n")


def test_the_workflow_fails_where_points_are_missing(workflow, released, tmp_path):
    marked, reported = run_steps(workflow, released, tmp_path)
    assert marked.returncode == 0
    assert reported.returncode == 1
    assert "Points 0/24" in reported.stdout
    assert read_result(tmp_path)["status"] == "fail"
    assert "❌" in (tmp_path / "summary").read_text("utf-8")
