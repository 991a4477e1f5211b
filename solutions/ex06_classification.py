# /// exercise
# title = "Classification"
# goals = [
#     "turn labels into vectors, and logits into probabilities and a loss that never overflows",
#     "derive the gradient of the cross-entropy, and see why a squared error would be slow here",
#     "read accuracy and loss side by side, and correct an overconfident classifier",
# ]
# minutes = 45
# task_minutes = [6, 7, 12, 5, 8]
# difficulty = 2
# prerequisites = ["ex01"]
# slides = ["Machine Learning Tasks", "Classification vs. Regression"]
# book = ["4"]
# ///

# %% [markdown]
# # Exercise 6 · Classification
#
# "How much energy has this particle?" is a question for a **regression**. "Which particle is it?" is one for a
# **classification**: the answer is one of $K$ classes, and a good answer also says how sure it is. The network may be
# the same. Only its end and its loss differ:
#
# | | the last layer gives | loss |
# |---|---|---|
# | regression | a number, without activation | mean squared error |
# | classification | one *logit* for each class, of which *softmax* makes probabilities | cross-entropy |
#
# You write the second end in NumPy. Then it tells radioactive sources apart by their gamma rays.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: from labels to vectors
#
# The classes are numbered $0, \dots, K-1$, and the *label* of a sample is the number of its class. That number is
# only a name: class 2 is not twice class 1. As a *one-hot* vector the label 2 of $K = 4$ classes is $(0, 0, 1, 0)$. Now
# all classes are equally far from one another, and the vector is a probability distribution: class 2 for certain.
#
# A label that is no class must not pass silently: as an index, $-1$ would mean the last class.


# %%
def one_hot(labels, n_classes):
    """Write each label as a row with a 1 in the column of its class.

    Parameters
    ----------
    labels : array of shape (n_samples,), int
        From 0 to n_classes - 1.
    n_classes : int

    Returns
    -------
    array of shape (n_samples, n_classes)
        1 in the column of the label, 0 elsewhere.

    Raises
    ------
    ValueError
        If a label is none of the classes, such as -1, n_classes or 1.5. The message names this label.
    """
    # TASK 1: return the one-hot rows, shape (n_samples, n_classes); a ValueError names a label that is no class.
    # HINT 1: Compare every label with every class number. Which rows do not have exactly one match?
    # HINT 1: `labels[:, np.newaxis]` is a column, `np.arange` counts the classes; `==` compares all pairs.
    # HINT 1: `raise ValueError(f"… {label}")` puts a label into the message.
    # BEGIN SOLUTION
    is_class = labels[:, np.newaxis] == np.arange(n_classes)
    unknown = labels[~is_class.any(axis=1)]
    if len(unknown):
        raise ValueError(f"Labels must be whole numbers from 0 to {n_classes - 1}. Got {unknown[0]}.")
    return is_class.astype(float)
    # END SOLUTION


# %% [markdown]
# ## Task 2: from logits to probabilities
#
# The last layer gives any real numbers $z_1, \dots, z_K$, the logits. *Softmax* makes probabilities of them:
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}} .$$
#
# This is the Boltzmann distribution of a system whose states have the energies $E_k = -z_k$, at $k_\mathrm{B} T = 1$.
# Only differences of energies count, so the zero of energy is free. Use that freedom: $e^z$ overflows from $z = 710$
# on, and logits may be far larger.


# %%
def softmax(logits):
    """Turn logits into probabilities, along the last axis.

    Parameters
    ----------
    logits : array of shape (..., n_classes)
        Any finite numbers, whole or real, also large ones.

    Returns
    -------
    array of shape (..., n_classes)
        From 0 to 1; the sum over the last axis is 1.
    """
    # TASK 2: return exp(z_k) / Σ_j exp(z_j) along the last axis, same shape, without overflow for logits of ±1000.
    # HINT 2: By which factor may numerator and denominator be multiplied, and which one makes the largest exponent 0?
    # HINT 2: Subtract the largest logit of each row. `axis=-1` is the last axis, and `keepdims=True` keeps it.
    # BEGIN SOLUTION
    factors = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return factors / factors.sum(axis=-1, keepdims=True)
    # END SOLUTION


