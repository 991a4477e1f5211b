# /// exercise
# title = "Air showers"
# goals = [
#     "bring what a detector records into the form that a network needs",
#     "judge a reconstruction by bias and resolution, where it matters",
#     "compare networks with a baseline that physics gives you",
#     "measure what inputs, structure and the amount of data are worth",
# ]
# minutes = 60
# task_minutes = [14, 4, 10, 14, 12]
# difficulty = 3
# prerequisites = ["ex10", "ex14"]
# slides = ["Hands-on: Air Showers", "Preprocessing"]
# book = ["7.2", "8.2"]
# ///

# %% [markdown]
# # Exercise 16 · Air showers
#
# Now and then a single atomic nucleus arrives from space with an energy of 16 joules, that of a tennis ball at
# 85 km/h. These are 100 EeV (1 EeV is 10¹⁸ eV), ten million times the energy of a proton at the LHC, and nobody knows
# what accelerates it. A square kilometre sees less than one of them in a century. But the atmosphere helps: the nucleus
# starts a *shower* of billions of particles, and these reach the ground together, as a flat disc that is kilometres
# wide and moves with the speed of light. Stations far apart from each other are enough to catch it.
#
# Ours is an array of 14 × 14 stations, 750 m apart, 1400 m above the sea. Each of them records a *signal*, in units in
# which a signal $S$ fluctuates by $\sqrt S$, and the *time* of the first particle in ns. A station below its threshold
# is silent: signal 0, time NaN. The showers are protons of 3 to 100 EeV, simulated after Erdmann, Glombitza and Walz
# (2018). Your task is theirs: read the energy off the footprint.
#
# You train with 5000 showers and look at 3000 others for *validation*; where nothing else is said, a number is
# about these. The marks simulate showers of their own.

# %%
from dlp_keras import device

print(device.use())  # the GPU, when there is one

# %%
import itertools
import time as clock

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from dlp_keras import plots
from dlp_keras.datasets import make_airshowers
from dlp_keras.display import show, show_results
from dlp_keras.progress import track
from dlp_keras.training import fit

# %% [markdown]
# Four showers from above. Colour is time, size is signal, the arrow shows where the shower flies, and the cross where
# its axis meets the ground. What tells a high energy from a low one, and an inclined shower from a steep one?

# %%
if __name__ == "__main__":
    energies, zeniths = [10.0, 10.0, 80.0, 80.0], [15.0, 55.0, 15.0, 55.0]
    four = make_airshowers(4, energies=energies, zeniths=zeniths, seed=4)
    figure, axes = plt.subplots(2, 2, figsize=(9.5, 7.6), layout="constrained")
    for ax, number in zip(axes.flat, range(4), strict=True):
        arrow = {"core": four.core[number], "axis": four.axis[number]}
        plots.footprint(ax, four.signal[number], four.time[number], **arrow)
        ax.set_title(f"{energies[number]:.0f} EeV, {zeniths[number]:.0f}° from the vertical")
    show(figure, "ex16_footprints")

# %% [markdown]
# ## Task 1: from the detector to the network
#
# Three properties of these data stand between them and a network.
#
# **Times** have an arbitrary zero: no clock knows when the shower started. So subtract from each time the mean over the
# stations of the *same* event that were hit. What remains, some µs, tells the direction: the more inclined the shower,
# the longer its disc takes to pass the array. For this reason divide it by *one* number for all events, the spread over
# the training set. With a number for each event the direction would be lost.
#
# **Signals** reach from 19, the threshold, to 10⁹ near the axis. In a linear scale the brightest station is all that
# can be seen. Take $\log_{10}(1 + S)$, which is 0 in silent stations, and standardise it, with mean and standard
# deviation over all stations of the training set.
#
# **Silent stations** have no time, and a single NaN makes the loss NaN. They get the time 0, as good as any other
# number; and a third channel, the *mask*, tells the network who was hit: 1 or 0.


# %%
def relative_time(time):
    """Return times relative to the mean of their event.

    Parameters
    ----------
    time : array of shape (n_showers, n_rows, n_columns)
        In ns; NaN in silent stations. In each event at least one station is hit.

    Returns
    -------
    array of the same shape
        Time minus the mean over the stations hit in this event, in ns; 0 in silent stations.
    """
    # TASK 1: subtract from each time the mean over the hit stations of its event; return 0 where time is NaN.
    # HINT 1: Which axes does the mean of an event run over? Which shape must it have, so that you can subtract it?
    # HINT 1: A NaN is not finite: see `np.isfinite`. And `np.nanmean(…)` ignores it; `keepdims=True` keeps the axes.
    # HINT 1: `np.where(hit, …, 0)` takes one of two values for each station.
    # BEGIN SOLUTION
    mean = np.nanmean(time, axis=(1, 2), keepdims=True)
    return np.where(np.isfinite(time), time - mean, 0)
    # END SOLUTION


