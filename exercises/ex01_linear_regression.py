# %% [markdown]
# # Exercise 1 · Linear regression
#
# 35 minutes · difficulty ★☆☆ · 24 points
#
# - Minutes for the tasks: 6, 6, 6, 6, 4
# - Slides: Data, Model, Objective, Train · Gradient Descent · Parabolic? · Multidimensional Linear Models
#   · Learning Rate
# - Book: *Deep Learning for Physics Research*, chapters 2, 4
#
# You will learn to
#
# - write a model with parameters, an objective and its gradient in NumPy
# - train it with gradient descent, and find the learning rate at which that diverges
# - explain why the loss of this model, and of hardly any other, is a parabola
#
# Hang weights on a spring and measure its length: Hooke's law says that the length grows linearly with the load.
# Fitting that straight line is the smallest case of *training*, and it has the same four parts as every other:
# **data**, a **model** with parameters, an **objective** that says how wrong it is, and an **optimizer** that
# improves the parameters step by step. Every network of this course is trained in this way; only the model grows.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: the model and the objective
#
# For inputs $x \in \mathbb{R}^m$ and outputs $y \in \mathbb{R}^k$ the linear model is
#
# $$\hat y = W x + b, \qquad W \in \mathbb{R}^{k \times m}, \quad b \in \mathbb{R}^k .$$
#
# The $n$ samples of a data set are the rows of an array, so `x` has the shape $(n, m)$ and `y` the shape $(n, k)$.
# The objective is the *mean squared error*, here the mean over samples **and** outputs:
#
# $$J = \frac{1}{n k} \sum_{i=1}^{n} \sum_{j=1}^{k} \left(\hat y_{ij} - y_{ij}\right)^2 .$$
#
# (The slides divide by $n$ only. Keras divides by both, and so do we; the minimum is at the same place.)


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
    raise NotImplementedError("Task 1: return W x + b for every row of x, shape (n_samples, n_outputs).")


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
    raise NotImplementedError(
        "Task 1: return the mean of the squared differences over all samples and outputs, one number."
    )


# %% [markdown]
# ## Task 2: the gradient
#
# Call the residuals $r_{ij} = \hat y_{ij} - y_{ij}$. With one input and one output, $J = \frac1n \sum_i r_i^2$ and
# $r_i = w x_i + b - y_i$, so the chain rule gives
#
# $$\frac{\partial J}{\partial w} = \frac{2}{n} \sum_i r_i\, x_i, \qquad
#   \frac{\partial J}{\partial b} = \frac{2}{n} \sum_i r_i .$$
#
# Now for any number of inputs and outputs. Which residuals does $W_{jl}$ change, and by how much? Two checks help:
# a gradient has the shape of its parameter, and with one input and one output the formulas above must come out.


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
    raise NotImplementedError(
        "Task 2: return the derivatives of the mean squared error, one with the shape of weights, one "
        "with that of bias."
    )


# %% [markdown]
# ## Task 3: gradient descent
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
    raise NotImplementedError(
        "Task 3: start at zero, take n_steps steps against the gradient, return weights, bias and the "
        "losses."
    )


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
    ax.errorbar(load[:, 0], length[:, 0], 0.8, fmt="o", color="black", label="measured")
    for steps, style in zip(n_steps, [":", "--", "-"], strict=True):
        weights, bias, _ = gradient_descent(load, length, learning_rate=0.1, n_steps=steps)
        line = f"after {steps} steps: {np.squeeze(weights):.2f} cm/N · load + {np.squeeze(bias):.2f} cm"
        ax.plot(load, predict(load, weights, bias), style, color="tab:blue", label=line)
    ax.set(xlabel="load / N", ylabel="length / cm", title="The fit before and after training")
    ax.legend(fontsize="small")


# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    load, length = measure_spring()
    weights, bias = np.zeros((1, 1)), np.zeros(1)
    print(f"loss before training: {mean_squared_error(predict(load, weights, bias), length):.1f} cm²")
    slopes = [float(np.squeeze(part)) for part in gradient(load, length, weights, bias)]
    print(f"gradient there: {slopes[0]:.1f} cm N for the slope, {slopes[1]:.1f} cm for the offset")

    figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    plot_fit(ax, load, length, n_steps=[0, 5, 200])
    show(figure, "ex01_fit")

# %% [markdown]
# A stiff spring has a small slope: the spring constant is $D = 1/\text{slope}$. The straight line has an exact
# solution, *least squares*, and its error follows from that of the measurements. Descent must arrive there.

# %%
if __name__ == "__main__":
    weights, bias, _ = gradient_descent(load, length, learning_rate=0.1, n_steps=200)
    (slope, offset), covariance = np.polyfit(load[:, 0], length[:, 0], 1, cov="unscaled")
    error = 0.8 * np.sqrt(covariance[0, 0])
    print(f"descent:       {np.squeeze(weights):.4f} cm/N and {np.squeeze(bias):.4f} cm")
    print(f"least squares: {slope:.4f} cm/N and {offset:.4f} cm")
    print(
        f"slope ({slope:.2f} ± {error:.2f}) cm/N, D = ({100 / slope:.1f} ± {100 * error / slope**2:.1f}) N/m"
    )

# %% [markdown]
# ## Task 4: the largest stable learning rate
#
# Near its minimum every smooth loss is a parabola in each direction, $J \approx \frac12 \lambda\, \xi^2$, with the
# *curvature* $\lambda$. A step takes $\xi$ to $(1 - \alpha\lambda)\,\xi$. That shrinks for $0 < \alpha < 2/\lambda$, and
# grows without end above: the steepest direction sets the limit.
#
# The curvatures are the eigenvalues of the Hessian matrix of $J$. For the parameters of one output it is
#
# $$H = \frac{2}{n k}\, X^\mathsf{T} X, \qquad X = (x \;\; 1) ,$$
#
# where $X$ is $x$ with a column of ones for the bias. It does not depend on $y$.


