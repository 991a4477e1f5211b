"""Wrong answers to exercise 3. Each cell replaces a function and names the marks it loses."""

# %% the variance in place of the standard deviation
# loses: test_variance_of_he test_variance_of_glorot test_uniform_weights
# says: takes the root
def initialize(fan_in, fan_out, kind, distribution, rng):
    variances = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances or distribution not in ("normal", "uniform"):
        raise ValueError
    if distribution == "normal":
        return rng.normal(0, variances[kind], (fan_in, fan_out))
    limit = np.sqrt(3 * variances[kind])
    return rng.uniform(-limit, limit, (fan_in, fan_out))


# %% the uniform weights end at one standard deviation
# loses: test_uniform_weights
# says: a²/3
def initialize(fan_in, fan_out, kind, distribution, rng):
    variances = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances or distribution not in ("normal", "uniform"):
        raise ValueError
    deviation = np.sqrt(variances[kind])
    if distribution == "normal":
        return rng.normal(0, deviation, (fan_in, fan_out))
    return rng.uniform(-deviation, deviation, (fan_in, fan_out))


# %% the uniform weights are all positive
# loses: test_uniform_weights
# says: ends at
def initialize(fan_in, fan_out, kind, distribution, rng):
    variances = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances or distribution not in ("normal", "uniform"):
        raise ValueError
    deviation = np.sqrt(variances[kind])
    if distribution == "normal":
        return rng.normal(0, deviation, (fan_in, fan_out))
    return rng.uniform(0, np.sqrt(12) * deviation, (fan_in, fan_out))


# %% normal weights for uniform ones
# loses: test_uniform_weights
# says: rng.uniform
def initialize(fan_in, fan_out, kind, distribution, rng):
    variances = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances or distribution not in ("normal", "uniform"):
        raise ValueError
    return rng.normal(0, np.sqrt(variances[kind]), (fan_in, fan_out))


# %% uniform weights for normal ones
# loses: test_normal_weights
# says: 1.8 for a uniform one
def initialize(fan_in, fan_out, kind, distribution, rng):
    variances = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances or distribution not in ("normal", "uniform"):
        raise ValueError
    limit = np.sqrt(3 * variances[kind])
    return rng.uniform(-limit, limit, (fan_in, fan_out))


# %% He by the outputs
# loses: test_variance_of_he
# says: 2 / fan_in
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    weights = _right_initialize(fan_in, fan_out, kind, distribution, rng)
    return weights * np.sqrt(fan_in / fan_out) if kind == "he" else weights


# %% Glorot by the inputs alone
# loses: test_variance_of_glorot
# says: fan_in + fan_out
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    weights = _right_initialize(fan_in, fan_out, kind, distribution, rng)
    return weights * np.sqrt((fan_in + fan_out) / 2 / fan_in) if kind == "glorot" else weights


# %% the mean is not zero
# loses: test_variance_of_he test_variance_of_glorot
# says: About 0
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    weights = _right_initialize(fan_in, fan_out, kind, distribution, rng)
    return weights + 0.1 if distribution == "normal" else weights


# %% outputs as rows
# loses: test_weights_have_a_row_for_each_input
# says: shape (3, 5)
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    return _right_initialize(fan_in, fan_out, kind, distribution, rng).T


# %% one column of random numbers for all neurons
# loses: test_weights_have_a_row_for_each_input
# says: different numbers
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    weights = _right_initialize(fan_in, fan_out, kind, distribution, rng)
    return np.repeat(weights[:, :1], fan_out, axis=1) if weights.size < 100 else weights


# %% a generator with a seed of its own
# loses: test_random_numbers_come_from_rng
# says: from the argument rng
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    return _right_initialize(fan_in, fan_out, kind, distribution, np.random.default_rng(42))


# %% a generator without a seed
# loses: test_random_numbers_come_from_rng
# says: without a seed
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    return _right_initialize(fan_in, fan_out, kind, distribution, np.random.default_rng())


# %% NumPy's own generator
# loses: test_random_numbers_come_from_rng
# says: NumPy's own
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    return _right_initialize(fan_in, fan_out, kind, distribution, np.random)


# %% what is not normal is taken for uniform
# loses: test_unknown_names_are_refused
# says: A ValueError is expected
def initialize(fan_in, fan_out, kind, distribution, rng):
    variance = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in}.get(kind)
    if variance is None:
        raise ValueError(kind)
    if distribution == "normal":
        return rng.normal(0, np.sqrt(variance), (fan_in, fan_out))
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


