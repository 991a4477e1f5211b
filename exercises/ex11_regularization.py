# %% [markdown]
# # Exercise 11 · Regularisation
#
# 60 minutes · difficulty ★★★ · 26 points · builds on ex10
#
# - Minutes for the tasks: 6, 8, 10, 18, 9
# - Slides: Parameter Norm Penalties · Dropout · Playground: Regularization
# - Book: *Deep Learning for Physics Research*, chapter 5.1
# - Playground: [this setting](https://playground.tensorflow.org/#activation=relu&batchSize=10&dataset=xor&learningRate=0.03&noise=50&networkShape=6,6,6,6,6&percTrainData=50&regularization=L2&regularizationRate=0.01&problem=classification)
#
# You will learn to
#
# - write L1 and L2 penalties with their gradients, and say what each of them does to the weights
# - write dropout by hand, and explain why it is off when the network predicts
# - choose the strength of a penalty by validation data, and recognise one that is far too strong
# - stop a training early, and keep the best weights
#
# Exercise 10 cured a network that learns noise by heart with fewer nodes and fewer epochs. For most problems nobody
# knows the right size in advance. So one takes a network that is large enough, and restrains it. That is
# *regularisation*. Physicists know it from unfolding: without it, a fit of many parameters to few data oscillates.
#
# Three ways are in use everywhere: *penalties* keep the weights small, *dropout* disturbs the nodes, and *early
# stopping* ends the training in time. You write the first two by hand, then use all of them in Keras.
#
# The link above is the task of the slides: the checkerboard with noise 50 and a deep network. There, compare L2 at a
# low, a moderate and a high rate, then L1. The cell below does it for eight sets of points at once. The Playground
# shows half of the mean squared error. Its floor is 0.236 here: no model gets below it on new points, except by
# chance.

# %%
from dlp_keras import device

print(device.use())  # the GPU, when there is one

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np

from dlp_keras import plots
from dlp_keras.datasets import make_checkerboard
from dlp_keras.display import show, show_results
from dlp_keras.playground import Experiment
from dlp_keras.progress import track
from dlp_keras.training import fit, fit_many

# %%
SETTING = "#activation=relu&dataset=xor&learningRate=0.03&noise=50&networkShape=6,6,6,6,6"
PENALTIES = {
    "no penalty": "",
    "L2, 0.001": "&regularization=L2&regularizationRate=0.001",
    "L2, 0.01": "&regularization=L2&regularizationRate=0.01",
    "L2, 0.1": "&regularization=L2&regularizationRate=0.1",
    "L1, 0.003": "&regularization=L1&regularizationRate=0.003",
}

# %%
if __name__ == "__main__":
    sets = [Experiment.from_url(f"{SETTING}&seed={seed}").data() for seed in range(8)]
    # Each of the eight networks gets points of its own: (8, 250, 2) and (8, 250, 1).
    (x, y), (x_new, y_new) = (
        tuple(np.stack(arrays) for arrays in zip(*part, strict=True)) for part in zip(*sets, strict=True)
    )
    for name, penalty in PENALTIES.items():
        build = Experiment.from_url(SETTING + penalty).model
        many = fit_many(build, x, y, n_models=8, epochs=1000, batch_size=10, shuffle=False, verbose=0)
        errors = []
        for n in range(8):
            network = many.model(n)
            errors.append([network(x[n]) - y[n], network(x_new[n]) - y_new[n]])
        losses = 0.5 * np.mean(np.square(errors), axis=(0, 2, 3))
        print(f"{name:10}: loss {losses[0]:.3f} in training, {losses[1]:.3f} for new points")

