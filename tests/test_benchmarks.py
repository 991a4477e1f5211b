"""The record of the benchmarks: one form of row in every file, and light to import."""

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize("name", ["course", "physics", "training"])
def test_results_have_one_form(checkout, name):
    tables = json.loads((checkout / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))
    assert {tuple(table) for table in tables.values()} == {("machine", "rows")}
    rows = [tuple(row) for table in tables.values() for row in table["rows"]]
    assert set(rows) == {("what", "value", "unit", "ratio", "asked", "note")}


RECORD = """
import sys
from pathlib import Path
from benchmarks.record import row, show, write

path = Path(sys.argv[1])
write("fast", [row("a", 1.23456, "s")], path)
write("slow", [row("b", 2, "s", ratio=3.333, asked="4 ×")], path)
write("fast", [row("c", 1.23456, "s")], path)
show([row("a", 1.23456, "s", ratio=3.333, asked="4 ×", note="why")])
assert "tensorflow" not in sys.modules
"""


def test_tables_are_replaced_by_name_without_loading_tensorflow(checkout, tmp_path):
    command = [sys.executable, "-c", RECORD, str(tmp_path / "x.json")]
    shown = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    assert " ".join(shown.split()) == "a 1.235 s 3.33 × (asked: 4 ×) why"
    tables = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert {name: table["rows"][0]["what"] for name, table in tables.items()} == {"fast": "c", "slow": "b"}
