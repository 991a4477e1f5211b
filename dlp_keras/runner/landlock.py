"""Linux's Landlock: a process gives up the rights to files, ports and other processes' signals for good.

Written after the kernel's documentation, https://docs.kernel.org/userspace-api/landlock.html; the calls have
the same numbers on all processors.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = (1 << bit for bit in (0, 1, 2, 3, 14))
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
READ = EXECUTE | READ_FILE | READ_DIR
# All rights to files that the versions of the interface know: 13, 14, 15 and 16 of them.
_N_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return which version of Landlock the kernel has; 0 for none."""
    try:
        return max(0, int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))
    except (OSError, AttributeError):
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path], listed: Iterable[Path] = ()) -> None:
    """Give up all rights to files but these, all TCP ports, and signals to other processes.

    Parameters
    ----------
    readable
        Files and folders that can be read, and run.
    writable
        Folders in which everything can be done, and files that can be written.
    listed
        Folders in which, and below, names can be read, and no more.

    Raises
    ------
    OSError
        If the kernel has no Landlock, or refuses.
    """
    known = version()
    rights = (1 << _N_RIGHTS.get(known, 16)) - 1
    rules = _Ruleset(rights, 3 if known >= 4 else 0, 3 if known >= 6 else 0)
    size = 8 if known < 4 else 16 if known < 6 else 24
    number = _checked(
        _libc().syscall(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    )
    for paths, allowed in ((readable, READ), (writable, rights), (listed, READ_DIR)):
        for path in paths:
            _allow(number, path, allowed & rights)
    _checked(_libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(_libc().syscall(_RESTRICT, ctypes.c_int(number), ctypes.c_uint32(0)))
    os.close(number)


def _allow(number: int, path: Path, allowed: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(opened).st_mode)
        rule = _Beneath(allowed if is_folder else allowed & _OF_FILES, opened)
        arguments = (ctypes.c_int(number), ctypes.c_int(_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
        _checked(_libc().syscall(_ADD_RULE, *arguments))
    finally:
        os.close(opened)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
