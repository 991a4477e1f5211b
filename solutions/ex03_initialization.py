# /// exercise
# title = "Initialisation"
# goals = [
#     "draw initial weights after Glorot and He, normal and uniform",
#     "follow the variance of the signal forward, and of the gradient backward, through a deep network",
#     "derive the scale of the weights for another activation function",
#     "explain why the weights of a layer must not start equal",
# ]
# minutes = 45
# task_minutes = [9, 7, 10, 5, 6]
# difficulty = 2
# prerequisites = ["ex02"]
# slides = ["Weights need different (random) initial values"]
# book = ["4.3"]
# ///

# %% [markdown]
# # Exercise 3 · Initialisation
#
# Training improves the weights of a network, so somebody has to choose the first ones. They are drawn at random, but
# from which distribution? A deep network multiplies its signal by a factor in every layer, and the gradient by another
# one on its way back: slightly too small or too large, and neither arrives. Here you find the scale at which both do.
#
# The samples are the rows of $h$, as before. From here on a layer computes $h\,W$ with $W$ of shape $(n_\text{in},
# n_\text{out})$, as Keras stores its weights. Biases start at zero and are left out.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: how large is a random weight?
#
# A neuron adds up its inputs, $z = \sum_i h_i w_i$. Its weights are drawn independently and with mean zero, so this is
# a random walk of $n_\text{in}$ steps, and it ends at a distance with the mean square
#
# $$\operatorname{Var}(z) = n_\text{in} \, \operatorname{Var}(W) \, \langle h^2 \rangle ,$$
#
# where $\langle h^2 \rangle$ is the mean square of the inputs. With $\operatorname{Var}(W) = 1/n_\text{in}$ the sum is
# as large as an input. Two proposals are in use:
#
# | `kind` | $\operatorname{Var}(W)$ | proposed |
# |---|---|---|
# | `"glorot"` | $2 / (n_\text{in} + n_\text{out})$ | by Glorot and Bengio (2010), for tanh |
# | `"he"` | $2 / n_\text{in}$ | by He et al. (2015), for ReLU |
#
# In code $n_\text{in}$ and $n_\text{out}$ are called `fan_in` and `fan_out`. Only mean and variance matter here: a
# uniform distribution from $-a$ to $a$ does as well as a normal one, if $a$ is chosen such that the variance is right.


# %%
def initialize(fan_in, fan_out, kind, distribution, rng):
    """Draw the initial weights of a layer.

    Parameters
    ----------
    fan_in, fan_out : int
        Numbers of inputs and outputs.
    kind : str
        "glorot" for a variance of 2 / (fan_in + fan_out), "he" for 2 / fan_in.
    distribution : str
        "normal", or "uniform" for a distribution from -a to a; both have mean 0 and the variance of `kind`.
    rng : np.random.Generator
        Where all random numbers come from.

    Returns
    -------
    array of shape (fan_in, fan_out)

    Raises
    ------
    ValueError
        For any other `kind` or `distribution`.
    """
    # TASK 1: return weights of shape (fan_in, fan_out) with mean 0 and the variance of `kind`, all drawn from rng;
    #   raise a ValueError for an unknown kind or distribution.
    # HINT 1: Work out the variance first, then draw. What is the mean of w² if w is uniform between −a and a?
    # HINT 1: That mean is a²/3. `rng.normal` wants a standard deviation, `rng.uniform` both ends; both take `size=…`.
    # HINT 1: Refuse what you do not know with `raise ValueError(…)`, also where the other argument is right.
    # BEGIN SOLUTION
    variances = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances:
        raise ValueError(f"`kind` must be 'glorot' or 'he'. Got {kind!r}.")
    if distribution == "normal":
        return rng.normal(0, np.sqrt(variances[kind]), (fan_in, fan_out))
    if distribution == "uniform":
        limit = np.sqrt(3 * variances[kind])
        return rng.uniform(-limit, limit, (fan_in, fan_out))
    raise ValueError(f"`distribution` must be 'normal' or 'uniform'. Got {distribution!r}.")
    # END SOLUTION


