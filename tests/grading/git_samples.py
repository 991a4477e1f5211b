"""Git repositories of the tests' own."""

import os
import subprocess

VARIABLES = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(folder, *words):
    """Run Git, and return what it prints."""
    done = subprocess.run(
        ["git", *map(str, words)],
        cwd=folder,
        env=VARIABLES,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout.strip()


def commit(folder, **files):
    """Commit files, written ``name__py`` for ``name.py``, and return the commit's hash."""
    if not (folder / ".git").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "-q", "-b", "main")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_bytes(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "work")
    return git(folder, "rev-parse", "HEAD")


def make_bare(source, target):
    """Copy a repository as `git clone --bare` does, with all of its objects."""
    target.parent.mkdir(parents=True, exist_ok=True)
    git(source, "clone", "-q", "--bare", "--no-hardlinks", source, target)
    return target
