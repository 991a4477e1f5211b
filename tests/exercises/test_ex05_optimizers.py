"""Marks of exercise 5.

`keras_optimizer_table.json` holds what Keras's own optimizers do with given gradients, and its callback with given
losses. An optimizer treats each parameter alone, so the entries may be put in another order, mirrored and moved:
that makes new data of the table for every seed.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from dlp_keras.marking import expect

KERAS = json.loads(Path(__file__).with_name("keras_optimizer_table.json").read_text(encoding="utf-8"))
LIMIT = 400
RAVINE = {
    "a": "across the ravine it is fast, but along the floor a step is only 3 % of the way. After 100 steps it is at "
    "the height 0.018, momentum at 0.00008, Adam at 4.8.",
    "b": "so it is: its height is 0.00008 after 100 steps, although it swings at first. Descent is at 0.018, Adam "
    "at 4.8.",
    "c": "its steps are about 0.03 long whatever the gradient is, and the way is longer than 4. After 100 steps it is "
    "at the height 4.8, descent at 0.018, momentum at 0.00008.",
}
NOISE = {
    "a": "there are twice as many batches with half of the samples in each: an epoch still reads every sample once.",
    "c": "the mean of fewer samples is not longer: on average it is the same gradient, with more noise.",
}
SUM_OR_MEAN = {
    "b": "the minimum stays where it is, but the curvature there does not, and 2/λ is the limit of the rate.",
    "c": "a larger loss has larger gradients: the same rate already makes steps that are 1000 times longer.",
}
EFFECTIVE = {
    "a": "where all gradients point the same way, z grows beyond each of them: after two steps it is 1.9 ∇J.",
    "b": "the whole new gradient is added to 0.9 z. In z = 0.9 z + ∇J, z has settled: solve it for z.",
}


def cut(submission, x, y, batch_size, rng):
    """Return the batches of one epoch, as pairs of arrays that fit each other."""
    batches = submission.minibatches(x, y, batch_size, rng)
    if not isinstance(batches, list):
        expect.fail(
            f"returned a value of type {type(batches).__name__}.", "A list of pairs (x, y) is expected."
        )
    expect.that(batches, "returned an empty list.", "A list of pairs (x, y) is expected.")
    for batch in batches:
        is_pair = isinstance(batch, (list, tuple)) and len(batch) == 2
        expect.that(is_pair, "One of the batches is no pair.", "Each is expected to be (x, y).")
        n_samples = len(expect.array(batch[0], (None, *x.shape[1:]), what="The x of one batch is"))
        look = f"The x of this batch has {n_samples} samples."
        expect.array(batch[1], (n_samples, *y.shape[1:]), look, "The y of one batch is")
    return batches


def follow(take_step, parameter, gradients, n_slots):
    """Return the parameter after each step; what a step returns beside it is handed to the next one."""
    slots, path = [np.zeros_like(parameter)] * n_slots, []
    for step, gradient in enumerate(gradients, 1):
        values = expect.values(take_step(parameter, gradient, slots, step), 1 + n_slots)
        for number, value in enumerate(values, 1):
            expect.array(value, np.shape(gradients[0]), f"That is value {number} of step {step}.")
        parameter, *slots = values
        path.append(parameter)
    return path


def compare_with_keras(take_step, optimizer, n_slots, rng, look):
    """Follow the gradients of the table, of shape (2, 3), for all settings of one optimizer."""
    for run in (run for run in KERAS["runs"] if run["optimizer"] == optimizer):
        order, signs, shift = rng.permutation(6), rng.choice([-1, 1], 6), rng.normal(size=6)
        gradients, expected = (
            np.array(rows)[:, order] * signs for rows in (KERAS["gradients"], run["parameters"])
        )
        start = (np.array(KERAS["start"])[order] * signs + shift).reshape(2, 3)
        path = follow(
            lambda *state, run=run: take_step(*state, run), start, gradients.reshape(-1, 2, 3), n_slots
        )
        for step, (found, row) in enumerate(zip(path, expected, strict=True), 1):
            what = f"As in Keras's {optimizer}({_settings(run)}): the parameter after step {step} is"
            expect.close(found, (row + shift).reshape(2, 3), rtol=1e-5, atol=3e-5, look=look, what=what)


def _settings(run):
    names = ("learning_rate", "momentum", "beta_1", "beta_2")
    return ", ".join(f"{name}={run[name]}" for name in names if name in run)


def draw_plateau(name, rng):
    """Return losses of the table on a scale of their own, since only their order matters, and a first rate."""
    losses = rng.uniform(0.1, 2) * np.array(KERAS["plateaus"][name]["losses"]) - rng.uniform(0, 100)
    return losses.tolist(), rng.uniform(0.01, 0.3)


def compare_rates(submission, name, rng, look, **settings):
    """Compare the rate after one, two, three … losses with that of Keras."""
    losses, rate = draw_plateau(name, rng)
    case = KERAS["plateaus"][name]
    for n_losses, expected in enumerate(case["rates"], 1):
        found = expect.number(submission.reduce_on_plateau(losses[:n_losses], rate, **settings)) / rate
        expect.unchanged(submission)
        what = f"After losses like {case['losses'][:n_losses]} the rate is {found:.4g} times the first one."
        expect.that(np.isclose(found, expected, rtol=1e-4), what, f"{expected:.4g} times is expected.", look)


def expect_a_reduction(submission, name, rng):
    """Check that the rate has fallen at the end of a plateau, be it once or twice."""
    losses, rate = draw_plateau(name, rng)
    case = KERAS["plateaus"][name]
    found = submission.reduce_on_plateau(losses, rate, factor=case["factor"], patience=case["patience"])
    ratio = expect.number(found) / rate
    what = f"After losses like {case['losses']} the rate is {ratio:.4g} times the first one."
    look = f"The patience is {case['patience']}. Which losses are smaller than all before?"
    fallen = np.isclose(ratio, [case["factor"], case["factor"] ** 2], rtol=1e-4)
    expect.that(fallen.any(), what, f"It is expected to have fallen by the factor {case['factor']}.", look)


def make_ravine(rng):
    """Return the Hessian matrix of a ravine, its lowest point, and where to start."""
    angle = rng.uniform(0, 2 * np.pi)
    axes = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    curvatures = np.diag([rng.uniform(0.8, 1.2), rng.uniform(40, 50)])
    lowest = rng.normal(size=2)
    return axes @ curvatures @ axes.T, lowest, lowest + axes @ [-4.0, 1.0]


def count_steps(take_step, hessian, lowest, start):
    """Return the steps until the height is below 0.001, at most the limit, and the height there."""
    parameter, state, height = start, {}, 0.0
    for step in range(1, LIMIT + 1):
        gradient = hessian @ (parameter - lowest)
        values = expect.values(take_step(parameter, gradient, state, step), 2)
        parameter = expect.array(values[0], (2,), f"That is the parameter of step {step}.")
        state = values[1]
        expect.that(isinstance(state, dict), "The state is no dictionary.", "Return one, {} if need be.")
        height = (parameter - lowest) @ hessian @ (parameter - lowest) / 2
        if height < 1e-3:
            return step, height
        if height > 1e9:
            break
    return LIMIT, height


def race(submission, rng):
    """Return the mean steps of `my_step` and of plain descent, and the greatest height at the end."""
    later = submission.given("momentum_step", "adagrad_step", "adam_step")
    ravines = [make_ravine(rng) for _ in range(5)]
    mine = [count_steps(later.my_step, *ravine) for ravine in ravines]
    plain = [count_steps(lambda p, g, state, step: (p - 0.0385 * g, state), *ravine) for ravine in ravines]
    return np.mean([n for n, _ in mine]), np.mean([n for n, _ in plain]), max(height for _, height in mine)


@pytest.mark.task("1", points=1)
def test_every_sample_comes_once(submission, rng):
    """Every sample is in one batch, and only the last batch is smaller."""
    for n_samples, batch_size, sizes in [(10, 4, [4, 4, 2]), (12, 4, [4] * 3), (3, 1, [1] * 3), (3, 5, [3])]:
        x, y = rng.normal(size=(n_samples, 3)), rng.normal(size=(n_samples, 2))
        pairs = cut(submission, x, y, batch_size, rng)
        found = [len(x_batch) for x_batch, _ in pairs]
        what = f"Of {n_samples} samples, batch_size {batch_size}, the batches have the sizes"
        expect.that(found == sizes, f"{what} {found}.", f"{sizes} is expected.")
        samples = np.concatenate([x_batch for x_batch, _ in pairs])
        counts = [int(np.isclose(samples, sample).all(axis=1).sum()) for sample in x]
        found = f"Of the {n_samples} samples, {counts.count(0)} are in no batch."
        expect.that(
            counts == [1] * n_samples, found, "Each is expected once.", "Cut one order of all of them."
        )


@pytest.mark.task("1", points=1)
def test_inputs_stay_with_their_targets(submission, rng):
    """Each input keeps its target."""
    x = rng.normal(size=(11, 3))
    for shape in [(11,), (11, 1)]:
        y = (1 + x.sum(axis=1)).reshape(shape)
        for x_batch, y_batch in cut(submission, x, y, 4, rng):
            fits = np.allclose(1 + x_batch.sum(axis=1), np.ravel(y_batch), atol=1e-5)
            found = "In one of the batches y does not belong to x."
            expect.that(
                fits, found, "Pairs stay together.", "Use one order for both, and the same part of it."
            )


@pytest.mark.task("1", points=1)
def test_the_order_is_drawn_from_rng(submission, rng):
    """The order comes from the generator: another one in each epoch, the same one for the same state."""
    x = np.arange(50.0)

    def draw():
        return np.concatenate([batch for batch, _ in cut(submission, x, x, 8, rng)])

    first, again = draw(), draw()  # a call works on a copy of the generator
    rng.random(1000)
    later = draw()
    found = "From the same state of the generator two calls draw different orders."
    expect.that(np.array_equal(first, again), found, "Draw from `rng` alone.")
    found = "A generator in another state gives the same order."
    look = "Make no generator with a seed of its own."
    expect.that(not np.array_equal(first, later), found, "The order is drawn from `rng`.", look)


@pytest.mark.task("1", points=1)
def test_batches_are_random_samples(submission, rng):
    """The gradients of batches scatter with the variance σ²/b · (n − b)/(n − 1), also of sorted data."""
    gradients, means = np.sort(rng.normal(size=240)), []
    for _ in range(100):
        means += [np.mean(batch) for batch, _ in cut(submission, gradients, gradients, 16, rng)]
        rng.random(1000)  # the calls work on copies of the generator
    expected = np.var(gradients) / 16 * (240 - 16) / 239
    ratio = np.var(means) / expected
    found = f"The means of {len(means)} batches of 16 scatter with {ratio:.2f} times the variance expected."
    look = "The data are sorted: shuffle single samples, not whole batches."
    expect.that(0.8 < ratio < 1.2, found, "0.8 to 1.2 times is expected of random samples.", look)


@pytest.mark.task("2", points=2)
def test_momentum_is_that_of_keras(submission, rng):
    """Twenty steps go where Keras's SGD goes, for three settings."""

    def take(parameter, gradient, slots, step, run):
        return submission.momentum_step(parameter, gradient, *slots, run["learning_rate"], run["momentum"])

    look = "First z ← βz + ∇J, with the whole gradient; then θ ← θ − αz, with the new z."
    compare_with_keras(take, "SGD", 1, rng, look)


