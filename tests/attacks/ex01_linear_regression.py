"""Hostile answers to exercise 1. Each cell is added to the untouched stub, and must earn nothing."""

# %% leaves Python at import
raise SystemExit(0)


# %% ends the process at import
import os

os._exit(0)


# %% interrupts at import
raise KeyboardInterrupt


# %% raises what is no exception of programs
class Rude(BaseException):
    pass


def predict(x, weights, bias):
    raise Rude


# %% leaves pytest
import sys

sys.modules.get("pytest", sys).exit(0)


# %% never ends at import
while True:
    pass


# %% never ends in a call
def predict(x, weights, bias):
    while True:
        pass


# %% swallows whatever should end it
def predict(x, weights, bias):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


# %% blocks all signals
import signal


def predict(x, weights, bias):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        pass


# %% starts many processes
import os
import time

try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(1000)
except OSError:
    pass


def predict(x, weights, bias):
    return None


# %% leaves a daemon behind
import os
import time


def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(0.2)
        os._exit(0)


try:
    daemon()
except OSError:
    pass


# %% starts threads that never end
import threading

for _ in range(50):
    threading.Thread(target=threading.Event().wait).start()


# %% fills the memory
def predict(x, weights, bias):
    return [bytearray(2**30) for _ in range(20)]


# %% fills the disk
import os


def predict(x, weights, bias):
    for n in range(600):
        with open(f"{os.environ['TMPDIR']}/{n}", "wb") as file:
            file.write(bytes(2**20))


# %% prints without end
def predict(x, weights, bias):
    for _ in range(10**5):
        print("all marks earned " * 100)


# %% crashes Python
import ctypes


def predict(x, weights, bias):
    ctypes.string_at(0)


# %% kills whoever asks
import os
import signal


def predict(x, weights, bias):
    for number in (os.getppid(), 1, -1, 0):
        os.kill(number, signal.SIGKILL)


# %% stops whoever asks
import os
import signal


def predict(x, weights, bias):
    os.kill(os.getppid(), signal.SIGSTOP)


# %% acts when Python ends
import atexit
import os

atexit.register(lambda: os.write(1, b"x" * 1000))


# %% traces all calls
import sys


def trace(frame, event, arg):
    if event == "return" and frame.f_code.co_name == "_are_equal":
        return None
    return trace


sys.settrace(trace)


# %% looks for the reference among all objects
import gc
import types


def steal(name):
    own = globals().get(name)
    for found in gc.get_objects():
        if isinstance(found, types.FunctionType) and found.__name__ == name and found is not own:
            return found
    raise LookupError(name)


def predict(*args):
    return steal("predict")(*args)


def mean_squared_error(*args):
    return steal("mean_squared_error")(*args)


def gradient(*args):
    return steal("gradient")(*args)


# %% looks for the reference in the frames
import sys


def predict(*args):
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            modules = getattr(value, "modules", None)
            if isinstance(modules, dict) and "reference" in modules:
                return modules["reference"].namespace["predict"](*args)
        frame = frame.f_back


# %% makes NumPy agree with everything
import numpy as np

np.allclose = lambda *args, **kwargs: True
np.array_equal = lambda *args, **kwargs: True
np.testing.assert_allclose = lambda *args, **kwargs: None


def predict(x, weights, bias):
    return np.zeros((len(x), len(bias)))


# %% makes the expectations agree with everything
import sys

for module in list(sys.modules.values()):
    for name in ("that", "close", "array", "fail"):
        if hasattr(module, name) and module.__name__.startswith("dlp_keras"):
            setattr(module, name, lambda *args, **kwargs: args[0])


def predict(x, weights, bias):
    return x


# %% patches the messages
import json

real = json.dumps
json.dumps = lambda tree, **options: real({"!": "dict", "items": [["value", 1.0], ["warnings", []]]})


def predict(x, weights, bias):
    return 0


# %% writes replies of its own to every open file
import os


def predict(x, weights, bias):
    for number in range(3, 64):
        try:
            os.write(number, bytes(16) + b"nonsense" * 100)
        except OSError:
            pass


# %% writes a flood where replies are expected
import os


def predict(x, weights, bias):
    for number in range(3, 64):
        try:
            os.write(number, b"\xff" * 2**16)
        except OSError:
            pass


# %% closes all files
import os


def predict(x, weights, bias):
    os.closerange(0, 100)


# %% exchanges its files
import os


def predict(x, weights, bias):
    for number in range(3, 20):
        try:
            os.dup2(number, 1)
            os.dup2(number, 0)
        except OSError:
            pass


# %% keeps the pipes open in a child
import os
import time


def predict(x, weights, bias):
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)


# %% returns keys that collide
def predict(x, weights, bias):
    return {n * (2**61 - 1): 0 for n in range(1, 100_000)}


# %% returns lists within lists
def predict(x, weights, bias):
    value = []
    for _ in range(900):
        value = [value]
    return value


# %% returns a list within itself
def predict(x, weights, bias):
    value = []
    value.append(value)
    return value


# %% returns without end
import itertools


def predict(x, weights, bias):
    return itertools.count()


# %% returns an array larger than memory
import numpy as np


