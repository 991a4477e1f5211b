"""Wrong answers to exercise 1. Each cell replaces a function and names the marks it loses."""

# %% the bias is forgotten
# loses: test_predict_is_w_x_plus_b
# says: bias
def predict(x, weights, bias):
    return x @ weights.T


# %% the weights are not transposed
# loses: test_predict_is_w_x_plus_b test_predict_keeps_shapes
# says: ValueError
def predict(x, weights, bias):
    return x @ weights + bias


# %% a single sample loses its dimension
# loses: test_predict_keeps_shapes
# says: shape (2,)
def predict(x, weights, bias):
    return np.squeeze(x @ weights.T + bias)


# %% nothing is returned
# loses: test_predict_is_w_x_plus_b test_predict_keeps_shapes
# says: None
def predict(x, weights, bias):
    x @ weights.T + bias


# %% a list instead of an array
# loses: test_predict_is_w_x_plus_b test_predict_keeps_shapes
# says: list
def predict(x, weights, bias):
    return (x @ weights.T + bias).tolist()


# %% an object that is equal to everything
# loses: test_predict_is_w_x_plus_b test_predict_keeps_shapes
# says: AlwaysEqual
def predict(x, weights, bias):
    class AlwaysEqual:
        def __eq__(self, other):
            return True

    return AlwaysEqual()


# %% the sum instead of the mean
# loses: test_error_is_a_mean_over_samples_and_outputs test_error_of_a_perfect_prediction_is_zero
# says: divide
def mean_squared_error(y_predicted, y):
    return np.sum((y_predicted - y) ** 2)


# %% one error for each output
# loses: test_error_is_a_mean_over_samples_and_outputs test_error_of_a_perfect_prediction_is_zero
# says: One number
def mean_squared_error(y_predicted, y):
    return np.mean((y_predicted - y) ** 2, axis=0)


# %% the mean before the square
# loses: test_error_is_a_mean_over_samples_and_outputs
# says: squares
def mean_squared_error(y_predicted, y):
    return np.mean(y_predicted - y) ** 2


# %% nothing but the number zero
# loses: test_error_is_a_mean_over_samples_and_outputs test_error_of_a_perfect_prediction_is_zero
# says: Expected
def mean_squared_error(y_predicted, y):
    return 0.0


# %% the factor two is missing
# loses: test_gradient_of_the_weights test_gradient_of_the_bias
# says: factor
def gradient(x, y, weights, bias):
    residuals = predict(x, weights, bias) - y
    return residuals.T @ x / residuals.size, residuals.sum(axis=0) / residuals.size


# %% the weights' gradient is transposed
# loses: test_gradient_of_the_weights
# says: shape (3, 2)
def gradient(x, y, weights, bias):
    residuals = predict(x, weights, bias) - y
    return 2 / residuals.size * x.T @ residuals, 2 / residuals.size * residuals.sum(axis=0)


# %% the bias gradient sums over the outputs too
# loses: test_gradient_of_the_bias
# says: samples only
def gradient(x, y, weights, bias):
    residuals = predict(x, weights, bias) - y
    return 2 / residuals.size * residuals.T @ x, np.full(bias.shape, 2 * residuals.mean())


# %% only one of two gradients
# loses: test_gradient_of_the_weights test_gradient_of_the_bias
# says: Two values
def gradient(x, y, weights, bias):
    residuals = predict(x, weights, bias) - y
    return 2 / residuals.size * residuals.T @ x


# %% the bias is updated with the gradient after the weights' step
# loses: test_descent_finds_the_least_squares_solution test_losses_stand_before_each_step
# says: before you update either
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias, losses = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, weights, bias), y))
        weights = weights - learning_rate * gradient(x, y, weights, bias)[0]
        bias = bias - learning_rate * gradient(x, y, weights, bias)[1]
    return weights, bias, losses


# %% the return stands inside of the loop
# loses: test_descent_finds_the_least_squares_solution test_losses_stand_before_each_step test_the_curvature_limits_the_learning_rate
# says: There are 1 losses
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias, losses = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, weights, bias), y))
        steps = gradient(x, y, weights, bias)
        weights, bias = weights - learning_rate * steps[0], bias - learning_rate * steps[1]
        return weights, bias, losses


# %% uphill
# loses: test_descent_finds_the_least_squares_solution test_losses_stand_before_each_step test_the_curvature_limits_the_learning_rate
# says: against
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias, losses = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, weights, bias), y))
        steps = gradient(x, y, weights, bias)
        weights, bias = weights + learning_rate * steps[0], bias + learning_rate * steps[1]
    return weights, bias, losses


