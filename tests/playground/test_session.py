"""A session without a browser: what each control does to the training."""

import itertools

import numpy as np
import pytest

from dlp_keras.playground import Experiment
from dlp_keras.playground.frames import decode_frame
from dlp_keras.playground.session import MOST_LOSSES, Session
from dlp_keras.training import fit

CHECKERBOARD = Experiment(dataset="xor", hidden_units=(8,), activation="relu")


def turn(session, times=1):
    for _ in range(times):
        session.turn(0.02)
    return session.progress


@pytest.fixture
def session():
    session = Session(CHECKERBOARD)
    turn(session)
    return session


def test_before_keras_there_are_points_and_feature_maps():
    header, arrays = decode_frame(Session(CHECKERBOARD).frame())
    assert "Keras" in header["waiting"]
    np.testing.assert_array_equal(arrays["points"], CHECKERBOARD.points()[0])
    assert arrays["featureMaps"].shape == (7, 25, 25)
    assert "large" not in arrays


def test_playing_solves_the_checkerboard(session):
    session.play()
    turn(session, 120)
    _, training, test = session.progress.losses[:, -1]
    assert training < 0.05
    assert test < 0.05


def test_epochs_are_those_of_fit(session):
    (x, y), _ = CHECKERBOARD.data()
    model = CHECKERBOARD.model()
    fit(model, x, y, epochs=3, batch_size=10, shuffle=False, verbose=0)
    for _ in range(3):
        session.step()
        turn(session)
    assert session.progress.epoch == 3
    for ours, wanted in zip(session.progress.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, wanted, atol=1e-5)


def test_losses_are_halves_of_mean_squares_without_penalty():
    session = Session(Experiment(dataset="xor", regularization="L2", regularization_rate=0.3))
    turn(session)
    (x, y), (x_test, y_test) = session.experiment.data()
    model = session.experiment.model()
    wanted = [0.5 * np.mean((model.predict(a, verbose=0) - b) ** 2) for a, b in ((x, y), (x_test, y_test))]
    np.testing.assert_allclose(session.progress.losses[1:, 0], wanted, rtol=1e-4)


def test_step_trains_one_epoch_and_pauses(session):
    session.play()
    turn(session, 3)
    session.step()
    before = session.progress.epoch
    assert not session.is_playing
    turn(session, 3)
    assert session.progress.epoch == before + 1


def test_reset_goes_back_to_the_same_weights(session):
    first = session.progress.weights
    session.play()
    turn(session, 5)
    session.reset()
    progress = turn(session, 2)
    assert progress.epoch == 0
    assert not session.is_playing
    for ours, wanted in zip(progress.weights, first, strict=True):
        np.testing.assert_array_equal(ours, wanted)


@pytest.mark.parametrize(
    "fields",
    [{"learning_rate": 0.1}, {"batch_size": 5}, {"regularization": "L1", "regularization_rate": 0.1}],
)
def test_a_change_of_pace_keeps_weights_and_epoch(session, fields):
    session.step()
    before = turn(session)
    session.set(fields)
    after = turn(session)
    assert after.epoch == before.epoch == 1
    np.testing.assert_array_equal(after.weights[0], before.weights[0])
    session.step()
    assert turn(session).epoch == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"dataset": "gauss"},
        {"noise": 20},
        {"hidden_units": [2, 2]},
        {"activation": "tanh"},
        {"seed": "8"},
        {"x1": False},
    ],
)
def test_any_other_change_begins_anew(session, fields):
    session.step()
    turn(session)
    session.set(fields)
    assert session.progress.epoch == 0
    progress = turn(session)
    sizes = [len(session.experiment.features), *session.experiment.hidden_units, 1]
    assert progress.epoch == 0
    assert [w.shape for w in progress.weights[::2]] == list(itertools.pairwise(sizes))


def test_a_weight_and_a_bias_are_edited(session):
    session.edit(0, 1, 2, 3.5)
    session.edit(1, -1, 0, -2)
    progress = turn(session)
    assert progress.weights[0][1, 2] == 3.5
    assert progress.weights[3][0] == -2
    session.step()
    after = turn(session)
    assert abs(after.weights[0][1, 2] - 3.5) < 1


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ((2, 0, 0), 1),
        ((0, 2, 0), 1),
        ((0, 0, 8), 1),
        ((0, -2, 0), 1),
        ((0, 0, None), 1),
        ((0, 0, 0), float("nan")),
        ((0, 0, 0), "1"),
    ],
)
def test_edits_of_no_weight_are_refused(session, where, value):
    with pytest.raises(ValueError, match=r"no such weight|number from"):
        session.edit(*where, value)


def test_a_rate_that_diverges_pauses_and_is_told():
    session = Session(
        Experiment(problem="regression", hidden_units=(4, 4), activation="linear", learning_rate=10)
    )
    turn(session)
    session.play()
    turn(session, 30)
    assert not session.is_playing
    header, _ = decode_frame(session.frame())
    assert header["diverged"] == session.progress.epoch
    assert all(np.isfinite(array).all() for array in session.progress.weights)
    assert not session.problems


def test_the_frame_shows_what_is_asked_for(session):
    _, output = decode_frame(session.frame(have=0))
    _, neuron = decode_frame(session.frame(have=0, focus="0.1"))
    _, feature = decode_frame(session.frame(have=0, focus="x1*x2"))
    assert output["large"].shape == (100, 100)
    assert "points" not in output
    np.testing.assert_array_equal(neuron["large"][2::4, 2::4], neuron["map0"][1])
    np.testing.assert_array_equal(output["large"][2::4, 2::4], output["map1"][0])
    assert feature["large"][0, 0] == 1
    assert feature["large"][0, -1] == 255


def test_loss_curves_stay_bounded_and_keep_their_beginning(session):
    for _ in range(MOST_LOSSES + 20):
        session.step()
    epochs = turn(session).losses[0]
    assert len(epochs) <= MOST_LOSSES
    assert epochs[0] == 0
    assert epochs[-1] == MOST_LOSSES + 20
    assert (np.diff(epochs) > 0).all()


def test_one_sessions_error_is_told_and_stays_its_own(session, monkeypatch):
    session.play()
    session.fail(RuntimeError("the disk sings"))
    header, _ = decode_frame(session.frame())
    assert not header["playing"]
    assert "the disk sings" in header["problems"][0]
    session.set({"seed": "2"})
    session.play()
    assert turn(session, 4).epoch > 0


def test_a_speed_leaves_epochs_for_later(session):
    session.set_speed(1e-3)
    session.play()
    assert turn(session, 5).epoch == 1  # the first at once, the next in some minutes
    session.set_speed(0)
    assert turn(session, 5).epoch > 5


@pytest.mark.parametrize("speed", [-1, 1e7, float("nan"), "fast", None, True])
def test_a_speed_that_is_none_is_refused(session, speed):
    with pytest.raises(ValueError, match="from 0 to 1e6"):
        session.set_speed(speed)