# %%
def plot_weights(ax, fan_in, fan_out, kind, rng):
    """Draw histograms of the weights of one layer, normal and uniform."""
    bins = np.linspace(-0.35, 0.35, 71)
    for distribution in ("normal", "uniform"):
        weights = np.ravel(initialize(fan_in, fan_out, kind, distribution, rng))
        ax.hist(weights, bins, histtype="step", label=f"{distribution}\nvariance {np.var(weights):.5f}")
    ax.set(xlabel="weight", ylabel="weights per bin", title=f"{kind}, {fan_in} inputs and {fan_out} outputs")
    ax.legend(fontsize="small")


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    rng = np.random.default_rng(1)
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharex=True, sharey=True, layout="constrained")
    plot_weights(axes[0], 300, 100, "glorot", rng)
    plot_weights(axes[1], 300, 100, "he", rng)
    show(figure, "ex03_weights")

# %% [markdown]
# ## Task 2: the signal on its way forward
#
# A network of $L$ layers with the activation function $\sigma$ computes
#
# $$z_1 = x\, W_1, \qquad z_{l+1} = \sigma(z_l)\, W_{l+1} .$$
#
# The activation functions of exercise 2 are given by their names, and so are the derivatives, which Task 3 needs.

# %%
LEAKY_SLOPE = 0.2  # of the leaky ReLU, for z < 0


def sigmoid(z):
    """Return 1 / (1 + exp(-z))."""
    return (1 + np.tanh(z / 2)) / 2


ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, LEAKY_SLOPE * z),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
}
DERIVATIVES = {
    "linear": np.ones_like,
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, LEAKY_SLOPE),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "sigmoid": lambda z: sigmoid(z) * sigmoid(-z),
}


# %%
def pre_activations(x, weights, activation):
    """Return what every layer hands to its activation function.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    weights : list of arrays, each of shape (n_inputs, n_outputs) of its layer
        W_1 to W_L.
    activation : str
        A key of `ACTIVATIONS`.

    Returns
    -------
    list of arrays, each of shape (n_samples, n_outputs) of its layer
        z_1 to z_L, before the activation function.
    """
    # TASK 2: return the list of z_1 to z_L, where z_1 = x W_1 and z_{l+1} = σ(z_l) W_{l+1}.
    # HINT 2: Draw three layers as boxes: what goes into the first one, and what into the second?
    # HINT 2: Start a list with z_1 and append to it: each new z follows from the last one, `z[-1]`.
    # HINT 2: `ACTIVATIONS[activation]` is a function of z.
    # BEGIN SOLUTION
    z = [x @ weights[0]]
    for matrix in weights[1:]:
        z.append(ACTIVATIONS[activation](z[-1]) @ matrix)
    return z
    # END SOLUTION


# %%
def layer_variances(x, weights, activation):
    """Return the variance of the signal in every layer.

    Parameters
    ----------
    x, weights, activation
        As for `pre_activations`.

    Returns
    -------
    list of float
        The variances of z_1 to z_L, each over all samples and neurons of the layer.
    """
    # TASK 2: return the variance of each z_l over all samples and neurons, one number for each layer.
    # HINT 2: Without `axis`, `np.var` takes all elements together.
    # BEGIN SOLUTION
    return [np.var(z) for z in pre_activations(x, weights, activation)]
    # END SOLUTION


# %% [markdown]
# ## Task 3: the gradient on its way back
#
# Training needs the derivatives of the loss $J$. Let $g_l = \partial J / \partial z_l$, an array of the shape of $z_l$.
# The last one, $g_L$, comes from the loss. A change of $z_l$ acts on the loss through
# $z_{l+1} = \sigma(z_l)\, W_{l+1}$, so by the chain rule
#
# $$g_l = \left(g_{l+1}\, W_{l+1}^\mathsf{T}\right) \odot \sigma'(z_l) ,$$
#
# where $\odot$ multiplies element by element. (exercise 4 derives this, and trains with it.) Compare with the way
# forward: which of the two dimensions of $W$ is summed over now?


