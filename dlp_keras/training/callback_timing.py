"""What callbacks need: only the logs, the model after each epoch, or more than a compiled epoch has."""

import sys
from collections.abc import Sequence

import keras
from keras import callbacks as kc

from dlp_keras.training.rollback import decides_by_logs

_INSIDE_AN_EPOCH = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_batch_begin",
    "on_test_batch_end",
)
_LOGS_ONLY = (kc.History, kc.ProgbarLogger, kc.CSVLogger, kc.TerminateOnNaN)
# These carry private state through `model.fit`: an epoch to resume from, or counters of its steps.
_NEED_MODEL_FIT = ("BackupAndRestore", "TensorBoard")


def as_list(callbacks: kc.Callback | Sequence[kc.Callback] | None) -> list[kc.Callback]:
    """Return the callbacks as a list: none, one, several, or those of a `CallbackList`."""
    if callbacks is None:
        return []
    if isinstance(callbacks, kc.CallbackList):
        return list(callbacks.callbacks)
    return list(keras.tree.flatten(callbacks))


def needs_logs_only(callback: kc.Callback) -> bool:
    """Tell whether `callback` never looks at the model, so that it may hear of an epoch later."""
    return type(callback) in _LOGS_ONLY


def batch_hook(callback: kc.Callback) -> str | None:
    """Return the hook through which `callback` acts in the middle of an epoch, or None."""
    saves_by_epoch = isinstance(callback, kc.ModelCheckpoint) and callback.save_freq == "epoch"
    if needs_logs_only(callback) or (saves_by_epoch and type(callback) is kc.ModelCheckpoint):
        return None
    if type(callback).__name__ in _NEED_MODEL_FIT:
        return "model.fit"
    return next((hook for hook in _INSIDE_AN_EPOCH if overrides(callback, hook)), None)


def epochs_until_callback(callbacks: Sequence[kc.Callback], done: int, model: keras.Model) -> int:
    """Return how many epochs may run after `done` before a callback looks at `model`.

    One that decides by the logs does not count: it is told later, and training goes back to where it acted.

    A callback with a whole number `every`, as this project's pictures have, looks after each `every`-th
    epoch; one that reads only the logs, never; any other, after each.
    """
    looking = [c for c in callbacks if not needs_logs_only(c) and not decides_by_logs(c, model)]
    strides = [_stride(callback) for callback in looking]
    return min((stride - done % stride for stride in strides), default=sys.maxsize)


def _stride(callback: kc.Callback) -> int:
    every = getattr(callback, "every", 1)
    return every if isinstance(every, int) and every >= 1 and not overrides(callback, "on_epoch_begin") else 1


def overrides(callback: kc.Callback, hook: str) -> bool:
    """Tell whether `callback` has a hook of its own, in its class or set on the instance."""
    return hook in vars(callback) or getattr(type(callback), hook, None) is not getattr(kc.Callback, hook)
