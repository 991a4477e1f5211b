"""Marks of exercise 9."""

from itertools import pairwise

import numpy as np
import pytest

from dlp_keras.datasets import curve, make_curve
from dlp_keras.marking import expect

PLOT = np.linspace(-3, 3, 301)[:, np.newaxis]
BASELINE = 0.11  # mean of 16 starts, each on points of its own; standard deviation 0.02
LIMIT = 0.008  # eight numbers in the formula of the curve, fitted to 1000 points
N_SAMPLES, UPDATES = 70, 3  # three batches of at most 32 in each epoch
DEEP_OR_WIDE = {
    "a": "it is the worst of the three: 0.10 ± 0.02 against 0.06 ± 0.01 for the other two, also where its points are exact.",
    "b": "they come to 0.06 ± 0.01, about half of the error of one layer. Four layers are as good, within the scatter.",
    "c": "they come to 0.06 ± 0.01, about half of the error of one layer. But two layers are as good, within the scatter.",
}
PROMISE = {
    "a": "made by hand, a network of the same shape misses the curve by 0.0002: the theorem is right about what exists.",
    "b": "the network that you made by hand has a single hidden layer, and the more nodes you take the closer it comes.",
}
OUTSIDE = {
    "b": "nothing pulls the output to zero: ReLUs that are on stay on. Look at the outputs at 7, 8, 9 and 10.",
    "c": "the loss knows the points only. Beyond them any continuation has the same loss, and the ReLUs choose theirs.",
}


def make_points(rng, n_points):
    """Return points in increasing order, at unequal distances, with heights far from zero."""
    return np.cumsum(rng.uniform(0.3, 1.5, n_points)) - 2, rng.normal(2, 1.5, n_points)


def add_relus(x, knots, weights, bias):
    """Add up ReLUs one by one."""
    y = np.full(np.shape(x), float(bias))
    for knot, weight in zip(knots, weights, strict=True):
        y = y + np.where(x > knot, weight * (x - knot), 0)
    return y


def interpolant(submission, x, y):
    """Call `relu_interpolant`; return knots, weights and bias, checked."""
    found = expect.values(submission.relu_interpolant(x, y), 3)
    look = f"Here are {len(x)} points: one ReLU for each piece between them."
    knots = expect.array(found[0], (len(x) - 1,), look, "The knots are")
    weights = expect.array(found[1], (len(x) - 1,), look, "The weights are")
    return knots, weights, expect.number(found[2], what="The bias is")


@pytest.mark.task("1", points=2)
def test_interpolant_goes_through_the_points(submission, rng):
    """The sum of the ReLUs goes through all points."""
    problems = [make_points(rng, n_points) for n_points in (2, 5, 9)]
    problems.append((np.array([-2, 0, 1, 5]), np.array([3, -1, 4, 2])))
    for x, y in problems:
        sums = add_relus(x, *interpolant(submission, x, y))
        look = (
            "At the first point only the bias counts; each weight then changes the slope, Δy/Δx, at its knot."
        )
        what = "At the points, the sum of the ReLUs is"
        expect.close(sums, y, rtol=1e-5, atol=1e-4, look=look, what=what)


@pytest.mark.task("1", points=2)
def test_interpolant_is_straight_between_the_points(submission, rng):
    """Between the points the sum is straight; before them it is constant, behind them it goes on."""
    for n_points in (3, 8):
        x, y = make_points(rng, n_points)
        parts = interpolant(submission, x, y)
        between = rng.uniform(x[0], x[-1], 50)
        look = "It bends at the points only: which of them are the knots?"
        what = "Between the points, the sum of the ReLUs is"
        expect.close(
            add_relus(between, *parts), np.interp(between, x, y), rtol=1e-5, atol=1e-4, look=look, what=what
        )
        what, look = "Left of all points, the sum of the ReLUs is", "No ReLU has begun there."
        expect.close(
            add_relus(x[0] - np.array([0.5, 3]), *parts), [y[0], y[0]], atol=1e-4, look=look, what=what
        )
        last = y[-1] + np.diff(y)[-1] / np.diff(x)[-1]
        what, look = "One to the right of the last point, the sum of the ReLUs is", "No ReLU begins there."
        expect.close(add_relus(x[-1] + 1, *parts)[()], last, rtol=1e-5, atol=1e-4, look=look, what=what)


