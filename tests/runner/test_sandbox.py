"""What code of strangers can and cannot do in the box, tried by running it there."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import pytest

import dlp_keras
from dlp_keras.course.catalog import content_folder
from dlp_keras.runner import sandbox
from dlp_keras.runner.codec import decode, encode
from dlp_keras.runner.fork_server import ForkServer, NotReadyError, can_fork
from dlp_keras.runner.interpreter import TimedOut
from dlp_keras.runner.sandbox import Bubblewrap, Landlock
from dlp_keras.runner.session import ProcessDied, WorkerSession
from dlp_keras.runner.warm import READY
from tests.runner.boxes import KINDS, open_launcher, works


@pytest.fixture(params=KINDS)
def kind(request):
    if not works(request.param):
        pytest.skip(f"{request.param} does not work here")
    return request.param


@pytest.fixture
def ask(tmp_path, kind):
    """Return a function that runs code in the box and returns the value of its `answer`."""
    file = tmp_path / "ex01_linear_regression.py"
    opened = contextlib.ExitStack()

    def ask(code, seconds=20.0, cpu_seconds=60):
        file.write_text(f"{code}\n", encoding="utf-8")
        launch = opened.enter_context(open_launcher(kind, tmp_path, cpu_seconds))
        session = opened.enter_context(contextlib.closing(WorkerSession(partial(launch, file))))

        def request(**what):
            message = encode({"role": "submission", "seed": 1, "given": {}, **what})
            return decode(session.request(message, time.monotonic() + seconds))

        loaded = request(operation="load", path=str(file))
        if "error" in loaded:
            return loaded
        return request(operation="call", name="answer", args=(), kwargs={})

    with opened:
        yield ask


def value(reply):
    assert "error" not in reply, reply
    return reply["value"]


READ = """
import glob, os
def answer():
    found = []
    for place in {places!r}:
        try:
            found += os.listdir(place) if os.path.isdir(place) else [open(place).read(20)]
        except OSError:
            pass
    return found
"""


def test_solutions_marks_and_neighbours_cannot_be_read(ask, tmp_path):
    (tmp_path / "neighbour.py").write_text("x = 1\n", encoding="utf-8")
    content = content_folder()
    places = [content / "solutions", content / "tests", tmp_path / "neighbour.py", "/etc/passwd"]
    places += [Path(dlp_keras.__file__).parent / room for room in sandbox.HIDDEN]
    assert value(ask(READ.format(places=[str(place) for place in places]))) == []


def test_there_is_no_other_process_and_no_environment(ask, monkeypatch):
    monkeypatch.setenv("DLP_SECRET", "s3cret")
    code = """
import os
def answer():
    readable = []
    for number in range(1, OWN + 200):
        try:
            readable.append(open(f"/proc/{number}/environ", "rb").read())
        except OSError:
            pass
    return [b"s3cret" in b"".join(readable), "DLP_SECRET" in os.environ]
""".replace("OWN", str(os.getpid()))
    leaks, inherited = value(ask(code))
    assert (leaks, inherited) == (False, False)


def test_there_is_no_network(ask):
    server = socket.create_server(("127.0.0.1", 0))
    code = f"""
import socket
def answer():
    with socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), timeout=5):
        return "connected"
"""
    with server:
        assert ask(code)["error"] in ("ConnectionRefusedError", "PermissionError", "OSError")


def test_nothing_outside_can_be_written(ask, tmp_path):
    places = [str(tmp_path / "ex01_linear_regression.py"), dlp_keras.__file__, sys.executable]
    places += ["/usr/x", "/x", "/dev/x", "/var/tmp/x"]
    code = f"""
import os
def answer():
    written = []
    for place in {places!r}:
        try:
            open(place, "a").write("x")
            written.append(place)
        except OSError:
            pass
    open(os.environ["TMPDIR"] + "/mine", "w").write("x")
    return written
"""
    assert value(ask(code)) == []


def test_files_are_limited(ask):
    code = """
import os
def answer():
    with open(os.environ["TMPDIR"] + "/flood", "wb") as file:
        for _ in range(600):
            file.write(bytes(2**20))
"""
    assert ask(code)["error"] == "OSError"


def test_memory_is_limited(ask):
    reply = ask("def answer():\n    return len(bytearray(20 * 2**30))")
    assert reply["error"] == "MemoryError"


def test_no_namespace_can_be_made_inside(ask):
    code = """
