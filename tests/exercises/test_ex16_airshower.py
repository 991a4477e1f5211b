"""Marks of exercise 16."""

import itertools

import numpy as np
import pytest

from dlp_keras.datasets import make_airshowers
from dlp_keras.marking import expect

SHAPE = (14, 14, 3)
MOST_PARAMETERS = 20_000
BASELINE = 0.116  # of `baseline_network`, mean of 8 starts; they scatter by 0.008
SCALE = {"signal_mean": 0.7, "signal_spread": 1.6, "time_spread": 2500.0}  # of no data
ENERGY = np.array([10.0, 20.0, 40.0, 50.0, 80.0])
PREDICTED = np.array([11.0, 18.0, 50.0, 50.0, 92.0])  # relative errors of 10, −10, 25, 0 and 15 per cent
MASK = {
    "a": "that is the error of a constant. The mask has 0.08: a high energy hits many stations.",
    "b": "that is what the number of stations tells. The mask has 0.08: it also shows the shape of the footprint.",
    "c": "so it is: size and shape of the footprint tell the energy and the zenith angle.",
}
METRIC = {
    "a": "3 EeV look small beside 100. But they say nothing of 5 EeV: your dense network has about 3.3 EeV over all "
    "energies, too, and 0.8 EeV from 3 to 10 EeV.",
    "c": "the 3 EeV are no error at 5 EeV: your dense network has about 3.3 EeV over all energies, too, and 0.8 EeV "
    "from 3 to 10 EeV.",
}
LOG = {
    "a": "large numbers are an obstacle indeed, but standardising removes it: both of your targets were of order one. At "
    "the lowest energies the resolutions were about 20 and 13 % all the same.",
    "b": "a logarithm keeps energies positive, true. But also where none falls below zero the low energies are "
    "worse without it: the loss hardly sees them.",
}
DATA = {
    "b": "nothing is left at 20,000. But with 1500 showers our CNN has the error that our dense network has with 3000, and "
    "twice the data are worth much where each event is expensive.",
    "c": "a deeper CNN does better, yet its lead shrinks as well: that of the solution to task 5 from 0.020 with 1500 "
    "showers to 0.003 with 20,000.",
}


def make_stations(rng, n_showers=20):
    """Draw signals and times of arrays of 5 × 4 stations. In the first event a single station is hit."""
    shape = n_showers, 5, 4
    hit = rng.random(shape) < 0.5
    hit[:, 2, 1] = True
    hit[0], hit[0, 3, 2] = False, True
    signal = np.where(hit, 19 + rng.lognormal(5, 2, shape), 0)
    time = rng.uniform(-4000, 4000, (n_showers, 1, 1)) + rng.normal(0, 1500, shape)
    return signal, np.where(hit, time, np.nan), hit


def known_times(time, hit):
    """Return the relative times, one event after the other."""
    known = np.zeros(time.shape)
    for number, stations in enumerate(hit):
        known[number][stations] = time[number][stations] - time[number][stations].mean()
    return known


@pytest.mark.task("1", points=1)
def test_times_are_relative_to_their_event(submission, rng):
    """In stations that were hit, the mean time of the event is subtracted."""
    _, time, hit = make_stations(rng)
    found = submission.relative_time(time)
    found = expect.array(np.nan_to_num(found) if isinstance(found, np.ndarray) else found, time.shape)
    look = "The mean runs over the stations hit in the same event, and over no others."
    what = "Of the times in stations that were hit, one is"
    expect.close(found[hit], known_times(time, hit)[hit], atol=1e-6, look=look, what=what)


@pytest.mark.task("1", points=1)
def test_silent_stations_have_time_zero(submission, rng):
    """Silent stations have the time 0; an event with one station hit stays finite."""
    _, time, hit = make_stations(rng)
    look = "A silent station has no time: put 0 in its place, after the mean is subtracted."
    found = expect.array(submission.relative_time(time), time.shape, look)
    expect.that(
        found[hit].any(), "All times are 0.", "In stations that were hit they are expected to differ."
    )
    expect.close(
        found[~hit], np.zeros((~hit).sum()), look=look, what="Of the times in silent stations, one is"
    )
    lone = "Of an event with a single station hit, its time is"
    expect.close(found[0, 3, 2], 0.0, atol=1e-6, look="It is its own mean.", what=lone)


