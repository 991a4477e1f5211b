"""What a Dask worker of the tests loads first: a fault, which a variable of its environment names."""

import os

from dlp_keras.grading import marker, settings
from dlp_keras.runner import sandbox

_make_record, _installed_version = marker._make_record, settings.metadata.version


def _end_at_poison(task, *arguments):
    if task.student == "poison":
        os._exit(1)
    return _make_record(task, *arguments)


def dask_setup(worker):
    match os.environ["FAULT"]:
        case "ends at poison":
            marker._make_record = _end_at_poison
        case "old keras":
            settings.metadata.version = lambda name: "2.0" if name == "keras" else _installed_version(name)
        case "no box":
            sandbox._candidates = list
