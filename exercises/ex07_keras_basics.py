# %% [markdown]
# # Exercise 7 · Keras basics
#
# 45 minutes · difficulty ★☆☆ · 25 points · builds on ex01, ex04, ex06
#
# - Minutes for the tasks: 8, 9, 4, 6, 10
# - Slides: Machine Learning Tasks · Node, Width, Depth · When is it Deep? · Clarifying Misunderstandings 1
#   · GPU, Colab, Keras
# - Book: *Deep Learning for Physics Research*, chapters 4, 5
#
# You will learn to
#
# - see that Keras does what you wrote by hand: layers, gradients, steps
# - write a layer and a training loop yourself, and say what `compile` and `fit` do
# - choose the last layer and the loss for a regression and for a classification
# - build a network of your own, train it, and save it
#
# So far you wrote everything in NumPy. A library such as **Keras** has it ready, for networks of any size and for
# GPUs. It is the same mathematics, under other names:
#
# | what you wrote | where | what Keras calls it |
# |---|---|---|
# | the linear model, $x W + b$ | ex01 | a *layer*, `keras.layers.Dense(n_outputs)` |
# | an activation function | ex02 | `Dense(n_outputs, activation="relu")` |
# | random weights with the right variance | ex03 | an *initializer*, by default Glorot's; biases start at 0 |
# | one layer after the other, `forward` | ex04 | a *model*, `keras.Sequential([…])`; `model(x)` is its output |
# | `backward` | ex04 | nothing to write: gradients come by themselves |
# | a step of descent, of Adam | ex05 | an *optimizer*, `keras.optimizers.SGD(rate)`, `Adam(rate)` |
# | the mean squared error, the cross-entropy | ex01, ex06 | a *loss*, `"mse"`, `"sparse_categorical_crossentropy"` |
# | the loop over epochs and minibatches | ex05 | `fit` |
#
# First you look under the lid: you write a layer and a training loop yourself, and compare with Keras number by
# number. Then you use what is ready.
#
# Keras leaves the arithmetic to a *backend*: TensorFlow, JAX or PyTorch. You will notice which one in task 2 only.
# All of them calculate in float32, that is with seven digits.

# %%
from dlp_keras import device

print(device.use())  # the GPU, when there is one

# %%
import tempfile
import time
from pathlib import Path

import keras
import numpy as np

from dlp_keras.datasets import make_hills
from dlp_keras.training import fit

BACKEND = keras.config.backend()  # "tensorflow", "jax" or "torch"
if BACKEND == "tensorflow":
    import tensorflow as tf

# %% [markdown]
# ## Task 1: a layer
#
# A layer is a class that holds weights and knows how to use them. It comes into being in two steps. `LinearLayer(2)`
# says how many outputs there are, and no more. How many *inputs* there are shows when the layer becomes part of a
# model: then Keras calls `build` once, with the shape of the inputs, and the layer makes its weights. From then on,
# `layer(x)` runs `call`.
#
# `self.add_weight(shape=…, initializer=…)` makes an array of trainable numbers and puts it on the list of weights that
# every optimizer goes through. An initializer is named by a string: `"glorot_uniform"`, `"he_normal"`, `"zeros"`.
#
# A model is a list of layers, with the shape of one sample in front: `keras.Input((3,))` stands for samples of three
# numbers. How many samples there will be stays open; Keras writes `None` for it.


# %%
@keras.saving.register_keras_serializable(package=__name__)  # lets a saved model find this class again
class LinearLayer(keras.layers.Layer):
    """The linear model of exercise 1 as a layer: x W + b.

    Parameters
    ----------
    n_outputs : int
    **options
        What every layer of Keras takes, such as `name`.

    Attributes
    ----------
    kernel : weight of shape (n_inputs, n_outputs)
        The matrix W, at the start random as Glorot proposed.
    bias : weight of shape (n_outputs,)
        The vector b, at the start zero.
    """

    def __init__(self, n_outputs, **options):
        super().__init__(**options)
        self.n_outputs = n_outputs

    def build(self, input_shape):
        """Make `self.kernel`, then `self.bias`; input_shape is (None, n_inputs)."""
        # Task 1: make kernel and bias, in this order, with shapes and start as the docstring of the class says.
        raise RuntimeError("Task 1: make the two weights in `build`.")

    def call(self, inputs):
        """Return the outputs, shape (n_samples, n_outputs), for inputs of shape (n_samples, n_inputs)."""
        # Task 1: return inputs W + b, with the two weights that `build` has made.
        raise RuntimeError("Task 1: return the outputs in `call`.")