def read_scale(submission, rng):
    """Return what `fit_scale` returns for some stations, and these."""
    signal, time, hit = make_stations(rng)
    found = submission.given("relative_time").fit_scale(signal, time)
    names = ", ".join(found) if isinstance(found, dict) else type(found).__name__
    is_scale = isinstance(found, dict) and set(SCALE) <= set(found)
    expect.that(is_scale, f"returned {names}.", f"A dictionary with the keys {', '.join(SCALE)} is expected.")
    return found, np.log10(1 + signal), known_times(time, hit)[hit]


@pytest.mark.task("1", points=1)
def test_scale_of_the_signal(submission, rng):
    """Mean and standard deviation of the logarithm, over all stations."""
    found, log_signal, _ = read_scale(submission, rng)
    look = "Of log₁₀(1 + S), over all stations of all events; a silent one counts with 0."
    for name, known in [("signal_mean", log_signal.mean()), ("signal_spread", log_signal.std())]:
        expect.close(found[name], known, rtol=0.01, look=look, what=f'"{name}" is')


@pytest.mark.task("1", points=1)
def test_scale_of_the_time(submission, rng):
    """One standard deviation of the relative times, over the stations that were hit."""
    found, _, times = read_scale(submission, rng)
    look = (
        "Of the relative times, over the stations hit in all events: the zeros of silent ones are no times."
    )
    expect.close(found["time_spread"], times.std(), rtol=0.01, look=look, what='"time_spread" is')


def read_input(submission, rng, n_showers=20):
    """Return what `preprocess` makes of some stations, and these."""
    signal, time, hit = make_stations(rng, n_showers)
    found = submission.given("relative_time", "fit_scale").preprocess(signal, time, SCALE)
    return expect.array(found, (n_showers, 5, 4, 3)), signal, time, hit


@pytest.mark.task("1", points=1)
def test_mask_tells_who_was_hit(submission, rng):
    """Three channels of float32, the last one 1 for hit and 0 for silent."""
    found, _, _, hit = read_input(submission, rng)
    expect.that(found.dtype == np.float32, f"The type is {found.dtype}.", "float32 is expected.")
    look = "1 for hit, 0 for silent."
    expect.close(found[..., 2], hit.astype(float), look=look, what="The mask, channel 2, is")


@pytest.mark.task("1", points=1)
def test_signal_channel_is_scaled(submission, rng):
    """Channel 0 is the logarithm of the signal, scaled by the numbers given."""
    for n_showers in (20, 1):
        found, signal, _, _ = read_input(submission, rng, n_showers)
        known = (np.log10(1 + signal) - SCALE["signal_mean"]) / SCALE["signal_spread"]
        look = "Mean and spread are those in `scale`, also for other showers than those that they were measured with."
        expect.close(found[..., 0], known, rtol=1e-4, atol=1e-5, look=look, what="The signal, channel 0, is")


@pytest.mark.task("1", points=1)
def test_time_channel_has_one_scale(submission, rng):
    """Channel 1 is the relative time over one number for all events, whatever the clocks show."""
    what = "The time, channel 1, is"
    found, signal, time, hit = read_input(submission, rng)
    known = known_times(time, hit) / SCALE["time_spread"]
    look = (
        "The relative time over the `time_spread` in `scale`, the same for all events; 0 in silent stations."
    )
    expect.close(found[..., 1], known, rtol=1e-4, atol=1e-5, look=look, what=what)
    later = time + np.array([1000.0, -2000.0] * 10)[:, None, None]
    again = expect.array(submission.given("relative_time", "fit_scale").preprocess(signal, later, SCALE))
    look = "A clock that is 1 µs late changes nothing: only differences of times mean something."
    expect.close(again[..., 1], known, rtol=1e-4, atol=1e-5, look=look, what=what)


@pytest.mark.task("2", points=1)
def test_target_is_a_column_of_logarithms(submission, rng):
    """The target is the logarithm of E / 10 EeV, a column."""
    energy = np.append(rng.uniform(3, 100, 8), 10.0)
    look = "log₁₀(E / 10 EeV) is 0 at 10 EeV and 1 at 100 EeV. A column has the shape (n, 1)."
    expect.close(submission.to_target(energy), np.log10(energy / 10)[:, None], look=look)


@pytest.mark.task("2", points=1)
def test_energy_is_the_inverse(submission, rng):
    """The inverse returns energies in EeV, no longer as a column."""
    target = np.append(rng.uniform(-0.5, 1, 8), [0.0, 1.0])[:, None]
    look = "10 EeV for an output of 0, 100 EeV for 1; the shape is (n,)."
    expect.close(submission.to_energy(target), 10 * 10 ** target[:, 0], look=look)