# %%
def fit_scale(signal, time):
    """Measure, on the training set, the numbers that `preprocess` needs.

    Parameters
    ----------
    signal : array of shape (n_showers, n_rows, n_columns)
        0 in silent stations.
    time : array of the same shape
        In ns; NaN in silent stations.

    Returns
    -------
    dict of str to float
        "signal_mean" and "signal_spread": mean and standard deviation of log₁₀(1 + S) over all stations of all
        events. "time_spread": standard deviation of the relative times, over the stations that were hit, in ns.
    """
    # TASK 1: return the dictionary with the mean and the standard deviation of log₁₀(1 + S), and the standard deviation
    #   of the relative times in the stations that were hit.
    # HINT 1: Most stations are silent. Which of the three numbers would the zeros of their times change?
    # HINT 1: A mask in square brackets, such as `values[hit]`, keeps the entries where it is true.
    # BEGIN SOLUTION
    log_signal = np.log10(1 + signal)
    return {
        "signal_mean": log_signal.mean(),
        "signal_spread": log_signal.std(),
        "time_spread": relative_time(time)[np.isfinite(time)].std(),
    }
    # END SOLUTION


# %%
def preprocess(signal, time, scale):
    """Make the input of a network from what the stations recorded.

    Parameters
    ----------
    signal, time : array of shape (n_showers, n_rows, n_columns)
        As for `fit_scale`; any showers, not only those of the training set.
    scale : dict of str to float
        What `fit_scale` returned for the training set.

    Returns
    -------
    float32 array of shape (n_showers, n_rows, n_columns, 3)
        The channels: 0 is log₁₀(1 + S), minus "signal_mean", over "signal_spread"; 1 is the relative time over
        "time_spread"; 2 is the mask, 1 for hit and 0 for silent.
    """
    # TASK 1: return the three channels, signal, time and mask, as float32; all numbers of the scaling come from scale.
    # HINT 1: Which of the channels need mean and spread, which only a spread, and which nothing?
    # HINT 1: `np.stack([…], axis=-1)` makes the last axis; `.astype(np.float32)` sets the type.
    # BEGIN SOLUTION
    log_signal = (np.log10(1 + signal) - scale["signal_mean"]) / scale["signal_spread"]
    time_channel = relative_time(time) / scale["time_spread"]
    return np.stack([log_signal, time_channel, np.isfinite(time)], axis=-1).astype(np.float32)
    # END SOLUTION


# %%
if __name__ == "__main__":
    device.seed_everything(1)
    training, validation = make_airshowers(5000, seed=1), make_airshowers(3000, seed=2)
    scale = fit_scale(training.signal, training.time)
    x_training, x_validation = (
        preprocess(showers.signal, showers.time, scale) for showers in (training, validation)
    )
    n_hit = training.hit.sum(axis=(1, 2))
    print(f"{n_hit.min()} to {n_hit.max()} of 196 stations are hit, {np.median(n_hit):.0f} in the median")
    print("scale:", {name: round(float(number), 3) for name, number in scale.items()})
    print(f"numbers that are not finite: {np.sum(~np.isfinite(x_training))}")

    figure, axes = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    for channel, (ax, title) in enumerate(zip(axes, ("signal", "time", "mask"), strict=True)):
        image = ax.imshow(preprocess(four.signal, four.time, scale)[3, :, :, channel], origin="lower")
        figure.colorbar(image, ax=ax, shrink=0.85)
        ax.set(title=f"channel {channel}: {title}", xlabel="column", ylabel="row")
        ax.set(xticks=range(0, 14, 3), yticks=range(0, 14, 3))
    show(figure, "ex16_channels")

# %% [markdown]
# ## Task 2: what to predict
#
# A network that predicts $E$ itself and minimises $(E_{rec} - E)^2$ cares for the largest energies only: there an error
# of 10 % is 10 EeV, and at 3 EeV it is 0.3. So let it predict
#
# $$y = \log_{10} \frac{E}{10\,\mathrm{EeV}},$$
#
# which reaches from −0.52 to 1: of order one, as standardised numbers are. Its error is a *relative* error of $E$.
#
# The output of a network is a column, one row for each shower, and so must be what it learns.


