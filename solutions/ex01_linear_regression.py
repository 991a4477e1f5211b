# /// exercise
# title = "Linear regression"
# goals = [
#     "write a model with parameters, an objective and its gradient in NumPy",
#     "train it with gradient descent, and find the learning rate at which that diverges",
#     "explain why the loss of this model, and of hardly any other, is a parabola",
# ]
# minutes = 35
# task_minutes = [6, 6, 6, 6, 4]
# difficulty = 1
# prerequisites = []
# slides = [
#     "Data, Model, Objective, Train",
#     "Gradient Descent",
#     "Parabolic?",
#     "Multidimensional Linear Models",
#     "Learning Rate",
# ]
# book = ["2", "4"]
# ///

# %% [markdown]
# # Exercise 1 · Linear regression
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
    # TASK 1: return W x + b for every row of x, shape (n_samples, n_outputs).
    # HINT 1: For a single sample it is `weights @ sample`. Which of the two shapes must be transposed for all rows?
    # HINT 1: `a @ b` takes the rows of a and the columns of b; `b.T` has the rows of b as its columns.
    # BEGIN SOLUTION
    return x @ weights.T + bias
    # END SOLUTION


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
    # TASK 1: return the mean of the squared differences over all samples and outputs, one number.
    # HINT 1: Square first, then average: the other way round, errors of opposite sign would cancel.
    # HINT 1: Without `axis`, `np.mean` averages over everything.
    # BEGIN SOLUTION
    return np.mean((y_predicted - y) ** 2)
    # END SOLUTION


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
    # TASK 2: return the derivatives of the mean squared error, one with the shape of weights, one with that of bias.
    # HINT 2: W_jl changes only the residuals of output j, each by the input x_il.
    # HINT 2: ∂J/∂W_jl = 2/(n k) Σ_i r_ij x_il and ∂J/∂b_j = 2/(n k) Σ_i r_ij, where n k is `y.size`.
    # HINT 2: A sum over i of a_ij b_il is the matrix product `a.T @ b`.
    # BEGIN SOLUTION
    residuals = predict(x, weights, bias) - y
    scale = 2 / residuals.size
    return scale * residuals.T @ x, scale * residuals.sum(axis=0)
    # END SOLUTION


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
    # TASK 3: start at zero, take n_steps steps against the gradient, return weights, bias and the losses.
    # HINT 3: What has to be known before the first parameter changes?
    # HINT 3: In each step: note the loss, compute both gradients, and only then update both parameters.
    # HINT 3: The start is an array of zeros for each parameter; `x.shape[1]` is the number of inputs.
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
    # TASK 4: return 2 / λmax of the Hessian matrix 2/(nk) XᵀX, where X is x with a column of ones; one number.
    # HINT 4: How many parameters belong to one output? H has as many rows and columns.
    # HINT 4: `np.column_stack` puts a column beside x, and `np.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix.
    # BEGIN SOLUTION
    extended = np.column_stack([x, np.ones(len(x))])
    hessian = 2 / (len(x) * n_outputs) * extended.T @ extended
    return 2 / np.linalg.eigvalsh(hessian).max()
    # END SOLUTION


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
# TASK 5: before you run the next cell, say what you expect: "a", "b" or "c".
# STUB: PREDICTIONS = {"valley": None}
# BEGIN SOLUTION
PREDICTIONS = {"valley": "b"}
# END SOLUTION


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
# TASK 5: answer both questions: "a", "b" or "c".
# HINT 5: Which powers of the parameters appear when you write out the square of W x + b − y?
# HINT 5: Does the loss of y = tanh(w x) still grow without end for large w?
# STUB: ANSWERS = {"shift": None, "parabola": None}
# BEGIN SOLUTION
ANSWERS = {"shift": "a", "parabola": "c"}
# END SOLUTION

# %% [markdown]
# ## If something looks wrong
#
# - The losses grow although the rate is small: the step goes uphill; mind the sign. <!-- mistake: uphill -->
# - The fitted line passes through the origin: the bias is not updated.
#   <!-- mistake: the bias stays at zero -->
# - A `ValueError` about shapes in `@`: one of the matrices must be transposed.
#   <!-- mistake: the weights are not transposed -->
# - The descent is twice as slow as it should be: the factor 2 of the square is missing.
#   <!-- mistake: the factor two is missing -->

# %% [markdown]
# ## Try it yourself
#
# - Subtract the mean load before the fit. How many steps does the descent need now, and why?
# - Replace the square by the absolute value. Is the loss surface still smooth? Where is its gradient zero?
# - Set one measured length to 50 cm. How far does this single outlier pull the line?

# %% [markdown] tags=["solution"]
# ## Commentary
#
# A model, an objective and a gradient are all that training needs, and the shapes of the gradients are half of their
# derivation. The curvature sets the rate: here its eigenvalues are 0.50 and 12.65, so the limit is 2/12.65 = 0.158, and
# at that rate the flat direction is 25 times slower than the steep one. The loss is a parabola only since the model
# is linear *in its parameters*; a fit of $w_1 x + w_2 x^2$ would be as good, one of $\tanh(w x)$ not.
#
# Another way: put the bias into the weights. With a column of ones beside $x$ there is only one matrix to update, and
# $J = \frac{1}{nk} \lVert X \theta - y \rVert^2$ has the gradient $\frac{2}{nk} X^\mathsf{T} (X\theta - y)$.
#
# The spring has a slope of (3.01 ± 0.18) cm/N, hence $D = (33.2 ± 2.0)$ N/m; 33.3 N/m was put in.
#
# Answers to "Try it yourself":
#
# - With the mean load subtracted the curvatures are 2.00 and 3.15 in place of 0.50 and 12.65: the valley becomes a
#   bowl. At the rate 0.1 the loss is within 0.01 % of its minimum after 36 steps instead of 122; at 0.36, which diverged
#   before, after 7. With `load + 100` the limit falls from 0.158 to 0.0001.
# - The absolute value has a kink where a residual is zero, so the loss surface is made of flat facets. Its gradient
#   keeps its length up to the minimum, and descent with a constant rate jumps about it for ever.
# - A last length of 50 cm pulls the slope from 3.0 to 6.3 cm/N. With the absolute value it stays at 3.0 cm/N: half of the
#   points must move before a median does.
