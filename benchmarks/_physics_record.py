"""A table of rows on the terminal and in a JSON file, with the machine that made it."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any


def show(rows: list[dict[str, Any]]) -> None:
    """Print the rows below each other."""
    for row in rows:
        figure = f"({row['figure']})" if row["figure"] else ""
        print(
            f"{row['what']:<58} {row['value']:>10.4g} {row['unit']:<20} {figure:<16} {row['note']}".rstrip()
        )


def write(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the rows; those of the same name replace older ones, the others stay."""
    old = json.loads(path.read_text())["rows"] if path.exists() else []
    names = [row["what"] for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [row for row in old if row["what"] not in names]
    content = {"machine": machine(), "rows": rows + kept}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def machine() -> dict[str, Any]:
    """What a reader must know to judge a time."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: installed(name) for name in ("numpy", "scipy", "keras", "tensorflow", "pyising")},
    }


def processor() -> str:
    """Name of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def installed(name: str) -> str | None:
    """Version of a package, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
