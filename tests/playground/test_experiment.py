"""`Experiment`: the Playground's settings, and its arithmetic redone by hand."""

import keras
import numpy as np
import pytest

from dlp_keras.playground.experiment import Experiment

DEFAULT_URL = (
    "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane"
    "&learningRate=0.03&regularizationRate=0&noise=0&networkShape=4,2&seed=0.42&showTestData=false"
    "&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false&xSquared=false&ySquared=false&cosX=false"
    "&sinX=false&cosY=false&sinY=false&collectStats=false&problem=classification&initZero=false&hideText=false"
)
SETTINGS = {
    "default": Experiment(),
    "spiral": Experiment(dataset="spiral", hidden_units=(8, 8, 8), x1_squared=True, sin_x2=True, noise=25),
    "no hidden layer": Experiment(hidden_units=(), x1=False, x2=False, x1_times_x2=True),
    "penalty": Experiment(regularization="L2", regularization_rate=0.003, learning_rate=0.1, seed="any"),
    "regression": Experiment(problem="regression", regression_dataset="reg-gauss", percent_training=80),
}


def test_the_playgrounds_own_url_reads_as_its_defaults():
    experiment = Experiment.from_url(DEFAULT_URL)
    assert experiment == Experiment(seed="0.42", other=(("cosX", "false"), ("cosY", "false")))


@pytest.mark.parametrize("name", SETTINGS)
def test_url_round_trip(name):
    assert Experiment.from_url(SETTINGS[name].to_url()) == SETTINGS[name]


@pytest.mark.parametrize("key", ["cosX=true", "tutorial=abc", "showTestData_hide=true", "future=1"])
def test_keys_without_meaning_are_kept(key):
    experiment = Experiment.from_url(f"#dataset=gauss&{key}")
    assert experiment.dataset == "gauss"
    assert experiment.to_url().endswith(f"&{key}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noise=80", "`noise`.*from 0 to 50.*'80'"),
        ("activation=swish", "`activation`.*one of relu, tanh"),
        ("networkShape=3,x", "`networkShape`.*whole numbers"),
        ("networkShape=3,0", "`networkShape`.*from 1 up"),
        ("batchSize=2.5", "`batchSize`.*whole number"),
        ("percTrainData=5", "`percTrainData`.*from 10 to 90"),
        ("initZero=maybe", "`initZero`.*true, false"),
        ("x=false&y=false", "at least one feature"),
    ],
)
def test_bad_values_in_a_url_are_named(text, message):
    with pytest.raises(ValueError, match=message):
        Experiment.from_url(f"#{text}")


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("learning_rate", -1, r"\(`learningRate` in a URL\) must be a number from 0"),
        ("learning_rate", np.nan, r"must be a number from 0 to 1e\+06\. Got nan"),
        ("learning_rate", None, "must be a number"),
        ("learning_rate", "fast", "must be a number"),
        ("regularization_rate", np.inf, r"must be a number from 0 to 1e\+06\. Got inf"),
        ("noise", -np.inf, "must be a number from 0 to 50"),
        ("batch_size", np.nan, "must be a whole number from 1"),
        ("percent_training", np.inf, "must be a whole number from 10"),
        ("hidden_units", 3, "must be whole numbers of neurons"),
        ("activation", None, "must be one of relu"),
    ],
)
def test_bad_fields_are_named_both_ways(field, value, rule):
    with pytest.raises(ValueError, match=rf"`{field}` .*{rule}"):
        Experiment(**{field: value})


@pytest.mark.parametrize("name", SETTINGS)
def test_data_has_the_playgrounds_sizes_and_targets(name):
    experiment = SETTINGS[name]
    (x, y), (x_test, y_test) = experiment.data()
    n_samples = 500 if experiment.is_classification else 1200
    assert len(x) == n_samples * experiment.percent_training // 100
    assert len(x) + len(x_test) == len(y) + len(y_test) == n_samples
    assert x.shape[1] == len(experiment.features)
    assert y.shape[1:] == (1,)
    assert np.abs(y).max() <= 1


