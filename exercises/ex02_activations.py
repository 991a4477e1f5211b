# %% [markdown]
# # Exercise 2 · Activation functions
#
# 35 minutes · difficulty ★☆☆ · 21 points · builds on ex01
#
# - Minutes for the tasks: 7, 7, 7, 5, 2
# - Slides: Linear = Affine · Non-Linear Network Models · Activation Functions · What is a nice activation
#   function?
# - Book: *Deep Learning for Physics Research*, chapter 3
#
# You will learn to
#
# - write activation functions and their derivatives so that they survive any input
# - show that a stack of linear layers is a single linear layer
# - build a shape from ReLUs by hand
# - say why ReLU trains well in deep networks
#
# Load the spring of exercise 1 too far, and it no longer obeys Hooke's law: the measured curve bends, and a straight
# line cannot follow it. A network can. It is made of linear layers like the model of exercise 1, with an **activation
# function** between them that is applied to each number on its own. Here you write the three usual activation
# functions, see what becomes of a network without any, and build a shape from them by hand.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: three activation functions
#
# The *rectified linear unit*, the *sigmoid* and the *hyperbolic tangent* are
#
# $$\operatorname{relu}(x) = \max(0, x), \qquad
#   \sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^x}{1 + e^x}, \qquad
#   \tanh(x) = \frac{e^{2x} - 1}{e^{2x} + 1} .$$
#
# They act *elementwise*: each number of an array is replaced by its function value, so the shape stays the same.
#
# On paper the two forms of the sigmoid are equal. On a computer they are not, since the largest number of NumPy's
# usual type, float64, is about $1.8 \cdot 10^{308} \approx e^{709.8}$. Beyond it, `np.exp(1000)` is `inf`, with a
# `RuntimeWarning`, and `inf / inf` is `nan`, *not a number*, which spoils everything that is computed from it.
# Training does produce large inputs now and then. So write functions that are right for every input, without warnings.


# %%
def relu(x):
    """Return x where x is positive, and 0 elsewhere.

    Parameters
    ----------
    x : number, or array of any shape
        Floats or integers.

    Returns
    -------
    number, or array of the shape of x
        From 0 to infinity.
    """
    raise NotImplementedError("Task 1: return max(0, x) for each number in x.")


# %%
def sigmoid(x):
    """Return 1/(1 + exp(−x)).

    Parameters
    ----------
    x : number, or array of any shape
        Floats or integers, of any size.

    Returns
    -------
    number, or array of the shape of x
        From 0 to 1. No `nan`, and no warning on the way.
    """
    raise NotImplementedError(
        "Task 1: return σ(x) for each number in x; no exponential may overflow, neither at x = −1000 "
        "nor at x = 1000."
    )


# %%
def tanh(x):
    """Return the hyperbolic tangent.

    Parameters
    ----------
    x : number, or array of any shape
        Floats or integers, of any size.

    Returns
    -------
    number, or array of the shape of x
        From −1 to 1. No `nan`, and no warning on the way.
    """
    raise NotImplementedError("Task 1: return tanh(x) for each number in x, again for x of any size.")


# %% [markdown]
# ## Task 2: their derivatives
#
# Gradient descent differentiates the loss with respect to all weights. By the chain rule every activation between a
# weight and the loss contributes its derivative as a factor (exercise 4 is about this). Derive the three derivatives
# with paper and pencil. Those of σ and tanh become short when you express them by σ and tanh themselves.
#
# At $x = 0$ ReLU has a kink and no derivative. There any number from 0 to 1 will do; Keras uses 0.


# %%
def relu_derivative(x):
    """Return the derivative of `relu`.

    Parameters
    ----------
    x : number, or array of any shape

    Returns
    -------
    number, or array of the shape of x
        At 0 any number from 0 to 1.
    """
    raise NotImplementedError("Task 2: return the slope of relu for each number in x.")


