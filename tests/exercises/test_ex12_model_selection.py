"""Marks of exercise 12."""

import math

import numpy as np
import pytest

from dlp_keras.datasets import make_spirals
from dlp_keras.marking import expect
from dlp_keras.marking.client import MarkFailed
from dlp_keras.marking.submission import ModelView
from dlp_keras.runner.codec import HistoryRecord

LEAK = {
    "a": "one scale is needed, but for that all parts only have to take the same numbers. Those of the training part do.",
    "c": "no label is needed for a mean. One test point that is measured at 10 km would change the inputs of all others, "
    "and points that are measured next year cannot be in your mean.",
}
UNITS = {
    "a": "so it is: 46 to 57 % in eight measurements. The input of ±500 outvotes the other, and ±0.05 is next to nothing.",
    "b": "that is too much. It does use one input, but along x1 alone the arms lie on each other: 46 to 57 %.",
    "c": "they would, in the end. But Adam moves a weight by 0.01 a step, and x2 would need weights of 100 and more.",
}
ONCE = {
    "b": "here both have 250 points, and so the same error. A larger one would be flattered less, but still flattered.",
    "c": "`fit` only evaluates it, and no weight is changed for it. It is the choice that has used it, not the training.",
}
ENTRIES = ("name", "model", "n_parameters", "accuracy", "history")
TWINS = [("first", (4,), "tanh"), ("second", (4,), "tanh"), ("third", (3, 2), "relu")]
LARGE = ("large", (16, 16), "relu")


def read_parts(found, parts):
    """Return the parts of a standardisation as arrays of their old shapes."""
    look = "Return a list: the training part, then the others in their order."
    is_list = isinstance(found, (list, tuple))
    expect.that(is_list, "`standardize` returned no list of arrays.", "A list is expected.", look)
    text = f"The number of arrays in the list is {len(found)}."
    expect.that(len(found) == len(parts), text, f"{len(parts)} is expected, as many as parts.", look)
    return [
        expect.array(each, part.shape, what="One of the parts is")
        for each, part in zip(found, parts, strict=True)
    ]


def make_parts(rng, *sizes):
    """Draw parts with three columns of very different units; the means of the parts differ as well."""
    units = np.array([300.0, 0.02, 4.0])
    return [units * (rng.normal(size=(size, 3)) + rng.uniform(-2, 2, 3)) + [700, 0.1, -9] for size in sizes]


@pytest.mark.task("1", points=1)
def test_training_part_has_mean_0_and_deviation_1(submission, rng):
    """In the training part every column has the mean 0 and the standard deviation 1."""
    for sizes in [(300,), (400, 50, 20)]:
        parts = make_parts(rng, *sizes)
        first = read_parts(submission.standardize(*parts), parts)[0]
        where = f"With {len(sizes)} part{'s' * (len(sizes) > 1)} the training part"
        found = f"{where} has the column means {np.round(first.mean(axis=0), 3).tolist()}."
        filled = "The array that came back holds nothing but zeros: is the result written into it?"
        expect.that(np.any(first), f"{where} is 0 everywhere.", "Its columns should scatter by 1.", filled)
        look = "Its own means over its points (axis 0), one for each column, have to be subtracted."
        expect.that(np.allclose(first.mean(axis=0), 0, atol=1e-4), found, "0 is expected for all.", look)
        found = f"{where} has the standard deviations {np.round(first.std(axis=0), 3).tolist()}."
        look = (
            "Divide by its own standard deviations over its points (axis 0), one for each column, with nothing added to "
            "them: the second column scatters by 0.02 only."
        )
        expect.that(np.allclose(first.std(axis=0), 1, atol=5e-3), found, "1 is expected for all.", look)


@pytest.mark.task("1", points=2)
def test_other_parts_take_the_same_numbers(submission, rng):
    """All other parts are shifted and divided by the numbers of the training part."""
    for sizes in [(300, 80), (500, 40, 70, 1)]:
        parts = make_parts(rng, *sizes)
        found = read_parts(submission.standardize(*parts), parts)
        mean, spread = parts[0].mean(axis=0), parts[0].std(axis=0)
        for number, (part, scaled) in enumerate(zip(parts, found, strict=True)):
            expected = (part - mean) / spread
            look = "Take the mean and the standard deviation of the training part, and of no other points."
            what = f"With {len(parts)} parts, the part at position {number} of the list is"
            expect.close(scaled, expected, rtol=5e-3, atol=5e-3, look=look, what=what)


