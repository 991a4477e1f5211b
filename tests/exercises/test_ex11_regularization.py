"""Marks of exercise 11."""

import numpy as np
import pytest

from dlp_keras.datasets import make_checkerboard
from dlp_keras.marking import expect

L1_L2 = {
    "a": "L2 pulls more at weights above ½ only. Its pull is 2w times the rate: at w = 0.01 that of L1 is fifty times "
    "as strong.",
    "c": "no unit changes the shape. The slope of |w| is 1 up to the kink; that of w² is 2w, and goes to 0.",
}
ADAM = {
    "a": "penalty and network do stay the same. But Adam divides a pull by the size of the recent ones, so that a "
    "small pull makes a step as long as a large one.",
    "b": "Adam does more: it divides a pull by the size of the recent ones, so that a small pull makes a step as long "
    "as a large one.",
    "c": "so it is. Behind a ReLU that is off for all points, a weight feels the penalty alone. In 8000 steps of SGD "
    "it shrinks to 0.8 %; Adam makes steps of about 0.01 whatever the pull, and is at 0 after some dozens of them.",
}
STRENGTH = {
    "b": "a gap of 0 tempts, but both curves are at 0.69 = ln 2: that is the loss of who answers 1/2 to everything. "
    "The network underfits.",
    "c": "a loss that diverges grows without limit, or is NaN. Here it rests at 0.69 = ln 2, and the largest weight "
    "at the rate 0.1 is almost 0.",
}
ENSEMBLE = {
    "a": "dropout acts on outputs, not on gradients. It could stay on: then each prediction is that of one submodel, "
    "and worse, as you have measured.",
    "b": "its weights are as they are, and what it could learn by heart it has learned. The question is why the next "
    "layers get what they are used to.",
}


def make_weights(rng, *shapes):
    """Draw arrays whose entries are well away from 0, of both signs."""
    return [rng.choice([-1, 1], size=shape) * rng.uniform(0.2, 2, size=shape) for shape in shapes]


def read_gradient(found, weights):
    """Return a gradient as a list of arrays of the shapes of the weights."""
    look = "Return a list with one array for each array of the weights."
    is_list = isinstance(found, (list, tuple))
    expect.that(is_list, "What `elastic_net_gradient` returned is no list.", "A list is expected.", look)
    expect.that(
        len(found) == len(weights), f"returned {len(found)} arrays.", f"{len(weights)} are expected.", look
    )
    return [
        expect.array(part, w.shape, look, what="One of the arrays is")
        for part, w in zip(found, weights, strict=True)
    ]


@pytest.mark.task("1", points=1)
def test_l1_sums_the_sizes(submission, rng):
    """L1 is the rate times the sum of all sizes |w|"""
    for rate in (0.3, 2.0):
        (w,) = make_weights(rng, (3, 4))
        look = "With l2 = 0 the penalty is l1 times the sum of |w|."
        expect.close(submission.elastic_net([w], rate, 0.0), rate * abs(w).sum(), look=look)


@pytest.mark.task("1", points=1)
def test_l2_sums_the_squares(submission, rng):
    """L2 is the rate times the sum of all squares."""
    for rate in (0.3, 2.0):
        (w,) = make_weights(rng, (4, 2))
        look = "With l1 = 0 the penalty is l2 times the sum of w², without a factor ½."
        expect.close(submission.elastic_net([w], 0.0, rate), rate * (w**2).sum(), look=look)


@pytest.mark.task("1", points=1)
def test_penalty_adds_all_arrays(submission, rng):
    """The penalty of several arrays, of any shapes, is the sum of theirs, and so is that of both kinds."""
    for shapes in [((2, 5), (5, 3), (3, 1)), ((3, 3, 2, 4), (6,))]:
        weights = make_weights(rng, *shapes)
        alone = [
            expect.number(submission.elastic_net([w], *rates))
            for w in weights
            for rates in [(0.5, 0), (0, 2)]
        ]
        expect.that(
            all(alone), f"One array of these has the penalty {min(alone)}.", "More than 0 is expected."
        )
        look = f"That is the sum of what you return for each array alone, of the shapes {list(shapes)}, with l1 and with l2."
        expect.close(submission.elastic_net(weights, 0.5, 2), sum(alone), look=look)


