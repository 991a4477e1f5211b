"""Marks of exercise 4."""

from itertools import pairwise

import numpy as np
import pytest

from dlp_keras.course.wording import count
from dlp_keras.marking import expect
from dlp_keras.marking.render import render

STEP = {
    "a": "below 10⁻³ the error grows as ε/h: the two losses share ever more digits, and the difference keeps few.",
    "b": "so it is, near 10⁻³ here. Below it digits are lost as ε/h, above it ReLUs change sides within the step.",
    "c": "there are digits enough, but a step of 1 takes many ReLUs across their kinks: J is another function there.",
}
COST = {
    "b": "that is the price of differences, which ask for the loss twice for each weight. The table shows both.",
    "c": "what a layer needs from above is handed down, not computed anew. The table has five layers, not five passes.",
}
KINK = {
    "a": "a wrong line is wrong for a whole array and at every start: no line of `backward` knows a single weight.",
    "c": "rounding is alike for all weights: with h = 10⁻⁵ it leaves errors near 10⁻¹¹, as your picture shows.",
}
LAST = "The last weights get δ of the output, multiplied by max(z, 0) of the layer below."
PAIR = "(gradient of the weights, gradient of the bias)"


def outputs(x, parameters):
    """Return z of every layer, added up input by input."""
    z, h = [], np.asarray(x, dtype=float)
    for weights, bias in parameters:
        z.append(sum(np.outer(h[:, i], weights[i]) for i in range(len(weights))) + bias)
        h = np.where(z[-1] > 0, z[-1], 0)
    return z


def make_problem(rng, *sizes, n_samples=6):
    """Draw data and a network whose hidden nodes are on and off, and never near their kink."""
    while True:
        x, y = rng.normal(size=(n_samples, sizes[0])), rng.normal(size=(n_samples, sizes[-1]))
        parameters = [
            (rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), rng.normal(0, 0.3, n_out))
            for n_in, n_out in pairwise(sizes)
        ]
        hidden = outputs(x, parameters)[:-1]
        if all(abs(z).min() > 1e-3 and z.min() < 0 < z.max() for z in hidden):
            return x, y, parameters


def true_gradient(x, y, parameters, step=1e-5):
    """Return the gradient from differences of the outputs, which do not lose digits where the loss is large."""
    slopes = 2 / y.size * (outputs(x, parameters)[-1] - y)

    def differentiate(array):
        derivatives = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + step
            above = outputs(x, parameters)[-1]
            array[index] = value - step
            derivatives[index] = np.sum(slopes * (above - outputs(x, parameters)[-1])) / (2 * step)
            array[index] = value
        return derivatives

    return [(differentiate(weights), differentiate(bias)) for weights, bias in parameters]


def descend(x, y, parameters, learning_rate, n_steps):
    """Return parameters and losses of gradient descent with differences."""
    losses = []
    for _ in range(n_steps):
        losses.append(np.mean((outputs(x, parameters)[-1] - y) ** 2))
        pairs = zip(parameters, true_gradient(x, y, parameters), strict=True)
        parameters = [tuple(p - learning_rate * g for p, g in zip(*pair, strict=True)) for pair in pairs]
    return parameters, losses


def a_list(value, count, of="arrays", what="returned"):
    """Return a value if it is a list with an item for each layer; any count will do where it is None."""
    is_list = isinstance(value, (list, tuple)) and len(value) > 0
    found = f"{what} a list of {len(value)}." if is_list else f"{what} {render(value)}."
    expected = f"A list of {of} is expected, one for each layer{f': {count}' if count else ''}."
    expect.that(is_list and len(value) == (count or len(value)), found, expected)
    return value


def layers(value, parameters, pair=PAIR, what="returned"):
    """Return a value if it is a list of one pair for each layer."""
    for number, item in enumerate(a_list(value, len(parameters), f"pairs {pair}", what), 1):
        is_pair = isinstance(item, (list, tuple)) and len(item) == 2
        found = f"What belongs to layer {number} is {render(item)}."
        expect.that(is_pair, found, f"A pair {pair} is expected.")
    shapes, found = ([np.shape(weights) for weights, _ in pairs] for pairs in (parameters, value))
    is_reversed = found == shapes[::-1] != shapes
    look = "The way back begins at the output, the list at the input."
    expect.that(not is_reversed, "The last layer comes first in the list.", "It comes last.", look)
    return value


def is_right(value, target):
    """Whether a value is the array expected, within the precision of float32."""
    is_array = isinstance(value, np.ndarray) and value.shape == target.shape
    return is_array and np.allclose(value, target, rtol=1e-5, atol=tolerance(target))


def tolerance(target):
    return 1e-9 + 2e-6 * abs(target).max()