@pytest.mark.task("1", points=1)
def test_a_constant_column_is_only_shifted(submission, rng):
    """A column that is constant in the training part is only shifted."""
    parts = make_parts(rng, 200, 50)
    parts[0][:, 1], parts[1][:, 1] = 7.0, 7.0 + rng.permutation(np.repeat([0.0, 0.5], 25))
    found = read_parts(submission.standardize(*parts), parts)
    for name, part, scaled in zip(("training", "other"), parts, found, strict=True):
        look = (
            "Subtract the mean of the training part, and divide by 1 where its standard deviation is 0. A small number "
            "in its place makes huge inputs."
        )
        what = f"The column of the {name} part that is 7 in all of the training part is"
        expect.close(scaled[:, 1], part[:, 1] - 7, rtol=1e-3, atol=1e-6, look=look, what=what)
    others = (parts[1][:, ::2] - parts[0][:, ::2].mean(axis=0)) / parts[0][:, ::2].std(axis=0)
    what = "Of the other part the columns that are not constant are"
    expect.close(found[1][:, ::2], others, rtol=5e-3, atol=5e-3, what=what)


@pytest.mark.task("1", points=1)
def test_leak(submission, explain):
    """You know what is true of a scale that is taken from all points."""
    expect.answer(submission.value("ANSWERS"), "leak", "b", LEAK)
    explain(
        "Here the means move by up to 4 % of a standard deviation. It is more with few events, or with one wild value."
    )