# %%
def gradient_variances(x, weights, activation, output_gradient):
    """Return the variance of the gradient in every layer.

    Parameters
    ----------
    x, weights, activation
        As for `pre_activations`.
    output_gradient : array of shape (n_samples, n_outputs) of the last layer
        g_L, the derivative of the loss with respect to z_L.

    Returns
    -------
    list of float
        The variances of g_1 to g_L, each over all samples and neurons of the layer, the first layer first.
    """
    # TASK 3: return the variances of g_1 to g_L, where g_l = (g_{l+1} W_{l+1}ᵀ) ⊙ σ'(z_l); the first layer first.
    # HINT 3: The recursion starts at the last layer. How many steps does it take for three layers?
    # HINT 3: For three layers: g_3 is given, g_2 needs W_3 and z_2, g_1 needs W_2 and z_1; W_1 is not needed.
    # HINT 3: `reversed(range(…))` counts down, and `gradients.insert(0, …)` puts a new one in front of the list.
    # BEGIN SOLUTION
    z = pre_activations(x, weights, activation)
    gradients = [output_gradient]
    for layer in reversed(range(1, len(weights))):
        from_above = gradients[0] @ weights[layer].T
        gradients.insert(0, from_above * DERIVATIVES[activation](z[layer - 1]))
    return [np.var(gradient) for gradient in gradients]
    # END SOLUTION


# %% [markdown]
# ## Task 4: a scale for the leaky ReLU
#
# The formula of Task 1 contains $\langle h^2 \rangle$, and the inputs of the next layer are $h = \sigma(z)$. Since the
# weights are symmetric about zero, so is $z$, and ReLU keeps one half of it:
#
# $$\langle h^2 \rangle = \tfrac12 \operatorname{Var}(z) \quad\Rightarrow\quad
#   \operatorname{Var}(z_{l+1}) = \tfrac12\, n_\text{in} \operatorname{Var}(W) \operatorname{Var}(z_l) .$$
#
# The variance stays the same for $\operatorname{Var}(W) = 2 / n_\text{in}$: this is the 2 of He. Now the *leaky* ReLU,
# which is $z$ for $z > 0$ and $s\,z$ for $z < 0$, with the slope $s$: which $c$ in
# $\operatorname{Var}(W) = c / n_\text{in}$ does it need?


# %%
def leaky_relu_scale(slope):
    """Return the scale of the weights that keeps the variance of z with the leaky ReLU.

    Parameters
    ----------
    slope : float
        Of the leaky ReLU for z < 0.

    Returns
    -------
    float
        The c in Var(W) = c / fan_in.
    """
    # TASK 4: return the c in Var(W) = c / fan_in for which Var(z) is the same in all layers.
    # HINT 4: Which slopes make it the ReLU, and which nothing but a straight line? There you know c already.
    # HINT 4: Add up the halves: ⟨h²⟩ is ½ Var(z) from z > 0, and ½ s² Var(z) from z < 0.
    # BEGIN SOLUTION
    return 2 / (1 + slope**2)
    # END SOLUTION


# %%
def follow_variances(activation, kind, gain, width=256, depth=20, n_draws=10):
    """Send random signals forward and random gradients backward through random networks.

    Parameters
    ----------
    activation : str
        A key of `ACTIVATIONS`.
    kind : str
        As for `initialize`; the weights are normal.
    gain : float
        What all weights are multiplied by.
    width, depth, n_draws : int
        Neurons in each layer, layers, and networks.

    Returns
    -------
    forward, backward : arrays of shape (n_draws, depth)
        log10 of the variances of z_l and g_l; inputs and output gradient have the variance 1.
    """
    rng = np.random.default_rng(1)
    forward, backward = [], []
    for _ in range(n_draws):
        matrices = [initialize(width, width, kind, "normal", rng) for _ in range(depth)]
        weights = [gain * np.asarray(matrix) for matrix in matrices]
        x, output_gradient = rng.normal(size=(2, 100, width))
        forward.append(layer_variances(x, weights, activation))
        backward.append(gradient_variances(x, weights, activation, output_gradient))
    return np.log10(forward), np.log10(backward)


# %% [markdown]
# Does your scale keep the variance through twenty layers? In a square matrix Glorot's variance is $1/n$, so the weights
# must be multiplied by $\sqrt c$.

