# %% [markdown]
# # Exercise 4 · Backpropagation
#
# 60 minutes · difficulty ★★★ · 24 points · builds on ex01, ex03
#
# - Minutes for the tasks: 8, 18, 13, 8, 6
# - Slides: Backpropagation
# - Book: *Deep Learning for Physics Research*, chapter 4
#
# You will learn to
#
# - write the forward and the backward pass of a network of any depth
# - prove a gradient with differences, and read from the errors where a mistake sits
# - train a network with nothing but NumPy, and learn ten points by heart
# - say what backpropagation saves
#
# Gradient descent needs the derivative of the objective with respect to every weight, and networks have millions of
# them. *Backpropagation* gets all of these derivatives in one sweep from the output back to the input. It is the chain
# rule, and one idea: **what a layer needs from the layers above is computed once and passed on.** Keras does this for
# you in every training. Here you do it yourself, prove that it is right, and train with it.

# %%
from itertools import pairwise

import numpy as np

# %% [markdown]
# ## Task 1: the forward pass
#
# A network of $L$ layers computes from the inputs $h_0 = x$, layer by layer,
#
# $$z_l = h_{l-1} W_l + b_l, \qquad h_l = \sigma(z_l) = \max(z_l, 0), \qquad l = 1, \dots, L .$$
#
# There is no activation at the end: the output is $\hat y = z_L$. Samples are rows: with $n$ samples and $m_l$ nodes
# in layer $l$, $z_l$ has the shape $(n, m_l)$, $W_l$ the shape $(m_{l-1}, m_l)$, as in Keras, and $b_l$ the shape
# $(m_l,)$. The `parameters` of a network are the list of its pairs $(W_l, b_l)$, first layer first.


# %%
def forward(x, parameters):
    """Return what every layer computes before its activation.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    parameters : list of (weights, bias)
        For each layer arrays of the shapes (n_in, n_out) and (n_out,).

    Returns
    -------
    list of arrays of shape (n_samples, n_out)
        z of each layer, first layer first; the last one is the output of the network.
    """
    raise NotImplementedError(
        "Task 1: return the list of all z_l. Between the layers stands a ReLU, after the last one "
        "nothing."
    )


# %%
def loss(x, y, parameters):
    """Return the mean squared error of a network over all samples and outputs."""
    return np.mean((forward(x, parameters)[-1] - y) ** 2)


# %% [markdown]
# ## Task 2: the backward pass
#
# Take the smallest deep network, a chain of one node in each of two layers, with one sample:
#
# $$x \;\to\; z_1 = w_1 x + b_1 \;\to\; h_1 = \sigma(z_1) \;\to\; z_2 = w_2 h_1 + b_2 \;\to\; J = (z_2 - y)^2 .$$
#
# With $x = 2$, $w_1 = 0.5$, $b_1 = 0.5$, $w_2 = 3$, $b_2 = 0.5$ and $y = 3$, the forward pass gives
# $z_1 = 1.5$, $h_1 = 1.5$, $z_2 = 5$, $J = 4$. Now go back, and multiply the derivatives on the way:
#
# | from | derivative | number |
# |---|---|---|
# | $J$ to $z_2$ | $\delta_2 = \partial J / \partial z_2 = 2\,(z_2 - y)$ | 4 |
# | $z_2$ to $w_2$ and $b_2$ | $\partial J/\partial w_2 = \delta_2 h_1$, $\partial J/\partial b_2 = \delta_2$ | 6, 4 |
# | $z_2$ to $h_1$ | $\partial J / \partial h_1 = \delta_2 w_2$ | 12 |
# | $h_1$ to $z_1$ | $\delta_1 = \partial J / \partial z_1 = \delta_2 w_2\, \sigma'(z_1)$ | 12 |
# | $z_1$ to $w_1$ and $b_1$ | $\partial J/\partial w_1 = \delta_1 x$, $\partial J/\partial b_1 = \delta_1$ | 24, 12 |
#
# Test one of them: with $w_1 = 0.501$ in place of $0.5$ the loss is 4.024, and $0.024 / 0.001 = 24$. Had $z_1$ been
# negative, $\sigma'(z_1) = 0$ would have stopped everything that passes through it.
#
# The first layer never looks at $J$. All it needs from above is $\delta_1$, which comes from $\delta_2$, and so on in a
# network of any depth. With $n$ samples and many nodes every $\delta_l = \partial J / \partial z_l$ is an array of the
# shape of $z_l$, and each line of the table becomes a line of NumPy. Three questions lead there:
#
# - $J = \frac{1}{n k} \sum_{ij} (\hat y_{ij} - y_{ij})^2$ is a mean over $n$ samples and $k$ outputs. What is
#   $\delta_L$?
# - A weight acts on every sample. Over what does its derivative sum, and which product of $h_{l-1}$ and $\delta_l$ has
#   the shape of $W_l$? And what has the shape of $b_l$?
# - A node passes its value to all nodes above. Over what does $\partial J / \partial h$ sum, and which product of
#   $\delta_l$ and $W_l$ has the shape of $h_{l-1}$?


