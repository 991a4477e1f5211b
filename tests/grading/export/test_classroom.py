"""GitHub Classroom's reporter finds the points where it looks for them."""

import base64
import json

import jsonschema
import pytest

from dlp_keras.grading.export import FORMATS

# https://exercism.org/docs/building/tooling/test-runners/interface, version 3, with the fields that
# https://github.com/classroom-resources/autograding-python-grader adds.
STATUS = {"enum": ["pass", "fail", "error"]}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "status", "tests", "max_score"],
    "properties": {
        "version": {"const": 3},
        "status": STATUS,
        "message": {"type": ["string", "null"]},
        "max_score": {"type": "number"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "status", "score"],
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "status": STATUS,
                    "message": {"type": ["string", "null"]},
                    "output": {"type": ["string", "null"], "maxLength": 500},
                    "test_code": {"type": "string"},
                    "task_id": {"type": "integer"},
                    "filename": {"type": "string"},
                    "line_no": {"type": "integer"},
                    "duration": {"type": "number"},
                    "score": {"type": "number"},
                },
            },
        },
    },
    "if": {"properties": {"status": {"const": "error"}}},
    "then": {"required": ["message"], "properties": {"message": {"type": "string"}}},
    "else": {"properties": {"message": {"type": "null"}}},
}


@pytest.fixture
def write(tmp_path):
    """Write the files, and return what the reporter reads for each student from its variable."""

    def write_files(records):
        FORMATS["classroom"](tmp_path, records)
        variables = {
            path.parent.name: base64.b64encode(path.read_bytes())
            for path in (tmp_path / "classroom").glob("*/results.json")
        }
        return {name: json.loads(base64.b64decode(value)) for name, value in variables.items()}

    return write_files


def test_the_format_is_kept(write, records):
    results = write(records)
    assert set(results) == {"Zoë Ångström", "alice", "bob", "dan"}
    jsonschema.validate(list(results.values()), {"type": "array", "items": SCHEMA})


def test_the_reporter_adds_up_the_points(write, records):
    results = write(records)
    totals = {name: sum(test["score"] for test in found["tests"]) for name, found in results.items()}
    assert totals == {"Zoë Ångström": 9, "alice": 5, "bob": 0, "dan": 5}
    assert {name: found["max_score"] for name, found in results.items()} == {
        "Zoë Ångström": 9,
        "alice": 12,
        "bob": 30,
        "dan": 30,
    }


def test_states(write, records):
    results = write(records)
    assert {name: found["status"] for name, found in results.items()} == {
        "Zoë Ångström": "pass",
        "alice": "fail",
        "bob": "fail",
        "dan": "error",
    }
    assert [test["status"] for test in results["alice"]["tests"][:3]] == ["pass", "fail", "fail"]
    assert [test["task_id"] for test in results["alice"]["tests"][:3]] == [1, 2, 3]
    assert [test["task_id"] for test in results["bob"]["tests"]] == [0, 0]


@pytest.mark.parametrize(
    ("printed", "output"),
    [
        ("", None),
        ("  \n", None),
        ("hi\n", "hi"),
        ("é" * 500, "é" * 500),
        ("x" * 9 + "y" * 498, "… " + "y" * 498),
    ],
)
def test_the_end_of_a_long_output_is_kept(printed, output, write, records):
    records[2].marks[1]["output"] = printed
    assert write(records)["alice"]["tests"][1]["output"] == output


def test_hostile_texts_stay_texts(write, hostile_record):
    (result,) = write([hostile_record]).values()
    jsonschema.validate(result, SCHEMA)
    assert result["tests"][0]["status"] == "fail"
    assert [test["score"] for test in result["tests"]] == [0, 1]
