"""Marks of exercise 7."""

import numpy as np
import pytest

from dlp_keras.datasets import make_hills
from dlp_keras.marking import expect
from dlp_keras.marking.client import MarkFailed

REGRESSION_LOSSES = ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh")
SIGMOID_HEAD = {
    "a": "a sigmoid ends at 1, and no training takes it further: the lengths are out of reach.",
    "b": "so it is: the loss falls as long as the output rises, and the output ends at 1.",
    "c": "nothing diverges: the output comes ever closer to 1, and the gradient fades.",
}
HEAD = {
    "a": (
        "it tempts since energies are positive. But where the last sum is negative, ReLU has no gradient: with such "
        "an end, 11 of 20 networks for the spring started at 0 and stayed there. The data alone teach the sign."
    ),
    "c": (
        "you would have to know the largest energy of all particles to come; and near it the sigmoid saturates, as "
        "in the picture of the spring, and the gradient fades."
    ),
}
DEEP = {
    "a": "without activations, three layers are a single linear one (exercise 2): there is no non-linear stage.",
    "b": "its 10 000 nodes stand side by side: that is wide, and a single stage.",
}
COUNT = {
    "b": "the input has no weights, so it does not count: the layers are 2→4, 4→4 and 4→1.",
    "c": "28 are the weights, 8 + 16 + 4. Each of the 9 nodes has a bias as well.",
}


def make_problem(rng, n_samples, n_inputs=3, n_outputs=2):
    """Draw inputs and targets in float32."""
    x, y = rng.normal(size=(n_samples, n_inputs)), rng.normal(size=(n_samples, n_outputs))
    return x.astype(np.float32), y.astype(np.float32)


def descend(x, y, weights, learning_rate, n_steps):
    """Return kernel, bias and losses of plain descent on a linear model, with the bias as one more row."""
    extended, losses = np.hstack([x.astype(np.float64), np.ones((len(x), 1))]), []
    matrix = np.vstack([weights[0], weights[1]]).astype(np.float64)
    for _ in range(n_steps):
        residuals = extended @ matrix - y
        losses.append(np.mean(residuals**2))
        matrix = matrix - learning_rate * 2 / residuals.size * extended.T @ residuals
    return matrix[:-1], matrix[-1], losses


def expect_weights(model, expected, look):
    """Check kernel and bias of a linear model."""
    for name, found, target in zip(("kernel W", "bias b"), model.get_weights(), expected, strict=False):
        expect.close(found, target, rtol=1e-4, atol=1e-5, look=look, what=f"The {name} is afterwards")


def linear_model(submission, n_inputs, n_outputs):
    """Return the student's linear model, with at least some weights."""
    try:
        model = submission.build_linear_model(n_inputs, n_outputs)
    except MarkFailed as error:
        if 'RuntimeError("Task 1: ' in str(error):  # what stands in the stubs of `build` and `call`
            raise MarkFailed(f"Still open: {error}", is_open=True) from None
        raise
    if getattr(model, "input_shape", None) and not model.n_parameters:
        look = "`self.add_weight` in `build` makes them, and puts them on the model's list."
        expect.fail("The model has no weights.", "The layer has two, kernel and bias.", look)
    found = expect.model(model)
    own = [layer["class"] for layer in found.weight_layers]
    expect.that(own != ["Dense"], "The layer is `keras.layers.Dense`.", "Your `LinearLayer` is expected.")
    return found


def kernel_and_bias(model):
    """Return the weights of a linear layer, whatever their order."""
    weights = model.get_weights()
    kernels, biases = ([w for w in weights if np.ndim(w) == n] for n in (2, 1))
    shapes = ", ".join(str(np.shape(weight)) for weight in weights)
    if (len(kernels), len(biases), len(weights)) != (1, 1, 2):
        expect.fail(f"The weights have the shapes {shapes}.", "A matrix and a vector are expected.")
    return kernels[0], biases[0]