# %%
def to_target(energy):
    """Return what the network shall predict.

    Parameters
    ----------
    energy : array of shape (n_showers,)
        In EeV.

    Returns
    -------
    array of shape (n_showers, 1)
        The logarithm to base 10 of the energy in units of 10 EeV.
    """
    # TASK 2: return log₁₀(E / 10 EeV) as a column.
    # HINT 2: An index `np.newaxis`, or a `reshape`, turns a row of numbers into a column.
    # BEGIN SOLUTION
    return np.log10(energy / 10)[:, np.newaxis]
    # END SOLUTION


# %%
def to_energy(target):
    """Return the energies that belong to the outputs of a network, the inverse of `to_target`.

    Parameters
    ----------
    target : array of shape (n_showers, 1)

    Returns
    -------
    array of shape (n_showers,)
        Energies in EeV.
    """
    # TASK 2: return the energies in EeV, no longer as a column.
    # HINT 2: Which function undoes a logarithm to base 10? At which energy is y = 0?
    # HINT 2: A column becomes a plain row of numbers by `target[:, 0]`.
    # BEGIN SOLUTION
    return 10 * 10 ** target[:, 0]
    # END SOLUTION


# %% [markdown]
# The first number to compare is the root mean square of $\log_{10}(E_{rec}/E)$, which is the root of the loss of a
# network with such targets. As $\ln 10 = 2.3$, an error of 0.04 there is one of about 9 % of $E$. A constant has 0.44.


# %%
def log_error(energy, predicted):
    """Return the root mean square of log₁₀(E_rec / E)."""
    return float(np.sqrt(np.mean(np.log10(np.ravel(predicted) / np.ravel(energy)) ** 2)))


# %% [markdown]
# ## Task 3: how good is a reconstruction?
#
# One number is not enough. Of the relative errors $(E_{rec} - E)/E$ the mean is the *bias*, which one can correct once
# it is known, and the standard deviation is the *resolution*, which one cannot. Both depend on the energy, on the zenith
# angle and more, so they belong into bins.
#
# Beware of shapes. A network returns (n, 1) and the energies are (n,); their difference is an (n, n) array, without any
# warning, and its standard deviation is no error of anything.


# %%
def bias(energy, predicted):
    """Return the mean of (E_rec − E)/E.

    Parameters
    ----------
    energy, predicted : array of shape (n_showers,) or (n_showers, 1)
        True and reconstructed energies in EeV, in any mixture of the two shapes.

    Returns
    -------
    float
    """
    # TASK 3: return the mean of the relative errors, whichever of the two shapes the arrays have.
    # HINT 3: What are the shapes of a column minus a row, and of two rows? Make rows of both first.
    # HINT 3: `np.ravel` makes one row of any array.
    # BEGIN SOLUTION
    return float(np.mean(np.ravel(predicted) / np.ravel(energy) - 1))
    # END SOLUTION


# %%
def resolution(energy, predicted):
    """Return the standard deviation of (E_rec − E)/E, as `np.std` defines it.

    Parameters
    ----------
    energy, predicted : array of shape (n_showers,) or (n_showers, 1)
        As for `bias`.

    Returns
    -------
    float
    """
    # TASK 3: return the standard deviation of the relative errors.
    # HINT 3: It is taken about the mean, so that the bias is no part of it.
    # BEGIN SOLUTION
    return float(np.std(np.ravel(predicted) / np.ravel(energy)))
    # END SOLUTION


# %%
def in_bins(energy, predicted, values, edges):
    """Return bias and resolution in bins of the energy, or of any other property of the showers.

    Parameters
    ----------
    energy, predicted : array of shape (n_showers,) or (n_showers, 1)
        As for `bias`.
    values : array of shape (n_showers,)
        What the showers are sorted by: their energies, zenith angles, …
    edges : array of shape (n_bins + 1,)
        Rising. A shower is in bin i if edges[i] ≤ value < edges[i + 1]; outside of all bins it counts nowhere.

    Returns
    -------
    tuple of two arrays of shape (n_bins,)
        Bias and resolution in each bin; NaN, and no warning, where a bin is empty.
    """
    # TASK 3: for each bin, return bias and resolution of the showers in it: two arrays, with NaN for an empty bin.
    # HINT 3: A loop over `itertools.pairwise(edges)`, or over the numbers of the bins. Which showers are in a bin?
    # HINT 3: Combine two conditions by `&`, each in brackets; `.any()` of the result tells whether the bin is empty.
    # HINT 3: Collect one pair for each bin; the columns of the list of pairs are what you return.
    # BEGIN SOLUTION
    found = []
    for low, high in itertools.pairwise(edges):
        inside = (values >= low) & (values < high)
        pair = energy[inside], predicted[inside]
        found.append((bias(*pair), resolution(*pair)) if inside.any() else (np.nan, np.nan))
    biases, resolutions = np.transpose(found)
    return biases, resolutions
    # END SOLUTION


