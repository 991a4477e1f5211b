"""How fast lattices and showers are made, beside what one would write or install instead.

``python -m benchmarks physics`` prints the table and writes ``results/physics.json``; with ``--learning`` it
adds what baselines and networks reach on the data. Peers run for a short while, and their time for
25,000 lattices is what that amounts to.
"""

import argparse
import time
import tracemalloc
from pathlib import Path

import numpy as np

from benchmarks.physics_learning import learning
from benchmarks.record import RESULTS, Row, row, seconds, show, write
from dlp_keras.datasets import ising_swendsen_wang as cluster
from dlp_keras.datasets.airshower import make_airshowers
from dlp_keras.datasets.ising import N_CYCLES, make_ising
from dlp_keras.datasets.ising_exact import CRITICAL_TEMPERATURE, energy, magnetization

N_LATTICES, N_SHOWERS = 25_000, 100_000
REPEATS = 3


def ising_speed() -> list[Row]:
    """Time for the course's set, and time per spin against the lattice's size."""
    rows = []
    for temperatures, name in (((1.0, 3.5), "T in 1 … 3.5"), (CRITICAL_TEMPERATURE, "all at T_c")):
        start = time.process_time()
        spent = min(seconds(lambda t=temperatures: make_ising(N_LATTICES, temperatures=t, seed=0), REPEATS))
        busy = (time.process_time() - start) / REPEATS
        rows.append(row(f"{N_LATTICES} lattices of 32 × 32, {name}", spent, "s", asked="< 30"))
        rows.append(row(f"  processor time of all cores, {name}", busy, "s"))
    for size in (8, 16, 32, 64, 128):
        n_samples = 2**23 // size**2
        start = time.process_time()
        make_ising(n_samples, size=size, seed=0)
        per_spin = 1e9 * (time.process_time() - start) / (n_samples * size**2)
        note = f"processor time, {N_CYCLES} cycles"
        rows.append(row(f"one lattice of {size} × {size}", per_spin, "ns a spin", asked="linear", note=note))
    return rows


def autocorrelation_time(series: np.ndarray) -> float:
    """Integrated autocorrelation time of (time, chain), summed up to six times itself (Sokal's window)."""
    deviation = series - series.mean()
    n_steps = len(series)
    total, lag = 0.5, 0
    while lag < 6 * total and lag < n_steps // 2:
        lag += 1
        total += (deviation[:-lag] * deviation[lag:]).mean() / (deviation**2).mean()
    return float(total)


def ising_memory() -> list[Row]:
    """Autocorrelation times at T_c, in cycles."""
    rows = []
    for size, n_words in ((8, 64), (16, 64), (32, 32), (64, 16), (128, 8)):
        rng = np.random.Generator(np.random.SFC64(size))
        digits = cluster.bond_digits(np.full(64 * n_words, CRITICAL_TEMPERATURE))
        words = cluster.ordered_start(rng, size, n_words)
        energies, orders = [], []
        for _ in range(N_CYCLES + 32):
            cluster.cycle(rng, words, digits)
            spins = cluster.unpack(words)
            energies.append(energy(spins))
            orders.append(np.abs(magnetization(spins)))
        for name, series in (("energy", energies), ("|m|", orders)):
            tau = autocorrelation_time(np.array(series[N_CYCLES:]))
            note = f"{N_CYCLES} cycles are {N_CYCLES / tau:.0f} of them"
            rows.append(
                row(f"autocorrelation time of the {name} at T_c, size {size}", tau, "cycles", note=note)
            )
    return rows


def metropolis_sweep(
    rng: np.random.Generator, spins: np.ndarray, temperature: float, black: np.ndarray
) -> None:
    """What one writes first: a checkerboard update in plain NumPy, (n, size, size) float32."""
    for colour in (black, ~black):
        around = sum(np.roll(spins, shift, axis) for shift in (-1, 1) for axis in (1, 2))
        flip = rng.random(spins.shape, dtype=np.float32) < np.exp(-2 / temperature * spins * around)
        spins[flip & colour] *= -1


def metropolis(n_chains: int = 64, n_sweeps: int = 3000, size: int = 32) -> list[Row]:
    """Plain NumPy Metropolis at T_c: its time, and how long it remembers."""
    rng = np.random.default_rng(0)
    black = np.indices((size, size)).sum(0) % 2 == 0
    spins, _ = make_ising(n_chains, size=size, temperatures=CRITICAL_TEMPERATURE, seed=0)
    spins = spins.astype(np.float32)
    orders = []
    start = time.perf_counter()
    for _ in range(n_sweeps):
        metropolis_sweep(rng, spins, CRITICAL_TEMPERATURE, black)
        orders.append(np.abs(spins.mean((1, 2))))
    per_sweep = (time.perf_counter() - start) / n_sweeps / spins.size
    tau = autocorrelation_time(np.array(orders))
    needed = per_sweep * 10 * tau * N_LATTICES * size**2
    return [
        row("plain NumPy Metropolis", 1e9 * per_sweep, "ns a spin and sweep"),
        row("  its autocorrelation time of |m| at T_c, size 32", tau, "sweeps"),
        row(f"  {N_LATTICES} lattices, ten of these each", needed, "s", note="extrapolated; one core"),
    ]


def public_package(n_lattices: int = 40, size: int = 32) -> list[Row]:
    """The package ``pyising`` (C++, Wolff clusters), from a random start to the same number of memories."""
    try:
        import pyising
    except ImportError:
        return []
    n_clusters = 40

    def make(temperature: float, seed: int) -> list[int]:
        lattice = pyising.Ising2D(size, seed)
        lattice.initialize_spins()
        lattice.compute_neighbors()
        lattice.do_step_wolff(temperature, n_clusters, 1)
        return lattice.get_configuration()

    temperatures = np.linspace(1.0, 3.5, n_lattices)
    (spent,) = seconds(lambda: [make(t, seed) for seed, t in enumerate(temperatures)], repeats=1)
    note = f"extrapolated; one core, {n_clusters} Wolff clusters from a random start"
    return [row(f"pyising, {N_LATTICES} lattices", spent / n_lattices * N_LATTICES, "s", note=note)]


def shower_speed() -> list[Row]:
    """Time and memory of the air showers."""
    spent = min(seconds(lambda: make_airshowers(N_SHOWERS, seed=0), REPEATS))
    tracemalloc.start()
    showers = make_airshowers(N_SHOWERS // 4, seed=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    result = sum(v.nbytes for v in vars(showers).values() if isinstance(v, np.ndarray))
    return [
        row(f"{N_SHOWERS} showers on 14 × 14 stations", spent, "s", asked="< 15"),
        row("  memory at its peak", peak / result, "times the result", asked="≤ 2"),
    ]


def simulation() -> list[Row]:
    """All rows of the table."""
    parts = [ising_speed, ising_memory, metropolis, public_package, shower_speed]
    return [line for part in parts for line in part()]


def main(argv: list[str] | None = None) -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--learning", action="store_true", help="train baselines and networks as well (minutes)"
    )
    parser.add_argument("--out", type=Path, default=RESULTS / "physics.json")
    options = parser.parse_args(argv)
    tables = {"simulation": simulation, **({"learning": learning} if options.learning else {})}
    for name, make in tables.items():
        rows = make()
        show(rows)
        write(name, rows, options.out)


if __name__ == "__main__":
    main()
