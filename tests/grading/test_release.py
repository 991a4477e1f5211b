"""`dlp release`: what students get, without the solutions."""

import json
import re
import subprocess
import sys
import time
import zipfile

import nbformat
import pytest
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.course.catalog import load_catalog
from dlp_keras.course.notebook import PACKAGE
from dlp_keras.grading import release
from dlp_keras.grading.release_check import find_solution_text, read_secrets
from dlp_keras.grading.release_marks import make_public

OTHERS = {
    ".github/workflows/classroom.yml",
    ".gitignore",
    "LECTURERS.md",
    "README.md",
    "autograder.zip",
    "tests/exercises/pytest.ini",
}
EX01, EX13 = "ex01_linear_regression", "ex13_convolution"


def run(*arguments):
    return CliRunner().invoke(main, ["release", *map(str, arguments)])


def read_files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def read_texts(folder):
    """Return what students can read, by the readers of the formats themselves."""
    texts = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                texts |= {f"{path.name}/{name}": archive.read(name).decode() for name in archive.namelist()}
        elif path.suffix == ".ipynb":
            texts[path.name] = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        else:
            texts[str(path.relative_to(folder))] = path.read_text(encoding="utf-8")
    return texts


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release") / "course"
    done = run(folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def secrets():
    return read_secrets()


def test_everything_is_handed_out(released, checkout):
    files = read_files(released)
    for name in load_catalog():
        for place in (f"exercises/{name}.py", f"notebooks/{name}.ipynb"):
            assert files[place] == (checkout / place).read_bytes()
        assert f"tests/exercises/test_{name}.py" in files
    assert files.keys() >= OTHERS
    assert not any("solution" in name or "mistake" in name for name in files)


def test_some_exercises_are_handed_out_alone(tmp_path):
    done = run(tmp_path / "some", "-e", "13", "-e", "ex01", "-e", "convolution")
    assert done.exit_code == 0, done.output
    assert read_files(tmp_path / "some").keys() == OTHERS | {
        *(f"exercises/{name}.py" for name in (EX01, EX13)),
        *(f"notebooks/{name}.ipynb" for name in (EX01, EX13)),
        *(f"tests/exercises/test_{name}.py" for name in (EX01, EX13)),
        "tests/exercises/keras_convolution_table.json",
    }
    workflow = (tmp_path / "some" / ".github" / "workflows" / "classroom.yml").read_text()
    assert "--format classroom -e ex01 -e ex13\n" in workflow


def test_the_same_course_makes_the_same_bytes(tmp_path, monkeypatch):
    run(tmp_path / "first", "-e", "1", "-e", "2")
    monkeypatch.setattr(time, "time", lambda: 2e9)
    run(tmp_path / "second", "-e", "ex02", "-e", "ex01")
    assert read_files(tmp_path / "first") == read_files(tmp_path / "second") != {}


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "mine").write_text("mine")
    done = run(tmp_path)
    assert done.exit_code == 2
    assert "is not empty. Name a new folder" in done.output
    assert read_files(tmp_path) == {"mine": b"mine"}


def test_an_unknown_exercise_is_refused(tmp_path):
    assert run(tmp_path / "course", "-e", "ex99").exit_code == 2
    assert not (tmp_path / "course").exists()


def test_no_line_of_a_solution_is_handed_out(released, checkout):
    given = "\n".join(path.read_text("utf-8") for path in (checkout / "exercises").glob("*.py"))
    given = " ".join(given.split())
    answers = "\n".join(
        answer
        for path in (checkout / "solutions").glob("*.py")
        for answer in re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", path.read_text("utf-8"), re.DOTALL)
    )
    lines = {" ".join(line.split()) for line in answers.splitlines()}
    lines = {line for line in lines if len(line) > 35 and line not in given and not line.startswith("#")}
    assert len(lines) > 150
    for name, text in read_texts(released).items():
        flat = " ".join(text.split())
        assert [line for line in lines if line in flat] == [], name


def test_no_letter_of_a_question_is_handed_out(released, checkout):
    marks = "\n".join(
        path.read_text("utf-8") for path in (checkout / "tests" / "exercises").glob("test_*.py")
    )
    letters = re.findall(r'value\("ANSWERS"\), "(\w+)", "([a-z])"', marks)
    assert len(letters) > 30
    for name, text in read_texts(released).items():
        assert [k for k, letter in letters if re.search(rf'"{k}"\W{{1,9}}"{letter}"', text)] == [], name


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.md", "So it is:\n\n    return x @ weights.T +\n        bias", "task 1 of ex01"),
        ("below/a.py", "# return x @ weights.T + bias", "below/a.py: `return x @ weights.T + bias`"),
        ("a.py", "z,  h = [], x", "task 1 of ex04"),
        ("a.py", "ANSWERS[\"shift\"] = 'a'", "ex01"),
        ("a.txt", '{"shift":\n "a"}', "ex01"),
        ("a.yml", "expect.answer(found, 'shift', 'a')", "ex01"),
        ("a.py", 'PREDICTIONS["valley"] = "b"', "ex01"),
        ("a.bin", b"\xff\xfe return x @ weights.T + bias \x00", "task 1 of ex01"),
    ],
)
def test_solution_text_is_found(tmp_path, secrets, name, text, says):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    found = find_solution_text(tmp_path, secrets)
    assert len(found) == 1
    assert name in found[0]
    assert says in found[0]


