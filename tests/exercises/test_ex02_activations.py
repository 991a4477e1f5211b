"""Marks of exercise 2."""

import math

import numpy as np
import pytest

from dlp_keras.marking import expect

BEND = {
    "a": "so it is. Two linear layers in a row are one linear layer; `collapse` computes it.",
    "b": "x is never multiplied by itself: W₂ multiplies what W₁ x + b₁ gives, and x stays at its first "
    "power. It is a straight line.",
    "c": "only an activation such as ReLU makes kinks. With nothing between the layers it is straight.",
}
NICE = {
    "a": "where an idea comes from says little about how it works. The slope of the sigmoid is 1/4 at most, "
    "so ten layers leave at most (1/4)¹⁰ ≈ 1e-6 of a gradient.",
    "b": "negative values help, and near z = 0 tanh passes the gradient on. But like the sigmoid it is flat "
    "further out: its slope at z = 2 is 0.07, and ten layers leave 3e-12 there.",
}
STACK = {
    "a": "parameters alone are no freedom: `collapse` turns any two of these layers into one, and in the end "
    "8 of the 91 502 parameters are left.",
    "c": "training finds the best that a model can represent. This one represents W x + b and nothing else.",
}
# Tolerances leave room for float32.
VALUES = {"rtol": 1e-5, "atol": 1e-7}
SLOPES = {"rtol": 1e-5, "atol": 1e-6}
FAR_OUT = np.array([-1000.0, -30.0, 0.0, 30.0, 1000.0])


def true_relu(x):
    return x if x > 0 else 0.0


def true_sigmoid(x):
    return 1 / (1 + math.exp(-x))


def slope(function, x, step=1e-5):
    return (function(x + step) - function(x - step)) / (2 * step)


def apply(function, x):
    """Apply a function of a single number to all numbers of an array."""
    return np.array([function(float(value)) for value in np.ravel(x)]).reshape(np.shape(x))


def both_signs(rng, size):
    """Draw negative and positive numbers with absolute values from 0.01 to 4, in ascending order."""
    signs = np.where(np.arange(size) % 2, 1, -1)
    return np.sort(signs * rng.uniform(0.01, 4, size))


def check_elementwise(found, true, rng, look, **tolerances):
    """Compare a student's function with the true one for floats, integers, numbers and three dimensions."""
    inputs = [both_signs(rng, 5), np.array([-3, -1, 1, 2]), 1.5, -2, both_signs(rng, 24).reshape(2, 3, 4)]
    for x in inputs:
        expect.close(found(x), apply(true, x), look=look, **tolerances)


def check_far_out(submission, name, expected, limits, overflow):
    """Check a function from −1000 to 1000; `limits` helps with wrong values, `overflow` with warnings."""
    found = getattr(submission, name)(FAR_OUT)
    noted = dict.fromkeys(warning for warning in submission.warnings if warning.startswith("RuntimeWarning"))
    expect.close(found, expected, look=overflow if noted else limits, **SLOPES)
    warned = f"returned the right values, but NumPy warned on the way: {'; '.join(noted)}."
    expect.that(not noted, warned, "No warning is expected.", overflow)


def chain(first, second, x):
    """Return the output of two linear layers for one sample, in plain sums."""
    for weights, bias in (first, second):
        products = [[w * value for w, value in zip(row, x, strict=True)] for row in weights]
        x = [math.fsum(row) + b for row, b in zip(products, bias, strict=True)]
    return np.array(x)


def single_layer(first, second):
    """Return weights and bias of two layers as one, from their outputs for the unit vectors and for zero."""
    n_inputs = first[0].shape[1]
    bias = chain(first, second, np.zeros(n_inputs))
    columns = [chain(first, second, unit) - bias for unit in np.eye(n_inputs)]
    return np.transpose(columns), bias


def make_layers(rng, n_inputs, n_hidden, n_outputs):
    sizes = [(n_hidden, n_inputs), (n_outputs, n_hidden)]
    return [(rng.normal(size=size), rng.normal(size=size[0])) for size in sizes]


@pytest.mark.task("1", points=1)
def test_relu(submission, rng):
    """ReLU keeps positive numbers and replaces the others by 0."""
    look = "Each number is compared with 0 on its own, so the shape stays that of x."
    check_elementwise(submission.relu, true_relu, rng, look, **VALUES)
    for x in (-1e6, 7.0, 1e6):
        expect.close(submission.relu(x), max(0.0, x), look=look)