# %% [markdown]
# A moderate penalty makes the training loss *worse*, and the loss for new points better. A strong one ends all
# learning: 0.5 is the loss of the output 0.
#
# ## Task 1: penalties
#
# A penalty is a term of the loss that grows with the weights:
#
# $$L = L_\text{data} + \lambda_1 \sum |w| + \lambda_2 \sum w^2$$
#
# The first sum is called *L1*, the second *L2*; both together are the *ElasticNet*. The sums run over the weights of
# all layers. The biases are left out: a bias moves a step, a large weight makes it steep, and steep steps around
# single points are what overfitting is made of. The numbers $\lambda_1$ and $\lambda_2$ are the *rates*, or
# strengths.
#
# In the language of Bayes, a penalty is minus the logarithm of a prior: L2 of a normal distribution around 0, L1 of
# the distribution $e^{-|w|/a}$ (Laplace). Mind the factors: the Playground and some books write $\tfrac12 \lambda_2
# \sum w^2$. The formula above is that of the slides and of Keras.


# %%
def elastic_net(weights, l1, l2):
    """Return the penalty of a network's weights.

    Parameters
    ----------
    weights : list of array
        The weights of each layer, without biases; the arrays may have different shapes.
    l1, l2 : float
        The rates, not negative.

    Returns
    -------
    float
        l1 times the sum of all |w|, plus l2 times the sum of all w².
    """
    raise NotImplementedError(
        "Task 1: add up l1 Σ|w| + l2 Σw² over all weights of all arrays; return one number."
    )


# %% [markdown]
# ## Task 2: the pull
#
# Gradient descent feels a penalty as one more force on each weight, towards 0. For $w > 0$ the derivative of $|w|$ is
# 1, for $w < 0$ it is −1. At $w = 0$ there is a kink, and no derivative. By convention one takes 0 there: a weight
# that is 0 is not pulled.


# %%
def elastic_net_gradient(weights, l1, l2):
    """Return the derivative of `elastic_net` by each weight.

    Parameters
    ----------
    weights : list of array
        As for `elastic_net`; they stay as they are.
    l1, l2 : float

    Returns
    -------
    list of array
        One for each array of the weights, of its shape. Where a weight is 0, the derivative is 0.
    """
    raise NotImplementedError(
        "Task 2: for each array return the derivative of l1 |w| + l2 w² by every weight."
    )


# %% [markdown]
# Without any data, only the pull is left. The next cell begins with seven weights and makes 300 steps against the
# gradient of the penalty alone. Compare the paths: which weights come to 0, and when?

# %%
if __name__ == "__main__":
    rate, n_steps = 0.05, 300
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    w = np.linspace(-1.5, 1.5, 301)
    kinds = {"L1": (0.2, 0.0), "L2": (0.0, 0.2)}
    for (name, (l1, l2)), ax, color in zip(
        kinds.items(), axes[1:], (plots.colors.DARK_ORANGE, plots.colors.BLUE), strict=True
    ):
        axes[0].plot(w, [elastic_net([np.array([v])], l1, l2) for v in w], color=color, label=name)
        paths = [np.linspace(-1.5, 1.5, 7)]
        for _ in range(n_steps):
            paths.append(paths[-1] - rate * elastic_net_gradient(paths[-1:], l1, l2)[0])
        ax.plot(paths, color=color)
        ax.set(xlabel="step", ylabel="weight", title=f"{name} alone, rate 0.2", ylim=(-1.6, 1.6))
        left = ", ".join(f"{abs(v):.3f}" for v in paths[-1][-3:])
        print(f"{name}: after {n_steps} steps 0.5, 1.0 and 1.5 have become {left}")
    axes[0].set(xlabel="weight", ylabel="penalty", title="the penalty of one weight")
    axes[0].legend()
    show(figure, "ex11_pull")

# %% [markdown]
# L1 makes many weights zero, up to the size of a step. L2 does not. Why?
#
# - **a** L2 makes zeros as well: its square grows faster, so it pulls more.
# - **b** L1 pulls with the same force until 0; the force of L2 fades before.
# - **c** Both do, if the rates are given in the same units: |w| is no w².

# %%
# Task 2: answer "a", "b" or "c".
ANSWERS = {"l1_l2": None}