# %%
if __name__ == "__main__":
    gain = np.sqrt(leaky_relu_scale(LEAKY_SLOPE))
    forward, backward = follow_variances("leaky_relu", "glorot", gain)
    for name, values in [("Var(z₂₀) / Var(z₁)", forward[:, -1] - forward[:, 0]), ("Var(g₁)", backward[:, 0])]:
        print(f"leaky ReLU, slope {LEAKY_SLOPE}: log₁₀ {name} = {values.mean():.2f} ± {values.std():.2f}")

# %% [markdown]
# ## Task 5: predict, run, answer
#
# The next picture follows both variances through 20 layers of $n = 256$ neurons. It compares Glorot's variance, here
# $1/n$, with He's for ReLU, with a common remedy for tanh, all weights times 5/3, and with a linear and a
# sigmoid network. The inputs have the variance 1.
# Before you run the cell: how large is $\operatorname{Var}(z_{20})$ with ReLU and $\operatorname{Var}(W) = 1/n$?
#
# - **a** About 1
# - **b** About 0.05
# - **c** About 0.000 002

# %%
# TASK 5: before you run the next cell, say what you expect: "a", "b" or "c".
# STUB: PREDICTIONS = {"depth": None}
# BEGIN SOLUTION
PREDICTIONS = {"depth": "c"}
# END SOLUTION


# %%
def plot_variances(ax, variances, label, line):
    """Draw the mean of log10 variances over the layers, and their standard deviation as a band."""
    layers = np.arange(1, variances.shape[1] + 1)
    mean, deviation = variances.mean(axis=0), variances.std(axis=0)
    ax.plot(layers, mean, line["style"], color=line["color"], label=label)
    ax.fill_between(layers, mean - deviation, mean + deviation, color=line["color"], alpha=0.2, linewidth=0)


# %%
if __name__ == "__main__":
    from dlp_keras.progress import track

    schemes = {  # activation, kind, gain and line
        "ReLU, Var(W) = 1/n": ("relu", "glorot", 1, {"color": "tab:blue", "style": "--"}),
        "ReLU, 2/n (He)": ("relu", "he", 1, {"color": "tab:blue", "style": "-"}),
        "tanh, 1/n (Glorot)": ("tanh", "glorot", 1, {"color": "tab:orange", "style": "--"}),
        "tanh, (5/3)²/n": ("tanh", "glorot", 5 / 3, {"color": "tab:orange", "style": "-"}),
        "linear, 2/n": ("linear", "he", 1, {"color": "tab:green", "style": "-"}),
        "sigmoid, 1/n": ("sigmoid", "glorot", 1, {"color": "tab:red", "style": "--"}),
    }
    figure, axes = plt.subplots(1, 2, figsize=(12, 4.5), sharex=True, sharey=True, layout="constrained")
    for label, (activation, kind, gain, line) in track(list(schemes.items()), "schemes"):
        forward, backward = follow_variances(activation, kind, gain)
        plot_variances(axes[0], forward, label, line)
        plot_variances(axes[1], backward, label, line)
        first, last = backward[:, 0].mean(), forward[:, -1].mean()
        print(f"{label:20} log₁₀ Var(z₂₀) = {last:6.2f}   log₁₀ Var(g₁) = {first:6.2f}")
    axes[0].set(xlabel="layer", ylabel="log₁₀ variance", title="signal z, from left to right")
    axes[1].set(xlabel="layer", title="gradient g, from right to left")
    axes[0].set(xticks=[1, 5, 10, 15, 20], ylim=(-8, 7))
    axes[0].legend(fontsize="small", loc="lower left")
    show(figure, "ex03_variances")

