# /// exercise
# title = "The checkerboard"
# goals = [
#     "build, compile and train a fully-connected network for classification in Keras",
#     "watch the decision boundary and each hidden neuron while the network learns",
#     "measure how often training succeeds, instead of trusting one run",
#     "replace a hidden layer by the right feature",
# ]
# minutes = 60
# difficulty = 2
# prerequisites = ["ex07"]
# task_minutes = [10, 10, 15, 10, 10]
# slides = ["Playground: Checkerboard", "Example Training", "Feature Hierarchy", "Feature Engineering",
#     "Clarifying Misunderstandings 4"]
# book = ["4", "5"]
# playground = "https://playground.tensorflow.org/#activation=relu&batchSize=10&dataset=xor&networkShape=3&learningRate=0.03"
# ///

# %% [markdown]
# # Exercise 8 · The checkerboard
#
# In the Playground the checkerboard falls to a handful of neurons. Here you build the same network in Keras, train it
# at the same speed, and then ask what the Playground cannot answer: *how often* does it work?
#
# The points $(x_1, x_2)$ lie in a square; the class is 1 (blue) where both coordinates have the same sign, and 0
# (orange) elsewhere. No straight line separates the classes: this is XOR, the problem that a network without hidden
# layer cannot solve.

# %%
from dlp_keras import device

print(device.use())  # the GPU, when there is one

# %%
import keras
import numpy as np

from dlp_keras.callbacks import DecisionBoundary, NeuronMaps
from dlp_keras.datasets import make_checkerboard
from dlp_keras.display import figures_folder, show
from dlp_keras.training import fit, fit_many

# %% [markdown]
# ## Task 1: the network
#
# One hidden layer, then a single output node. Its sigmoid turns any number into the probability of class 1, and the
# binary cross-entropy is the loss that belongs to it.


# %%
def build_model(hidden_units, activation):
    """Build and compile a network with one hidden layer for points in the plane.

    Parameters
    ----------
    hidden_units : int
        Nodes of the hidden layer.
    activation : str
        Activation of the hidden layer, such as "relu" or "tanh".

    Returns
    -------
    keras.Model
        Sequential or functional. Input shape (2,), output shape (1,): the probability of class 1. Compiled with
        `metrics=["accuracy"]`.
    """
    # TASK 1: two inputs, one hidden layer, one sigmoid output; compile with Adam (rate 0.02) and cross-entropy.
    # HINT 1: `keras.Sequential([keras.Input((2,)), keras.layers.Dense(…), keras.layers.Dense(…)])`.
    # HINT 1: `model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])`.
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(hidden_units, activation=activation),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(learning_rate=0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model
    # END SOLUTION


# %% [markdown]
# ## Task 2: training
#
# `dlp_keras.training.fit` takes the arguments of `model.fit` and returns the same `History`; it runs whole epochs in
# one compiled call, which makes it much faster for a network this small. Note the shapes: the network
# returns $(n, 1)$, so the labels have to become a column too.


# %%
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    """Train a compiled model in batches of 32.

    Parameters
    ----------
    model : keras.Model
    x : array of shape (n_points, 2)
    y : int array of shape (n_points,)
        Classes 0 and 1.
    validation_data : tuple of x and y, of the same shapes
        Evaluated after each epoch.
    epochs : int
    callbacks : list of keras.callbacks.Callback
        Such as the pictures below.

    Returns
    -------
    keras.callbacks.History
        With loss, accuracy, val_loss and val_accuracy for each epoch.
    """
    # TASK 2: call `fit` with the labels as columns, the validation data, the epochs and the callbacks.
    # HINT 2: `y[:, np.newaxis]` makes a column of shape (n_points, 1); the validation labels need it as well.
    # HINT 2: `return fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=…, callbacks=callbacks)`.
    # BEGIN SOLUTION
    x_validation, y_validation = validation_data
    return fit(
        model,
        x,
        y[:, np.newaxis],
        epochs=epochs,
        batch_size=32,
        validation_data=(x_validation, y_validation[:, np.newaxis]),
        callbacks=callbacks,
        verbose=0,
    )
    # END SOLUTION


# %% [markdown]
# Watch it learn. In the first frame the network knows nothing; then the boundary bends. The second picture shows the
# output of every hidden neuron: each ReLU is a plane that is folded along one straight line, and the output adds them
# up. Run this cell again with another seed: a retrained network has other weights, but it becomes sensitive to the
# same pattern.

# %%
if __name__ == "__main__":
    device.seed_everything(2)
    x, y = make_checkerboard(500, seed=1)
    new_points = make_checkerboard(1000, seed=2)
    model = build_model(8, "relu")
    pictures = [
        DecisionBoundary(x, y, every=2, save=figures_folder() / "ex08_boundary.gif"),
        NeuronMaps(x, every=2, save=figures_folder() / "ex08_neurons.gif"),
    ]
    history = train(model, x, y, new_points, epochs=60, callbacks=pictures)
    print(f"accuracy on new points: {history.history['val_accuracy'][-1]:.1%}")

# %% [markdown]
# ## Task 3: how often does it work?
#
# One run proves little: the weights start at random, and a small network can get stuck on a plateau of the loss where
# the gradient leads nowhere. So train many networks from scratch, and count those that classify at least 97 % of new
# points correctly. `fit_many` trains them side by side: `fit_many(build, x, y, n_models=…, epochs=…)` calls `build()`
# for each network, with another seed each, and the `history` of what it returns holds arrays of shape
# (n_models, epochs).


# %%
def success_rate(hidden_units, activation, n_starts, epochs=100):
    """Return the share of freshly initialised networks that solve the checkerboard.

    Parameters
    ----------
    hidden_units : int
    activation : str
    n_starts : int
        Number of networks to train.
    epochs : int

    Returns
    -------
    float
        From 0 to 1: networks with an accuracy of at least 97 % on new points, among all.
    """
    # TASK 3: train n_starts new networks on 500 points, return the share with ≥ 97 % accuracy on 1000 new ones.
    # HINT 3: A loop over `build_model` and `train` will do: one *new* model for each start, then its last val_accuracy.
    # HINT 3: Faster: `fit_many(lambda: build_model(hidden_units, activation), …)`, then `.history["val_accuracy"][:, -1]`.
    # BEGIN SOLUTION
    (points, labels), (others, their_labels) = make_checkerboard(500, seed=1), make_checkerboard(1000, seed=2)
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        points,
        labels[:, np.newaxis],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(others, their_labels[:, np.newaxis]),
        verbose=0,
    )
    return float(np.mean(networks.history["val_accuracy"][:, -1] >= 0.97))
    # END SOLUTION