@pytest.mark.task("1", points=1)
def test_error_falls_with_the_square_of_the_nodes(submission):
    """Twice the points leave a quarter of the largest error."""
    x_fine = np.linspace(-3, 3, 20_001)
    errors = []
    for n_points in (80, 160, 320):
        x = np.linspace(-3, 3, n_points)
        sums = add_relus(x_fine, *interpolant(submission, x, curve(x)))
        errors.append(np.abs(sums - curve(x_fine)).max())
    found = f"For 80, 160 and 320 points of the curve the largest errors are {', '.join(f'{e:.2g}' for e in errors)}."
    ratios = np.array(errors[:2]) / np.maximum(errors[1:], 1e-9)
    look = "Are there ReLUs for all pieces, and is nothing rounded?"
    expect.that(((ratios > 3.5) & (ratios < 4.5)).all(), found, "Each is a quarter of the one before.", look)


@pytest.mark.task("2", points=2)
def test_evaluate_adds_up_the_relus(submission, rng):
    """The output is b + Σ w relu(x − t), in any order of x and of the knots."""
    for n_samples, n_nodes in ((7, 4), (3, 5), (1, 2), (4, 1)):
        x = rng.permutation(np.linspace(-3, 4, n_samples))
        knots, weights, bias = rng.uniform(-2, 2, n_nodes), rng.normal(size=n_nodes), rng.normal()
        expected = add_relus(x, knots, weights, bias)
        look = f"There are {n_samples} samples and {n_nodes} nodes: cut each node off at 0, then sum over the nodes."
        expect.close(submission.evaluate(x, knots, weights, bias), expected, rtol=1e-5, atol=1e-5, look=look)
    x, knots, weights = np.arange(-1, 4), np.array([2, 0]), np.array([3, -1])
    look = "Here x, knots and weights are whole numbers."
    expect.close(submission.evaluate(x, knots, weights, 1), add_relus(x, knots, weights, 1), look=look)


def rms(model, x=PLOT):
    """Return the root mean square of a model's distance to the true curve."""
    return float(np.sqrt(np.mean((np.ravel(model.predict(x)) - curve(np.ravel(x))) ** 2)))


@pytest.fixture
def network(submission):
    return submission.remember("network", lambda: expect.model(submission.build_model()))


@pytest.mark.task("3", points=1)
@pytest.mark.parametrize("hidden_units", [(30, 30), (7, 5, 3)], ids=["2 of 30", "7, 5, 3"])
def test_model_has_the_layers_asked_for(submission, network, hidden_units):
    """Hidden layers of ReLUs, of the sizes asked for; 2 × 30 without any."""
    model = network if hidden_units == (30, 30) else expect.model(submission.build_model(hidden_units))
    found = [(layer["class"], layer.get("units"), layer["activation"]) for layer in model.weight_layers]
    expected = [("Dense", units, "relu") for units in hidden_units]
    expect.that(
        found[:-1] == expected,
        f"The hidden layers are {found[:-1] or 'missing'}.",
        f"{expected} are expected.",
        "Before them stands the input, after them one output.",
    )
    sizes = [1, *hidden_units, 1]
    n_parameters = sum((a + 1) * b for a, b in pairwise(sizes))
    expect.that(
        model.n_parameters == n_parameters,
        f"The model has {model.n_parameters} parameters.",
        f"With one input, one output and all biases there are {n_parameters}.",
    )


@pytest.mark.task("3", points=1)
def test_model_has_the_head_of_a_regression(network):
    """A linear output, the mean squared error, and Adam."""
    compiled, last = network.compiled, network.weight_layers[-1]
    found = f"The last layer has {last.get('units')} units and the activation {last['activation']}."
    expected = "One unit without an activation is expected."
    look = "The curve has negative values, and some above 1."
    expect.that(last.get("units") == 1 and last["activation"] is None, found, expected, look)
    expect.that(compiled, "The model is not compiled.", "Call `model.compile`.")
    expect.that(
        compiled["loss"] == "mean_squared_error", f"The loss is {compiled['loss']}.", 'Use `loss="mse"`.'
    )
    found = f"The optimizer is {compiled['optimizer']} with the rate {compiled['learning_rate']:.2g}."
    adaptive = any(name in compiled["optimizer"] for name in ("dam", "RMSprop"))  # AdamW, Nadam, …
    in_range = 0.0009 <= compiled["learning_rate"] <= 0.021
    expect.that(adaptive and in_range, found, "Adam with a rate near 0.005 is expected.")