# %%
ENERGIES = np.geomspace(3, 100, 8)  # edges of bins in EeV
ZENITHS = np.arange(0, 61, 10)  # and in degrees


# %%
def draw_in_bins(axes, energy, predicted, values, edges, label):
    """Draw bias and resolution in per cent on two axes, with their statistical errors."""
    n_showers = np.maximum(np.histogram(values, edges)[0], 1)
    biases, resolutions = np.asarray(in_bins(energy, predicted, values, edges))
    middles = (edges[1:] + edges[:-1]) / 2
    errors = resolutions / np.sqrt(n_showers), resolutions / np.sqrt(2 * n_showers)
    for ax, heights, bars in zip(axes, (biases, resolutions), errors, strict=True):
        ax.errorbar(middles, 100 * heights, 100 * bars, fmt="o-", capsize=3, label=label)
    axes[0].axhline(0, color="black", linewidth=0.8)
    axes[0].set_ylabel("bias / %")
    axes[1].set(ylabel="resolution / %", ylim=(0, None))


# %%
def use_energy_axis(ax):
    """Make the horizontal axis of a picture a logarithmic one of energies."""
    ax.set(xlabel="energy / EeV", xscale="log", xlim=(2.7, 111))
    ax.set_xticks([3, 10, 30, 100], [3, 10, 30, 100])
    ax.minorticks_off()


# %% [markdown]
# Try your measures on a reconstruction without any network: a straight line through $y$ against the logarithm of the
# number of stations hit, and another with the cosine of the zenith angle as a second input, here the true one. An
# inclined shower leaves an ellipse on the ground, and hits more stations. Two numbers that a physicist thought of are a
# good *baseline*: a network must beat the second line, or is not worth its trouble.


# %%
def fit_line(inputs, target, new_inputs):
    """Return the predictions, as a column, of a linear model with bias fitted by least squares."""
    weights = np.linalg.lstsq(np.column_stack([inputs, np.ones(len(inputs))]), target)[0]
    return np.column_stack([new_inputs, np.ones(len(new_inputs))]) @ weights


# %%
if __name__ == "__main__":

    def features(showers, names):
        known = {
            "log of the signal": np.log10(showers.signal.sum(axis=(1, 2))),
            "log of the stations hit": np.log10(showers.hit.sum(axis=(1, 2))),
            "cosine of the zenith": np.cos(np.radians(showers.zenith)),
        }
        return np.column_stack([known[name] for name in names])

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    for names in (
        ["log of the signal"],
        ["log of the stations hit"],
        ["log of the stations hit", "cosine of the zenith"],
    ):
        inputs, new_inputs = features(training, names), features(validation, names)
        predicted = to_energy(fit_line(inputs, to_target(training.energy), new_inputs))
        error = log_error(validation.energy, predicted)
        print(f"line through {' and '.join(names)}: error of the logarithm {error:.3f}")
        if "log of the stations hit" in names:
            label = " and ".join(name.removeprefix("log of the ") for name in names)
            draw_in_bins(axes, validation.energy, predicted, validation.energy, ENERGIES, label)
    for ax in axes:
        use_energy_axis(ax)
    axes[0].legend(loc="upper right")
    show(figure, "ex16_lines")

# %% [markdown]
# ## Task 4: two networks
#
# Now to the networks: a dense one, which knows nothing of neighbours, and a convolutional one. Both end in one node
# *without* activation, for a number of any sign. The marks train them as the next cells do: with `train`, for 10 epochs,
# on 5000 showers. On showers that neither you nor the networks have seen, the error of the logarithm shall be
# below 0.055 for the dense network and below 0.050 for the CNN.


