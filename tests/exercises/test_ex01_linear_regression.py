"""Marks of exercise 1."""

import numpy as np
import pytest

from dlp_keras.marking import expect

VALLEY = {
    "a": "the floor is flat, and there the steps are far below their limit. They grow across the valley.",
    "b": "so it is: there the curvature is 12.65, and a rate of 0.18 is above 2/12.65 = 0.158.",
    "c": "each direction has a curvature of its own. Only across the valley is the rate above 2/λ.",
}
SHIFT = {
    "b": "the mean matters: `largest_stable_rate(load + 100, 1)` is 0.0001, and was 0.158 before.",
    "c": "larger gradients make larger steps at the same rate: the rate has to become smaller.",
}
PARABOLA = {
    "a": "with the same objective, y = tanh(w x) already gives a loss with flat ends.",
    "b": "here J is exactly of second order: its Hessian matrix is the same everywhere.",
}


def make_problem(rng, n_samples=20, n_inputs=3, n_outputs=2):
    x = rng.normal(size=(n_samples, n_inputs))
    weights, bias = rng.normal(size=(n_outputs, n_inputs)), rng.normal(size=n_outputs)
    return x, rng.normal(size=(n_samples, n_outputs)), weights, bias


def true_loss(x, y, weights, bias):
    return np.mean((np.einsum("nm,km->nk", x, weights) + bias - y) ** 2)


def finite_differences(function, parameter, step=1e-6):
    """Differentiate a function of an array with centred differences."""
    derivative = np.zeros_like(parameter)
    for index in np.ndindex(parameter.shape):
        shift = np.zeros_like(parameter)
        shift[index] = step
        derivative[index] = (function(parameter + shift) - function(parameter - shift)) / (2 * step)
    return derivative


def descend(x, y, learning_rate, n_steps):
    """Return weights, bias and losses of gradient descent, with the bias as the weight of a constant."""
    extended, losses = np.hstack([x, np.ones((len(x), 1))]), []
    weights = np.zeros((x.shape[1] + 1, y.shape[1]))
    for _ in range(n_steps):
        residuals = extended @ weights - y
        losses.append(np.mean(residuals**2))
        weights = weights - learning_rate * 2 / residuals.size * extended.T @ residuals
    return weights[:-1].T, weights[-1], losses


def largest_curvature(x, n_outputs):
    """Return the largest eigenvalue of the Hessian matrix, from the largest singular value of (x 1)."""
    return 2 / (len(x) * n_outputs) * np.linalg.norm(np.hstack([x, np.ones((len(x), 1))]), 2) ** 2


@pytest.mark.task("1", points=2)
def test_predict_is_w_x_plus_b(submission, rng):
    """The model is W x + b for every sample."""
    x, _, weights, bias = make_problem(rng)
    expected = [
        [sum(w * v for w, v in zip(row, sample, strict=True)) for row in weights] for sample in x
    ] + bias
    look = "Each output is a sum over the inputs, plus its own bias."
    expect.close(submission.predict(x, weights, bias), expected, look=look)


@pytest.mark.task("1", points=1)
def test_predict_keeps_shapes(submission, rng):
    """One sample, one input and one output keep their dimensions."""
    for shape in [(1, 3, 2), (7, 1, 1), (2, 2, 4)]:
        x, _, weights, bias = make_problem(rng, *shape)
        expected = np.einsum("nm,km->nk", x, weights)
        found = submission.predict(x, weights, 0 * bias)
        look = f"Here the bias is 0, and the output has the shape {expected.shape}."
        expect.close(found, expected, look=look)


@pytest.mark.task("1", points=2)
def test_error_is_a_mean_over_samples_and_outputs(submission):
    """The mean runs over samples and outputs."""
    y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    errors = np.array([[3.0, 0.0], [0.0, -1.0], [2.0, 2.0], [0.0, 0.0]])
    look = "Add up the squares of all 8 differences and divide by 8."
    expect.close(submission.mean_squared_error(y + errors, y), 18 / 8, look=look)


@pytest.mark.task("1", points=1)
def test_error_of_a_perfect_prediction_is_zero(submission):
    """A perfect prediction has the error 0, and over- and underestimation count alike."""
    y = np.array([[1.0], [2.0], [4.0]])
    expect.close(submission.mean_squared_error(y, y), 0.0, look="Equal arrays differ by nothing.")
    above, below = (submission.mean_squared_error(y + sign * 0.5, y) for sign in (1, -1))
    look = "Each prediction is off by 0.5, so each square is 0.25, whatever the sign."
    expect.close(above, 0.25, look=look)
    expect.close(below, 0.25, look=look)


@pytest.mark.task("2", points=3)
def test_gradient_of_the_weights(submission, rng):
    """The gradient of the weights agrees with finite differences."""
    x, y, weights, bias = make_problem(rng)
    expected = finite_differences(lambda w: true_loss(x, y, w, bias), weights)
    found = expect.values(submission.given("predict", "mean_squared_error").gradient(x, y, weights, bias), 2)
    look = "Check the factor 2/(n k), the sign of the residuals, and the order of the indices."
    what = "The first value, the gradient of the weights, is"
    expect.close(found[0], expected, rtol=1e-5, atol=1e-7, look=look, what=what)


@pytest.mark.task("2", points=2)
def test_gradient_of_the_bias(submission, rng):
    """The gradient of the bias agrees with finite differences."""
    x, y, weights, bias = make_problem(rng, n_samples=11)
    expected = finite_differences(lambda b: true_loss(x, y, weights, b), bias)
    found = expect.values(submission.given("predict", "mean_squared_error").gradient(x, y, weights, bias), 2)
    look = "Sum the residuals over the samples only; the factor is the same as for the weights."
    what = "The second value, the gradient of the bias, is"
    expect.close(found[1], expected, rtol=1e-5, atol=1e-7, look=look, what=what)