# %% [markdown]
# ## Task 4: the smallest network


# %%
def minimal_network(rates):
    """Return the smallest hidden layer that solved the checkerboard at least once.

    Parameters
    ----------
    rates : dict of int to float
        The success rate by the number of hidden nodes.

    Returns
    -------
    int
    """
    # TASK 4: return the smallest number of nodes with a success rate above zero; then answer the question below.
    # HINT 4: `rates.items()` gives pairs of nodes and rate; `min` over those with a rate above zero.
    # HINT 4: The measured rates of ReLU for 2, 3 and 4 nodes answer the question.
    # BEGIN SOLUTION
    return min(nodes for nodes, rate in rates.items() if rate > 0)
    # END SOLUTION


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt
    from scipy.stats import binomtest

    from dlp_keras.progress import track

    device.seed_everything(1)
    widths, n_starts = [1, 2, 3, 4, 5, 6, 8], 50
    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    for activation, marker in [("relu", "o-"), ("tanh", "s--")]:
        rates = {nodes: success_rate(nodes, activation, n_starts) for nodes in track(widths, activation)}
        print(f"{activation}: {rates}, the smallest network has {minimal_network(rates)} hidden nodes")
        shares = np.array(list(rates.values()))
        tests = [binomtest(round(share * n_starts), n_starts) for share in shares]
        lower, upper = np.transpose([test.proportion_ci(0.68, method="wilson") for test in tests])
        ax.errorbar(widths, shares, abs(shares - [lower, upper]), fmt=marker, capsize=3, label=activation)
    ax.set(xlabel="hidden nodes", ylabel="share of networks that succeed", ylim=(-0.05, 1.05))
    ax.set_title(f"{n_starts} starts of 100 epochs each, with Wilson's 68 % interval")
    ax.legend()
    show(figure, "ex08_success")

# %% [markdown]
# What is the smallest ReLU network that solves the checkerboard, and how often does it train?
#
# - **a** Two hidden nodes, nearly always: two ReLUs are enough for XOR.
# - **b** Three hidden nodes, about every second time.
# - **c** Four hidden nodes, one for each quadrant, always.

# %%
# TASK 4: answer "a", "b" or "c".
# STUB: ANSWERS = {"smallest": None}
# BEGIN SOLUTION
ANSWERS = {"smallest": "b"}
# END SOLUTION

# %% [markdown]
# ## Task 5: the right feature
#
# If you know that only the sign of $x_1 x_2$ matters, you need no hidden layer at all. Deep networks find features by
# themselves; a good feature found by thinking makes the network small.


# %%
def with_product_feature(x):
    """Add the product of the coordinates as a third column.

    Parameters
    ----------
    x : array of shape (n_points, 2)

    Returns
    -------
    array of shape (n_points, 3)
        The columns x1, x2 and x1 x2.
    """
    # TASK 5: return the columns x1, x2 and x1 x2, shape (n_points, 3).
    # HINT 5: The features are `np.column_stack([x, …])`, which puts a column beside others; `x[:, 0]` is the first coordinate of all points.
    # BEGIN SOLUTION
    return np.column_stack([x, x[:, 0] * x[:, 1]])
    # END SOLUTION


# %%
def build_linear_model(n_inputs):
    """Build and compile a model without hidden layer.

    Parameters
    ----------
    n_inputs : int
        Number of features.

    Returns
    -------
    keras.Model
        Input shape (n_inputs,), output shape (1,): the probability of class 1. Compiled as in task 1.
    """
    # TASK 5: only the sigmoid output on n_inputs features, compiled like the network of task 1.
    # HINT 5: The model is a single `keras.layers.Dense(1, activation="sigmoid")` after `keras.Input((n_inputs,))`.
    # BEGIN SOLUTION
    model = keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(learning_rate=0.02), "binary_crossentropy", metrics=["accuracy"])
    return model
    # END SOLUTION


# %%
if __name__ == "__main__":
    x_new, y_new = new_points
    for name, features in [("x1, x2", lambda x: x), ("x1, x2, x1 x2", with_product_feature)]:
        linear = build_linear_model(features(x).shape[1])
        history = train(linear, features(x), y, (features(x_new), y_new))
        print(f"no hidden layer, features {name}: accuracy {history.history['val_accuracy'][-1]:.1%}")

# %% [markdown]
# ## Try it yourself
#
# - Remove the activation of the hidden layer. Why does the network become as weak as the linear model, however wide?
# - Give three nodes 1000 epochs instead of 100. Do the failures recover, or are they stuck for good?
# - Add noise: `make_checkerboard(500, noise=0.25)`. How much accuracy can any network reach then?