# %% [markdown]
# ## Task 3: the loss and its gradient
#
# A good classifier gives a high probability to what did happen. Let $y_i$ be the label of sample $i$. All $n$ labels
# together have the probability $\prod_i p_{i,y_i}$. The *cross-entropy* is minus its logarithm, divided by $n$:
#
# $$J = -\frac1n \sum_{i=1}^{n} \ln p_{i,y_i}, \qquad \ln p_k = z_k - \ln \sum_j e^{z_j} .$$
#
# To multiply first and to take the logarithm afterwards fails: $0.5^{1100}$, the probability of 1100 coin tosses, is
# 0.0 in double precision. The same happens to a single $p_k$ whose logit lies 1000 below another one. The formula
# on the right does not need $p_k$ itself.


# %%
def cross_entropy(logits, labels):
    """Return the mean of -ln of the probability that softmax gives to each label.

    Parameters
    ----------
    logits : array of shape (n_samples, n_classes)
        Any finite numbers, also large ones.
    labels : array of shape (n_samples,), int
        From 0 to n_classes - 1.

    Returns
    -------
    float
        At least 0; never infinite, whatever the logits.
    """
    # TASK 3: return the mean over the samples of −ln p of the label, one number, exact for logits of ±1000.
    # HINT 3: With the largest logit of a row as the zero of energy, how large can the sum of its exponentials be?
    # HINT 3: Write ln p of all classes as an array: the shifted logits minus ln of their sum of exponentials.
    # HINT 3: `a[np.arange(len(a)), columns]` picks one column in each row; the rows of `one_hot` do so, too.
    # BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])
    # END SOLUTION


# %% [markdown]
# For one sample with the label $y$ the loss is $J = \ln \sum_j e^{z_j} - z_y$. What is $\partial J / \partial z_k$, for
# $k = y$ and for any other $k$? The result is short, and contains two functions that you have written.


# %%
def cross_entropy_gradient(logits, labels):
    """Return the derivative of the cross-entropy with respect to each logit.

    Parameters
    ----------
    logits : array of shape (n_samples, n_classes)
    labels : array of shape (n_samples,), int
        From 0 to n_classes - 1.

    Returns
    -------
    array of shape (n_samples, n_classes)
    """
    # TASK 3: return the derivatives ∂J/∂z_ik of the mean over all samples, with the shape of the logits.
    # HINT 3: The derivative of ln Σ_j exp(z_j) with respect to z_k is well known. What does −z_y add, and where?
    # HINT 3: It is (p − y)/n, with the probabilities p, the one-hot labels y, and the number n of samples.
    # BEGIN SOLUTION
    return (softmax(logits) - one_hot(labels, logits.shape[1])) / len(logits)
    # END SOLUTION


# %% [markdown]
# A first check of every classifier: before training it knows nothing, all $K$ classes should be about equally probable,
# and the loss should be about $\ln K$. If it is far above, the first weights are too large.


# %%
def plot_boltzmann(ax, energies, temperatures):
    """Draw how the states of a system are occupied at some temperatures."""
    for number, temperature in enumerate(temperatures):
        position = np.arange(len(energies)) + 0.27 * (number - 1)
        ax.bar(position, softmax(-energies / temperature), width=0.27, label=f"$k_B T = {temperature}$")
    ax.set(xlabel="energy of the state", ylabel="probability", title="Softmax is Boltzmann's distribution")
    ax.legend()


def plot_likelihood(ax, n_tosses):
    """Draw the logarithm of the probability of coin tosses, by a product and by a sum."""
    with np.errstate(divide="ignore"):
        product = [np.log(np.prod(np.full(n, 0.5))) for n in n_tosses]
    total = [-n * cross_entropy(np.zeros((n, 2)), np.zeros(n, int)) for n in n_tosses]
    ax.plot(n_tosses, product, color="tab:orange", linewidth=5, label="logarithm of the product")
    ax.plot(n_tosses, total, color="tab:blue", label="sum of the logarithms")
    ax.set(xlabel="number of coin tosses", ylabel="ln(probability)", title="The product underflows at 1075")
    ax.legend()


