"""Work in blocks: cut evenly, stopped cleanly, with a bar only where somebody watches and waits."""

import time

import numpy as np
import pytest

from dlp_keras import progress
from dlp_keras.datasets import parallel
from dlp_keras.datasets.parallel import Step, run_blocks, split


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

    def work(item: int, step: Step) -> None:
        if item == 0:
            time.sleep(0.05)
            raise error
        for _ in range(1000):
            time.sleep(0.005)
            step(0.001)
            steps.append(item)

    with pytest.raises(error):
        run_blocks(work, range(20), label="test", n_threads=2)
    assert len(steps) < 100
    assert 5 not in steps


def test_a_bar_appears_before_the_first_step_is_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parallel, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "_in_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # for Rich
    run_blocks(lambda _, step: time.sleep(0.3), range(1), label="Slow")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Slow" in captured.err


def test_no_bar_in_a_log_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(parallel, "PATIENCE", 0.0)
    run_blocks(lambda _, step: step(1.0), range(3), label="Slow")
    assert capsys.readouterr() == ("", "")