def central_differences(weights, l1, l2):
    """Return the slopes of the penalty at weights that are not 0."""
    step = 1e-6

    def penalty(w):
        return l1 * abs(w) + l2 * w**2

    return [(penalty(w + step) - penalty(w - step)) / (2 * step) for w in weights]


@pytest.mark.task("2", points=1)
@pytest.mark.parametrize("rates", [(0.7, 0.0), (0.2, 1.5)], ids=["L1", "both"])
def test_gradient_is_the_slope(submission, rng, rates):
    """The gradient is the slope of the penalty, as measured by differences"""
    weights = make_weights(rng, (2, 4), (4, 1))
    found = read_gradient(submission.elastic_net_gradient(weights, *rates), weights)
    look = "The slope of |w| is the sign of w, and that of w² is 2w; each times its rate."
    for part, slopes in zip(found, central_differences(weights, *rates), strict=True):
        expect.close(part, slopes, rtol=1e-4, look=look, what="The gradient is")


@pytest.mark.task("2", points=1)
def test_gradient_is_zero_at_zero(submission, rng):
    """A weight that is 0 is not pulled, and the weights stay as they are."""
    weights = [np.array([[0.0, 1.5], [-0.5, 0.0]]), np.array([0.0, -2.0, 0.0])]
    found = read_gradient(submission.elastic_net_gradient(weights, 0.4, 0.1), weights)
    expect.unchanged(submission)
    for part, w in zip(found, weights, strict=True):
        at_zero = part[w == 0]
        expect.that(
            not at_zero.any(),
            f"The gradient at w = 0 is {at_zero[0]:.3g}.",
            "0 is expected there.",
            "`np.sign` is 0 at 0.",
        )
    near, far = abs(found[0][1, 0]), abs(found[1][1])  # at w = −0.5 and at w = −2
    expect.that(
        0 < far < 3.9 * near,
        f"With both rates, the pull at |w| = 0.5 is {near:.3g}, and at |w| = 2 it is {far:.3g}.",
        "With L1, the second is less than four times the first, and none is 0.",
    )


@pytest.mark.task("2", points=1)
def test_l1_l2(submission, explain):
    """Why does L1 make zeros, and L2 not?"""
    expect.answer(submission.value("ANSWERS"), "l1_l2", "b", L1_L2)
    explain("The pull of L2 is 2λw: each step takes away the same share, so that much of nothing remains.")


def drop(submission, x, rate, seed, training=True):
    """Call the student's dropout, and return an array of the shape of x."""
    found = submission.dropout(x, rate, np.random.default_rng(seed), training=training)
    return expect.array(found, x.shape, "The result has the shape of x.")


def own_masks(mask):
    """Leave out samples and nodes where all of them have the same mask: that is what another mark is about."""
    if mask.all() or not mask.any():
        return mask
    mask = mask[:1] if (mask == mask[:1]).all() else mask
    return mask[:, :1] if (mask == mask[:, :1]).all() else mask


@pytest.mark.task("3", points=1)
def test_share_of_zeros(submission, rng):
    """Each entry becomes 0 with the probability of the rate"""
    x = rng.uniform(1, 2, size=(400, 250))
    for rate in (0.3, 0.8, 0.0):
        is_zero = own_masks(drop(submission, x, rate, rng.integers(1000)) == 0)
        share = np.mean(is_zero)
        expect.that(
            abs(share - rate) <= 5 * np.sqrt(rate * (1 - rate) / is_zero.size),  # five standard errors
            f"With the rate {rate}, {share:.1%} of {x.size} entries are 0.",
            f"{rate:.0%} are expected.",
            "The rate is the probability to be dropped, not to be kept.",
        )