def plot_gradients(ax, differences):
    """Draw how strongly two losses pull at the logit of the right one of two classes."""
    logits = np.column_stack([np.zeros_like(differences), differences])
    right = np.asarray(softmax(logits))[:, 1]
    pull = -len(logits) * np.asarray(cross_entropy_gradient(logits, np.ones(len(logits), int)))[:, 1]
    ax.plot(differences, pull, label="cross-entropy")
    ax.plot(differences, 2 * right * (1 - right) ** 2, "--", label="squared error")
    ax.set(xlabel="logit of the right class − the other", ylabel="−∂J/∂z of the right class")
    ax.set_title("Which loss corrects a confident error?")
    ax.legend()


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    start = cross_entropy(np.zeros((5, 10)), np.arange(5))
    print(f"loss of ten equal logits: {start:.4f}, ln 10 = {np.log(10):.4f}")

    figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    plot_boltzmann(axes[0], energies=np.arange(4), temperatures=[0.1, 1, 10])
    plot_likelihood(axes[1], n_tosses=np.arange(25, 1300, 25))
    plot_gradients(axes[2], differences=np.linspace(-8, 8, 200))
    show(figure, "ex06_softmax")

# %% [markdown]
# ## Task 4: accuracy, and two classes
#
# The answer is the class with the largest logit, and the *accuracy* is the share of right answers. It has no useful
# gradient: it stays the same until a sample changes sides, and then it jumps. So one trains on the loss, and reports
# both.
#
# With two classes one logit is enough. A network with a single output $z$ gives $p_1 = \sigma(z) = 1/(1 + e^{-z})$ and
# $p_0 = 1 - p_1$. Which $z$ gives the same probabilities as softmax with the two logits $z_0$ and $z_1$?


# %%
def accuracy(logits, labels):
    """Return the share of samples whose label has the largest logit.

    Parameters
    ----------
    logits : array of shape (n_samples, n_classes)
    labels : array of shape (n_samples,), int

    Returns
    -------
    float
        From 0 to 1.
    """
    # TASK 4: return the share of right answers, from 0 to 1.
    # HINT 4: Is softmax needed to know which class is the most probable one?
    # HINT 4: `np.argmax` with an axis gives the column of the largest entry; the mean of a comparison is a share.
    # BEGIN SOLUTION
    return np.mean(logits.argmax(axis=1) == labels)
    # END SOLUTION


# %%
def to_binary(logits):
    """Return the one logit whose sigmoid is the softmax probability of class 1.

    Parameters
    ----------
    logits : array of shape (n_samples, 2)
        Any finite numbers, also large ones.

    Returns
    -------
    array of shape (n_samples,)
    """
    # TASK 4: return the logit z of class 1 with σ(z) = p_1, shape (n_samples,), exact for logits of ±1000.
    # HINT 4: Divide numerator and denominator of p_1 by exp(z_1), and compare with σ.
    # BEGIN SOLUTION
    return logits[:, 1] - logits[:, 0]
    # END SOLUTION


# %% [markdown]
# ## Which source is in the box?
#
# A detector counts gamma rays in 32 channels of energy. The sources of three nuclides are weak: to a background that is
# strong at low energies each gamma line adds three counts on average, hard to find by eye in a single measurement.


# %%
GAMMA_LINES = {"Cs-137": [662], "Na-22": [511, 1275], "Co-60": [1173, 1332]}  # keV
ENERGY = np.arange(25, 1600, 50)  # middle of each channel, keV


def expected_counts():
    """Return the mean counts in every channel for each nuclide.

    Returns
    -------
    array of shape (3, 32)
        A background that falls with the energy, and for each gamma line 3 counts with a width of 40 keV.
    """
    spectra = []
    for lines in GAMMA_LINES.values():
        distance = (ENERGY - np.array(lines)[:, np.newaxis]) / 40
        peaks = 3 * 50 / 40 * np.exp(-(distance**2) / 2) / np.sqrt(2 * np.pi)
        spectra.append(25 * np.exp(-ENERGY / 300) + peaks.sum(axis=0))
    return np.array(spectra)


