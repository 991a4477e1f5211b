"""A training in instalments against `fit`."""

import numpy as np
import pytest

from dlp_keras.playground import Experiment
from dlp_keras.training import fit
from dlp_keras.training.instalments import Instalments

EXPERIMENT = Experiment(dataset="xor", hidden_units=(4,), activation="relu", batch_size=8)


def test_instalments_are_the_epochs_of_fit():
    (x, y), _ = EXPERIMENT.data()
    whole, parts = EXPERIMENT.model(), EXPERIMENT.model()
    fit(whole, x, y, epochs=6, batch_size=8, shuffle=False, verbose=0)
    instalments = Instalments(parts, x, y, batch_size=8)
    assert [instalments.train(n) for n in (1, 2, 3)] == [(1, True), (2, True), (3, True)]
    for ours, wanted in zip(parts.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, wanted, atol=1e-5)


def test_weights_may_be_set_between_instalments():
    (x, y), _ = EXPERIMENT.data()
    first, second = EXPERIMENT.model(), EXPERIMENT.model()
    begun, other = (Instalments(model, x, y, batch_size=8) for model in (first, second))
    begun.train(3)
    other.train(1)
    second.set_weights(first.get_weights())
    begun.train(2)
    other.train(2)
    for ours, wanted in zip(second.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_allclose(ours, wanted, atol=1e-5)


def test_a_loss_that_is_not_finite_is_told_and_undone():
    experiment = Experiment(problem="regression", activation="linear", learning_rate=10.0)
    (x, y), _ = experiment.data()
    model = experiment.model()
    instalments = Instalments(model, x, y, batch_size=10)
    done, is_finite = instalments.train(100)
    assert not is_finite
    assert done < 100
    assert all(np.isfinite(array).all() for array in model.get_weights())


@pytest.mark.parametrize("epochs", [0, -1])
def test_no_epochs_are_refused(epochs):
    (x, y), _ = EXPERIMENT.data()
    with pytest.raises(ValueError, match="epochs"):
        Instalments(EXPERIMENT.model(), x, y, batch_size=8).train(epochs)
