"""What students hand in is found and read, whatever it is, and nothing that they made up is believed."""

import io
import os
import tarfile
import zipfile

import pytest

from dlp_keras.course import CourseError
from dlp_keras.grading import submissions
from dlp_keras.grading.submissions import Student, UnreadableError, collect, find_students

EX01, EX02 = "ex01_linear_regression", "ex02_activations"
TEXT = b"def predict(x, weights, bias):\n    return 1\n"


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def make_zip(path, *members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return Student("a", path)


def make_tar(path, *members):
    with tarfile.open(path, "w:gz") as archive:
        for member, data in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return Student("a", path)


def test_each_entry_is_a_student(tmp_path):
    (tmp_path / "alice").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "__MACOSX").mkdir()
    for name in ("bob.zip", "carol.tar.gz", "dan.TGZ", "Eve Ä.ipynb", "fay.py", "notes.txt", "a\nb.zip"):
        (tmp_path / name).touch()
    names = {student.name for student in find_students(tmp_path)}
    assert names == {"alice", "bob", "carol", "dan", "Eve Ä", "fay", "a?b"}


def test_nothing_handed_in_is_said(tmp_path):
    with pytest.raises(CourseError, match="There is no folder"):
        find_students(tmp_path / "nowhere")
    with pytest.raises(CourseError, match="Nothing is handed in"):
        find_students(tmp_path)


def test_two_entries_of_one_name_are_refused(tmp_path):
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice.zip").touch()
    with pytest.raises(CourseError, match="'alice' is there twice"):
        find_students(tmp_path)


@pytest.mark.parametrize("place", ["", "exercises/", "homework/exercises/", "../../", "/root/", "a/b/c/"])
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_archives_are_read_wherever_the_file_lies_in_them(make, place, tmp_path, into):
    student = make(
        tmp_path / "a.zip" if make is make_zip else tmp_path / "a.tar.gz", (f"{place}{EX01}.py", TEXT)
    )
    found = collect(student, [EX01, EX02], into)
    assert list(found) == [EX01]
    assert found[EX01].read_bytes() == TEXT
    assert found[EX01].resolve().is_relative_to(into)
    assert {path.name for path in tmp_path.iterdir()} == {student.path.name, "into"}


def test_of_two_files_of_one_name_the_higher_one_counts(tmp_path, into):
    student = make_zip(tmp_path / "a.zip", (f"old/{EX01}.py", b"1"), (f"{EX01}.py", b"2"))
    assert collect(student, [EX01], into)[EX01].read_bytes() == b"2"


def test_a_folder_with_a_notebook(tmp_path, into):
    (tmp_path / "a" / "notebooks").mkdir(parents=True)
    (tmp_path / "a" / "notebooks" / f"{EX01}.ipynb").write_bytes(b"{}")
    assert collect(Student("a", tmp_path / "a"), [EX01], into)[EX01].suffix == ".ipynb"


@pytest.mark.parametrize("name", [f"mueller_{EX01}.ipynb", f"{EX01}.ipynb", "mueller.ipynb"])
def test_a_single_notebook(name, tmp_path, into):
    (tmp_path / name).write_bytes(b"{}")
    found = collect(Student("a", tmp_path / name), [EX01], into)
    assert found[EX01].name == f"{EX01}.ipynb"


def test_a_notebook_of_no_exercise_is_none_of_two(tmp_path, into):
    (tmp_path / "mueller.ipynb").write_bytes(b"{}")
    assert collect(Student("a", tmp_path / "mueller.ipynb"), [EX01, EX02], into) == {}


def test_only_one_exercise_is_copied_if_asked(tmp_path, into):
    student = make_zip(tmp_path / "a.zip", (f"{EX01}.py", TEXT), (f"{EX02}.py", TEXT))
    assert collect(student, [EX01, EX02], into, only=EX02) == {EX02: into / f"{EX02}.py"}
    assert [path.name for path in into.rglob("*.py")] == [f"{EX02}.py"]


def test_a_file_of_any_name_is_not_each_of_two_exercises(tmp_path, into):
    (tmp_path / "alice.py").write_bytes(TEXT)
    student = Student("alice", tmp_path / "alice.py")
    assert collect(student, [EX01, EX02], into, only=EX02) == {}
    assert list(collect(student, [EX02], into, only=EX02)) == [EX02]


def test_links_are_not_followed(tmp_path, into):
    secret = tmp_path / "secret.py"
    secret.write_bytes(TEXT)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / f"{EX01}.py").symlink_to(secret)
    with pytest.raises(UnreadableError, match="cannot be read"):
        collect(Student("a", tmp_path / "a"), [EX01], into)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(UnreadableError, match="is a link"):
        collect(Student("b", tmp_path / "b"), [EX01], into)
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        member = tarfile.TarInfo(f"{EX01}.py")
        member.type, member.linkname = kind, str(secret)
        assert collect(make_tar(tmp_path / "c.tar.gz", (member, b"")), [EX01], into) == {}


def test_a_pipe_is_no_submission(tmp_path, into):
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / f"{EX01}.py")
    with pytest.raises(UnreadableError, match="is no file"):
        collect(Student("a", tmp_path / "a"), [EX01], into)


def test_bombs_are_refused(tmp_path, into, monkeypatch):
    bomb = make_zip(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{EX01}.py", b"0" * (submissions.LARGEST + 1))
    with pytest.raises(UnreadableError, match="larger than 16 MiB"):
        collect(bomb, [EX01], into)
    monkeypatch.setattr(submissions, "MOST_MEMBERS", 3)
    for make, name in [(make_zip, "b.zip"), (make_tar, "b.tar.gz")]:
        many = make(tmp_path / name, *((f"{n}.txt", b"") for n in range(5)))
        with pytest.raises(UnreadableError, match="more than 3 files"):
            collect(many, [EX01], into)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar"])
def test_what_is_no_archive_is_said(name, tmp_path, into):
    (tmp_path / name).write_bytes(b"no archive at all" * 100)
    with pytest.raises(UnreadableError, match="is no archive that can be read"):
        collect(Student("a", tmp_path / name), [EX01], into)


def test_a_broken_archive_is_said(tmp_path, into):
    student = make_zip(tmp_path / "a.zip", (f"{EX01}.py", TEXT * 50))
    data = bytearray(student.path.read_bytes())
    data[60:80] = bytes(20)
    student.path.write_bytes(data)
    with pytest.raises(UnreadableError, match="is no archive that can be read"):
        collect(student, [EX01], into)
