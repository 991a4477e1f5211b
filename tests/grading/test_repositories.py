"""A list of repositories: what is in it is checked, fetched with a limit, and marked."""

import pytest
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.course import CourseError
from dlp_keras.grading import repositories
from dlp_keras.grading.repositories import Entry, fetch_all, is_list, read_list
from dlp_keras.grading.submissions import collect
from tests.grading.git_samples import commit, git
from tests.grading.programs import read_latest, read_lines

EX01 = "ex01_linear_regression"
SHA = "0123456789abcdef0123456789abcdef01234567"


def write(tmp_path, *lines):
    path = tmp_path / "repositories.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def test_a_list_is_read(tmp_path):
    path = write(
        tmp_path,
        "student, url, commit",
        f"Ada Å, https://github.com/course/ada.git, {SHA}",
        "bob,ssh://git@host:22/bob,",
        "cy,git@github.com:course/cy.git",
        "dan,file:///srv/git/dan.git",
    )
    assert is_list(path)
    assert not is_list(tmp_path)
    assert read_list(path) == [
        Entry("Ada Å", "https://github.com/course/ada.git", SHA),
        Entry("bob", "ssh://git@host:22/bob"),
        Entry("cy", "git@github.com:course/cy.git"),
        Entry("dan", "file:///srv/git/dan.git"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% /tmp/x",
        "--upload-pack=touch",
        "-c",
        "http://host/a",
        "git://host/a",
        "ssh://-oProxyCommand=touch/a",
        "https://-oProxyCommand=x/a",
        "-oProxyCommand=x@host:a",
        "a@-oProxyCommand=x:a",
        "a@host:-x",
        "/etc",
        "../x",
        "file://host/a",
        "https://host/a\x1b[1m",
        "transport::https://host/a",
        "",
    ],
)
def test_other_urls_are_refused(url, tmp_path):
    with pytest.raises(CourseError, match="Line 2 of "):
        read_list(write(tmp_path, "student,url", f'a,"{url}"'))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["name,url", "a,https://h/a"], "must begin with"),
        (["student,url"], "names no repository"),
        (["student,url", "a,https://h/a", "a,https://h/b"], "'a' stands twice"),
        (["student,url,commit", "a,https://h/a,main"], "not the whole hash"),
        (["student,url", "a,https://h/a,b,c"], "Line 2"),
        (["student,url", ",https://h/a"], "Line 2"),
    ],
)
def test_what_is_wrong_in_a_list_is_said(lines, message, tmp_path):
    with pytest.raises(CourseError, match=message):
        read_list(write(tmp_path, *lines))


def test_no_password_is_shown(tmp_path):
    with pytest.raises(CourseError) as told:
        read_list(write(tmp_path, "student,url", "a,http://me:s3cret@host/a"))
    assert "s3cret" not in str(told.value)


@pytest.fixture
def own_ssh(tmp_path, monkeypatch):
    """Let Git reach this machine by a program that runs at once what it would run far away."""
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


def read(student, into):
    into.mkdir()
    return collect(student, [EX01], into)[EX01].read_bytes()


@pytest.mark.usefixtures("own_ssh")
def test_repositories_are_fetched_and_brought_up_to_date(tmp_path):
    tree = tmp_path / "far"
    old = commit(tree, **{f"{EX01}__py": b"old = 1\n"})
    commit(tree, **{f"{EX01}__py": b"new = 1\n"})
    git(tree, "config", "uploadpack.allowAnySHA1InWant", "true")
    entries = [Entry("a", f"ssh://host{tree}"), Entry("b", f"ssh://host{tree}", old)]
    newest, pinned = fetch_all(entries, tmp_path / "fetched")
    assert newest.problem == pinned.problem == ""
    assert read(newest, tmp_path / "1") == b"new = 1\n"
    assert read(pinned, tmp_path / "2") == b"old = 1\n"
    assert git(newest.path, "rev-list", "--count", "HEAD") == "1"

    commit(tree, **{f"{EX01}__py": b"newest = 1\n"})
    (newest,) = fetch_all(entries[:1], tmp_path / "fetched")
    assert read(newest, tmp_path / "3") == b"newest = 1\n"


def test_a_fetch_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(repositories, "SECONDS", 0.5)
    monkeypatch.setenv("GIT_SSH_COMMAND", "sleep 60 #")
    (student,) = fetch_all([Entry("a", "ssh://me:password@host/a")], tmp_path / "fetched")
    assert "did not finish within 0.5 s" in student.problem
    assert "password" not in student.problem


def test_a_class_of_repositories_is_marked(tmp_path, solution_text):
    right = commit(tmp_path / "a", **{f"{EX01}__py": solution_text(EX01).encode()})
    commit(tmp_path / "a", **{f"{EX01}__py": b"wrong = 1\n"})
    lines = [f"a,file://{tmp_path}/a", f"b,file://{tmp_path}/a,{right}", f"c,file://{tmp_path}/nowhere"]
    submissions = write(tmp_path, "student,url,commit", *lines)
    results = tmp_path / "results"
    arguments = ["grade", str(submissions), "-o", str(results), "-e", "ex01"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    records = {student: record for (student, _), record in read_latest(results).items()}
    assert {name: record["status"] for name, record in records.items()} == {
        "a": "marked",
        "b": "marked",
        "c": "failed",
    }
    assert [records["a"]["points"], records["b"]["points"]] == [0, 24]
    assert "no Git repository" in records["c"]["note"]

    CliRunner().invoke(main, arguments)
    assert len(read_lines(results)) == 3
