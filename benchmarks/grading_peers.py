"""One tiny exercise and the same notebooks through `dlp grade`, nbgrader and Otter-Grader: what each takes.

Needs a quiet machine and a package index: the peers are installed into environments of their own.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dlp_keras
from benchmarks.grading import Cost, measure
from benchmarks.record import RESULTS, Row, row, show, write

NAME = "ex01_tiny"
RIGHT = {
    "predict": "def predict(x, weights, bias):\n    return x @ weights.T + bias\n",
    "loss": "def loss(found, y):\n    return np.mean((found - y) ** 2)\n",
    "gradient": (
        "def gradient(x, y, weights, bias):\n"
        "    rest = predict(x, weights, bias) - y\n"
        "    return 2 / rest.size * rest.T @ x, 2 / rest.size * rest.sum(axis=0)\n"
    ),
}
WRONG = RIGHT | {"predict": "def predict(x, weights, bias):\n    return x @ weights.T\n"}
OPEN = {
    name: f'{code.splitlines()[0]}\n    raise NotImplementedError("Task {number}: write it.")\n'
    for number, (name, code) in enumerate(RIGHT.items(), 1)
}
EARNED = [(RIGHT, 10), (WRONG, 3), (OPEN, 0)]
"""Kinds of submissions, in turn, and the points of each: without a bias the gradient is wrong as well."""

DATA = (
    "x, y = np.arange(6.0).reshape(3, 2), np.arange(6.0)[::-1].reshape(3, 2)\n"
    "weights, bias = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, -1.0])\n"
    "rest = x @ weights.T + bias - y\n"
)
CHECKS = {
    "predict": (3, ["np.allclose(predict(x, weights, bias), rest + y)"]),
    "loss": (3, ["np.isclose(loss(x, y), np.mean((x - y) ** 2))"]),
    "gradient": (
        4,
        [
            "np.allclose(gradient(x, y, weights, bias)[0], rest.T @ x / 3)",
            "np.allclose(gradient(x, y, weights, bias)[1], rest.sum(axis=0) / 3)",
        ],
    ),
}


def notebook(cells: list[tuple[str, dict[str, Any]]]) -> str:
    """Return the JSON of a notebook of code cells, each with metadata."""
    rows = [
        {
            "cell_type": "code",
            "id": f"cell{number}",
            "metadata": metadata,
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for number, (source, metadata) in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"cells": rows, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def hand_in(folder: Path, n_students: int) -> None:
    """Write the notebooks of a class, each with a line of its own."""
    folder.mkdir(parents=True)
    for number in range(n_students):
        parts = [f"import numpy as np  # {number}\n", *EARNED[number % 3][0].values()]
        (folder / f"s{number:04d}.ipynb").write_text(notebook([(part, {}) for part in parts]))


def grade_with_dlp(folder: Path, n_students: int) -> tuple[Cost, list[float]]:
    """Mark with this package, whose course is the tiny exercise."""
    package = folder / "dlp_keras"
    shutil.copytree(Path(dlp_keras.__file__).parent, package, ignore=shutil.ignore_patterns("content"))
    header = (
        '# /// exercise\n# title = "Tiny"\n# goals = []\n# minutes = 20\n# task_minutes = [5, 5, 5]\n'
        "# difficulty = 1\n# prerequisites = []\n# slides = []\n# book = []\n# ///\n\n"
        "# %%\nimport numpy as np\n\n"
    )
    tasks = ""
    for number, code in enumerate(RIGHT.values(), 1):
        first, *lines = code.splitlines()
        begin, end = f"    # TASK {number}: write it.\n    # BEGIN SOLUTION\n", "    # END SOLUTION\n"
        tasks += f"\n# %%\n{first}\n{begin}" + "".join(f"{line}\n" for line in lines) + end
    marks = "import numpy as np\nimport pytest\n"
    for number, (name, (points, checks)) in enumerate(CHECKS.items(), 1):
        body = DATA + "".join(f"assert {check.replace(name, f'submission.{name}')}\n" for check in checks)
        indented = "".join(f"    {line}\n" for line in body.splitlines())
        marks += (
            f'\n\n@pytest.mark.task("{number}", points={points})\ndef test_{name}(submission):\n{indented}'
        )
    settings = (Path(dlp_keras.__file__).parents[1] / "tests" / "exercises" / "pytest.ini").read_text()
    for place, text in {
        f"solutions/{NAME}.py": header + tasks,
        f"exercises/{NAME}.py": header + "\n\n".join(OPEN.values()),
        f"tests/exercises/test_{NAME}.py": marks,
        "tests/exercises/pytest.ini": settings,
    }.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text)
    hand_in(folder / "class", n_students)
    command = [sys.executable, "-P", "-m", "dlp_keras", "grade", "class", "-o", "results", "-e", "ex01"]
    with patch.dict(os.environ, PYTHONPATH=str(folder)):
        cost = measure(command, folder)
    return cost, _read_points(folder / "results" / "grades.csv", "total")


def grade_with_nbgrader(folder: Path, n_students: int) -> tuple[Cost, list[float]]:
    """Mark with `nbgrader autograde`: a kernel for each notebook."""
    programs = _install(folder / "environment", "nbgrader==0.9.6", "numpy")
    (folder / "nbgrader_config.py").write_text('get_config().CourseDirectory.course_id = "tiny"\n')

    def with_checks(parts: dict[str, str]) -> str:
        cells = [("import numpy as np\n", {})]
        for name, code in parts.items():
            points, checks = CHECKS[name]
            cells.append((code, _nbgrader_cell(f"write_{name}", solution=True)))
            test = DATA + "".join(f"assert {check}\n" for check in checks)
            cells.append((test, _nbgrader_cell(f"test_{name}", grade=True, locked=True, points=points)))
        return notebook(cells)

    source = {}
    for name, code in RIGHT.items():
        first, rest = code.split("\n", 1)
        source[name] = f"{first}\n    ### BEGIN SOLUTION\n{rest}    ### END SOLUTION\n"
    places = {"source/tiny": source} | {
        f"submitted/s{number:04d}/tiny": EARNED[number % 3][0] for number in range(n_students)
    }
    for place, parts in places.items():
        (folder / place).mkdir(parents=True)
        (folder / place / "tiny.ipynb").write_text(with_checks(parts))
    program = str(programs / "nbgrader")
    with patch.dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}"):  # it calls others by name
        subprocess.run([program, "generate_assignment", "tiny"], cwd=folder, capture_output=True, check=True)
        cost = measure([program, "autograde", "tiny"], folder)
        subprocess.run([program, "export"], cwd=folder, capture_output=True, check=True)
    return cost, _read_points(folder / "grades.csv", "score")


def grade_with_otter(folder: Path, n_students: int) -> tuple[Cost, list[float]]:
    """Mark with `otter run`, a process for each notebook, without Docker."""
    programs = _install(folder / "environment", "otter-grader==7.0.0", "ipykernel", "numpy")
    (folder / "tests").mkdir()
    for name, (points, checks) in CHECKS.items():
        lines = [f">>> {line}" for line in DATA.splitlines()]
        for check in checks:
            lines += [f">>> bool({check})", "True"]
        case = {"code": "\n".join(lines), "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": name, "points": points, "suites": [suite]}
        (folder / "tests" / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    hand_in(folder / "class", n_students)
    (folder / "out").mkdir()
    program = str(programs / "otter")
    options = ["--no-requirements", "--no-environment", "--no-config"]
    generate = [program, "generate", "-t", "tests", "-o", "grader.zip", *options]
    subprocess.run(generate, cwd=folder, capture_output=True, check=True)
    costs, points = [], []
    for path in sorted((folder / "class").iterdir()):
        costs.append(
            measure([program, "run", "--no-logo", "-a", "grader.zip", "-o", "out", str(path)], folder)
        )
        tests = json.loads((folder / "out" / "results.json").read_text())["tests"]
        points.append(sum(test.get("score", 0) for test in tests))
    return Cost(sum(c.wall for c in costs), sum(c.cpu for c in costs), max(c.memory for c in costs)), points


def main(argv: list[str] | None = None) -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--out", type=Path, default=RESULTS / "grading.json")
    options = parser.parse_args(argv)
    expected = [EARNED[number % 3][1] for number in range(options.students)]
    seconds, rows = {}, list[Row]()
    for name, grade in (
        ("Otter-Grader", grade_with_otter),
        ("nbgrader", grade_with_nbgrader),
        ("dlp grade", grade_with_dlp),
    ):
        with tempfile.TemporaryDirectory() as folder:
            cost, points = grade(Path(folder), options.students)
        assert points == expected, f"{name} gave {points}, not {expected}"
        seconds[name] = cost.cpu / options.students
        rows.append(row(name, seconds[name], "CPU s each", note=f"{cost.memory:.0f} MB"))
    for name, asked in (("nbgrader", "≥ 4"), ("Otter-Grader", "≥ 10")):
        ratio = seconds[name] / seconds["dlp grade"]
        rows.append(row(f"{name} over dlp grade", ratio, "×", asked=asked))
    show(rows)
    write("the same exercise", rows, options.out)


def _nbgrader_cell(name: str, **more: Any) -> dict[str, Any]:
    cell = {
        "schema_version": 3,
        "grade_id": name,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    return {"nbgrader": cell | more}


def _install(folder: Path, *packages: str) -> Path:
    """Make an environment and return the folder of its programs."""
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    subprocess.run([programs / "python", "-m", "pip", "install", "-qqq", *packages], check=True)
    return programs


def _read_points(path: Path, column: str) -> list[float]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [float(line[column]) for line in csv.DictReader(file)]
