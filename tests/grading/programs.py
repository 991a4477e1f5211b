"""`dlp grade` as a program of its own, which can be killed."""

import json
import subprocess
import sys
import time
from pathlib import Path

DLP = [sys.executable, "-P", "-m", "dlp_keras"]


def wait_until(holds, seconds=120):
    """Wait until something holds, and fail where it never does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def start_grading(submissions, results, *options, stdout=subprocess.PIPE):
    """Start `dlp grade`."""
    command = [*DLP, "grade", submissions, "-o", results, *options]
    return subprocess.Popen(
        [str(word) for word in command], stdout=stdout, stderr=subprocess.STDOUT, encoding="utf-8"
    )


def read_lines(results):
    """Return the records in the order in which they were written."""
    path = results / "records.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.endswith("}")]


def read_latest(results):
    """Return the latest record of each student and exercise."""
    return {(record["student"], record["exercise"]): record for record in read_lines(results)}


def descendants(pid):
    """Return the processes that come from one, with their commands."""
    found, waiting = {}, [pid]
    while waiting:
        process = waiting.pop()
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                children = [int(word) for word in task.read_text("ascii").split()]
                found |= {c: Path(f"/proc/{c}/cmdline").read_bytes().decode() for c in children}
            except OSError:
                continue
            waiting += children
    return found
