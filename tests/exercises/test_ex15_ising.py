"""Marks of exercise 15."""

import numpy as np
import pytest

from dlp_keras.datasets import CRITICAL_TEMPERATURE, energy, magnetization, make_ising
from dlp_keras.marking import expect
from dlp_keras.marking.client import MarkFailed

BASELINE = 14_113  # parameters of `baseline_network(16)`
SMALL = (
    "The spins are int8: a sum of such numbers above 127 overflows, unless `np.sum` or `np.mean` takes it."
)
COUPLING = 1.5  # of the other magnet, in units of energy
NEAR = {
    "a": "so it is in the mean, as only one lattice in eight is so near. Of those even the best models get about 85 %.",
    "b": "so it is: a lattice of 32 × 32 spins fluctuates so much there that both phases look alike.",
    "c": "it is about 85 %. Exactly at T_c nobody can tell; some distance away the phases begin to differ.",
}
LOGISTIC = {
    "a": "with 20,000 lattices it is right for 61 % of new ones, as with 4000. More data do not help where the model is wrong.",
    "b": "the sigmoid sees the sum over all spins, and its output lies between 0.1 and 0.9 for 99.7 % of new lattices.",
}
CNN = {
    "b": "both are trained for 10 epochs, and it is the dense network that is right for 100 % of its training lattices.",
    "c": "the CNN has two layers with weights, the dense network three. What counts is how they are connected.",
}
REPORT = {
    "a": "the data are not independent of 2.269: the labels came from it. With the labels T > 2 the crossing is at 2.03.",
    "c": "the crossing follows the labels, not the size: with the labels T > 2 the same lattices put it at 2.03.",
}


@pytest.fixture
def lattices(submission, rng):
    """Spins and temperatures of 4000 lattices to train on and of 4000 others."""
    return submission.remember("lattices", lambda: [make_ising(4000, size=16, seed=rng) for _ in range(2)])


@pytest.fixture
def dense(submission):
    return submission.remember("dense", lambda: expect.model(submission.build_dense(16)))


@pytest.fixture
def cnn(submission):
    return submission.remember("cnn", lambda: expect.model(submission.build_cnn(16)))


@pytest.fixture
def small(submission):
    return submission.remember("small", lambda: expect.model(submission.my_network(16)))


def draw_spins(rng):
    """Draw lattices of odd and even size, with more spins up than down or fewer."""
    for size in (3, 4, 7, 12):
        chance = rng.uniform(0.05, 0.95, (5, 1, 1))
        spins = np.where(rng.random((5, size, size)) < chance, 1, -1)
        spins[:2] = [[[1]], [[-1]]]
        spins[1, 0] = 1
        yield spins.astype(np.int8)


def read_number(found, position, n_lattices):
    """Return one of the two arrays that `order_parameters` returns, whatever the other one is."""
    value = expect.values(found, 2)[position]
    name = ("The first value, the order, is", "The second value, the energy, is")[position]
    look = "One number for each lattice: the mean runs over its rows and columns."
    return expect.array(value, (n_lattices,), look, name)


def check_new(build, name):
    """Check that a function builds a network for 9 × 9 spins, and anew at every call."""
    first, second = (expect.model(build(9)) for _ in range(2))
    check_network(first, 9)
    weights = zip(first.get_weights(), second.get_weights(), strict=False)
    is_one = [layer["name"] for layer in first.layers] == [layer["name"] for layer in second.layers]
    is_one = is_one and all(np.array_equal(one, other) for one, other in weights)
    look = "One that is kept outside of the function has been trained already when it comes back."
    expect.that(not is_one, f"Two calls of `{name}` return the same network.", "A new one is expected.", look)


def check_network(model, size):
    """Check shapes and compilation of a network that returns the probability to be hot."""
    found, expected = tuple(model.input_shape[1:]), f"{(size, size, 1)} is expected."
    look = "Is size passed on to `keras.Input`? Behind it stands a 1, for the channel."
    expect.that(found == (size, size, 1), f"For size {size} the model takes {found}.", expected, look)
    shape = np.shape(model.predict(np.ones((3, size, size, 1), np.float32)))
    look = "The probability to be hot is one number, so the last layer has one node."
    expect.that(
        shape == (3, 1), f"For 3 lattices the output has the shape {shape}.", "(3, 1) is expected.", look
    )
    is_logit = model.compiled is not None and model.compiled["from_logits"]
    look = 'Let the last layer have a sigmoid, and the loss be "binary_crossentropy".'
    expect.that(not is_logit, "The output is a logit, as the loss says.", "A probability is expected.", look)
    expect.classifier(model, "sigmoid", "binary_crossentropy")
    expect.accuracy_metric(model, ("accuracy", "acc", "binary_accuracy"))


