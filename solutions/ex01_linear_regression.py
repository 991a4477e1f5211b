# /// exercise
# title = "Linear regression"
# goals = [
#     "write a model with parameters, an objective and its gradient in NumPy",
#     "train it with gradient descent and see when that diverges",
#     "explain why the loss of this model, and of hardly any other, is a parabola",
# ]
# minutes = 40
# difficulty = 1
# prerequisites = []
# ///

# %% [markdown]
# # Exercise 1 · Linear regression
#
# Hang weights on a spring and measure its length: Hooke's law says that the length grows linearly with the load.
# Fitting that straight line is the smallest case of *training*: a **model** with parameters, an **objective**
# that says how wrong it is, and an **optimizer** that improves the parameters step by step. Every network of
# this course is trained in the same way; only the model gets bigger.
#
# For inputs $x \in \mathbb{R}^m$ and outputs $y \in \mathbb{R}^k$ the linear model is
#
# $$\hat y = W x + b, \qquad W \in \mathbb{R}^{k \times m}, \quad b \in \mathbb{R}^k .$$
#
# The $n$ samples of a data set are the rows of an array, so `x` has the shape $(n, m)$ and `y` the shape $(n, k)$.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: the model


# %%
def predict(x, weights, bias):
    """Apply the linear model to every sample.

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
    # TASK 1: return W x + b for every row of x, shape (n_samples, n_outputs).
    # HINT 1: `x @ a` multiplies every row of x by the columns of a. Which of the two shapes must be transposed?
    # HINT 1: W x for one sample is `weights @ x[0]`; for all of them at once it is `x @ weights.T`.
    # BEGIN SOLUTION
    return x @ weights.T + bias
    # END SOLUTION


# %% [markdown]
# ## Task 2: the objective
#
# The *mean squared error* averages over samples **and** outputs:
#
# $$J = \frac{1}{n k} \sum_{i=1}^{n} \sum_{j=1}^{k} \left(\hat y_{ij} - y_{ij}\right)^2 .$$


# %%
def mean_squared_error(y_predicted, y):
    """Return the mean squared error.

    Parameters
    ----------
    y_predicted, y : arrays of shape (n_samples, n_outputs)

    Returns
    -------
    float
    """
    # TASK 2: return the mean of the squared differences over all samples and outputs, one number.
    # HINT 2: Square the difference first, then average. `np.mean` without `axis` averages over everything.
    # BEGIN SOLUTION
    return np.mean((y_predicted - y) ** 2)
    # END SOLUTION


# %% [markdown]
# ## Task 3: the gradient
#
# With the residuals $r = \hat y - y$, the chain rule gives
#
# $$\frac{\partial J}{\partial W_{jl}} = \frac{2}{n k} \sum_i r_{ij}\, x_{il}, \qquad
#   \frac{\partial J}{\partial b_j} = \frac{2}{n k} \sum_i r_{ij} .$$
#
# A gradient has the shape of its parameter. That alone finds most mistakes.


# %%
def gradient(x, y, weights, bias):
    """Return the gradient of the mean squared error of the linear model.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    y : array of shape (n_samples, n_outputs)
    weights : array of shape (n_outputs, n_inputs)
    bias : array of shape (n_outputs,)

    Returns
    -------
    weights_gradient : array of shape (n_outputs, n_inputs)
    bias_gradient : array of shape (n_outputs,)
    """
    # TASK 3: return (2/nk) Σ r x with the shape of weights and (2/nk) Σ r with the shape of bias.
    # HINT 3: The residuals are `predict(x, weights, bias) - y`, and n k is their number of elements, `.size`.
    # HINT 3: The sum over the samples i of r_ij x_il is a matrix product: `residuals.T @ x`.
    # BEGIN SOLUTION
    residuals = predict(x, weights, bias) - y
    scale = 2 / residuals.size
    return scale * residuals.T @ x, scale * residuals.sum(axis=0)
    # END SOLUTION


# %% [markdown]
# ## Task 4: gradient descent
#
# Start with all parameters at zero and walk downhill with the *learning rate* $\alpha$:
#
# $$W \leftarrow W - \alpha \frac{\partial J}{\partial W}, \qquad b \leftarrow b - \alpha \frac{\partial J}{\partial b} .$$


# %%
def gradient_descent(x, y, learning_rate, n_steps):
    """Fit the linear model by gradient descent on all samples, starting at zero.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    y : array of shape (n_samples, n_outputs)
    learning_rate : float
    n_steps : int

    Returns
    -------
    weights : array of shape (n_outputs, n_inputs)
    bias : array of shape (n_outputs,)
    losses : list of float
        The mean squared error before each of the steps: n_steps numbers.
    """
    # TASK 4: start at zero, take n_steps steps against the gradient, return weights, bias and the losses.
    # HINT 4: In each step: note the loss, compute both gradients, then update both parameters.
    # HINT 4: `weights = weights - learning_rate * weights_gradient`, and the same for the bias.
    # BEGIN SOLUTION
    weights, bias = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1])
    losses = []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, weights, bias), y))
        weights_gradient, bias_gradient = gradient(x, y, weights, bias)
        weights = weights - learning_rate * weights_gradient
        bias = bias - learning_rate * bias_gradient
    return weights, bias, losses
    # END SOLUTION


# %% [markdown]
# ## The spring
#
# Twelve measurements of the length of a spring, each with an uncertainty of 0.8 cm.


# %%
def measure_spring(n_samples=12, seed=1):
    """Measure a spring.

    Returns
    -------
    load : array of shape (n_samples, 1)
        In newton, from 0 to 4.
    length : array of shape (n_samples, 1)
        In centimetres: 6 cm plus 3 cm for each newton, with an uncertainty of 0.8 cm.
    """
    rng = np.random.default_rng(seed)
    load = np.linspace(0, 4, n_samples)[:, np.newaxis]
    return load, 6 + 3 * load + rng.normal(0, 0.8, load.shape)


# %%
def plot_fit(ax, load, length, n_steps):
    """Draw the measurements and the line after some numbers of steps."""
    ax.plot(load, length, "o", color="black", label="measured")
    for steps, style in zip(n_steps, [":", "--", "-"], strict=True):
        weights, bias, _ = gradient_descent(load, length, learning_rate=0.1, n_steps=steps)
        line = f"after {steps} steps: {weights.item():.2f} cm/N · load + {bias.item():.2f} cm"
        ax.plot(load, predict(load, weights, bias), style, color="tab:blue", label=line)
    ax.set(xlabel="load / N", ylabel="length / cm", title="The fit before and after training")
    ax.legend(fontsize="small")


# %%
def plot_descent(ax, load, length, learning_rate, n_steps):
    """Draw the loss surface over weight and bias, and the path of the descent on it."""
    grid_weights, grid_bias = np.meshgrid(np.linspace(-2, 8, 80), np.linspace(-3, 13, 80))
    predictions = grid_weights[..., np.newaxis] * load[:, 0] + grid_bias[..., np.newaxis]
    surface = np.mean((predictions - length[:, 0]) ** 2, axis=-1)
    ax.contourf(grid_weights, grid_bias, np.log10(surface), 20, cmap="Greys_r")
    path = [gradient_descent(load, length, learning_rate, n) for n in range(n_steps)]
    weights, bias = [p[0].item() for p in path], [p[1].item() for p in path]
    ax.plot(weights, bias, ".-", color="tab:orange")
    ax.set(xlim=(-2, 8), ylim=(-3, 13), xlabel="weight / (cm/N)")
    ax.set_title(f"{n_steps} steps at the rate {learning_rate}")


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    load, length = measure_spring()
    weights, bias = np.zeros((1, 1)), np.zeros(1)
    print(f"loss before training: {mean_squared_error(predict(load, weights, bias), length):.1f} cm²")
    print("gradient there:", *gradient(load, length, weights, bias))

    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    plot_fit(ax, load, length, n_steps=[0, 5, 200])
    show(figure, "ex01_fit")

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 3, figsize=(11, 4), sharey=True, layout="constrained")
    for ax, learning_rate, n_steps in zip(axes, [0.01, 0.1, 0.18], [40, 40, 8], strict=True):
        plot_descent(ax, load, length, learning_rate, n_steps)
    axes[0].set_ylabel("bias / cm")
    figure.suptitle("The loss surface (brighter is higher, logarithmic) and the path on it")
    show(figure, "ex01_descent")

# %% [markdown]
# The loss is a valley, steep in one direction and flat in another. A small rate crawls along its floor, a large
# one bounces between its walls. The steepest curvature $\lambda_\text{max}$, the largest eigenvalue of the Hessian
# matrix, sets the limit: above $\alpha = 2/\lambda_\text{max}$ the steps in the steep direction grow without end.
#
# ## Task 5: the question
#
# Is the loss surface always a parabola, as it is here?
#
# - **a** Yes, as long as the objective is the mean squared error.
# - **b** Only in the special case of linear regression with the mean squared error: a model linear in its parameters.
# - **c** Yes, for every network, since gradient descent needs a single minimum.

# %%
# TASK 5: answer "a", "b" or "c".
# HINT 5: Which powers of the parameters appear when you write out the square of W x + b − y?
# HINT 5: Does the loss of y = tanh(w x) still grow without end for large w?
# STUB: ANSWERS = {"parabola": None}
# BEGIN SOLUTION
ANSWERS = {"parabola": "b"}
# END SOLUTION

# %% [markdown]
# ## Try it yourself
#
# - Shift the loads by 100 N (`load + 100`). Why does the same learning rate diverge now, and what does subtracting
#   the mean load first change?
# - Replace the square by the absolute value. Is the loss surface still smooth? Where is its gradient zero?
# - Set one measured length to 50 cm. How far does this single outlier pull the line?