# %%
def build_dense(shape):
    """Build and compile a dense network.

    Parameters
    ----------
    shape : tuple of int
        Rows, columns and channels, such as (14, 14, 3).

    Returns
    -------
    keras.Model
        Sequential or functional, without convolutions. Output shape (n_showers, 1). Compiled with an optimizer
        such as Adam and the mean squared error, or another loss for a regression.
    """
    # TASK 4: build a network of dense layers with ReLU and one linear node at its end; compile it for a regression.
    # HINT 4: As in exercise 14: what comes before the first dense layer? What is different at the end, and in the loss?
    # HINT 4: Two hidden layers of 64 nodes do well, with Adam at a rate of 0.003. Keras calls the loss `"mse"`.
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model
    # END SOLUTION


# %%
def build_cnn(shape):
    """Build and compile a convolutional network.

    Parameters
    ----------
    shape : tuple of int
        Rows, columns and channels, such as (14, 14, 3).

    Returns
    -------
    keras.Model
        Sequential or functional, with a `Conv2D` layer at least. Output and compilation as for `build_dense`.
    """
    # TASK 4: build a network of convolutions with ReLU and pooling, and one linear node at its end; compile it for a
    #   regression.
    # HINT 4: Convolutions and pooling make fewer, smaller maps with more meaning. What turns them into one number?
    # HINT 4: 16 and 32 filters of 3 × 3, padding "same", with `layers.MaxPooling2D()` between them, do well.
    # HINT 4: Then `layers.Flatten()` and a hidden dense layer, or `layers.GlobalAveragePooling2D()` at once.
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model
    # END SOLUTION


# %%
def train(model, x, target, epochs=10, validation_data=None):
    """Train a compiled model and return its History; the rate falls to zero, unless it has a schedule."""
    start = float(model.optimizer.learning_rate)
    cosine = keras.callbacks.LearningRateScheduler(
        lambda epoch, _: start * (1 + np.cos(np.pi * epoch / epochs)) / 2
    )
    has_schedule = isinstance(model.optimizer.get_config()["learning_rate"], dict)
    callbacks = [] if has_schedule else [cosine]
    return fit(
        model, x, target, epochs=epochs, validation_data=validation_data, callbacks=callbacks, verbose=0
    )


# %%
def reconstruct(model, x):
    """Return the energies in EeV that a model makes of its input, shape (n_showers,)."""
    return to_energy(model.predict(x, batch_size=512, verbose=0))


# %%
if __name__ == "__main__":
    networks, histories, reconstructed = {}, {}, {}
    for name, build in {"dense": build_dense, "CNN": build_cnn}.items():
        networks[name] = build(x_training.shape[1:])
        histories[name] = train(
            networks[name],
            x_training,
            to_target(training.energy),
            validation_data=(x_validation, to_target(validation.energy)),
        ).history
        reconstructed[name] = reconstruct(networks[name], x_validation)
        error = log_error(validation.energy, reconstructed[name])
        parameters = networks[name].count_params()
        print(f"{name:5}: {parameters:6} parameters, error of the logarithm {error:.3f}")

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    plots.loss_curves(left, histories["CNN"], log=True)
    left.set(title="CNN", ylabel="mean squared error of y")
    for name, predicted in reconstructed.items():
        right.plot(validation.energy, predicted, ".", markersize=2, alpha=0.5, label=name)
    right.plot([3, 100], [3, 100], color="black", linewidth=0.8)
    use_energy_axis(right)
    right.set(yscale="log", ylabel="reconstructed energy / EeV")
    right.set_yticks([3, 10, 30, 100], [3, 10, 30, 100])
    right.minorticks_off()
    right.legend(markerscale=6)
    show(figure, "ex16_energies")

# %% [markdown]
# Now bias and resolution, against the energy and the zenith angle. Is a bias of one or two per cent real? The bars tell.

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(2, 2, figsize=(9, 6.6), layout="constrained")
    for name, predicted in reconstructed.items():
        draw_in_bins(axes[0], validation.energy, predicted, validation.energy, ENERGIES, name)
        draw_in_bins(axes[1], validation.energy, predicted, validation.zenith, ZENITHS, name)
    for ax in axes[0]:
        use_energy_axis(ax)
    for ax in axes[1]:
        ax.set_xlabel("zenith angle / degrees")
    axes[0, 0].legend()
    show(figure, "ex16_bins")

# %% [markdown]
# And the three showers that the CNN gets most wrong. What makes them hard?