@pytest.mark.task("1", points=1)
def test_layer_has_kernel_and_bias(submission):
    """The model is a LinearLayer with trainable weights of the right shapes."""
    for n_inputs, n_outputs in [(3, 2), (1, 1), (2, 5)]:
        model = linear_model(submission, n_inputs, n_outputs)
        kinds = [layer["class"] for layer in model.weight_layers]
        found = f"The layers with weights are {', '.join(kinds)}."
        expect.that(kinds == ["LinearLayer"], found, "One LinearLayer is expected.")
        shapes = [np.shape(weight) for weight in model.get_weights()]
        wanted = [(n_inputs, n_outputs), (n_outputs,)]
        found = f"For {n_inputs} inputs and {n_outputs} outputs the weights have the shapes {shapes}."
        expect.that(shapes == wanted, found, f"{wanted} is expected: the kernel, then the bias.")
        found = f"Of {model.n_parameters} parameters {model.n_trainable} are trainable."
        expect.that(model.n_trainable == model.n_parameters, found, "All of them have to be.")


@pytest.mark.task("1", points=2)
def test_output_is_x_w_plus_b(submission, rng):
    """The model returns x W + b of its own weights, for every sample."""
    for n_samples, n_inputs, n_outputs in [(4, 3, 2), (1, 1, 1), (3, 2, 5)]:
        model = linear_model(submission, n_inputs, n_outputs)
        kernel_and_bias(model)
        model.set_weights([rng.normal(size=np.shape(weight)) for weight in model.get_weights()])
        kernel, bias = kernel_and_bias(model)
        x = rng.normal(size=(n_samples, n_inputs)).astype(np.float32)
        expected = np.einsum("nm,mk->nk", x.astype(np.float64), kernel) + bias
        look = "Is it the matrix product of inputs and kernel, plus the bias, and nothing else?"
        expect.close(model.predict(x), expected, rtol=1e-4, atol=1e-5, look=look)


@pytest.mark.task("1", points=1)
def test_weights_start_as_glorot_proposed(submission):
    """The kernel starts at random, with Glorot's variance, and the bias at zero."""
    model = linear_model(submission, 50, 40)
    kernel, bias = kernel_and_bias(model)
    other, _ = kernel_and_bias(linear_model(submission.seeded(2), 50, 40))
    found = "Two models start with the same kernel."
    expect.that(not np.array_equal(kernel, other), found, "Weights start at random.")
    variance = np.var(kernel)
    found = f"With 50 inputs and 40 outputs the variance of the kernel is {variance:.4f} at the start."
    expected = "2/(50 + 40) = 0.0222 is expected, within a sixth."
    expect.that(abs(variance * 45 - 1) < 1 / 6, found, expected, 'Is its initializer "glorot_uniform"?')
    look = 'Is its initializer "zeros"?'
    expect.close(bias, np.zeros_like(bias), look=look, what="At the start the bias is")


@pytest.mark.task("1", points=1)
def test_model_survives_saving(submission, reference, rng):
    """The model can be saved, and what is loaded predicts the same."""
    model = linear_model(submission, 3, 2)
    model.set_weights([rng.normal(size=np.shape(weight)) for weight in model.get_weights()])
    try:
        loaded = reference.save_and_load(model)
    except MarkFailed as error:
        look = "Does `@keras.saving.register_keras_serializable(…)` stand above the class?"
        expect.fail("The model cannot be saved and loaded.", look, str(error))
    x = rng.normal(size=(4, 3)).astype(np.float32)
    look = "Has `add_weight` made all of its numbers, so that they are saved?"
    what = "The loaded model returns"
    expect.close(loaded.predict(x), model.predict(x), look=look, what=what)


def given_model(submission, n_inputs, n_outputs):
    """Return the reference's linear model, made where the student's code trains it."""
    return submission.given("build_linear_model").build_linear_model(n_inputs, n_outputs)


@pytest.fixture
def take_steps(submission, reference):
    """Call train_with_tape; where there is no tape, what fails stays open."""

    def call(*args):
        try:
            losses = submission.train_with_tape(*args)
        except MarkFailed as error:
            backend = reference.value("BACKEND")
            if error.is_open or backend == "tensorflow":
                raise
            message = (
                f"Stays open: `tf.GradientTape` needs TensorFlow, and Keras uses {backend} here. Set "
                f"KERAS_BACKEND=tensorflow, or write the loop as {backend} does it. ({error})"
            )
            raise MarkFailed(message, is_open=True) from None
        is_noted = not isinstance(losses, (list, np.ndarray)) or len(losses) == 0 or np.any(losses)
        expect.that(is_noted, "All losses are 0.", "The mean squared error of each step is expected.")
        return losses

    return call