# %%
def sigmoid_derivative(x):
    """Return the derivative of `sigmoid`.

    Parameters
    ----------
    x : number, or array of any shape

    Returns
    -------
    number, or array of the shape of x
        No `nan`, and no warning on the way.
    """
    raise NotImplementedError("Task 2: return σ′(x) for each number in x, for x of any size.")


# %%
def tanh_derivative(x):
    """Return the derivative of `tanh`.

    Parameters
    ----------
    x : number, or array of any shape

    Returns
    -------
    number, or array of the shape of x
        No `nan`, and no warning on the way.
    """
    raise NotImplementedError("Task 2: return tanh′(x) for each number in x, for x of any size.")


# %% [markdown]
# A derivative found on paper is checked with *centred differences*: the slope between two points close by. If both
# agree, the derivation is right.


# %%
def centred_difference(function, x, step=1e-5):
    """Return the slope of a function between x − step and x + step."""
    return (function(x + step) - function(x - step)) / (2 * step)


# %%
if __name__ == "__main__":
    activations = {
        "relu": (relu, relu_derivative),
        "sigmoid": (sigmoid, sigmoid_derivative),
        "tanh": (tanh, tanh_derivative),
    }
    x = np.linspace(-4, 4, 200)  # an even number of points leaves out the kink at 0
    for name, (function, derivative) in activations.items():
        values = ", ".join(f"{function(point):.4g}" for point in (-1000, -1, 0, 1, 1000))
        deviation = np.max(np.abs(derivative(x) - centred_difference(function, x)))
        print(f"{name} at −1000, −1, 0, 1, 1000: {values}")
        print(f"{name}′ and centred differences differ by {deviation:.0e} at most")

# %% [markdown]
# In a network of $n$ layers, the gradient on its way back to the first weights is multiplied by $n$ of these
# derivatives, one for each layer. Suppose that each activation gets the same input $z$: what the activations leave of the
# gradient after ten layers is the factor $[f'(z)]^{10}$, with the derivative $f'$ of the activation. The lower panel shows it on
# a logarithmic scale, where the factor 0 of ReLU for $z < 0$ has no place.


# %%
def plot_activation(ax, name, function, derivative):
    """Draw an activation function and its derivative."""
    x = np.linspace(-4, 4, 801)
    ax.plot(x, function(x), label="function")
    ax.plot(x, derivative(x), "--", label="derivative")
    ax.set(xlabel="x", title=name, ylim=(-1.2, 2.2))
    ax.legend(loc="upper left", fontsize="small")


# %%
def plot_factor(ax, name, derivative, n_layers=10):
    """Draw by which factor the activations of n layers multiply a gradient, against their common input."""
    z = np.linspace(-4, 4, 801)
    ax.plot(z, derivative(z) ** n_layers, label=name)
    ax.set_yscale("log", nonpositive="mask")
    ax.set(xlabel="input z of each activation", ylabel=f"factor after {n_layers} layers", ylim=(1e-12, 10))
    ax.legend(loc="upper left", fontsize="small")


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    figure, axes = plt.subplot_mosaic(
        [["relu", "sigmoid", "tanh"], ["factor"] * 3], figsize=(10, 6.5), layout="constrained"
    )
    for name, (function, derivative) in activations.items():
        plot_activation(axes[name], name, function, derivative)
        plot_factor(axes["factor"], name, derivative)
    show(figure, "ex02_activations")

# %% [markdown]
# ## Task 3: a stack of linear layers
#
# The model of exercise 1, $W x + b$, is called a *linear layer*. (Strictly it is *affine*, because of $b$. Everybody
# says linear.) A second layer takes the outputs of the first, the *hidden nodes* $h$, as its inputs:
#
# $$h = W_1 x + b_1, \qquad y = W_2 h + b_2 .$$


# %%
def affine(x, weights, bias):
    """Apply one linear layer to every sample.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    weights : array of shape (n_outputs, n_inputs)
        The matrix W.
    bias : array of shape (n_outputs,)
        The vector b.

    Returns
    -------
    array of shape (n_samples, n_outputs)
    """
    raise NotImplementedError("Task 3: return W x + b for every row of x, shape (n_samples, n_outputs).")