# %%
if __name__ == "__main__":
    ratio = reconstructed["CNN"] / validation.energy
    worst = np.argsort(-abs(np.log(ratio)))[:3]
    figure, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    for ax, number in zip(axes, worst, strict=True):
        arrow = {"core": validation.core[number], "axis": validation.axis[number]}
        plots.footprint(ax, validation.signal[number], validation.time[number], **arrow)
        true = f"{validation.energy[number]:.1f} EeV, {validation.zenith[number]:.0f}°"
        ax.set_title(f"{true}: reconstructed {reconstructed['CNN'][number]:.1f}")
    show(figure, "ex16_worst")

# %% [markdown]
# One number for all energies is quickly quoted, and quickly misread. Here is the standard deviation of $E_{rec} - E$ in
# EeV, over all showers and in three ranges.

# %%
if __name__ == "__main__":
    difference = reconstructed["dense"] - validation.energy
    print(f"dense network, all energies: {np.std(difference):.2f} EeV")
    for low, high in [(3, 10), (10, 30), (30, 100)]:
        inside = (validation.energy >= low) & (validation.energy < high)
        print(f"dense network, {low} to {high} EeV: {np.std(difference[inside]):.2f} EeV")

# %% [markdown]
# A paper says: "Our network has a resolution of 3 EeV, measured with showers of 3 to 100 EeV." You have showers of
# 5 EeV. Is this network good enough for them?
#
# - **a** Yes: for energies of up to 100 EeV, 3 EeV is a good resolution.
# - **b** Nobody can tell: mostly the highest energies make this number.
# - **c** No: at 5 EeV an error of 3 EeV is 60 %, and of no use to anyone.

# %%
# TASK 4: answer "a", "b" or "c".
# HINT 4: The variance over all energies is about the mean of the three variances. Which of those makes most of it?
# STUB: ANSWERS = {"metric": None}
# BEGIN SOLUTION
ANSWERS = {"metric": "b"}
# END SOLUTION

# %% [markdown]
# ### What is each channel worth?
#
# The next cell trains the dense network with some of the channels only; the others are set to 0. Before you run it: how
# large is the error of the logarithm with the *mask* alone, when the network sees neither signals nor times, but only
# which stations were hit?
#
# - **a** About 0.44, as for a constant: without a signal there is no energy.
# - **b** About 0.18, as for the line through the number of the stations hit.
# - **c** About 0.08, less than half of what the number of stations gives.

# %%
# TASK 4: before you run the next cell, say what you expect: "a", "b" or "c".
# STUB: PREDICTIONS = {"mask": None}
# BEGIN SOLUTION
PREDICTIONS = {"mask": "b"}
# END SOLUTION


# %%
def error_of_dense(x, new_x):
    """Return the error of the logarithm of a dense network with these inputs."""
    model = build_dense(x.shape[1:])
    train(model, x, to_target(training.energy))
    return log_error(validation.energy, reconstruct(model, new_x))


# %%
if __name__ == "__main__":
    for name, kept in {
        "mask": [0, 0, 1],
        "mask and time": [0, 1, 1],
        "signal": [1, 0, 0],
        "signal and time": [1, 1, 0],
        "all three": [1, 1, 1],
    }.items():
        channels = np.array(kept, np.float32)
        print(f"{name:16} error {error_of_dense(x_training * channels, x_validation * channels):.3f}")

    linear, new_linear = x_training.copy(), x_validation.copy()
    linear[..., 0] = training.signal / training.signal.std()
    new_linear[..., 0] = validation.signal / training.signal.std()
    print(f"all three, signal without logarithm: error {error_of_dense(linear, new_linear):.3f}")

# %% [markdown]
# And what is the logarithm of the *energy* worth? The same dense network, once with $y$ as its target, and once with
# the energy itself, standardised.

# %%
if __name__ == "__main__":
    mean, spread = training.energy.mean(), training.energy.std()
    model = build_dense(x_training.shape[1:])
    train(model, x_training, ((training.energy - mean) / spread)[:, np.newaxis])
    from_energy = mean + spread * model.predict(x_validation, batch_size=512, verbose=0)[:, 0]
    for name, predicted in {"logarithm": reconstructed["dense"], "energy": from_energy}.items():
        parts = 100 * np.asarray(in_bins(validation.energy, predicted, validation.energy, [3, 10, 30, 100])[1])
        print(f"target {name:9}: {np.std(predicted - validation.energy):.1f} EeV over all energies;", end=" ")
        print("resolution in three bins", ", ".join(f"{part:.0f} %" for part in parts))