def test_solution_text_is_found_in_notebooks_and_archives(tmp_path, secrets, solution_text):
    code = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text='{"shift": "a"}')])
    nbformat.write(nbformat.v4.new_notebook(cells=[code]), tmp_path / "a.ipynb")
    with zipfile.ZipFile(tmp_path / "inner.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("wheel/solution.py", solution_text(EX01))
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(tmp_path / "inner.zip", "inner.zip")
    (tmp_path / "inner.zip").unlink()
    found = find_solution_text(tmp_path, secrets)
    assert found[0].startswith("a.ipynb: ")
    assert {line.partition(": ")[0] for line in found[1:]} == {"outer.zip/inner.zip/wheel/solution.py"}
    assert {f"(task {task} of ex01)" in "\n".join(found) for task in "1234"} == {True}


@pytest.mark.parametrize(
    "text",
    ["return model", "losses = []", ")", "", "# a comment", '"shift": None', "'shift', 'b'", "shift a"],
)
def test_what_says_nothing_is_no_solution_text(tmp_path, secrets, text):
    (tmp_path / "a.py").write_text(text)
    assert find_solution_text(tmp_path, secrets) == []


def test_a_leak_fails_the_command_and_says_where(tmp_path, monkeypatch, solution_text):
    monkeypatch.setattr(release, "IGNORED", solution_text(EX01))
    done = run(tmp_path / "course", "-e", "ex01")
    said = " ".join(done.output.split())
    assert done.exit_code == 2
    assert "Do not hand it out" in said
    assert ".gitignore: `return x @ weights.T + bias` (task 1 of ex01)" in said
    assert re.search(r"… and \d+ more", said)
    assert (tmp_path / "course" / ".gitignore").is_file()


MARKS = """\"Marks.\"

import numpy as np
WRONG = {"b": "no"}

# what both use
SIZE = 3


def solved(x, weights, bias):
    return x @ weights.T + bias


def expected(x, weights, bias):
    return solved(x, weights, bias)


def test_in_the_words_of_the_solution(submission):
    assert submission.predict(SIZE) == expected(SIZE, SIZE, SIZE)


def test_size(submission):
    assert submission.size == SIZE


def test_question(submission):
    assert submission.value("ANSWERS")["shift"] not in WRONG
"""


def test_a_mark_goes_with_the_helpers_that_it_needs(secrets):
    public = make_public(MARKS, secrets)
    compile(public, "public", "exec")
    assert public.startswith('"Marks."\n\n# Marks that show an answer are left out here')
    assert public.endswith(
        MARKS[MARKS.index("# what both use") : MARKS.index("def solved")]
        + "def test_size(submission):\n    assert submission.size == SIZE\n"
    )
    assert not any(word in public for word in ("solved", "expected", "WRONG", "question"))


def test_no_file_is_written_where_each_mark_shows_an_answer(secrets):
    assert make_public(MARKS.replace("assert submission.size", "ANSWERS"), secrets) == ""


def test_public_marks_are_whole(released):
    folder = released / "tests" / "exercises"
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821,F811,E9", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", load_catalog())
def test_public_marks_ask_no_question(released, checkout, name):
    place = f"tests/exercises/test_{name}.py"
    public, whole = (
        re.findall(r"^def (test_\w+)", (top / place).read_text("utf-8"), re.MULTILINE)
        for top in (released, checkout)
    )
    assert 0.4 * len(whole) < len(public) < len(whole)
    assert set(public) < set(whole)
    text = (released / place).read_text("utf-8")
    assert "ANSWERS" not in text
    assert "PREDICTIONS" not in text
    assert "`dlp check` has them all" in text


def test_public_marks_run_where_they_are_handed_out(tmp_path, solution_text):
    run(tmp_path / "course", "-e", "ex01")

    def mark():
        command = [sys.executable, "-P", "-m", "pytest", "tests/exercises", "--submission", ".", "-q"]
        return subprocess.run(command, cwd=tmp_path / "course", capture_output=True, text=True, check=False)

    stub = mark()
    assert stub.returncode == 1
    assert "0 of 21 points" in stub.stdout
    (tmp_path / "course" / "exercises" / f"{EX01}.py").write_text(solution_text(EX01), encoding="utf-8")
    done = mark()
    assert done.returncode == 0, done.stdout
    assert "21 of 21 points" in done.stdout


def test_the_readmes_name_commands_that_exist(released):
    for name in ("README.md", "LECTURERS.md"):
        text = (released / name).read_text(encoding="utf-8")
        commands = set(re.findall(r"\bdlp ([a-z]+)\b", text))
        assert commands <= main.commands.keys()
        assert len(commands) >= 3
        assert PACKAGE in text


def test_notebooks_and_students_install_the_same(released):
    notebook = json.loads((released / "notebooks" / f"{EX01}.ipynb").read_text(encoding="utf-8"))
    install = "".join(notebook["cells"][1]["source"])
    assert re.search(r"pip install -q (\S+)\n", install)[1] == PACKAGE
    assert f'pip install "{PACKAGE}"' in (released / "README.md").read_text(encoding="utf-8")


def test_what_is_for_lecturers_stays_out_of_a_repository(released, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    names = ["LECTURERS.md", "autograder.zip", "README.md", f"exercises/{EX01}.py"]
    (tmp_path / ".gitignore").write_bytes((released / ".gitignore").read_bytes())
    done = subprocess.run(
        ["git", "check-ignore", *names], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["LECTURERS.md", "autograder.zip"]
