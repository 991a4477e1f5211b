"""Parts of sentences that several messages share."""


def count(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def still_open(what: str, hint: str) -> str:
    """Say what a task asks for, and the command that helps."""
    return f"Still open: {what} Stuck? `{hint}` helps."
