"""Marks of exercise 10."""

import itertools

import numpy as np
import pytest

from dlp_keras.datasets import make_checkerboard
from dlp_keras.marking import expect
from dlp_keras.marking.client import MarkFailed

HISTORY = {  # the two losses are smallest in other epochs, and the accuracies say something else
    "loss": [0.7, 0.5, 0.375, 0.25, 0.125],
    "accuracy": [0.5, 0.75, 0.8, 0.9, 0.95],
    "val_loss": [0.75, 0.625, 0.5, 0.75, 1.0],
    "val_accuracy": [0.5, 0.7, 0.65, 0.6, 0.8],
}
FLOOR = {
    "a": "that is what can be known. But 1185 parameters also hold what cannot: the wrong labels, one by one.",
    "b": "that it reaches on the way, by some 300 epochs. Nothing stops it from learning the rest.",
    "c": "so it is: it has learned most of the wrong labels by heart, and they are of no use for new points.",
}
LOSS_ACCURACY = {
    "a": "both are right. The accuracy counts a point by its side only, the loss by how sure the output is.",
    "b": "loss and accuracy come from the same 300 points, and 0.40 has become 1.03: no scatter is so large.",
}
SIGN = {
    "a": "so they are at the start, all of them. Look at what grows at the ends of the histogram.",
    "c": "small weights are where the training begins. Steep steps around single points need large ones.",
}
TUNING = {
    "b": "a larger test set would flatter the winner less, but still: its score was chosen for being good.",
    "c": "no weight is fitted to it. You are: by looking at it, you choose the network that happens to suit it.",
}


def read_parts(found, count):
    """Return the parts of a split as pairs of arrays."""
    look = "Return a list with one pair (x, y) for each fraction."
    is_list = isinstance(found, (list, tuple)) and all(isinstance(pair, (list, tuple)) for pair in found)
    expect.that(is_list, "What `split` returned is no list of pairs.", look)
    expect.that(len(found) == count, f"returned {len(found)} parts.", f"{count} are expected.", look)
    pairs = [expect.values(pair, 2, look) for pair in found]
    return [
        (
            expect.array(x, (None, 3), what="The x of a part is"),
            expect.array(y, (None,), what="The y of a part is"),
        )
        for x, y in pairs
    ]


def make_samples(rng, n_samples):
    """Draw samples with three inputs, whose label is their number: it tells which one it is."""
    return rng.normal(size=(n_samples, 3)), np.arange(n_samples)


def check_refusal(function, name):
    """Check that a function raises the KeyError of a history without validation."""
    found = expect.number(function(HISTORY))
    expect.that(found != 0, f"With validation `{name}` returned 0.", "Another number is expected there.")
    history = {key: HISTORY[key] for key in ("loss", "accuracy")}
    expected = "A KeyError that names val_loss is expected: this history has no validation."
    try:
        function(history)
    except MarkFailed as error:
        expect.that("raised KeyError" in str(error) and "val_loss" in str(error), str(error), expected)
    else:
        expect.fail(f"`{name}` returned something.", expected)


def build_constant(hidden_units, learning_rate=0.01, calls=[]):  # noqa: B006
    """Build a network that learns nothing. Four of a size have the logits 0, −1, −2 and −5, times the first width."""
    import keras

    calls.append(hidden_units)
    logit = -[0, 1, 2, 5][calls.count(hidden_units) % 4] * hidden_units[0]
    head = keras.layers.Dense(1, "sigmoid", bias_initializer=keras.initializers.Constant(logit))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Rescaling(0.0), head])
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.task("1", points=2)
def test_split_keeps_each_sample_once(submission, rng):
    """Together the parts hold every sample once, with its own label"""
    for n_samples, fractions in [(103, (0.5, 0.3, 0.2)), (31, [0.75, 0.25])]:
        x, y = make_samples(rng, n_samples)
        parts = read_parts(submission.split(x, y, fractions, rng), len(fractions))
        numbers = np.concatenate([labels for _, labels in parts])
        missing, several = n_samples - len(set(numbers)), len(numbers) - len(set(numbers))
        found = f"Of {n_samples} samples {missing} are in no part, and {several} are there more than once."
        expect.that(
            missing == several == 0, found, "Each must be in one part.", "Cut one order of all samples."
        )
        for inputs, labels in parts:
            expect.that(
                len(inputs) == len(labels),
                f"A part has {len(inputs)} rows of x and {len(labels)} labels.",
                "As many are expected.",
            )
            look = "Take x and y by the same numbers."
            expect.close(inputs, x[labels.astype(int)], look=look, what="The x of a part, beside its y, is")


@pytest.mark.task("1", points=1)
def test_split_has_these_sizes(submission, rng):
    """The sizes of the parts are those of the fractions."""
    for n_samples, fractions in [(103, (0.5, 0.3, 0.2)), (1000, (0.2, 0.7, 0.1)), (10, (0.25, 0.75))]:
        parts = read_parts(submission.split(*make_samples(rng, n_samples), fractions, rng), len(fractions))
        sizes = [len(labels) for _, labels in parts]
        n_different = len(set(np.concatenate([labels for _, labels in parts])))
        expect.that(
            n_different > 1, "All samples in the parts have the same label.", "Each has its own here."
        )
        wanted = [fraction * n_samples for fraction in fractions]
        is_right = all(abs(size - want) <= 1 for size, want in zip(sizes, wanted, strict=True))
        found = f"{n_samples} samples in the fractions {fractions} make parts of {sizes}."
        expect.that(
            is_right and sum(sizes) == n_samples,
            found,
            f"About {[round(want, 1) for want in wanted]} are expected, and all samples in one of them.",
        )


@pytest.mark.task("1", points=1)
def test_split_mixes_what_is_sorted(submission, rng):
    """Sorted data are mixed in every part."""
    y = np.repeat([0, 1], 500)
    parts = read_parts(submission.split(rng.normal(size=(1000, 3)), y, (0.6, 0.2, 0.2), rng), 3)
    shares = [labels.mean() if len(labels) else 0 for _, labels in parts]
    expect.that(
        all(abs(share - 0.5) < 0.18 for share in shares),
        f"The labels were sorted, half of them 1. In the parts the share of 1 is {[f'{s:.2f}' for s in shares]}.",
        "About one half is expected in each.",
        "Shuffle before you cut.",
    )


@pytest.mark.task("1", points=1)
def test_split_depends_on_the_generator(submission, rng):
    """The same state of the generator gives the same parts, another one others."""
    x, y = make_samples(rng, 100)
    first, again, other = (
        read_parts(submission.split(x, y, (0.5, 0.5), np.random.default_rng(seed)), 2)[0][1]
        for seed in (3, 3, 4)
    )
    look = "Draw the order from `rng`, and from nothing else."
    is_same = np.array_equal(first, again)
    expect.that(is_same, "The same generator gave other parts.", "The same ones are expected.", look)
    is_other = set(first) != set(other)
    expect.that(is_other, "Two generators gave the same parts.", "Others are expected.", look)


@pytest.mark.task("2", points=1)
@pytest.mark.parametrize("hidden_units", [(3,), (5, 4, 2)], ids=["3", "5, 4, 2"])
def test_model_has_these_layers(submission, hidden_units):
    """The hidden layers are those asked for, with ReLU"""
    model = expect.model(submission.build_model(hidden_units))
    found = [(layer["class"], layer.get("units"), layer["activation"]) for layer in model.weight_layers[:-1]]
    wanted = [("Dense", units, "relu") for units in hidden_units]
    expect.that(
        found == wanted,
        f"The hidden layers are {found or 'missing'}.",
        f"Expected before the output: {wanted}.",
    )
    sizes = [2, *hidden_units, 1]
    n_parameters = sum((n + 1) * m for n, m in itertools.pairwise(sizes))
    expect.that(
        model.n_parameters == n_parameters,
        f"The model has {model.n_parameters} parameters.",
        f"Layers of the sizes {sizes}, one after another and with biases, have {n_parameters}.",
    )


@pytest.mark.task("2", points=1)
def test_model_returns_a_probability_and_learns(submission, rng):
    """The output is a probability, and the model is compiled for it, with Adam at this rate."""
    for options, wanted in [({}, 0.01), ({"learning_rate": 0.003}, 0.003)]:
        model = expect.model(submission.build_model((4,), **options))
        outputs = expect.array(
            model.predict(rng.normal(0, 30, (50, 2))), (50, 1), "One output for each point."
        )
        found = f"The outputs lie between {outputs.min():.3g} and {outputs.max():.3g}."
        is_probability = outputs.min() >= 0 and outputs.max() <= 1
        expect.that(is_probability, found, "Probabilities are expected.", "End in a sigmoid.")
        activation = model.weight_layers[-1]["activation"]
        expect.that(
            activation == "sigmoid", f"The last activation is {activation}.", "A sigmoid is expected."
        )
        expect.classifier(model, "sigmoid", "binary_crossentropy")
        expect.accuracy_metric(model)
        optimizer, rate = model.compiled["optimizer"], model.compiled["learning_rate"]
        found = f"`build_model((4,), {options})` is compiled with {optimizer} at the rate {rate:.2g}."
        is_right = optimizer.startswith("Adam") and np.isclose(rate, wanted, rtol=1e-3)
        expect.that(is_right, found, f"Adam at {wanted} is expected.", "Is learning_rate passed on?")