# %%
def backward(x, y, parameters):
    """Return the gradient of the mean squared error by backpropagation.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    y : array of shape (n_samples, n_outputs)
    parameters : list of (weights, bias)
        As for `forward`; neither the list nor its arrays change.

    Returns
    -------
    list of (weights_gradient, bias_gradient)
        For each layer, first layer first, arrays of the shapes of its weights and of its bias.
    """
    raise NotImplementedError(
        "Task 2: call `forward`, go back from the last layer to the first, and return all gradients, "
        "first layer first."
    )


# %% [markdown]
# ## Task 3: the gradient check
#
# A wrong gradient often still trains, only badly, and no error message tells. So every backward pass is compared once
# with a derivative that knows nothing of the chain rule: move a single parameter $\theta$ by a small step $h$ up and
# down, and look at the loss,
#
# $$\frac{\partial J}{\partial \theta} \approx \frac{J(\theta + h) - J(\theta - h)}{2h} .$$
#
# This is slow, but hard to get wrong. Two arrays $a$ and $b$ are then compared by their *relative error*
#
# $$\frac{\lVert a - b \rVert}{\lVert a \rVert + \lVert b \rVert}, \qquad \lVert a \rVert^2 = \textstyle\sum_i a_i^2 ,$$
#
# which does not depend on units: 0 for equal arrays, 1 if one of them is zero or if they are opposite. Two arrays of
# zeros, as for a layer in which no ReLU is active, are equal: their error is 0, not 0/0.


# %%
def numerical_gradient(x, y, parameters, step=1e-5):
    """Return the gradient of the mean squared error from centred differences.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    y : array of shape (n_samples, n_outputs)
    parameters : list of (weights, bias)
        Arrays of float64, as for `forward`: single precision has too few digits. Afterwards they are the same.
    step : float
        How far each parameter is moved up and down.

    Returns
    -------
    list of (weights_gradient, bias_gradient)
        For each layer, first layer first, arrays of float64 of the shapes of its weights and of its bias.
    """

    raise NotImplementedError(
        "Task 3: return (J(θ + step) − J(θ − step)) / (2 step) for every entry θ of every array, in "
        "the same shapes."
    )


# %%
def relative_error(first, second):
    """Return how much two arrays differ, compared with their size.

    Parameters
    ----------
    first, second : arrays of the same shape

    Returns
    -------
    float
        From 0 to 1; 0 if both are zero everywhere.
    """
    raise NotImplementedError(
        "Task 3: return ‖first − second‖ / (‖first‖ + ‖second‖), one number; 0 where both norms are 0."
    )


# %% [markdown]
# Now the check, on a network of three layers. Below your own gradient stand three with a planted mistake. The
# pattern of the errors tells where to look: everywhere, in one array, or in all layers from one on downwards.


# %%
def initialize(sizes, rng):
    """Draw He weights, as in exercise 3, and small biases for layers of these sizes, the inputs first."""
    return [
        (rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), rng.normal(0, 0.3, n_out))
        for n_in, n_out in pairwise(sizes)
    ]


def check_gradients(gradients, numerical):
    """Return the relative error of each array: W₁, b₁, W₂, b₂ and so on."""
    layers = zip(gradients, numerical, strict=True)
    return [relative_error(*arrays) for layer in layers for arrays in zip(*layer, strict=True)]