# %% [markdown]
# Most layers are not square. Why is Glorot's variance $2 / (n_\text{in} + n_\text{out})$ there? With 300 inputs and 100
# outputs it is 0.005.
#
# - **a** It is the smaller of the two variances $1/n_\text{in}$ and $1/n_\text{out}$, to be safe.
# - **b** ReLU halves the variance, and the 2 makes up for the half that is lost.
# - **c** $1/n_\text{in}$ would keep the signal, $1/n_\text{out}$ the gradient, and this is between.
#
# And why must weights be random? A network with two inputs (a position and a constant 1), four neurons with tanh and
# one output learns the shape of a spectral line by gradient descent. All its weights start at 0.5. After 100 steps the
# four neurons
#
# - **a** have spread out, since the samples differ from one another.
# - **b** are still equal to one another, wherever they have moved.
# - **c** are all zero, since equal contributions cancel each other.
#
# Answer first; then run the cells below and look.

# %%
# TASK 5: answer both questions: "a", "b" or "c".
# HINT 5: On the way back a neuron of layer l collects the gradients of layer l + 1. How many of them?
# HINT 5: Write down g for two neurons that have the same weights. Is there anything in it that tells them apart?
# STUB: ANSWERS = {"both": None, "equal": None}
# BEGIN SOLUTION
ANSWERS = {"both": "c", "equal": "b"}
# END SOLUTION


# %%
def train_hidden_layer(x, y, hidden, output, learning_rate=0.3, n_steps=100):
    """Train a network with one hidden layer of tanh and without biases by gradient descent.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    y : array of shape (n_samples, 1)
    hidden : array of shape (n_inputs, n_neurons)
    output : array of shape (n_neurons, 1)
    learning_rate : float
    n_steps : int

    Returns
    -------
    history : array of shape (n_steps + 1, n_inputs, n_neurons)
        The weights of the hidden layer, before the first step and after each.
    y_predicted : array of shape (n_samples, 1)
        The output after the last step.
    """
    history = [hidden]
    for _ in range(n_steps):
        activations = np.tanh(x @ hidden)
        residuals = 2 / len(y) * (activations @ output - y)
        hidden = hidden - learning_rate * x.T @ (residuals @ output.T * (1 - activations**2))
        output = output - learning_rate * activations.T @ residuals
        history.append(hidden)
    return np.array(history), np.tanh(x @ hidden) @ output


# %%
def plot_training(axes, position, y, hidden, output, title):
    """Train from given weights; draw the weights of the neurons against the step, and the fit."""
    x = np.column_stack([position, np.ones_like(position)])
    history, y_predicted = train_hidden_layer(x, y, hidden, output)
    for neuron, (weights, marker) in enumerate(zip(history[:, 0].T, "os^D", strict=True)):
        where = (5 * neuron, 20)  # markers in turn, so that lines on top of each other are all seen
        axes[0].plot(weights, marker=marker, markevery=where, label=f"neuron {neuron + 1}")
    axes[0].set(xlabel="step", ylabel="weight of the position", title=title)
    axes[1].plot(position, y, ".", color="black", label="spectral line")
    axes[1].plot(position, y_predicted, label="network after 100 steps")
    error = np.mean((y_predicted - y) ** 2)
    axes[1].set(xlabel="position / half-width", ylabel="intensity", title=f"mean squared error {error:.4f}")


# %%
if __name__ == "__main__":
    rng = np.random.default_rng(2)
    position = np.linspace(-3, 3, 61)
    line = 1 / (1 + (position[:, np.newaxis] - 0.5) ** 2)
    equal = np.full((2, 4), 0.5), np.full((4, 1), 0.5)
    drawn = [np.asarray(initialize(*shape, "glorot", "uniform", rng)) for shape in [(2, 4), (4, 1)]]
    figure, axes = plt.subplots(2, 2, figsize=(10, 7), layout="constrained")
    plot_training(axes[0], position, line, *equal, title="all weights start at 0.5")
    plot_training(axes[1], position, line, *drawn, title="random start")
    axes[0, 0].legend(fontsize="small")
    axes[0, 1].legend(fontsize="small")
    show(figure, "ex03_symmetry")

# %% [markdown]
# In Keras, layers start with Glorot's uniform distribution; `kernel_initializer="he_normal"` asks for He's variance.
# Mind that one initializer *object* draws the same numbers each time: hand each layer the name, or its own object.