# %% [markdown]
# ## Task 3: dropout
#
# Dropout sets outputs of nodes to zero at random, each with the probability $p$, the *rate*; 0.2 to 0.5 is usual. No
# node can rely on a single other one, so what the network knows is spread over many nodes. The entries that are kept
# are divided by $1 - p$:
#
# $$y = \frac{m\,x}{1 - p}, \qquad m = \begin{cases} 0 & \text{with probability } p \\ 1 & \text{else} \end{cases}$$
#
# The mean of $m$ is $1 - p$, so the mean of $y$ is $x$: the next layer sees the same signal on average. Every entry
# has a mask $m$ of its own, for each sample and each node, and every call draws new ones. When the network is used,
# dropout is off and returns $x$.


# %%
def dropout(x, rate, rng, training):
    """Set entries to zero at random, and scale up the others.

    Parameters
    ----------
    x : array of shape (n_samples, n_nodes)
        Outputs of a layer; it stays as it is.
    rate : float
        The probability that an entry becomes 0: from 0, and less than 1.
    rng : numpy.random.Generator
        The only source of random numbers: the same state gives the same mask.
    training : bool
        False returns all entries of x as they are.

    Returns
    -------
    array of the shape of x

    Raises
    ------
    ValueError
        If the rate is negative, or 1 or more, whether training or not.
    """
    raise NotImplementedError(
        "Task 3: draw a mask for every entry, and return the kept entries divided by 1 − rate; if not "
        "training, return x."
    )


# %%
if __name__ == "__main__":
    rng = np.random.default_rng(1)
    calls = np.array([dropout(np.ones((12, 16)), 0.3, rng, training=True) for _ in range(2000)])
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
    picture = left.imshow(calls[0], cmap=plots.colors.SEQUENTIAL)
    figure.colorbar(picture, ax=left, label="output")
    left.set(xlabel="node", ylabel="sample", title="one call on ones, rate 0.3")
    n_calls = np.arange(1, len(calls) + 1)
    right.semilogx(n_calls, calls[:, 0].cumsum(axis=0) / n_calls[:, None], color=plots.colors.BLUE, alpha=0.5)
    right.axhline(1, color="black", linestyle=":")
    right.set(xlabel="number of calls", ylabel="mean over these calls", title="16 nodes of one sample")
    show(figure, "ex11_dropout")
    print(f"mean of all {calls.size} entries: {calls.mean():.3f}, zeros: {np.mean(calls == 0):.1%}")

# %% [markdown]
# ## Task 4: all of them in Keras
#
# Two hidden layers of 16 nodes, a penalty on the kernel of every layer, the last one included, and dropout behind
# each hidden layer. Keras calls the weights of a Dense layer its *kernel*. The loss is now the sum of cross-entropy
# and penalty, so networks with different penalties cannot be compared by it: measure the cross-entropy once more, as
# a metric of the name `ce`. The optimizer is plain gradient descent (SGD), as in the Playground. How you add the
# penalty is up to you: the marks look at what one step does to the weights, on points that do not pull themselves.


# %%
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    """Build and compile a network for two inputs and two classes, with penalties and dropout.

    Parameters
    ----------
    l1, l2 : float
        Rates of the penalty on all kernels; the biases have none.
    dropout_rate : float
        Rate of the Dropout layer behind each of the two hidden layers.
    activation : str
        Activation of the hidden layers.

    Returns
    -------
    keras.Model
        Sequential or functional. Input shape (2,), two hidden layers of 16 nodes, output shape (1,): the probability
        of class 1. Compiled with SGD at the rate 0.1 without momentum, the binary cross-entropy, and the metric `ce`:
        the binary cross-entropy without the penalty.
    """
    raise NotImplementedError(
        "Task 4: two hidden Dense layers of 16 nodes, each with a Dropout layer behind it, and a "
        "sigmoid output; a penalty on all three kernels; SGD at the rate 0.1, the binary cross-"
        "entropy, and the same as the metric `ce`."
    )


