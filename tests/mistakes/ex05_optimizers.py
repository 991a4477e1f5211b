"""Wrong answers to exercise 5. Each cell replaces functions and names the marks it loses."""

# %% the last short batch is dropped
# loses: test_every_sample_comes_once
# says: [4, 4]. [4, 4, 2] is expected
def minibatches(x, y, batch_size, rng):
    order = rng.permutation(len(x))
    starts = range(0, len(x) - batch_size + 1, batch_size)
    return [(x[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]


# %% samples are drawn with repetition
# loses: test_every_sample_comes_once
# says: are in no batch
def minibatches(x, y, batch_size, rng):
    order = rng.integers(len(x), size=len(x))
    starts = range(0, len(x), batch_size)
    return [(x[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]


# %% inputs and targets are shuffled apart
# loses: test_inputs_stay_with_their_targets
# says: Use one order for both
def minibatches(x, y, batch_size, rng):
    x, y = rng.permutation(x), rng.permutation(y)
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]


# %% nothing is shuffled
# loses: test_the_order_is_drawn_from_rng test_batches_are_random_samples
# says: another state gives the same order
def minibatches(x, y, batch_size, rng):
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]


# %% whole batches are shuffled, not samples
# loses: test_batches_are_random_samples
# says: not whole batches
def minibatches(x, y, batch_size, rng):
    batches = [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]
    return [batches[i] for i in rng.permutation(len(batches) - 1)] + batches[-1:]


# %% a generator of its own
# loses: test_the_order_is_drawn_from_rng
# says: Draw from `rng` alone
def minibatches(x, y, batch_size, rng):
    order = np.random.default_rng().permutation(len(x))
    starts = range(0, len(x), batch_size)
    return [(x[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]


# %% the arrays of the caller are shuffled
# loses: test_every_sample_comes_once test_inputs_stay_with_their_targets test_the_order_is_drawn_from_rng test_batches_are_random_samples
# says: Work on a copy
def minibatches(x, y, batch_size, rng):
    order = rng.permutation(len(x))
    x[:], y[:] = x[order], y[order]
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]


# %% only the first batch
# loses: test_every_sample_comes_once test_inputs_stay_with_their_targets test_the_order_is_drawn_from_rng test_batches_are_random_samples
# says: A list of pairs (x, y) is expected
def minibatches(x, y, batch_size, rng):
    order = rng.permutation(len(x))[:batch_size]
    return x[order], y[order]


# %% the gradient is damped as well
# loses: test_momentum_is_that_of_keras test_momentum_raises_the_largest_rate
# says: with the whole gradient
def momentum_step(parameter, gradient, velocity, learning_rate, beta):
    velocity = beta * velocity + (1 - beta) * gradient
    return parameter - learning_rate * velocity, velocity


# %% the old velocity moves the parameter
# loses: test_momentum_is_that_of_keras test_momentum_raises_the_largest_rate
# says: with the new z
def momentum_step(parameter, gradient, velocity, learning_rate, beta):
    return parameter - learning_rate * velocity, beta * velocity + gradient


# %% the velocity forgets nothing
# loses: test_momentum_is_that_of_keras test_momentum_raises_the_largest_rate
# says: z ← βz + ∇J
def momentum_step(parameter, gradient, velocity, learning_rate, beta):
    velocity = velocity + gradient
    return parameter - learning_rate * velocity, velocity


# %% uphill
# loses: test_momentum_is_that_of_keras test_momentum_raises_the_largest_rate
# says: θ ← θ − αz
def momentum_step(parameter, gradient, velocity, learning_rate, beta):
    velocity = beta * velocity + gradient
    return parameter + learning_rate * velocity, velocity


# %% the velocity is not returned
# loses: test_momentum_is_that_of_keras test_momentum_raises_the_largest_rate
# says: Two values are expected
def momentum_step(parameter, gradient, velocity, learning_rate, beta):
    return parameter - learning_rate * (beta * velocity + gradient)


# %% the velocity of the caller is changed
# loses: test_momentum_is_that_of_keras test_momentum_raises_the_largest_rate
# says: changes its argument number 3
def momentum_step(parameter, gradient, velocity, learning_rate, beta):
    velocity *= beta
    velocity += gradient
    return parameter - learning_rate * velocity, velocity


# %% Adagrad without the root
# loses: test_adagrad_is_that_of_keras test_adagrad_divides_by_the_history
# says: divide by its root
def adagrad_step(parameter, gradient, accumulator, learning_rate, epsilon=1e-7):
    accumulator = accumulator + gradient**2
    return parameter - learning_rate * gradient / (accumulator + epsilon), accumulator


# %% the accumulator is replaced, not summed
# loses: test_adagrad_is_that_of_keras test_adagrad_divides_by_the_history
# says: adds up the squares
def adagrad_step(parameter, gradient, accumulator, learning_rate, epsilon=1e-7):
    accumulator = gradient**2
    return parameter - learning_rate * gradient / (np.sqrt(accumulator) + epsilon), accumulator


# %% this gradient is not in the accumulator yet
# loses: test_adagrad_is_that_of_keras test_adagrad_divides_by_the_history
# says: this one included
def adagrad_step(parameter, gradient, accumulator, learning_rate, epsilon=1e-7):
    step = learning_rate * gradient / (np.sqrt(accumulator) + epsilon)
    return parameter - step, accumulator + gradient**2


# %% one accumulator for all parameters
# loses: test_adagrad_is_that_of_keras test_adagrad_divides_by_the_history
# says: for each entry alone
def adagrad_step(parameter, gradient, accumulator, learning_rate, epsilon=1e-7):
    accumulator = accumulator + np.sum(gradient**2)
    return parameter - learning_rate * gradient / (np.sqrt(accumulator) + epsilon), accumulator


# %% Adagrad without epsilon
# loses: test_adagrad_divides_by_the_history
# says: NaN
def adagrad_step(parameter, gradient, accumulator, learning_rate, epsilon=1e-7):
    accumulator = accumulator + gradient**2
    return parameter - learning_rate * gradient / np.sqrt(accumulator), accumulator


# %% the argument epsilon is not used
# loses: test_adagrad_divides_by_the_history
# says: Use `epsilon`
def adagrad_step(parameter, gradient, accumulator, learning_rate, epsilon=1e-7):
    accumulator = accumulator + gradient**2
    return parameter - learning_rate * gradient / (np.sqrt(accumulator) + 1e-7), accumulator


# %% no bias correction
# loses: test_adam_is_that_of_keras test_adam_takes_steps_of_the_rate
# says: the corrected means are ∇J
def adam_step(
    parameter, gradient, first, second, step, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    return parameter - learning_rate * first / (np.sqrt(second) + epsilon), first, second


# %% steps counted from zero
# loses: test_adam_is_that_of_keras test_adam_takes_steps_of_the_rate
# says: array with NaN
def adam_step(
    parameter, gradient, first, second, step, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    mean, square = first / (1 - beta_1 ** (step - 1)), second / (1 - beta_2 ** (step - 1))
    return parameter - learning_rate * mean / (np.sqrt(square) + epsilon), first, second


# %% the corrected means are returned
# loses: test_adam_is_that_of_keras test_adam_takes_steps_of_the_rate
# says: without it
def adam_step(
    parameter, gradient, first, second, step, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    first = (beta_1 * first + (1 - beta_1) * gradient) / (1 - beta_1**step)
    second = (beta_2 * second + (1 - beta_2) * gradient**2) / (1 - beta_2**step)
    return parameter - learning_rate * first / (np.sqrt(second) + epsilon), first, second


# %% the square of the mean, not the mean of the squares
# loses: test_adam_is_that_of_keras
# says: v their squares
def adam_step(
    parameter, gradient, first, second, step, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    first = beta_1 * first + (1 - beta_1) * gradient
    mean = first / (1 - beta_1**step)
    second = beta_2 * second + (1 - beta_2) * mean**2
    return parameter - learning_rate * mean / (np.sqrt(second / (1 - beta_2**step)) + epsilon), first, second


# %% the betas are exchanged
# loses: test_adam_is_that_of_keras
# says: beta_1=0.9
def adam_step(
    parameter, gradient, first, second, step, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    first = beta_2 * first + (1 - beta_2) * gradient
    second = beta_1 * second + (1 - beta_1) * gradient**2
    mean, square = first / (1 - beta_2**step), second / (1 - beta_1**step)
    return parameter - learning_rate * mean / (np.sqrt(square) + epsilon), first, second


# %% Adam without epsilon
# loses: test_adam_takes_steps_of_the_rate
# says: NaN
def adam_step(
    parameter, gradient, first, second, step, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    mean, square = first / (1 - beta_1**step), second / (1 - beta_2**step)
    return parameter - learning_rate * mean / np.sqrt(square), first, second


# %% the count goes on after a reduction
# loses: test_the_count_starts_again
# says: count losses in a row
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = np.inf, 0
    for loss in losses:
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited >= patience:
            learning_rate *= factor
    return learning_rate


# %% the count goes on after an improvement
# loses: test_the_count_starts_again
# says: count losses in a row
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = np.inf, 0
    for loss in losses:
        n_waited += loss >= best
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate


# %% the best loss is forgotten with each reduction
# loses: test_the_count_starts_again test_an_improvement_beats_the_best
# says: times is expected
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = np.inf, 0
    for loss in losses:
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited, best = learning_rate * factor, 0, np.inf
    return learning_rate


# %% one loss too late
# loses: test_the_rate_falls_on_a_plateau test_the_count_starts_again test_an_improvement_beats_the_best
# says: the patience is 5
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = np.inf, 0
    for loss in losses:
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited > patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate


# %% compared with the last loss, not the best
# loses: test_an_improvement_beats_the_best
# says: expected to have fallen
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    last, n_waited = np.inf, 0
    for loss in losses:
        n_waited = 0 if loss < last else n_waited + 1
        last = loss
        if n_waited == patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate


# %% an equal loss counts as an improvement
# loses: test_an_equal_loss_is_no_improvement
# says: expected to have fallen
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = np.inf, 0
    for loss in losses:
        n_waited = 0 if loss <= best else n_waited + 1
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate


# %% no loss at all is not thought of
# loses: test_the_rate_falls_on_a_plateau
# says: IndexError
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = losses[0], 0
    for loss in losses[1:]:
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate


# %% a letter that is no choice
# loses: test_prediction_of_the_ravine
# says: none of the choices a, b, c
PREDICTIONS = {"ravine": "z"}


# %% the baseline as it is
# loses: test_my_step_beats_plain_descent test_my_step_needs_half_the_steps
# says: Plain descent needs
def my_step(parameter, gradient, state, step):
    return descent(parameter, gradient, state, step, learning_rate=0.0385)


# %% a rate at which it diverges
# loses: test_my_step_beats_plain_descent test_my_step_needs_half_the_steps
# says: needs 400 steps
def my_step(parameter, gradient, state, step):
    return momentum(parameter, gradient, state, step, learning_rate=0.1, beta=0.5)


# %% better than descent, but slow
# loses: test_my_step_needs_half_the_steps
# says: At most 60 are expected
def my_step(parameter, gradient, state, step):
    return momentum(parameter, gradient, state, step, learning_rate=0.0385, beta=0.2)


# %% the state is not returned
# loses: test_my_step_beats_plain_descent test_my_step_needs_half_the_steps
# says: The state is no dictionary
def my_step(parameter, gradient, state, step):
    return momentum(parameter, gradient, {}, step, learning_rate=0.055, beta=0.5)[0], None


# %% the origin as the lowest point
# loses: test_my_step_beats_plain_descent test_my_step_needs_half_the_steps
# says: the greatest height is
def my_step(parameter, gradient, state, step):
    return 0.5 * parameter, state


# %% smaller batches make longer steps
# loses: test_noise
# says: more noise
ANSWERS = {"noise": "c", "sum_or_mean": "a", "effective": "c"}


# %% the minimum stays, so the rate does
# loses: test_sum_or_mean
# says: the curvature there does not
ANSWERS = {"noise": "b", "sum_or_mean": "b", "effective": "c"}


# %% friction makes it slower
# loses: test_effective_rate
# says: solve it for z
ANSWERS = {"noise": "b", "sum_or_mean": "a", "effective": "b"}


# %% the first loss is compared with itself
# loses: test_the_rate_falls_on_a_plateau
# says: After losses like [50, 60, 70, 80, 90] the rate is 0.5 times
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = (losses[0] if losses else 0), 0
    for loss in losses:
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate


# %% a reduction starts with a new best loss
# loses: test_an_improvement_beats_the_best
# says: the best loss, 50, stays
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = np.inf, 0
    for loss in losses:
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited, best = learning_rate * factor, 0, loss
    return learning_rate


# %% the losses are taken out of their list
# loses: test_the_rate_falls_on_a_plateau test_the_count_starts_again
# says: Work on a copy
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, n_waited = np.inf, 0
    while losses:
        loss = losses.pop(0)
        n_waited = 0 if loss < best else n_waited + 1
        best = min(best, loss)
        if n_waited == patience:
            learning_rate, n_waited = learning_rate * factor, 0
    return learning_rate


# %% a small improvement does not count
# loses: test_the_rate_falls_on_a_plateau
# says: if only by a millionth
def reduce_on_plateau(losses, learning_rate, factor=0.5, patience=5):
    best, waited = np.inf, 0
    for loss in losses:
        waited += 1
        if loss < best - 1e-4:
            best, waited = loss, 0
        elif waited >= patience:
            learning_rate, waited = factor * learning_rate, 0
    return learning_rate
