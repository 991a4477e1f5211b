"""Linux's seccomp: a filter of system calls that a process sets itself, without privileges and for good.

Refused is what starts programs or processes, opens sockets, looks into other processes or signals them, and
what asks the kernel for rights. Threads stay possible, which TensorFlow needs.
"""

import ctypes
import errno
import os
import platform
import struct

_SET_SECCOMP, _FILTER, _NO_NEW_PRIVILEGES = 22, 2, 38
_LOAD, _JUMP_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000

# By processor: its audit number, and the numbers of the calls, from the kernel's tables.
_X86_64 = {
    "kill": 62, "tgkill": 234, "clone": 56, "clone3": 435, "io_uring_setup": 425,
    "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "ptrace": 101, "setsid": 112, "setpgid": 109,
    "socket": 41, "socketpair": 53, "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "chown": 92,
    "fchown": 93, "lchown": 94, "fchownat": 260, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190,
    "mount": 165, "umount2": 166, "unshare": 272, "setns": 308, "pivot_root": 155, "chroot": 161,
    "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_open": 434, "pidfd_send_signal": 424,
    "pidfd_getfd": 438, "tkill": 200, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "bpf": 321,
    "perf_event_open": 298, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "request_key": 249,
    "open_by_handle_at": 304, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "kexec_load": 246, "kcmp": 312, "setuid": 105, "setgid": 106, "setgroups": 116,
    "setresuid": 117, "setresgid": 119, "setpriority": 141, "sched_setscheduler": 144,
}  # fmt: skip
_AARCH64 = {
    "kill": 129, "tgkill": 131, "clone": 220, "clone3": 435, "io_uring_setup": 425,
    "execve": 221, "execveat": 281, "ptrace": 117, "setsid": 157, "setpgid": 154, "socket": 198,
    "socketpair": 199, "fchmod": 52, "fchmodat": 53, "fchmodat2": 452, "fchown": 55, "fchownat": 54,
    "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "mount": 40, "umount2": 39, "unshare": 97, "setns": 268,
    "pivot_root": 41, "chroot": 51, "process_vm_readv": 270, "process_vm_writev": 271, "pidfd_open": 434,
    "pidfd_send_signal": 424, "pidfd_getfd": 438, "tkill": 130, "rt_sigqueueinfo": 138,
    "rt_tgsigqueueinfo": 240, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "keyctl": 219,
    "add_key": 217, "request_key": 218, "open_by_handle_at": 265, "init_module": 105, "finit_module": 273,
    "delete_module": 106, "kexec_load": 104, "kcmp": 272, "setuid": 146, "setgid": 144, "setgroups": 159,
    "setresuid": 147, "setresgid": 149, "setpriority": 140, "sched_setscheduler": 119,
}  # fmt: skip
_WITH_CONDITIONS = ("clone", "clone3", "io_uring_setup", "kill", "tgkill")
_PROCESSORS = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}


def is_known() -> bool:
    """Tell whether the calls of this processor are known here."""
    return platform.system() == "Linux" and platform.machine() in _PROCESSORS


def restrict() -> None:
    """Refuse the calls from now on, in this process and in all its threads to come.

    Raises
    ------
    OSError
        If the kernel refuses, or the processor is another one.
    """
    if not is_known():
        raise OSError(errno.ENOSYS, "No filter is known for this processor")
    program = _program(*_PROCESSORS[platform.machine()])
    instructions = ctypes.create_string_buffer(b"".join(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    pointer = Program(len(program), ctypes.addressof(instructions))
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(
        _SET_SECCOMP, _FILTER, ctypes.byref(pointer), 0, 0
    ):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _program(architecture: int, calls: dict[str, int]) -> list[bytes]:
    """Write the filter in the language of Berkeley packet filters."""
    refuse, unknown = _step(_RETURN, _ERRNO | errno.EPERM), _step(_RETURN, _ERRNO | errno.ENOSYS)
    allow = _step(_RETURN, _ALLOW)
    program = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_JUMP_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_JUMP_ANY_BIT, _X32, 0, 1),
        refuse,
        # A thread is a clone with this flag; what has none is a process.
        _step(_JUMP_EQUAL, calls["clone"], 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT_AT),
        _step(_JUMP_ANY_BIT, _CLONE_THREAD, 1, 0),
        refuse,
        allow,
        # Signals to itself alone.
        _step(_JUMP_EQUAL, calls["kill"], 1, 0),
        _step(_JUMP_EQUAL, calls["tgkill"], 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT_AT),
        _step(_JUMP_EQUAL, os.getpid(), 1, 0),
        refuse,
        allow,
    ]
    for name in ("clone3", "io_uring_setup"):  # its flags cannot be seen: libraries then use the older call
        program += [_step(_JUMP_EQUAL, calls[name], 0, 1), unknown]
    for name, number in calls.items():
        if name not in _WITH_CONDITIONS:
            program += [_step(_JUMP_EQUAL, number, 0, 1), refuse]
    return [*program, allow]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