# %% [markdown]
# Why is the logarithm of the energy the better target?
#
# - **a** A network cannot predict numbers as large as 100, only some of order one.
# - **b** An energy is positive, and a linear node without it could fall below zero.
# - **c** Errors grow with the energy, and so each decade counts alike in the loss.

# %%
# TASK 4: answer "a", "b" or "c".
# HINT 4: Both targets above are of order one. At which energies did the second network do worse?
# STUB: ANSWERS["log"] = None
# BEGIN SOLUTION
ANSWERS["log"] = "c"
# END SOLUTION

# %% [markdown]
# ## Task 5: the challenge
#
# Here is how such a study often begins: one small dense layer and some dropout. Copy it, change it, and watch the error
# of the logarithm on the validation set. At most 20,000 parameters: ideas shall win, not size
# memory. The marks train your network as in task 4, on 5000 other showers for 10 epochs, and measure the error on 3000
# new ones: a point each for less than 0.085, 0.060 and 0.045. Nobody knows the limit here: the shower itself fluctuates,
# and each station, but no formula says how much of it a network could undo.


# %%
def baseline_network(shape):
    """Build and compile a small dense network with dropout."""
    inputs = keras.Input(shape)
    hidden = layers.Dense(20, activation="relu")(layers.Flatten()(inputs))
    model = keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.3)(hidden)))
    model.compile(keras.optimizers.Adam(learning_rate=0.001), loss="mse")
    return model


# %% [markdown]
# Things to change:
#
# - The nodes and layers: what does a second hidden layer bring, what does dropout, and at which place?
# - Convolutions before the dense layers: how many stations does a filter of the last layer see?
# - The end, `Flatten` or `GlobalAveragePooling2D`: where are the parameters, and must the network know *where* the core
#   was?
# - The pooling, `MaxPooling2D()`, `AveragePooling2D(2)`, or none: is the energy in the largest number or in the sum?
# - The rate: 10 epochs are short. How large can it be before the training suffers?


# %%
def my_network(shape):
    """Build and compile a network that reconstructs energies well.

    Parameters
    ----------
    shape : tuple of int
        Rows, columns and channels, (14, 14, 3) in the marks.

    Returns
    -------
    keras.Model
        Sequential or functional, with at most 20,000 parameters; output and compilation as for `build_dense`.
    """
    # TASK 5: build a better network than the baseline, with at most 20,000 parameters for (14, 14, 3).
    # HINT 5: In which layer of your CNN are most of the parameters? Its `summary()` tells.
    # HINT 5: A mean over each map, `layers.GlobalAveragePooling2D()`, needs no parameters at all.
    # HINT 5: What is saved there can pay for a third convolution. A larger rate, 0.005, suits such a network.
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "mse")
    return model
    # END SOLUTION


# %%
RESULTS = []

# %%
if __name__ == "__main__":
    for name, build in {"baseline": baseline_network, "mine": my_network}.items():
        device.seed_everything(1)
        start = clock.perf_counter()
        model = build(x_training.shape[1:])
        train(model, x_training, to_target(training.energy))
        predicted = reconstruct(model, x_validation)
        RESULTS.append(
            {
                "network": name,
                "parameters": model.count_params(),
                "epochs": 10,
                "seconds": clock.perf_counter() - start,
                "error of the logarithm": log_error(validation.energy, predicted),
                "resolution": resolution(validation.energy, predicted),
            }
        )
    show_results(RESULTS, "ex16_results")

# %% [markdown]
# ### What are more showers worth?
#
# The networks of task 4 again, with fewer showers to train on, and with more. The largest training takes about half of
# the time of this exercise.

# %%
if __name__ == "__main__":
    sizes, many = [1500, 5000, 20_000], make_airshowers(20_000, seed=3)
    errors = {name: {5000: log_error(validation.energy, reconstructed[name])} for name in networks}
    for size in track([sizes[0], sizes[-1]], "training sets"):
        signal, time, energy = many.signal[:size], many.time[:size], many.energy[:size]
        scale_here = fit_scale(signal, time)
        x, new_x = (
            preprocess(signal, time, scale_here),
            preprocess(validation.signal, validation.time, scale_here),
        )
        for name, build in {"dense": build_dense, "CNN": build_cnn}.items():
            model = build(x.shape[1:])
            train(model, x, to_target(energy))
            errors[name][size] = log_error(validation.energy, reconstruct(model, new_x))

    figure, ax = plt.subplots(figsize=(5.5, 3.8), layout="constrained")
    for name, found in errors.items():
        print(f"{name:5}:", ", ".join(f"{found[size]:.4f} with {size} showers" for size in sizes))
        ax.plot(sizes, [found[size] for size in sizes], "o-", label=name)
    ax.set(xscale="log", yscale="log", xlabel="showers in training", ylabel="error of the logarithm")
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.set_yticks([0.02, 0.03, 0.04, 0.06, 0.08], ["0.02", "0.03", "0.04", "0.06", "0.08"])
    ax.minorticks_off()
    ax.legend()
    show(figure, "ex16_learning_curve")

