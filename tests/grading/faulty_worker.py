"""What a Dask worker of the tests loads first: a fault, which a variable of its environment names."""

import os

from dlp_keras.grading import grader
from dlp_keras.runner import sandbox

_mark_file, _metadata_version = grader._mark_file, grader.metadata.version


def _end_at_poison(task, *arguments):
    if task.student == "poison":
        os._exit(1)
    return _mark_file(task, *arguments)


def dask_setup(worker):
    match os.environ["FAULT"]:
        case "ends at poison":
            grader._mark_file = _end_at_poison
        case "old keras":
            grader.metadata.version = lambda name: "2.0" if name == "keras" else _metadata_version(name)
        case "no box":
            sandbox._candidates = list
