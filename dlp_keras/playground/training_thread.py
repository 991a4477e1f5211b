"""The one thread that trains for all pages, a short turn each."""

import threading

from dlp_keras.device import import_keras
from dlp_keras.playground.session import Session

TURN = 0.025
"""Seconds that a session trains before the next one does."""


class TrainingThread:
    """Imports Keras, then serves the sessions in turn."""

    def __init__(self) -> None:
        self._sessions: list[Session] = []
        self._work = threading.Condition()
        self._is_new = True
        self._has_keras = False
        self._ends = False
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)

    def start(self) -> None:
        """Begin to import Keras, and then to train."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present turn."""
        self._ends = True
        self.wake()

    def add(self, session: Session) -> None:
        """Serve a session from now on."""
        with self._work:
            self._sessions.append(session)
        if self._has_keras:
            session.give_keras()
        self.wake()

    def remove(self, session: Session) -> None:
        """Serve a session no more."""
        with self._work:
            self._sessions = [other for other in self._sessions if other is not session]

    def wake(self) -> None:
        """Look for work: a session has some."""
        with self._work:
            self._is_new = True
            self._work.notify()

    def _run(self) -> None:
        import_keras()
        self._has_keras = True
        for session in list(self._sessions):
            session.give_keras()
        while not self._ends:
            with self._work:
                self._work.wait_for(lambda: self._is_new)
                self._is_new = False
                sessions = list(self._sessions)
            busy = [_turn(session) for session in sessions]
            if any(busy):
                self.wake()


def _turn(session: Session) -> bool:
    try:
        return session.turn(TURN)
    except Exception as error:  # one session's trouble is not the others'
        session.fail(error)
        return False