# %%
def largest_stable_rate(x, n_outputs):
    """Return the learning rate above which gradient descent on the linear model diverges.

    Parameters
    ----------
    x : array of shape (n_samples, n_inputs)
    n_outputs : int
        The number k of outputs.

    Returns
    -------
    float
        2 / λmax, with the largest eigenvalue of the Hessian matrix of the mean squared error.
    """
    raise NotImplementedError(
        "Task 4: return 2 / λmax of the Hessian matrix 2/(nk) XᵀX, where X is x with a column of ones;"
        " one number."
    )


# %% [markdown]
# ## Task 5: predict, run, answer
#
# The next picture shows the loss of the spring over slope and offset, and the path of the descent for the rates 0.01,
# 0.1 and 0.18. The surface is a valley, and the last rate is above the limit. Before you run the cell: in which
# direction will the steps of the last one grow?
#
# - **a** Along the floor of the valley, which is long.
# - **b** Across it, from one wall to the other and back.
# - **c** In every direction, all at the same pace.

# %%
# Task 5: before you run the next cell, say what you expect: "a", "b" or "c".
PREDICTIONS = {"valley": None}


# %%
def plot_descent(ax, load, length, learning_rate, n_steps, extent):
    """Draw the loss surface over slope and offset, the path of the descent on it, and where it should end."""

    def loss(parameters):
        lines = parameters[:, :1] * load[:, 0] + parameters[:, 1:]
        return np.mean((lines - length[:, 0]) ** 2, axis=1)

    steps = [gradient_descent(load, length, learning_rate, n) for n in range(n_steps + 1)]
    path = np.array([[np.squeeze(weights), np.squeeze(bias)] for weights, bias, _ in steps])
    loss_surface_path(ax, loss, path, extent=extent, labels=("slope / (cm/N)", "offset / cm"))
    ax.plot(*np.polyfit(load[:, 0], length[:, 0], 1), "x", color="tab:red", label="least squares")
    ax.legend(loc="lower right", fontsize="small")
    ax.set_title(f"{n_steps} steps at the rate {learning_rate}")


# %%
if __name__ == "__main__":
    from dlp_keras.plots import loss_surface_path

    print(f"largest stable rate: {largest_stable_rate(load, n_outputs=1):.4f}")
    figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    near, wide = (-3, 9, -2, 13), (-22, 28, -8, 19)
    plot_descent(axes[0], load, length, learning_rate=0.01, n_steps=40, extent=near)
    plot_descent(axes[1], load, length, learning_rate=0.1, n_steps=40, extent=near)
    plot_descent(axes[2], load, length, learning_rate=0.18, n_steps=5, extent=wide)
    show(figure, "ex01_descent")

# %% [markdown]
# The same functions work for several inputs and outputs. Three coils with the currents $I_1, I_2, I_3$ make a magnetic
# field with the components $B_x$ and $B_y$, on top of that of the Earth. Six coefficients and two offsets are fitted
# at once, at half of the largest stable rate.

# %%
if __name__ == "__main__":
    rng = np.random.default_rng(2)
    coefficients, earth = np.array([[1.2, -0.4, 0.3], [0.1, 0.9, -0.7]]), np.array([0.02, 0.05])
    currents = rng.uniform(-1, 1, (50, 3))  # ampere
    field = predict(currents, coefficients, earth) + rng.normal(0, 0.01, (50, 2))  # millitesla
    rate = largest_stable_rate(currents, n_outputs=2) / 2
    weights, bias, losses = gradient_descent(currents, field, rate, n_steps=100)
    print(f"rate {rate:.2f}, root mean squared error {losses[-1] ** 0.5:.4f} mT (noise 0.01 mT)")
    print(
        "coefficients in mT/A:",
        *np.round(np.asarray(weights, float), 2).tolist(),
        "  offsets in mT:",
        np.round(np.asarray(bias, float), 2).tolist(),
    )

# %% [markdown]
# Now shift the loads, as if a bucket of 100 N always hung on the spring: try `largest_stable_rate(load + 100, 1)`. How
# does the largest stable rate change?
#
# - **a** It becomes far smaller: the curvature grows with the square of the inputs.
# - **b** It stays the same: only the spread of the inputs matters, not their mean.
# - **c** It becomes larger: larger inputs make larger gradients, so steps may be larger.
#
# And when is the loss surface a parabola, as it is here?
#
# - **a** Always: the objective is a square, whatever the model.
# - **b** Never exactly: it only looks like one near the minimum.
# - **c** In a special case only: a model linear in its parameters, and squares.

# %%
# Task 5: answer both questions: "a", "b" or "c".
ANSWERS = {"shift": None, "parabola": None}

# %% [markdown]
# ## If something looks wrong
#
# - The losses grow although the rate is small: the step goes uphill; mind the sign.
# - The fitted line passes through the origin: the bias is not updated.
# - A `ValueError` about shapes in `@`: one of the matrices must be transposed.
# - The descent is twice as slow as it should be: the factor 2 of the square is missing.

# %% [markdown]
# ## Try it yourself
#
# - Subtract the mean load before the fit. How many steps does the descent need now, and why?
# - Replace the square by the absolute value. Is the loss surface still smooth? Where is its gradient zero?
# - Set one measured length to 50 cm. How far does this single outlier pull the line?

