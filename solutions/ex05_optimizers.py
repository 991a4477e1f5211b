# /// exercise
# title = "Optimizers"
# goals = [
#     "cut data into minibatches, and say what their noise costs and what they save",
#     "write momentum, Adagrad and Adam as they stand in Keras, and a rate that falls on a plateau",
#     "see on a map which weakness of plain descent each of them cures",
# ]
# minutes = 60
# task_minutes = [8, 6, 14, 10, 14]
# difficulty = 2
# prerequisites = ["ex01"]
# slides = [
#     "Objective as a Sum",
#     "Learning Rate",
#     "Reduce on Plateau",
#     "Stochastic Gradient Descent",
#     "Momentum",
#     "Advanced Optimizer",
#     "Convergence Behavior of Optimizers",
# ]
# book = ["4"]
# ///

# %% [markdown]
# # Exercise 5 · Optimizers
#
# An *optimizer* turns gradients into steps. Plain gradient descent, $\theta \leftarrow \theta - \alpha \nabla J$, has
# four weaknesses. Each step needs all the data. Along the floor of a ravine it creeps, while across it the rate is at
# its limit. All parameters share one rate. And that rate never changes. There is a cure for each: you write them,
# prove them against Keras's own, and let them race.

# %%
import numpy as np

# %% [markdown]
# ## Task 1: minibatches
#
# The objective is a mean over all $n$ samples. The mean over $b$ of them, a *minibatch*, has nearly the same gradient
# and costs $n/b$ times less. *Stochastic gradient descent* shuffles the samples, cuts them into batches, makes one
# update with each batch, and begins again. Once through all samples is an *epoch*. Where $b$ does not divide $n$, the
# last batch of an epoch is smaller.


# %%
def minibatches(x, y, batch_size, rng):
    """Shuffle samples and cut them into batches, for one epoch.

    Parameters
    ----------
    x : array of shape (n_samples, …)
    y : array of shape (n_samples, …)
        The target of each sample.
    batch_size : int
        At least 1; it may be larger than n_samples.
    rng : numpy.random.Generator
        The order of the samples is drawn from it.

    Returns
    -------
    list of (x, y)
        Pairs of arrays with batch_size samples each; the last one has what is left over. Every sample is in one
        batch.
    """
    # TASK 1: return a list of pairs (x, y) of batch_size samples each, in an order drawn from rng; the last may be
    #   smaller.
    # HINT 1: Do not shuffle x and y themselves: draw one order of the indices, and use it for both.
    # HINT 1: `rng.permutation` draws an order of 0 … n − 1, and an array of indices picks rows: `x[[4, 0, 2]]`.
    # HINT 1: A slice that runs past the end is cut there: `order[8:12]` of ten indices has two.
    # BEGIN SOLUTION
    order = rng.permutation(len(x))
    batches = [order[start : start + batch_size] for start in range(0, len(x), batch_size)]
    return [(x[batch], y[batch]) for batch in batches]
    # END SOLUTION


# %% [markdown]
# ## The noise of a minibatch
#
# A calorimeter measures the energy of a particle by the signals of its three layers. 256 particles of known energy
# calibrate it: how many GeV is the signal of each layer worth? That is a linear regression, as in exercise 1.


# %%
def measure_particles(n_samples=256, seed=1):
    """Measure particles of known energy in a calorimeter of three layers.

    Returns
    -------
    signals : array of shape (n_samples, 3)
        Of each layer: the distance from its mean, in units of its spread.
    energy : array of shape (n_samples,)
        In GeV, from the mean energy on; the signals determine it to within 1 GeV.
    """
    rng = np.random.default_rng(seed)
    signals = rng.normal(size=(n_samples, 3))
    return signals, signals @ [3.0, 2.0, 1.0] + rng.normal(0, 1, n_samples)


def mean_squared_error(x, y, weights):
    """Return the mean squared error of the linear model x @ weights."""
    return np.mean((x @ weights - y) ** 2)


def gradient(x, y, weights):
    """Return its gradient, shape (3,)."""
    return 2 / len(x) * (x @ weights - y) @ x


def run_epoch(x, y, weights, batch_size, learning_rate, rng):
    """Descend for one epoch; return the weights after each update, an array of shape (n_updates, 3)."""
    path = [weights]
    for x_batch, y_batch in minibatches(x, y, batch_size, rng):
        path.append(path[-1] - learning_rate * gradient(x_batch, y_batch, path[-1]))
    return np.array(path[1:])