@pytest.mark.task("2", points=2)
def test_steps_go_against_the_gradient(submission, take_steps, rng):
    """After 0, 1, 3 and many steps the weights are those of gradient descent."""
    for n_steps, learning_rate, shape in [(0, 0.1, (7, 3, 2)), (1, 0.1, (7, 3, 2)), (3, 0.05, (8, 2, 3))]:
        (x, y), model = make_problem(rng, *shape), given_model(submission, *shape[1:])
        start = model.get_weights()
        take_steps(model, x, y, learning_rate, n_steps)
        look = (
            f"Here n_steps is {n_steps}. In each step every weight changes by −learning_rate times its gradient, "
            "that of the mean over samples and outputs."
        )
        expect_weights(model, descend(x, y, start, learning_rate, n_steps), look)
    (x, noise), model = make_problem(rng, 100, 1, 1), given_model(submission, 1, 1)
    x = np.tanh(x)  # within −1 and 1
    y = 2 * x + 0.3 + 0.1 * noise
    take_steps(model, x, y, 0.1, 200)
    exact = np.linalg.lstsq(np.hstack([x, np.ones_like(x)]), y, rcond=None)[0]
    look = "After 200 steps at the rate 0.1 it should be that of least squares. Does every step make a new gradient?"
    for name, found, target in zip(("kernel W", "bias b"), model.get_weights(), exact, strict=True):
        expect.close(np.squeeze(found)[()], target[0], rtol=0, atol=2e-3, look=look, what=f"The {name} is")


@pytest.mark.task("2", points=1)
def test_losses_stand_before_each_step(submission, take_steps, rng):
    """The losses begin with that of the first weights, one number for each step."""
    (x, y), model = make_problem(rng, 9), given_model(submission, 3, 2)
    start = model.get_weights()
    found = take_steps(model, x, y, 0.1, 6)
    losses = expect.losses(found, 6, "Note the loss in each step.")
    expected = descend(x, y, start, 0.1, 6)[2]
    look = "It is the mean over samples and outputs, before any weight has changed."
    expect.close(losses[0], expected[0], rtol=1e-4, look=look, what="The first loss is")
    look = "Each loss belongs to the weights before its step."
    expect.close(losses, expected, rtol=1e-4, look=look, what="The losses are")


def outputs_of_two_layers(x, weights):
    """Return the outputs of one hidden layer of ReLUs and a linear layer, in float64."""
    kernel, bias, last_kernel, last_bias = weights
    return np.maximum(x @ kernel + bias, 0) @ last_kernel + last_bias


def numeric_gradients(x, y, weights, step=1e-6):
    """Return the gradients of the mean squared error by centred differences."""

    def loss():
        return np.mean((outputs_of_two_layers(x, weights) - y) ** 2)

    gradients = [np.zeros_like(weight) for weight in weights]
    for weight, gradient in zip(weights, gradients, strict=True):
        for index in np.ndindex(weight.shape):
            middle = weight[index]
            weight[index] = middle + step
            above = loss()
            weight[index] = middle - step
            gradient[index] = (above - loss()) / (2 * step)
            weight[index] = middle
    return gradients


@pytest.mark.task("2", points=1)
def test_every_layer_learns(reference, take_steps, rng):
    """In a network with a hidden layer, all weights of both layers take their step."""
    (x, y), model = make_problem(rng, 6, 2, 1), reference.regression_model(2)
    start = [weight.astype(np.float64) for weight in model.get_weights()]
    take_steps(model, x, y, 0.1, 1)
    gradients = numeric_gradients(x.astype(np.float64), y, start)
    names = ("first kernel", "first bias", "second kernel", "second bias")
    look = "Does the loop go through all of `model.trainable_weights`?"
    for name, found, weight, gradient in zip(names, model.get_weights(), start, gradients, strict=True):
        target, what = weight - 0.1 * gradient, f"After a step at the rate 0.1 the {name} is"
        expect.close(found, target, rtol=1e-3, atol=1e-4, look=look, what=what)