@pytest.mark.task("3", points=1)
def test_kept_entries_are_scaled(submission, rng):
    """The entries that are kept are divided by 1 − rate: the mean stays."""
    x = rng.uniform(-2, -1, size=(200, 50))
    for rate in (0.25, 0.8):
        found = drop(submission, x, rate, rng.integers(1000))
        kept = found != 0
        expect.that(kept.any(), f"With the rate {rate} all entries are 0.", "Some are kept.")
        factors = found[kept] / x[kept]
        expected = 1 / (1 - rate)
        worst = factors[np.argmax(abs(factors - expected))]
        expect.that(
            np.allclose(factors, expected, rtol=1e-4),
            f"With the rate {rate}, a kept entry of x comes out {worst:.6g} times as large.",
            f"{expected:.6g} times is expected, 1/(1 − rate): then the mean of many calls is x.",
            "Scale in training, so that nothing needs scaling later.",
        )


@pytest.mark.task("3", points=1)
def test_no_dropout_without_training(submission, rng):
    """Without training x comes back as it is."""
    x = rng.normal(size=(40, 30))
    expect.that(
        not np.array_equal(drop(submission, x, 0.5, 1), x),
        "In training x comes back as it is.",
        "It is changed there.",
    )
    for rate in (0.5, 0.2):
        found = drop(submission, x, rate, 1, training=False)
        factor = np.median(found / x)
        what = f"is {factor:.6g} times x" if np.allclose(found, factor * x, rtol=1e-4) else "differs from x"
        expect.that(
            np.allclose(found, x, rtol=1e-5),
            f"Without training and with the rate {rate}, the result {what}.",
            "x itself is expected.",
            "Neither a mask nor a scale: training has done both.",
        )


@pytest.mark.task("3", points=1)
def test_every_entry_has_its_own_mask(submission, rng):
    """Each entry and each call has its own mask, drawn from the generator."""
    x = rng.uniform(1, 2, size=(60, 40))
    first, again, other = (drop(submission, x, 0.5, seed) != 0 for seed in (3, 3, 4))
    expect.that(
        first.any() and not first.all(),
        f"Of 2400 entries {np.sum(first)} are kept.",
        "About one half is expected.",
    )
    look = "Draw one random number for each entry: the mask has the shape of x."
    expect.that((first != first[:1]).any(), "All samples have the same mask.", "Each has its own.", look)
    expect.that((first != first[:, :1]).any(), "All nodes have the same mask.", "Each has its own.", look)
    look = "Draw from `rng`, and from nothing else."
    expect.that(
        (first == again).all(), "The same generator gave another mask.", "The same one is expected.", look
    )
    expect.that(
        (first != other).any(), "Two generators gave the same mask.", "Another one is expected.", look
    )
    check_numbers_of_zeros(submission, rng)


def check_numbers_of_zeros(submission, rng):
    """Check that the numbers of zeros scatter as those of independent entries: over calls, samples and nodes."""
    look = "Decide for each entry by itself. Who drops a fixed number of them lets the others know: `rng.random(…) >= rate`."
    seeds = rng.integers(10**6, size=60)
    calls = np.stack([drop(submission, np.ones((8, 10)), 0.5, seed) == 0 for seed in seeds])
    large = drop(submission, np.ones((400, 250)), 0.5, rng.integers(10**6)) == 0
    numbers = {
        "each of 60 calls": (calls.sum(axis=(1, 2)), 80),
        "each of 400 samples": (large.sum(axis=1), 250),
        "each of 250 nodes": (large.sum(axis=0), 400),
    }
    for name, (counts, n_entries) in numbers.items():
        expected = np.sqrt(n_entries) / 2
        found = f"With the rate 0.5, {name} has {counts.mean():.0f} ± {counts.std():.2g} zeros among {n_entries} entries."
        # With 60 calls the scatter itself is known to 9 %.
        is_binomial = 0.5 * expected < counts.std() < 1.5 * expected
        expect.that(is_binomial, found, f"± {expected:.2g} is expected of independent entries.", look)


