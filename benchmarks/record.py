"""Rows of a benchmark: timed, printed, and kept in a JSON file with the machine that made them."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Row = dict[str, Any]

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "scipy", "scikit-learn", "keras", "tensorflow", "jax", "torch", "pyising")


def seconds(function: Callable[[], object], repeats: int = 3) -> list[float]:
    """Time some runs. Their minimum is the best estimate: other work on the machine only ever adds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return times


def row(
    what: str, value: float, unit: str, *, ratio: float | None = None, asked: str = "", note: str = ""
) -> Row:
    """One line of a table: `ratio` is to the line compared with, `asked` what the project set itself."""
    return {
        "what": what,
        "value": float(f"{value:.4g}"),
        "unit": unit,
        "ratio": None if ratio is None else round(float(ratio), 2),
        "asked": asked,
        "note": note,
    }


def show(rows: list[Row]) -> None:
    """Print the rows below each other."""
    for line in rows:
        ratio = "" if line["ratio"] is None else f"{line['ratio']:,.{2 * (line['ratio'] < 10)}f} ×"
        asked = f"(asked: {line['asked']})" if line["asked"] else ""
        value = f"{line['value']:>10.4g} {line['unit']:<18}"
        print(f"{line['what']:<72} {value} {ratio:>10} {asked:<20} {line['note']}".rstrip(), flush=True)


def write(table: str, rows: list[Row], path: Path) -> None:
    """Write one table into the record; the others stay."""
    tables = json.loads(path.read_text()) if path.exists() else {}
    tables[table] = {"machine": machine(), "rows": rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(tables, indent=1, ensure_ascii=False) + "\n")


def machine() -> dict[str, Any]:
    """What a reader must know to judge a time."""
    keras = sys.modules.get("keras")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "gpus": _gpus(),
        "system": platform.system(),
        "python": platform.python_version(),
        "backend": keras.backend.backend() if keras else None,
        **{name: _installed(name) for name in PACKAGES},
    }


def _gpus() -> list[str]:
    """Names of the GPUs, where TensorFlow is loaded already: loading it takes seconds."""
    tf = sys.modules.get("tensorflow")
    if tf is None:
        return []
    devices = tf.config.list_physical_devices("GPU")
    return [tf.config.experimental.get_device_details(device).get("device_name", "GPU") for device in devices]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