@pytest.mark.task("2", points=1)
def test_targets_are_not_broadcast(submission, take_steps, rng, explain):
    """Targets of the shape (n,) mean the same as a column, or raise an error."""
    (x, y), model = make_problem(rng, 8, 1, 1), given_model(submission, 1, 1)
    y = 3 * x + 0.1 * y
    start = model.get_weights()
    take_steps(model, x, y, 0.1, 2)
    expected = descend(x, y, start, 0.1, 2)
    expect_weights(model, expected, "Here n_steps is 2, and the targets are a column.")
    model.set_weights(start)
    try:
        take_steps(model, x, y[:, 0], 0.1, 2)
    except MarkFailed:
        explain("Your loop refuses them, so nothing is broadcast unnoticed.")
        return
    look = (
        "Targets of the shape (8,) must not be subtracted from an output of the shape (8, 1): that is (8, 8)."
    )
    expect_weights(model, expected, look)


@pytest.mark.task("3", points=2)
def test_fit_takes_the_same_steps(submission, rng):
    """After 1 and after 5 epochs the weights are those of as many steps of gradient descent."""
    for epochs, learning_rate in [(1, 0.1), (5, 0.05)]:
        (x, y), model = make_problem(rng, 1100), given_model(submission, 3, 2)
        start = model.get_weights()
        found = submission.train_with_fit(model, x, y, learning_rate, epochs)
        expect.history(found, epochs, ["loss"], "Are the epochs passed on?")
        look = (
            f"Here epochs is {epochs}, the learning rate {learning_rate}, with 1100 samples. Is the optimizer SGD with "
            "this rate, the loss the mean squared error, and does one batch hold all samples?"
        )
        expect_weights(model, descend(x, y, start, learning_rate, epochs), look)


@pytest.mark.task("3", points=1)
def test_history_has_the_losses(submission, rng):
    """The losses in the History are those before each step."""
    (x, y), model = make_problem(rng, 40), given_model(submission, 3, 2)
    start = model.get_weights()
    found = submission.train_with_fit(model, x, y, 0.05, 3)
    losses = expect.history(found, 3, ["loss"], "Are the epochs passed on?")["loss"]
    look = "With one batch of all samples, it is the mean squared error before the step of each epoch."
    expected = descend(x, y, start, 0.05, 3)[2]
    expect.close(np.array(losses), expected, rtol=1e-4, look=look, what="The losses are")


REGRESSION, CLASSIFICATION = ("regression_model", (3,), 1), ("classification_model", (2, 5), 5)


def head_model(submission, name, arguments, n_outputs):
    """Return one of the two models of task 4, whose output has the right shape."""
    model = expect.model(getattr(submission, name)(*arguments))
    wanted = [None, arguments[0]], [None, n_outputs]
    found = f"The model takes the shape {model.input_shape} and returns the shape {model.output_shape}."
    expect.that(
        (model.input_shape, model.output_shape) == wanted, found, f"{wanted[0]} and {wanted[1]} are expected."
    )
    return model


@pytest.mark.parametrize(
    ("name", "arguments", "n_outputs"), [REGRESSION, CLASSIFICATION], ids=["regression", "classification"]
)
@pytest.mark.task("4", points=1)
def test_model_has_a_hidden_layer_of_16(submission, name, arguments, n_outputs):
    """One hidden layer of 16 nodes with an activation, compiled with Adam."""
    model = head_model(submission, name, arguments, n_outputs)
    n_layers, n_parameters = len(model.weight_layers), 16 * (arguments[0] + 1) + 17 * n_outputs
    found = f"It has {n_layers} layers with weights and {model.n_parameters} parameters."
    expected = f"Two layers, and with 16 hidden nodes {n_parameters} parameters, are expected."
    expect.that((n_layers, model.n_parameters) == (2, n_parameters), found, expected)
    look = "Without one, both layers together are a single linear layer."
    expect.that(model.weight_layers[0]["activation"], "The hidden layer has no activation.", "", look)
    compiled = model.compiled or expect.fail(
        "It is not compiled.", "`model.compile` takes optimizer and loss."
    )
    optimizer, rate = compiled["optimizer"], compiled["learning_rate"]
    found = f"The optimizer is {optimizer} with the rate {rate:.2g}."
    is_adam = optimizer.startswith("Adam") and 0.003 <= rate <= 0.03
    expect.that(is_adam, found, "Adam with 0.01 is expected (0.003 to 0.03).")