@pytest.mark.task("3", points=1)
def test_impossible_rates_are_refused(submission, rng):
    """A rate below 0, and one of 1 or more, raises a ValueError, in training or not."""
    x = rng.normal(size=(4, 3))
    is_kept = drop(submission, x, 0.5, 1).any()
    expect.that(is_kept, "At the possible rate 0.5 all entries are 0.", "About one half is expected.")
    for rate, training in [(1.0, True), (-0.1, True), (1.5, True), (1.0, False), (-0.1, False)]:
        expect.refused(
            lambda r=rate, t=training: submission.dropout(x, r, np.random.default_rng(1), training=t),
            "ValueError",
            f"The rate {rate} is no probability to drop that leaves something. Check it first.",
        )


@pytest.mark.task("4", points=1)
def test_model_has_these_layers(submission, rng):
    """Two hidden layers of 16 nodes and a sigmoid output"""
    for activation, options in [("tanh", {}), ("relu", {"activation": "relu"})]:
        model = expect.model(submission.build_regularized(**options))
        wanted = [(16, activation), (16, activation), (1, "sigmoid")]
        found = [(layer.get("units"), layer["activation"]) for layer in model.weight_layers]
        expect.that(
            found == wanted,
            f"The layers with weights have nodes and activations {found}.",
            f"Expected: {wanted}.",
        )
    expect.that(
        model.n_parameters == 337,
        f"The model has {model.n_parameters} parameters.",
        "Layers of the sizes 2, 16, 16, 1, one after another and with biases, have 337.",
    )
    outputs = expect.array(model.predict(rng.normal(size=(20, 2))), (20, 1), "One output for each point.")
    expect.that(outputs.std() > 0, "The outputs of all points are the same.", "The input should matter.")


@pytest.mark.task("4", points=1)
def test_dropout_stands_behind_the_hidden_layers(submission):
    """Dropout of this rate stands behind both hidden layers, and nowhere else."""
    expected = "Dense, Dropout, Dense, Dropout, Dense is expected."
    for rate in (0.3, 0.1):
        model = expect.model(submission.build_regularized(dropout_rate=rate))
        layers = [layer for layer in model.layers if "units" in layer or "Dropout" in layer["class"]]
        kinds = ["Dense" if "units" in layer else layer["class"] for layer in layers]
        found = f"The order of the layers is {', '.join(kinds)}."
        expect.that(kinds == ["Dense", "Dropout", "Dense", "Dropout", "Dense"], found, expected)
        rates = [layer.get("rate") for layer in layers if "Dropout" in layer["class"]]
        found = f"With dropout_rate={rate} the rates of the Dropout layers are {rates}."
        expect.that(rates == [rate, rate], found, f"{rate} is expected.", "Is `dropout_rate` passed on?")
    plain = expect.model(submission.build_regularized())
    rates = [layer.get("rate") for layer in plain.layers if "Dropout" in layer["class"]]
    expect.that(
        not any(rates), f"Without an argument the rates are {rates}.", "0 is expected, or no such layer."
    )


def is_kernel(array):
    return np.ndim(array) == 2


def step(model, weights):
    """Make one step of gradient descent on points that pull at nothing.

    Their inputs are 0 and the outputs right, so that only a penalty changes the weights. Returns the new weights, and
    the history.
    """
    model.set_weights(weights)
    history = model.fit(np.zeros((10, 2)), np.full((10, 1), 0.5), epochs=1, batch_size=10)
    return model.get_weights(), history


def draw_kernels(model, rng):
    """Return weights of the model's shapes: the kernels at random and away from 0, the biases 0."""
    return [
        make_weights(rng, np.shape(w))[0] if is_kernel(w) else np.zeros(np.shape(w))
        for w in model.get_weights()
    ]


def is_plain(model):
    """Tell whether a step of the optimizer shows the pull: that of SGD, which remembers no earlier one."""
    return model.compiled["optimizer"] == "SGD" and not model.compiled["momentum"]