# %% a KeyError for an unknown kind
# loses: test_unknown_names_are_refused
# says: raised KeyError
_right_initialize = initialize


def initialize(fan_in, fan_out, kind, distribution, rng):
    {"glorot": 1, "he": 1}[kind]
    return _right_initialize(fan_in, fan_out, kind, distribution, rng)


# %% the input goes through the activation function
# loses: test_activation_stands_between_layers
# says: The first layer sees x itself
def pre_activations(x, weights, activation):
    z = []
    for matrix in weights:
        x = ACTIVATIONS[activation](x) @ matrix
        z.append(x)
    return z


# %% the activation function is forgotten
# loses: test_activation_stands_between_layers
# says: σ(z)
def pre_activations(x, weights, activation):
    z = []
    for matrix in weights:
        x = x @ matrix
        z.append(x)
    return z


# %% the list holds the activations
# loses: test_activation_stands_between_layers
# says: every z before σ
def pre_activations(x, weights, activation):
    h = [x]
    for matrix in weights:
        h.append(ACTIVATIONS[activation](h[-1] @ matrix))
    return h[1:]


# %% the input stands in the list
# loses: test_linear_layers test_activation_stands_between_layers
# says: one for each layer
def pre_activations(x, weights, activation):
    z = [x, x @ weights[0]]
    for matrix in weights[1:]:
        z.append(ACTIVATIONS[activation](z[-1]) @ matrix)
    return z


# %% only the last layer is returned
# loses: test_linear_layers test_activation_stands_between_layers
# says: one for each layer
def pre_activations(x, weights, activation):
    z = x @ weights[0]
    for matrix in weights[1:]:
        z = ACTIVATIONS[activation](z) @ matrix
    return z


# %% the variance of the activations
# loses: test_variance_over_samples_and_neurons
# says: before σ
def layer_variances(x, weights, activation):
    return [np.var(ACTIVATIONS[activation](z)) for z in pre_activations(x, weights, activation)]


# %% a variance for each neuron
# loses: test_variance_over_samples_and_neurons
# says: One number
def layer_variances(x, weights, activation):
    return [np.var(z, axis=0) for z in pre_activations(x, weights, activation)]


# %% the mean square in place of the variance
# loses: test_variance_over_samples_and_neurons
# says: from its mean
def layer_variances(x, weights, activation):
    return [np.mean(z**2) for z in pre_activations(x, weights, activation)]


# %% the last layer first
# loses: test_last_gradient_is_given test_gradient_goes_back_through_the_weights test_gradient_takes_the_derivative_of_its_layer
# says: the first layer stands first
_right_gradient_variances = gradient_variances


def gradient_variances(x, weights, activation, output_gradient):
    return _right_gradient_variances(x, weights, activation, output_gradient)[::-1]


# %% the gradient at the input is in the list
# loses: test_last_gradient_is_given test_gradient_goes_back_through_the_weights test_gradient_takes_the_derivative_of_its_layer
# says: one for each layer
def gradient_variances(x, weights, activation, output_gradient):
    z = [x, *pre_activations(x, weights, activation)]
    gradients = [output_gradient]
    for layer in reversed(range(len(weights))):
        gradients.insert(0, gradients[0] @ weights[layer].T * DERIVATIVES[activation](z[layer]))
    return [np.var(gradient) for gradient in gradients]


# %% the output gradient goes through the derivative
# loses: test_last_gradient_is_given test_gradient_takes_the_derivative_of_its_layer
# says: variance of output_gradient
def gradient_variances(x, weights, activation, output_gradient):
    z = pre_activations(x, weights, activation)
    gradients = [output_gradient * DERIVATIVES[activation](z[-1])]
    for layer in reversed(range(1, len(weights))):
        gradients.insert(0, gradients[0] @ weights[layer].T * DERIVATIVES[activation](z[layer - 1]))
    return [np.var(gradient) for gradient in gradients]


# %% the matrix is not transposed
# loses: test_gradient_goes_back_through_the_weights test_gradient_takes_the_derivative_of_its_layer
# says: Is W transposed
def gradient_variances(x, weights, activation, output_gradient):
    z = pre_activations(x, weights, activation)
    gradients = [output_gradient]
    for layer in reversed(range(1, len(weights))):
        gradients.insert(0, gradients[0] @ weights[layer] * DERIVATIVES[activation](z[layer - 1]))
    return [np.var(gradient) for gradient in gradients]


