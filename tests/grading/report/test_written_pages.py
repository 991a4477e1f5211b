"""`dlp grade` writes both kinds of pages, also when it goes on, and from records of an earlier version."""

import json

import pytest
from click.testing import CliRunner

from dlp_keras.cli import main

EX01 = "ex01_linear_regression"
OWN = """
def predict(x, weights, bias):
    print("of predict: <b>")
    return np.vstack([sum(x[:, i] * row[i] for i in range(len(row))) + b for row, b in zip(weights, bias)]).T


def gradient(x, y, weights, bias):
    errors = [predict(sample[None], weights, bias)[0] - target for sample, target in zip(x, y)]
    slope = sum(np.multiply.outer(error, sample) for error, sample in zip(errors, x))
    return 2 * slope / y.size, 2 * np.add.reduce(errors) / y.size
"""
COPY = (
    OWN.replace("sample", "row_of_x")
    .replace("errors", "delta")
    .replace("    slope", "    # mine!\n    slope")
)
CODES = {"alice": OWN, "bob": COPY, "dan": "import os\nos._exit(3)", "emil": "def f(:", "fay": "exit()"}
TITLES = ("Unreadable, broken, crashed and missing submissions", "Pairs of near-identical submissions")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, checkout):
    folder = tmp_path_factory.mktemp("graded")
    solution = (checkout / "solutions" / f"{EX01}.py").read_text("utf-8")
    for student, code in CODES.items():
        file = folder / "class" / student / f"{EX01}.py"
        file.parent.mkdir(parents=True)
        file.write_text(f"{solution}\n{code}\n" if "def predict" in code else code, "utf-8")
    (folder / "class" / "gil").mkdir()
    return folder


def grade(folder):
    done = CliRunner().invoke(
        main, ["grade", str(folder / "class"), "-o", str(folder / "results"), "-e", "ex01"]
    )
    assert done.exit_code == 0, done.output
    return folder / "results"


def test_pages_are_written_and_written_again(graded, read_page):
    results = grade(graded)
    report = (results / "report.html").read_bytes()
    failures, pairs = (read_page(report).read_table(title) for title in TITLES)
    assert [row[:3] for row in pairs] == [["alice", "bob", "ex01"]]
    assert [(row[0], row[2]) for row in failures] == [
        ("emil", "broken"),
        ("dan", "crashed"),
        ("fay", "crashed"),
        ("gil", "missing"),
    ]
    pages = {path.stem: path.read_text("utf-8") for path in (results / "feedback").iterdir()}
    assert pages.keys() == CODES.keys() | {"gil"}
    assert "of predict: &lt;b&gt;" in pages["alice"]
    secret = (results / "secret").read_text().strip()
    assert not [page for page in (*pages.values(), report.decode()) if secret in page or str(graded) in page]

    lines = (results / "records.jsonl").read_text("utf-8")
    (results / "report.html").unlink()
    grade(graded)
    assert (results / "report.html").read_bytes() == report
    assert (results / "records.jsonl").read_text("utf-8") == lines


def test_records_of_an_earlier_version_are_compared_too_and_not_marked_again(graded, read_page):
    results = grade(graded)
    before = [json.loads(line) for line in (results / "records.jsonl").read_text("utf-8").splitlines()]
    earlier = [{key: v for key, v in record.items() if key != "code_fingerprints"} for record in before]
    text = "".join(f"{json.dumps(record | {'seconds': 77.0})}\n" for record in earlier)
    (results / "records.jsonl").write_text(text, "utf-8")
    grade(graded)
    page = read_page((results / "report.html").read_bytes())
    assert [row[:2] for row in page.read_table("Pairs of near-identical submissions")] == [["alice", "bob"]]
    assert {row[2] for row in page.read_table("Submissions that took longest")} == {"77.0"}