@pytest.mark.task("2", points=1)
def test_momentum_raises_the_largest_rate(submission, rng):
    """Below 2(1 + β)/λ the steps shrink, above it they grow."""
    for beta in (0.0, 0.5, 0.9):
        rate = rng.uniform(0.01, 0.1)
        curvatures = np.array([0.99, 1.01]) * 2 * (1 + beta) / rate
        parameter, velocity = np.ones(2), np.zeros(2)
        for _ in range(60):
            values = submission.momentum_step(parameter, curvatures * parameter, velocity, rate, beta)
            parameter, velocity = expect.values(values, 2)
            parameter = expect.array(parameter, (2,), what="The parameter is")
        look = (
            f"Here β = {beta}, and the limit of the rate is 2(1 + β)/λ. Compare both lines with the formula."
        )
        found = f"After 60 steps just below the limit θ has gone from 1 to {parameter[0]:.3g}."
        expect.that(abs(parameter[0]) < 0.5, found, "It shrinks.", look)
        found = f"After 60 steps just above the limit θ has gone from 1 to {parameter[1]:.3g}."
        expect.that(abs(parameter[1]) > 2, found, "It grows.", look)


@pytest.mark.task("3", points=2)
def test_adagrad_is_that_of_keras(submission, rng):
    """Twenty steps go where Keras's Adagrad goes, for two rates."""

    def take(parameter, gradient, slots, step, run):
        return submission.adagrad_step(parameter, gradient, *slots, run["learning_rate"])

    look = (
        "G adds up the squares of all gradients, this one included; divide by its root, for each entry alone."
    )
    compare_with_keras(take, "Adagrad", 1, rng, look)


