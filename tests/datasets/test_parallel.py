"""Work in blocks: cut evenly, stopped cleanly, with a bar only where somebody watches and waits."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from dlp_keras.datasets import parallel
from dlp_keras.datasets.parallel import ProgressBar, run_blocks, split


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
    monkeypatch.setattr(parallel, "PATIENCE", 0.0)
    with ProgressBar("Slow", 2) as bar:
        bar.advance()
        assert bar.shown
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Quick" not in captured.err
    assert "Slow" in captured.err


def test_no_bar_in_a_log_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(parallel, "PATIENCE", 0.0)
    run_blocks(lambda _, step: step(), range(3), label="Slow")
    assert capsys.readouterr() == ("", "")