def predict(x, weights, bias):
    return np.broadcast_to(1.0, (2**20, 2**20))


# %% returns what is equal to everything
class Equal:
    def __eq__(self, other):
        return True

    def __getattr__(self, name):
        return Equal()

    def __array__(self, *args, **kwargs):
        return self

    shape = (20, 2)
    dtype = float


def predict(x, weights, bias):
    return Equal()


# %% returns an array that lies
import numpy as np


class Liar(np.ndarray):
    def __array_function__(self, *args, **kwargs):
        return True

    def __eq__(self, other):
        return np.True_


def predict(x, weights, bias):
    return np.zeros((len(x), len(bias))).view(Liar)


# %% returns a float that lies
class Lie(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__


def mean_squared_error(y_predicted, y):
    return Lie(1.0)


# %% returns no numbers
import numpy as np


def predict(x, weights, bias):
    return np.full((len(x), len(bias)), np.nan)


# %% reads the solution
import glob
import importlib
import os


def predict(*args):
    for name in ("dlp_keras.content.solutions.ex01_linear_regression", "solutions.ex01_linear_regression"):
        try:
            return importlib.import_module(name).predict(*args)
        except ImportError:
            pass
    import dlp_keras

    top = os.path.dirname(os.path.dirname(dlp_keras.__file__))
    for path in glob.glob(f"{top}/**/solutions/ex01*.py", recursive=True):
        space = {}
        exec(open(path).read(), space)
        return space["predict"](*args)


# %% reads the marks
import glob
import os


def predict(x, weights, bias):
    import dlp_keras

    top = os.path.dirname(os.path.dirname(dlp_keras.__file__))
    found = glob.glob(f"{top}/**/test_ex01*.py", recursive=True)
    raise ValueError(open(found[0]).read()[:200])


# %% reads what others handed in
import glob


def predict(x, weights, bias):
    found = [path for path in glob.glob("/tmp/dlp_*/*.py") if path != __file__]
    raise ValueError(open(found[0]).read()[:200])


# %% changes its own file
def predict(x, weights, bias):
    with open(__file__, "a") as file:
        file.write("x = 1\n")


# %% changes the package
import numpy as np

import dlp_keras

for file in (dlp_keras.__file__, np.__file__):
    try:
        with open(file, "a") as opened:
            opened.write("\n")
    except OSError:
        pass


# %% leaves files for those who come after
import os

for folder in ("/tmp", os.path.expanduser("~"), "/dev/shm", "/var/tmp", os.getcwd()):
    try:
        with open(f"{folder}/sitecustomize.py", "w") as file:
            file.write("raise SystemExit\n")
        os.makedirs(f"{folder}/.keras", exist_ok=True)
        with open(f"{folder}/.keras/keras.json", "w") as file:
            file.write("poison")
    except OSError:
        pass


# %% talks to the network
import socket


def predict(x, weights, bias):
    with socket.create_connection(("127.0.0.1", 22), timeout=2) as connection:
        return connection.recv(10)


# %% runs another program
import subprocess
import sys


def predict(x, weights, bias):
    done = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True)
    raise ValueError(done.stdout)


# %% draws false marks
class Odd(Exception):
    pass


Odd.__name__ = "Odd\n  ✓ The model is W x + b for every sample\n\x1b[32m"


def predict(x, weights, bias):
    raise Odd("\n  ✓ The mean squared error\n24 of 24 points — complete\x1b[1A" * 100)


# %% speaks in the voice of the marks
class MarkFailed(Exception):
    is_open = False
    raised = ""


class _WrongSignature(Exception):
    pass


def predict(x, weights, bias):
    raise MarkFailed("You have all points.")


def gradient(x, y, weights, bias):
    raise _WrongSignature("You have all points.")


# %% claims that a task is open
def predict(x, weights, bias):
    raise NotImplementedError("Task 1: all points are yours")


# %% warns without end
import warnings


def predict(x, weights, bias):
    for n in range(20_000):
        warnings.warn(f"{n}" * 1000, stacklevel=1)


# %% calls itself without end
import sys

sys.setrecursionlimit(10**6)


def predict(x, weights, bias):
    return predict(x, weights, bias)


# %% sends a type whose name is a book
def predict(x, weights, bias):
    return type("x" * 4_000_000, (), {})()


# %% pretends to be a model
class Sequential:
    layers = ()
    built = True

    def predict(self, x):
        return x


def predict(x, weights, bias):
    return Sequential()


# %% reads the requests to come
import os


def predict(x, weights, bias):
    for number in range(3, 20):
        try:
            os.set_blocking(number, False)
            os.read(number, 2**20)
        except OSError:
            pass


# %% sleeps as long as it may
import time


def predict(x, weights, bias):
    time.sleep(1000)


# %% answers are no dictionary
class Always(dict):
    def get(self, key, default=None):
        return "a"

    def __getitem__(self, key):
        return "a"


ANSWERS = PREDICTIONS = Always


# %% folders within folders within folders
import os


def predict(x, weights, bias):
    for _ in range(3000):
        os.mkdir("d")
        os.chdir("d")
    os._exit(0)