@pytest.mark.task("3", points=1)
def test_adagrad_divides_by_the_history(submission, rng):
    """Equal gradients of any size make steps of α/√t; no gradient, or a huge ε, makes none."""
    rate = rng.uniform(0.1, 1)
    gradient = rng.choice([-1, 1], 4) * [0.1, 3, 1000, 0]
    path = follow(
        lambda p, g, slots, _: submission.adagrad_step(p, g, *slots, rate), np.zeros(4), [gradient] * 5, 1
    )
    lengths = np.cumsum(1 / np.sqrt(np.arange(1, 6)))
    look = "The gradient is the same in each step; where it is 0, ε keeps 0/0 away."
    for step, found in enumerate(path, 1):
        expected = -rate * lengths[step - 1] * np.sign(gradient)
        expect.close(found, expected, rtol=1e-4, look=look, what=f"After step {step} from 0 the parameter is")
    step = submission.adagrad_step(np.zeros(2), np.ones(2), np.zeros(2), rate, epsilon=1e6)
    found = expect.array(expect.values(step, 2)[0], (2,), what="The parameter is")
    expect_a_small_step(found, rate)


@pytest.mark.task("3", points=3)
def test_adam_is_that_of_keras(submission, rng):
    """Twenty steps go where Keras's Adam goes, for two settings."""

    def take(parameter, gradient, slots, step, run):
        settings = (run[name] for name in ("learning_rate", "beta_1", "beta_2"))
        return submission.adam_step(parameter, gradient, *slots, step, *settings)

    look = "m averages gradients, v their squares. The correction is for the step; return m and v without it."
    compare_with_keras(take, "Adam", 2, rng, look)