def draw_energies(rng, n_showers=50):
    """Draw energies and reconstructed ones, with a bias and an error that is relative."""
    energy = rng.uniform(3, 100, n_showers)
    return energy, energy * rng.normal(1.1, 0.2, n_showers)


@pytest.mark.task("3", points=1)
def test_bias_is_the_mean_relative_error(submission, rng):
    """The bias is the mean of (E_rec - E)/E."""
    look = "The mean of (E_rec − E)/E: each error over its own energy, the true one."
    expect.close(submission.bias(ENERGY, PREDICTED), 0.08, look=look)
    energy, predicted = draw_energies(rng)
    expect.close(submission.bias(energy, predicted), np.mean(predicted / energy) - 1, look=look)


@pytest.mark.task("3", points=1)
def test_resolution_is_the_relative_spread(submission, rng):
    """The resolution is the standard deviation of (E_rec - E)/E."""
    look = "The standard deviation of (E_rec − E)/E about its mean, not in per cent."
    expect.close(submission.resolution(ENERGY, PREDICTED), np.std(PREDICTED / ENERGY), look=look)
    energy, predicted = draw_energies(rng)
    expect.close(submission.resolution(energy, predicted), np.std(predicted / energy), look=look)


@pytest.mark.task("3", points=1)
@pytest.mark.parametrize("name", ["bias", "resolution"], ids=["bias", "resolution"])
def test_shapes_may_be_mixed(submission, rng, name):
    """Columns and rows, in any mixture, give the same"""
    measure = getattr(submission, name)
    energy, predicted = draw_energies(rng)
    known, other = (expect.number(measure(*pair)) for pair in [(energy, predicted), (ENERGY, PREDICTED)])
    expect.that(
        known != other, f"returned {known:.3g} for two sets of energies.", "Two numbers are expected."
    )
    for pair in [
        (energy[:, None], predicted),
        (energy, predicted[:, None]),
        (energy[:, None], predicted[:, None]),
    ]:
        found = expect.number(measure(*pair))
        shapes = " and ".join(str(part.shape) for part in pair)
        expect.that(
            np.isclose(found, known, rtol=1e-4),
            f"With shapes {shapes} the {name} is {found:.4g}, and with (50,) and (50,) it is {known:.4g}.",
            "The same is expected: they are the same showers.",
            "(n, 1) minus (n,) makes an (n, n) array. Apply `np.ravel` to both first.",
        )


def read_bins(found, n_bins):
    """Return bias and resolution of all bins, as arrays of numbers or NaN."""
    look = "Return two arrays with one number for each bin."
    found = list(found) if isinstance(found, np.ndarray) and found.ndim == 2 else found
    parts = [
        np.asarray(part) if isinstance(part, (list, tuple)) else part
        for part in expect.values(found, 2, look)
    ]
    for part, what in zip(parts, ("The bias is", "The resolution is"), strict=True):
        expect.array(np.nan_to_num(part) if isinstance(part, np.ndarray) else part, (n_bins,), look, what)
    return parts


@pytest.mark.task("3", points=1)
def test_bins_hold_their_showers(submission, rng):
    """In each bin, bias and resolution are those of the showers in it."""
    energy, predicted = draw_energies(rng, 200)
    zenith = rng.uniform(-5, 65, 200)  # some lie outside of all bins
    zenith[:4] = 0.0, 20.0, 30.0, 60.0  # a lower edge belongs to its bin, an upper one does not
    cases = [(predicted, zenith, [0.0, 20.0, 30.0, 60.0]), (predicted[:, None], energy, [10.0, 40.0, 80.0])]
    for outputs, values, edges in cases:
        call = submission.given("bias", "resolution")
        parts = read_bins(call.in_bins(energy, outputs, values, np.array(edges)), len(edges) - 1)
        errors = predicted / energy - 1
        inside = [errors[(values >= low) & (values < high)] for low, high in itertools.pairwise(edges)]
        look = "A shower is in a bin if edges[i] ≤ value < edges[i + 1], where the values are the third argument."
        for part, measure, what in zip(parts, (np.mean, np.std), ("bias", "resolution"), strict=True):
            known = np.array([measure(some) for some in inside])
            expect.close(part, known, look=look, what=f"The {what} in bins is")