def common_factor(found, expected):
    """Return by which factor the last weights' gradient is too large, where that is all; else 1."""
    value, target = found[-1][0], expected[-1][0]
    if not isinstance(value, np.ndarray) or value.shape != target.shape:
        return 1.0
    factor = float(np.sum(value * target) / np.sum(target**2))
    return factor if factor and is_right(value, factor * target) and abs(factor - 1) > 1e-5 else 1.0


def check_layer(found, expected, number, part, look):
    """Check the gradient of the weights (part 0) or the bias (part 1) of one layer, up to a common factor."""
    factor = common_factor(found, expected)
    if factor != 1:
        look += f" (That all gradients may be {factor:.3g} times the right ones is left to another mark.)"
    target = factor * expected[number - 1][part]
    what = f"In a network of {count(len(expected), 'layer')} the gradient of {'Wb'[part]}{number} is"
    expect.close(found[number - 1][part], target, atol=tolerance(target), look=look, what=what)


def check_weights(found, expected, look):
    """Check the gradients of all weights from the last layer on downwards: the cause is where the first one fails."""
    check_layer(found, expected, len(expected), 0, LAST)
    for number in range(len(expected) - 1, 0, -1):
        check_layer(found, expected, number, 0, look)


@pytest.mark.task("1", points=2)
def test_forward_lists_z_of_every_layer(submission, rng):
    """The list holds z of every layer, before its activation."""
    x, _, parameters = make_problem(rng, 3, 5, 4, 2)
    found = a_list(submission.forward(x, parameters), 3)
    look = "Each layer gets max(z, 0) of the layer below, and the list holds z itself, with its own bias."
    for number, (z, expected) in enumerate(zip(found, outputs(x, parameters), strict=True), 1):
        expect.close(z, expected, atol=1e-6, look=look, what=f"z of layer {number} is")


@pytest.mark.task("1", points=1)
def test_forward_ends_without_an_activation(submission, rng):
    """The output of the network may be negative."""
    look = "Nothing is applied to z of the last layer, and hidden layers pass on max(z, 0)."
    for sizes in [(3, 2), (2, 6, 1)]:
        x, _, parameters = make_problem(rng, *sizes, n_samples=20)
        found = a_list(submission.forward(x, parameters), None)
        what = f"With {count(len(parameters), 'layer')} the last item is"
        expect.close(found[-1], outputs(x, parameters)[-1], atol=1e-6, look=look, what=what)


@pytest.mark.task("1", points=1)
def test_forward_keeps_shapes(submission, rng):
    """One sample, one input and one node keep their dimensions; whole numbers may go in."""
    look = "Keep the dimension of the samples, and do not round to whole numbers. Here all z are positive."
    for sizes, n_samples in [((1, 3, 2), 1), ((2, 1, 1), 4)]:
        x = rng.integers(1, 9, (n_samples, sizes[0]))
        parameters = [(rng.uniform(0, 1, shape), rng.uniform(0, 1, shape[1])) for shape in pairwise(sizes)]
        found = a_list(submission.forward(x, parameters), None)
        expect.close(found[-1], outputs(x, parameters)[-1], atol=1e-6, look=look, what="The last item is")


@pytest.mark.task("2", points=2)
def test_gradient_without_a_hidden_layer(submission, rng):
    """With a single layer the gradient of the weights is that of exercise 1."""
    look = "Is δ = 2/(nk) (z − y) with k outputs, and is it multiplied by what went into the layer?"
    for n_samples in (6, 1):
        x, y, parameters = make_problem(rng, 3, 2, n_samples=n_samples)
        x, y = np.round(3 * x).astype(int), np.round(3 * y).astype(int)
        residuals = outputs(x, parameters)[0] - y
        expected = 2 / y.size * np.einsum("ni,nk->ik", x, residuals)
        found = layers(submission.given("forward").backward(x, y, parameters), parameters)
        what = f"With n = {n_samples} and k = 2 the gradient of the weights is"
        expect.close(found[0][0], expected, atol=1e-6, look=look, what=what)


@pytest.mark.task("2", points=2)
def test_gradient_of_one_hidden_layer(submission, rng):
    """The gradients of the weights below and above a hidden layer agree with differences."""
    look = "Where z of a hidden node is negative nothing passes; else δ goes down through the weights it came up by."
    for sizes, n_samples in [((2, 6, 1), 6), ((1, 20, 1), 1), ((3, 4, 2), 5)]:
        problem = make_problem(rng, *sizes, n_samples=n_samples)
        found = layers(submission.given("forward").backward(*problem), problem[2])
        check_weights(found, true_gradient(*problem), look)


