# %% [markdown]
# # Exercise 10 · Over- and underfitting
#
# 50 minutes · difficulty ★★☆ · 26 points · builds on ex08
#
# - Minutes for the tasks: 7, 7, 8, 10, 11
# - Slides: Under- and Overfitting · Generalization & Validation · Under- and Overtraining · Sign of
#   Overtraining · Playground: Overtraining · SGD improves Generalization
# - Book: *Deep Learning for Physics Research*, chapter 5.1
# - Playground: [this setting](https://playground.tensorflow.org/#activation=relu&batchSize=10&dataset=xor&learningRate=0.03&noise=35&networkShape=6,6,6,6,6&percTrainData=40&problem=classification)
#
# You will learn to
#
# - split data into a training, a validation and a test set
# - recognise under- and overfitting from loss curves, decision boundaries and weights
# - choose the size of a network and the length of its training by validation data
# - know the best that any model can do, and compare with it
#
# A measurement is signal and noise. A network that is too small misses the signal; one that is too large also learns
# the noise, by heart. Neither is of use for *new* data, and new data are what a network is for.
#
# Our data are the checkerboard of exercise 8, badly measured. The label of a point is not read off at the point itself
# but nearby: both coordinates are shifted at random by up to ±2.5. So about one label in six is wrong, mostly near the
# axes, and nobody can know which. The link above opens such a setting in the Playground: let it run, and watch the
# gap between the training and the test loss grow.

# %%
from dlp_keras import device

print(device.use())  # the GPU, when there is one

# %%
import keras
import numpy as np

from dlp_keras import plots
from dlp_keras.callbacks import DecisionBoundary
from dlp_keras.datasets import make_checkerboard
from dlp_keras.display import figures_folder, show, show_results
from dlp_keras.progress import track
from dlp_keras.training import fit

# %% [markdown]
# ## Task 1: three parts
#
# The *training set* fits the weights. The *validation set* tells how well the network does on new data, and with it you
# choose: the size, the number of epochs. The *test set* is kept for the very end, for the one number that you publish.
# All parts must be drawn from the same distribution: files are often sorted, by class or by time, so shuffle first.


# %%
def split(x, y, fractions, rng):
    """Split samples at random into parts without overlap.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    y : array of shape (n_samples,)
    fractions : sequence of float
        Share of each part; the sum is 1.
    rng : numpy.random.Generator
        The only source of random numbers: the same state gives the same parts.

    Returns
    -------
    list of tuple (x, y)
        One pair of arrays for each fraction. Together they hold every sample once, with its own label. The sizes are
        those of the fractions, up to ±1 for rounding.
    """
    raise NotImplementedError(
        "Task 1: shuffle x and y in the same way, and cut both into parts of these fractions; return "
        "the pairs."
    )


# %% [markdown]
# ## Task 2: networks of any size
#
# As in exercise 8, with ReLU throughout and a rate that you can choose. The function `train` below is complete; it is
# that of exercise 8, but takes the parts as they come out of `split`.


# %%
def build_model(hidden_units, learning_rate=0.01):
    """Build and compile a fully-connected network for two classes and two inputs.

    Parameters
    ----------
    hidden_units : tuple of int
        Nodes of each hidden layer, such as (32, 32).
    learning_rate : float

    Returns
    -------
    keras.Model
        Sequential or functional. Input shape (2,), hidden layers with ReLU, output shape (1,): the probability of
        class 1. Compiled with Adam at this rate, the binary cross-entropy and `metrics=["accuracy"]`.
    """
    raise NotImplementedError(
        "Task 2: two inputs, a Dense layer with ReLU for each entry of hidden_units, one sigmoid "
        "output; compile it with Adam at learning_rate, the binary cross-entropy and the accuracy."
    )


# %%
def train(model, training, validation=None, epochs=300, batch_size=32, callbacks=()):
    """Train a compiled model.

    Parameters
    ----------
    model : keras.Model
    training : tuple of x and y
        Arrays of shape (n_points, 2) and (n_points,).
    validation : tuple of x and y, optional
        Evaluated after each epoch.
    epochs, batch_size : int
    callbacks : sequence of keras.callbacks.Callback

    Returns
    -------
    keras.callbacks.History
        Its `history` is a dictionary of lists: loss and accuracy after each epoch, and with validation data val_loss
        and val_accuracy.
    """
    x, y = training
    if validation is not None:
        validation = validation[0], validation[1][:, np.newaxis]
    return fit(
        model,
        x,
        y[:, np.newaxis],  # a column, like the output
        epochs=epochs,
        batch_size=batch_size,
        validation_data=validation,
        callbacks=callbacks,
        verbose=0,
    )