# %% [markdown]
# The next picture shows the output of two layers with random weights: one input $x$, eight hidden nodes, one output.
# In one curve there is nothing between the layers, in the others an activation function. Before you run it: what does
# the output look like against $x$ when there is **nothing** between the layers?
#
# - **a** A straight line.
# - **b** A parabola.
# - **c** A line with up to 8 kinks.

# %%
# Task 3: before you run the next cell, say what you expect: "a", "b" or "c".
PREDICTIONS = {"bend": None}


# %%
def random_layer(n_inputs, n_outputs, rng):
    """Draw the weights, of shape (n_outputs, n_inputs), and the bias of a layer."""
    return rng.normal(size=(n_outputs, n_inputs)), rng.normal(size=n_outputs)


# %%
def two_layers(x, first, second, activation):
    """Apply a layer, an activation function and another layer; each layer is a pair of weights and bias."""
    hidden = activation(affine(x, *first))  # *first stands for its weights and its bias
    return affine(hidden, *second)


# %%
def nothing(x):
    """Return x as it is: no activation."""
    return x


# %%
if __name__ == "__main__":
    rng = np.random.default_rng(8)
    first, second = random_layer(1, 8, rng), random_layer(8, 1, rng)
    x = np.linspace(-4, 4, 401)[:, np.newaxis]  # 401 samples of one input

    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    for name, activation, style in [("nothing", nothing, "--"), ("relu", relu, "-"), ("tanh", tanh, ":")]:
        ax.plot(x, two_layers(x, first, second, activation), style, label=name)
    ax.set(xlabel="input x", ylabel="output y", title="Two layers with the same random weights")
    ax.legend(title="between them")
    show(figure, "ex02_stacks")

# %% [markdown]
# Without an activation the second layer was useless. To see why, insert $h$ into $y$ and multiply out. Then write the
# function that turns two layers into the single layer that does the same.


# %%
def collapse(first, second):
    """Return the one linear layer that does the same as two in a row with nothing between them.

    Parameters
    ----------
    first : tuple of two arrays
        Weights of shape (n_hidden, n_inputs) and bias of shape (n_hidden,) of the layer that x meets first.
    second : tuple of two arrays
        Weights of shape (n_outputs, n_hidden) and bias of shape (n_outputs,) of the layer behind it.

    Returns
    -------
    weights : array of shape (n_outputs, n_inputs)
    bias : array of shape (n_outputs,)
    """
    raise NotImplementedError(
        "Task 3: return W and b such that W x + b = W₂ (W₁ x + b₁) + b₂ for every x; two arrays."
    )


# %%
if __name__ == "__main__":
    weights, bias = collapse(first, second)
    difference = affine(x, weights, bias) - two_layers(x, first, second, nothing)
    print(
        f"two layers with {sum(array.size for array in first + second)} parameters: y = W₂ (W₁ x + b₁) + b₂"
    )
    print(f"one layer with 2 parameters: y = {np.squeeze(weights):.3f} x + {np.squeeze(bias):.3f}")
    print(f"their outputs differ by {np.max(np.abs(difference)):.0e} at most")

# %% [markdown]
# ## Task 4: a hat from three ReLUs
#
# With ReLU between the layers the output is a line with kinks. The function $\operatorname{relu}(x - a)$ is zero up to
# $x = a$ and rises with slope 1 beyond. A factor in front of it changes that slope, and in a sum the slopes add up. So
# with a few ReLUs you can draw. Build a *hat*: a triangle that rises from 0 at $x = 0$ to 1 at $x = 1$, falls back to 0
# at $x = 2$, and is zero everywhere else.


# %%
def hat(x):
    """Return a triangle of height 1 at x = 1 that is zero outside of [0, 2].

    Parameters
    ----------
    x : number, or array of any shape

    Returns
    -------
    number, or array of the shape of x
    """
    raise NotImplementedError(
        "Task 4: return the hat as a sum of three ReLUs of x, each shifted and with a factor in front."
    )