def plant_mistakes(x, y, parameters):
    """Return your gradients, and three that are wrong in a typical way, by name."""
    right = backward(x, y, parameters)
    weights, bias = parameters[-1]
    updated = [*parameters[:-1], (weights - 0.1 * right[-1][0], bias - 0.1 * right[-1][1])]
    shift = forward(x, updated)[-1] - forward(x, parameters)[-1]  # moves the targets along: δ stays right
    return {
        "your backward pass": right,
        "the factor 2 forgotten": [(layer[0] / 2, layer[1] / 2) for layer in right],
        "b₂ forgotten": [right[0], (right[1][0], 0 * right[1][1]), right[2]],
        "layer 3 updated too early": [*backward(x, y + shift, updated)[:-1], right[-1]],
    }


def plot_errors(ax, errors):
    """Draw one row of errors for each gradient, and one column for each array of parameters."""
    names = [f"{letter}{index}" for index in "₁₂₃" for letter in "Wb"]
    table = np.array(list(errors.values()))
    shades = np.log10(np.maximum(table, 1e-16))
    image = ax.imshow(shades, cmap=colors.SEQUENTIAL, vmin=-12, vmax=0, aspect="auto")
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(errors)), errors)
    ax.set_title("Relative error of each gradient against differences")
    for (row, column), error in np.ndenumerate(table):
        text = f"{error:.2g}" if error > 0.01 else f"{error:.0e}"
        ax.text(column, row, text, ha="center", va="center", color="white" if error > 1e-6 else colors.INK)
    return image


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show
    from dlp_keras.plots import colors

    rng = np.random.default_rng(1)
    parameters = initialize([3, 5, 4, 2], rng)
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    numerical = numerical_gradient(x, y, parameters)
    gradients = plant_mistakes(x, y, parameters)

    figure, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
    image = plot_errors(ax, {name: check_gradients(found, numerical) for name, found in gradients.items()})
    figure.colorbar(image, label="log₁₀ of the relative error")
    show(figure, "ex04_check")

# %% [markdown]
# ## Task 4: training
#
# With the gradient, training is what it was in exercise 1: a step against the gradient, in all layers at once.


# %%
def train(x, y, parameters, learning_rate, n_steps):
    """Train a network by gradient descent on all samples.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    y : array of shape (n_samples, n_outputs)
    parameters : list of (weights, bias)
        Where the training starts; neither the list nor its arrays change.
    learning_rate : float
    n_steps : int

    Returns
    -------
    parameters : list of (weights, bias)
        After all steps.
    losses : list of float
        The mean squared error before each of the steps: n_steps numbers.
    """
    raise NotImplementedError(
        "Task 4: take n_steps steps against the gradient, in new arrays; return the parameters and the"
        " loss before each."
    )


# %% [markdown]
# The second proof of a network is to learn a few points by heart. One that cannot follow ten points has a mistake, or
# too few nodes, or a wrong learning rate, and more data will not help it. Here are ten readings of an oscillation.

# %%
if __name__ == "__main__":
    time = np.linspace(-2, 2, 10)[:, np.newaxis]  # seconds
    displacement = np.sin(2 * time)  # centimetres
    grid = np.linspace(-2.5, 2.5, 501)[:, np.newaxis]

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    trained, losses = initialize([1, 20, 1], np.random.default_rng(2)), []
    for n_steps, style in [(0, ":"), (100, "--"), (4900, "-")]:
        trained, more = train(time, displacement, trained, learning_rate=0.03, n_steps=n_steps)
        losses.extend(more)
        label = f"after {len(losses)} steps: {loss(time, displacement, trained):.2g} cm²"
        left.plot(grid, forward(grid, trained)[-1], style, color="tab:blue", label=label)
    left.plot(time, displacement, "o", color="black", label="readings")
    left.set(xlabel="time / s", ylabel="displacement / cm", title="20 ReLUs learn ten points")
    left.legend(fontsize="small")
    right.semilogy(losses)
    right.set(xlabel="step", ylabel="mean squared error / cm²", title="Loss before each step")
    show(figure, "ex04_fit")

# %% [markdown]
# ## Task 5: predict, run, answer
#
# The check has a step of its own, $h = 10^{-5}$ up to now. The next cell repeats it with steps from $1$ to $10^{-13}$,
# at ten starts of the network of three layers. Where will your gradient and the differences agree best?
#
# - **a** At the smallest step: there the quotient is nearest to the derivative.
# - **b** Somewhere between: a step can be too large, and it can be too small.
# - **c** At the largest step: there the difference of the losses has most digits.

# %%
# Task 5: before you run the next cell, say what you expect: "a", "b" or "c".
PREDICTIONS = {"step": None}