# %% the derivative is forgotten
# loses: test_gradient_takes_the_derivative_of_its_layer
# says: Multiply by σ'
def gradient_variances(x, weights, activation, output_gradient):
    gradients = [output_gradient]
    for matrix in weights[:0:-1]:
        gradients.insert(0, gradients[0] @ matrix.T)
    return [np.var(gradient) for gradient in gradients]


# %% the derivative at the layer above
# loses: test_gradient_takes_the_derivative_of_its_layer
# says: where g arrives
def gradient_variances(x, weights, activation, output_gradient):
    z = pre_activations(x, weights, activation)
    gradients = [output_gradient]
    for layer in reversed(range(1, len(weights))):
        gradients.insert(0, gradients[0] @ weights[layer].T * DERIVATIVES[activation](z[layer]))
    return [np.var(gradient) for gradient in gradients]


# %% the matrix of the layer itself
# loses: test_gradient_goes_back_through_the_weights test_gradient_takes_the_derivative_of_its_layer
# says: the one of the layer above
def gradient_variances(x, weights, activation, output_gradient):
    z = pre_activations(x, weights, activation)
    gradients = [output_gradient]
    for layer in reversed(range(len(weights) - 1)):
        gradients.insert(0, gradients[0] @ weights[layer].T * DERIVATIVES[activation](z[layer]))
    return [np.var(gradient) for gradient in gradients]


# %% the slope is not squared
# loses: test_scale_undoes_what_the_leaky_relu_loses
# says: the mean of σ(z)²
def leaky_relu_scale(slope):
    return 2 / (1 + slope)


# %% the loss in place of its remedy
# loses: test_scale_of_the_two_limits test_scale_undoes_what_the_leaky_relu_loses
# says: is the ReLU
def leaky_relu_scale(slope):
    return (1 + slope**2) / 2


# %% the scale of the ReLU for every slope
# loses: test_scale_of_the_two_limits test_scale_undoes_what_the_leaky_relu_loses
# says: is linear
def leaky_relu_scale(slope):
    return 2.0


# %% the gain in place of the scale of the variance
# loses: test_scale_of_the_two_limits test_scale_undoes_what_the_leaky_relu_loses
# says: Expected 2
def leaky_relu_scale(slope):
    return np.sqrt(2 / (1 + slope**2))


# %% a letter that is no choice
# loses: test_prediction_of_the_depth
# says: none of the choices a, b, c
PREDICTIONS = {"depth": "z"}


# %% the smaller one, to be safe
# loses: test_both
# says: lies between
ANSWERS = {"both": "a", "equal": "b"}


# %% the two of He
# loses: test_both
# says: the 2 of He
ANSWERS = {"both": "b", "equal": "b"}


# %% different samples, different neurons
# loses: test_equal
# says: all neurons see the same ones
ANSWERS = {"both": "c", "equal": "a"}


# %% every kind of ReLU is the plain one
# loses: test_activation_stands_between_layers
# says: σ
def pre_activations(x, weights, activation):
    z = [x @ weights[0]]
    for matrix in weights[1:]:
        h = np.maximum(z[-1], 0) if "relu" in activation else ACTIVATIONS[activation](z[-1])
        z.append(h @ matrix)
    return z


# %% the list of weights is used up
# loses: test_linear_layers
# says: Work on a copy
def pre_activations(x, weights, activation):
    z = [x @ weights.pop(0)]
    for matrix in weights:
        z.append(ACTIVATIONS[activation](z[-1]) @ matrix)
    return z


# %% weights rescaled to the exact variance
# loses: test_variance_of_he
# says: Do not rescale
def initialize(fan_in, fan_out, kind, distribution, rng):
    if kind not in ("glorot", "he") or distribution not in ("normal", "uniform"):
        raise ValueError(kind, distribution)
    variance = 2 / fan_in if kind == "he" else 2 / (fan_in + fan_out)
    draw = rng.normal if distribution == "normal" else lambda size: rng.uniform(-1, 1, size)
    weights = draw(size=(fan_in, fan_out))
    return weights * np.sqrt(variance / np.mean(weights**2))
