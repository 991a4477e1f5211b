"""Gradescope's file follows its specification, and a student cannot speak in the grader's voice."""

import json

import jsonschema
import pytest

from dlp_keras.grading.export import FORMATS

# https://gradescope-autograders.readthedocs.io/en/latest/specs/ and .../leaderboards/
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEXT_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": TEXT_FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": TEXT_FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["score"]}, {"required": ["tests"]}],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": TEXT_FORMAT,
        "test_output_format": TEXT_FORMAT,
        "test_name_format": TEXT_FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "value"],
                "properties": {
                    "name": {"type": "string"},
                    "value": {"type": ["number", "string"]},
                    "order": {"enum": ["asc", "desc"]},
                },
            },
        },
    },
}


def no_constant(text):
    pytest.fail(f"JSON knows no {text}")


@pytest.fixture
def write(tmp_path):
    """Write the files, and return what Gradescope reads for each student."""

    def write_files(records):
        FORMATS["gradescope"](tmp_path, records)
        files = (tmp_path / "gradescope").glob("*/results.json")
        return {
            path.parent.name: json.loads(path.read_text("utf-8"), parse_constant=no_constant)
            for path in files
        }

    return write_files


def test_the_specification_is_kept(write, records):
    results = write(records)
    assert set(results) == {"Zoë Ångström", "alice", "bob", "dan"}
    jsonschema.validate(list(results.values()), {"type": "array", "items": SCHEMA})


def test_points_and_tests(write, records):
    alice = write(records)["alice"]
    assert (alice["score"], alice["execution_time"]) == (5, 8.5)
    assert alice["output"] == "5 of 12 points."
    assert [(t["number"], t["score"], t["max_score"], t["status"]) for t in alice["tests"]] == [
        ("ex01.1", 2, 2, "passed"),
        ("ex01.2", 0, 3, "failed"),
        ("ex01.3", 0, 4, "failed"),
        ("ex14.1", 1, 1, "passed"),
        ("ex14.2", 1, 1, "passed"),
        ("ex14.3", 1, 1, "passed"),
    ]
    assert alice["tests"][0]["tags"] == ["ex01_linear_regression"]


def test_challenges_go_to_the_leaderboard_with_the_better_end_first(write, records):
    assert write(records)["alice"]["leaderboard"] == [
        {"name": "ex14 error rate", "value": 0.03, "order": "asc"},
        {"name": "ex14 accuracy", "value": 0.97, "order": "desc"},
    ]


def test_what_a_student_prints_is_marked_line_by_line(write, records):
    output = write(records)["alice"]["tests"][1]["output"]
    assert output.splitlines() == [
        "`loss(3)` returned 2.",
        "9 was expected.",
        "",
        "Your code printed:",
        "| hello",
        "| 100 of 100 points.",
        "| Your lecturer: well done!",
    ]


def test_without_marks_there_is_one_test_that_says_why(write, records):
    results = write(records)
    assert [(t["output"], t["max_score"]) for t in results["bob"]["tests"]] == [
        ("bob.zip is no archive that can be read.", 9),
        ("Nothing was handed in.", 21),
    ]
    failed, *_ = results["dan"]["tests"]
    assert failed["output"] == "The marks could not run. This is not your fault; your lecturer knows."
    assert results["dan"]["extra_data"] == {
        "status": {"ex01_linear_regression": "failed", "ex02_activations": "marked"}
    }


def test_hostile_texts_are_declared_as_plain(write, hostile_record):
    (result,) = write([hostile_record]).values()
    jsonschema.validate(result, SCHEMA)
    formats = [result["output_format"], result["test_output_format"], result["test_name_format"]]
    formats += [test[key] for test in result["tests"] for key in ("output_format", "name_format")]
    assert set(formats) == {"text"}
    assert result["score"] == 1