# %%
def train(model, training, validation=None, epochs=400, callbacks=()):
    """Train a compiled model in batches of 10.

    Parameters
    ----------
    model : keras.Model
    training : tuple of x and y
        Arrays of shape (n_points, 2) and (n_points,).
    validation : tuple of x and y, optional
        Evaluated after each epoch.
    epochs : int
    callbacks : sequence of keras.callbacks.Callback

    Returns
    -------
    dict of str to list of float
        The history: loss and the metrics after each epoch, and with validation data val_loss and so on.
    """
    x, y = training
    if validation is not None:
        validation = validation[0], validation[1][:, np.newaxis]
    return fit(
        model,
        x,
        y[:, np.newaxis],  # a column, like the output
        epochs=epochs,
        batch_size=10,
        validation_data=validation,
        callbacks=callbacks,
        verbose=0,
    ).history


# %%
def kernels(model):
    """Return the sizes |w| of all weights of a model, without biases, in one array."""
    return np.concatenate([abs(array).ravel() for array in model.get_weights() if array.ndim == 2])


# %%
def share_of_zeros(model):
    """Return the share of the weights that are smaller than a thousandth of the largest one."""
    sizes = kernels(model)
    return np.mean(sizes < 1e-3 * sizes.max())


# %% [markdown]
# What do the penalties do to the weights of a network that also has data? 200 points of the noisy checkerboard, as
# in exercise 10, and 300 others for validation. The pictures show the sizes of the weights on a logarithmic axis.
# What is smaller than a thousandth of the largest, the dotted line, counts as zero.

# %%
FLOOR = 0.353  # cross-entropy of a model that knows the true probabilities, from exercise 10

# %%
if __name__ == "__main__":
    training = make_checkerboard(200, noise=0.5, seed=6)
    validation = make_checkerboard(300, noise=0.5, seed=7)
    settings = {
        "no penalty": {},
        "L1, 0.003": {"l1": 0.003},
        "L2, 0.003": {"l2": 0.003},
        "both, 0.003": {"l1": 0.003, "l2": 0.003},
    }
    figure, axes = plt.subplots(1, 4, figsize=(14, 3.4), layout="constrained", sharey=True)
    for ax, (name, options) in zip(axes, settings.items(), strict=True):
        device.seed_everything(1)
        network = build_regularized(**options)
        history = train(network, training, validation)
        sizes, zeros = kernels(network), share_of_zeros(network)
        ax.hist(np.maximum(sizes, 1.1e-6), bins=np.geomspace(1e-6, 10, 43), color=plots.colors.BLUE)
        ax.axvline(1e-3 * sizes.max(), color="black", linestyle=":")
        ax.set(xscale="log", xlabel="size of a weight, |w|", title=f"{name}: {zeros:.0%} zeros")
        print(
            f"{name:11}: ce {history['ce'][-1]:.3f} in training, {history['val_ce'][-1]:.3f} in validation; "
            f"largest weight {sizes.max():.2f}"
        )
    axes[0].set_ylabel("number of weights")
    show(figure, "ex11_weights")

# %% [markdown]
# These networks were trained with plain gradient descent. Most people use Adam, which divides every step by the size
# of the recent gradients of that weight (exercise 5). The next cell trains a network with ReLU and L2 at the rate
# 0.003, with SGD and with Adam. With SGD about 4 % of its weights are zero. How many will there be with Adam? (In
# the picture a bar at 10⁻⁶ would hold all that are smaller, too.)
#
# - **a** About 4 %: both find the same minimum.
# - **b** About 25 %: one of them gets further.
# - **c** About 80 %: they go different ways.