def excess_losses(x, y, path):
    """Return by which share the losses along a path of weights exceed the smallest loss possible."""
    losses = np.array([mean_squared_error(x, y, weights) for weights in path])
    best = mean_squared_error(x, y, np.linalg.lstsq(x, y, rcond=None)[0])
    return losses / best - 1


# %% [markdown]
# How far does the gradient of a batch scatter about that of all samples? The batch is a random sample without
# repetition, so with the variance $\sigma^2$ of the gradients of single samples, statistics says
#
# $$\operatorname{Var}(\nabla_\text{batch}) = \frac{\sigma^2}{b} \cdot \frac{n - b}{n - 1} .$$

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    from dlp_keras.display import show

    signals, energy = measure_particles()
    rng, start = np.random.default_rng(2), np.zeros(3)
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
    single = np.var([gradient(signals[[i]], energy[[i]], start) for i in range(256)], axis=0).sum()
    for batch_size in (1, 16, 64, 256):
        batches = [batch for _ in range(100) for batch in minibatches(signals, energy, batch_size, rng)]
        scatter = np.var([gradient(*batch, start) for batch in batches], axis=0).sum()
        predicted = single / batch_size * (256 - batch_size) / 255
        path = [start]
        for _ in range(15):
            path.extend(run_epoch(signals, energy, path[-1], batch_size, learning_rate=0.1, rng=rng))
        excess = excess_losses(signals, energy, path)
        n_first = np.argmax(excess < 0.05) if (excess < 0.05).any() else "no"
        print(
            f"batch {batch_size:3}: variance {scatter:6.2f} GeV², predicted {predicted:6.2f} GeV²; "
            f"first within 5 % of the smallest loss after {n_first} updates"
        )
        n_updates = np.arange(len(path))
        axes[0].semilogy(n_updates, excess, label=f"batch {batch_size}")
        axes[1].semilogy(n_updates * batch_size / 256, excess, linewidth=0.8 if batch_size == 1 else 1.5)
    axes[0].set(xlabel="updates", ylabel="loss / smallest loss − 1", xlim=(0, 60), ylim=(1e-4, 20))
    axes[1].set(xlabel="epochs", xlim=(0, 15))
    for ax in axes:
        ax.axhline(0.05, color="black", linestyle=":", linewidth=1)
    axes[0].set_title("What counts is the number of updates …")
    axes[1].set_title("… and small batches get more of them from an epoch")
    axes[0].legend()
    show(figure, "ex05_batches")

# %% [markdown]
# ## Task 2: momentum
#
# In a ravine the gradient points from wall to wall, and hardly along the floor. A heavy ball does better: what
# changes its sign with every step cancels, and what keeps it adds up. Its *velocity* $z$ remembers all gradients, and
# forgets a share $1 - \beta$ of them in each step:
#
# $$z \leftarrow \beta z + \nabla J, \qquad \theta \leftarrow \theta - \alpha z .$$
#
# With $\beta = 0$ this is plain descent. With the largest curvature $\lambda$, the largest stable rate grows from
# $2/\lambda$ to $2(1 + \beta)/\lambda$.


# %%
def momentum_step(parameter, gradient, velocity, learning_rate, beta):
    """Take one step of gradient descent with momentum.

    Parameters
    ----------
    parameter, gradient : arrays of float, of the same shape
    velocity : array of that shape
        As returned by the last step; zeros before the first one.
    learning_rate : float
    beta : float
        In [0, 1): the share of the velocity that is kept.

    Returns
    -------
    parameter, velocity : arrays of the same shape
    """
    # TASK 2: return the new parameter and the new velocity, both of the shape of parameter: z ← βz + ∇J, then
    #   θ ← θ − αz.
    # HINT 2: Which of the two has to be computed first?
    # HINT 2: Make new arrays: `velocity *= …` would change the argument of whoever called you.
    # BEGIN SOLUTION
    velocity = beta * velocity + gradient
    return parameter - learning_rate * velocity, velocity
    # END SOLUTION