def measure_spectra(n_samples, seed):
    """Measure sources whose nuclides are drawn at random.

    Returns
    -------
    counts : array of shape (n_samples, 32)
    labels : array of shape (n_samples,), int
        The nuclide: 0 for Cs-137, 1 for Na-22, 2 for Co-60.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=n_samples)
    return rng.poisson(expected_counts()[labels]).astype(float), labels


# %%
if __name__ == "__main__":
    counts, labels = measure_spectra(40, seed=1)
    figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, spectrum in zip(GAMMA_LINES, expected_counts(), strict=True):
        ax.step(ENERGY, spectrum, where="mid", label=f"{name}, expected")
    name = list(GAMMA_LINES)[labels[0]]
    ax.plot(ENERGY, counts[0], "k.", label=f"one measurement of {name}")
    ax.set(xlabel="energy / keV", ylabel="counts in 50 keV", yscale="symlog", ylim=(-0.2, 100))
    ax.set_title("Three nuclides, one background")
    ax.legend()
    show(figure, "ex06_spectra")

# %% [markdown]
# ## Task 5: predict, correct, answer
#
# A linear layer makes 3 logits of the 32 counts. It learns from only 40 measurements, by gradient descent on your
# cross-entropy. Its loss and accuracy are also measured on 2000 others, the *validation* set, which it does not learn
# from. Before you run the cell: can loss and accuracy on the validation set grow together?
#
# - **a** No: the loss falls whenever more answers become right.
# - **b** Yes: a few confident errors can cost more than that gains.
# - **c** Only by chance: both jump about when the steps are large.

# %%
# TASK 5: before you run the next cell, say what you expect: "a", "b" or "c".
# STUB: PREDICTIONS = {"loss_up": None}
# BEGIN SOLUTION
PREDICTIONS = {"loss_up": "b"}
# END SOLUTION


# %%
def fit_linear_classifier(counts, labels, learning_rate, n_steps):
    """Fit logits = counts @ weights + bias by gradient descent on the cross-entropy, starting at zero.

    Returns
    -------
    list of (weights, bias)
        At the start and after each step; arrays of shape (n_channels, 3) and (3,).
    """
    weights, bias = np.zeros((counts.shape[1], 3)), np.zeros(3)
    path = [(weights, bias)]
    for _ in range(n_steps):
        gradient = cross_entropy_gradient(counts @ weights + bias, labels)
        weights = weights - learning_rate * np.dot(counts.T, gradient)
        bias = bias - learning_rate * np.sum(gradient, axis=0)
        path.append((weights, bias))
    return path


def plot_training(axes, path, data_sets):
    """Draw loss and accuracy on some data sets against the number of steps."""
    steps = np.unique(np.geomspace(1, len(path) - 1, 100).astype(int))
    for name, (counts, labels) in data_sets.items():
        logits = [counts @ path[step][0] + path[step][1] for step in steps]
        axes[0].plot(steps, [cross_entropy(z, labels) for z in logits], label=name)
        axes[1].plot(steps, [accuracy(z, labels) for z in logits], label=name)
    axes[0].axhline(np.log(3), color="black", linestyle=":", label="ln 3, knowing nothing")
    axes[1].axhline(1 / 3, color="black", linestyle=":", label="1/3, knowing nothing")
    for ax, title in zip(axes, ["loss", "accuracy"], strict=True):
        ax.set(xlabel="steps", ylabel=title, xscale="log")
        ax.legend()


# %%
if __name__ == "__main__":
    validation_counts, validation_labels = measure_spectra(2000, seed=2)
    data_sets = {"training": (counts, labels), "validation": (validation_counts, validation_labels)}
    path = fit_linear_classifier(counts, labels, learning_rate=0.002, n_steps=4000)
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    plot_training(axes, path, data_sets)
    show(figure, "ex06_training")

# %% [markdown]
# The classifier has become too sure of itself. Boltzmann's cure is heat: divided by a *temperature* $T > 1$ the logits
# lie closer together, and so do the probabilities, while the order of the classes stays. The best $T$ is the one with
# the smallest cross-entropy on the validation set.


# %%
def best_temperature(logits, labels):
    """Return the temperature T with the smallest cross-entropy of logits / T.

    Parameters
    ----------
    logits : array of shape (n_samples, n_classes)
    labels : array of shape (n_samples,), int

    Returns
    -------
    float
        From 0.1 to 10, to within 2 %.
    """
    # TASK 5: return the T from 0.1 to 10 with the smallest cross-entropy of logits / T, to within 2 %, one number.
    # HINT 5: It is a single number, so any search will do. How many values of T, each 2 % above the last, are there?
    # HINT 5: `np.geomspace` makes a grid in equal ratios; `np.argmin` tells where the smallest loss of a list is.
    # BEGIN SOLUTION
    temperatures = np.geomspace(0.1, 10, 300)
    losses = [cross_entropy(logits / temperature, labels) for temperature in temperatures]
    return temperatures[np.argmin(losses)]
    # END SOLUTION


# %% [markdown]
# Of the answers given with a probability of 70 %, 70 % should be right: such a classifier is *calibrated*. The next
# cell tests it on a third set, the *test* set, since the validation set has already chosen the temperature.
#
# Here the best possible answer is known, which is rare: the count $c_j$ in channel $j$ is Poisson distributed, with
# the mean $\mu_{kj}$ for the nuclide $k$. By Bayes' theorem the exact logits are
# $z_k = \sum_j (c_j \ln \mu_{kj} - \mu_{kj})$. They are linear in the counts: a linear layer could be perfect, and no
# model can be better.


# %%
def plot_calibration(ax, logits, labels, name, marker):
    """Draw how often the most probable class is right, against the probability that it was given."""
    probabilities = np.asarray(softmax(logits))
    stated, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    groups = [(low < stated) & (stated <= low + 0.1) for low in np.arange(0.3, 1, 0.1)]
    groups = [group for group in groups if group.sum() > 10]
    mean, share = ([values[group].mean() for group in groups] for values in (stated, is_right))
    error = [is_right[group].std() / np.sqrt(group.sum()) for group in groups]
    ax.errorbar(mean, share, error, fmt=marker, label=name)
    ax.set(xlabel="probability stated", ylabel="share that is right", title="Is it as sure as it is right?")


# %%
if __name__ == "__main__":
    weights, bias = path[-1]
    temperature = best_temperature(validation_counts @ weights + bias, validation_labels)
    test_counts, test_labels = measure_spectra(2000, seed=3)
    logits, means = test_counts @ weights + bias, expected_counts()
    exact = test_counts @ np.log(means).T - means.sum(axis=1)

    named = {"trained": logits, f"trained, T = {temperature:.2f}": logits / temperature, "exact": exact}
    figure, ax = plt.subplots(figsize=(5, 4.5), layout="constrained")
    for (name, z), marker in zip(named.items(), ["o", "s", "^"], strict=True):
        loss, share = cross_entropy(z, test_labels), accuracy(z, test_labels)
        print(f"{name:17}  test loss {loss:.3f}  accuracy {share:.3f}")
        plot_calibration(ax, z, test_labels, name, marker)
    ax.plot([1 / 3, 1], [1 / 3, 1], color="black", linestyle=":", label="calibrated")
    ax.legend()
    show(figure, "ex06_calibration")
    print(f"temperature of the exact logits: {best_temperature(exact, test_labels):.2f} (1, but for chance)")

# %% [markdown]
# Why is the mean squared error of the probabilities a poor loss for training a classifier?
#
# - **a** It cannot be differentiated: probabilities end at 0 and at 1.
# - **b** It hardly corrects confident errors: their gradient vanishes.
# - **c** It needs one-hot labels, which cross-entropy does without.
#
# A regression can sometimes be turned into a classification. The temperature of a magnet is to be told from a picture
# of its spins. As a classification, this task
#
# - **a** is impossible: a temperature is a number, and not one of some classes.
# - **b** is always better: cross-entropy pulls harder than a squared error.
# - **c** needs bins, and the loss does not know that bin 3 lies beside bin 2.

# %%
# TASK 5: answer both questions: "a", "b" or "c".
# HINT 5: Look at the left end of the third panel of the first picture.
# HINT 5: The label is bin 2 of 9. Compare `cross_entropy(8 * one_hot(np.array([3]), 9), np.array([2]))` with the
#   same for bin 8 instead of bin 3.
# STUB: ANSWERS = {"mse": None, "convert": None}
# BEGIN SOLUTION
ANSWERS = {"mse": "b", "convert": "c"}
# END SOLUTION

# %% [markdown]
# ## If something looks wrong
#
# - NaN or `overflow encountered in exp`: the largest logit is not subtracted.
#   <!-- mistake: the largest logit is not subtracted -->
# - NaN in some rows only: the largest logit of all rows is subtracted, and not that of each row.
#   <!-- mistake: the largest logit of all rows is subtracted -->
# - The columns of the probabilities add up to 1, and not the rows: the sum has the wrong axis.
#   <!-- mistake: softmax over the samples -->
# - The training loss jumps instead of falling smoothly: the gradient is not divided by the number of samples.
#   <!-- mistake: the gradient of the sum -->
# - The best temperature is below 1 although the classifier is too sure: the logits are multiplied by it.
#   <!-- mistake: the temperature multiplies -->

# %% [markdown]
# ## Try it yourself
#
# - *Label smoothing*: train towards 0.9 times the one-hot labels plus 0.1/3. Which temperature is best now?
# - Keep only Cs-137 and Na-22, and answer Na-22 where $\sigma$ of `to_binary` is above a threshold. Draw the accuracy
#   against the threshold. Where is it largest, and why there?
# - One sample with the label 1 has the logits $(6, 0)$. How many steps of descent at the rate 1, on the logits
#   themselves, make $p_1 > 0.5$: with the cross-entropy, and with the mean squared error of the probabilities?

# %% [markdown] tags=["solution"]
# ## Commentary
#
# Softmax makes a distribution of any numbers, and the cross-entropy asks how probable it made what did happen. Written
# with the largest logit as the zero of energy neither overflows, and together they have the simplest gradient of this
# course, $(p - y)/n$, which does not vanish for confident errors. The accuracy asks only which class is first; the loss
# also asks how sure it is. So the two may part, and a temperature repairs the loss without touching the accuracy.
#
# Another way: the loss is convex in $\beta = 1/T$, and its slope is the mean of $\sum_k p_k z_k - z_y$. At the best
# temperature the mean energy that softmax expects is the one observed, as in the canonical ensemble. The slope only
# rises with $\beta$, so bisection finds where it is 0.
#
# From step 110 to the end the loss on the validation set grows from 1.04 to 1.40, and the accuracy from 0.49 to 0.56.
# In ten of ten other draws of the 40 measurements both grow as well. The temperature 3.67 lowers the loss on the test
# set from 1.446 to 0.954; the accuracy stays at 0.553. The exact logits have 0.445 and 0.817, and need no temperature:
# theirs is 1.00 ± 0.03 in 50 sets of 2000. More data close the gap: 400 measurements give 0.530 and 0.790 after 4000
# steps, 4000 measurements 0.493 and 0.812.
#
# Answers to "Try it yourself":
#
# - The best temperature falls from 3.67 to 1.92, and the loss on the test set, at $T = 1$, from 1.446 to 1.007:
#   smoothed labels make certainty expensive. With 0.3 in place of 0.1 they are 1.12 and 0.872.
# - It is largest at 0.5, where it is 0.727, and hardly changes between 0.42 and 0.58: the more probable nuclide is the
#   better answer as long as both errors count alike. At 0.1 and at 0.9 it is 0.67. If one error is nine times as
#   expensive as the other, 0.1 or 0.9 is right, provided that the probabilities are calibrated.
# - Four steps with the cross-entropy, 108 with the squared error.