def train_and_test(reference, model, lattices):
    """Train a network for 10 epochs; return its accuracy on lattices that it has not seen."""
    (spins, temperature), (new_spins, new_temperature) = lattices
    reference.train(model, spins, temperature > CRITICAL_TEMPERATURE, epochs=10)
    output = expect.array(model.predict(new_spins[..., np.newaxis].astype(np.float32)), (None, 1))
    found = f"The outputs go from {output.min():.2g} to {output.max():.2g}."
    is_share = output.min() >= 0 and output.max() <= 1
    expect.that(is_share, found, "Probabilities are expected, from 0 to 1.", "Is there a sigmoid at the end?")
    return float(np.mean((output[:, 0] > 0.5) == (new_temperature > CRITICAL_TEMPERATURE)))


@pytest.mark.task("1", points=2)
def test_order_is_the_magnitude_of_the_mean(submission, rng):
    """The order is the magnitude of the mean spin of each lattice."""
    for spins in draw_spins(rng):
        order = read_number(submission.order_parameters(spins), 0, len(spins))
        look = f"Take the absolute value of the mean spin, for each lattice by itself. {SMALL}"
        expect.close(order, abs(magnetization(spins)), look=look, what="The order is")


@pytest.mark.task("1", points=2)
def test_energy_counts_each_pair_once(submission, rng):
    """The energy per spin counts each pair of neighbours once, also across the edges."""
    for spins in draw_spins(rng):
        found = read_number(submission.order_parameters(spins), 1, len(spins))
        look = (
            "A lattice of N spins has 2N pairs of neighbours, those across the edges included; each counts once. "
            f"The energy of equal neighbours is negative. {SMALL}"
        )
        expect.close(found, energy(spins), look=look, what="The energy per spin is")


@pytest.mark.task("2", points=1)
def test_cut_knows_its_side(submission, rng):
    """Where the classes do not overlap, cut and side are right for all lattices, wherever the hot ones lie."""
    for hot_is_above, where in [(True, "above"), (False, "below")]:
        is_hot = rng.permutation(np.repeat([True, False], [40, 60]))
        values = rng.normal(0, 0.1, 100).clip(-0.4, 0.4) + np.where(is_hot == hot_is_above, 3, 2)
        cut, side = expect.values(submission.given("cut_accuracy").best_cut(values, is_hot), 2)
        cut = expect.number(cut, what="The cut is")
        is_bool = isinstance(side, (bool, np.bool_))
        expected = "True or False is expected: are hot lattices above?"
        expect.that(is_bool, f"The second value is {side!r}.", expected)
        scene = f"The hot lattices lie {where} 2.5, the others on the other side;"
        found, expected = f"{scene} hot_is_above is {bool(side)}.", f"{hot_is_above} is expected."
        look = "Try both sides, and cuts where the values are: here they lie from 1.6 to 3.4."
        expect.that(bool(side) == hot_is_above, found, expected, look)
        share = np.mean(((values > cut) == hot_is_above) == is_hot)
        found = f"{scene} the cut {cut:.3f} gets {share:.0%} right."
        look = "Is it looked for where the values are? They may have any size; here they lie from 1.6 to 3.4."
        expect.that(share == 1, found, "A cut between 2.4 and 2.6 gets all of them right.", look)


@pytest.mark.task("2", points=2)
def test_cut_gets_most_right(submission, rng):
    """Where the classes overlap, no other cut gets more than 1 % more of the lattices right."""
    for spread, n_hot in [(1.0, 700), (0.4, 200), (2.0, 1200)]:
        values = np.concatenate([rng.exponential(spread, n_hot), 1.5 + rng.normal(0, 0.3, 900)])
        is_hot, order = np.arange(len(values)) < n_hot, rng.permutation(len(values))
        values, is_hot = values[order], is_hot[order]
        cut, side = expect.values(submission.given("cut_accuracy").best_cut(values, is_hot), 2)
        cut = expect.number(cut, what="The cut is")
        share = np.mean(((values > cut) == bool(side)) == is_hot)
        rises = np.cumsum(np.where(is_hot[np.argsort(values)], 1, -1))
        most = (max(rises.max(), (-rises).max() + 2 * n_hot - len(is_hot)) + len(is_hot) - n_hot) / len(
            is_hot
        )
        expect.that(
            share >= most - 0.01,
            f"Of {len(is_hot)} lattices that overlap, the cut {cut:.3f}, hot_is_above={bool(side)}, gets {share:.1%} right.",
            f"The best one gets {most:.1%} of them right.",
            "Compare `cut_accuracy` for all cuts; neither the middle of two means nor the median is the best one. Whoever "
            "sorts the values has to sort is_hot in the same order.",
        )