# %% [markdown]
# ## Task 3: a rate for each parameter
#
# The gradients of different parameters may differ by orders of magnitude. *Adagrad* divides each by its own history,
# the root of the sum of all its squares. The operations act on each parameter alone:
#
# $$G \leftarrow G + (\nabla J)^2, \qquad
#   \theta \leftarrow \theta - \alpha \, \frac{\nabla J}{\sqrt{G} + \varepsilon} ,$$
#
# where a tiny $\varepsilon$ turns $0/0$ into 0. The sum only grows, so the steps shrink for ever. *Adam* takes
# running means instead, of the gradient and of its square:
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, \nabla J, \qquad
#   v \leftarrow \beta_2 v + (1 - \beta_2)\, (\nabla J)^2 .$$
#
# Both start at zero, so at first both are too small. If the gradient is the same in every step, then after $t$ steps
# $m = (1 - \beta_1^t)\, \nabla J$. The *bias correction* takes this factor out, $\hat m = m/(1 - \beta_1^t)$, and $\hat v$
# is made likewise (with which factor?). The step is
#
# $$\theta \leftarrow \theta - \alpha \, \frac{\hat m}{\sqrt{\hat v} + \varepsilon} .$$


# %%
def adagrad_step(parameter, gradient, accumulator, learning_rate, epsilon=1e-7):
    """Take one step of Adagrad (Duchi, Hazan and Singer, 2011).

    Parameters
    ----------
    parameter, gradient : arrays of float, of the same shape
    accumulator : array of that shape
        The sum G of squares, as returned by the last step; zeros before the first one.
    learning_rate, epsilon : float

    Returns
    -------
    parameter, accumulator : arrays of the same shape
    """
    # TASK 3: return the new parameter and the new accumulator, both of the shape of parameter.
    # HINT 3: Does the G under the root contain the gradient of this step already?
    # BEGIN SOLUTION
    accumulator = accumulator + gradient**2
    return parameter - learning_rate * gradient / (np.sqrt(accumulator) + epsilon), accumulator
    # END SOLUTION