# %%
# Task 4: before you run the next cell, say what you expect: "a", "b" or "c".
PREDICTIONS = {"adam": None}

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained", sharey=True)
    for ax, name in zip(axes, ("SGD", "Adam"), strict=True):
        device.seed_everything(1)
        network = build_regularized(l2=0.003, activation="relu")
        if name == "Adam":
            network.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
        train(network, training)
        sizes = kernels(network)
        ax.hist(np.maximum(sizes, 1.1e-6), bins=np.geomspace(1e-6, 10, 43), color=plots.colors.BLUE)
        ax.axvline(1e-3 * sizes.max(), color="black", linestyle=":")
        zeros = share_of_zeros(network)
        ax.set(xscale="log", xlabel="size of a weight, |w|", title=f"L2 with {name}: {zeros:.0%} zeros")
    axes[0].set_ylabel("number of weights")
    show(figure, "ex11_adam")

# %% [markdown]
# ### How strong?
#
# The training loss cannot tell the strength: it always prefers no penalty. (Bayes' *evidence* could, which takes all
# weights into account and not the best ones alone, but it is hard to compute for a network.) So scan the strength,
# on a logarithmic axis, and choose by the *validation* data. Where the curves of one kind lie close together, the
# network knows no more about its own points than about others.

# %%
if __name__ == "__main__":
    strengths = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1]
    found, networks = {"l1": [], "l2": []}, {}
    for kind, strength in track([(kind, strength) for kind in found for strength in strengths], "trainings"):
        device.seed_everything(1)
        networks[kind, strength] = build_regularized(**{kind: strength})
        history = train(networks[kind, strength], training, validation)
        found[kind].append([history["ce"][-1], history["val_ce"][-1]])

    figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for (kind, losses), color in zip(
        found.items(), (plots.colors.DARK_ORANGE, plots.colors.BLUE), strict=True
    ):
        in_training, in_validation = np.transpose(losses)
        ax.plot(strengths, in_validation, "o-", color=color, label=f"{kind.upper()}, validation")
        ax.plot(strengths, in_training, "o--", color=color, alpha=0.6, label=f"{kind.upper()}, training")
        best = np.argmin(in_validation)
        print(
            f"{kind.upper()}: smallest validation ce {in_validation[best]:.3f} at the rate {strengths[best]}"
        )
    ax.axhline(FLOOR, color="black", linestyle=":", label="floor: the noise")
    ax.set(xscale="log", xlabel="rate of the penalty", ylabel="cross-entropy after 400 epochs")
    ax.legend(ncols=2, fontsize="small")
    show(figure, "ex11_strength")

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    for ax, strength in zip(axes, (1e-4, 1e-2, 1e-1), strict=True):
        network = networks["l2", strength]
        plots.decision_boundary(ax, lambda points, net=network: net.predict(points, verbose=0), *training)
        ax.set_title(f"L2 at the rate {strength}: largest weight {kernels(network).max():.2g}")
    show(figure, "ex11_boundaries")

# %% [markdown]
# At the largest rates the cross-entropy is the same in training and in validation. What has happened there?
#
# - **a** The output is the same everywhere: the penalty leaves no weights.
# - **b** The strength is just right: without a gap, there's no overfitting.
# - **c** The training has diverged: the steps of the penalty are too large.

# %%
# Task 4: answer "a", "b" or "c".
ANSWERS["strength"] = None

# %% [markdown]
# ### An ensemble in one network
#
# With dropout, every step trains another *submodel*: the network without the nodes that are just off. Thirty-two
# hidden nodes have $2^{32}$ of them, and they share their weights. The next cell trains a network with dropout and
# draws the boundaries of 20 of its submodels, with masks from your function; then that of the mean of 200, and that
# of the network with dropout off.


# %%
def submodel(points, weights, rate, rng):
    """Return the output of a network without the nodes that one draw of dropout takes away."""
    *hidden, kernel, bias = weights
    outputs = points
    for matrix, shift in zip(hidden[::2], hidden[1::2], strict=True):
        mask = dropout(np.ones((1, len(shift))), rate, rng, training=True)  # the same nodes for all points
        outputs = np.tanh(outputs @ matrix + shift) * mask
    return 1 / (1 + np.exp(-(outputs @ kernel + bias)[:, 0]))