@pytest.mark.task("2", points=1)
def test_logistic(submission, explain):
    """Why does a logistic regression on the spins learn so little?"""
    expect.answer(submission.value("ANSWERS"), "logistic", "c", LOGISTIC)
    explain(
        "A lattice with all spins turned round has the same phase, and the opposite sum of weight times spin. "
        "Trained on both, the weights are zero to the last digit. One |…| before the sigmoid, and it is a cut on |m|."
    )


@pytest.mark.task("3", points=1)
def test_dense_network_is_built(submission, dense):
    """The dense network takes lattices of any size, has hidden layers with activations, and is compiled."""
    check_network(dense, 16)
    *hidden, _ = dense.weight_layers
    kinds = [layer["class"] for layer in dense.weight_layers]
    expect.that(
        hidden and set(kinds) == {"Dense"},
        f"The layers with weights are {', '.join(kinds)}.",
        "Dense layers are expected, at least one of them hidden.",
    )
    expect.that(
        all(layer["activation"] for layer in hidden),
        "A hidden layer has no activation.",
        "Without one, all layers together are a logistic regression.",
    )
    check_new(submission.build_dense, "build_dense")


@pytest.mark.task("3", points=1)
def test_dense_network_learns(reference, dense, lattices, explain):
    """Trained on 4000 lattices for 10 epochs, the dense network gets 91 % of 4000 others right."""
    share = train_and_test(reference, dense, lattices)
    look = "Is there a hidden layer with an activation, a sigmoid at the end, and Adam with a rate of about 0.001?"
    expect.that(share >= 0.91, f"The network is right for {share:.1%}.", "At least 91 % are expected.", look)
    explain(f"It is right for {share:.1%} of the new lattices.")


def check_sight(model, rng):
    """Check that what a network returns depends on the places of the spins, and not only on their mean."""
    spins = np.repeat([-1.0, 1.0], 128)
    lattices = [spins, *(rng.permutation(spins) for _ in range(15))]
    output = model.predict(np.reshape(lattices, (16, 16, 16, 1)).astype(np.float32))
    look = "Where does the pooling stand? Behind it nothing is left of the places, so it comes after the last convolution."
    found = "16 lattices, each with half of its spins up, but in other places, all give the same output."
    expect.that(np.ptp(output) > 1e-6, found, "Different ones are expected.", look)


@pytest.mark.task("3", points=1)
def test_cnn_is_built(submission, cnn, rng):
    """The convolutional network takes lattices of any size, has a convolution, and is compiled."""
    check_network(cnn, 16)
    found = any("Conv2D" in layer["class"] for layer in cnn.weight_layers)
    expect.that(found, "There is no convolutional layer.", "At least one Conv2D is expected.")
    check_new(submission.build_cnn, "build_cnn")
    check_sight(cnn, rng)


@pytest.mark.task("3", points=1)
def test_cnn_has_few_parameters(submission, cnn):
    """The convolutional network has at most 2000 parameters, as many for every size."""
    counts = {16: cnn.n_parameters, 24: expect.model(submission.build_cnn(24)).n_parameters}
    found = "The network has " + " and ".join(f"{n} parameters for size {size}" for size, n in counts.items())
    look = "Which layer still has weights for each place? A global pooling leaves one number of each map."
    expect.that(counts[16] == counts[24], f"{found}.", "As many are expected for every size.", look)
    look = "Take fewer filters: a convolution has (filters before) × (filters) × 9 weights."
    expect.that(counts[16] <= 2000, f"{found}.", "At most 2000 are expected.", look)
    convolutions = [layer for layer in cnn.weight_layers if "Conv2D" in layer["class"]]
    expect.that(convolutions, "There is no convolutional layer.", "At least one Conv2D is expected.")