@pytest.mark.task("3", points=3)
def test_descent_finds_the_least_squares_solution(submission, rng):
    """The parameters are those after all steps: after many, those of least squares."""
    x, y, _, _ = make_problem(rng, n_samples=40)
    rate = 1 / largest_curvature(x, n_outputs=2)
    exact = np.linalg.lstsq(np.hstack([x, np.ones((40, 1))]), y, rcond=None)[0].T
    later = submission.given("predict", "mean_squared_error", "gradient")
    weights, bias, losses = expect.values(later.gradient_descent(x, y, rate, 2000), 3)
    look = "Are both parameters updated in every step, against their gradient?"
    expect.close(weights, exact[:, :-1], rtol=1e-4, atol=1e-6, look=look, what="The weights are")
    expect.close(bias, exact[:, -1], rtol=1e-4, atol=1e-6, look=look, what="The bias is")
    expect.losses(losses, 2000, "Take all steps, also when the loss hardly falls any more.")
    whole = np.round(3 * x).astype(int), np.round(3 * y).astype(int)
    for n_steps in (0, 1, 3):
        weights, bias, _ = expect.values(later.gradient_descent(*whole, 0.02, n_steps), 3)
        expected = descend(*whole, 0.02, n_steps)
        look = (
            f"Here x and y are whole numbers and n_steps is {n_steps}: that many updates, starting at zero."
        )
        expect.close(weights, expected[0], rtol=1e-4, atol=1e-6, look=look, what="The weights are")
        expect.close(bias, expected[1], rtol=1e-4, atol=1e-6, look=look, what="The bias is")


@pytest.mark.task("3", points=2)
def test_losses_stand_before_each_step(submission, rng):
    """The losses start with that of all parameters at zero, one for each step."""
    x, y, _, _ = make_problem(rng)
    x = x + 2  # inputs off centre tie the weights to the bias
    later = submission.given("predict", "mean_squared_error", "gradient")
    _, _, found = expect.values(later.gradient_descent(x, y, 0.05, 7), 3)
    losses = expect.losses(found, 7, "Note the loss before each step.")
    look = "With W = 0 and b = 0 every prediction is 0."
    expect.close(losses[0], np.mean(y**2), look=look, what="The first loss is")
    look = "Are both parameters updated, against their gradients, and both gradients computed before you update either?"
    expect.close(losses, descend(x, y, 0.05, 7)[2], look=look, rtol=1e-4, what="The losses are")


@pytest.mark.task("3", points=2)
def test_the_curvature_limits_the_learning_rate(submission, rng):
    """Below 2/λmax the loss falls in every step; above it, it grows."""
    x, y, _, _ = make_problem(rng, n_samples=30)
    limit = 2 / largest_curvature(x, n_outputs=2)
    later = submission.given("predict", "mean_squared_error", "gradient")
    look = f"The rates are 0.9 and 1.5 times the limit of {limit:.3g} that the curvature sets here."
    below = expect.losses(expect.values(later.gradient_descent(x, y, 0.9 * limit, 20), 3)[2], 20)
    # Float32 rounds: a loss that no longer changes may seem to grow.
    falls = np.diff(below) < 1e-6 * below[0]
    expect.that(
        falls.all() and below[-1] < below[0], "The losses grow.", "They should fall in every step.", look
    )
    above = expect.losses(expect.values(later.gradient_descent(x, y, 1.5 * limit, 40), 3)[2], 40)
    expect.that(above[-1] > above[0], "The losses fall.", "At this rate they should grow.", look)


@pytest.mark.task("4", points=2)
def test_rate_belongs_to_the_steepest_direction(submission, rng):
    """The limit is 2/λmax, for any number of samples, inputs and outputs."""
    look = "Is it 2/λ of the largest eigenvalue, divided by samples and outputs, with a column of ones?"
    for shape in [(20, 3, 2), (7, 1, 1), (11, 2, 5)]:
        x, _, _, _ = make_problem(rng, *shape)
        expected = 2 / largest_curvature(x, shape[2])
        expect.close(submission.largest_stable_rate(x, shape[2]), expected, look=look)


@pytest.mark.task("4", points=1)
def test_rate_knows_the_bias(submission):
    """Loads of a few newton, and the same loads on top of 100 N: the bias belongs to the parameters."""
    look = "Is it 2/λ of the largest eigenvalue, and has X a column of ones?"
    for offset in (0, 100):
        load = np.linspace(0, 4, 12)[:, np.newaxis] + offset
        found = submission.largest_stable_rate(load, 1)
        expect.close(found, 2 / largest_curvature(load, 1), look=look)


@pytest.mark.task("5", points=1)
def test_prediction_of_the_valley(submission, explain):
    """You have said along which direction the steps grow."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "valley", VALLEY)
    explain(f"You expected {letter!r}: {VALLEY[letter]}")


@pytest.mark.task("5", points=1)
def test_shift(submission, explain):
    """What do shifted inputs do to the largest stable rate?"""
    expect.answer(submission.value("ANSWERS"), "shift", "a", SHIFT)
    explain("It falls from 0.158 to 0.0001. That is why inputs are centred before a network is trained.")


@pytest.mark.task("5", points=1)
def test_parabola(submission, explain):
    """When is the loss a parabola?"""
    expect.answer(submission.value("ANSWERS"), "parabola", "c", PARABOLA)
    explain(
        "Squaring W x + b − y leaves second powers of the parameters at most. A model that is not linear in its "
        "parameters adds others."
    )