import ctypes, os
def answer():
    return ctypes.CDLL(None).unshare(0x10000000)
"""
    assert value(ask(code)) == -1


DAEMON = """
import os, time
def answer():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(0.1)
        os._exit(0)
    time.sleep(0.3)
    return sum(n.isdigit() for n in os.listdir("/proc"))
"""


def test_daemons_end_with_the_box(tmp_path, kind):
    file = tmp_path / "ex01_linear_regression.py"
    file.write_text(DAEMON, encoding="utf-8")
    with open_launcher(kind, tmp_path) as launch:
        session = WorkerSession(partial(launch, file))
        for what in ({"operation": "load", "path": str(file)}, {"operation": "call", "name": "answer"}):
            request = {"role": "submission", "seed": 1, "given": {}, "args": (), "kwargs": {}, **what}
            session.request(encode(request), time.monotonic() + 20)
        readers = [t for t in threading.enumerate() if "_drain_output" in t.name or "_collect" in t.name]
        session.close()
        for reader in readers:
            reader.join(5)  # the daemon held the pipes: they close when it is gone
            assert not reader.is_alive()


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\nwhile True: pass",
        "import time\nwhile True:\n    try:\n        time.sleep(100)\n    except BaseException:\n        pass",
    ],
)
def test_what_never_ends_is_ended(code, ask):
    body = code.replace("\n", "\n    ")
    with pytest.raises(TimedOut):
        ask(f"def answer():\n    {body}", seconds=4)


def test_processor_time_is_limited(ask):
    with pytest.raises(ProcessDied):
        ask("def answer():\n    while True: pass", seconds=60, cpu_seconds=3)


def test_the_process_that_asks_cannot_be_reached(ask):
    code = """
import os, signal
def answer():
    for number in (OWN, os.getppid(), 1):
        for send in (os.kill, signal.pidfd_send_signal):
            try:
                send(number if send is os.kill else os.pidfd_open(number), signal.SIGTERM)
            except OSError:
                pass
""".replace("OWN", str(os.getpid()))
    got = []
    before = signal.signal(signal.SIGTERM, lambda *_: got.append(1))
    try:
        with contextlib.suppress(ProcessDied):  # it may end its own box
            value(ask(code))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert got == []


def test_bubblewrap_that_is_installed_and_forbidden_is_no_box(tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    program.chmod(0o755)
    assert not sandbox._works(Bubblewrap(str(program)))


def test_nothing_is_left_to_the_next_process(tmp_path, kind):
    file = tmp_path / "ex01_linear_regression.py"
    file.write_text(LEAVE, encoding="utf-8")
    answers = []
    with open_launcher(kind, tmp_path) as launch:
        session = WorkerSession(partial(launch, file))
        for _ in range(2):
            for what in ({"operation": "load", "path": str(file)}, {"operation": "call", "name": "answer"}):
                request = {"role": "submission", "seed": 1, "given": {}, "args": (), "kwargs": {}, **what}
                reply = decode(session.request(encode(request), time.monotonic() + 20))
            answers.append(value(reply))
            session.stop()
    assert answers == [[], []]


LEAVE = """
import contextlib, os
import numpy
def answer():
    own = os.environ["TMPDIR"]
    places = {own, os.path.dirname(own), "/tmp", "/dev/shm"}
    found = [f"{place}/{name}" for place in places for name in ("kept", "locked")]
    found = [path for path in found if os.path.exists(path)] + ["patched"] * hasattr(numpy, "patched")
    numpy.patched = True
    for place in places:
        with contextlib.suppress(OSError):
            open(place + "/kept", "w").close()
            os.makedirs(place + "/locked/deep")
            os.chmod(place + "/locked", 0)
    return found
