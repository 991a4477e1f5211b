"""Git repositories are read, and nothing that they bring along is run or believed."""

import os
import subprocess

import pytest

from dlp_keras.grading import git as git_module
from dlp_keras.grading import submissions
from dlp_keras.grading.submissions import Student, UnreadableError, collect, find_students
from tests.grading.git_samples import VARIABLES, commit, git, make_bare

EX01 = "ex01_linear_regression"
TEXT = b"def predict(x, weights, bias):\r\n    return 1\r\n"


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.fixture
def tree(tmp_path):
    commit(tmp_path / "tree", **{f"{EX01}__py": TEXT})
    return tmp_path / "tree"


@pytest.fixture
def bare(tree, tmp_path):
    return make_bare(tree, tmp_path / "class" / "alice.git")


def read(path, into, commit="HEAD"):
    found = collect(Student("alice", path, commit), [EX01], into)
    return found[EX01].read_bytes() if EX01 in found else None


def test_of_a_clone_the_files_count_as_they_lie_there(tree, into):
    (tree / f"{EX01}.py").write_bytes(b"changed = 1\n")
    assert read(tree, into) == b"changed = 1\n"


def test_of_a_bare_repository_its_newest_commit_counts(bare, into):
    assert [student.name for student in find_students(bare.parent)] == ["alice"]
    assert read(bare, into) == TEXT


def test_packed_branches_and_objects_are_read(bare, into):
    git(bare, "gc", "-q")
    assert not (bare / "refs" / "heads" / "main").exists()
    assert read(bare, into) == TEXT


def test_a_commit_can_be_named(tree, tmp_path, into):
    old = git(tree, "rev-parse", "HEAD")
    commit(tree, **{f"{EX01}__py": b"new = 1\n"})
    bare = make_bare(tree, tmp_path / "alice.git")
    assert read(bare, into, old) == TEXT
    with pytest.raises(UnreadableError, match="not the whole hash"):
        read(bare, into, "--help")
    with pytest.raises(UnreadableError, match=r"alice\.git cannot be read"):
        read(bare, into, "0" * 40)


def test_nothing_that_a_repository_names_is_run(bare, into, tmp_path):
    marker = tmp_path / "was_run"
    (bare / "config").write_text(
        f"""\
[core]
    repositoryformatversion = 0
    bare = true
    fsmonitor = touch {marker}
    hooksPath = {bare}/hooks
    sshCommand = touch {marker}
    pager = touch {marker}
[filter "evil"]
    smudge = touch {marker}
    required = true
[diff "evil"]
    textconv = touch {marker}
[include]
    path = /dev/zero
""",
        encoding="utf-8",
    )
    (bare / "info").mkdir(exist_ok=True)
    (bare / "info" / "attributes").write_text("* filter=evil diff=evil ident\n", encoding="utf-8")
    (bare / "hooks").mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (bare / "hooks" / name).write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
        (bare / "hooks" / name).chmod(0o755)
    assert read(bare, into) == TEXT
    assert not marker.exists()


def steal_by_name(thief, victim):
    """Name the objects of somebody else as one's own."""
    (thief / "objects" / "info").mkdir(exist_ok=True)
    (thief / "objects" / "info" / "alternates").write_text(f"{victim / 'objects'}\n", encoding="utf-8")


def steal_by_folder_link(thief, victim):
    for place in sorted((victim / "objects").iterdir()):
        if not (thief / "objects" / place.name).exists():
            (thief / "objects" / place.name).symlink_to(place)


def steal_by_link(thief, victim):
    (thief / "objects").rename(thief / "own")
    (thief / "objects").symlink_to(victim / "objects")


@pytest.mark.parametrize("steal", [steal_by_name, steal_by_folder_link, steal_by_link])
def test_what_lies_in_the_repository_of_another_is_not_handed_in(steal, bare, into, tmp_path):
    victim_tree = tmp_path / "victim_tree"
    found = commit(victim_tree, **{f"{EX01}__py": b"right = 1\n"})
    victim = make_bare(victim_tree, tmp_path / "victim.git")
    steal(bare, victim)
    (bare / "HEAD").write_text(f"{found}\n", encoding="utf-8")
    assert git(bare, "cat-file", "-t", found) == "commit"  # Git itself would have found it
    with pytest.raises(UnreadableError):
        read(bare, into)


def test_a_file_that_is_a_link_is_not_followed(bare, into, tmp_path):
    (tmp_path / "secret").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (bare / "HEAD").unlink()
    (bare / "HEAD").symlink_to(tmp_path / "secret")
    with pytest.raises(UnreadableError):
        read(bare, into)


def test_links_and_other_repositories_in_a_commit_are_nothing(tmp_path, into):
    tree = tmp_path / "tree"
    tree.mkdir()
    git(tree, "init", "-q", "-b", "main")
    (tree / f"{EX01}.py").symlink_to("/etc/hostname")
    inner = commit(tmp_path / "inner", a=b"1")
    git(tree, "update-index", "--add", "--cacheinfo", f"160000,{inner},{EX01}.ipynb")
    git(tree, "add", f"{EX01}.py")
    git(tree, "commit", "-q", "-m", "links")
    assert read(make_bare(tree, tmp_path / "alice.git"), into) is None


def test_what_is_too_large_or_too_much_is_refused(bare, into, monkeypatch):
    monkeypatch.setattr(submissions, "LARGEST", 10)
    with pytest.raises(UnreadableError, match="is larger than"):
        read(bare, into)
    monkeypatch.setattr(submissions, "MOST_MEMBERS", 0)
    with pytest.raises(UnreadableError, match="holds more than 0 files"):
        read(bare, into)
    monkeypatch.setattr(git_module, "MOST_OBJECTS", 3)
    with pytest.raises(UnreadableError, match="more than 3 objects"):
        read(bare, into)
    monkeypatch.undo()
    monkeypatch.setattr(git_module, "LARGEST_REPOSITORY", 100)
    with pytest.raises(UnreadableError, match="larger than"):
        read(bare, into)


def test_a_tree_that_unfolds_to_more_files_than_there_are_atoms_is_refused(tmp_path, into):
    tree = tmp_path / "tree"
    commit(tree, a=b"1")
    number = git(tree, "rev-parse", "HEAD:")
    for _ in range(12):  # each holds the one before ten times: 10^12 files
        listing = tmp_path / "listing"
        listing.write_text("".join(f"040000 tree {number}\t{name}\n" for name in "abcdefghij"), "utf-8")
        with listing.open("rb") as file:
            number = mktree(tree, file)
    found = git(tree, "commit-tree", number, "-m", "bomb")
    git(tree, "update-ref", "refs/heads/main", found)
    with pytest.raises(UnreadableError):
        read(make_bare(tree, tmp_path / "alice.git"), into)


def mktree(folder, file):
    done = subprocess.run(
        ["git", "mktree"], cwd=folder, stdin=file, env=VARIABLES, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def test_a_repository_without_a_commit_or_what_is_none_is_unreadable(tmp_path, into):
    empty = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", empty)
    with pytest.raises(UnreadableError, match=r"empty\.git cannot be read"):
        read(empty, into)
    (empty / "HEAD").write_bytes(os.urandom(100))
    with pytest.raises(UnreadableError, match=r"empty\.git cannot be read"):
        read(empty, into)


def test_without_git_that_is_said(bare, into, monkeypatch):
    monkeypatch.setattr(git_module.shutil, "which", lambda name: None)
    with pytest.raises(UnreadableError, match="Git is not installed"):
        read(bare, into)
