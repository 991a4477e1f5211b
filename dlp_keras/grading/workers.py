"""Where the exercises of a class are marked: in processes here, or on the workers of a Dask scheduler.

A worker that is lost costs no grade: what it was marking goes to another one. What loses worker after worker
is given up, and all else goes on.
"""

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import Any, TypeVar

import joblib

from dlp_keras.course import CourseError
from dlp_keras.grading.workshop import close_workshop

MOST_LOSSES = 3
"""So many processes here may be lost, without a result between, before all are tried one by one."""
_PATIENCE = 30.0  # seconds until scheduler and first worker have to answer

Task = TypeVar("Task")
Result = TypeVar("Result")
GiveUp = Callable[[Task, str], Result]
"""Makes a result of a task that cannot be marked, and a sentence that says why."""


def run_here(
    function: Callable[[Task], Result], tasks: Iterable[Task], jobs: int, give_up: GiveUp[Task, Result]
) -> Iterator[Result]:
    """Yield what a function makes of each task, in the order in which they are done.

    Parameters
    ----------
    function
        It runs in other processes; in this one if there is one job.
    tasks
    jobs
        Tasks at the same time.
    give_up
        For a task whose process is lost whenever it is tried.
    """
    left, losses, owner = dict(enumerate(tasks)), 0, os.getpid()
    while left:
        one_by_one = losses >= MOST_LOSSES  # so that it is known which one loses its process
        batch = list(itertools.islice(left.items(), 1 if one_by_one else None))
        # A new one each time: what a broken one still hears from its workers must not be taken twice.
        pool = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
        try:
            for number, result in pool(joblib.delayed(_numbered)(owner, function, *item) for item in batch):
                del left[number]
                losses = losses if one_by_one else 0
                yield result
        except BrokenProcessPool:
            losses += 1
            if one_by_one:
                losses = 0
                yield give_up(left.pop(batch[0][0]), "Its process was killed several times.")


def run_on_cluster(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    scheduler: str,
    describe: Callable[[], dict[str, str]],
    give_up: GiveUp[Task, Result],
) -> Iterator[Result]:
    """Yield what a function makes of each task on a worker of a Dask scheduler, in the order they are done.

    No more tasks are sent than workers have threads: memory stays bounded, and only what is running is
    suspected when a worker is lost.

    Parameters
    ----------
    function
        Workers import it by its name.
    tasks
        They travel pickled, as results do: scheduler and workers are trusted.
    scheduler
        Its address, such as ``tcp://127.0.0.1:8786``.
    describe
        Tells, there and here, the versions that must be the same.
    give_up
        For a task whose worker is lost as often as the scheduler allows, or fails.

    Raises
    ------
    CourseError
        If Dask is not installed, no scheduler or worker answers, or a worker has other versions.
    """
    distributed = _import_distributed()
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise CourseError(f"No scheduler answers at {scheduler} ({error}). Start `dask scheduler`.") from None
    with client:
        _check_workers(client, scheduler, describe)
        waiting, running = iter(tasks), dict[str, Task]()
        done = distributed.as_completed()
        while True:
            free = max(1, sum(client.nthreads().values())) - len(running)
            for task in itertools.islice(waiting, max(0, free)):
                future = client.submit(function, task, pure=False)
                running[future.key] = task
                done.add(future)
            if not running:
                return
            future = next(done)
            yield _result(future, running.pop(future.key), scheduler, give_up)


def name_differences(expected: dict[str, str], found: dict[str, str]) -> str:
    """Return what is not as expected, such as ``keras 3.9 instead of 3.10``; nothing if all is."""
    return ", ".join(
        f"{name} {found.get(name)} instead of {version}"
        for name, version in expected.items()
        if found.get(name) != version
    )


def _numbered(owner: int, function: Callable[[Task], Result], number: int, task: Task) -> tuple[int, Result]:
    if os.getpid() != owner:
        _end_with(owner)
    return number, function(task)


@cache
def _end_with(owner: int) -> None:
    """End this process soon after the one that it works for has been killed; joblib would take minutes."""

    def watch() -> None:
        while os.getppid() == owner:
            time.sleep(1)
        with contextlib.suppress(Exception):
            close_workshop()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _import_distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise CourseError(
            "`--scheduler` needs Dask's distributed scheduler: `pip install 'dlp_keras[cluster]'`."
        ) from None
    return distributed


def _check_workers(client: Any, scheduler: str, describe: Callable[[], dict[str, str]]) -> None:
    """Wait for a worker, and refuse one that would mark otherwise."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise CourseError(
            f"The scheduler at {scheduler} has no workers. Start `dask worker {scheduler} --nthreads 1`."
        ) from None
    expected = describe()
    for worker, found in client.run(describe, on_error="return").items():
        if not isinstance(found, dict):
            raise CourseError(f"The worker {worker} cannot mark ({found}). Install dlp_keras[cluster] there.")
        if differences := name_differences(expected, found):
            raise CourseError(f"The worker {worker} has {differences}. Install there what is here.")


def _result(future: Any, task: Task, scheduler: str, give_up: GiveUp[Task, Result]) -> Result:
    """Return what came of a task; the error of a worker becomes a result like any other."""
    if future.cancelled():
        raise CourseError(f"The scheduler at {scheduler} is gone. The same command goes on later.")
    try:
        return future.result()  # type: ignore[no-any-return]
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            return give_up(task, "Its worker was lost as often as the scheduler allows (KilledWorker).")
        return give_up(task, f"Its worker failed ({type(error).__name__}: {error}).")