# %% [markdown]
# Of the next cell's training labels 17 % are wrong, and 300 new points are there to check. Before you run it: which
# *training* accuracy will the network with two layers of 32 nodes reach within 1000 epochs?
#
# - **a** About 82 %: all that can be known about the labels.
# - **b** About 88 %: a third of the noise is learned as well.
# - **c** About 95 %: nearly all labels, the wrong ones too.

# %%
# Task 2: before you run the next cell, say what you expect: "a", "b" or "c".
PREDICTIONS = {"floor": None}

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    device.seed_everything(1)
    x, y = make_checkerboard(1000, noise=0.5, seed=6)
    training, validation, test = split(x, y, (0.2, 0.3, 0.5), np.random.default_rng(1))
    wrong = np.mean((training[0].prod(axis=1) > 0) != training[1])
    print(f"training labels that are wrong: {wrong:.1%}")

    sizes = [(2,), (8,), (32, 32)]
    networks = {hidden_units: build_model(hidden_units) for hidden_units in sizes}
    film = DecisionBoundary(*training, every=50, save=figures_folder() / "ex10_overfitting.gif")
    histories = {}
    for hidden_units, network in networks.items():
        callbacks = [film] if hidden_units == sizes[-1] else []
        trained = train(network, training, validation, epochs=1000, callbacks=callbacks)
        histories[hidden_units] = trained.history
        accuracies = [trained.history[name][-1] for name in ("accuracy", "val_accuracy")]
        print(f"{hidden_units}: accuracy {accuracies[0]:.1%} in training, {accuracies[1]:.1%} in validation")

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    for ax, (hidden_units, network) in zip(axes, networks.items(), strict=True):
        plots.decision_boundary(ax, lambda points, net=network: net.predict(points, verbose=0), *training)
        ax.set_title(f"{hidden_units}, {network.count_params()} parameters")
    show(figure, "ex10_boundaries")

# %% [markdown]
# ## Task 3: read the curves
#
# Two numbers say most about a training. The *generalisation gap* is the validation loss minus the training loss at the
# end: what the network only knows about its own points. And the epoch with the smallest validation loss: from then on
# the network is *overtrained*, that is, whatever it still learns is of no use for new points.


# %%
def generalization_gap(history):
    """Return how much larger the validation loss is than the training loss, after the last epoch.

    Parameters
    ----------
    history : dict of str to list of float
        The `history` of what `train` returns, with the keys loss and val_loss; one number for each epoch.

    Returns
    -------
    float
        Positive where the network does better on the points that it was trained on.

    Raises
    ------
    KeyError
        If the history has no val_loss.
    """
    raise NotImplementedError("Task 3: return the last validation loss minus the last training loss.")


# %%
def overtraining_epoch(history):
    """Return the epoch with the smallest validation loss.

    Parameters
    ----------
    history : dict of str to list of float
        As for `generalization_gap`.

    Returns
    -------
    int
        Counted from 1, as in the plots; the first one, if several are smallest.

    Raises
    ------
    KeyError
        If the history has no val_loss.
    """
    raise NotImplementedError(
        "Task 3: return the number of the epoch whose validation loss is smallest, counted from 1."
    )


# %% [markdown]
# The next cell draws the curves of the three networks. The dotted line is the *floor*, 0.353: the cross-entropy of a
# model that knows the true probability at every point. What remains is the noise itself, and no network gets below it
# on new points, except by chance. On its training points it can: it knows the answers.

# %%
FLOOR = 0.353

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained", sharey=True)
    for ax, (hidden_units, history) in zip(axes, histories.items(), strict=True):
        plots.loss_curves(ax, history)
        ax.axhline(FLOOR, color="black", linestyle=":", label="floor: the noise")
        gap, epoch = generalization_gap(history), overtraining_epoch(history)
        smallest = history["val_loss"][epoch - 1]
        ax.plot(epoch, smallest, "ko", label=f"smallest: {smallest:.3f}, epoch {epoch}")
        ax.set(title=f"{hidden_units}: gap {gap:.2f}", xlabel="epoch", xscale="log", ylim=(0, 1.6))
        ax.legend(loc="upper left")
    show(figure, "ex10_curves")

# %%
if __name__ == "__main__":
    history = histories[(32, 32)]
    print("(32, 32) on the validation set:")
    for epoch in (10, 100, 1000):
        loss, accuracy = history["val_loss"][epoch - 1], history["val_accuracy"][epoch - 1]
        print(f"  epoch {epoch:4}: loss {loss:.2f}, accuracy {accuracy:.1%}")

# %% [markdown]
# Between epoch 10 and epoch 1000 of the large network the validation *loss* is multiplied, while the *accuracy* falls
# by one or two percentage points only. Why?
#
# - **a** One of the two is computed wrongly: they measure the same points.
# - **b** The set is too small: 300 points do not determine a loss well.
# - **c** The network becomes surer of its errors, and the loss counts that.