def find_pull(model, weights):
    """Return how much a step without data moves a weight that is not 0; with other steps than SGD's, the penalty."""
    after, history = step(model, weights)
    if not is_plain(model):
        return abs(history.history["loss"][-1] - np.log(2))
    return max(abs(new - old)[old != 0].max(initial=0) for old, new in zip(weights, after, strict=True))


RATES = {"l1": 0.2, "l2": 0.3}


@pytest.fixture
def penalised(submission):
    """A compiled network with both penalties, of the rates RATES."""

    def build():
        model = expect.model(submission.build_regularized(**RATES))
        expect.that(model.compiled, "The model is not compiled.", "Call `model.compile` at the end.")
        return model

    return submission.remember("penalised", build)


@pytest.mark.task("4", points=1)
def test_model_is_compiled(submission, penalised, rng):
    """SGD at the rate 0.1, the cross-entropy, and `ce`, which leaves out the penalty."""
    expect.classifier(penalised, "sigmoid", "binary_crossentropy")
    optimizer, rate = penalised.compiled["optimizer"], penalised.compiled["learning_rate"]
    found = f"The model is compiled with {optimizer} at the rate {rate:.3g}."
    expect.that(optimizer == "SGD" and np.isclose(rate, 0.1), found, "SGD at 0.1 is expected.")
    momentum = penalised.compiled["momentum"]
    found, expected = f"The momentum of SGD is {momentum:.3g}.", "None is expected: plain gradient descent."
    expect.that(momentum == 0, found, expected, "Leave `momentum` out of `SGD(…)`.")
    _, history = step(penalised, draw_kernels(penalised, rng))
    names = ", ".join(history.history)
    look = 'Give the metric this name: `BinaryCrossentropy(name="ce")`.'
    expect.that("ce" in history.history, f"The history has {names}.", "`ce` is expected in it.", look)
    found = expect.number(history.history["ce"][-1], what="The metric `ce` is")
    expect.that(
        abs(found - np.log(2)) < 1e-3,
        f"Where all outputs are 1/2, the metric `ce` is {found:.3f}.",
        "ln 2 = 0.693 is expected, whatever the penalty.",
    )


@pytest.mark.task("4", points=2)
def test_penalty_pulls_at_all_kernels(penalised, rng):
    """A step on points that pull at nothing shrinks all kernels as the penalty says."""
    before = draw_kernels(penalised, rng)
    after, history = step(penalised, before)
    kernels = [(old, new) for old, new in zip(before, after, strict=True) if is_kernel(old)]
    look = "Has each of the three layers a penalty with these rates? Keras's L2 has no factor ½."
    if not is_plain(penalised):  # its steps do not show the pull, so the loss must
        expected = sum(RATES["l1"] * abs(old).sum() + RATES["l2"] * (old**2).sum() for old, _ in kernels)
        what = "Where the cross-entropy is ln 2, the penalty in the loss is"
        expect.close(history.history["loss"][-1] - np.log(2), expected, rtol=0.001, look=look, what=what)
        return
    for number, (old, new) in enumerate(kernels, 1):
        pull = (old - new) / penalised.compiled["learning_rate"]
        slopes = np.stack([np.sign(old).ravel(), 2 * old.ravel()], axis=1)
        (l1, l2), *_ = np.linalg.lstsq(slopes, pull.ravel(), rcond=None)
        found = [abs(l1) if abs(l1) < 1e-4 else l1, abs(l2) if abs(l2) < 1e-4 else l2]
        expect.that(
            np.allclose(found, [RATES["l1"], RATES["l2"]], rtol=0.01),
            f"Built with {RATES}, kernel number {number} moves in a step without data as if l1 were {found[0]:.3f} and "
            f"l2 were {found[1]:.3f}.",
            f"{RATES['l1']} and {RATES['l2']} are expected.",
            look,
        )