@pytest.mark.task("3", points=2)
def test_network_learns_the_curve(reference, network, rng, explain):
    """Trained for 200 epochs on 1000 points, 2 × 30 nodes follow the true curve."""
    reference.train_with_snapshots(network, *make_curve(1000, seed=rng), PLOT, epochs=[200])
    error = rms(network)
    found = f"After 200 epochs on 1000 points its RMS to the true curve is {error:.3f}."
    look = (
        "A network without hidden ReLUs stays at 0.41, one of three nodes at 0.39. Is something in its way?"
    )
    expect.that(error <= 0.15, found, "At most 0.15 is expected.", look)
    explain(f"Its RMS to the true curve is {error:.3f}; the noise of a single point is 0.1.")


def clock(hidden_units):
    """Build a network whose only weight tells how many updates it has made."""
    import keras

    weight = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), weight])
    model.compile(keras.optimizers.SGD(0.001, momentum=0.5), loss="mse")
    return model


def build_clock(reference):
    """Return a clock: what `baseline_network` makes of it, which only calls `build_model`."""
    return reference.given(build_model=clock).baseline_network()


def clock_weights(n_updates):
    """Return the weight before and after each update: momentum on (w − 1)², from w = 0."""
    weight, velocity, weights = 0.0, 0.0, [0.0]
    for _ in range(n_updates):
        velocity = 0.5 * velocity - 0.001 * 2 * (weight - 1)
        weight += velocity
        weights.append(weight)
    return np.array(weights)


def take_snapshots(submission, model, x, y, x_plot, epochs=None):
    """Call `train_with_snapshots`; return its arrays in the order of the epochs, checked."""
    options = {} if epochs is None else {"epochs": epochs}
    snapshots = submission.train_with_snapshots(model, x, y, x_plot, **options)
    wanted = [1, 10, 50, 200] if epochs is None else list(epochs)
    expect.that(
        isinstance(snapshots, dict),
        f"returned a value of the type {type(snapshots).__name__}.",
        "A dictionary is expected.",
    )
    keys = [key for key in snapshots if key in wanted]
    expect.that(
        len(keys) == len(snapshots) == len(wanted),
        f"returned snapshots of the epochs {list(snapshots)}.",
        f"Those of {wanted} are expected.",
    )
    look = "`predict` returns a column."
    return [expect.array(snapshots[e], (len(x_plot),), look, f"The snapshot of epoch {e} is") for e in wanted]


@pytest.mark.task("4", points=1)
@pytest.mark.parametrize("epochs", [None, (2, 3, 7)], ids=["default", "2, 3, 7"])
def test_epochs_count_from_the_start(submission, reference, epochs):
    """Training goes on from one snapshot to the next, and the epochs count from the start."""
    x, y = np.ones((2, N_SAMPLES, 1), np.float32)  # all points alike: each update makes the same step
    model = build_clock(reference)
    x_plot = np.array([[1.0], [-2.0], [0.5]])
    snapshots = take_snapshots(submission, model, x, y, x_plot, epochs)
    weights = clock_weights(UPDATES * 1000)
    for epoch, snapshot in zip(epochs or (1, 10, 50, 200), snapshots, strict=True):
        made, expected = np.abs(weights - snapshot[0]).argmin(), UPDATES * epoch
        expect.that(
            np.allclose(snapshot, weights[expected] * x_plot[:, 0], rtol=1e-3, atol=1e-6),
            f"In the snapshot of epoch {epoch} a network with a single weight seems to have made {made} updates.",
            f"{expected} are expected: {epoch} epochs from the start, of {N_SAMPLES} points in batches of 32.",
            "Does the same network train on, for the epochs that are missing, and with the same optimizer?",
        )


@pytest.mark.task("4", points=1)
def test_last_snapshot_is_the_trained_network(submission, reference):
    """The snapshots are the network's output at x_plot; the last one is that of the trained network."""
    x, y = make_curve(N_SAMPLES, seed=1)
    model = build_clock(reference)
    x_plot = np.array([[2.0], [0.5], [-1.0], [3.0], [-2.5]])
    snapshots = take_snapshots(submission, model, x, y, x_plot, (3, 5))
    expected = model.predict(x_plot)[:, 0]
    look = "Is it the given model that is trained, and is its output noted after the training, at x_plot?"
    expect.close(
        snapshots[-1], expected, rtol=1e-4, atol=1e-6, look=look, what="In the last snapshot there is"
    )


@pytest.mark.task("4", points=2)
def test_snapshots_approach_the_curve(submission, reference, rng):
    """The network takes the shape of the true curve within 30 epochs."""
    model = reference.build_model()
    snapshots = take_snapshots(submission, model, *make_curve(1000, seed=rng), PLOT, (1, 30))
    first, last = (float(np.sqrt(np.mean((s - curve(PLOT[:, 0])) ** 2))) for s in snapshots)
    found = f"The RMS of 2 × 30 nodes to the true curve is {first:.3f} after 1 epoch and {last:.3f} after 30."
    look = "Is the network trained on x and y, and y left as it is?"
    expect.that(last <= 0.25 and last < first / 1.5, found, "About 0.39 and 0.12 are expected.", look)