@pytest.mark.task("1", points=1)
def test_sigmoid(submission, rng):
    """The sigmoid is 1/(1 + exp(−x)) for each number."""
    look = "It grows from 0 to 1. Integers give floats too, and the shape stays that of x."
    check_elementwise(submission.sigmoid, true_sigmoid, rng, look, **VALUES)


@pytest.mark.task("1", points=1)
def test_sigmoid_survives_any_input(submission):
    """The sigmoid is right at −1000 and 1000, without warning."""
    small = math.exp(-30) / (1 + math.exp(-30))
    limits = "It is 1/2 at 0, and tends to 0 on the left and to 1 on the right."
    overflow = "Which exponent becomes large, at which end? A value that is thrown away later warns as well."
    check_far_out(submission, "sigmoid", [0, small, 0.5, 1 - small, 1], limits, overflow)


@pytest.mark.task("1", points=1)
def test_tanh(submission, rng):
    """The hyperbolic tangent is right for each number."""
    look = "It is odd, tanh(−x) = −tanh(x), always between −1 and 1, and has the shape of x."
    check_elementwise(submission.given("sigmoid").tanh, math.tanh, rng, look, **VALUES)


@pytest.mark.task("1", points=1)
def test_tanh_survives_any_input(submission):
    """The hyperbolic tangent is right at −1000 and 1000, without warning."""
    limits = "It is 0 at 0, and tends to −1 on the left and to 1 on the right."
    overflow = "Which exponent becomes large? `sigmoid` takes any input: how is tanh related to it?"
    check_far_out(submission.given("sigmoid"), "tanh", [-1, -1, 0, 1, 1], limits, overflow)


@pytest.mark.task("2", points=1)
def test_relu_derivative(submission, rng):
    """The derivative of ReLU is the slope of its two straight lines."""
    look = "Compare with `centred_difference(relu, x)`."
    later = submission.given("relu")
    check_elementwise(later.relu_derivative, lambda x: slope(true_relu, x), rng, look, **SLOPES)
    look = "These points are close to the kink: a difference takes both sides, the derivative only one."
    expect.close(later.relu_derivative(np.array([-1e-7, 1e-7])), [0, 1], look=look, **SLOPES)
    look = "At the kink any number from 0 to 1 will do."
    at_kink = expect.number(later.relu_derivative(0.0), look)
    expect.that(0 <= at_kink <= 1, f"returned {at_kink:g}.", look)


@pytest.mark.task("2", points=1)
def test_sigmoid_derivative(submission, rng):
    """The derivative of the sigmoid agrees with centred differences."""
    look = "Compare with `centred_difference(sigmoid, x)`. Check the signs, and that σ(x) never is a mere x."
    found = submission.given("sigmoid").sigmoid_derivative
    check_elementwise(found, lambda x: slope(true_sigmoid, x), rng, look, **SLOPES)


@pytest.mark.task("2", points=1)
def test_sigmoid_derivative_survives_any_input(submission):
    """The derivative of the sigmoid is 1/4 at 0 and vanishes at both ends, without warning."""
    limits = "The sigmoid is steepest at 0, with the slope 1/4, and flat at both ends."
    overflow = "Written with `sigmoid`, which takes any input, σ′ needs no exponential."
    later = submission.given("sigmoid")
    check_far_out(later, "sigmoid_derivative", [0, 0, 0.25, 0, 0], limits, overflow)


@pytest.mark.task("2", points=1)
def test_tanh_derivative(submission, rng):
    """The derivative of the hyperbolic tangent agrees with centred differences."""
    look = (
        "Compare with `centred_difference(tanh, x)`. Check the factors, and that tanh(x) never is a mere x."
    )
    found = submission.given("sigmoid", "sigmoid_derivative", "tanh").tanh_derivative
    check_elementwise(found, lambda x: slope(math.tanh, x), rng, look, **SLOPES)


@pytest.mark.task("2", points=1)
def test_tanh_derivative_survives_any_input(submission):
    """The derivative of the hyperbolic tangent is 1 at 0 and vanishes at both ends, without warning."""
    limits = "tanh is steepest at 0, with the slope 1, and flat at both ends."
    overflow = "Written with `tanh`, which takes any input, tanh′ needs no exponential."
    later = submission.given("sigmoid", "sigmoid_derivative", "tanh")
    check_far_out(later, "tanh_derivative", [0, 0, 1, 0, 0], limits, overflow)