def test_weights_start_as_in_the_playground():
    kernel, bias = Experiment(hidden_units=(200,), seed="3").model().get_weights()[:2]
    assert np.abs(kernel).max() < 0.5
    np.testing.assert_allclose(kernel.var(), 1 / 12, rtol=0.15)
    np.testing.assert_array_equal(bias, np.full(200, 0.1, "float32"))
    assert all(not weight.any() for weight in Experiment(zero_weights=True).model().get_weights())


def playground_epoch(weights, x, y, experiment):
    """One epoch of the Playground in its own notation, for one hidden layer of tanh and a tanh output."""
    w1, b1, w2, b2 = [weight.astype("float64") for weight in weights]
    rate, penalty = experiment.learning_rate, experiment.regularization_rate
    for begin in range(0, len(x), experiment.batch_size):
        inputs, targets = x[begin : begin + experiment.batch_size], y[begin : begin + experiment.batch_size]
        hidden = np.tanh(inputs @ w1 + b1)
        output = np.tanh(hidden @ w2 + b2)
        d_output = (output - targets) * (1 - output**2)
        d_hidden = d_output @ w2.T * (1 - hidden**2)
        n = len(inputs)
        w2 = w2 - rate / n * hidden.T @ d_output - rate * penalty * w2
        w1 = w1 - rate / n * inputs.T @ d_hidden - rate * penalty * w1
        b2 = b2 - rate / n * d_output.sum(axis=0)
        b1 = b1 - rate / n * d_hidden.sum(axis=0)
    return w1, b1, w2, b2


def test_training_takes_the_playgrounds_steps():
    experiment = Experiment(
        dataset="xor", hidden_units=(3,), noise=20, regularization="L2", regularization_rate=0.01, seed="5"
    )
    (x, y), (x_test, y_test) = experiment.data()
    history = experiment.train(1, verbose=0)
    expected = playground_epoch(experiment.model().get_weights(), x, y, experiment)
    for ours, theirs in zip(history.model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-6)
    w1, b1, w2, b2 = expected
    loss = 0.5 * np.mean((np.tanh(np.tanh(x_test @ w1 + b1) @ w2 + b2) - y_test) ** 2)
    shown = history.history["val_loss"][-1] - 0.005 * (np.sum(w1**2) + np.sum(w2**2))
    np.testing.assert_allclose(shown, loss, rtol=1e-5)


def test_code_runs_by_itself_and_gives_the_same_curve(capsys):
    experiment = Experiment(
        dataset="gauss", hidden_units=(3,), regularization="L1", regularization_rate=0.001, sin_x1=True
    )
    script = {}
    exec(experiment.to_code(epochs=2), script)
    history = experiment.train(2, verbose=0)
    assert "Epoch 2/2" in capsys.readouterr().out
    np.testing.assert_allclose(script["history"].history["loss"], history.history["loss"], rtol=1e-5)
    np.testing.assert_allclose(script["history"].history["val_loss"], history.history["val_loss"], rtol=1e-5)


@pytest.mark.parametrize("name", SETTINGS)
def test_code_of_every_setting_builds_its_model(name):
    code = SETTINGS[name].to_code()
    compile(code, name, "exec")
    definition = code[: code.index("model.summary()")]
    script = {}
    exec(definition, script)
    model, own = script["model"], SETTINGS[name].model()
    assert model.count_params() == own.count_params()
    for ours, theirs in zip(own.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    (x, y), _ = SETTINGS[name].data()
    np.testing.assert_array_equal(script["x"][: script["n_training"]], x)
    np.testing.assert_allclose(script["y"][: script["n_training"]], y)


def test_training_saves_its_pictures(tmp_path):
    experiment = Experiment(hidden_units=(2,))
    history = experiment.train(4, save=tmp_path / "new", every=2, verbose=0)
    assert isinstance(history.model, keras.Model)
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {"decision_boundary.gif", "neurons.gif", "loss.png"}