# %%
def build_linear_model(n_inputs, n_outputs):
    """Build a model that is one LinearLayer.

    Parameters
    ----------
    n_inputs, n_outputs : int

    Returns
    -------
    keras.Model
        Sequential or functional; not compiled. Input shape (n_inputs,), output shape (n_outputs,).
    """
    raise NotImplementedError(
        "Task 1: return a model of an input of n_inputs numbers and one LinearLayer with n_outputs "
        "outputs."
    )


# %% [markdown]
# How many parameters has it, and does it calculate what you wrote in exercise 1? `summary` prints a line for each
# layer, `get_weights` returns the weights as a list of arrays, and `set_weights` takes such a list. The output of
# `model(x)` is a *tensor*, an array of the backend; `keras.ops.convert_to_numpy` makes an array of NumPy of it.


# %%
def predict(model, x):
    """Return the output of a model as an array of NumPy."""
    return keras.ops.convert_to_numpy(model(x))


# %%
if __name__ == "__main__":
    device.seed_everything(1)  # the same random weights in every run
    model = build_linear_model(3, 2)
    model.summary()
    kernel, bias = model.get_weights()
    x = np.random.default_rng(1).normal(size=(5, 3)).astype("float32")
    difference = predict(model, x) - (x @ kernel + bias)
    print(f"Keras and NumPy differ by {abs(difference).max():.1g} at most")

# %% [markdown]
# A model is saved with its structure and its weights, in one file that ends in `.keras`. Loading rebuilds each layer
# with the arguments of its `__init__`, which Keras has noted, and then fills in the weights.