# %%
def cross_entropy(probability, y):
    """Return the binary cross-entropy of probabilities of class 1."""
    probability = np.clip(np.ravel(probability), 1e-7, 1 - 1e-7)
    return float(-np.mean(np.log(np.where(y == 1, probability, 1 - probability))))


# %%
if __name__ == "__main__":
    device.seed_everything(1)
    rate, rng = 0.3, np.random.default_rng(1)
    network = build_regularized(dropout_rate=rate)
    train(network, training)
    weights, extent = network.get_weights(), plots.extent_around(training[0])
    grids = [plots.evaluate_grid(lambda p: submodel(p, weights, rate, rng), extent, 80) for _ in range(200)]
    off = plots.evaluate_grid(lambda p: network.predict(p, verbose=0), extent, 80)

    figure, ax = plt.subplots(figsize=(5.4, 5), layout="constrained")
    plots.class_points(ax, *training)
    for grid in grids[:20]:
        ax.contour(grid, [0.5], extent=extent, colors="gray", linewidths=0.5)
    ax.contour(np.mean(grids, axis=0), [0.5], extent=extent, colors="black", linewidths=2.5)
    ax.contour(off, [0.5], extent=extent, colors="crimson", linewidths=2, linestyles="--")
    for label, style in {
        "20 submodels": {"color": "gray", "linewidth": 0.5},
        "mean of 200": {"color": "black", "linewidth": 2.5},
        "dropout off": {"color": "crimson", "linewidth": 2, "linestyle": "--"},
    }.items():
        ax.plot([], [], label=label, **style)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", title="where the output is 1/2")
    figure.legend(loc="outside lower center", ncols=3)
    show(figure, "ex11_ensemble")

    x_new, y_new = validation
    outputs = [submodel(x_new, weights, rate, rng) for _ in range(200)]
    alone = np.mean([cross_entropy(output, y_new) for output in outputs])
    print(f"ce in validation: one submodel {alone:.3f} on average", end=", ")
    print(f"the mean of 200 {cross_entropy(np.mean(outputs, axis=0), y_new):.3f}", end=", ")
    print(f"dropout off {cross_entropy(network.predict(x_new, verbose=0), y_new):.3f}")

# %% [markdown]
# The network was trained with nodes missing, and predicts with all of them. Why may dropout be off then?
#
# - **a** No gradient is needed for a prediction, so there is nothing to drop.
# - **b** The network is trained now, and its weights are too small to overfit.
# - **c** All submodels vote at once; the scaling has kept each node's mean.

# %%
# Task 4: answer "a", "b" or "c".
ANSWERS["ensemble"] = None

# %% [markdown]
# ### Stop in time
#
# Weights begin small and grow with the training. So *early stopping* is a regularisation, too: watch the validation
# data, stop when they have not improved for some epochs (the *patience*), and go back to the weights of the best
# epoch. Watch `val_ce`, not `val_loss`: with a penalty, the loss also falls when weights shrink that the data do not
# need. And not the training loss, which falls on and on. The marks train a network on 200 other points, with several
# patiences and limits, without dropout, and in one case with a penalty.


# %%
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    """Train until the validation cross-entropy has not improved for some epochs, and keep the best weights.

    Parameters
    ----------
    model : keras.Model
        Compiled, with the metric `ce`.
    training, validation : tuple of x and y
        Arrays of shape (n_points, 2) and (n_points,).
    patience : int
        The training ends after this many epochs in a row without a new smallest val_ce.
    epochs : int
        It ends after this many epochs at the latest.

    Returns
    -------
    dict of str to list of float
        The history of all epochs that were trained, as `train` returns it. The model has the weights of the epoch
        with the smallest val_ce, also where the training went on to the last of the epochs.
    """
    raise NotImplementedError(
        "Task 4: train with both sets; stop after `patience` epochs without a smaller val_ce; end with"
        " the best weights."
    )