# %%
# Task 3: answer "a", "b" or "c".
ANSWERS = {"loss_accuracy": None}

# %% [markdown]
# ## Task 4: how large is too large?
#
# The gap depends on the weights that a training starts from. So train several networks of each size, and give the mean
# gap with its *standard error*: the standard deviation of the gaps, divided by $\sqrt{n}$ for $n$ starts.


# %%
def compare(sizes, training, validation, n_starts=4, epochs=300):
    """Measure the generalisation gap for networks of several sizes.

    Parameters
    ----------
    sizes : sequence of tuple of int
        The hidden units of each kind of network.
    training, validation : tuple of x and y
        Arrays of shape (n_points, 2) and (n_points,).
    n_starts : int
        Networks of `build_model` to train for each size, each of them new; at least 2.
    epochs : int

    Returns
    -------
    dict of tuple to tuple (mean, standard_error)
        For each of the sizes the mean gap after the last epoch, and the standard error of this mean.
    """
    raise NotImplementedError(
        "Task 4: for each of the sizes train n_starts new networks; return mean and standard error of "
        "their gaps."
    )


# %%
if __name__ == "__main__":
    sizes = [(2,), (4,), (8,), (16,), (32, 32)]
    gaps = {}
    for hidden_units in track(sizes, "sizes"):
        gaps |= compare([hidden_units], training, validation)
    n_parameters = [build_model(hidden_units).count_params() for hidden_units in sizes]
    means, errors = np.transpose([gaps[hidden_units] for hidden_units in sizes])
    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    ax.errorbar(n_parameters, means, errors, fmt="o", capsize=3)
    for hidden_units, n, mean in zip(sizes, n_parameters, means, strict=True):
        ax.annotate(str(hidden_units), (n, mean), (-8, 8), textcoords="offset points", ha="right")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set(xlabel="number of parameters", ylabel="generalisation gap after 300 epochs", xscale="log")
    ax.margins(x=0.2, y=0.15)
    show(figure, "ex10_gaps")

# %% [markdown]
# Can one see it in the weights alone, without any new data? Here are those of a network with two layers of 32 nodes, as
# the training goes on.

# %%
if __name__ == "__main__":
    device.seed_everything(2)
    network, done = build_model((32, 32)), 0
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.5), layout="constrained", sharex=True, sharey=True)
    for ax, epochs in zip(axes, (5, 50, 500), strict=True):
        train(network, training, epochs=epochs - done)
        done = epochs
        weights = np.concatenate([kernel.ravel() for kernel in network.get_weights()[::2]])
        ax.hist(weights, bins=np.linspace(-10, 10, 41), color=plots.colors.BLUE)
        ax.set(title=f"epoch {epochs}: largest {abs(weights).max():.1f}", xlabel="weight", yscale="log")
        share = np.mean(abs(weights) < 0.5)
        print(
            f"epoch {epochs:3}: {share:.0%} of the weights are below 0.5, the largest is {abs(weights).max():.1f}"
        )
    axes[0].set_ylabel("number of weights")
    show(figure, "ex10_weights")

# %% [markdown]
# Which is a clear sign of overtraining in the weights?
#
# - **a** Many weights of average size: all of the nodes are now in use.
# - **b** Some large weights, which contribute most of what comes out.
# - **c** Many small weights, none of which contributes anything alone.

# %%
# Task 4: answer "a", "b" or "c".
ANSWERS["sign"] = None

# %% [markdown]
# ### Compare: data and batches
#
# The best cure is more data. And the slides say that the noise of small batches helps: does it here? The second table
# trains with plain gradient descent, and reads the validation loss where the *training* loss has come down to 0.36.

# %%
if __name__ == "__main__":
    for n_points in (200, 500, 2000):
        points = make_checkerboard(n_points, noise=0.5, seed=3)
        ((mean, error),) = compare([(32, 32)], points, validation, n_starts=3).values()
        print(f"{n_points} training points: gap {mean:.2f} ± {error:.2f}")

# %%
if __name__ == "__main__":

    def validation_loss_at(training_loss, batch_size):
        model = build_model((16, 16))
        model.compile(keras.optimizers.SGD(0.03), "binary_crossentropy", metrics=["accuracy"])
        history = train(model, training, validation, epochs=10 * batch_size, batch_size=batch_size).history
        return history["val_loss"][np.argmax(np.array(history["loss"]) <= training_loss)]

    for batch_size in (4, 20, 200):
        losses = [validation_loss_at(0.36, batch_size) for _ in range(4)]
        print(
            f"batch {batch_size:3}: validation loss {np.mean(losses):.3f} ± {np.std(losses, ddof=1) / 2:.3f}"
        )

