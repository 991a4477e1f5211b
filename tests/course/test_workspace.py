"""A student's folder: nothing is overwritten, nothing is lost."""

import errno
import os

import pytest

from dlp_keras.course import CourseError
from dlp_keras.course.catalog import content_folder, find_exercise, load_catalog
from dlp_keras.course.workspace import (
    PROGRESS,
    Workspace,
    find_workspace,
    init,
    search_workspace,
    write,
)

EX01 = "ex01_linear_regression"


@pytest.fixture
def workspace(tmp_path):
    init(tmp_path / "course")
    return Workspace(tmp_path / "course")


def marks(points):
    """Spread points over marks, one a task, from the first one on."""
    earned = {}
    for task in find_exercise("1").tasks:
        earned[task.number] = {f"test_{task.number}": min(points, task.points)}
        points -= earned[task.number][f"test_{task.number}"]
    return earned


def record(workspace, points, **options):
    workspace.record(EX01, marks(points), workspace.exercise_path(find_exercise("1")), **options)


def test_init_writes_what_the_course_has(workspace):
    names = {str(path.relative_to(workspace.folder)) for path in workspace.folder.rglob("*.*")}
    for name in load_catalog():
        assert {f"exercises/{name}.py", f"notebooks/{name}.ipynb", f"tests/exercises/test_{name}.py"} <= names
    assert not any("solutions" in name or "mistakes" in name for name in names)


def test_init_again_keeps_what_the_student_wrote(workspace):
    path = workspace.exercise_path(find_exercise("1"))
    path.write_text("# mine\n")
    workspace.notebook_path(find_exercise("1")).unlink()
    written, kept = init(workspace.folder)
    assert written == [workspace.notebook_path(find_exercise("1"))]
    assert kept == [path]
    assert path.read_text() == "# mine\n"


def test_a_file_where_nothing_is_answered_is_not_noted(workspace):
    record(workspace, 0, answered=False)
    assert not (workspace.folder / PROGRESS).exists()


def test_a_file_that_was_answered_and_is_no_more_is_noted(workspace):
    record(workspace, 24)
    record(workspace, 0, answered=False)
    now = workspace.read_progress()[EX01]["now"][f"exercises/{EX01}.py"]
    assert sum(now["tasks"].values()) == 0


@pytest.mark.parametrize("name", ["mine.py", "Übung.py", "\udcff.py"])
def test_a_file_elsewhere_keeps_its_whole_path(workspace, tmp_path, name):
    workspace.record(EX01, marks(3), tmp_path / name)
    assert list(workspace.read_progress()[EX01]["now"]) == [str(tmp_path / name)]


def test_a_workspace_is_found_from_below(workspace):
    assert find_workspace(workspace.folder / "exercises").folder == workspace.folder.resolve()


def test_a_workspace_may_be_missing(tmp_path):
    assert search_workspace(tmp_path) is None


def test_no_workspace_says_what_to_do(tmp_path):
    with pytest.raises(CourseError, match="`dlp init course` writes them"):
        find_workspace(tmp_path)


def test_hints_come_one_after_the_other(workspace):
    exercise = find_exercise("1")
    assert [workspace.take_hint(exercise, "1", 2) for _ in range(3)] == [0, 1, 1]
    assert workspace.take_hint(exercise, "2", 2) == 0
    record(workspace, 3)
    assert workspace.read_progress()[EX01]["hints"] == {"1": 2, "2": 1}


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        '{"ex01_linear_reg',
        "[]",
        '{"ex01": 3}',
        "\x00\x01",
        '{"a": {"points": null}}',
        '{"a": {"hints": []}}',
        '{"a": {"best": {"test_a": 3}}}',
        '{"a": {"now": {"exercises/a.py": {}}}}',
    ],
)
def test_a_damaged_progress_file_is_set_aside(workspace, damaged):
    (workspace.folder / PROGRESS).write_text(damaged)
    with pytest.raises(CourseError, match=r"is damaged .* it is kept as progress\.json\.damaged"):
        workspace.read_progress()
    assert (workspace.folder / f"{PROGRESS}.damaged").read_text() == damaged
    record(workspace, 3)
    assert workspace.read_progress()[EX01]["points"] == 3


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("function", ["replace", "fsync"])
def test_a_full_disk_loses_nothing(workspace, monkeypatch, number, function):
    record(workspace, 3)
    before = (workspace.folder / PROGRESS).read_text()

    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, function, fail)
    with pytest.raises(CourseError, match=f"could not be written: {os.strerror(number)}. Nothing is lost"):
        record(workspace, 24)
    monkeypatch.undo()
    assert (workspace.folder / PROGRESS).read_text() == before
    assert sorted(p.name for p in workspace.folder.iterdir()) == ["exercises", "notebooks", PROGRESS, "tests"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write(path, b"old")
    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def interrupt(*_):
    raise KeyboardInterrupt


def test_reset_keeps_a_copy(workspace):
    exercise = find_exercise("1")
    path = workspace.exercise_path(exercise)
    path.write_text("# mine\n")
    backup = workspace.reset(exercise)
    assert (backup / path.name).read_text() == "# mine\n"
    assert path.read_bytes() == (content_folder() / "exercises" / path.name).read_bytes()
    assert workspace.reset(exercise) != backup


def test_reset_without_space_for_the_copy_changes_nothing(workspace, monkeypatch):
    exercise = find_exercise("1")
    path = workspace.exercise_path(exercise)
    path.write_text("# mine\n")
    (workspace.folder / "backups").write_text("in the way")
    with pytest.raises(CourseError, match="could not be copied"):
        workspace.reset(exercise)
    assert path.read_text() == "# mine\n"


def test_written_files_get_the_usual_permissions(tmp_path):
    write(tmp_path / "a", b"")
    (tmp_path / "b").touch()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode
