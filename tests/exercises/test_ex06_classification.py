"""Marks of exercise 6."""

import math

import numpy as np
import pytest

from dlp_keras.marking import expect

LOSS_UP = {
    "a": "the loss also asks how sure the wrong answers were: from step 110 on it grows from 1.04 to 1.40, and the "
    "accuracy from 0.49 to 0.56.",
    "b": "so it is: after 4000 steps one measurement in seven is wrong with a stated probability above 0.9. These "
    "make nearly half of the loss.",
    "c": "both curves are smooth and go up together, from step 110 to the end: the loss from 1.04 to 1.40, the "
    "accuracy from 0.49 to 0.56.",
}
MSE = {
    "a": "it is as smooth as the probabilities are: the third panel of the first picture shows its derivative.",
    "c": "both need to know which class is right, and both can be written with one-hot labels: the cross-entropy is "
    "−Σ y ln p. That is no difference.",
}
CONVERT = {
    "a": "cut into bins, 1.0 to 1.2, 1.2 to 1.4 and so on, it is a classification. What is lost by that?",
    "b": "its pull at confident errors is strong, but blind: in the example of the hint one bin off and six bins off "
    "cost the same, 8.003.",
}


def make_logits(rng, *shape):
    return rng.normal(0, 2, shape)


def make_whole_logits(rng, *shape):
    return np.round(make_logits(rng, *shape)).astype(int)


def true_probabilities(logits):
    """Return 1/Σ_j exp(z_j − z_k), one logit after the other."""
    return np.apply_along_axis(
        lambda row: [1 / sum(math.exp(z - own) for z in row) for own in row], -1, logits
    )


def true_loss(logits, labels):
    """Return the mean of ln Σ_j exp(z_j) − z_y."""
    logits = np.asarray(logits, float)
    return np.mean(np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels])


def finite_differences(function, parameter, step=1e-5):
    """Differentiate a function of an array with centred differences."""
    derivative = np.zeros(parameter.shape)
    for index in np.ndindex(parameter.shape):
        shift = np.zeros(parameter.shape)
        shift[index] = step
        derivative[index] = (function(parameter + shift) - function(parameter - shift)) / (2 * step)
    return derivative


def draw_labels(rng, logits):
    """Draw each label with the probabilities of softmax: the largest logit after Gumbel noise."""
    return (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)


def true_temperature(logits, labels):
    """Return where the slope of the loss against β = 1/T, which only rises, passes through 0."""
    low, high = 0.05, 20.0
    own = logits[np.arange(len(labels)), labels]
    for _ in range(60):
        beta = (low + high) / 2
        weights = np.exp(beta * (logits - logits.max(axis=1, keepdims=True)))
        slope = np.mean((weights * logits).sum(axis=1) / weights.sum(axis=1) - own)
        low, high = (low, beta) if slope > 0 else (beta, high)
    return 1 / low


def no_warning(submission, look):
    """Lose the mark if the last call caused a warning."""
    expect.that(
        not submission.warnings,
        f"Python warned: {'; '.join(submission.warnings)}.",
        "No warning is expected.",
        look,
    )


def accepts_classes(submission):
    """Lose the mark if labels that are classes do not become vectors."""
    look = "The labels are 0, 2 and 1: all of them are classes."
    expect.close(submission.one_hot(np.array([0, 2, 1]), 3), np.eye(3)[[0, 2, 1]], look=look)


def refusal(submission, label):
    """Return what the ValueError says that a label among good ones raises."""
    look = f"Of 3 classes, {label} is none: check the labels before they are used."
    return expect.refused(lambda: submission.one_hot(np.array([0, 2, label, 1]), 3), "ValueError", look)


def check_temperature(submission, rng, low, high):
    """Ask for a temperature between two values, where none is within 2 % on a coarse grid."""
    logits = make_logits(rng, 1000, 4)
    labels = draw_labels(rng, logits)
    wrong = rng.choice(
        1000, 100, replace=False
    )  # so that other measures of "too sure" find another temperature
    labels[wrong] = rng.integers(4, size=100)
    expected = rng.uniform(low, high)
    factor = expected / true_temperature(logits, labels)
    later = submission.given("one_hot", "softmax", "cross_entropy")
    look = (
        f"The logits are {factor:.3g} times those that the labels were drawn with. Divide by T, search from 0.1 "
        "to 10 to within 2 %, and return the T of the smallest loss."
    )
    found = later.best_temperature(factor * logits, labels)
    expect.close(found, expected, rtol=0.025, look=look)


@pytest.mark.task("1", points=2)
def test_one_hot_has_a_one_in_the_column_of_the_label(submission, rng):
    """Each label becomes a row with a 1 in its column, and every class has a column."""
    for n_samples, n_classes, n_seen in [(5, 3, 3), (1, 4, 4), (6, 5, 4)]:
        labels = rng.integers(n_seen, size=n_samples)
        expected = [[float(column == label) for column in range(n_classes)] for label in labels]
        look = f"The labels are {labels.tolist()}. Each of the {n_classes} classes has a column, also without a sample."
        expect.close(submission.one_hot(labels, n_classes), expected, look=look)


@pytest.mark.task("1", points=1)
def test_labels_that_are_no_class_are_refused(submission):
    """The labels -1, 3 and 1.5 of three classes raise a ValueError, the labels 0 to 2 do not."""
    accepts_classes(submission)
    for label in (-1, 3, 1.5):
        refusal(submission, label)


@pytest.mark.task("1", points=1)
def test_the_error_names_the_label(submission):
    """The error says which label is no class, and names no other."""
    accepts_classes(submission)
    for label in (40961, -52077):
        labels = np.array([617, label, 483])
        look = f"Of 1000 classes, {label} is none."
        message = expect.refused(lambda: submission.one_hot(labels, 1000), "ValueError", look)  # noqa: B023
        found = f"The ValueError for the label {label} does not say which label is wrong."
        look = "Put the label into the message: then it can be found."
        expect.that(str(abs(label)) in message, found, look)
        found = f"Of the labels 617, {label} and 483 of 1000 classes, the ValueError names good ones as well."
        expect.that("617" not in message and "483" not in message, found, look)


@pytest.mark.task("2", points=2)
def test_softmax_gives_probabilities_along_the_last_axis(submission, rng):
    """The probabilities of each sample add up to 1, in the ratios of exp(z)."""
    for make, shape in [
        (make_logits, (4, 3)),
        (make_logits, (1, 10)),
        (make_whole_logits, (7, 2)),
        (make_logits, (5,)),
        (make_logits, (2, 3, 4)),
    ]:
        logits = make(rng, *shape)
        where = f"The logits are {'whole' if logits.dtype.kind == 'i' else 'real'} numbers here."
        found = expect.array(submission.softmax(logits), shape, where)
        look = f"The probabilities of a sample, along the last axis, add up to 1. {where}"
        expect.close(
            found.sum(axis=-1), np.ones(shape[:-1]), look=look, what="The sums over the last axis are"
        )
        look = (
            f"Each is exp(z_k), divided by the sum of exp(z_j) over all classes of the same sample. {where}"
        )
        expect.close(found, true_probabilities(logits), look=look)


@pytest.mark.task("2", points=1)
def test_a_common_shift_changes_nothing(submission, rng):
    """Adding the same number to all logits changes no probability."""
    logits = rng.integers(-8, 9, (4, 3)) / 4
    expected = expect.array(submission.softmax(logits), (4, 3))
    expect.that(np.ptp(expected) > 0, "All probabilities are the same.", "They depend on the logits.")
    for shift in (1000, -1000):
        look = f"The logits are those of an earlier call, plus {shift}, and only their differences count."
        expect.close(submission.softmax(logits + shift), expected, look=look)


@pytest.mark.task("2", points=1)
def test_large_logits_do_not_overflow(submission):
    """Samples with logits from -1000 to 1000 get their probabilities without a warning."""
    logits = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1001.0, -1002.0]])
    look = "Each row needs a zero of energy of its own."
    found = expect.array(submission.softmax(logits), (2, 3), look)
    no_warning(submission, look)
    expected = [[1, 0, 0], true_probabilities(np.array([0.0, -1.0, -2.0]))]
    look = "Only differences within a row count: the second one is as good as (0, -1, -2)."
    expect.close(found, expected, look=look)


@pytest.mark.task("3", points=2)
def test_loss_is_the_mean_of_minus_ln_p(submission, rng):
    """The loss is the mean of −ln p of the labels."""
    later = submission.given("one_hot", "softmax")
    for make, n_samples, n_classes in [(make_logits, 5, 3), (make_logits, 1, 4), (make_whole_logits, 7, 2)]:
        logits, labels = make(rng, n_samples, n_classes), rng.integers(n_classes, size=n_samples)
        rows = zip(true_probabilities(logits), labels, strict=True)
        costs = [-math.log(row[label]) for row, label in rows]
        look = f"The labels are {labels.tolist()}, and −ln p of the samples is {np.round(costs, 4).tolist()}."
        expected = math.fsum(costs) / n_samples
        expect.close(later.cross_entropy(logits, labels), expected, look=look)


@pytest.mark.task("3", points=1)
def test_equal_logits_cost_ln_k(submission, rng):
    """A classifier that knows nothing has the loss ln K, for any number of samples."""
    later = submission.given("one_hot", "softmax")
    logits = np.repeat([[2.0], [0.0], [-1000.0], [500.0]], 10, axis=1)
    found = later.cross_entropy(logits, rng.integers(10, size=4))
    look = (
        "The ten logits of a sample are all 2, 0, -1000 or 500: they are equal, and each class has p = 1/10."
    )
    expect.close(found, math.log(10), look=look)
    found = later.cross_entropy(np.zeros((1100, 2)), rng.integers(2, size=1100))
    look = "These are 1100 coin tosses: every label has p = 1/2, and the product of all p is 0.0 in the computer."
    expect.close(found, math.log(2), look=look)


@pytest.mark.task("3", points=1)
def test_confident_errors_are_exact(submission):
    """A logit that lies 1000 below the largest one costs 1000, and nothing overflows."""
    later = submission.given("one_hot", "softmax")
    for logits, label, expected in [([1000.0, 0.0], 1, 1000.0), ([0.0, 1000.0, -1000.0], 2, 2000.0)]:
        look = f"The probability of the label is 0.0 in the computer; its exact logarithm is {-expected:g}."
        expect.close(later.cross_entropy(np.array([logits]), np.array([label])), expected, look=look)
        no_warning(submission, look)


@pytest.mark.task("3", points=2)
def test_gradient_agrees_with_finite_differences(submission, rng):
    """The gradient agrees with finite differences of the loss."""
    later = submission.given("one_hot", "softmax", "cross_entropy")
    for make, n_samples, n_classes in [(make_logits, 5, 3), (make_logits, 1, 4), (make_whole_logits, 7, 2)]:
        logits, labels = make(rng, n_samples, n_classes), rng.integers(n_classes, size=n_samples)
        expected = finite_differences(lambda z, y=labels: true_loss(z, y), logits)
        look = (
            f"There are {n_samples} samples with the labels {labels.tolist()}. Check the sign at the label, and that "
            "the loss is a mean over the samples."
        )
        found = later.cross_entropy_gradient(logits, labels)
        expect.close(found, expected, rtol=1e-5, atol=1e-7, look=look)


@pytest.mark.task("3", points=1)
def test_gradient_of_confident_errors(submission):
    """For logits of ±1000 the gradient pulls at the right logit and at the largest one, without overflow."""
    logits, labels = np.array([[1000.0, 0.0, -1000.0], [0.0, -1000.0, 1000.0]]), np.array([1, 2])
    look = "The first sample is wrong, the second right: p is 1 for the largest logit, else 0."
    later = submission.given("one_hot", "softmax", "cross_entropy")
    found = expect.array(later.cross_entropy_gradient(logits, labels), (2, 3), look)
    no_warning(submission, look)
    expect.that(found.any(), "returned zeros only.", "The loss of the first sample is 1000.", look)
    what = "Divided by its largest entry, the gradient is"
    expect.close(found / np.abs(found).max(), [[1, -1, 0], [0, 0, 0]], atol=1e-6, look=look, what=what)


@pytest.mark.task("4", points=1)
def test_accuracy_is_a_share(submission):
    """The accuracy is the share of right answers, from 0 to 1."""
    logits = 5 * np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]])
    for labels, expected in [([0, 1, 2, 2, 1], 0.6), ([0, 1, 2, 1, 0], 1.0), ([2, 0, 1, 2, 1], 0.0)]:
        look = f"The largest logits are those of the classes 0, 1, 2, 1, 0, and the labels are {labels}."
        expect.close(submission.given("softmax").accuracy(logits, np.array(labels)), expected, look=look)


@pytest.mark.task("4", points=1)
def test_the_largest_logit_decides(submission, rng):
    """The largest logit decides, also if it is negative and its probability below one half."""
    logits = rng.permuted(np.tile([-3.0, -2.5, -2.0, -1.5], (10, 1)), axis=1)
    labels = logits.argmax(axis=1)
    labels[:3] = (labels[:3] + 1) % 4
    for shift in (0, 1000, -1000):
        low, high = shift - 3.0, shift - 1.5
        look = f"All logits lie between {low} and {high}, and 7 of 10 labels have the largest logit."
        expect.close(submission.given("softmax").accuracy(logits + shift, labels), 0.7, look=look)


@pytest.mark.task("4", points=1)
def test_sigmoid_of_the_binary_logit_is_p(submission, rng):
    """The sigmoid of the one logit is the softmax probability of class 1."""
    for n_samples in (1, 6):
        logits = make_logits(rng, n_samples, 2)
        expected = [math.log(p_1 / p_0) for p_0, p_1 in true_probabilities(logits)]
        look = "σ(z) = p_1 means z = ln(p_1/p_0), one number for each sample."
        found = submission.given("softmax").to_binary(logits)
        expect.close(found, expected, atol=1e-6, look=look)


@pytest.mark.task("4", points=1)
def test_the_binary_logit_is_exact(submission):
    """The one logit is exact for large logits, whose probabilities are 0 and 1."""
    look = "The two logits of the samples are (1000, 0) and (-1000, 1000). Is p needed at all?"
    found = submission.given("softmax").to_binary(np.array([[1000.0, 0.0], [-1000.0, 1000.0]]))
    expect.close(found, [-1000.0, 2000.0], look=look)
    no_warning(submission, look)


@pytest.mark.task("5", points=1)
def test_an_overconfident_classifier_is_heated(submission, rng):
    """Logits that are too large get a temperature above 1."""
    check_temperature(submission, rng, 3.35, 3.4)
    check_temperature(submission, rng, 6.15, 6.35)


@pytest.mark.task("5", points=1)
def test_a_cautious_classifier_is_cooled(submission, rng):
    """Logits that are too small get a temperature below 1."""
    check_temperature(submission, rng, 0.37, 0.38)
    check_temperature(submission, rng, 0.137, 0.143)


@pytest.mark.task("5", points=1)
def test_prediction_of_the_loss(submission, explain):
    """You have said whether loss and accuracy can grow together."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "loss_up", LOSS_UP)
    explain(f"You expected {letter!r}: {LOSS_UP[letter]}")


@pytest.mark.task("5", points=1)
def test_mse(submission, explain):
    """Why is a squared error a poor loss for a classifier?"""
    expect.answer(submission.value("ANSWERS"), "mse", "b", MSE)
    explain(
        "With two classes and p = 0.01 for the right one its gradient is 50 times smaller than that of the "
        "cross-entropy: 2p(1 − p)² against 1 − p."
    )


@pytest.mark.task("5", points=1)
def test_convert(submission, explain):
    """What becomes of a regression that is turned into a classification?"""
    expect.answer(submission.value("ANSWERS"), "convert", "c", CONVERT)
    explain(
        "One bin off and six bins off cost the same, 8.003 in the example of the hint. The network has to learn the "
        "order of the bins from the data."
    )