@pytest.mark.task("3", points=1)
def test_adam_takes_steps_of_the_rate(submission, rng):
    """Equal gradients of any size make steps of α, the first one too; no gradient, or a huge ε, makes none."""
    rate, beta_1, beta_2 = rng.uniform(0.01, 0.1), rng.uniform(0.5, 0.9), rng.uniform(0.9, 0.999)
    gradient = rng.choice([-1, 1], 4) * [0.1, 3, 1000, 0]

    def take(parameter, gradient, slots, step):
        return submission.adam_step(parameter, gradient, *slots, step, rate, beta_1, beta_2)

    look = "With equal gradients the corrected means are ∇J and its square in every step."
    for step, found in enumerate(follow(take, np.zeros(4), [gradient] * 5, 2), 1):
        expected = -rate * step * np.sign(gradient)
        expect.close(found, expected, rtol=1e-4, look=look, what=f"After step {step} from 0 the parameter is")
    step = submission.adam_step(np.zeros(2), np.ones(2), np.zeros(2), np.zeros(2), 1, rate, epsilon=1e6)
    expect_a_small_step(expect.array(expect.values(step, 3)[0], (2,), what="The parameter is"), rate)


def expect_a_small_step(parameter, rate):
    """Check a first step with a huge ε."""
    length = np.abs(parameter).max()
    found = f"With epsilon=1e6, the rate {rate:.3g} and the gradient 1, the first step is {length:.3g}."
    expect.that(length < 0.01 * rate, found, "It is far shorter than the rate.", "Use `epsilon`.")
    found, expected = "With epsilon=1e6 the parameter does not move at all.", "A very small step is expected."
    expect.that(np.all(parameter < 0), found, expected)