# %%
def worst_errors(seed, steps):
    """Return the largest relative error of a check with each of these steps, at one random start."""
    rng = np.random.default_rng(seed)
    parameters = initialize([3, 5, 4, 2], rng)
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    found = backward(x, y, parameters)
    return [max(check_gradients(found, numerical_gradient(x, y, parameters, step))) for step in steps]


# %%
if __name__ == "__main__":
    steps = 10.0 ** -np.arange(14)
    errors = np.array([worst_errors(seed, steps) for seed in range(10)])

    figure, ax = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
    ax.loglog(steps, errors.T, color="tab:blue", alpha=0.3, lw=1)
    ax.loglog(steps, np.median(errors, axis=0), "o-", color="tab:blue", label="median of ten starts")
    ax.loglog(steps[2:], np.finfo(float).eps / steps[2:], ":", color="black", label="rounding, ε/h")
    ax.text(3e-3, 1e-2, "ReLUs change sides →", ha="right")
    ax.set(xlabel="step h", ylabel="largest relative error", title="The check against its own step")
    ax.legend(fontsize="small")
    show(figure, "ex04_step")

# %% [markdown]
# To the left the error is $\varepsilon / h$, with the precision $\varepsilon = 2 \cdot 10^{-16}$ of float64: the two
# losses are nearly equal, and their difference keeps few digits. There is no error of the quotient itself: as long
# as no ReLU changes sides, $J$ is a parabola in each single parameter, and centred differences of a parabola are exact.
#
# And what does backpropagation save? The next cell takes the time of a forward pass and of `backward`, which contains
# one, for networks of five layers, and counts the forward passes that differences need for the same gradient.


# %%
def measure_seconds(function, *arguments):
    """Return the shortest time of sixty calls."""
    times = []
    for _ in range(60):
        start = perf_counter()
        function(*arguments)
        times.append(perf_counter() - start)
    return min(times)


# %%
if __name__ == "__main__":
    from time import perf_counter

    print("parameters  one forward pass  backward, in passes  differences, in passes")
    for width in [10, 30, 100]:
        rng = np.random.default_rng(1)
        parameters = initialize([100, *[width] * 4, 100], rng)
        x, y = rng.normal(size=(20, 100)), rng.normal(size=(20, 100))
        n_parameters = sum(weights.size + bias.size for weights, bias in parameters)
        once, back = measure_seconds(forward, x, parameters), measure_seconds(backward, x, y, parameters)
        print(f"{n_parameters:10}  {once * 1e3:13.2f} ms  {back / once:19.1f}  {2 * n_parameters:22}")
    print(
        f"For the last one that is {back * 1e3:.2f} ms, against {2 * n_parameters * once:.0f} s with differences."
    )

# %% [markdown]
# So, in a network with a million weights, what does the gradient by backpropagation cost, for all the weights together?
#
# - **a** About as much as two or three forward passes, however many weights.
# - **b** About as much as a million forward passes, one for each weight.
# - **c** About as much as one forward pass for each layer of the network.
#
# And somebody checks a network weight by weight. A single one shows an error of $10^{-2}$, all others $10^{-10}$. What is the
# most likely cause?
#
# - **a** The backward pass is wrong: it handles this weight differently.
# - **b** The step crosses the kink of a ReLU: try the check elsewhere.
# - **c** The numbers are too coarse: float64 rounds at this one weight.

# %%
# Task 5: answer both questions: "a", "b" or "c".
ANSWERS = {"cost": None, "kink": None}

# %% [markdown]
# ## If something looks wrong
#
# - Every error of the check is the same, such as 0.33 or 0.71: a common factor is missing in δ of the last layer.
# - The last layer is right, and all below it are wrong: look at how δ passes a layer, and at its mask.
# - Only the biases are wrong: they sum over the samples, not over the nodes.
# - Errors near 1e-6 in all arrays: the differences are taken to one side only.
# - A second training does not begin at the start: `-=` writes into the arrays of `parameters`.

# %% [markdown]
# ## Try it yourself
#
# - Replace ReLU by tanh in `forward` and `backward`. What becomes of the curve of the check against its step?
# - Set all biases to zero. Does the check still find a bias gradient that somebody has forgotten?
# - How few ReLUs learn the ten points by heart? Train networks with 2 to 20 of them from several starts.

