"""Other right answers to exercise 2. Each cell replaces functions and keeps all points."""


# %% masks
def relu(x):
    return x * (np.asarray(x) > 0)


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    result, positive = np.empty_like(x), x >= 0
    result[positive] = 1 / (1 + np.exp(-x[positive]))
    result[~positive] = np.exp(x[~positive]) / (1 + np.exp(x[~positive]))
    return result


def relu_derivative(x):
    result = np.zeros(np.shape(x))
    result[np.asarray(x) > 0] = 1
    return result


def hat(x):
    return np.where((x > 0) & (x < 2), 1 - np.abs(x - 1), 0)


# %% what NumPy has, and the layers as augmented matrices
def relu(x):
    return (x + np.abs(x)) / 2


def sigmoid(x):
    return 0.5 * (1 + np.tanh(x / 2))


def tanh(x):
    return np.tanh(x)


def relu_derivative(x):
    return np.heaviside(x, 0.5)


def sigmoid_derivative(x):
    return tanh_derivative(x / 2) / 4


def tanh_derivative(x):
    return (1 - tanh(x)) * (1 + tanh(x))


def affine(x, weights, bias):
    return np.einsum("nm,km->nk", x, weights) + bias


def augment(layer):
    weights, bias = layer
    matrix = np.eye(len(bias) + 1, weights.shape[1] + 1)
    matrix[-1] = 0
    matrix[-1, -1] = 1
    matrix[:-1] = np.column_stack([weights, bias])
    return matrix


def collapse(first, second):
    matrix = augment(second) @ augment(first)
    return matrix[:-1, :-1], matrix[:-1, -1]


def hat(x):
    return relu(1 - relu(x - 1) - relu(1 - x))


# %% SciPy's sigmoid, clipped exponents, and the stack asked for unit vectors
from scipy.special import expit


def sigmoid(x):
    return expit(np.asarray(x, dtype=float))


def tanh(x):
    e = np.exp(np.clip(2 * x, -500, 500))
    return (e - 1) / (e + 1)


def sigmoid_derivative(x):
    e = np.exp(-np.clip(x, -300, 300))
    return e / (1 + e) ** 2


def tanh_derivative(x):
    return 4 * sigmoid_derivative(2 * x)


def collapse(first, second):
    n_inputs = first[0].shape[1]

    def stack(x):
        return affine(affine(x, *first), *second)

    bias = stack(np.zeros((1, n_inputs)))
    return (stack(np.eye(n_inputs)) - bias).T, bias[0]


# %% float32
def relu(x):
    return np.maximum(np.float32(x), np.float32(0))


def sigmoid(x):
    return (1 + np.tanh(np.float32(x) / 2)) / 2


def tanh(x):
    return np.tanh(np.float32(x))


def relu_derivative(x):
    return np.sign(relu(x))


def affine(x, weights, bias):
    return np.float32(x) @ np.float32(weights).T + np.float32(bias)


def collapse(first, second):
    (first_weights, first_bias), (second_weights, second_bias) = [
        [np.float32(part) for part in layer] for layer in (first, second)
    ]
    return [second_weights @ first_weights, second_weights @ first_bias + second_bias]


def hat(x):
    return np.maximum(np.float32(0), 1 - np.abs(np.float32(x) - 1))


# %% tensors of Keras
import keras


def as_tensor(x):
    return keras.ops.convert_to_tensor(x, dtype="float64")


def relu(x):
    return keras.ops.relu(as_tensor(x))


def sigmoid(x):
    return keras.ops.sigmoid(as_tensor(x))


def tanh(x):
    return keras.ops.tanh(as_tensor(x))


def relu_derivative(x):
    return keras.ops.sign(relu(x))


def sigmoid_derivative(x):
    return sigmoid(x) * sigmoid(-as_tensor(x))


def tanh_derivative(x):
    return 1 - keras.ops.square(tanh(x))


def affine(x, weights, bias):
    return keras.ops.matmul(as_tensor(x), keras.ops.transpose(weights)) + bias


def collapse(first, second):
    weights = keras.ops.matmul(second[0], first[0])
    return weights, keras.ops.matmul(second[0], first[1]) + second[1]
