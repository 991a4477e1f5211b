"""Marks of exercise 3."""

import itertools

import numpy as np
import pytest

from dlp_keras.marking import expect
from dlp_keras.marking.render import render

KINDS, DISTRIBUTIONS = ("glorot", "he"), ("normal", "uniform")
SHAPES = [(300, 100), (100, 300)]
DEPTH = {
    "a": "1/n keeps the variance of a linear network. ReLU cuts off half of it each time: 2⁻¹⁹ is left.",
    "b": "0.05 is 1/20, but layers multiply: 19 factors of one half are 2⁻¹⁹ = 0.000 001 9.",
    "c": "so it is: ReLU cuts off half of ⟨z²⟩ in each layer, and 2⁻¹⁹ = 0.000 001 9.",
}
BOTH = {
    "a": "the smaller of 1/300 and 1/100 would be 0.0033. Glorot's 0.005 lies between that and 0.01.",
    "b": "that is the 2 of He. In a square layer Glorot's variance is 1/n, and ReLU's signal dies with it.",
}
EQUAL = {
    "a": "the samples differ, but all neurons see the same ones, and equal weights get equal gradients.",
    "c": "nothing cancels: four equal contributions add up to four times one. Run the last cell and look.",
}
FORMULAS = {
    "linear": lambda z: z,
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z: z * (z > 0) + 0.2 * z * (z < 0),
    "tanh": lambda z: 2 / (1 + np.exp(-2 * z)) - 1,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def propagate(z, weights, activation):
    """Return z and what follows from it layer by layer, neuron by neuron."""
    found = [z]
    for matrix in weights:
        h = FORMULAS[activation](found[-1])
        found.append(np.stack([np.sum(h * column, axis=1) for column in matrix.T], axis=1))
    return found


def true_pre_activations(x, weights, activation):
    return propagate(propagate(x, weights[:1], "linear")[1], weights[1:], activation)


def draw_network(rng, widths, n_samples=6):
    """Return random inputs, weights and an output gradient, off centre so that means are not zero.

    No z lies near 0, where a ReLU has no derivative.
    """
    x = rng.normal(0.5, 1, (n_samples, widths[0]))
    weights = [rng.normal(0.1, 0.6, shape) for shape in itertools.pairwise(widths)]
    if min(np.abs(z).min() for z in true_pre_activations(x, weights, "relu")) < 1e-4:
        return draw_network(rng, widths, n_samples)
    return x, weights, rng.normal(0.3, 1, (n_samples, widths[-1]))


def true_gradients(x, weights, activation, output_gradient, step=1e-6):
    """Return the gradients of Σ output_gradient · z_L from centred differences, the first layer first."""
    found = []
    for layer, z in enumerate(true_pre_activations(x, weights, activation), 1):
        columns = []
        for shift in step * np.eye(z.shape[1]):
            above, below = (propagate(z + s, weights[layer:], activation)[-1] for s in (shift, -shift))
            columns.append(np.sum(output_gradient * (above - below), axis=1) / (2 * step))
        found.append(np.stack(columns, axis=1))
    return found


def spread(arrays):
    """Return the mean squared deviation from the mean of each array."""
    return [np.mean(array**2) - np.mean(array) ** 2 for array in arrays]


def draw(submission, fan_in, fan_out, kind, distribution, rng):
    """Call `initialize` and return its numbers, once they are as many as they should be and not all equal."""
    found = np.ravel(expect.array(submission.initialize(fan_in, fan_out, kind, distribution, rng)))
    n_weights = fan_in * fan_out
    expect.that(found.size == n_weights, f"returned {found.size} weights.", f"{n_weights} are expected.")
    expect.that(np.ptp(found) > 0, f"returned {n_weights} equal weights.", "Random ones are expected.")
    return found.astype(float)


def check_variance(weights, expected, look):
    """Check mean and variance of normal weights; 4 % are five times the scatter of 30 000 draws."""
    variance, error = np.var(weights), np.sqrt(expected / weights.size)
    found = f"returned weights with the variance {variance:.5f}."
    expect.that(abs(variance / expected - 1) < 0.04, found, f"About {expected:.5f} is expected.", look)
    found = f"returned weights with the mean {weights.mean():.5f}."
    expect.that(abs(weights.mean()) < 5 * error, found, "About 0 is expected.")


def check_list(value, n_layers, look):
    """Check that a function returned a list with one item for each layer, and return it."""
    is_list = isinstance(value, (list, tuple, np.ndarray)) and len(value) == n_layers
    expected = f"A list of {n_layers} items is expected, one for each layer."
    expect.that(is_list, f"returned {render(value)}.", expected, look)
    return value


def check_layers(value, expected, look):
    """Check a list with one number or array for each layer, the first layer first."""
    for layer, item in enumerate(check_list(value, len(expected), look)):
        what = f"Of {len(expected)} layers, number {layer + 1} has"
        expect.close(item, expected[layer], rtol=1e-4, look=look, what=what)


def check_refusal(submission, kind, distribution, rng):
    """Check that `initialize` raises a ValueError."""
    look = "The docstring knows no such name."
    expect.refused(lambda: submission.initialize(4, 3, kind, distribution, rng), "ValueError", look)


@pytest.mark.task("1", points=1)
def test_weights_have_a_row_for_each_input(submission, rng):
    """The shape is (fan_in, fan_out), and no two weights are equal."""
    for distribution, (fan_in, fan_out) in itertools.product(DISTRIBUTIONS, [(5, 3), (1, 4), (6, 1)]):
        found = submission.initialize(fan_in, fan_out, "he", distribution, rng)
        weights = expect.array(found, (fan_in, fan_out), "Inputs are rows, outputs are columns.")
        n_different = len(np.unique(weights))
        found, expected = f"returned {n_different} different numbers.", f"All {weights.size} should differ."
        expect.that(n_different == weights.size, found, expected, "Draw each of them.")


@pytest.mark.task("1", points=1)
def test_random_numbers_come_from_rng(submission, rng):
    """The numbers are those of rng: the same state draws the same weights, another state others."""
    one, another = rng.integers(2**31, size=2)
    for distribution in DISTRIBUTIONS:
        first, again, other = (
            draw(submission, 4, 3, "he", distribution, np.random.default_rng(seed))
            for seed in (one, one, another)
        )
        found = "Two generators with different seeds gave the same weights."
        look = "Draw from the argument rng; a generator made in the function, or NumPy's own, repeats itself."
        expect.that(not np.allclose(first, other), found, "Different weights are expected.", look)
        found = "Two generators in the same state gave different weights."
        look = "Draw everything from the argument rng, and nothing from a generator without a seed."
        expect.that(np.allclose(first, again), found, "The same weights are expected.", look)


@pytest.mark.task("1", points=1)
def test_variance_of_he(submission, rng):
    """He's variance is 2 / fan_in."""
    for fan_in, fan_out in SHAPES:
        weights = draw(submission, fan_in, fan_out, "he", "normal", rng)
        look = "It is 2 / fan_in; `rng.normal` takes the root of the variance."
        check_variance(weights, 2 / fan_in, look)
    layers = []
    for _ in range(20):
        layers.append(draw(submission, 2, 2, "he", "normal", rng))
        rng.random(100)  # a call works on a copy of the generator
    squares, are_random = np.mean(np.square(layers), axis=1), np.ptp(layers, axis=0).all()
    found = f"In 20 layers of four weights the mean of w² is {squares[0]:.5f} each time."
    look = "The formula is for the distribution: four numbers drawn from it scatter. Do not rescale them."
    expect.that(np.ptp(squares) > 0.01 or not are_random, found, "It scatters around 1.", look)


@pytest.mark.task("1", points=1)
def test_variance_of_glorot(submission, rng):
    """Glorot's variance is 2 / (fan_in + fan_out)."""
    for fan_in, fan_out in [*SHAPES, (250, 150)]:
        weights = draw(submission, fan_in, fan_out, "glorot", "normal", rng)
        look = "It is 2 / (fan_in + fan_out); `rng.normal` takes the root of the variance."
        check_variance(weights, 2 / (fan_in + fan_out), look)


@pytest.mark.task("1", points=1)
def test_uniform_weights(submission, rng):
    """Uniform weights have the variance of normal ones, and end at a limit."""
    for kind, (fan_in, fan_out) in itertools.product(KINDS, SHAPES):
        normal = draw(submission, fan_in, fan_out, kind, "normal", rng)
        uniform = draw(submission, fan_in, fan_out, kind, "uniform", rng)
        limit = np.sqrt(3 * np.var(uniform))
        name = f"Of kind {kind!r}, uniform weights of shape ({fan_in}, {fan_out})"
        largest, variance = np.abs(uniform).max(), np.var(uniform)
        found = f"{name} end at {largest:.4f} and have the variance {variance:.5f}."
        expected = f"A uniform distribution of this variance ends at √(3 Var) = {limit:.4f}."
        expect.that(0.98 < largest / limit < 1.02, found, expected, "Is it `rng.uniform`?")
        found = f"{name} have the variance {variance:.5f}, normal ones {np.var(normal):.5f}."
        look = "Between −a and a the mean of w² is a²/3."
        expect.that(0.95 < variance / np.var(normal) < 1.05, found, "They should be the same.", look)


@pytest.mark.task("1", points=1)
def test_normal_weights(submission, rng):
    """Normal weights follow a bell curve."""
    weights = draw(submission, *SHAPES[0], "glorot", "normal", rng)
    deviations = (weights - weights.mean()) ** 2
    kurtosis = np.mean(deviations**2) / np.mean(deviations) ** 2
    found = f"The mean of w⁴ is {kurtosis:.2f} times the squared variance."
    expected = "It is 3 for a normal distribution and 1.8 for a uniform one."
    expect.that(2.2 < kurtosis < 3.3, found, expected, "Is it `rng.normal`?")


@pytest.mark.task("1", points=1)
def test_unknown_names_are_refused(submission, rng):
    """An unknown kind or distribution is a ValueError, a known one is not."""
    for kind, distribution in itertools.product(KINDS, DISTRIBUTIONS):
        draw(submission, 4, 3, kind, distribution, rng)
    for distribution in DISTRIBUTIONS:
        for kind in ("lecun", "Glorot", ""):
            check_refusal(submission, kind, distribution, rng)
    for kind in KINDS:
        check_refusal(submission, kind, "triangular", rng)


@pytest.mark.task("2", points=1)
def test_linear_layers(submission, rng):
    """Without activation function z_l is x times all matrices up to W_l."""
    for widths in [(4, 3), (5, 2, 4, 3)]:
        x, weights, _ = draw_network(rng, widths)
        expected = true_pre_activations(x, weights, "linear")
        look = f"Here the activation is linear, and the widths are {widths}, with the input."
        check_layers(submission.pre_activations(x, weights, "linear"), expected, look)
        expect.unchanged(submission)


@pytest.mark.task("2", points=2)
def test_activation_stands_between_layers(submission, rng):
    """The activation function acts on z before the next layer, and on nothing else."""
    for activation in FORMULAS:
        x, weights, _ = draw_network(rng, (5, 7, 3, 4, 2))
        expected = true_pre_activations(x, weights, activation)
        look = "The first layer sees x itself, each later one σ(z), and the list holds every z before σ."
        check_layers(submission.pre_activations(x, weights, activation), expected, look)


@pytest.mark.task("2", points=1)
def test_variance_over_samples_and_neurons(submission, rng):
    """Each variance is one number, that of z over all samples and neurons."""
    later = submission.given("pre_activations")
    for activation, n_samples in [("tanh", 6), ("relu", 1)]:
        x, weights, _ = draw_network(rng, (5, 7, 3, 4), n_samples)
        expected = spread(true_pre_activations(x, weights, activation))
        look = "Take the mean squared deviation of z from its mean, over all elements, before σ."
        check_layers(later.layer_variances(x, weights, activation), expected, look)


@pytest.mark.task("3", points=1)
def test_last_gradient_is_given(submission, rng):
    """The list ends with the variance of the gradient that was given."""
    later = submission.given("pre_activations")
    for widths in [(4, 3), (4, 4, 4)]:
        x, weights, output_gradient = draw_network(rng, widths)
        look = "It is the variance of output_gradient; the first layer stands first in the list."
        found = later.gradient_variances(x, weights, "tanh", output_gradient)
        expect.unchanged(later)
        last = check_list(found, len(weights), look)[-1]
        expect.close(last, np.var(output_gradient), look=look, what="The last item is")


@pytest.mark.task("3", points=2)
def test_gradient_goes_back_through_the_weights(submission, rng):
    """With linear layers the gradient passes the transposed matrices, from the last to the first."""
    later = submission.given("pre_activations")
    x, weights, output_gradient = draw_network(rng, (7, 7, 7, 7, 7))
    expected = spread(true_gradients(x, weights, "linear", output_gradient))
    look = "Here σ' = 1. Is W transposed, and is it the one of the layer above?"
    check_layers(later.gradient_variances(x, weights, "linear", output_gradient), expected, look)


@pytest.mark.task("3", points=2)
def test_gradient_takes_the_derivative_of_its_layer(submission, rng):
    """On its way to z_l the gradient is multiplied by σ'(z_l)."""
    later = submission.given("pre_activations")
    for widths, activation in itertools.product([(7, 7, 7, 7, 7), (3, 5, 4, 6, 2)], FORMULAS):
        x, weights, output_gradient = draw_network(rng, widths)
        expected = spread(true_gradients(x, weights, activation, output_gradient))
        look = f"The activation is {activation!r}. Multiply by σ' at the z of the layer where g arrives."
        check_layers(later.gradient_variances(x, weights, activation, output_gradient), expected, look)


@pytest.mark.task("4", points=1)
def test_scale_of_the_two_limits(submission):
    """The scale is 2 for slope 0, which is ReLU, and 1 for slope 1, which is linear."""
    for slope, expected, name in [(0, 2.0, "the ReLU"), (1, 1.0, "linear")]:
        look = f"With the slope {slope} the leaky ReLU is {name}."
        expect.close(submission.leaky_relu_scale(slope), expected, look=look)


@pytest.mark.task("4", points=2)
def test_scale_undoes_what_the_leaky_relu_loses(submission):
    """The scale is 1 over the mean of σ(z)² for z of variance 1, also for steep and negative slopes."""
    z, weights = np.polynomial.hermite_e.hermegauss(20)
    for slope in (0.2, 0.5, 3.0, -1.0):
        mean_square = np.sum(weights * np.where(z > 0, z, slope * z) ** 2) / np.sum(weights)
        look = f"With z of variance 1 and this slope the mean of σ(z)² is {mean_square:.4g}."
        expect.close(submission.leaky_relu_scale(slope), 1 / mean_square, look=look)


@pytest.mark.task("5", points=1)
def test_prediction_of_the_depth(submission, explain):
    """You have said how much is left of the signal after 20 layers."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "depth", DEPTH)
    explain(f"You expected {letter!r}: {DEPTH[letter]}")


@pytest.mark.task("5", points=1)
def test_both(submission, explain):
    """Why has Glorot's variance both fan_in and fan_out?"""
    expect.answer(submission.value("ANSWERS"), "both", "c", BOTH)
    explain(
        "Forward a sum has n_in terms, backward n_out. Where they differ no variance is right for both, "
        "and Glorot takes 1 over the mean of n_in and n_out."
    )


@pytest.mark.task("5", points=1)
def test_equal(submission, explain):
    """What do neurons with equal weights become?"""
    expect.answer(submission.value("ANSWERS"), "equal", "b", EQUAL)
    explain(
        "They get the same gradient in every step, and four do the work of one. Chance must tell them apart."
    )
