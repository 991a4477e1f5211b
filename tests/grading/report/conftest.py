"""Pages as a browser reads them, and a class in which everything happens."""

import html5lib
import pytest

from dlp_keras.grading.records import Record
from tests.grading.export.conftest import CHALLENGES, EX01, EX02, EX14, HOSTILE, MARKS, SECRET, mark


class Page:
    """A page that a strict parser of HTML 5 has read."""

    def __init__(self, data):
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.text = data.decode("utf-8")
        self.root = parser.parse(self.text)

    def find(self, path):
        return self.root.find(path)

    def find_all(self, path):
        return self.root.findall(path)

    def read(self, path):
        """Return the text of an element, each run of spaces as one."""
        return " ".join("".join(self.root.find(path).itertext()).split())

    def read_table(self, caption):
        """Return the texts of the rows of a table's body."""
        tables = self.root.findall(".//table")
        (table,) = [found for found in tables if found.find("caption").text == caption]
        rows = table.findall("tbody/tr")
        return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


@pytest.fixture
def read_page():
    """Parse a page; whatever breaks the rules of HTML is an error."""
    return Page


@pytest.fixture
def records():
    """Records of five students, in no order."""
    slow = [mark("1", "All", "earned", 9)]
    crash = [mark("1", "All", "lost", 9, "`loss(3)` ended the whole Python process (exit code 3).")]
    alike = list(range(100))
    return [
        Record("bob", EX02, 0, 21, "missing", note="Nothing was handed in."),
        Record("alice", EX14, 3, 3, "marked", CHALLENGES, 7.0),
        Record("alice", EX01, 2, 9, "marked", [dict(done) for done in MARKS], 1.5, code_fingerprints=alike),
        Record("bob", EX01, 0, 9, "unreadable", note="bob.zip is no archive that can be read."),
        Record("Zoë Ångström", EX01, 9, 9, "marked", slow, 11.0, code_fingerprints=alike[20:]),
        Record("dan", EX01, 0, 9, "failed", note=SECRET),
        Record("dan", EX02, 5, 21, "marked", [mark("1", "Some", "earned", 5), mark("2", "Rest", "lost", 16)]),
        Record("emil", EX01, 0, 9, "marked", crash, 2.0),
    ]


@pytest.fixture(params=HOSTILE)
def hostile_text(request):
    """A text that a student could have chosen."""
    return request.param


@pytest.fixture
def hostile_records(hostile_text):
    """Records in which each text of a student's is hostile."""
    text = hostile_text
    marks = [mark("1", "Mark", "lost", 1, text, text), mark("2", "Other", "earned", 1, f"`{text}` is `right")]
    return [
        Record(text, EX01, 1, 2, "marked", marks, 1.0, note=text, code_fingerprints=list(range(30))),
        Record("bob", EX01, 1, 2, "marked", marks, 1.0, note=text, code_fingerprints=list(range(30))),
        Record(text, EX02, 0, 2, "unreadable", note=text),
        Record("bob", EX02, 0, 2, "failed", note=text),
    ]
