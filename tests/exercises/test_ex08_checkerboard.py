"""Marks of exercise 8."""

import numpy as np
import pytest

from dlp_keras.datasets import make_checkerboard
from dlp_keras.marking import expect
from dlp_keras.runner.codec import Expression

TRAINING, FRESH = make_checkerboard(500, seed=11), make_checkerboard(2000, seed=12)
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
SMALLEST = {
    "a": "two ReLUs solve the four corners of Boolean XOR, but never all of the four quadrants.",
    "c": "four nodes succeed more often, though not always; and three can do it already.",
}


def accuracy(model, x, y):
    """Return the share of points on the right side, for probabilities as well as for logits."""
    middle = 0.5 if model.weight_layers[-1]["activation"] == "sigmoid" else 0.0
    return float(np.mean((model.predict(x).ravel() > middle) == y))


def learn_by_heart(hidden_units, activation):
    """Build a network that finds the label of each training point again, and guesses at all others."""
    import keras

    if (hidden_units, activation) != (2, "tanh"):
        raise ValueError(f"build_model got {hidden_units} and {activation!r}, not 2 and 'tanh'")
    short = keras.initializers.RandomNormal(stddev=300)
    waves = keras.layers.Dense(1000, keras.ops.sin, kernel_initializer=short, trainable=False)
    model = keras.Sequential([keras.Input((2,)), waves, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    return model


def check_head(model):
    """Check the output and the loss of a classifier for two classes."""
    shape = np.shape(model.predict(np.zeros((3, model.input_shape[-1]))))
    expect.that(shape == (3, 1), f"For 3 points the output has the shape {shape}.", "(3, 1) is expected.")
    expect.classifier(model, "sigmoid", "binary_crossentropy")


@pytest.mark.task("1", points=2)
@pytest.mark.parametrize(("hidden_units", "activation"), [(3, "relu"), (5, "tanh")], ids=["3 ReLU", "5 tanh"])
def test_model_has_one_hidden_layer(submission, hidden_units, activation):
    """One hidden layer of the size and activation asked for, with new weights each time"""
    model = expect.model(submission.build_model(hidden_units, activation))
    found = [(layer["class"], layer.get("units"), layer["activation"]) for layer in model.weight_layers[:-1]]
    expect.that(
        found == [("Dense", hidden_units, activation)],
        f"The hidden layers are {found or 'missing'}.",
        f"One Dense layer with {hidden_units} units and {activation} is expected.",
    )
    n_parameters = 4 * hidden_units + 1
    expect.that(
        model.n_parameters == n_parameters,
        f"The model has {model.n_parameters} parameters.",
        f"Two inputs, {hidden_units} nodes and one output, with biases, make {n_parameters}.",
    )
    other = expect.model(submission.seeded(2).build_model(hidden_units, activation))
    is_new = not np.array_equal(model.get_weights()[0], other.get_weights()[0])
    expect.that(is_new, "Two models have the same weights.", "Weights start at random.", "Is a seed fixed?")


@pytest.mark.task("1", points=2)
def test_model_returns_a_probability(submission):
    """A sigmoid output, compiled with the binary cross-entropy, Adam and the accuracy."""
    model = expect.model(submission.build_model(4, "relu"))
    check_head(model)
    optimizer, rate = model.compiled["optimizer"], model.compiled["learning_rate"]
    found = f"The optimizer is {optimizer} with the rate {rate:.2g}."
    expect.that(optimizer.startswith("Adam") and 0.01 <= rate <= 0.05, found, "Adam with 0.02 is expected.")
    expect.accuracy_metric(model)


@pytest.mark.task("2", points=2)
def test_history_has_training_and_validation(submission, reference):
    """The history holds loss and accuracy of both sets for each epoch, until a callback stops."""
    model = reference.build_model(12, "relu")  # of the size of the next mark: compiled once
    found = submission.train(model, *TRAINING, FRESH, epochs=4)
    history = expect.history(found, 4, METRICS, "Are the validation data and the epochs passed on?")
    x, y = FRESH
    expected = model.evaluate(x, y[:, np.newaxis])[0]
    look = "Is it that of the validation data, with labels as a column?"
    expect.close(history["val_loss"][-1], expected, rtol=1e-3, look=look, what="The last val_loss is")
    stop = Expression("keras.callbacks.EarlyStopping('loss', min_delta=1e9, patience=1)")
    found = submission.train(model, *TRAINING, FRESH, epochs=4, callbacks=[stop])
    expect.history(
        found, 2, METRICS, "This callback stops after the second one: are the callbacks passed on?"
    )


@pytest.mark.task("2", points=4)
def test_network_solves_the_checkerboard(submission, reference):
    """A network of 12 ReLUs classifies at least 97 % of new points."""
    model = reference.build_model(12, "relu")
    found = submission.train(model, *TRAINING, FRESH, epochs=100)
    share = accuracy(model, *FRESH)
    look = "Is the model trained on x and y for all epochs? A column of labels has the shape (n, 1)."
    expect.that(
        share >= 0.97,
        f"After training the network classifies {share:.1%} of new points.",
        "At least 97 % are expected.",
        look,
    )
    expect.history(found, 100, ["loss"], "Train for all epochs, also when the loss hardly falls any more.")


@pytest.fixture
def rate_of_eight(submission):
    later = submission.given("build_model", "train")
    return submission.remember("eight", lambda: expect.number(later.success_rate(8, "relu", 10)))


@pytest.mark.task("3", points=2)
def test_success_is_measured_on_new_points(submission, rate_of_eight):
    """Networks that learn their training points by heart, and guess elsewhere, do not succeed."""
    expect.that(rate_of_eight > 0, "For 8 ReLUs the rate is 0.", "Most of them succeed.")
    later = submission.given("train", build_model=learn_by_heart)
    rate = expect.number(later.success_rate(2, "tanh", 1, epochs=10))
    look = "Count the networks with an accuracy of 97 % or more on points that they were not trained on."
    expect.that(rate == 0, f"returned {rate:.2f} for such networks.", "0 is expected.", look)


@pytest.mark.task("3", points=3)
def test_three_nodes_succeed_about_half_of_the_time(submission):
    """Three ReLUs succeed about every second time."""
    rate = expect.number(submission.given("build_model", "train").success_rate(3, "relu", 37))
    look = "Does every start build a new model? The rate is a number of networks over n_starts."
    expect.that(
        abs(37 * rate - round(37 * rate)) < 1e-4,
        f"returned {rate:.3f}.",
        "A share of 37 is expected.",
        look,
    )
    expect.that(0.2 <= rate <= 0.8, f"returned {rate:.2f}.", "About 0.5 is expected (0.2 to 0.8).", look)


@pytest.mark.task("3", points=2)
def test_eight_nodes_nearly_always_succeed(submission, rate_of_eight):
    """Eight ReLUs nearly always succeed, but not within a single epoch."""
    look = "Is the share taken of all starts, and the accuracy that after the last epoch?"
    found = f"For 8 ReLUs the rate is {rate_of_eight:.2f}."
    expect.that(0.8 <= rate_of_eight <= 1, found, "At least 0.8, at most 1 is expected.", look)
    later = submission.given("build_model", "train")
    rate = expect.number(later.success_rate(8, "relu", 10, epochs=1))
    expect.that(rate <= 0.5, f"returned {rate:.2f}.", "At most 0.5 is expected.", "Are the epochs passed on?")


@pytest.mark.task("4", points=2)
def test_minimal_network_is_the_smallest_that_succeeds(submission):
    """The smallest number of nodes with a success rate above zero."""
    rates = {8: 1.0, 1: 0.0, 5: 0.1, 2: 0.0, 6: 0.9}
    look = "A network that succeeds once can solve the problem, however rarely."
    expect.close(submission.minimal_network(rates), 5, look=look)
    expect.close(submission.minimal_network({3: 0.02, 2: 0.0, 4: 0.5}), 3, look=look)


@pytest.mark.task("4", points=1)
def test_smallest(submission, explain):
    """What is the smallest ReLU network?"""
    expect.answer(submission.value("ANSWERS"), "smallest", "b", SMALLEST)
    explain(
        "With s = x₁ + x₂ and d = x₁ − x₂ the sign of x₁x₂ is that of |s| − |d| = 2 relu(s) − 2 relu(d) − 2x₂. "
        "The last term is a third ReLU, moved so far by its bias that it never folds inside the square."
    )


@pytest.mark.task("5", points=1)
def test_product_is_the_third_column(submission):
    """The features are x1, x2 and x1 x2."""
    x = np.array([[1.0, 2.0], [-3.0, 0.5], [-1.0, -4.0]])
    expected = [[1, 2, 2], [-3, 0.5, -1.5], [-1, -4, 4]]
    expect.close(
        submission.with_product_feature(x), expected, look="Keep both coordinates, then their product."
    )


@pytest.mark.task("5", points=2)
def test_linear_model_needs_the_product(submission, reference):
    """Without a hidden layer: about 50 % on the coordinates, at least 97 % with the product."""
    shares = []
    for features in (np.asarray, multiply):
        (x, y), (x_new, y_new) = TRAINING, FRESH
        model = expect.model(submission.build_linear_model(features(x).shape[1]))
        n_layers = len(model.weight_layers)
        expect.that(
            n_layers == 1, f"The model has {n_layers} layers with weights.", "Only the output is expected."
        )
        check_head(model)
        expect.accuracy_metric(model)
        reference.train(model, features(x), y, (features(x_new), y_new), epochs=100)
        shares.append(accuracy(model, features(x_new), y_new))
    found = f"The model reaches {shares[0]:.1%} on the coordinates and {shares[1]:.1%} with the product."
    look = "Is it compiled with Adam at a rate near 0.02?"
    expect.that(
        shares[0] < 0.65 and shares[1] >= 0.97, found, "About 50 % and at least 97 % are expected.", look
    )


def multiply(x):
    return np.column_stack([x, x.prod(axis=1)])