@pytest.mark.task("4", points=2)
def test_regression_ends_without_activation(submission):
    """The regression ends in the sum of its last layer, with a loss for numbers."""
    model = head_model(submission, *REGRESSION)
    last = model.weight_layers[-1]["activation"]
    found = f"The last layer ends in {last}."
    expect.that(last is None, found, "No activation is expected, so that every number can be reached.")
    loss = (model.compiled or {}).get("loss")
    found = f"The loss is {loss}." if model.compiled else "The model is not compiled."
    expect.that(loss in REGRESSION_LOSSES, found, 'A loss for numbers is expected, such as "mse".')


@pytest.mark.task("4", points=2)
def test_classification_ends_in_probabilities(submission):
    """The classification ends in a softmax, or in logits, with the loss for labels that are integers."""
    model = head_model(submission, *CLASSIFICATION)
    expect.classifier(model, "softmax", "sparse_categorical_crossentropy")


@pytest.mark.task("5", points=1)
def test_prediction_of_the_sigmoid(submission, explain):
    """You have said what a sigmoid at the end of a regression predicts."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "sigmoid_head", SIGMOID_HEAD)
    explain(f"You expected {letter!r}: {SIGMOID_HEAD[letter]}")


def mean_error(submission, reference, rng):
    """Train three networks of the student's on the hills; return their mean error on new points."""
    errors = []
    for seed in rng.integers(2**31, size=3):
        model = expect.plain_model(submission.seeded(int(seed)).my_regressor())
        found = f"The network takes the shape {model.input_shape} and returns the shape {model.output_shape}."
        fits = (model.input_shape, model.output_shape) == ([None, 2], [None, 1])
        expect.that(fits, found, "It takes (None, 2) and returns (None, 1): a height for each point.")
        found = f"The network has {model.n_parameters} parameters."
        expect.that(model.n_parameters <= 2000, found, "At most 2000 are allowed.")
        expect.that(
            model.compiled, "The network is not compiled.", "Compile it with an optimizer and a loss."
        )
        reference.train(model, *make_hills(1200, seed=rng))
        x, y = make_hills(2000, seed=rng)
        errors.append(np.sqrt(np.mean((np.ravel(model.predict(x)) - y) ** 2)))
    return float(np.mean(errors))


@pytest.fixture
def error_on_hills(submission, reference, rng):
    return submission.remember("hills", lambda: mean_error(submission, reference, rng))


@pytest.mark.task("5", points=1)
def test_my_regressor_beats_the_baseline(error_on_hills, leaderboard):
    """Trained three times, your network has a mean RMSE below 0.18 on points that it has not seen."""
    leaderboard("RMSE on the hills", error_on_hills, best="low", baseline=0.21)
    found = f"Trained on 1200 points for 100 epochs, it has a mean RMSE of {error_on_hills:.3f}."
    look = "The baseline has 0.21, and the answer 0 has 0.29."
    expect.that(error_on_hills < 0.18, found, "Less than 0.18 is expected.", look)


@pytest.mark.task("5", points=1)
def test_my_regressor_is_good(error_on_hills):
    """Trained three times, your network has a mean RMSE below 0.11."""
    found = f"Trained on 1200 points for 100 epochs, it has a mean RMSE of {error_on_hills:.3f}."
    look = "What does a second hidden layer change, and another rate?"
    expect.that(error_on_hills < 0.11, found, "Less than 0.11 is expected.", look)


@pytest.mark.task("5", points=1)
def test_head(submission, explain):
    """Which activation does the last layer of a regression have?"""
    expect.answer(submission.value("ANSWERS"), "head", "b", HEAD)
    explain(
        "Every number is within reach, and the gradient is never zero. In practice one learns log(energy)."
    )


@pytest.mark.task("5", points=1)
def test_deep(submission, explain):
    """Which network is deep?"""
    expect.answer(submission.value("ANSWERS"), "deep", "c", DEEP)
    explain("Depth is not size, and it matters: on the hills two layers of 8 beat one of 16, 0.12 to 0.18.")


@pytest.mark.task("5", points=1)
def test_count(submission, explain):
    """Depth, width and parameters of the network 2–4–4–1."""
    expect.answer(submission.value("ANSWERS"), "count", "a", COUNT)
    explain("(2 + 1)·4 + (4 + 1)·4 + (4 + 1)·1 = 37: the 1 in each bracket is the bias.")