# %%
def adam_step(
    parameter, gradient, first, second, step, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """Take one step of Adam (Kingma and Ba, 2015).

    Parameters
    ----------
    parameter, gradient : arrays of float, of the same shape
    first, second : arrays of that shape
        The running means m and v, as returned by the last step; zeros before the first one.
    step : int
        The number t of this step, from 1 on.
    learning_rate, beta_1, beta_2, epsilon : float

    Returns
    -------
    parameter, first, second : arrays of the same shape
        The means without the correction of their bias.
    """
    # TASK 3: return the new parameter and both new means, the means without their correction, all of the shape of
    #   parameter.
    # HINT 3: What is v after one step, and by what must it be divided to become the square of the gradient?
    # HINT 3: Keep m and v as they are for the next step, and give their corrected values other names.
    # HINT 3: At the first step `beta_2**step` is 0.999: the corrected v is v / 0.001.
    # BEGIN SOLUTION
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    mean, square = first / (1 - beta_1**step), second / (1 - beta_2**step)
    return parameter - learning_rate * mean / (np.sqrt(square) + epsilon), first, second
    # END SOLUTION


# %% [markdown]
# ## Task 4: a smaller rate on a plateau
#
# A large rate is fast at first and too coarse later, above all with the noise of small batches. Nobody knows
# beforehand when to lower it, but the losses tell. One that is smaller than all before is an *improvement*. When
# `patience` losses in a row have been none, the rate is multiplied by `factor`, and the count starts again from zero.


# %%
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    """Return the learning rate for the next epoch.

    Parameters
    ----------
    losses : list of float
        The loss of each epoch so far; of any sign, and none before the first epoch.
    learning_rate : float
        The rate of the first epoch.
    factor : float
        In (0, 1): what the rate is multiplied by on a plateau.
    patience : int
        At least 1: the number of losses in a row without improvement that make a plateau. A loss equal to the
        best one is no improvement.

    Returns
    -------
    float
        The rate after these losses, reduced once for each plateau in them.
    """
    # TASK 4: return the rate after these losses, one number: times factor whenever patience losses in a row have
    #   brought no improvement.
    # HINT 4: What do you have to remember from loss to loss, beside the rate? There are two things.
    # HINT 4: Follow 9, 7, 8, 8 with a patience of 2 on paper. The first loss is better than `np.inf`.
    # HINT 4: The best loss stays when the rate falls; the count goes back to zero.
    # BEGIN SOLUTION
    best, n_waited = np.inf, 0
    for loss in losses:
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate
    # END SOLUTION


# %% [markdown]
# In the first picture, batches of one sample never settled. Here the rate falls on every plateau.

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    epochs = range(1, 81)
    for label, patience in [("constant", np.inf), ("reduced on a plateau", 5)]:
        rng, weights, losses, rates = np.random.default_rng(3), np.zeros(3), [], []
        for _ in epochs:
            rates.append(reduce_on_plateau(losses, 0.1, patience=patience))
            weights = run_epoch(signals, energy, weights, 1, rates[-1], rng)[-1]
            losses.append(mean_squared_error(signals, energy, weights))
        print(f"{label}: {np.mean(losses[-20:]):.3f} GeV² in the last 20 epochs, rate {rates[-1]:.4f}")
        axes[0].plot(epochs, losses, label=label)
        axes[1].step(epochs, rates, where="mid")
    axes[0].set(xlabel="epoch", ylabel="loss / GeV²", title="Batches of one sample")
    axes[0].legend()
    axes[1].set(xlabel="epoch", ylabel="learning rate", yscale="log", title="The rate of each epoch")
    show(figure, "ex05_plateau")

# %% [markdown]
# ## Task 5: predict, race, answer
#
# Two maps of parameters $\theta_1$ and $\theta_2$. The *ravine* is the parabola $\frac12 (\xi^2 + 50\, \eta^2)$, with 50
# times the curvature across that it has along, turned by 30° so that its floor follows neither axis. The *saddle* is
# $\theta_1^2 - \theta_2^2 + \theta_2^4/4$, with minima at $\theta_2 = \pm\sqrt2$: whoever comes down along $\theta_1$ finds
# hardly any gradient in $\theta_2$.


# %%
def rotation(degrees):
    """Return the matrix that turns a point of the plane about the origin."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, -sine], [sine, cosine]])


def ravine(points, degrees=30):
    """Return the heights of points (…, 2) in the ravine."""
    along, across = np.moveaxis(points @ rotation(degrees), -1, 0)
    return (along**2 + 50 * across**2) / 2


def ravine_gradient(point, degrees=30):
    """Return the gradient at one point, shape (2,)."""
    return rotation(degrees) @ ([1, 50] * (point @ rotation(degrees)))


def saddle(points):
    """Return the heights of points (…, 2) on the saddle."""
    x, y = np.moveaxis(points, -1, 0)
    return x**2 - y**2 + y**4 / 4


def saddle_gradient(point):
    """Return the gradient at one point, shape (2,)."""
    x, y = point
    return np.array([2 * x, y**3 - 2 * y])


# %% [markdown]
# For the race all optimizers get the same form: parameter, gradient, state and number of the step go in, parameter
# and state come out. The *state* is a dictionary, empty at first, for whatever an optimizer wants to remember.


# %%
def descent(parameter, gradient, state, step, learning_rate):
    """Take a step of plain descent."""
    return parameter - learning_rate * gradient, state


def momentum(parameter, gradient, state, step, learning_rate, beta=0.9):
    """Take a step with momentum."""
    velocity = state.get("velocity", np.zeros_like(gradient))
    parameter, velocity = momentum_step(parameter, gradient, velocity, learning_rate, beta)
    return parameter, {"velocity": velocity}


def adagrad(parameter, gradient, state, step, learning_rate):
    """Take a step of Adagrad."""
    accumulator = state.get("accumulator", np.zeros_like(gradient))
    parameter, accumulator = adagrad_step(parameter, gradient, accumulator, learning_rate)
    return parameter, {"accumulator": accumulator}


def adam(parameter, gradient, state, step, learning_rate, **betas):
    """Take a step of Adam, with `beta_1` and `beta_2` if they are given."""
    first, second = state.get("means", (np.zeros_like(gradient), np.zeros_like(gradient)))
    parameter, first, second = adam_step(parameter, gradient, first, second, step, learning_rate, **betas)
    return parameter, {"means": (first, second)}


def walk(take_step, gradient, start, n_steps, **settings):
    """Return the start and the point after each step, shape (n_steps + 1, 2)."""
    parameter, state, path = np.array(start), {}, [start]
    for step in range(1, n_steps + 1):
        parameter, state = take_step(parameter, gradient(parameter), state, step, **settings)
        path.append(parameter)
    return np.array(path)


# %% [markdown]
# All start on a wall of the ravine, at the same rate 0.03. Before you run the next cell: which one is lowest after
# 100 steps?
#
# - **a** plain descent
# - **b** momentum, with β = 0.9
# - **c** Adam

# %%
# TASK 5: before you run the next cell, say what you expect: "a", "b" or "c".
# STUB: PREDICTIONS = {"ravine": None}
# BEGIN SOLUTION
PREDICTIONS = {"ravine": "b"}
# END SOLUTION


# %%
def draw_map(ax, height, extent, levels, title):
    """Draw the contours of a map."""
    grid = evaluate_grid(height, extent)
    ax.contourf(grid, levels, extent=extent, cmap=SEQUENTIAL, alpha=0.5, extend="both")
    ax.set(xlim=extent[:2], ylim=extent[2:], aspect="equal", title=title)
    ax.set(xlabel="$\\theta_1$", ylabel="$\\theta_2$")


def animate(figure, axes, maps):
    """Let the paths on each map, a dictionary by name, grow by four steps a frame."""
    style = {"marker": ".", "markersize": 4, "linewidth": 1}
    lines = [
        (ax.plot([], [], color=COLORS[name], label=name, **style)[0], path)
        for ax, paths in zip(axes, maps, strict=True)
        for name, path in paths.items()
    ]

    def draw(n_steps):
        for line, path in lines:
            line.set_data(*path[: n_steps + 1].T)
        figure.suptitle(f"step {n_steps} of 100, learning rate 0.03")

    return FuncAnimation(figure, draw, frames=range(0, 101, 4))


# %%
if __name__ == "__main__":
    from matplotlib.animation import FuncAnimation

    from dlp_keras.display import show_animation
    from dlp_keras.plots import evaluate_grid
    from dlp_keras.plots.colors import SEQUENTIAL

    COLORS = {"descent": "black", "momentum": "tab:blue", "adam": "tab:red", "adagrad": "tab:green"}
    on_the_wall, beside_the_ridge = rotation(30) @ [-4, 1], np.array([-1.5, 1e-3])
    in_ravine, on_saddle = {}, {}
    for take in (descent, momentum, adam, adagrad):
        in_ravine[take.__name__] = walk(take, ravine_gradient, on_the_wall, 100, learning_rate=0.03)
        on_saddle[take.__name__] = walk(take, saddle_gradient, beside_the_ridge, 100, learning_rate=0.03)

    figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    draw_map(axes[0], ravine, (-5, 3, -3, 2), [0, 0.1, 1, 4, 10, 20, 40, 80, 160], "ravine")
    draw_map(axes[1], saddle, (-1.8, 1.8, -0.35, 1.9), np.linspace(-1, 3, 17), "saddle")
    race = animate(figure, axes, [in_ravine, on_saddle])
    axes[1].legend(loc="lower right", fontsize="small")
    show_animation(race, "ex05_race")
    for name in COLORS:
        heights = ravine(in_ravine[name][-1]), saddle(on_saddle[name][-1])
        print(f"{name:>8}: height {heights[0]:.2g} in the ravine, {heights[1]:.2f} on the saddle")

# %% [markdown]
# The race is not fair: a rate means something else to each of them. The steps of descent are 0.03 times the gradient,
# long on the wall and short on the floor. Adam divides by the size that the gradients have had: at first each parameter
# changes by about 0.03 a step, wherever it starts, and on the floor by less, since $v$ still remembers the wall. That is
# little here, and just what it takes beside the ridge of the saddle, where the gradient is tiny. So compare optimizers
# only at the best rate of each.

# %%
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
    for rate, label in [(0.004, "too small"), (0.0385, "good"), (0.0405, "too large")]:
        path = walk(descent, ravine_gradient, on_the_wall, 160, learning_rate=rate)
        axes[0].semilogy(ravine(path), label=f"{rate}: {label}")
    for take, rate in [(descent, 0.0385), (momentum, 0.011), (adagrad, 1.4), (adam, 0.7)]:
        path = walk(take, ravine_gradient, on_the_wall, 160, learning_rate=rate)
        axes[1].semilogy(ravine(path), color=COLORS[take.__name__], label=f"{take.__name__} at {rate}")
    axes[0].set(xlabel="step", ylabel="height", title="Plain descent at three rates")
    axes[1].set(xlabel="step", title="Each optimizer at a good rate of its own", ylim=(1e-6, 300))
    for ax in axes:
        ax.axhline(1e-3, color="black", linestyle=":", linewidth=1)
        ax.legend(fontsize="small")
    show(figure, "ex05_rates")

# %% [markdown]
# ## Task 5, the challenge: an optimizer of your own
#
# How few steps do you need to get below the height 0.001? The baseline is plain descent near its best rate: 115 steps.
# Your mark counts the steps in five ravines that you have not seen, turned by any angle, with the lowest point
# anywhere and with curvatures of 0.8 to 1.2 along the floor and 40 to 50 across. One point is for fewer than the
# baseline on average, a second one for at most 60. Things to change:
#
# - the rate and β of `momentum`. In theory β = 0.9 is for 1400 times the curvature across; what is for 50?
# - the rate of `adam`, its β₁ and β₂. How far back should it remember when the whole way has 50 steps?
# - the rate, with the number of the step. What is gained by a large one at first?
# - what the velocity adds: the gradient here, or that where the velocity is about to take you (Nesterov)?
# - what the difference of two gradients, and the way between them, tells about the curvature.
#
# Three gradients tell all about a parabola of two parameters. So 3 steps are the limit for whoever does not know the
# ravine beforehand.


# %%
def count_steps(take_step, degrees, limit=400, **settings):
    """Return the steps to below the height 0.001 in the ravine turned by some degrees, at most the limit."""
    parameter, state = rotation(degrees) @ [-4, 1], {}
    for step in range(1, limit + 1):
        parameter, state = take_step(parameter, ravine_gradient(parameter, degrees), state, step, **settings)
        if ravine(parameter, degrees) < 1e-3:
            return step
    return limit


# %%
def baseline_step(parameter, gradient, state, step):
    """Take a step of plain descent, near its best rate in this ravine."""
    return descent(parameter, gradient, state, step, learning_rate=0.0385)


# %%
def my_step(parameter, gradient, state, step):
    """Take one step of your own optimizer.

    Parameters
    ----------
    parameter, gradient : arrays of shape (2,)
    state : dict
        As returned by the last step, and empty before the first one. It may hold numbers, strings, arrays, lists,
        tuples and dictionaries.
    step : int
        The number of this step, from 1 on.

    Returns
    -------
    parameter : array of shape (2,)
    state : dict
        All that the optimizer remembers.
    """
    # TASK 5: return the new parameter, shape (2,), and the new state, a dictionary; `count_steps` is to
    #   find fewer steps than for `baseline_step`.
    # HINT 5: What holds each of the optimizers up: the walls, the floor, or that it does not come to rest?
    # HINT 5: `momentum` and the others take one whole step: begin with a call of one, and change its settings.
    # HINT 5: With the curvatures 1 and κ, the best β of momentum is ((√κ − 1)/(√κ + 1))². And its best rate?
    # BEGIN SOLUTION
    return momentum(parameter, gradient, state, step, learning_rate=0.055, beta=0.5)
    # END SOLUTION


# %%
if __name__ == "__main__":
    RESULTS = []

# %% [markdown]
# Change `my_step`, and run it and the next cell again: the table keeps your attempts.

# %%
if __name__ == "__main__":
    from dlp_keras.display import show_results

    for take in [my_step] if RESULTS else [baseline_step, my_step]:
        steps = {f"{degrees}°": count_steps(take, degrees) for degrees in (0, 30, 60)}
        RESULTS.append({"optimizer": take.__name__, **steps, "mean": np.mean(list(steps.values()))})
    show_results(RESULTS, "ex05_results")

# %% [markdown]
# Three questions. Halving a batch size that is small against all samples doubles (see the formula after task 1)
#
# - **a** the cost of an epoch, since there are twice as many batches in it.
# - **b** the number of updates in an epoch, and the variance of each gradient.
# - **c** the length of each step, since half as many samples are averaged.
#
# The objective on the slides is a *sum* over the samples. With 1000 samples, a good rate of descent for the sum,
# compared with that for the mean,
#
# - **a** is 1000 times smaller: every curvature is 1000 times larger.
# - **b** is the same: the minimum is at the same place as before.
# - **c** is 1000 times larger: the loss is 1000 times larger as well.
#
# On a long, even slope, momentum with β = 0.9 at the rate 0.03 becomes as fast as plain descent at the rate
#
# - **a** 0.03: β changes the direction of the steps, not their length.
# - **b** 0.027 = 0.03 · 0.9: friction takes a tenth off every single step.
# - **c** 0.3 = 0.03/(1 − 0.9): the steps of the past add up to ten.

# %%
# TASK 5: answer the three questions: "a", "b" or "c".
# HINT 5: Which λ stands in the largest stable rate 2/λ of a sum?
# HINT 5: Where does z settle when the gradient is the same in every step?
# STUB: ANSWERS = {"noise": None, "sum_or_mean": None, "effective": None}
# BEGIN SOLUTION
ANSWERS = {"noise": "b", "sum_or_mean": "a", "effective": "c"}
# END SOLUTION

# %% [markdown]
# ## If something looks wrong
#
# - No batch size brings the loss near its minimum: the inputs have got the targets of others.
#   <!-- mistake: inputs and targets are shuffled apart -->
# - Momentum is no faster than descent: the velocity takes up the whole gradient, not a share of it.
#   <!-- mistake: the gradient is damped as well -->
# - NaN from Adam's first step on: the steps count from 1, since $1 - \beta^0 = 0$.
#   <!-- mistake: steps counted from zero -->
# - Adam's first steps are about three times too long: the bias of the means is not corrected.
#   <!-- mistake: no bias correction -->
# - Once on a plateau the rate falls with every epoch: the count has not started again.
#   <!-- mistake: the count goes on after a reduction -->

# %% [markdown]
# ## Try it yourself
#
# - `count_steps(adagrad, 0, learning_rate=…)`: how many steps does Adagrad need at its best rate in the ravine that
#   is not turned, and how many at 30°? Which of the two ravines is more like that of a network?
# - Write Adadelta, which has no rate: it multiplies the gradient by the root of the running mean of its own squared
#   steps and divides by that of the squared gradients. Why does it start so slowly?
# - Multiply the objective of the ravine by 1000. Which optimizers need another rate now, and which do not notice?

# %% [markdown] tags=["solution"]
# ## Commentary
#
# An update hardly gets better with the size of its batch, as long as the noise is below the error that is left: here
# about 14 updates bring the loss to within 5 % of its minimum, be they 14 epochs in batches of 256, 3.5 of 64 or 0.9
# of 16. Momentum adds up what persists; Adagrad and Adam turn the size of the gradient into a length of their own
# choice, so that they start well anywhere. None of them is best everywhere: each has a rate of its own, and only at
# that may they be compared.
#
# Another way: Keras writes $v \leftarrow \beta v - \alpha \nabla J$ and $\theta \leftarrow \theta + v$. As long as
# $\alpha$ is constant the path is the same. When it falls on a plateau, the old velocity still carries the old rate,
# for some $1/(1 - \beta)$ steps.
#
# The challenge, averaged over 60 ravines such as those of the mark: descent 116 steps, the solution here 35, the best
# β and rate of the theory for κ = 50, 0.566 and $4/(1 + \sqrt{50})^2 = 0.0614$, 24. Adam at 0.7 needs 73, with
# $\beta_1 = 0.5$, $\beta_2 = 0.99$ and a rate of 0.93 only 26; Nesterov's momentum with β = 0.8 at 0.024 needs 21.
# The rate $(\Delta\theta \cdot \Delta g)/(\Delta g \cdot \Delta g)$ of Barzilai and Borwein, from the last two points
# and gradients $g$, needs 4. Newton's method with the curvatures from three gradients needs 3; with a million weights
# it would need a million and one gradients.
#
# Answers to "Try it yourself":
#
# - 5 steps at the rate 4.9 along the axes, 137 at 1.4 when turned by 30°, more than plain descent with its 115. A
#   rate for each parameter cures a ravine that follows the axes, as where inputs differ in their units. Nothing makes
#   the ravines of a network do so.
# - Its mean of squared steps starts at zero, so only ε moves it: with ε = 1e-7, and 0.95 for both means, the first
#   steps are 0.002 long, and it takes 3045 steps; with ε = 0.01, 91. The rate is gone, and ε has become one.
# - Descent and momentum diverge, and take the old path at a thousandth of the rate. Adagrad and Adam do not notice:
#   the factor cancels, but for ε. After 60 steps at 0.7 Adam is at the height 0.029, with the factor or without.
