"""Tables are read as they were meant, and no cell is a formula."""

import csv

import pytest

from dlp_keras.grading.export import FORMATS
from dlp_keras.grading.records import Record

FILES = {"csv": "grades.csv", "nbgrader": "nbgrader.csv", "moodle": "moodle.csv"}
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(name, folder, records):
    FORMATS[name](folder, records)
    return folder / FILES[name]


def read(path, **options):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, **options))


def test_grades_have_a_row_for_each_student(tmp_path, records):
    assert read(write("csv", tmp_path, records)) == [
        ["student", "ex01", "ex02", "ex14", "total", "max"],
        ["Zoë Ångström", "9", "0", "0", "9", "9"],
        ["alice", "2", "0", "3", "5", "12"],
        ["bob", "0", "0", "0", "0", "30"],
        ["dan", "0", "5", "0", "5", "30"],
    ]


def test_scaled_points_add_up_to_what_one_reads(tmp_path):
    scaled = [
        Record("eve", "ex01_linear_regression", 5.66, 10, "marked"),
        Record("eve", "ex02_activations", 10.4, 21, "marked"),
    ]
    assert read(write("csv", tmp_path, scaled))[1] == ["eve", "5.66", "10.4", "16.06", "31"]
    assert read(write("moodle", tmp_path, scaled))[1] == ["eve", "5.66", "10.4", "16.06"]


def test_moodle_gets_no_grade_where_the_marks_could_not_run(tmp_path, records):
    assert read(write("moodle", tmp_path, records)) == [
        ["username", "ex01", "ex02", "ex14", "total"],
        ["Zoë Ångström", "9", "0", "0", "9"],
        ["alice", "2", "0", "3", "5"],
        ["bob", "0", "0", "0", "0"],
        ["dan", "-", "5", "0", "-"],
    ]


def test_nbgrader_has_a_row_for_each_exercise_and_student(tmp_path, records):
    head, *rows = read(write("nbgrader", tmp_path, records))
    # nbgrader/plugins/export.py, CsvExportPlugin
    assert ",".join(head) == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
        "raw_score,late_submission_penalty,score,max_score"
    )
    ex01, ex02, ex14 = "ex01_linear_regression", "ex02_activations", "ex14_image_classification"
    assert [dict(zip(head, row, strict=True))["student_id"] for row in rows if row[0] == ex02] == [
        "bob",
        "dan",
    ]
    assert [(row[0], row[3], *row[7:]) for row in rows] == [
        (ex01, "Zoë Ångström", "9.0", "0.0", "9.0", "9.0"),
        (ex01, "alice", "2.0", "0.0", "2.0", "9.0"),
        (ex01, "bob", "0.0", "0.0", "0.0", "9.0"),
        (ex01, "dan", "", "", "", "9.0"),
        (ex02, "bob", "0.0", "0.0", "0.0", "21.0"),
        (ex02, "dan", "5.0", "0.0", "5.0", "21.0"),
        (ex14, "alice", "3.0", "0.0", "3.0", "3.0"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "student",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\r=1",
        "\n=1",
        "＝1",
        "a;=1+1",
        "a\t=1+1",
        "a,=1",
        '";=1;"',
    ],
)
@pytest.mark.parametrize("name", FILES)
def test_no_name_is_a_formula(name, student, delimiter, tmp_path):
    path = write(name, tmp_path, [Record(student, "ex01_linear_regression", 3, 9, "marked")])
    cells = [cell for row in read(path, delimiter=delimiter) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA)] == []


@pytest.mark.parametrize("student", ["Zoë Ångström", "O'Brien", "a=b", 'a"b,c', "李小龙", "0123", "x@uni.de"])
@pytest.mark.parametrize("name", FILES)
def test_other_names_stay_as_they_are(name, student, tmp_path):
    path = write(name, tmp_path, [Record(student, "ex01_linear_regression", 3, 9, "marked")])
    assert student in read(path)[1]


@pytest.mark.parametrize("name", FILES)
def test_the_last_record_of_an_exercise_counts(name, tmp_path):
    first, last = (Record("a", "ex01_linear_regression", points, 9, "marked") for points in (3, 7))
    twice = write(name, tmp_path / "twice", [first, last])
    assert read(twice) == read(write(name, tmp_path / "once", [last]))