@pytest.mark.task("4", points=1)
def test_biases_have_no_penalty(submission, penalised, rng):
    """Nothing pulls at the biases, and without rates at nothing."""
    shapes = [np.shape(w) for w in penalised.get_weights()]
    hidden_biases = [np.zeros(s) if len(s) == 2 or s == (1,) else make_weights(rng, s)[0] for s in shapes]
    pull = find_pull(penalised, hidden_biases)
    found = f"A step without data, with both penalties, changes a bias by {pull:.3g}."
    expect.that(
        pull < 1e-5, found, "Biases have no penalty: 0 is expected.", "`kernel_regularizer` is for kernels."
    )
    plain = expect.model(submission.build_regularized())
    pull = find_pull(plain, draw_kernels(plain, rng))
    found = f"Built without rates, a step without data changes a weight by {pull:.3g}."
    expect.that(pull < 1e-5, found, "0 is expected: l1 and l2 are 0 by default.")


@pytest.mark.task("4", points=1)
def test_prediction_of_adam(submission, explain):
    """You have said what Adam makes of L2."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "adam", ADAM)
    explain(f"You expected {letter!r}: {ADAM[letter]}")


@pytest.mark.task("4", points=1)
def test_strength(submission, explain):
    """What does a penalty do that is far too strong?"""
    expect.answer(submission.value("ANSWERS"), "strength", "a", STRENGTH)
    explain(
        "0.693 = ln 2 is the cross-entropy of the answer 1/2, for any points: as bad in training as elsewhere."
    )


@pytest.mark.task("4", points=1)
def test_ensemble(submission, explain):
    """Why may dropout be off when the network predicts?"""
    expect.answer(submission.value("ANSWERS"), "ensemble", "c", ENSEMBLE)
    explain(
        "The network with all nodes is close to the mean of its submodels, and it costs one prediction only."
    )


def cross_entropy(model, x, y):
    """Return the binary cross-entropy of a model's output."""
    outputs = expect.array(model.predict(x), (len(x), 1), "One probability for each point.")
    found = f"The outputs reach from {outputs.min():.2f} to {outputs.max():.2f}."
    expect.that(outputs.min() >= 0 and outputs.max() <= 1, found, "Probabilities are expected.")
    probability = np.clip(outputs[:, 0].astype(float), 1e-7, 1 - 1e-7)
    return float(-np.mean(np.log(np.where(y == 1, probability, 1 - probability))))


PENALISED = (
    5,
    300,
    0.003,
)  # patience, epochs and rate of L2 of a run in which val_loss falls far longer than val_ce


@pytest.fixture
def stop_early(submission, reference, rng):
    """Train the reference's network, with a penalty of rate l2; return val_ce of each epoch, and that at the end."""

    def run(patience, epochs, l2=0.0):
        training, validation = (make_checkerboard(n, noise=0.5, seed=rng) for n in (200, 200))
        model = reference.build_regularized(l2=l2)
        if l2:  # so large at first that the penalty falls for a hundred epochs
            model.set_weights([6 * w for w in model.get_weights()])
        later = submission.given("train", "build_regularized")
        found = later.train_with_early_stopping(model, training, validation, patience=patience, epochs=epochs)
        look = "Return what `train` returns; of a Keras History its `history`."
        is_history = isinstance(found, dict) and len(found.get("val_ce", [])) > 0
        what = "What `train_with_early_stopping` returned is no history."
        expect.that(is_history, what, "A dictionary with val_ce is expected.", look)
        losses = np.array([expect.number(loss, what="A val_ce is") for loss in found["val_ce"]])
        expect.that(
            np.ptp(losses) > 0, f"Each val_ce is {losses[0]:.3g}.", "It changes from epoch to epoch.", look
        )
        return losses, cross_entropy(model, *validation)

    return lambda *options: submission.remember(f"stop {options}", lambda: run(*options))