# %% [markdown]
# ## If something looks wrong
#
# - The uniform histogram is too narrow and too high: a distribution from −a to a has the variance a²/3, not a².
#   <!-- mistake: the uniform weights end at one standard deviation -->
# - The curves of ReLU and tanh leave the picture after a few layers: `rng.normal` was given the variance, not its root.
#   <!-- mistake: the variance in place of the standard deviation -->
# - The curves for the gradient begin at 0 on the left: the first layer must stand first in the list.
#   <!-- mistake: the last layer first -->
# - With 1/n the gradient of ReLU does not fall: $\sigma'$ is missing. <!-- mistake: the derivative is forgotten -->
# - He's variance lets the signal of ReLU grow to 10², without a band: all layers got the same weights, not new ones.
#   <!-- mistake: a generator with a seed of its own -->

# %% [markdown]
# ## Try it yourself
#
# - Follow ReLU with He's variance for `width=64` and 1024 (about a minute), and for `depth=50`. On what does the width
#   of the band depend? Which of the schemes would you still use for 50 layers?
# - The signal of the sigmoid looks healthy. Take the variance over the samples alone, `np.var(z, axis=0).mean()`, for
#   every layer. How much do two different inputs still differ after 20 layers?
# - Add random deviations of 0.001 to the hidden weights of 0.5, and train for 100, 300 and 1000 steps. What do the
#   neurons have in common with a pencil that stands on its tip?

# %% [markdown] tags=["solution"]
# ## Commentary
#
# A layer multiplies the variance of the signal by $n_\text{in} \operatorname{Var}(W)$ and by what the activation
# function leaves of it, and that of the gradient by $n_\text{out} \operatorname{Var}(W) \langle \sigma'^2 \rangle$: in
# a deep network both factors must be close to 1. ReLU leaves one half in both directions, so He's 2 mends both at once;
# for tanh no constant does, since with $1/n$ signal and gradient fade slowly, and with $(5/3)^2/n$ the signal settles
# at $\operatorname{Var}(z) = 1.18$, where the variance of the gradient grows by 1.21 in every layer. The weights must
# be random to tell the neurons apart, and their scale decides whether the first layer and the loss hear of each other.
#
# The sigmoid is beyond help: its derivative is at most ¼, so that about 1/18 of the variance of the gradient passes a
# layer, and $10^{-24}$ passes 19 of them.
#
# Another way in task 3: what happens below the last layer is the same problem with one layer less.
#
# ```python
# def gradient_variances(x, weights, activation, output_gradient):
#     if len(weights) == 1:
#         return [np.var(output_gradient)]
#     z = pre_activations(x, weights, activation)[-2]
#     below = (output_gradient @ weights[-1].T) * DERIVATIVES[activation](z)
#     return [*gradient_variances(x, weights[:-1], activation, below), np.var(output_gradient)]
# ```
#
# It needs no index, but goes forward again for every layer: its cost grows with the square of the depth.
#
# Answers to "Try it yourself":
#
# - Over 40 networks the standard deviation of $\log_{10} \operatorname{Var}(z_{20})$ is 0.43, 0.22 and 0.10 for the
#   widths 64, 256 and 1024: it falls as one over the root of the width. It grows with the depth, to 0.28 for 50 layers
#   of 256. After 50 layers ReLU with $1/n$ is at $10^{-15}$ in both directions; tanh with 5/3 keeps the signal, but the
#   variance of its gradient has grown to $10^{3.9}$. What remains is He for ReLU ($10^{0.2}$ and $10^{0}$) and, at
#   $10^{-2}$, Glorot for tanh.
# - After 20 sigmoid layers the variance over the samples is $10^{-24}$: the output no longer depends on the input. The
#   0.26 in the picture are differences between neurons. Even with He and ReLU the samples grow alike: from 2.0 in the
#   first layer to 0.14 in the last.
# - The largest and the smallest weight of the position differ by 0.09, 1.8 and 2.4, and the error falls from 0.070 to
#   0.003 and 0.0002. The equal start is an unstable equilibrium, as that of a pencil on its tip: small deviations grow
#   exponentially, but without any the neurons are still equal after 3000 steps (error 0.058). It is enough to draw one
#   of the two layers at random. If all weights are zero, nothing moves at all: the gradient of each layer contains the
#   weights of the other.