# %% [markdown]
# The next cell reads the kinks off your hat, as the places where its slope changes, and draws the ReLU that belongs to
# each.


# %%
def plot_parts(ax, function):
    """Draw a straight line with kinks, and the ReLUs that it is the sum of."""
    x = np.linspace(-1, 3, 81)
    slopes = np.diff(function(x)) / np.diff(x)
    ax.plot(x, function(x), color="black", linewidth=3, label="hat(x)")
    for index in np.flatnonzero(np.abs(np.diff(slopes)) > 0.01):
        change, kink = slopes[index + 1] - slopes[index], x[index + 1]
        label = f"{change:+.2g} relu(x − {kink:.2g})".replace("-", "−")
        ax.plot(x[x >= kink], change * relu(x[x >= kink] - kink), "--", label=label)
    ax.set(xlabel="x", ylabel="y", title="A hat and its parts")
    ax.legend(fontsize="small")


# %%
if __name__ == "__main__":
    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    plot_parts(ax, hat)
    show(figure, "ex02_hat")

# %% [markdown]
# The hat is a network: one input, three hidden nodes with ReLU, one output. Hats side by side, each with a height of
# its own, follow any curve. Exercise 9 shows how many it takes.

# %% [markdown]
# ## Task 5: answer
#
# Which activation function is a nice one for the hidden layers of a deep network? The lower panel of the first
# picture helps.
#
# - **a** Sigmoid, since it is inspired by the neurons of the brain.
# - **b** Tanh, since it allows for negative values as well.
# - **c** ReLU, since it is simple, and its slope is 1 for all z > 0.
#
# And a network without activation functions: 3 inputs, ten hidden layers of 100 nodes each, 2 outputs. Its 91 502
# parameters are trained. What can it represent?
#
# - **a** More than a single layer can: it has far more parameters.
# - **b** Exactly what a single linear layer can, and nothing else.
# - **c** Curves as well, provided that it is trained long enough.

# %%
# Task 5: answer both questions: "a", "b" or "c".
ANSWERS = {"nice": None, "stack": None}

# %% [markdown]
# ## The convention for weights
#
# | | a layer on paper | in code, samples as rows | shape of the weights |
# |---|---|---|---|
# | exercises 1 and 2, the slides | $W x + b$ | `x @ weights.T + bias` | (n_outputs, n_inputs) |
# | from exercise 3 on, Keras | $x W + b$ | `x @ weights + bias` | (n_inputs, n_outputs) |
#
# On paper a sample is a column, and the matrix stands on its left. In an array of data a sample is a **row**. With rows
# it is simpler to put the matrix on the right and to store it that way: no transpose is needed, and the layers of a
# stack are written in the order in which a sample meets them, `x @ weights_1 @ weights_2`. Keras stores its weights in
# this way and calls them *kernel*. The two conventions describe the same layers, with $W$ transposed.

# %% [markdown]
# ## If something looks wrong
#
# - `overflow encountered in exp`: somewhere the exponent is large and positive, perhaps only in a value that is not
#   used.
# - The sigmoid is `nan` at 1000: it is inf/inf there; this form is good for negative x only.
# - The derivative of the sigmoid becomes negative: σ′ is a product of values of σ, not of x.
# - A `ValueError` about shapes in `collapse`: the matrices stand in the wrong order.
# - The hat falls below zero and never stops: its last kink is missing.

# %% [markdown]
# ## Try it yourself
#
# - Write three more activations: leaky ReLU ($x$ for $x > 0$, else $0.1 x$), softplus, $\ln(1 + e^x)$, and GELU,
#   $x\, \Phi(x)$ with `scipy.stats.norm.cdf` for $\Phi$. What is the value of each at $-3$, and what is its largest
#   slope between $-4$ and 4? (`centred_difference` gives the slopes.)
# - Take the largest slope of all six to the power of ten. Which of them can make a gradient grow?
# - Build a hat that is zero outside of [2, 5] and 3 high at $x = 4$.