# %%
def save_and_load(model):
    """Save a model to a file and return what is loaded from there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return keras.models.load_model(path)


# %%
if __name__ == "__main__":
    loaded = save_and_load(model)
    difference = predict(loaded, x) - predict(model, x)
    print(f"The saved and the loaded model differ by {abs(difference).max():.1g} at most")

# %% [markdown]
# ## Task 2: a training loop of your own
#
# In exercise 4 you derived the backward pass. TensorFlow does that for any calculation: `tf.GradientTape` records
# all operations on weights while they run, and `gradient` goes back through them with the chain rule. For $w^2$ at 3:
#
#     w = keras.Variable(3.0)
#     with tf.GradientTape() as tape:
#         height = w**2
#     tape.gradient(height, [w])  # a list with one gradient for each weight: here 2 w = 6
#
# One recording serves one gradient. `model.trainable_weights` is the list of all weights of a model, and
# `weight.assign_sub(step)` subtracts a step from one of them. `keras.ops` has the functions of NumPy for tensors:
# `keras.ops.mean` is `np.mean`, and can be recorded.
#
# **A trap.** The model returns the shape $(n, 1)$, a measured list may have the shape $(n,)$, and their difference has
# the shape $(n, n)$: each prediction minus each target. No error is raised, the loss is a number, and the model learns
# the mean of all targets. Sooner or later this happens to everybody who trains networks.
#
# (The tape is TensorFlow's only. On JAX and PyTorch this task may stay open; the cells below go on without it. Or
# write the same loop with `jax.value_and_grad` or `loss.backward()`: the points are for the steps, not for the tape.)


# %%
def train_with_tape(model, x, y, learning_rate, n_steps):
    """Train a model by gradient descent on the mean squared error of all samples.

    Parameters
    ----------
    model : keras.Model
        With any number of layers. Its trainable weights are changed.
    x : float32 array of shape (n_samples, n_inputs)
    y : float32 array of shape (n_samples, n_outputs)
        For one output the shape (n_samples,) means the same, or raises an error: it is never broadcast.
    learning_rate : float
    n_steps : int

    Returns
    -------
    list of float
        The mean squared error before each of the steps: n_steps numbers.
    """
    raise NotImplementedError(
        "Task 2: take n_steps steps against the gradient of the mean squared error, return the loss "
        "before each of them."
    )


# %% [markdown]
# ## Task 3: compile and fit
#
# Your loop does not depend on the model, so Keras has it ready, in two calls:
#
# - `model.compile(optimizer, loss=…)` only notes *how* to train: which steps, and down which loss.
# - `model.fit(x, y, epochs=…, batch_size=…)` trains. In each epoch it shuffles the samples, cuts them into batches
#   (of 32, unless you say otherwise), and makes one update for each batch. It returns a `History`: in its dictionary
#   `history` stands, under `"loss"`, one number for each epoch.
#
# In this course we write `fit(model, x, y, …)`, from `dlp_keras.training`. It takes the same arguments and returns
# the same `History`, but runs whole epochs in one compiled call, which is many times faster for small networks. Here
# you may use either. Both print a bar unless you say `verbose=0`.


# %%
def train_with_fit(model, x, y, learning_rate, epochs):
    """Train a model with the steps of `train_with_tape`, one in each epoch, through `compile` and `fit`.

    Parameters
    ----------
    model : keras.Model
        Its trainable weights are changed.
    x : float32 array of shape (n_samples, n_inputs)
    y : float32 array of shape (n_samples, n_outputs)
    learning_rate : float
    epochs : int
        At least 1.

    Returns
    -------
    keras.callbacks.History
    """
    raise NotImplementedError(
        "Task 3: compile for plain descent (SGD) on the mean squared error, train with one update in "
        "each epoch, and return the History."
    )


# %% [markdown]
# The spring of exercise 1 again: twelve loads, and the lengths that were measured, to within 0.8 cm. Both loops start
# from the same weights.


# %%
def measure_spring(n_samples=12, seed=1):
    """Measure a spring.

    Returns
    -------
    load : float32 array of shape (n_samples, 1)
        In newton, from 0 to 4.
    length : float32 array of shape (n_samples, 1)
        In centimetres: 6 cm plus 3 cm for each newton, with an uncertainty of 0.8 cm.
    """
    rng = np.random.default_rng(seed)
    load = np.linspace(0, 4, n_samples, dtype="float32")[:, np.newaxis]
    return load, (6 + 3 * load + rng.normal(0, 0.8, load.shape)).astype("float32")


# %%
STYLES = {"before training": "C0:", "after training": "C1-", "tape": "C1-", "fit": "C2--"}


def plot_spring(ax, load, length, predictions, title):
    """Draw the measurements, and what models predict, a dictionary by label."""
    ax.errorbar(load[:, 0], length[:, 0], 0.8, fmt="o", color="black", label="measured")
    for label, predicted in predictions.items():
        ax.plot(load[:, 0], predicted[:, 0], STYLES[label], linewidth=2, label=label)
    ax.set(xlabel="load / N", ylabel="length / cm", title=title)
    ax.legend(fontsize="small")


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    device.seed_everything(1)
    load, length = measure_spring()
    model = build_linear_model(1, 1)
    start = model.get_weights()
    predictions, losses = {"before training": predict(model, load)}, {}
    if BACKEND == "tensorflow":
        losses["tape"] = train_with_tape(model, load, length, learning_rate=0.1, n_steps=200)
        predictions["tape"] = predict(model, load)
        print("tape:         ", *(f"{np.squeeze(weight):.4f}" for weight in model.get_weights()))
    model.set_weights(start)
    losses["fit"] = train_with_fit(model, load, length, learning_rate=0.1, epochs=200).history["loss"]
    predictions["fit"] = predict(model, load)
    print("fit:          ", *(f"{np.squeeze(weight):.4f}" for weight in model.get_weights()))
    print("least squares:", *(f"{number:.4f}" for number in np.polyfit(load[:, 0], length[:, 0], 1)))

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    plot_spring(left, load, length, predictions, "A linear model of the spring")
    for label, values in losses.items():
        right.semilogy(range(200), values, STYLES[label], linewidth=2, label=label)
    right.set(xlabel="step", ylabel="mean squared error / cm²", title="The loss before each step")
    right.legend()
    show(figure, "ex07_loops")

# %% [markdown]
# ## Task 4: the right end
#
# From here on `keras.layers.Dense(16)` takes the place of your `LinearLayer(16)`; `Dense(16, activation="relu")`
# applies a ReLU to its outputs as well, and makes a hidden layer. What stands at the *end* of a network depends on
# the question, and the loss belongs to it (exercise 6):
#
# | task | last layer | loss |
# |---|---|---|
# | regression: a number | one node, *no* activation | `"mse"` |
# | classification: one of $K$ classes | $K$ nodes with `"softmax"` | `"sparse_categorical_crossentropy"` |
#
# *Sparse* means that the labels are the numbers of the classes, 0 … K − 1. `"categorical_crossentropy"` is the same
# loss for labels that are one-hot. Whoever leaves out the softmax hands over logits, and has to tell the loss:
# `keras.losses.SparseCategoricalCrossentropy(from_logits=True)`.


# %%
def regression_model(n_inputs):
    """Build and compile a network that answers with a number.

    Parameters
    ----------
    n_inputs : int

    Returns
    -------
    keras.Model
        Sequential or functional, with one hidden layer of 16 nodes, and one output. Compiled with Adam at the rate
        0.01.
    """
    raise NotImplementedError(
        "Task 4: an input, 16 hidden nodes with ReLU, one output for a regression; compile with Adam "
        "(rate 0.01) and one of Keras's losses for a regression."
    )


# %%
def classification_model(n_inputs, n_classes):
    """Build and compile a network that answers with the probabilities of classes.

    Parameters
    ----------
    n_inputs, n_classes : int
        At least two classes.

    Returns
    -------
    keras.Model
        Sequential or functional, with one hidden layer of 16 nodes, and n_classes outputs: probabilities, or logits
        where the loss knows that they are. Compiled with Adam at the rate 0.01, for labels 0 … n_classes − 1.
    """
    raise NotImplementedError(
        "Task 4: an input, 16 hidden nodes with ReLU, n_classes outputs for a classification; compile "
        "with Adam (rate 0.01) and the loss for labels that are integers."
    )


# %% [markdown]
# Two checks are worth their minute before any long training. At the start a classifier knows nothing, so its
# cross-entropy is about $\ln K$ (exercise 6). And any network worth training can learn ten samples by heart, even
# if their labels are drawn by lot. If it cannot, something is wrong with the code, not with the data.

# %%
if __name__ == "__main__":
    device.seed_everything(1)
    rng = np.random.default_rng(1)
    points, labels = rng.normal(size=(10, 2)).astype("float32"), rng.integers(3, size=10)
    model = classification_model(2, 3)
    losses = fit(model, points, labels, epochs=2000, verbose=0).history["loss"]
    print(f"at the start: {losses[0]:.2f} (ln 3 = {np.log(3):.2f}), by heart: {losses[-1]:.1g}")

# %% [markdown]
# ## Task 5: predict, run, answer
#
# What if a regression ends in a sigmoid, as classifiers do? Your `regression_model` and the same with a sigmoid at its
# end learn the lengths of the spring, 6 to 18 cm. What will the second one predict?
#
# - **a** About the right lengths, if it is trained for long enough.
# - **b** A length of nearly 1 cm, whatever the load on the spring.
# - **c** Nothing: the loss becomes NaN before the training ends.

# %%
# Task 5: before you run the next cell, say what you expect: "a", "b" or "c".
PREDICTIONS = {"sigmoid_head": None}


# %%
def sigmoid_model(n_inputs):
    """Build and compile a network with the wrong end for a regression: a sigmoid."""
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mean_squared_error")
    return model


# %%
if __name__ == "__main__":
    device.seed_everything(1)
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
    titles = ["No activation at the end", "A sigmoid at the end"]
    for ax, build, title in zip(axes, [regression_model, sigmoid_model], titles, strict=True):
        model = build(1)
        predictions = {"before training": predict(model, load)}
        fit(model, load, length, epochs=2000, verbose=0)
        predictions["after training"] = predict(model, load)
        plot_spring(ax, load, length, predictions, title)
    show(figure, "ex07_heads")

# %% [markdown]
# ## Task 5, the challenge: a network of your own
#
# The *hills* of the Playground: three hills and three hollows in a square of 12 by 12, each a cone of height 1. Your
# network gets a point $(x_1, x_2)$ and answers with the height there. It sees 1200 points for 100 epochs, in batches
# of 32. What counts is the root of the mean squared error (RMSE) on new points. A network that always answers 0 has
# 0.29.


# %%
def train(model, x, y, epochs=100):
    """Train a compiled model on points x of shape (n, 2) and their heights y of shape (n,)."""
    return fit(model, x, y[:, np.newaxis], epochs=epochs, batch_size=32, verbose=0)


def root_mean_squared_error(model, x, y):
    """Return the typical error of the heights that a model predicts."""
    return float(np.sqrt(np.mean((predict(model, x)[:, 0] - y) ** 2)))


def baseline_regressor():
    """Build and compile a network with one hidden layer of eight nodes."""
    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mean_squared_error")
    return model


# %% [markdown]
# The baseline reaches 0.21. Your mark trains three networks of yours from new random weights, each on points that you
# have not seen, and takes their mean RMSE on other new points: one point below 0.18, two below 0.11. Things to
# change:
#
# - the nodes of the hidden layer: how far do you get with a single one, however wide?
# - the number of hidden layers: are two of 16 nodes better than one of 300, and how many parameters have both?
# - the activation: what do hills of `"tanh"` look like, and what do those of `"relu"` look like?
# - the rate of Adam, by factors of three: when is it too coarse, and when are 100 epochs too few?
# - a rate that falls: what does `keras.optimizers.schedules.CosineDecay` do, over 100 epochs of 38 updates?
#
# At most 2000 parameters. The heights have no noise, so 0 is the only limit; what keeps you from it are the 1200
# points and the 100 epochs. Tune on the validation set below, and run the cell twice before you believe a difference.


# %%
def my_regressor():
    """Build and compile a network of your own for the hills.

    Returns
    -------
    keras.Model
        Sequential or functional, compiled, with at most 2000 parameters. Input shape (2,), output shape (1,): the
        height.
    """
    raise NotImplementedError(
        "Task 5: build and compile a network with at most 2000 parameters that beats "
        "`baseline_regressor`."
    )


# %%
if __name__ == "__main__":
    device.seed_everything(1)
    RESULTS, networks = [], {}

# %% [markdown]
# Change `my_regressor`, and run it and the next cell again: the table keeps your attempts.

# %%
if __name__ == "__main__":
    from dlp_keras import plots
    from dlp_keras.display import show_results

    training, validation = make_hills(1200, seed=1), make_hills(1000, seed=2)
    for build in [my_regressor] if RESULTS else [baseline_regressor, my_regressor]:
        name, started = build.__name__, time.perf_counter()
        networks[name] = build()
        train(networks[name], *training)
        seconds = time.perf_counter() - started
        row = {
            "network": name,
            "parameters": networks[name].count_params(),
            "epochs": 100,
            "seconds": seconds,
        }
        RESULTS.append({**row, "validation RMSE": root_mean_squared_error(networks[name], *validation)})
    show_results(RESULTS, "ex07_results")

    figure, axes = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    for ax, (name, model) in zip(axes, networks.items(), strict=True):
        few = [part[:150] for part in validation]
        plots.decision_boundary(ax, lambda x, model=model: predict(model, x), *few, limits=(-1, 1))
        ax.set_title(name)
    show(figure, "ex07_hills")

# %% [markdown]
# Three questions. A network shall tell the energy of cosmic rays, 3 to 100 EeV. The activation of its last layer is
#
# - **a** ReLU, since an energy is never negative.
# - **b** none: the last layer's sum is the answer.
# - **c** a sigmoid, times the largest energy.
#
# LeCun calls a network *deep* if it has more than one stage of non-linear feature transformation. Which one is?
#
# - **a** three linear layers of 100 nodes each
# - **b** one hidden layer of 10 000 ReLU nodes
# - **c** two hidden layers of 3 tanh nodes each
#
# The *depth* of a network is the number of its layers with weights, so the input does not count; its *width* is the
# number of nodes in a hidden layer. The fully-connected network 2–4–4–1 has
#
# - **a** depth 3, width 4 and 37 parameters.
# - **b** depth 4, width 4 and 37 parameters.
# - **c** depth 3, width 4 and 28 parameters.

# %%
# Task 5: answer the three questions: "a", "b" or "c".
ANSWERS = {"head": None, "deep": None, "count": None}

# %% [markdown]
# ## If something looks wrong
#
# - `unsupported operand type(s) for *: 'float' and 'NoneType'`: a gradient is None, since the tape has not seen the
#   forward pass.
# - All predictions are the mean of the targets, 12.2 cm for the spring: the shapes (n, 1) and (n,) met.
# - A regression never gets above 1: look at the end of the network.
# - `ValueError` about the shapes of `target` and `output` in a classification: the loss is for one-hot labels.
# - `fit` complains that the model is not compiled: `compile` is missing.

# %% [markdown]
# ## Try it yourself
#
# - Put two of your own layers into `regression_model`, with `keras.layers.Activation("relu")` between them. Do you get
#   the same losses as with `Dense`, from the same seed?
# - Let an optimizer of Keras take the steps in your loop: `optimizer.apply_gradients(zip(gradients, weights))`. How
#   many steps do SGD, SGD with momentum and Adam need on the spring, to within 1 % of the smallest loss?
# - Give `regression_model` a ReLU at its end and train it on the spring, from 20 seeds. How often does it fail, and
#   why?

