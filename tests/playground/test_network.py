"""The maps' network in NumPy against Keras."""

import keras
import numpy as np
import pytest

from dlp_keras.playground import Experiment
from dlp_keras.playground.network import compute_layers, make_grid, small_maps, to_bytes


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize(("problem", "head"), [("classification", "tanh"), ("regression", "linear")])
def test_every_layer_is_what_keras_computes(activation, problem, head):
    experiment = Experiment(activation=activation, problem=problem, hidden_units=(5, 3), x1_squared=True)
    model = experiment.model()
    x = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    wanted = keras.Model(model.inputs, [layer.output for layer in model.layers])([x])
    found = compute_layers(model.get_weights(), x, activation, head)
    for ours, keras_output in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(keras_output), atol=2e-5)


def test_the_grid_begins_at_the_top_left():
    grid = make_grid()
    assert grid.shape == (10_000, 2)
    assert grid[0, 0] < -5.9 < 5.9 < grid[0, 1]
    np.testing.assert_allclose(grid.mean(axis=0), 0, atol=1e-5)


def test_bytes_keep_the_sign_and_mark_what_is_no_number():
    values = np.array([-np.inf, -3, -1, -0.01, 0, 0.01, 1, np.inf, np.nan], np.float32)
    assert to_bytes(values).tolist() == [1, 1, 1, 127, 128, 129, 255, 255, 0]


def test_a_small_map_shows_what_the_large_one_does():
    x1 = make_grid()[:, [0, 1]] / 6
    across, upward = small_maps(x1)
    assert across.shape == (25, 25)
    assert (np.diff(across.astype(int), axis=1) > 0).all()
    assert (np.diff(upward.astype(int), axis=0) < 0).all()