@pytest.mark.task("3", points=1)
def test_affine(submission, rng):
    """One layer is W x + b for every sample."""
    look = "Each output is a sum over the inputs plus its own bias, and each sample keeps its row."
    for n_samples, n_inputs, n_outputs in [(5, 3, 2), (1, 2, 4), (7, 1, 1)]:
        x = rng.normal(size=(n_samples, n_inputs))
        weights, bias = rng.normal(size=(n_outputs, n_inputs)), rng.normal(size=n_outputs)
        expected = np.einsum("nm,km->nk", x, weights) + bias
        expect.close(submission.affine(x, weights, bias), expected, look=look, atol=1e-6)


@pytest.mark.task("3", points=1)
def test_prediction_of_the_bend(submission, explain):
    """You have said what two layers with nothing between them look like."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "bend", BEND)
    explain(f"You expected {letter!r}: {BEND[letter]}")


@pytest.mark.task("3", points=2)
def test_weights_of_the_single_layer(submission, rng):
    """The weights of the single layer do what both matrices do one after the other."""
    first, second = make_layers(rng, 4, 4, 4)
    later = submission.given("affine")
    weights, _ = expect.values(later.collapse(first, second), 2)
    look = (
        "Which of the two matrices meets x first? That one stands next to it. W has one row for each output."
    )
    what = "The first value, the weights, is"
    expect.close(weights, single_layer(first, second)[0], look=look, what=what, atol=1e-6)


@pytest.mark.task("3", points=1)
def test_bias_of_the_single_layer(submission, rng):
    """The bias of the single layer is the output of both for x = 0."""
    first, second = make_layers(rng, 4, 4, 4)
    later = submission.given("affine")
    _, bias = expect.values(later.collapse(first, second), 2)
    expect.unchanged(later)
    look = "Set x = 0: what does the second layer make of b₁?"
    what = "The second value, the bias, is"
    expect.close(bias, single_layer(first, second)[1], look=look, what=what, atol=1e-6)


@pytest.mark.task("3", points=1)
def test_layers_of_different_sizes_collapse(submission, rng):
    """Layers of different sizes make a single layer, too."""
    for sizes in [(3, 2, 4), (1, 5, 1)]:
        first, second = make_layers(rng, *sizes)
        weights, bias = expect.values(submission.given("affine").collapse(first, second), 2)
        look = "Here the numbers of inputs, hidden nodes and outputs are {}, {} and {}.".format(*sizes)
        expected = single_layer(first, second)
        expect.close(weights, expected[0], look=look, what="The weights are", atol=1e-6)
        expect.close(bias, expected[1], look=look, what="The bias is", atol=1e-6)


@pytest.mark.task("4", points=2)
def test_hat_rises_to_one_and_falls(submission, rng):
    """Between 0 and 2 the hat is a triangle of height 1."""
    later = submission.given("relu")
    look = "It rises with slope 1 up to x = 1 and falls with slope −1 from there."
    for x in (np.sort(rng.uniform(0, 2, 6)), np.array([0, 1, 2]), 1.25, rng.uniform(0, 2, (2, 3, 4))):
        expect.close(later.hat(x), 1 - np.abs(x - 1), look=look, atol=1e-6)


@pytest.mark.task("4", points=1)
def test_hat_is_zero_outside(submission, rng):
    """Left of 0 and right of 2 the hat is zero, and it is not zero everywhere."""
    later = submission.given("relu")
    look = "Outside of [0, 2] the slopes of all ReLUs that have set in must add up to 0."
    for x in (
        np.sort(rng.uniform(-3, 0, 6)),
        np.sort(rng.uniform(2, 5, 6)),
        np.array([-100.0, -1.0, 3.0, 100.0]),
    ):
        expect.close(later.hat(x), np.zeros_like(x), look=look, atol=1e-5)
    inside = expect.array(later.hat(np.array([0.5, 1.0, 1.5])), (3,))
    expect.that(inside.max() > 0.1, "It is zero between 0 and 2 as well.", "A triangle is expected there.")


@pytest.mark.task("5", points=1)
def test_nice(submission, explain):
    """Which activation function is nice?"""
    expect.answer(submission.value("ANSWERS"), "nice", "c", NICE)
    explain(
        "For z > 0 its slope is 1 in every layer, so any number of layers passes the gradient on, and it "
        "costs one comparison. Its weak side: for z < 0 nothing passes."
    )


@pytest.mark.task("5", points=1)
def test_stack(submission, explain):
    """What can a stack of linear layers represent?"""
    expect.answer(submission.value("ANSWERS"), "stack", "b", STACK)
    explain(
        "The product of all its matrices is one matrix of shape (2, 3), and with the bias 8 numbers are left."
    )