@pytest.mark.task("3", points=2)
def test_cnn_learns(reference, cnn, lattices, explain):
    """Trained on 4000 lattices for 10 epochs, the convolutional network gets 92 % of 4000 others right."""
    share = train_and_test(reference, cnn, lattices)
    look = (
        "Has the convolution an activation? The mean of a linear map knows no more than m, and its sign. Is the rate of "
        "Adam about 0.01? So few weights need large steps."
    )
    expect.that(share >= 0.92, f"The network is right for {share:.1%}.", "At least 92 % are expected.", look)
    explain(f"It is right for {share:.1%} of the new lattices.")


@pytest.mark.task("3", points=1)
def test_prediction_near_the_transition(submission, explain):
    """You have said how well the phases can be told apart near the transition."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "near", NEAR)
    explain(f"You expected {letter!r}: {NEAR[letter]}")


@pytest.mark.task("3", points=1)
def test_cnn_or_dense(submission, explain):
    """Why is the small convolutional network the better one?"""
    expect.answer(submission.value("ANSWERS"), "cnn", "a", CNN)
    explain(
        "What windows of 3 × 3 spins show, and a mean, is all that the energy needs (exercise 13), and the energy is all "
        "that a lattice says about its temperature. The dense network would have to learn it anew for each place."
    )


@pytest.mark.task("4", points=1)
def test_far_from_the_transition(submission, rng):
    """Far are the lattices colder than low and those hotter than high."""
    temperature = rng.uniform(1, 3.5, 200)
    for limits, expected in [
        ({}, (temperature < 1.8) | (temperature > 2.8)),
        ({"low": 1.3, "high": 2.1}, (temperature < 1.3) | (temperature > 2.1)),
    ]:
        mask = expect.array(submission.far_from_transition(temperature, **limits), (200,))
        expect.that(
            mask.dtype == bool, f"returned an array of type {mask.dtype}.", "True or False is expected."
        )
        wrong = mask != expected
        at = f"{temperature[wrong][0]:.2f}" if wrong.any() else ""
        expect.that(
            not wrong.any(),
            f"With {limits or 'low and high as they are'}, {wrong.sum()} of 200 lattices are wrong, such as the one at {at}.",
            f"{not mask[wrong][0] if wrong.any() else ''} is expected there.",
            "Both ends of the temperatures are far, the gap between low and high is not.",
        )


def draw_outputs(rng, centre, width=0.06):
    """Draw temperatures in any order, and outputs whose means lie on a logistic curve, but not their medians."""
    grid = np.linspace(1.9, 2.9, 21) + 0.013
    counts = 3 * rng.integers(1, 6, len(grid))
    means = 1 / (1 + np.exp(-(grid - centre) / width))
    spread = np.minimum(means, 1 - means) / 2
    parts = [
        np.tile(m + s * np.array([-1, -1, 2]), n // 3) for m, s, n in zip(means, spread, counts, strict=True)
    ]
    order = rng.permutation(counts.sum())
    return np.repeat(grid, counts)[order], np.concatenate(parts)[order]


@pytest.mark.task("4", points=2)
def test_crossing_of_a_curve(submission, rng):
    """The crossing is where the line through the mean outputs passes ½."""
    for centre in (2.05, 2.6):
        found = expect.number(submission.crossing(*draw_outputs(rng, centre)))
        expect.that(
            abs(found - centre) < 0.01,
            f"returned {found:.3f}.",
            f"The mean outputs pass 1/2 at {centre:.2f}.",
            "Average at each temperature, sort the temperatures, and go along the line between the two means beside 1/2.",
        )


@pytest.mark.task("4", points=1)
def test_a_curve_without_crossing_is_refused(submission, rng):
    """Where the mean output does not rise through ½, a ValueError is raised."""
    found = expect.number(submission.crossing(*draw_outputs(rng, 2.4)))
    expect.that(abs(found - 2.4) < 0.1, f"returned {found:.3f}.", "The mean outputs pass 1/2 at 2.40.")
    temperature, output = draw_outputs(rng, 2.4)
    curves = {"always below": 0.4 * output, "always above": 0.6 + 0.4 * output, "falling through": 1 - output}
    for name, values in curves.items():
        look = f"Here the means are {name} 1/2."
        expect.refused(lambda values=values: submission.crossing(temperature, values), "ValueError", look)


@pytest.mark.task("4", points=2)
def test_transition_of_another_magnet(submission, reference, rng, explain):
    """The transition of a magnet with another coupling is found within 6 %, without lattices near it."""
    low, high, t_c = 2.4, 3.9, COUPLING * CRITICAL_TEMPERATURE
    # Many are cold just below low, so that labels with a cut at 2.269 call them hot.
    t = np.concatenate([rng.uniform(1.0, 3.5, 2000), rng.uniform(1.53, 1.59, 300)])
    spins, _ = make_ising(len(t), size=16, temperatures=t, seed=rng)
    far = (COUPLING * t < low) | (COUPLING * t > high)
    # In the gap nothing is as it should be: whoever trains on it learns to take hot for cold.
    gap, hot_or_cold = rng.uniform([1.65, 2.4], [2.1, 2.58], (1000, 2)).ravel(), np.tile([3.5, 1.2], 1000)
    wrong, _ = make_ising(2000, size=16, temperatures=hot_or_cold, seed=rng)
    order = rng.permutation(far.sum() + 2000)
    training = np.concatenate([spins[far], wrong])[order], COUPLING * np.concatenate([t[far], gap])[order]
    scan_t = rng.permutation(np.repeat(np.linspace(1.9, 2.9, 21), 60))
    scan = make_ising(len(scan_t), size=16, temperatures=scan_t, seed=rng)[0], COUPLING * scan_t
    later = submission.given("far_from_transition", "crossing", "train", "predict")
    magnet = f"For a magnet whose transition is at {t_c:.2f}, with the gap from {low} to {high},"
    look = (
        "Train on lattices outside of the gap only, label those above high as hot, and scan with the other lattices. No "
        "temperature but low and high may decide: within the gap the lattices of the marks are wrong on purpose."
    )
    model = reference.build_dense(16)
    weights = model.get_weights()
    try:
        found = expect.number(later.measure_transition(model, training, scan, low=low, high=high))
    except MarkFailed as error:
        if not error.raised:
            raise
        expect.fail(
            f"{magnet} `measure_transition` raised {error.raised}: {error.text}",
            "A temperature is expected.",
            look,
        )
    has_moved = any(not np.array_equal(*pair) for pair in zip(weights, model.get_weights(), strict=True))
    text = f"{magnet} `measure_transition` returned {found:.3f}, but the network that it got has not been trained."
    expect.that(has_moved, text, "A measurement with this network is expected.", "Hand `model` to `train`.")
    is_near = abs(found / t_c - 1) < 0.06
    expect.that(
        is_near, f"{magnet} `measure_transition` returned {found:.3f}.", "At most 6 % off is expected.", look
    )
    explain(f"Its transition is at {t_c:.3f}. A dense network for 16 × 16 spins puts it at {found:.3f}.")


@pytest.mark.task("4", points=1)
def test_report(submission, explain):
    """You know what the report has shown."""
    expect.answer(submission.value("ANSWERS"), "report", "b", REPORT)
    explain("Ask of every result of a network: could it have come out otherwise? A label is an input, too.")


@pytest.fixture
def small_accuracy(submission, reference, small, lattices):
    """The accuracy of the small network on new lattices."""

    def measure():
        look = "A weight that is frozen, or a cut with a number of your own, learns nothing."
        text = f"Of the {small.n_parameters} parameters none is trainable."
        expect.that(small.n_trainable, text, "At least one is expected.", look)
        before = small.get_weights()
        share = train_and_test(reference, small, lattices)
        moved = any(not np.allclose(*pair) for pair in zip(before, small.get_weights(), strict=True))
        text = "The training leaves all parameters as they were."
        expect.that(moved, text, "At least one that moves is expected.", look)
        return share

    return submission.remember("accuracy", measure)


def check_small(small, share, most):
    """Check that a network is good enough, and small enough."""
    found = f"The network is right for {share:.1%} of the new lattices."
    look = "Repeat the training: is it as good from every start? Does a larger rate help? Else take one filter more."
    expect.that(share >= 0.93, found, "At least 93 % are expected.", look)
    found, expected = f"The network has {small.n_parameters} parameters.", f"At most {most} are expected."
    expect.that(small.n_parameters <= most, found, expected, "`summary()` of the model shows where they are.")


@pytest.mark.task("5", points=1)
def test_my_network_is_small(small, small_accuracy, leaderboard):
    """At most 500 parameters get 93 % of new lattices right."""
    if small_accuracy >= 0.93:
        leaderboard("parameters", small.n_parameters, best="low", baseline=BASELINE, limit=1)
    check_small(small, small_accuracy, 500)


@pytest.mark.task("5", points=1)
def test_my_network_is_tiny(small, small_accuracy, explain):
    """At most 50 parameters get 93 % of new lattices right."""
    check_small(small, small_accuracy, 50)
    explain(f"{small.n_parameters} parameters are right for {small_accuracy:.1%} of the new lattices.")