def whole_number(value):
    """Check that a value is a whole number and return it."""
    number = expect.number(value)
    is_whole = isinstance(value, (int, np.integer))
    expect.that(
        is_whole, f"returned {number}, a number of the type {type(value).__name__}.", "An int is expected."
    )
    return number


@pytest.mark.task("5", points=1)
def test_width_counts_all_parameters(submission):
    """1021 parameters are 340 nodes, 4 are a single one."""
    for n_nodes in (1, 2, 33, 340):
        found = whole_number(submission.width_for(3 * n_nodes + 1))
        look = f"{n_nodes} nodes have {n_nodes} weights and biases each, {n_nodes} weights to the output, and one bias there."
        expect.close(found, n_nodes, look=look)


@pytest.mark.task("5", points=1)
def test_width_stays_within_the_parameters(submission):
    """Where the parameters do not fit exactly, there are never too many."""
    for n_parameters, n_nodes in ((5, 1), (6, 1), (1020, 339), (1022, 340), (1023, 340)):
        found = whole_number(submission.width_for(n_parameters))
        look = f"{n_nodes + 1} nodes would have {3 * n_nodes + 4} parameters."
        expect.close(found, n_nodes, look=look)


@pytest.mark.task("5", points=1)
def test_prediction_of_deep_or_wide(submission, explain):
    """You have said which network comes closest to the curve."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "deep_or_wide", DEEP_OR_WIDE)
    explain(f"You expected {letter!r}: {DEEP_OR_WIDE[letter]}")


@pytest.mark.task("5", points=1)
def test_promise(submission, explain):
    """What does the theorem promise?"""
    expect.answer(submission.value("ANSWERS"), "promise", "c", PROMISE)
    explain(
        "Nor does it say how many nodes are needed, or what happens between and beyond the points. It is a reason to try, "
        "and no recipe."
    )


@pytest.mark.task("5", points=1)
def test_outside(submission, explain):
    """What does a ReLU network say outside of its data?"""
    expect.answer(submission.value("ANSWERS"), "outside", "a", OUTSIDE)
    explain(
        "Behind the last knot nothing bends any more. The theorem speaks of a closed interval, and outside of the data a "
        "network extrapolates by the shape of its activation, not by physics."
    )


@pytest.fixture
def challenge_error(submission, reference, rng):
    """The RMS of the student's network to the true curve, trained on points of the mark's own."""

    def measure():
        model = expect.plain_model(submission.given("build_model").my_network())
        found = f"The network has {model.n_parameters} parameters."
        expect.that(model.n_parameters <= 1100, found, "At most 1100 are expected.")
        expect.that(model.compiled, "The network is not compiled.", "Call `compile` before you return it.")
        shape = np.shape(model.predict(PLOT[:3]))
        expect.that(shape == (3, 1), f"For 3 points the output has the shape {shape}.", "(3, 1) is expected.")
        before = rms(model)
        found = f"Before any training its RMS to the true curve is {before:.3f}."
        look = "The weights start at random; the 200 epochs have to find them."
        expect.that(before > 0.3, found, "More than 0.3 is expected.", look)
        reference.train_with_snapshots(model, *make_curve(1000, seed=rng), PLOT, epochs=[200])
        return rms(model)

    return submission.remember("challenge", measure)


@pytest.mark.task("5", points=1)
def test_my_network_beats_the_baseline(challenge_error, leaderboard):
    """The network is better than a single wide layer."""
    leaderboard("RMS to the curve", challenge_error, best="low", baseline=BASELINE, limit=LIMIT)
    found = f"After 200 epochs on 1000 new points its RMS to the true curve is {challenge_error:.3f}."
    look = "Is it deeper than the baseline?"
    expect.that(
        challenge_error < 0.1, found, f"The baseline has {BASELINE}; less than 0.10 is expected.", look
    )


@pytest.mark.task("5", points=1)
def test_my_network_is_good(challenge_error, explain):
    """The network comes within 0.04 of the true curve."""
    found = f"After 200 epochs on 1000 new points its RMS to the true curve is {challenge_error:.3f}."
    look = "How long are the steps in the last epochs?"
    expect.that(challenge_error <= 0.04, found, "At most 0.04 is expected.", look)
    explain(f"Its RMS to the true curve is {challenge_error:.3f}. The noise of each point is 0.1.")
