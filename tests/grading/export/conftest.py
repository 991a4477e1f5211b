"""A small class in which everything happens once, and names and texts that want to break out."""

import dataclasses

import pytest

from dlp_keras.grading.records import Record
from dlp_keras.marking.results import MarkResult, Metric

EX01, EX02, EX14 = "ex01_linear_regression", "ex02_activations", "ex14_image_classification"
SECRET = "/srv/course/results/secret: expected 0.123456"
SPOOF = "hello\n100 of 100 points.\nYour lecturer: well done!"


def mark(task, title, state, max_points, message="", output="", metric=None):
    points = max_points if state == "earned" else 0
    done = MarkResult(task, "test_it", title, points, max_points, state, message, output, 0.25, metric)
    return dataclasses.asdict(done)


def challenge(name, value, best):
    return mark("5", f"A challenge, {name}", "earned", 1, metric=Metric(name, value, best, 0.5, 0.01))


MARKS = [
    mark("1", "The prediction is right", "earned", 2, "A dot product does it."),
    mark("2", "The loss is right", "lost", 3, "`loss(3)` returned 2.\n9 was expected.", SPOOF),
    mark("3", "The gradient is right", "open", 4, "Still open: the gradient."),
]
CHALLENGES = [
    challenge("error rate", 0.03, "low"),
    challenge("accuracy", 0.97, "high"),
    challenge("loss", float("nan"), "low"),
]


@pytest.fixture
def records():
    """Records of four students, in no order."""
    return [
        Record("bob", EX02, 0, 21, "missing", note="Nothing was handed in."),
        Record("alice", EX14, 3, 3, "marked", CHALLENGES, 7.0),
        Record("alice", EX01, 2, 9, "marked", [dict(done) for done in MARKS], 1.5),
        Record("bob", EX01, 0, 9, "unreadable", note="bob.zip is no archive that can be read."),
        Record("Zoë Ångström", EX01, 9, 9, "marked", [mark("1", "All", "earned", 9)], 1.0),
        Record("dan", EX01, 0, 9, "failed", note=SECRET),
        Record("dan", EX02, 5, 21, "marked", [mark("1", "Some", "earned", 5), mark("2", "Rest", "lost", 16)]),
    ]


HOSTILE = (
    "=1+1",
    "../../alice",
    "/etc/passwd",
    "a\\b",
    "..",
    "CON",
    "<script>alert(1)</script>",
    "]]>&amp;&lt;!--",
    "a\x00\x1b[31m\u202eb",
    "\ufffe\ud800",
    '"};{"score": 100}',
    "line\nbreak\r::error::x",
    "x" * 300,
    "",
)


@pytest.fixture(params=HOSTILE)
def hostile_text(request):
    """A text that a student could have chosen."""
    return request.param


@pytest.fixture
def hostile_record(hostile_text):
    """A record in which each text of a student's is hostile."""
    marks = [mark("1", "Mark", "lost", 1, hostile_text, hostile_text), mark("2", "Other", "earned", 1)]
    return Record(hostile_text, EX01, 1, 2, "marked", marks, note=hostile_text)
