"""What a page may change, and what nonsense in an address leaves."""

import pytest

from dlp_keras.playground import Experiment
from dlp_keras.playground.setting import change_setting, read_hash


def test_nonsense_is_named_and_the_rest_applied():
    experiment, problems = read_hash("#dataset=xor&learningRate=abc&banana=1&networkShape=3&batchSize=0")
    assert (experiment.dataset, experiment.hidden_units) == ("xor", (3,))
    assert (experiment.learning_rate, experiment.batch_size) == (0.03, 10)
    assert len(problems) == 3
    assert all(any(f"`{key}`" in p for p in problems) for key in ("learningRate", "banana", "batchSize"))


def test_an_address_of_the_original_has_no_problems():
    wanted = Experiment(dataset="spiral", hidden_units=(8, 8), other=(("playButton_hide", "true"),))
    assert read_hash(wanted.to_url()) == (wanted, [])


@pytest.mark.parametrize("shape", ["17", "1,1,1,1,1,1,1,1,1,1,1", "1000000000"])
def test_networks_that_no_page_can_draw_are_left_out(shape):
    experiment, problems = read_hash(f"networkShape={shape}")
    assert experiment.hidden_units == (4, 2)
    assert "at most 10 layers of at most 16" in problems[0]


def test_a_long_address_and_one_without_features_are_told():
    assert "4000 characters" in read_hash("x=true&" * 1000)[1][0]
    experiment, problems = read_hash("x=false&y=false")
    assert experiment.features == ["x1", "x2"]
    assert "no feature" in problems[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"banana": 1},
        {"features": []},
        {"other": [["a", "b"]]},
        {"learning_rate": "0.1"},
        {"learning_rate": float("nan")},
        {"learning_rate": float("inf")},
        {"learning_rate": True},
        {"learning_rate": -1},
        {"batch_size": 2.5},
        {"batch_size": 0},
        {"noise": 51},
        {"hidden_units": [4, 17]},
        {"hidden_units": [0]},
        {"hidden_units": [2.0]},
        {"hidden_units": [[2]]},
        {"hidden_units": "4,2"},
        {"hidden_units": [1] * 11},
        {"x1": 1},
        {"x1": False, "x2": False},
        {"seed": "1" * 101},
        {"seed": 5},
        {"seed": None},
        {"dataset": "banana"},
        {"activation": {"a": 1}},
        {"regularization": "L3"},
    ],
)
def test_what_a_page_may_not_set_is_refused(fields):
    with pytest.raises(ValueError, match=r"\w"):
        change_setting(Experiment(), fields)


def test_what_a_page_may_set_is_set():
    fields = {"hidden_units": [3, 5], "regularization": "L2", "learning_rate": 1, "seed": "κ", "sin_x1": True}
    changed = change_setting(Experiment(), fields)
    assert changed == Experiment(
        hidden_units=(3, 5), regularization="L2", learning_rate=1, seed="κ", sin_x1=True
    )