"""


def test_many_processes_follow_each_other_in_one_box(tmp_path, kind):
    file = tmp_path / "ex01_linear_regression.py"
    file.write_text("import os\ndef answer():\n    return os.getpid()\n", encoding="utf-8")
    with open_launcher(kind, tmp_path) as launch:
        for end in ("answer", "os._exit(3)", "while True: pass", "answer"):
            file.write_text(
                f"import os\ndef answer():\n    {'return 7' if end == 'answer' else end}\n", encoding="utf-8"
            )
            session = WorkerSession(partial(launch, file))
            request = {"role": "submission", "seed": 1, "given": {}, "args": (), "kwargs": {}}
            load = encode({**request, "operation": "load", "path": str(file)})
            call = encode({**request, "operation": "call", "name": "answer"})
            session.request(load, time.monotonic() + 20)
            if end == "answer":
                assert value(decode(session.request(call, time.monotonic() + 20))) == 7
            else:
                with pytest.raises((ProcessDied, TimedOut), match="exit code 3" if "exit" in end else None):
                    session.request(call, time.monotonic() + 2)
            session.close()


@pytest.mark.parametrize("installed", ["site-packages", "checkout"])
def test_landlock_names_what_lies_around_the_hidden_rooms(installed, tmp_path, monkeypatch):
    place = tmp_path / installed
    for name in ("numpy/core.py", "dlp_keras/runner/a.py", "dlp_keras/content/solutions/ex01.py"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    (place / "dlp_keras" / "__init__.py").touch()
    (tmp_path / "lib64").symlink_to(place)
    monkeypatch.setattr(sandbox.dlp_keras, "__file__", str(place / "dlp_keras" / "__init__.py"))
    monkeypatch.setattr(
        sandbox, "_python_folders", lambda: [tmp_path] if installed == "site-packages" else []
    )
    command, _ = Landlock().command("dlp_keras.runner.worker", [], [], tmp_path / "own", {})
    readable = [
        Path(word)
        for word in command[command.index("dlp_keras.runner.confined") + 2 : command.index("--list")]
    ]
    solution = place / "dlp_keras" / "content" / "solutions" / "ex01.py"
    assert not any(solution.is_relative_to(path.resolve()) for path in readable)
    assert any((place / "dlp_keras" / "runner" / "a.py").is_relative_to(path) for path in readable)
    if installed == "site-packages":
        assert any((place / "numpy" / "core.py").is_relative_to(path) for path in readable)


def test_the_command_names_only_what_it_needs(tmp_path):
    for kind in (Bubblewrap("bwrap"), Landlock()):
        command, variables = kind.command(
            "dlp_keras.runner.worker", ["7"], [tmp_path / "a.py"], tmp_path, {"A": "1"}
        )
        assert str(tmp_path / "a.py") in command
        read_only = [n for n, word in enumerate(command) if word == "--remount-ro"]
        named = [word for n, word in enumerate(command) if n - 1 not in read_only]
        assert not {str(Path.home()), str(content_folder()), "/", "/etc"} & set(named)
        assert command[-1] == "7"
        assert variables.keys() <= {"A", "HOME", "TMPDIR", "PATH"}


DEEP = """
import os
def answer():
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
"""


def test_folders_as_deep_as_they_may_be_are_removed(tmp_path, kind, monkeypatch):
    file, place = tmp_path / "handed_in" / "ex01_linear_regression.py", tmp_path / "place"
    for folder in (file.parent, place):
        folder.mkdir()
    file.write_text(DEEP, encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with open_launcher(kind, file.parent) as launch:
        for _ in range(2):
            session = WorkerSession(partial(launch, file))
            for what in ({"operation": "load", "path": str(file)}, {"operation": "call", "name": "answer"}):
                request = {"role": "submission", "seed": 1, "given": {}, "args": (), "kwargs": {}, **what}
                reply = decode(session.request(encode(request), time.monotonic() + 20))
            value(reply)
            session.close()
    assert list(place.iterdir()) == []


def test_what_cannot_be_imported_makes_no_warm_process(tmp_path):
    server = ForkServer(["json", "no_such_module"], tmp_path)
    with pytest.raises(NotReadyError, match="imports json, no_such_module"):
        server.start()


@pytest.mark.parametrize("work", ["", "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"])
def test_a_process_with_threads_is_no_warm_one(work):
    if not can_fork():
        pytest.skip("no child can be confined here")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    code = f"import threading, time; from dlp_keras.runner import warm; {work or 'pass'}; warm.main()"
    command = [sys.executable, "-c", code]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    with ours, subprocess.Popen(command, stdin=theirs.fileno(), env=environment) as process:
        theirs.close()
        assert ours.recv(100) == (b"" if work else READY)
        ours.close()
        assert process.wait(20) == (1 if work else 0)
