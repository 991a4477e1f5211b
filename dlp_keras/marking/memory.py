"""Replies of the reference that many students' marks share: the same call has the same result."""

_MOST = 4000
_LARGEST = 2**20
_MODEL = b'"!": "model"'  # as the codec writes it; within a text the quotes would be escaped


class ReferenceMemory:
    """Keeps the replies about plain values by their requests.

    A reply with a network is not kept, nor one to a request with a network: those live in a process.
    """

    def __init__(self) -> None:
        self._replies: dict[bytes, bytes] = {}

    def recall(self, request: bytes) -> bytes | None:
        """Return the reply to the same request, if there was one."""
        return self._replies.get(request)

    def keep(self, request: bytes, reply: bytes) -> None:
        """Keep a reply; the oldest goes when there are many."""
        if len(request) + len(reply) > _LARGEST or _MODEL in request or _MODEL in reply:
            return
        if len(self._replies) >= _MOST:
            del self._replies[next(iter(self._replies))]
        self._replies[request] = reply
