"""The process that runs a student's code: reads requests, answers them, prints nothing of its own."""

import os
import sys
import threading
import time

from dlp_keras.runner.codec import frame, read_frames
from dlp_keras.runner.interpreter import Interpreter
from dlp_keras.runner.limits import limit_process


def main() -> None:
    """Set the limits that the arguments name, and serve."""
    if sys.argv[1:]:
        limit_process(int(sys.argv[1]))
    serve()


def serve() -> None:
    """Answer requests on the process's standard streams until they close.

    The student's code gets an empty standard input, and its standard output goes where its errors go, so that
    neither `input` nor `print` can touch the requests.
    """
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    interpreter = Interpreter()
    for number, message in read_frames(requests):
        replies.write(frame(number, interpreter.handle(message)))
        replies.flush()


def _end_with(parent: int) -> None:
    """End this process, loops and all, when the one that asks is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main()