# %% [markdown]
# ## Task 5: the best that anyone can do
#
# A model that knows everything about the checkerboard still cannot know the noise. So how often is it right? Its best
# answer is the more probable label at each point, and that is the true colour of the square: a shift more often leaves
# a point in its square than it moves it to the next one. A coordinate is uniform from −5 to 5, then moved away from 0
# by 0.3, so that no point lies on an axis; the shift is uniform, too.


# %%
def best_accuracy(noise):
    """Return the share of new labels that the best possible model gets right on the noisy checkerboard.

    Parameters
    ----------
    noise : float
        From 0 to 0.5, as for `make_checkerboard`: the largest shift of a coordinate is 5 times as much.

    Returns
    -------
    float
        From 0 to 1, right within 0.005: a simulation will do, and so will a formula.
    """
    raise NotImplementedError(
        "Task 5: return the share of labels that agree with the true square, at this noise."
    )


# %%
if __name__ == "__main__":
    best = float(best_accuracy(0.5))
    print(f"no model gets more than {best:.1%} of new labels right")
    for hidden_units, history in histories.items():
        print(f"{hidden_units} after 1000 epochs: {history['val_accuracy'][-1]:.1%} of the validation set")

# %% [markdown]
# ### The challenge
#
# Beat a network that is too large and trained for too long. You get 200 noisy points, and choose size and epochs; hold
# back some of the points for a validation set, if you like. No penalty and no dropout: those come in exercise 11. The
# marks train your network on other points than yours, with the colours of the squares exchanged, and measure the
# cross-entropy on 3000 new ones: a point below 0.50, another below 0.47. The limit is the floor, 0.353.


# %%
def baseline_network(x, y):
    """Train a network that is too large for too long."""
    model = build_model((32, 32))
    train(model, (x, y), epochs=500)
    return model


# %%
def my_network(x, y):
    """Train a network that does well on new points of the noisy checkerboard.

    Parameters
    ----------
    x : array of shape (n_points, 2)
        About 200 points to train on.
    y : array of shape (n_points,)
        Their classes, 0 and 1; at the noise 0.5 some are wrong.

    Returns
    -------
    keras.Model
        Trained, within a few seconds; without penalties and dropout. Output shape (1,): the probability of class 1.
    """
    raise NotImplementedError(
        "Task 5: build a network of a size that you choose, train it for as long as you choose, and "
        "return it."
    )


# %% [markdown]
# Things to change:
#
# - The nodes: which is the smallest layer that can show the four squares, and which the largest without a gap?
# - The epochs: how does the best number of epochs change with the size, and with the learning rate?
# - The points: does a part held back as a validation set gain more, by a better choice, than it costs in training
#   points?

# %%
RESULTS = []


# %%
def cross_entropy(model, x, y):
    """Return the binary cross-entropy of a model's output."""
    probability = np.clip(np.ravel(model.predict(x, verbose=0)), 1e-7, 1 - 1e-7)
    return float(-np.mean(np.log(np.where(y == 1, probability, 1 - probability))))


# %%
if __name__ == "__main__":
    from time import perf_counter

    for name, network, epochs in [("baseline", baseline_network, 500), ("mine", my_network, "own choice")]:
        device.seed_everything(1)
        start = perf_counter()
        model = network(*training)
        RESULTS.append(
            {
                "network": name,
                "parameters": model.count_params(),
                "epochs": epochs,
                "seconds": perf_counter() - start,
                "validation loss": cross_entropy(model, *validation),
            }
        )
    show_results(RESULTS, "ex10_results")

# %% [markdown]
# You have now looked at many validation losses, and the test set is still unopened. Why must the *test* set not choose
# the network?
#
# - **a** The best score of many is partly luck, so it is too good to publish.
# - **b** It is too small to tell which of several networks is the better one.
# - **c** The networks would be trained on it, and learn all its labels by heart.

# %%
# Task 5: answer "a", "b" or "c".
ANSWERS["tuning"] = None

# %% [markdown]
# ## If something looks wrong
#
# - The validation loss of every network is far worse than its training loss: labels and points are shuffled apart.
# - The gap of a small network is large from the first epoch on: the parts are cut from sorted data.
# - All gaps are negative: the training loss minus the validation loss.
# - The gap grows from start to start: the same network is trained on and on.
# - The best accuracy is 1/2 at the noise 0.5: the noise is a shift, and most shifts change no label.

# %% [markdown]
# ## Try it yourself
#
# - Open the test set, once, for your network: `cross_entropy(model, *test)`. How far is it from the validation loss?
# - Stop the large network early: `keras.callbacks.EarlyStopping("val_loss", patience=20, restore_best_weights=True)`,
#   with the validation set. How near to the floor does it come?
# - Train the large network on 5000 points. What is left of its gap?