def find_end(losses, patience):
    """Return the first epoch at which so many in a row have brought no new smallest loss, or else the last one."""
    best = np.minimum.accumulate(losses)
    is_new = np.concatenate([[True], losses[1:] < best[:-1]])
    epochs = np.arange(1, len(losses) + 1)
    waited = epochs - np.maximum.accumulate(np.where(is_new, epochs, 0))
    return int(np.append(epochs[waited >= patience], len(losses))[0])


@pytest.mark.task("4", points=1)
def test_training_stops_in_time(stop_early):
    """The training ends when val_ce has not improved for as many epochs as the patience."""
    for patience in (30, 6):
        losses, _ = stop_early(patience, 1000)
        best = np.flatnonzero(losses < losses.min() + 1e-6) + 1
        expect.that(
            (len(losses) - best == patience).any(),
            f"With the patience {patience} the training ended after epoch {len(losses)}; the smallest val_ce was in "
            f"epoch {best[0]}.",
            f"The end is expected {patience} epochs after the best one.",
            "Is `val_ce` watched, and the patience passed on?",
        )
    losses, _ = stop_early(*PENALISED)
    end = find_end(losses, PENALISED[0])
    expect.that(
        len(losses) == end,
        f"With an L2 penalty and the patience {PENALISED[0]} the training ended after epoch {len(losses)}.",
        f"Epoch {end} is expected, as val_ce had then not improved for {PENALISED[0]} epochs.",
        "Is `val_ce` watched? `val_loss` holds the penalty as well, and falls when only that falls.",
    )
    losses, _ = stop_early(500, 80)
    found = f"With epochs=80 and the patience 500, {len(losses)} epochs were trained."
    expect.that(len(losses) == 80, found, "80 are expected.", "Are the epochs passed on?")


@pytest.mark.task("4", points=1)
def test_best_weights_are_kept(stop_early):
    """At the end the model has the weights of its best epoch."""
    for options in [(30, 1000), (500, 80)]:
        losses, at_the_end = stop_early(*options)
        expect.that(
            abs(at_the_end - losses.min()) < 2e-4,
            f"The smallest val_ce of {len(losses)} epochs was {losses.min():.4f}, that of the last epoch "
            f"{losses[-1]:.4f}. The model now has {at_the_end:.4f}.",
            "The smallest is expected.",
            "Are the best weights restored, also after the last epoch?",
        )


def no_more_points(*args, **kwargs):
    """Stand in for `make_checkerboard`: the challenge gives 200 points, and no more."""
    raise RuntimeError("my_training may draw no other points than those it gets")


@pytest.fixture
def new_loss(submission, rng):
    """The cross-entropy of the network of the challenge on new points; it is trained once."""

    def measure():
        # The colours are exchanged, so that a network that has learned from other points is wrong everywhere.
        training, new_points = (
            (x, 1 - y) for x, y in (make_checkerboard(n, noise=0.5, seed=rng) for n in (200, 4000))
        )
        given = submission.given(
            "build_regularized", "train", "train_with_early_stopping", make_checkerboard=no_more_points
        )
        return cross_entropy(expect.model(given.my_training(*training)), *new_points)

    return lambda: submission.remember("challenge", measure)


@pytest.mark.task("5", points=1)
def test_my_training_beats_no_regularisation(new_loss, leaderboard):
    """Your network has a cross-entropy below 0.50 on 4000 new points"""
    loss = new_loss()
    leaderboard("test cross-entropy", loss, best="low", baseline=0.88, limit=0.353)
    found = f"Trained on 200 other points, your network has the cross-entropy {loss:.3f} on new ones."
    look = "Is the network restrained too little, or too much? An output that knows nothing has 0.693."
    expect.that(loss < 0.50, found, "Less than 0.50 is expected.", look)


@pytest.mark.task("5", points=2)
def test_my_training_comes_near_the_floor(new_loss):
    """Your network has a cross-entropy below 0.45."""
    loss = new_loss()
    found = f"Trained on 200 other points, your network has the cross-entropy {loss:.3f} on new ones."
    expect.that(loss < 0.45, found, "Less than 0.45 is expected; the floor is 0.353.", "Choose by your scan.")