# %% the bias stays at zero
# loses: test_descent_finds_the_least_squares_solution test_losses_stand_before_each_step
# says: both parameters
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias, losses = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, weights, bias), y))
        weights = weights - learning_rate * gradient(x, y, weights, bias)[0]
    return weights, bias, losses


# %% the losses stand after the steps
# loses: test_losses_stand_before_each_step
# says: first loss
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias, losses = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(n_steps):
        steps = gradient(x, y, weights, bias)
        weights, bias = weights - learning_rate * steps[0], bias - learning_rate * steps[1]
        losses.append(mean_squared_error(predict(x, weights, bias), y))
    return weights, bias, losses


# %% one step too few
# loses: test_descent_finds_the_least_squares_solution
# says: that many updates
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1])
    losses = [mean_squared_error(predict(x, weights, bias), y)] if n_steps else []
    for _ in range(n_steps - 1):
        steps = gradient(x, y, weights, bias)
        weights, bias = weights - learning_rate * steps[0], bias - learning_rate * steps[1]
        losses.append(mean_squared_error(predict(x, weights, bias), y))
    return weights, bias, losses


# %% no step at all is not thought of
# loses: test_descent_finds_the_least_squares_solution
# says: UnboundLocalError
def gradient_descent(x, y, learning_rate, n_steps):
    w, b, losses = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, w, b), y))
        steps = gradient(x, y, w, b)
        w = weights = w - learning_rate * steps[0]
        b = bias = b - learning_rate * steps[1]
    return weights, bias, losses


# %% parameters as whole numbers where the data are
# loses: test_descent_finds_the_least_squares_solution
# says: UFuncTypeError
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias = np.zeros((y.shape[1], x.shape[1]), x.dtype), np.zeros_like(y[0])
    losses = []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, weights, bias), y))
        steps = gradient(x, y, weights, bias)
        weights -= learning_rate * steps[0]
        bias -= learning_rate * steps[1]
    return weights, bias, losses


# %% a stop that nobody asked for
# loses: test_descent_finds_the_least_squares_solution
# says: Take all steps
def gradient_descent(x, y, learning_rate, n_steps):
    weights, bias, losses = np.zeros((y.shape[1], x.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(n_steps):
        losses.append(mean_squared_error(predict(x, weights, bias), y))
        steps = gradient(x, y, weights, bias)
        weights, bias = weights - learning_rate * steps[0], bias - learning_rate * steps[1]
        if len(losses) > 1 and abs(losses[-2] - losses[-1]) < 1e-15:
            break
    return weights, bias, losses


# %% the exact solution instead of a descent
# loses: test_descent_finds_the_least_squares_solution test_losses_stand_before_each_step test_the_curvature_limits_the_learning_rate
# says: loss
def gradient_descent(x, y, learning_rate, n_steps):
    exact = np.linalg.lstsq(np.hstack([x, np.ones((len(x), 1))]), y, rcond=None)[0].T
    return exact[:, :-1], exact[:, -1], [0.1] * n_steps


# %% the bias has no curvature
# loses: test_rate_belongs_to_the_steepest_direction test_rate_knows_the_bias
# says: column of ones
def largest_stable_rate(x, n_outputs):
    return 2 / np.linalg.eigvalsh(2 / (len(x) * n_outputs) * x.T @ x).max()


# %% the outputs are not counted
# loses: test_rate_belongs_to_the_steepest_direction
# says: samples and outputs
def largest_stable_rate(x, n_outputs):
    extended = np.column_stack([x, np.ones(len(x))])
    return 2 / np.linalg.eigvalsh(2 / len(x) * extended.T @ extended).max()


# %% the flattest direction
# loses: test_rate_belongs_to_the_steepest_direction test_rate_knows_the_bias
# says: largest eigenvalue
def largest_stable_rate(x, n_outputs):
    extended = np.column_stack([x, np.ones(len(x))])
    return 2 / np.linalg.eigvalsh(2 / (len(x) * n_outputs) * extended.T @ extended).min()


# %% the sum of the eigenvalues
# loses: test_rate_belongs_to_the_steepest_direction test_rate_knows_the_bias
# says: largest eigenvalue
def largest_stable_rate(x, n_outputs):
    extended = np.column_stack([x, np.ones(len(x))])
    return len(x) * n_outputs / np.trace(extended.T @ extended)


# %% a letter that is no choice
# loses: test_prediction_of_the_valley
# says: none of the choices a, b, c
PREDICTIONS = {"valley": "z"}


# %% larger inputs, larger steps
# loses: test_shift
# says: smaller
ANSWERS = {"shift": "c", "parabola": "c"}


# %% a square is always a parabola
# loses: test_parabola
# says: tanh
ANSWERS = {"shift": "a", "parabola": "a"}

