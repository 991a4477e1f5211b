"""Hold back what TensorFlow prints while it starts, and nothing else."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def _log_line(levels: bytes) -> bytes:
    """Pattern of the start of a log line: level and place, as Abseil or as TensorFlow 2.19 write them.

    `E0000 00:00:1795368546.46 7742 cuda_platform.cc:52] …` or
    `2025-01-31 10:00:00.123: E external/local_xla/xla/cuda_dnn.cc:93] …`
    """
    abseil = rb"[" + levels + rb"]\d{4} [\d:.]+ +\d+ [\w./-]+:\d+\]"
    tensorflow = rb"[\d-]+ [\d:.]+: [" + levels + rb"] [\w./-]+:\d+\]"
    return rb"(?:" + abseil + rb"|" + tensorflow + rb")"


_NOISE = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    rb"|To enable the following instructions: .* rebuild TensorFlow with the appropriate compiler flags\."
    rb"|Skipping registering GPU devices\.\.\."
    rb"|" + _log_line(b"I") + rb".*"
    rb"|" + _log_line(b"WE") + rb" (?:"
    rb"Unable to register cu\w+ factory"
    rb"|computation placer already registered"
    rb"|TF-TRT Warning: Could not find TensorRT"
    rb"|Could not find cuda drivers"
    rb"|Cannot dlopen some GPU libraries"  # `device.use` says it in plain words
    rb"|failed call to cuInit: .*UNKNOWN ERROR \(303\)"  # no driver installed: a machine without a GPU
    rb").*"
)


def is_noise(line: bytes) -> bool:
    """Tell whether a line on stderr is known to be harmless start-up noise of TensorFlow.

    Parameters
    ----------
    line : bytes
        One line, with or without its end.

    Returns
    -------
    bool
        False for everything unknown: warnings and errors must come through.

    Examples
    --------
    >>> is_noise(b"I0000 00:00:1795368542.45 7742 port.cc:153] oneDNN custom operations are on.")
    True
    >>> is_noise(b"ImportError: libcudnn.so.9: cannot open shared object file")
    False
    """
    return _NOISE.fullmatch(line.rstrip()) is not None


@contextmanager
def filter_startup_log() -> Iterator[None]:
    """Hold back stderr while the block runs, then write it again without the known noise.

    TensorFlow's C++ parts write to file descriptor 2, past `sys.stderr`, so the descriptor itself is
    redirected into a temporary file. What is no known noise is replayed when the block ends, also by
    an exception. A process without a file descriptor 2 runs the block as it is.

    Examples
    --------
    >>> with filter_startup_log():
    ...     import keras
    """
    try:
        terminal = os.dup(2)
    except OSError:
        yield
        return
    _flush_stderr()
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        finally:
            _flush_stderr()
            os.dup2(terminal, 2)
            os.close(terminal)
            held_back.seek(0)
            _replay(held_back.read())


def _flush_stderr() -> None:
    # Python's own buffer must not cross the switch; a notebook's stream may be closed or absent.
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()


def _replay(output: bytes) -> None:
    kept = b"".join(line for line in output.splitlines(keepends=True) if not is_noise(line))
    while kept:
        kept = kept[os.write(2, kept) :]