@pytest.mark.task("2", points=2)
def test_gradient_of_any_depth(submission, rng):
    """The gradients of the weights agree with differences in deep networks, whose parameters stay as they are."""
    look = "Is the mask the one of the layer that δ arrives at, and are the weights those before any update?"
    later = submission.given("forward")
    for sizes, n_samples in [((3, 5, 4, 2), 6), ((2, 4, 4, 4, 1), 5)]:
        problem = make_problem(rng, *sizes, n_samples=n_samples)
        found = layers(later.backward(*problem), problem[2])
        are_changed = any("argument number 3" in warning for warning in later.warnings)
        check_weights(found, true_gradient(*problem), look)
        expected = "They stay as they are: `backward` only tells the gradient."
        expect.that(not are_changed, "The arrays in `parameters` are changed.", expected)


@pytest.mark.task("2", points=1)
def test_gradient_of_the_biases(submission, rng):
    """The gradients of the biases agree with differences, in the last layer and where those of the weights do."""
    look = "The bias of a node is added to every sample: δ of this node sums over the samples only."
    for sizes, n_samples in [((3, 2), 4), ((1, 20, 1), 1), ((3, 5, 4, 2), 6)]:
        problem = make_problem(rng, *sizes, n_samples=n_samples)
        found, expected = submission.given("forward").backward(*problem), true_gradient(*problem)
        factor = common_factor(layers(found, problem[2]), expected)
        for number in range(len(expected), 0, -1):
            is_judged = is_right(found[number - 1][0], factor * expected[number - 1][0])
            if is_judged or number == len(expected):
                check_layer(found, expected, number, 1, look)


@pytest.mark.task("2", points=1)
def test_gradient_comes_from_the_chain_rule(submission, rng):
    """The gradient of the last weights keeps its digits when the loss is huge."""
    look = (
        "The targets are near 1e10 here. Differences of such losses lose all digits; the chain rule does not."
    )
    x, y, parameters = make_problem(rng, 2, 6, 1)
    y = 1e10 * y
    found = layers(submission.given("forward").backward(x, y, parameters), parameters)
    check_layer(found, true_gradient(x, y, parameters), 2, 0, look)


@pytest.mark.task("3", points=2)
def test_differences_of_every_entry(submission, rng):
    """The differences agree with the gradient in every array, to seven digits."""
    look = "Are the differences centred, in float64, and does every entry get its old value back before the next moves?"
    for sizes, n_samples in [((3, 5, 4, 2), 6), ((1, 4, 1), 1)]:
        problem = make_problem(rng, *sizes, n_samples=n_samples)
        later = submission.given("forward", "loss")
        found = layers(later.numerical_gradient(*problem), problem[2])
        for number, (pair, targets) in enumerate(zip(found, true_gradient(*problem), strict=True), 1):
            for name, value, target in zip("Wb", pair, targets, strict=True):
                value = expect.array(value, target.shape, what=f"The derivatives of {name}{number} are")
                error = np.linalg.norm(value - target) / np.linalg.norm(target)
                shown = f"The derivatives of {name}{number} are off by {error:.1e}, relative to their size."
                expect.that(error < 1e-7, shown, "Less than 1e-7 is expected.", look)


