"""How long a network of a new architecture keeps one waiting: in a process that has trained none before."""

import statistics
import subprocess
import sys

from benchmarks.record import Row, row

NETWORKS = {"xor [3] relu": (3,), "xor [6,6,6,6,6] relu": (6,) * 5}

# Any first prediction starts the runtime; what is asked for is the cost of an architecture.
PROGRAM = """
import sys, time
from dlp_keras import device
device.use()
import keras
from dlp_keras.datasets import make_checkerboard
from dlp_keras.training import fit

def network(hidden):
    layers = [keras.layers.Dense(units, "relu") for units in hidden]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1, "tanh")])
    model.compile(keras.optimizers.SGD(0.03), "mse")
    return model

train, epochs, hidden = {"fit": fit, "model.fit": keras.Model.fit}[sys.argv[1]], int(sys.argv[2]), sys.argv[3]
x, y = make_checkerboard(500, seed=0)
y = (2.0 * y - 1.0).astype("float32")[:, None]
network((2, 2)).predict(x[:3], verbose=0)
model = network(map(int, hidden.split(",")))
start = time.perf_counter()
train(model, x[:250], y[:250], epochs=epochs, batch_size=10, validation_data=(x[250:], y[250:]), verbose=0)
print(time.perf_counter() - start)
"""


def start(quick: bool) -> list[Row]:
    """Time the first 20 epochs beside those of `model.fit`, pair by pair, and a first training of 1,000."""
    rows = []
    for name, hidden in NETWORKS.items():
        pairs = [(_cold("model.fit", 20, hidden), _cold("fit", 20, hidden)) for _ in range(1 if quick else 5)]
        slow, fast = (statistics.median(times) for times in zip(*pairs, strict=True))
        share = statistics.median(ours / theirs for theirs, ours in pairs)
        rows += [
            row(f"{name}: first 20 epochs with model.fit", slow, "s"),
            row(f"{name}: first 20 epochs with fit", fast, "s", ratio=share, asked="≤ 0.2 ×"),
        ]
    long = [_cold("fit", 1000, (3,)) for _ in range(1 if quick else 5)]
    return [*rows, row("xor [3] relu: first 1,000 epochs", statistics.median(long), "s", asked="≤ 1.5 s")]


def _cold(train: str, epochs: int, hidden: tuple[int, ...]) -> float:
    command = [sys.executable, "-P", "-c", PROGRAM, train, str(epochs), ",".join(map(str, hidden))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])
