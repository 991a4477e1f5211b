"""Data sets on the disk: read back as made, whatever happens to files, disks and processes."""

import errno
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.datasets import _blocks, cache
from dlp_keras.datasets._blocks import ProgressBar, run_blocks, split
from dlp_keras.datasets.airshower import make_airshowers
from dlp_keras.datasets.ising import make_ising

ARRAYS = {"a": np.arange(1000.0), "b": np.arange(12, dtype=np.uint8).reshape(3, 4)}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLP_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DLP_CACHE_LIMIT", raising=False)
    return tmp_path / "cache"


class Maker:
    """Makes `ARRAYS` and counts how often."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.calls += 1
        return {key: array.copy() for key, array in ARRAYS.items()}


@pytest.fixture
def make() -> Maker:
    return Maker()


def load(make: Callable[[], dict[str, Any]], name: str = "test", **parameters: Any) -> dict[str, Any]:
    return cache.load_or_make(name, {"version": 1, **parameters}, make)


def assert_whole(arrays: dict[str, np.ndarray]) -> None:
    assert sorted(arrays) == sorted(ARRAYS)
    np.testing.assert_array_equal(arrays["a"], ARRAYS["a"])
    np.testing.assert_array_equal(arrays["b"], ARRAYS["b"])


# --- keeping and finding --------------------------------------------------------------------------------


def test_made_once_and_read_back_the_same(make: Maker, folder: Path) -> None:
    assert_whole(load(make))
    assert_whole(load(make))
    assert make.calls == 1
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"version": 2},
        {"seed": 1},
        {"size": 1.0},
        {"temperature": np.array([1.0, 3.0])},
        {"temperature": np.array([2.0, 1.0])},
        {"temperature": np.array([1.0, 2.0], np.float32)},
    ],
)
def test_every_parameter_belongs_to_the_key(make: Maker, other: dict[str, Any]) -> None:
    load(make, seed=0, size=1, temperature=np.array([1.0, 2.0]))
    load(make, **{"seed": 0, "size": 1, "temperature": np.array([1.0, 2.0]), **other})
    assert make.calls == 2


def test_large_ising_sets_come_back_from_the_disk_unchanged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = make_ising(300, size=7, seed=1)
    monkeypatch.setattr("dlp_keras.datasets.ising.CACHED_SPINS", 1)
    made, read = make_ising(300, size=7, seed=1), make_ising(300, size=7, seed=1)
    assert [entry.name for entry in cache.entries()] == ["ising"]
    for spins, temperature in (made, read):
        np.testing.assert_array_equal(spins, fresh[0])
        np.testing.assert_array_equal(temperature, fresh[1])
        assert (spins.dtype, spins.flags.writeable) == (np.int8, True)


def test_large_sets_of_showers_come_back_from_the_disk_unchanged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = make_airshowers(300, n_stations=9, seed=1, saturation=1000.0)
    monkeypatch.setattr("dlp_keras.datasets.airshower.CACHED_STATIONS", 1)
    make_airshowers(300, n_stations=9, seed=1)
    read = make_airshowers(300, n_stations=9, seed=1, saturation=1000.0)
    assert len(cache.entries()) == 1
    for name in ("time", "signal", "hit", "energy", "axis", "core", "xmax"):
        np.testing.assert_array_equal(getattr(read, name), getattr(fresh, name))


@pytest.mark.parametrize(
    "arguments", [{"seed": None}, {"seed": np.random.default_rng(0)}, {"seed": 0, "use_cache": False}]
)
def test_what_cannot_be_asked_for_again_is_not_kept(
    arguments: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlp_keras.datasets.ising.CACHED_SPINS", 1)
    make_ising(2, size=2, **arguments)
    assert not folder.exists()


def test_small_sets_are_not_kept(folder: Path) -> None:
    make_ising(10, size=8, seed=0)
    make_airshowers(10, seed=0)
    assert not folder.exists()


# --- damage ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"PK", b"not a data set", bytes(9000), "half", "longer"])
def test_damaged_files_are_made_again(content: bytes | str, make: Maker, folder: Path) -> None:
    load(make)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    damaged = {"half": whole[: len(whole) // 2], "longer": whole[:500] + bytes(50) + whole[500:]}
    path.write_bytes(content if isinstance(content, bytes) else damaged[content])
    assert_whole(load(make))
    assert_whole(load(make))
    assert make.calls == 2


@pytest.mark.parametrize(
    "position", [*np.linspace(0, 1, 40, endpoint=False), *np.linspace(0.95, 1, 100, endpoint=False)]
)
def test_one_wrong_bit_is_never_returned(position: float, make: Maker, folder: Path) -> None:
    load(make)
    (path,) = folder.iterdir()
    content = bytearray(path.read_bytes())
    content[int(position * len(content))] ^= 16
    path.write_bytes(content)
    assert_whole(load(make))


def test_a_file_under_a_wrong_name_is_not_taken(make: Maker, folder: Path) -> None:
    load(make, seed=1)
    (first,) = folder.iterdir()
    load(make, seed=2)
    (second,) = set(folder.iterdir()) - {first}
    second.write_bytes(first.read_bytes())
    load(make, seed=2)
    assert make.calls == 3


# --- interruptions, full disks, other processes ---------------------------------------------------------


def interrupt(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


def test_an_interrupted_simulation_leaves_nothing(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(interrupt)
    assert not folder.exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_interrupted_writing_leaves_nothing(
    error: type[BaseException], make: Maker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def savez(file: io.BufferedIOBase, **_: Any) -> None:
        file.write(b"half")
        raise error

    monkeypatch.setattr(np, "savez", savez)
    with pytest.raises(error):
        load(make)
    assert not list(folder.iterdir())


def test_a_full_disk_costs_one_warning_and_no_data(
    make: Maker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def savez(file: io.BufferedIOBase, **_: Any) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "savez", savez)
    with pytest.warns(UserWarning, match="No space left.*DLP_CACHE") as warnings:
        assert_whole(load(make))
    assert len(warnings) == 1
    assert not list(folder.iterdir())


def test_a_folder_that_cannot_be_written_costs_one_warning_and_no_data(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DLP_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="could not be kept in the cache") as warnings:
        assert_whole(load(make))
    assert len(warnings) == 1


def test_a_cache_that_may_only_be_read_is_read(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    def utime(*_: Any) -> None:
        raise PermissionError

    load(make)
    monkeypatch.setattr(os, "utime", utime)
    assert_whole(load(make))
    assert make.calls == 1


def test_two_processes_may_want_the_same_set_at_once(folder: Path) -> None:
    code = (
        "import sys, time, hashlib\n"
        "from dlp_keras.datasets import ising\n"
        "ising.CACHED_SPINS = 1\n"
        "time.sleep(max(0, float(sys.argv[1]) - time.time()))\n"
        "print(*[hashlib.sha256(ising.make_ising(4000, size=8, seed=1)[0]).hexdigest() for _ in range(5)])\n"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(time.time() + 3)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [process.communicate(timeout=60)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len({digest for digests in outputs for digest in digests}) == 1
    assert len(list(folder.iterdir())) == 1


def test_leftovers_of_killed_processes_go_after_a_day(make: Maker, folder: Path) -> None:
    folder.mkdir()
    old, young = folder / "test-1.npz.7-7.part", folder / "test-1.npz.8-8.part"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 90_000,) * 2)
    load(make)
    assert not old.exists()
    assert young.exists()


# --- limit, list, clear ---------------------------------------------------------------------------------


def test_what_was_unused_for_longest_goes_first(
    make: Maker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(make, seed=1)
    (first,) = folder.iterdir()
    load(make, seed=2)
    (second,) = set(folder.iterdir()) - {first}
    os.utime(first, (1000, 1000))
    os.utime(second, (2000, 2000))
    load(make, seed=1)  # used again
    monkeypatch.setenv("DLP_CACHE_LIMIT", "0.02")  # holds two
    load(make, seed=3)
    assert first.exists()
    assert not second.exists()
    assert len(list(folder.iterdir())) == 2


def test_what_is_larger_than_the_limit_is_not_kept(
    make: Maker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLP_CACHE_LIMIT", "0.001")
    assert_whole(load(make))
    assert not folder.exists()


@pytest.mark.parametrize("megabytes", ["much", "nan", "inf"])
def test_a_limit_must_be_a_number(megabytes: str, make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLP_CACHE_LIMIT", megabytes)
    with pytest.raises(ValueError, match=f"`DLP_CACHE_LIMIT` .* Got '{megabytes}'"):
        load(make)
    assert make.calls == 0


def test_entries_tell_what_there_is(make: Maker, folder: Path) -> None:
    load(make, "older", seed=1, temperature=np.array([1.0, 2.5]))
    os.utime(next(folder.iterdir()), (1000, 1000))
    load(make, "newer")
    (folder / "foreign.npz").write_bytes(b"something else")
    newer, older = cache.entries()
    assert (newer.name, older.name) == ("newer", "older")
    assert older.parameters["seed"] == 1
    assert older.parameters["temperature"].startswith("float64 (2,) from 1 to 2.5")
    assert older.n_bytes == older.path.stat().st_size
    assert older.used.timestamp() == 1000


def test_clear_takes_all_or_one_kind_and_nothing_else(make: Maker, folder: Path) -> None:
    load(make, "one")
    load(make, "two")
    foreign, part = folder / "foreign.npz", folder / "two-1.npz.7-7.part"
    foreign.write_bytes(b"something else")
    part.write_bytes(b"123")
    n_files, n_bytes = cache.clear("one")
    assert n_files == 1
    assert n_bytes > 8000
    assert [entry.name for entry in cache.entries()] == ["two"]
    assert cache.clear()[0] == 2
    assert list(folder.iterdir()) == [foreign]
    assert cache.clear() == (0, 0)


def test_the_command_lists_and_clears(make: Maker, folder: Path) -> None:
    load(make, "one", seed=7, temperature=np.array([1.0, 2.5]))
    load(make, "two")
    call = CliRunner().invoke
    table = call(main, ["cache"]).output.splitlines()
    assert len(table) == 3
    assert "one  seed 7, temperature float64 (2,) from 1 to 2.5, version 1" in "\n".join(table)
    assert table[-1].endswith(f"MB of 2000 in {folder}.")
    (listed,) = json.loads(call(main, ["cache", "one", "--json"]).output)
    assert (listed["name"], listed["parameters"]["seed"]) == ("one", 7)
    assert call(main, ["cache", "one", "--clear"]).output.startswith("1 files deleted")
    assert call(main, ["cache", "--clear"]).output.startswith("1 files deleted")
    assert not list(folder.iterdir())


def test_the_command_without_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLP_CACHE", "off")
    assert "DLP_CACHE is off" in CliRunner().invoke(main, ["cache"]).output


def test_off_keeps_nothing(make: Maker, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLP_CACHE", "off")
    load(make)
    assert_whole(load(make))
    assert make.calls == 2
    assert cache.folder() is None
    assert cache.entries() == []
    assert cache.clear() == (0, 0)


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", ("xdg", "dlp_keras")),
        ("linux", None, (".cache", "dlp_keras")),
        ("darwin", None, ("Library", "Caches", "dlp_keras")),
        ("win32", "LOCALAPPDATA", ("xdg", "dlp_keras")),
        ("win32", None, ("AppData", "Local", "dlp_keras")),
    ],
)
def test_the_users_cache_folder(
    platform: str,
    variable: str | None,
    expected: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DLP_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable or "UNUSED", str(tmp_path / "xdg"))
    assert cache.folder() == tmp_path.joinpath(*expected)


# --- blocks and their bar -------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_items", "per_block"), [(1, 1), (10, 3), (64, 64), (65, 64), (5, 100)])
def test_split_covers_everything_in_blocks_of_nearly_one_size(n_items: int, per_block: int) -> None:
    blocks = split(n_items, per_block)
    lengths = [block.stop - block.start for block in blocks]
    assert np.concatenate([np.arange(n_items)[block] for block in blocks]).tolist() == list(range(n_items))
    assert max(lengths) <= per_block
    assert max(lengths) - min(lengths) <= 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_a_failing_block_stops_the_others(error: type[BaseException]) -> None:
    steps: list[int] = []

    def work(item: int, step: Callable[[], None]) -> None:
        if item == 0:
            time.sleep(0.05)
            raise error
        for _ in range(1000):
            time.sleep(0.005)
            step()
            steps.append(item)

    with pytest.raises(error):
        run_blocks(work, range(20), label="test", steps=1000, n_threads=2)
    assert len(steps) < 100
    assert 5 not in steps


def test_a_bar_appears_only_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # counts as a terminal
    with ProgressBar("Quick", 2) as bar:
        bar.advance()
        assert not bar.shown
    monkeypatch.setattr(_blocks, "PATIENCE", 0.0)
    with ProgressBar("Slow", 2) as bar:
        bar.advance()
        assert bar.shown
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Quick" not in captured.err
    assert "Slow" in captured.err


def test_no_bar_in_a_log_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(_blocks, "PATIENCE", 0.0)
    run_blocks(lambda _, step: step(), range(3), label="Slow")
    assert capsys.readouterr() == ("", "")
