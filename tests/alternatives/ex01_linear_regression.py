"""Other right answers to exercise 1. Each cell replaces functions and keeps all points."""


# %% sums over indices
def predict(x, weights, bias):
    return np.einsum("nm,km->nk", x, weights) + bias


def largest_stable_rate(x, n_outputs):
    extended = np.hstack([x, np.ones_like(x[:, :1])])
    return len(x) * n_outputs / np.linalg.svd(extended, compute_uv=False)[0] ** 2


def mean_squared_error(y_predicted, y):
    n_samples, n_outputs = y.shape
    total = sum((y_predicted[i, j] - y[i, j]) ** 2 for i in range(n_samples) for j in range(n_outputs))
    return float(total) / (n_samples * n_outputs)


def gradient(x, y, weights, bias):
    residuals = x @ weights.T + bias - y
    return 2 * np.einsum("nk,nm->km", residuals, x) / y.size, 2 * residuals.sum(0) / y.size


# %% one matrix for weights and bias, and all losses in an array
def gradient_descent(x, y, learning_rate, n_steps):
    extended = np.hstack([x, np.ones((len(x), 1))])
    matrix, losses = np.zeros((y.shape[1], extended.shape[1])), np.empty(n_steps)
    for step in range(n_steps):
        residuals = extended @ matrix.T - y
        losses[step] = np.mean(residuals**2)
        matrix = matrix - learning_rate * 2 / y.size * residuals.T @ extended
    return matrix[:, :-1], matrix[:, -1], losses


# %% decorated functions
import functools


def noted(function):
    calls = []

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        calls.append(function.__name__)
        return function(*args, **kwargs)

    return wrapper


def with_scale(function):
    @functools.wraps(function)
    def wrapper(x, y, weights, bias):
        return function(2 / y.size, x, y, weights, bias)

    return wrapper


@noted
def predict(x, weights, bias):
    return x @ weights.T + bias


@with_scale
def gradient(scale, x, y, weights, bias):
    residuals = predict(x, weights, bias) - y
    return scale * residuals.T @ x, scale * residuals.sum(axis=0)


# %% a gradient tape, whose tensors NumPy's functions refuse
import tensorflow as tf


def predict(x, weights, bias):
    return tf.linalg.matmul(x, weights, transpose_b=True) + bias


def mean_squared_error(y_predicted, y):
    return tf.reduce_mean((y_predicted - y) ** 2)


def gradient(x, y, weights, bias):
    weights, bias = tf.Variable(weights), tf.Variable(bias)
    with tf.GradientTape() as tape:
        loss = mean_squared_error(predict(x, weights, bias), y)
    return tape.gradient(loss, [weights, bias])


def gradient_descent(x, y, learning_rate, n_steps):
    x, y = tf.constant(x, tf.float64), tf.constant(y, tf.float64)
    weights = tf.Variable(tf.zeros((y.shape[1], x.shape[1]), tf.float64))
    bias, losses = tf.Variable(tf.zeros(y.shape[1], tf.float64)), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = mean_squared_error(predict(x, weights, bias), y)
        losses.append(loss.numpy())
        steps = tape.gradient(loss, [weights, bias])
        weights.assign_sub(learning_rate * steps[0])
        bias.assign_sub(learning_rate * steps[1])
    return weights, bias, losses