# %% [markdown]
# With 1500 showers the CNN is far ahead, with 20,000 the two are nearly equal. What does this say?
#
# - **a** Shared weights are worth data, and with enough data a dense network learns them too.
# - **b** Convolutions are of no use for showers, as with good statistics nothing is left of them.
# - **c** The CNN is too small for so many showers, and a larger one would keep its whole lead.

# %%
# TASK 5: answer "a", "b" or "c".
# HINT 5: How many more showers does the dense network need for the error that the CNN has with 1500?
# STUB: ANSWERS["data"] = None
# BEGIN SOLUTION
ANSWERS["data"] = "a"
# END SOLUTION

# %% [markdown]
# ### What the simulation does not know
#
# All showers were protons so far. Heavier nuclei arrive as well, nobody knows how many, and their showers carry more
# muons. This is what the CNN makes of them.

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    for name, mass_number in {"proton": 1, "helium": 4, "nitrogen": 14, "iron": 56}.items():
        others = make_airshowers(3000, mass_number=mass_number, seed=5)
        predicted = reconstruct(networks["CNN"], preprocess(others.signal, others.time, scale))
        draw_in_bins(axes, others.energy, predicted, others.energy, ENERGIES, name)
        found = bias(others.energy, predicted), resolution(others.energy, predicted)
        print(f"{name:8}: bias {found[0]:+.1%}, resolution {found[1]:.1%}")
    for ax in axes:
        use_energy_axis(ax)
    axes[0].legend()
    show(figure, "ex16_nuclei")

# %% [markdown]
# No validation set of protons shows this bias: it has the same blind spot as the training set. A network is as good as
# the simulation it has learned from, and comparing the simulation with measured data is part of the analysis.

# %% [markdown]
# ## If something looks wrong
#
# - The loss is NaN from the first epoch on: the time of silent stations is still in the input.
#   <!-- mistake: NaN stays in silent stations -->
# - Near the horizon the energies are far worse than near the vertical, and the time helps nothing: it was divided by
#   the spread of each event. <!-- mistake: each event has a time scale of its own -->
# - The resolution is about 100 % whatever the network does, and computing it takes long: a column minus a row.
#   <!-- mistake: a column minus a row -->
# - No energy below 10 EeV is ever reconstructed: the last layer has a ReLU. <!-- mistake: a ReLU at the end -->
# - All energies come out around 1: the network predicts a logarithm, and nobody has undone it.
#   <!-- mistake: the logarithm is not undone -->

# %% [markdown]
# ## Try it yourself
#
# - Train the CNN on a mixture of protons and iron, half and half: `mass_number` takes one number for each shower. What
#   happens to the two biases and resolutions?
# - Real stations saturate. Simulate new showers with `saturation=1000`, and reconstruct them without training anew, and
#   after it. How much of the energy is in the brightest stations?
# - Give your network 20,000 showers and 30 epochs. How far down does the error go?
# - Let it reconstruct the direction, three outputs: `showers.axis`. How many degrees off is it?

# %% [markdown]
# ## Looking back, and ahead
#
# This was the last exercise. The recipe of the first one, data, model, objective, training, has not changed since the
# spring and its loads. What you have added are the parts: activations and starts that let signals through (2, 3),
# gradients of any network (4), optimizers (5), heads and losses (6, 7), depth (8, 9), and structure that knows about
# neighbours (13 to 16). And you have added the habits, which outlive every architecture: a baseline before the network, a
# known limit where there is one, validation data to choose by and test data for the end (10 to 12), several starts, and
# an error on each number.
#
# From here it goes on. Real stations record a trace in time, and real arrays have holes: recurrent and graph networks
# are made for these. Analyses need to know how sure a network is, and why. And where simulation and measurement differ,
# networks can be trained to look at what both have in common. The book has chapters on all of this. Take a data set of
# your own, write its `preprocess` and its baseline first, and the rest you know.

# %% [markdown] tags=["solution"]
# ## Commentary
#
# TODO