@pytest.mark.task("3", points=1)
def test_empty_bins_are_nan(submission, rng):
    """An empty bin has NaN, without a warning, and leaves the others alone."""
    energy, predicted = draw_energies(rng)
    edges = np.array([3.0, 100.0, 200.0, 300.0])
    found = submission.given("bias", "resolution").in_bins(energy, predicted, energy, edges)
    warned = [text for text in submission.warnings if "RuntimeWarning" in text]
    for part, what in zip(read_bins(found, 3), ("bias", "resolution"), strict=True):
        expect.that(
            np.isfinite(part[0]) and np.isnan(part[1:]).all(),
            f"With all showers in the first of three bins, the {what} is {np.round(part, 3).tolist()}.",
            "A number is expected in the first bin, and NaN in the two others.",
        )
    expect.that(
        not warned,
        f"Empty bins cause a {''.join(warned[:1])}.",
        "No warning is expected.",
        "Ask first: `.any()`.",
    )


@pytest.fixture
def showers(submission, reference, rng):
    """Input and target of 5000 showers, and input and energies of 3000 others."""

    def simulate():
        training, test = make_airshowers(5000, seed=rng), make_airshowers(3000, seed=rng)
        scale = reference.fit_scale(training.signal, training.time)
        x, new_x = (reference.preprocess(some.signal, some.time, scale) for some in (training, test))
        return x, reference.to_target(training.energy), new_x, test.energy

    return lambda: submission.remember("showers", simulate)


@pytest.fixture
def error_of(submission, reference, showers):
    """Returns the error of the logarithm of a network on new showers; each network is trained once."""

    def measure(name):
        model = build(submission, name)
        check_output(model, SHAPE)
        x, target, new_x, energy = showers()
        reference.train(model, x, target, epochs=10)
        outputs = expect.array(model.predict(new_x, batch_size=512), (3000, 1), "One output for each shower.")
        return float(np.sqrt(np.mean((outputs[:, 0] - np.log10(energy / 10)) ** 2)))

    return lambda name: submission.remember(f"error of {name}", lambda: measure(name))


def build(submission, name):
    """Return a network for the array, built once for several marks."""
    return submission.remember(name, lambda: expect.model(getattr(submission, name)(SHAPE)))


def check_output(view, shape):
    """Check that a network makes one number of each shower."""
    output = tuple(view.output_shape[1:])
    found = f"For the shape {shape} the output of one shower has the shape {output}."
    expect.that(output == (1,), found, "(1,) is expected.", "Are the maps turned into one number?")


def check_network(submission, name):
    """Check input, output and compilation of a network, and return it."""
    model, other = build(submission, name), expect.model(getattr(submission, name)((16, 18, 2)))
    for view, shape in [(model, SHAPE), (other, (16, 18, 2))]:
        expect.that(
            tuple(view.input_shape[1:]) == shape,
            f"For the shape {shape} the network takes {tuple(view.input_shape[1:])}.",
            f"{shape} is expected.",
            "Is shape passed on to `keras.Input`?",
        )
        check_output(view, shape)
    activation = model.weight_layers[-1]["activation"]
    found = f"The activation of the last layer is {activation}."
    expect.that(activation in (None, "linear"), found, "None is expected.", "Targets have any sign.")
    expect.that(model.compiled, "The network is not compiled.", "Compile it with a loss for a regression.")
    loss = model.compiled["loss"] or ""
    look = "A loss for a regression is expected, such as the mean squared error."
    expect.that("entropy" not in loss, f"The network is compiled with {loss}.", look)
    return model


@pytest.mark.task("4", points=1)
def test_dense_network_is_dense(submission):
    """The dense network has hidden dense layers, no convolution, and one linear output."""
    model = check_network(submission, "build_dense")
    kinds = [layer["class"] for layer in model.weight_layers]
    found = f"The layers with weights are {', '.join(kinds)}."
    is_dense = len(kinds) > 1 and set(kinds) == {"Dense"}
    expect.that(is_dense, found, "Dense layers are expected, at least one of them hidden.")
    is_active = all(layer["activation"] for layer in model.weight_layers[:-1])
    expect.that(is_active, "A hidden layer has no activation.", "Without one it is a part of the next layer.")


