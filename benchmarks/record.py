"""The record of the training benchmarks: tables by name, with the machine that made them."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf


def machine() -> dict[str, Any]:
    """What a reader must know to judge a time."""
    packages = ("numpy", "keras", "tensorflow", "jax", "scikit-learn", "torch")
    gpus = [
        tf.config.experimental.get_device_details(d).get("device_name")
        for d in tf.config.list_physical_devices("GPU")
    ]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "gpus": gpus,
        "python": platform.python_version(),
        "backend": keras.backend.backend(),
        **{name: _installed(name) for name in packages},
    }


def write(name: str, rows: list[dict[str, Any]], path: Path) -> None:
    """Write one table into the record; the others stay."""
    record = json.loads(path.read_text()) if path.exists() else {}
    record[name] = {"machine": machine(), "rows": rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


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