@pytest.mark.task("3", points=1)
def test_differences_use_the_step(submission, rng):
    """A large step shows: it goes up and down, by as much as the argument says."""
    weight = rng.uniform(0.05, 0.2)
    parameters = [(np.array([[weight]]), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    later = submission.given("forward", "loss")
    found = layers(later.numerical_gradient(np.ones((1, 1)), np.ones((1, 1)), parameters, 0.5), parameters)
    expected = ((weight + 0.5 - 1) ** 2 - 1) / (2 * 0.5)
    look = (
        f"Here z₁ is {weight:.3f}, and step is 0.5: going down switches the ReLU off, and the loss there is 1. "
        "Divide the difference of the losses by 2 · step."
    )
    expect.close(found[0][0], [[expected]], look=look, what="The derivative of W1 is")
    expect.close(found[0][1], [expected], look=look, what="The derivative of b1 is")


@pytest.mark.task("3", points=1)
def test_relative_error_compares_with_the_size(submission, rng):
    """The relative error is the norm of the difference over the sum of the norms, whatever the units."""
    look = "Take the root of the sum of all squares of the difference, of the first, and of the second array."
    for shape, unit in [((3, 4), 1.0), ((5,), 1e-12), ((2, 3), 1e8)]:
        first, second = unit * rng.normal(size=shape), unit * rng.normal(size=shape)
        norms = [np.sqrt(sum(v**2 for v in a.ravel().tolist())) for a in (first - second, first, second)]
        expect.close(submission.relative_error(first, second), norms[0] / (norms[1] + norms[2]), look=look)


@pytest.mark.task("3", points=1)
def test_relative_error_of_zeros(submission):
    """Two arrays of zeros are equal, and one array of zeros is as wrong as can be."""
    zeros, ones = np.zeros((2, 3)), np.ones((2, 3))
    expect.close(
        submission.relative_error(zeros, zeros), 0.0, look="Both arrays are zero: do not divide 0 by 0."
    )
    for pair in [(zeros, ones), (ones, zeros)]:
        expect.close(
            submission.relative_error(*pair),
            1.0,
            look="The difference is as long as the array that is not zero.",
        )


@pytest.mark.task("4", points=2)
def test_training_steps_against_the_gradient(submission, rng):
    """After one step and after three steps all arrays are where they should be."""
    x, y, start = make_problem(rng, 2, 5, 3, n_samples=7)
    later = submission.given("forward", "loss", "backward")
    for n_steps in (1, 3):
        found, _ = expect.values(later.train(x, y, start, 0.1, n_steps), 2)
        found = layers(found, start, "(weights, bias)", "The parameters are")
        expected, _ = descend(x, y, start, 0.1, n_steps)
        look = f"Here n_steps is {n_steps}. Each one takes rate · gradient off all arrays, all gradients taken before."
        for number, (pair, targets) in enumerate(zip(found, expected, strict=True), 1):
            for name, value, target in zip("Wb", pair, targets, strict=True):
                expect.close(value, target, atol=1e-6, look=look, what=f"{name}{number} is")


@pytest.mark.task("4", points=1)
def test_training_leaves_its_start_alone(submission, rng):
    """Without a step the parameters are those of the start, which does not change with steps either."""
    x, y, start = make_problem(rng, 2, 5, 3)
    later = submission.given("forward", "loss", "backward")
    found, _ = expect.values(later.train(x, y, start, 0.1, 0), 2)
    found = layers(found, start, "(weights, bias)", "The parameters are")
    for pair, targets in zip(found, start, strict=True):
        for value, target in zip(pair, targets, strict=True):
            expect.close(value, target, look="Here n_steps is 0.", what="An array of parameters is")
    later.train(x, y, start, 0.1, 2)
    are_changed = any("argument number 3" in warning for warning in later.warnings)
    expected = "Both stay as they are: `weights -= …` writes into the array, `weights - …` makes a new one."
    expect.that(not are_changed, "The list `parameters`, or an array in it, has changed.", expected)


@pytest.mark.task("4", points=1)
def test_ten_points_are_learned_by_heart(submission, rng):
    """Twenty ReLUs follow ten points after 5000 steps, and the losses stand before each step."""
    x = np.linspace(-2, 2, 10)[:, np.newaxis]
    y = np.sin(2 * x)
    weights = rng.choice([-1.0, 1.0], (1, 20)) * rng.uniform(0.8, 1.2, (1, 20))
    kinks = np.linspace(-1.9, 1.9, 20)  # over all points, so that every start gets there
    start = [(weights, -weights[0] * kinks), (rng.normal(0, 0.1, (20, 1)), np.zeros(1))]
    later = submission.given("forward", "loss", "backward")
    losses = expect.losses(expect.values(later.train(x, y, start, 0.03, 5000), 2)[1], 5000)
    look = "The first one is that of the start; then every step changes all arrays."
    expected = descend(x, y, start, 0.03, 5)[1]
    expect.close(losses[:5], expected, look=look, what="The first five losses are")
    found = f"After 5000 steps the loss is {losses[-1]:.2g}."
    expect.that(
        losses[-1] < 0.01, found, "Less than 0.01 is expected.", "Is each step taken from the last one?"
    )


@pytest.mark.task("5", points=1)
def test_prediction_of_the_step(submission, explain):
    """You have said at which step the check is best."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "step", STEP)
    explain(f"You expected {letter!r}: {STEP[letter]}")


@pytest.mark.task("5", points=1)
def test_cost(submission, explain):
    """What does the gradient cost?"""
    expect.answer(submission.value("ANSWERS"), "cost", "a", COST)
    explain(
        "A layer has one matrix product on the way up, and two on the way down: one for its weights, one for the layer "
        "below. That makes three forward passes in all, for a hundred weights or for a million."
    )


@pytest.mark.task("5", points=1)
def test_kink(submission, explain):
    """Why is a single weight off?"""
    expect.answer(submission.value("ANSWERS"), "kink", "b", KINK)
    explain(
        "Some ReLU of some sample is on at θ + h and off at θ − h, so the difference mixes two slopes. At another "
        "start, or with a smaller step, the error is gone."
    )