@pytest.mark.task("4", points=1)
def test_cnn_is_convolutional(submission):
    """The CNN has a convolution, and one linear output."""
    model = check_network(submission, "build_cnn")
    kinds = [layer["class"] for layer in model.weight_layers]
    convolutions = [layer for layer in model.weight_layers if "Conv2D" in layer["class"]]
    expect.that(convolutions, f"The layers with weights are {', '.join(kinds)}.", "A Conv2D is expected.")
    has_neighbours = any(max(layer.get("kernel_size", (2,))) > 1 for layer in convolutions)
    expect.that(has_neighbours, "All kernels are 1 × 1.", "A kernel that sees neighbours is expected.")


def say(error):
    """Say how well a network does."""
    return f"Trained on 5000 showers for 10 epochs, the network has the error {error:.3f} of the logarithm on 3000 others."


@pytest.mark.task("4", points=1)
def test_dense_network_learns(error_of, explain):
    """The dense network has an error of the logarithm below 0.055 on new showers."""
    error = error_of("build_dense")
    look = "A constant has 0.44. Is the output linear, are there enough nodes, and does the rate let the loss fall?"
    expect.that(error < 0.055, say(error), "Less than 0.055 is expected.", look)
    explain(f"{say(error)} This is about {np.log(10) * error:.0%} of the energy.")


@pytest.mark.task("4", points=1)
def test_cnn_learns(error_of, explain):
    """The CNN has an error of the logarithm below 0.050 on new showers."""
    error = error_of("build_cnn")
    look = "A constant has 0.44. Is the output linear, are there enough filters, and does the rate let the loss fall?"
    expect.that(error < 0.050, say(error), "Less than 0.050 is expected.", look)
    explain(f"{say(error)} This is about {np.log(10) * error:.0%} of the energy.")


@pytest.mark.task("4", points=1)
def test_metric(submission, explain):
    """What does one resolution for all energies say about one energy?"""
    expect.answer(submission.value("ANSWERS"), "metric", "b", METRIC)
    explain(
        "Errors grow with the energy, and squares even more: above 30 EeV lie nine tenths of this variance."
    )


@pytest.mark.task("4", points=1)
def test_prediction_of_the_mask(submission, explain):
    """You have said what the mask alone is worth."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "mask", MASK)
    explain(f"You expected {letter!r}: {MASK[letter]}")


@pytest.mark.task("4", points=1)
def test_log(submission, explain):
    """Why is the logarithm the better target?"""
    expect.answer(submission.value("ANSWERS"), "log", "c", LOG)
    explain(
        "The same error in log E is the same relative error at 3 and at 100 EeV. The loss is where one says so."
    )


@pytest.fixture
def error_of_mine(submission, error_of):
    """Returns the error of the network of the challenge, which must not have too many parameters."""

    def measure():
        model = check_network(submission, "my_network")
        found = f"The network has {model.n_parameters:,} parameters for the shape {SHAPE}."
        look = "`summary()` of the model shows which layer has most of them."
        expect.that(
            model.n_parameters <= MOST_PARAMETERS, found, f"At most {MOST_PARAMETERS:,} are expected.", look
        )
        return error_of("my_network")

    return lambda: submission.remember("challenge", measure)


@pytest.mark.task("5", points=1)
def test_my_network_beats_the_baseline(error_of_mine, leaderboard):
    """Your network has an error of the logarithm below 0.085 on new showers."""
    error = error_of_mine()
    leaderboard("error of the logarithm", error, best="low", baseline=BASELINE)
    look = f"The baseline has about {BASELINE:.2f}. Is it the nodes, the dropout, or the rate that holds it back?"
    expect.that(error < 0.085, say(error), "Less than 0.085 is expected.", look)


@pytest.mark.task("5", points=1)
def test_my_network_is_good(error_of_mine):
    """Your network has an error of the logarithm below 0.060 on new showers."""
    error = error_of_mine()
    look = "That of the line through the stations hit and the zenith angle is 0.055."
    expect.that(error < 0.060, say(error), "Less than 0.060 is expected.", look)


@pytest.mark.task("5", points=1)
def test_my_network_is_excellent(error_of_mine):
    """Your network has an error of the logarithm below 0.042 on new showers."""
    error = error_of_mine()
    look = "Convolutions do more with 20,000 parameters than dense layers: what comes behind them?"
    expect.that(error < 0.042, say(error), "Less than 0.042 is expected.", look)


@pytest.mark.task("5", points=1)
def test_data(submission, explain):
    """What does it mean that the lead of the CNN shrinks?"""
    expect.answer(submission.value("ANSWERS"), "data", "a", DATA)
    explain(
        "What you build in, the network need not learn. This is worth most where showers are few, as measured ones are."
    )