@pytest.mark.task("4", points=1)
def test_the_rate_falls_on_a_plateau(submission, rng):
    """The rate stays while the losses fall, and halves after five losses without improvement."""
    found = expect.number(submission.reduce_on_plateau([], 0.1))
    expect.close(found, 0.1, what="Before the first loss the rate is", look="No loss makes no plateau.")
    losses = (1 - 1e-6 * np.arange(12)).tolist()
    look = "Each of the 12 losses is smaller than all before, if only by a millionth: all are improvements."
    expect.close(submission.reduce_on_plateau(losses, 0.1), 0.1, what="The rate is", look=look)
    for name in ("falls", "the best comes first", "one plateau"):
        compare_rates(submission, name, rng, "By default the patience is 5 and the factor 0.5.")


@pytest.mark.task("4", points=1)
def test_the_count_starts_again(submission, rng):
    """The count starts again after each improvement and each reduction, for another factor and patience."""
    for name in ("several plateaus", "an improvement in between"):
        settings = {key: KERAS["plateaus"][name][key] for key in ("factor", "patience")}
        look = (
            f"The patience is {settings['patience']}, the factor {settings['factor']}: count losses in a row."
        )
        compare_rates(submission, name, rng, look, **settings)


@pytest.mark.task("4", points=1)
def test_an_improvement_beats_the_best(submission, rng):
    """A loss below the last one, but above the best one, is no improvement, also after a reduction."""
    expect_a_reduction(submission, "above the best", rng)
    losses, rate = draw_plateau("the best stays", rng)
    found = expect.number(submission.reduce_on_plateau(losses, rate, factor=0.3, patience=2)) / rate
    what = f"After losses like {KERAS['plateaus']['the best stays']['losses']} the rate is {found:.4g} times the first one."
    look = "With a patience of 2 it falls twice: the best loss, 50, stays when the rate falls."
    twice = KERAS["plateaus"]["the best stays"]["rates"][-1]
    expect.that(found < 1.01 * twice, what, "0.09 times is expected.", look)


@pytest.mark.task("4", points=1)
def test_an_equal_loss_is_no_improvement(submission, rng):
    """A loss equal to the best one is no improvement."""
    expect_a_reduction(submission, "equal losses", rng)


@pytest.mark.task("5", points=1)
def test_prediction_of_the_ravine(submission, explain):
    """You have said which optimizer is lowest after 100 steps."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "ravine", RAVINE)
    explain(f"You expected {letter!r}: {RAVINE[letter]}")


@pytest.mark.task("5", points=1)
def test_my_step_beats_plain_descent(submission, rng, leaderboard):
    """On ravines that you have not seen, your optimizer needs fewer steps than plain descent."""
    mine, plain, height = submission.remember("race", lambda: race(submission, rng))
    leaderboard("steps to the floor", mine, best="low", baseline=plain, limit=3)
    look = f"At the end the greatest height is {height:.3g}; at the start it was about 30."
    found = f"`my_step` needs {mine:.0f} steps on average, counting at most {LIMIT}."
    expect.that(mine < plain, found, f"Plain descent needs {plain:.0f}.", look)


@pytest.mark.task("5", points=1)
def test_my_step_needs_half_the_steps(submission, rng):
    """On these ravines it needs at most 60 steps, half as many as plain descent."""
    mine, plain, height = submission.remember("race", lambda: race(submission, rng))
    look = f"Plain descent needs {plain:.0f}; at the end the greatest height of yours is {height:.3g}."
    expect.that(mine <= 60, f"`my_step` needs {mine:.0f} steps on average.", "At most 60 are expected.", look)


@pytest.mark.task("5", points=1)
def test_noise(submission, explain):
    """What does halving the batch size double?"""
    expect.answer(submission.value("ANSWERS"), "noise", "b", NOISE)
    explain(
        "Per epoch the two cancel: twice the updates, each with twice the variance, at the cost of one epoch."
    )


@pytest.mark.task("5", points=1)
def test_sum_or_mean(submission, explain):
    """What becomes of the good rate when the objective is a sum?"""
    expect.answer(submission.value("ANSWERS"), "sum_or_mean", "a", SUM_OR_MEAN)
    explain(
        "That is why Keras averages. Adam and Adagrad do not notice the size of a gradient: they divide by its size."
    )


@pytest.mark.task("5", points=1)
def test_effective_rate(submission, explain):
    """How fast is momentum on a slope?"""
    expect.answer(submission.value("ANSWERS"), "effective", "c", EFFECTIVE)
    explain("z settles where z = 0.9 z + ∇J, at 10 ∇J. So lower the rate when you raise β.")
