"""The functions compiled so far, each lent to one training at a time."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

_KEPT = 16


class CompilationCache:
    """Compiled functions by what they were compiled for.

    A function holds the variables of the model that it trains, so two threads must not run it at once:
    whoever finds all functions of a key lent makes another one, or waits where there are enough.

    Parameters
    ----------
    kept : int
        Keys whose functions are kept; those of the least recently used key go first.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._idle: OrderedDict[Hashable, list[Any]] = OrderedDict()
        self._n_made: dict[Hashable, int] = {}
        self._returned = threading.Condition()

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether there is a function of this key, lent or not."""
        return key in self._n_made

    @contextmanager
    def borrow(self, key: Hashable, make: Callable[[], Any], limit: int) -> Iterator[Any]:
        """Lend a function of this key for the duration of a block.

        Parameters
        ----------
        key : hashable
        make : callable
            Makes a function, where all are lent and there are fewer than `limit`.
        limit : int
            How many functions of this key there may be.
        """
        function = self._take(key, limit) or self._make(key, make)
        try:
            yield function
        finally:
            self._give_back(key, function)

    def add(self, key: Hashable, function: Any) -> None:
        """Keep a function that was made elsewhere."""
        with self._returned:
            self._n_made[key] = self._n_made.get(key, 0) + 1
        self._give_back(key, function)

    def _take(self, key: Hashable, limit: int) -> Any:
        """Return an idle function, or None when the caller is to make one."""
        with self._returned:
            self._returned.wait_for(lambda: self._idle.get(key) or self._n_made.get(key, 0) < limit)
            if self._idle.get(key):
                return self._idle[key].pop()
            self._n_made[key] = self._n_made.get(key, 0) + 1
            return None

    def _make(self, key: Hashable, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except BaseException:
            with self._returned:
                self._n_made[key] -= 1
                self._returned.notify_all()
            raise

    def _give_back(self, key: Hashable, function: Any) -> None:
        with self._returned:
            self._idle.setdefault(key, []).append(function)
            self._idle.move_to_end(key)
            unused = [k for k, functions in self._idle.items() if len(functions) == self._n_made[k]]
            for old in unused[: max(0, len(self._idle) - self._kept)]:
                del self._idle[old], self._n_made[old]
            self._returned.notify_all()


cache = CompilationCache()
"""The functions of this process."""