@pytest.mark.task("2", points=1)
def test_prediction_of_the_floor(submission, explain):
    """You have said what a large network makes of wrong labels."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "floor", FLOOR)
    explain(f"You expected {letter!r}: {FLOOR[letter]}")


@pytest.mark.task("3", points=2)
def test_gap_is_that_of_the_last_epoch(submission):
    """The gap is the last validation loss minus the last training loss."""
    look = "Take `val_loss` minus `loss`, the last entry of each."
    found = submission.generalization_gap(HISTORY)
    expect.close(found, 0.875, look=look)
    shorter = {name: values[:2] for name, values in HISTORY.items()}
    expect.close(submission.generalization_gap(shorter), 0.125, look=look)
    better = {"loss": [0.75, 0.5], "val_loss": [0.5, 0.375]}
    expect.close(submission.generalization_gap(better), -0.125, look=f"{look} A gap may be negative.")


@pytest.mark.task("3", points=1)
def test_epoch_has_the_smallest_validation_loss(submission):
    """The epoch is that of the smallest validation loss, counted from 1."""
    look = "Counted from 1, the smallest entry of `val_loss` is in this epoch."
    expect.close(submission.overtraining_epoch(HISTORY), 3, look=look)
    rising = {"loss": [0.7, 0.4, 0.2, 0.1], "val_loss": [0.5, 0.6, 0.8, 0.9]}
    expect.close(submission.overtraining_epoch(rising), 1, look=look)
    falling = {"loss": [0.7, 0.4, 0.45], "val_loss": [0.9, 0.8, 0.6]}
    expect.close(submission.overtraining_epoch(falling), 3, look=look)
    slow = {"loss": [0.7, 0.4, 0.3], "val_loss": [0.5, 0.4001, 0.4]}
    expect.close(submission.overtraining_epoch(slow), 3, look=f"{look} The last two differ by 0.0001.")


@pytest.mark.task("3", points=1)
def test_the_first_of_several_epochs_counts(submission):
    """Of several epochs with the same smallest loss the first one counts."""
    tie = {"loss": [0.7, 0.5, 0.3, 0.2, 0.1], "val_loss": [0.7, 0.4, 0.5, 0.4, 0.6]}
    look = "The validation loss is smallest in the epochs 2 and 4: return the first of them."
    expect.close(submission.overtraining_epoch(tie), 2, look=look)


@pytest.mark.task("3", points=1)
def test_a_history_without_validation_is_refused(submission):
    """Without validation both functions raise a KeyError that names val_loss."""
    check_refusal(submission.generalization_gap, "generalization_gap")
    check_refusal(submission.overtraining_epoch, "overtraining_epoch")


@pytest.mark.task("3", points=1)
def test_loss_and_accuracy(submission, explain):
    """Why does the loss rise so much more than the accuracy falls?"""
    expect.answer(submission.value("ANSWERS"), "loss_accuracy", "c", LOSS_ACCURACY)
    explain(
        "An error at the output 0.6 adds 0.9 to the sum of the losses, and one at 0.999 adds 6.9. To the accuracy both "
        "are one error."
    )


@pytest.fixture
def constant_gaps(submission, rng):
    """Mean gaps and standard errors of networks that learn nothing, whose gaps are known exactly."""

    def measure():
        later = submission.given("train", "generalization_gap", build_model=build_constant)
        training = rng.normal(size=(50, 2)), rng.permutation(np.repeat([0, 1], [40, 10]))
        validation = rng.normal(size=(80, 2)), rng.permutation(np.repeat([0, 1], [32, 48]))
        found = later.compare([(1, 3), (2,)], training, validation, n_starts=4, epochs=2)
        expected = "A dictionary with the keys (1, 3) and (2,), the sizes, is expected."
        expect.that(
            isinstance(found, dict) and set(found) == {(1, 3), (2,)}, f"returned {found!r}.", expected
        )
        look = "For each size: mean, standard error."
        return [expect.values(found[hidden_units], 2, look) for hidden_units in [(1, 3), (2,)]]

    return lambda: submission.remember("constant", measure)


@pytest.mark.task("4", points=1)
def test_mean_gap_of_new_networks(constant_gaps):
    """The mean runs over the gaps of new networks, all starts of one size."""
    look = (
        "Is `build_model` called with each of the sizes, once for each start? Average `generalization_gap`."
    )
    for (mean, _), expected in zip(constant_gaps(), (0.8, 1.6), strict=True):
        expect.close(
            mean,
            expected,
            rtol=1e-3,
            look=look,
            what="With four networks whose gaps are known, the mean gap is",
        )


@pytest.mark.task("4", points=1)
def test_standard_error_of_the_mean(constant_gaps):
    """The standard error is the standard deviation of the gaps over the root of the number of starts."""
    gaps = 0.4 * np.array([0, 1, 2, 5])
    for (_, error), scale in zip(constant_gaps(), (1, 2), strict=True):
        error = expect.number(error, what="The standard error is")
        allowed = [scale * gaps.std(ddof=ddof) / 2 for ddof in (1, 0)]
        expect.that(
            np.isclose(error, allowed, rtol=1e-3).any(),
            f"With four networks whose gaps are {np.round(scale * gaps, 1).tolist()}, the standard error is {error:.3f}.",
            f"{allowed[0]:.3f} is expected.",
            "The standard deviation of the gaps, over √4. Is each start a new network?",
        )


@pytest.mark.task("4", points=2)
def test_large_networks_have_a_large_gap(submission, reference, rng):
    """A large network has a large gap after 300 epochs, and none after 3."""
    training, validation = (make_checkerboard(n, noise=0.5, seed=rng) for n in (200, 300))
    later, gaps = submission.given("build_model", "train", "generalization_gap"), {}
    for name, functions, epochs in [("marks", reference, 300), ("yours", later, 300), ("short", later, 3)]:
        found = functions.compare([(32, 32)], training, validation, n_starts=3, epochs=epochs)
        is_dict = isinstance(found, dict) and set(found) == {(32, 32)}
        expect.that(is_dict, f"returned {found!r}.", "A dictionary with the key (32, 32) is expected.")
        gaps[name] = expect.number(expect.values(found[32, 32], 2)[0], what="The mean gap is")
    trained = "With three networks (32, 32), 200 noisy training points and 300 for validation,"
    expect.that(
        0.5 < gaps["yours"] / gaps["marks"] < 2,
        f"{trained} the mean gap after 300 epochs is {gaps['yours']:.2f}.",
        f"About {gaps['marks']:.2f} is expected: so it is for the networks of the marks, on the same points.",
        "Are all networks trained for all epochs, on the training points only?",
    )
    expect.that(
        gaps["short"] < gaps["marks"] / 2,
        f"{trained} the mean gap after 3 epochs is {gaps['short']:.2f}.",
        "It is about 0 or less: nothing is overtrained yet.",
        "Are the epochs passed on?",
    )


@pytest.mark.task("4", points=1)
def test_sign(submission, explain):
    """Which weights are a sign of overtraining?"""
    expect.answer(submission.value("ANSWERS"), "sign", "b", SIGN)
    explain(
        "A step that is steep enough to fence in a single point needs large weights. Penalties act on this."
    )


def known_share(noise):
    """Return the share of labels that agree with the square: not exactly one of two coordinates has changed sign."""
    reach = 5 * noise  # the largest shift; a coordinate has a magnitude from 0.3 to 5.3
    magnitude = np.linspace(0.3, 5.3, 100_001)
    crosses = np.clip((reach - magnitude) / (2 * max(reach, 1e-9)), 0, None).mean()
    return 1 - 2 * crosses * (1 - crosses)


@pytest.mark.task("5", points=2)
def test_best_accuracy_with_noise(submission):
    """No model can be right more often than this."""
    look = "Compare labels with the squares, x1 x2 > 0. Two coordinates that both cross change nothing."
    for noise in (0.5, 0.35, 0.25):
        found = submission.best_accuracy(noise)
        expect.close(found, known_share(noise), rtol=0, atol=0.006, look=look)


@pytest.mark.task("5", points=1)
def test_best_accuracy_with_little_noise(submission):
    """With little noise more can be known, and all where no shift reaches an axis."""
    look = "All points are at least 0.3 away from the axes, and no shift is larger than 5 times the noise."
    for noise in (0.15, 0.03, 0.0):
        found = submission.best_accuracy(noise)
        expect.close(found, known_share(noise), rtol=0, atol=0.006, look=look)


@pytest.fixture
def new_loss(submission, rng):
    """The cross-entropy of the network of the challenge on new points; it is trained once."""

    def measure():
        # The colours are exchanged, so that a network that has learned from other points is wrong everywhere.
        (x_training, y_training), (x, y) = (make_checkerboard(n, noise=0.5, seed=rng) for n in (200, 3000))
        training, y = (x_training, 1 - y_training), 1 - y
        given = submission.given("split", "build_model", "train", "generalization_gap", "overtraining_epoch")
        model = expect.model(given.my_network(*training))
        has_dropout = any("Dropout" in layer["class"] for layer in model.layers)
        has_penalty = any("kernel_regularizer" in layer for layer in model.layers)
        expect.that(
            not has_dropout and not has_penalty,
            f"The network has {'dropout' if has_dropout else 'a penalty'}.",
            "Neither is allowed here: choose size and epochs. Exercise 11 has both.",
        )
        outputs = expect.array(model.predict(x), (3000, 1), "One probability for each point.")
        is_probability = outputs.min() >= 0 and outputs.max() <= 1
        expect.that(
            is_probability,
            f"The outputs reach from {outputs.min():.2f} to {outputs.max():.2f}.",
            "Probabilities.",
        )
        probability = np.clip(outputs[:, 0].astype(float), 1e-7, 1 - 1e-7)
        return float(-np.mean(np.log(np.where(y == 1, probability, 1 - probability))))

    return lambda: submission.remember("challenge", measure)


@pytest.mark.task("5", points=1)
def test_my_network_beats_the_baseline(new_loss, leaderboard):
    """Your network has a cross-entropy below 0.50 on 3000 new points."""
    loss = new_loss()
    leaderboard("test cross-entropy", loss, best="low", baseline=0.85, limit=0.353)
    found = f"Trained on 200 other points, your network has the cross-entropy {loss:.3f} on new ones."
    look = "Is it too small or too large, or trained for too short or too long? An output that knows nothing has 0.693."
    expect.that(loss < 0.50, found, "Less than 0.50 is expected.", look)


@pytest.mark.task("5", points=1)
def test_my_network_comes_near_the_floor(new_loss):
    """Your network has a cross-entropy below 0.47 on 3000 new points."""
    loss = new_loss()
    found = f"Trained on 200 other points, your network has the cross-entropy {loss:.3f} on new ones."
    expect.that(loss < 0.47, found, "Less than 0.47 is expected; the floor is 0.353.")


@pytest.mark.task("5", points=1)
def test_tuning(submission, explain):
    """Why must the test set not choose the network?"""
    expect.answer(submission.value("ANSWERS"), "tuning", "a", TUNING)
    explain(
        "The same is true of the validation set, whose best score flatters the winner. Hence the third set."
    )