# %%
if __name__ == "__main__":
    device.seed_everything(1)
    stopped = build_regularized()
    history = train_with_early_stopping(stopped, training, validation, patience=30)
    device.seed_everything(1)  # the same start, and the same batches
    free = build_regularized()
    full = train(free, training, validation, epochs=1000)
    losses = [cross_entropy(net.predict(validation[0], verbose=0), validation[1]) for net in (stopped, free)]

    figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    plots.loss_curves(ax, full, "ce")
    ax.axvline(len(history["val_ce"]), color="gray", label=f"stopped: epoch {len(history['val_ce'])}")
    ax.plot(np.argmin(history["val_ce"]) + 1, min(history["val_ce"]), "ko", label=f"best: {losses[0]:.3f}")
    ax.axhline(FLOOR, color="black", linestyle=":", label="floor: the noise")
    ax.set(xscale="log", ylabel="cross-entropy", title="no penalty, no dropout")
    ax.legend(loc="lower left")
    show(figure, "ex11_early_stopping")
    print(f"ce in validation: stopped early {losses[0]:.3f}, after 1000 epochs {losses[1]:.3f}")

# %% [markdown]
# ## Task 5: the challenge
#
# A network that overfits, 200 noisy points, and every means except more points: penalties, dropout, early stopping
# with some of the points held back, another size, another optimizer. The marks train yours on 200 points that you
# have not seen, and measure the cross-entropy on 4000 new ones: a point below 0.50, two more below 0.45. No model
# gets below 0.353, except by chance.


# %%
def baseline_training(x, y):
    """Train without any regularisation."""
    model = build_regularized()
    train(model, (x, y), epochs=1000)
    return model


# %%
def my_training(x, y):
    """Train a network that does well on new points of the noisy checkerboard.

    Parameters
    ----------
    x : array of shape (n_points, 2)
        About 200 points to train on; no others may be drawn.
    y : array of shape (n_points,)
        Their classes, 0 and 1; at the noise 0.5 some are wrong.

    Returns
    -------
    keras.Model
        Trained, within a few seconds. Output shape (1,): the probability of class 1.
    """
    raise NotImplementedError(
        "Task 5: build a network, train it with a regularisation of your choice, and return it."
    )


# %% [markdown]
# Things to change:
#
# - The kind and the rate: does the best rate of ReLU differ from that of tanh? What do L1 and L2 do together?
# - Dropout: at which rate does the network learn too little? Does a penalty still help, beside dropout?
# - The training: fewer epochs, early stopping, Adam, or `keras.optimizers.AdamW` with a weight decay.

# %%
RESULTS = []

# %%
if __name__ == "__main__":
    from time import perf_counter

    for name, attempt in [("baseline", baseline_training), ("mine", my_training)]:
        device.seed_everything(1)
        start = perf_counter()
        model = attempt(*training)
        RESULTS.append(
            {
                "network": name,
                "parameters": model.count_params(),
                "seconds": perf_counter() - start,
                "training ce": cross_entropy(model.predict(training[0], verbose=0), training[1]),
                "validation ce": cross_entropy(model.predict(validation[0], verbose=0), validation[1]),
            }
        )
    show_results(RESULTS, "ex11_results")

# %% [markdown]
# ## If something looks wrong
#
# - The mean of dropout is below 1: the kept entries are not scaled.
# - Whole columns of the picture are white: one mask serves all samples.
# - The best rate of L2 is twice that of others: your penalty has a factor ½.
# - Stopped early, the network is as bad as in its last epoch: the best weights are not restored.
# - The training stops far too late: it watches the loss of its own points.

# %% [markdown]
# ## Try it yourself
#
# - Prune: train with L1, then set all weights below a hundredth of the largest to zero. How many are left? What
#   happens to the validation cross-entropy?
# - Take 2000 training points. Which rate of L2 is best now, and why is it smaller? Measure on 20 000 new points: the
#   300 are too few to tell.
# - Put a dropout layer of rate 0.3 in front of the first layer, too, so that it drops coordinates. Is that a good
#   idea?