@pytest.mark.task("2", points=1)
def test_prediction_of_the_units(submission, explain):
    """You have said what a network makes of centimetres and hectometres."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "units", UNITS)
    explain(f"You expected {letter!r}: {UNITS[letter]}")


def read_candidates(found, candidates):
    """Return the results of candidates: dictionaries with all entries and a model."""
    expected = f"A list of {len(candidates)} dictionaries is expected, one for each candidate."
    is_list = isinstance(found, (list, tuple)) and all(isinstance(each, dict) for each in found)
    expect.that(is_list, "`train_candidates` returned no list of dictionaries.", expected)
    n_found = len(found)
    expect.that(n_found == len(candidates), f"`train_candidates` returned {n_found} results.", expected)
    for each in found:
        missing = [name for name in ENTRIES if name not in each]
        text = f"One of the results lacks {', '.join(missing)}."
        expect.that(not missing, text, f"The entries are {', '.join(ENTRIES)}.")
        is_model = isinstance(each["model"], ModelView)
        expect.that(is_model, 'What stands under "model" is no Keras model.', "The trained one is expected.")
    return found


def read_history(result, n_epochs):
    """Return the dictionary of lists that stands under "history"."""
    history = result["history"]
    history = history.history if isinstance(history, HistoryRecord) else history
    is_history = isinstance(history, dict) and "loss" in history
    text = f'What stands under "history" is a {type(history).__name__} without the losses.'
    expect.that(is_history, text, "The `history` of what `fit` returns is expected.")
    found = f"The history has {len(history['loss'])} epochs where {n_epochs} were asked for."
    look = "Is `epochs` passed on? Does a callback such as `EarlyStopping` end the training?"
    expect.that(len(history["loss"]) == n_epochs, found, "As many are expected.", look)
    return history


@pytest.fixture
def twins(submission, rng):
    """Three small candidates on three inputs, two of them alike, after three epochs."""

    def measure():
        training, validation = ((rng.normal(size=(n, 3)), np.arange(n) % 2) for n in (64, 40))
        later = submission.given("build_model")
        try:
            found = later.train_candidates(TWINS, training, validation, epochs=3)
        except MarkFailed as error:
            if "incompatible with the layer" not in error.text:
                raise
            seen = f"`train_candidates` raised {error.raised} for points with 3 columns."
            look = "Does `build_model` get the number of columns of x? Without it, it builds for 2."
            expect.fail(seen, "Networks with 3 inputs are expected.", look)
        return read_candidates(found, TWINS)

    return lambda: submission.remember("twins", measure)


def check_outputs(model, name, activation):
    """Check that a network returns what its weights give with this activation of the hidden layers."""
    x = np.linspace(-1, 1, 30).reshape(10, 3)
    *hidden, last = zip(*[iter(model.get_weights())] * 2, strict=True)
    outputs = x
    for weights, bias in hidden:
        sums = outputs @ weights + bias
        outputs = np.tanh(sums) if activation == "tanh" else np.maximum(sums, 0)
    expected = 1 / (1 + np.exp(-(outputs @ last[0] + last[1])))
    what = f"With its weights and the activation {activation!r} of this candidate, the network of {name!r} returns"
    look = "Is the activation of the candidate handed to `build_model`?"
    expect.close(model.predict(x), expected, rtol=1e-3, atol=1e-4, look=look, what=what)


@pytest.mark.task("2", points=1)
def test_results_have_the_order_of_the_candidates(twins):
    """Names, networks and their parameters stand in the order of the candidates."""
    for (name, hidden_units, activation), each in zip(TWINS, twins(), strict=True):
        found = f"The result at the place of {name!r} has the name {each['name']!r}."
        expect.that(each["name"] == name, found, "The order of the candidates is expected.")
        units = [layer.get("units") for layer in each["model"].weight_layers]
        expected = f"{[*hidden_units, 1]} are expected, on 3 inputs."
        found = f"The network of {name!r} has layers of {units} nodes."
        look = "Is the network built from the hidden units of this candidate?"
        expect.that(units == [*hidden_units, 1], found, expected, look)
        check_outputs(each["model"], name, activation)
        what = f'"n_parameters" of {name!r} is'
        expect.close(each["n_parameters"], each["model"].n_parameters, look="Count them all.", what=what)
        read_history(each, 3)


@pytest.mark.task("2", points=1)
def test_each_candidate_has_a_new_network(twins):
    """Candidates that are alike are two networks."""
    first, second = (each["model"].get_weights() for each in twins()[:2])
    same = all(np.array_equal(one, other) for one, other in zip(first, second, strict=False))
    found = "Two candidates with the hidden units (4,) end with the same weights."
    expect.that(not same, found, "Two networks are expected.", "Call `build_model` anew for each candidate.")


@pytest.fixture
def misled(submission, rng):
    """A candidate after 200 epochs, whose validation set has wrong labels, with points to check it on."""

    def measure():
        x, y = make_spirals(500, noise=0.25, seed=rng)
        x_wrong, y_wrong = make_spirals(1000, noise=0.25, seed=rng)
        y_wrong = np.where(rng.permutation(1000) < 800, 1 - y_wrong, y_wrong)
        x_new, y_new = make_spirals(2000, noise=0.25, seed=rng)
        later, scale = submission.given("build_model"), x.std(axis=0)
        training, validation = (x / scale, y), (x_wrong / scale, y_wrong)
        (result,) = read_candidates(later.train_candidates([LARGE], training, validation, 200), [LARGE])
        on_validation = share_right(result["model"], *validation)
        return result, on_validation, share_right(result["model"], x_new / scale, y_new)

    return lambda: submission.remember("misled", measure)


def share_right(model, x, y):
    """Return which share of points a network gets right."""
    outputs = expect.array(model.predict(x), (len(x), 1), "One probability for each point.")
    return float(np.mean((outputs[:, 0] > 0.5) == y))


@pytest.mark.task("2", points=1)
def test_networks_learn_from_the_training_points_alone(misled):
    """The network (16, 16) learns the spirals, although 80 % of the validation labels are wrong."""
    accuracy = misled()[2]
    found = (
        "The network (16, 16) with ReLU, after 200 epochs on 500 points of the spirals, and with a validation set of which "
        f"80 % of the labels are wrong, gets {accuracy:.1%} of new points right."
    )
    look = (
        'Is it trained on the training points, for all epochs? Does each callback watch the training loss ("loss")? One '
        "that keeps the best epoch or ends the training by the validation set learns from its labels."
    )
    expect.that(accuracy >= 0.95, found, "At least 95 % is expected.", look)


@pytest.mark.task("2", points=1)
def test_accuracy_is_that_on_the_validation_set(misled):
    """The accuracy is the share of the validation points, after the last epoch."""
    result, on_validation, _ = misled()
    what = f"On a validation set of which the network now gets {on_validation:.1%} right, the accuracy is"
    look = "Take the last value of val_accuracy: not that of another epoch, nor that in training."
    expect.close(result["accuracy"], on_validation, rtol=0, atol=0.0025, look=look, what=what)


@pytest.mark.task("2", points=1)
def test_the_rate_falls(misled):
    """In 200 epochs the learning rate is lowered, and the history has it."""
    history = read_history(misled()[0], 200)
    found = "The history has no learning_rate."
    look = "`ReduceLROnPlateau` and `LearningRateScheduler` write it; hand one of them to `fit`."
    expect.that("learning_rate" in history, found, "One value for each epoch is expected.", look)
    rates = [expect.number(rate, what="A learning rate is") for rate in history["learning_rate"]]
    found = f"The rate is {rates[0]:.2g} in the first epoch and {rates[-1]:.2g} in the last."
    expected = "It should have been halved at least once in 200 epochs."
    look = "Which loss does the callback watch, and how long does it wait? Ten epochs are asked for."
    expect.that(0 < rates[-1] <= rates[0] / 1.9, found, expected, look)
    lower = next(rate for rate in rates if rate < 0.99 * rates[0])
    found = f"Where the rate falls first, it goes from {rates[0]:.3g} to {lower:.3g}."
    look = "Which factor does the callback get?"
    expect.that(0.48 < lower / rates[0] < 0.52, found, "Half of it is expected.", look)


def make_table(rng, best, n_points, behind, sizes):
    """Return accuracies, so many standard errors behind the best, with sizes, and the order they are in."""
    order = rng.permutation(len(sizes))
    error = math.sqrt(best * (1 - best) / n_points)
    accuracies = best - error * np.array(behind)
    return accuracies[order].tolist(), [sizes[number] for number in order], order


def check_choice(submission, rng, behind, sizes, expected, look):
    """Check that the network at this place of the table is chosen, in any order of the table."""
    for best, n_points in [(0.98, 250), (0.9, 100), (0.8, 1000), (0.95, 40)] * 2:
        accuracies, n_parameters, order = make_table(rng, best, n_points, behind, sizes)
        found = expect.number(submission.choose(accuracies, n_points, n_parameters))
        place = int(np.flatnonzero(order == expected)[0])
        text = ", ".join(
            f"{size}: {accuracy:.1%}" for size, accuracy in zip(n_parameters, accuracies, strict=True)
        )
        error = math.sqrt(best * (1 - best) / n_points)
        expect.that(
            found == place,
            f"With the parameters and accuracies {text} on {n_points} points `choose` returned {found:g}.",
            f"{place} is expected: the standard error of the best is {error:.1%}. {look}",
        )


@pytest.mark.task("3", points=2)
def test_the_smaller_network_within_one_error_is_chosen(submission, rng):
    """A network within one standard error of the best is chosen if it is smaller."""
    look = "The network that is smaller and less than one error behind wins, and not the smallest of all."
    check_choice(submission, rng, [0, 0.4, 0.8, 3], [900, 400, 300, 20], 2, look)


@pytest.mark.task("3", points=1)
def test_a_clear_lead_counts(submission, rng):
    """A network that is ahead by more than one standard error is chosen, whatever its size."""
    look = (
        "The next one is 1.15 errors of the best behind, and the smallest one 4. It is the error of the best that counts, "
        "not a network's own."
    )
    check_choice(submission, rng, [0, 1.15, 4], [900, 300, 20], 0, look)
    check_perfect(submission, rng)


def check_perfect(submission, rng):
    """Check that a network without any error is chosen, though its standard error is 0."""
    order = rng.permutation(3)
    accuracies, sizes = np.array([1.0, 0.996, 0.98])[order], np.array([300, 40, 20])[order]
    table = "With the accuracies 100 %, 99.6 % and 98 % and 250 points"
    expected = "The one with 100 % is expected: its standard error is 0, and no other has at least 100 % − 0."
    look = '"At least" holds for the best itself: compare by `>=`.'
    try:
        found = expect.number(submission.choose(accuracies.tolist(), 250, sizes.tolist()))
    except MarkFailed as error:
        if not error.raised:
            raise
        expect.fail(f"{table} `choose` raised {error.raised}: {error.text}", expected, look)
    place = int(np.flatnonzero(order == 0)[0])
    expect.that(found == place, f"{table} `choose` returned {found:g}, another network.", expected, look)


@pytest.mark.task("3", points=1)
def test_of_equally_small_networks_the_better_is_chosen(submission, rng):
    """Of several networks with the fewest parameters the most accurate is chosen."""
    look = "Two have the fewest parameters, and one of them is more accurate."
    check_choice(submission, rng, [0, 0.3, 0.6, 5], [900, 40, 40, 40], 1, look)


def exact_bias(n_models, n_points):
    """Return the mean of the largest of several binomial numbers, as a share, minus 1/2."""
    shares = np.cumsum([math.comb(n_points, k) / 2**n_points for k in range(n_points)])
    return float(np.sum(1 - shares**n_models) / n_points - 0.5)


def check_bias(submission, rng, n_models, n_points):
    """Check the bias of one setting."""
    expected = exact_bias(n_models, n_points)
    found = expect.number(submission.selection_bias(n_models, n_points, rng))
    expect.that(
        abs(found - expected) < 0.006,
        f"`selection_bias({n_models}, {n_points}, rng)` returned {found:.4f}.",
        f"{expected:.4f} is expected, within 0.006.",
        "It is the best of the scores, as a share of the points, minus 1/2, and the mean over many repetitions.",
    )


@pytest.mark.task("3", points=2)
def test_bias_grows_with_the_number_of_models(submission, rng):
    """On 100 points the best of 10 guessing models has 57.7 %, that of 100 models 62.5 %, and one alone 50 %."""
    for n_models in (10, 100, 3, 1):
        check_bias(submission, rng, n_models, 100)


@pytest.mark.task("3", points=1)
def test_bias_falls_with_the_number_of_points(submission, rng):
    """With more points less is left of the luck."""
    for n_points in (25, 400, 1000):
        check_bias(submission, rng, 10, n_points)


def sealed_data(seed):
    """Return data like `laboratory_data`, with an envelope that tells the marks when it is opened.

    Column k of x tells the class, but for a share of the points that is known. Test and validation have more points of
    one class and a spread of their own, so that their own mean and standard deviation are of no use.
    """
    import warnings

    import numpy as np

    warnings.warn(f"laboratory {seed}", stacklevel=2)
    rng = np.random.default_rng(seed)

    def measure(n_points, share, wrong, spread):
        y = rng.permutation(np.arange(n_points) < share * n_points).astype(int)
        columns = []
        for part in wrong:
            flipped = rng.permutation(n_points) < round(part * n_points)
            columns.append(np.where(flipped, -1, 1) * (2 * y - 1) * rng.uniform(*spread, n_points))
        return np.stack(columns, axis=1) * [100, 0.01, 3] + [900, 0.2, 40], y

    class SealedEnvelope:
        def __init__(self, x, y):
            self.x, self.y, self.openings = x, y, 0

        def open(self, predict):
            self.openings += 1
            warnings.warn("opening", stacklevel=2)
            outputs = np.ravel(predict(self.x))
            if len(outputs) != len(self.y):
                raise ValueError(f"The envelope got {len(outputs)} outputs for {len(self.y)} points.")
            return float(np.mean((outputs > 0.5) == self.y))

    training = measure(400, 0.5, (0, 0, 0), (1, 1))
    validation = measure(100, 0.8, (0.10, 0.20, 0.08), (0.02, 2))
    return training, validation, SealedEnvelope(*measure(200, 0.8, (0.14, 0.04, 0.18), (0.02, 2)))


def train_single_columns(candidates, training, validation, epochs=200):
    """Return a network for each candidate that looks at one column and learns nothing."""
    import warnings

    import keras
    import numpy as np

    warnings.warn(f"epochs {epochs}", stacklevel=2)
    means, spreads = np.mean(training[0], axis=0), np.std(training[0], axis=0)
    is_scaled = np.allclose(means, 0, atol=0.01) and np.allclose(spreads, 1, atol=0.01)
    if not is_scaled:
        first = f"the mean {means[0]:.3g} and the standard deviation {spreads[0]:.3g}"
        warnings.warn(f"not scaled {first}", stacklevel=2)
    found = []
    for number, (name, _, _) in enumerate(candidates):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
        model.set_weights([5 * np.eye(3)[:, [number]], np.zeros(1)])
        outputs = keras.ops.convert_to_numpy(model(validation[0]))[:, 0]
        accuracy = float(np.mean((outputs > 0.5) == validation[1]))
        history = {"loss": [0.1], "accuracy": [1.0], "val_loss": [0.1], "val_accuracy": [accuracy]}
        sizes = (300, 20, 900)
        entries = {"name": name, "model": model, "n_parameters": sizes[number]}
        found.append({**entries, "accuracy": accuracy, "history": history})
    return found


SEALED = {"middle": (0.90, 0.86), "small": (0.80, 0.96), "big": (0.92, 0.82)}  # in validation, in the test


def read_result(found):
    """Return the dictionary of a run with its four entries."""
    names = ("chosen", "validation_accuracy", "test_accuracy", "openings")
    expected = f"A dictionary with the entries {', '.join(names)} is expected."
    expect.that(isinstance(found, dict), "`run` returned no dictionary.", expected)
    missing = [name for name in names if name not in found]
    expect.that(not missing, f"The dictionary lacks {', '.join(missing)}.", expected)
    return found


@pytest.fixture
def sealed_run(submission, rng):
    """The result of a run on data of the marks, and what the marks have seen of it."""

    def measure():
        later = submission.given(
            "standardize", "choose", laboratory_data=sealed_data, train_candidates=train_single_columns
        )
        seed, epochs = (int(number) for number in rng.integers(300, 900, 2))
        candidates = [(name, (4,), "tanh") for name in SEALED]
        result = read_result(later.run(seed, candidates, epochs))
        seen = [text.partition(": ")[2] for text in submission.warnings]
        return result, seen, [f"laboratory {seed}", f"epochs {epochs}"]

    return lambda: submission.remember("sealed", measure)


@pytest.mark.task("4", points=1)
def test_run_uses_the_seed_and_the_epochs(sealed_run):
    """The data are those of the seed, and the candidates get the epochs."""
    result, seen, wanted = sealed_run()
    expected = f"The name of one of the candidates is expected: {', '.join(SEALED)}."
    expect.that(result["chosen"] in [*SEALED], f'"chosen" is {result["chosen"]!r}.', expected)
    calls = ("laboratory_data", "the seed"), ("train_candidates", "the number of epochs")
    for (function, meaning), text in zip(calls, wanted, strict=True):
        name, _, number = text.partition(" ")
        got = [each.partition(" ")[2] for each in seen if each.startswith(name)]
        found = f"`{function}` got {got[0]} as {meaning}." if got else f"`{function}` was not called."
        expect.that(text in seen, found, f"{number} is expected: `run` got it.", "Is it passed on?")


@pytest.mark.task("4", points=1)
def test_the_envelope_is_opened_once(sealed_run):
    """The envelope is opened once, and the result says so."""
    result, seen, _ = sealed_run()
    n_openings = seen.count("opening")
    found = f"With three candidates `run` opens the envelope {n_openings} times."
    look = "Choose first, on the validation set. Then call `envelope.open` for the network chosen."
    expect.that(n_openings == 1, found, "Once is expected.", look)
    look = "The envelope counts them: `envelope.openings`, after it has been opened."
    expect.close(result["openings"], 1, look=look, what='"openings" is')


@pytest.mark.task("4", points=1)
def test_the_validation_set_chooses(sealed_run):
    """The network is chosen on the validation set, by the rule of one standard error."""
    result, seen, _ = sealed_run()
    other = next((text for text in seen if text.startswith("not scaled")), "")
    found = (
        f"`train_candidates` gets a training part whose first column has {other.removeprefix('not scaled ')}."
    )
    look = "Standardise by the training part alone: `standardize(training, …)`, not all points together."
    expect.that(not other, found, "The mean 0 and the standard deviation 1 are expected.", look)
    scores = ", ".join(f"{name} {score:.0%}" for name, (score, _) in SEALED.items())
    found = (
        f"On 100 validation points the candidates score {scores}, and `run` has chosen {result['chosen']!r}."
    )
    expected = (
        "'middle' is expected: it is smaller than 'big', and within one standard error of it, which is 2.7 %."
    )
    look = "Is the scale that of the training part? Does `choose` get the validation accuracies, and their number of points?"
    expect.that(result["chosen"] == "middle", found, expected, look)
    what = "The validation accuracy of 'middle' is"
    expect.close(result["validation_accuracy"], SEALED["middle"][0], look=look, what=what)


@pytest.mark.task("4", points=1)
def test_the_test_accuracy_is_that_of_the_network_chosen(sealed_run):
    """The test accuracy is what the network chosen gets right in the envelope."""
    result, _, _ = sealed_run()
    is_known = isinstance(result["chosen"], str) and result["chosen"] in SEALED
    expect.that(is_known, f'"chosen" is {result["chosen"]!r}.', "The name of a candidate is expected.")
    what = f"The test accuracy of {result['chosen']!r} is"
    look = (
        "It is what `envelope.open` returns for this network. The test points come in cm and hm: are they brought to "
        "the scale of the training part, by its mean and standard deviation?"
    )
    expect.close(result["test_accuracy"], SEALED[result["chosen"]][1], look=look, what=what)


@pytest.mark.task("4", points=1)
def test_run_with_a_real_network(submission, rng):
    """With real data and the network (16, 16) validation and test reach 93 %."""
    later = submission.given("laboratory_data", "standardize", "build_model", "train_candidates", "choose")
    result = read_result(later.run(int(rng.integers(10, 10_000)), [LARGE], 200))
    for name in ("validation_accuracy", "test_accuracy"):
        accuracy = expect.number(result[name], what=f'"{name}" is')
        found = f"After a run with the network (16, 16) with ReLU, 200 epochs, the {name} is {accuracy:.1%}."
        look = "Are both parts on the scale of the training part? In raw units a network learns nothing."
        expect.that(0.93 <= accuracy <= 1, found, "At least 93 % is expected, and 98 % is usual.", look)
    expect.that(
        result["chosen"] == "large",
        f'"chosen" is {result["chosen"]!r}.',
        "The only candidate has the name 'large'.",
    )


@pytest.mark.task("4", points=1)
def test_once(submission, explain):
    """You know why it is the test accuracy that is published."""
    expect.answer(submission.value("ANSWERS"), "once", "a", ONCE)
    explain(
        "The more networks have been compared, the more. A test set that chooses would need another test set."
    )


@pytest.fixture
def designed(submission, reference, rng):
    """The accuracy and the number of parameters of the design of the challenge; it is trained once."""

    def measure():
        x, y = make_spirals(500, noise=0.25, seed=rng)
        x_new, y_new = make_spirals(2000, noise=0.25, seed=rng)
        first, others, few = (read_design(submission.my_design(each)) for each in (x, x_new, x_new[:7]))
        look = "Compute the features of a point from its own coordinates only. The scale comes later."
        found = "The features of seven points are others when 1993 points stand beside them."
        is_same = first[0].shape[1] == others[0].shape[1] and np.allclose(
            others[0][:7], few[0], rtol=1e-3, atol=1e-4
        )
        expect.that(is_same, found, "The same are expected.", look)
        mean, spread = first[0].mean(axis=0), first[0].std(axis=0)
        spread = np.where(spread == 0, 1, spread)
        z, z_new = (first[0] - mean) / spread, (others[0] - mean) / spread
        candidates = [("yours", *first[1:])]
        (result,) = reference.train_candidates(candidates, (z, y), (z_new[:250], y_new[:250]), 200)
        return share_right(result["model"], z_new, y_new), result["model"].n_parameters

    return lambda: submission.remember("design", measure)


def read_design(found):
    """Return features, hidden units and activation."""
    features, hidden_units, activation = expect.values(found, 3, "Features, hidden units, activation.")
    features = expect.array(features, (None, None), "One row for each point.", "The features are")
    is_tuple = isinstance(hidden_units, (tuple, list)) and all(type(units) is int for units in hidden_units)
    expect.that(is_tuple, f"The hidden units are {hidden_units!r}.", "A tuple is expected, such as (8,).")
    is_name = isinstance(activation, str)
    expect.that(is_name, f"The activation is {activation!r}.", 'A name is expected, such as "tanh".')
    return features.astype(float), tuple(hidden_units), activation


def check_design(accuracy, n_parameters, limit):
    """Check the accuracy and the size of a design."""
    found = (
        f"Trained on 500 other points, your design gets {accuracy:.1%} of 2000 new points right, with {n_parameters} "
        "parameters."
    )
    look = "Which feature changes its sign from arm to arm? Draw it over the plane."
    expect.that(accuracy >= 0.95, found, "At least 95 % is expected.", look)
    expect.that(n_parameters < limit, found, f"Fewer than {limit} parameters are expected.", look)


@pytest.mark.task("5", points=1)
def test_my_design_is_small(designed, leaderboard):
    """Your design gets 95 % of 2000 new points right with fewer than 200 parameters."""
    accuracy, n_parameters = designed()
    if accuracy >= 0.95:
        leaderboard("parameters", n_parameters, best="low", baseline=337, limit=2)
    check_design(accuracy, n_parameters, 200)


@pytest.mark.task("5", points=1)
def test_my_design_is_very_small(designed):
    """Your design gets 95 % of 2000 new points right with fewer than 60 parameters."""
    check_design(*designed(), 60)
