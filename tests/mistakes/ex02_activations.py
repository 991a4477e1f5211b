"""Wrong answers to exercise 2. Each cell replaces a function and names the marks it loses."""

# %% the largest number of the array
# loses: test_relu
# says: shape (5,) is expected
def relu(x):
    return np.max(x, 0)


# %% the absolute value
# loses: test_relu
# says: compared with 0
def relu(x):
    return np.abs(x)


# %% relu writes into its argument
# loses: test_relu
# says: changes its argument
def relu(x):
    x[x < 0] = 0
    return x


# %% the first form of the sigmoid at −1000
# loses: test_sigmoid_survives_any_input
# says: overflow
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# %% the second form of the sigmoid at 1000
# loses: test_sigmoid_survives_any_input
# says: NaN
def sigmoid(x):
    return np.exp(x) / (1 + np.exp(x))


# %% both branches of np.where are computed everywhere
# loses: test_sigmoid_survives_any_input
# says: thrown away later
def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))


# %% the sign of the exponent
# loses: test_sigmoid test_sigmoid_survives_any_input
# says: tends to 0 on the left
def sigmoid(x):
    decay = np.exp(-np.abs(x))
    return np.where(x >= 0, decay, 1) / (1 + decay)


# %% an if for a whole array
# loses: test_sigmoid test_sigmoid_survives_any_input
# says: ValueError
def sigmoid(x):
    if x >= 0:
        return 1 / (1 + np.exp(-x))
    return np.exp(x) / (1 + np.exp(x))


# %% integers in, integers out
# loses: test_sigmoid
# says: Integers give floats
def sigmoid(x):
    result = np.zeros_like(x)
    result[...] = (1 + np.tanh(x / 2)) / 2
    return result


# %% numbers by hand, for arrays of one dimension
# loses: test_sigmoid
# says: TypeError
def sigmoid(x):
    return np.array([0.5 * (1 + np.tanh(value / 2)) for value in x])


# %% the misprint of tanh
# loses: test_tanh test_tanh_survives_any_input
# says: between −1 and 1
def tanh(x):
    return (np.exp(2 * x) - 1) / (np.exp(-2 * x) + 1)


# %% tanh by its definition
# loses: test_tanh_survives_any_input
# says: NaN
def tanh(x):
    return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


# %% the sigmoid is stretched upwards only
# loses: test_tanh
# says: Expected [
def tanh(x):
    return 2 * sigmoid(x) - 1


# %% the slope of relu is 1 everywhere
# loses: test_relu_derivative
# says: centred_difference
def relu_derivative(x):
    return np.ones(np.shape(x))


# %% the slope of the absolute value
# loses: test_relu_derivative
# says: centred_difference
def relu_derivative(x):
    return np.sign(x)


# %% relu where its derivative is asked for
# loses: test_relu_derivative
# says: centred_difference
def relu_derivative(x):
    return relu(x)


# %% a slope beyond both sides at the kink
# loses: test_relu_derivative
# says: from 0 to 1
def relu_derivative(x):
    return np.where(x > 0, 1.0, 0.0) - 1.0 * (np.asarray(x) == 0)


# %% x in place of the sigmoid in its derivative
# loses: test_sigmoid_derivative test_sigmoid_derivative_survives_any_input
# says: never is a mere x
def sigmoid_derivative(x):
    return x * (1 - x)


# %% the derivative of the sigmoid by exponentials
# loses: test_sigmoid_derivative_survives_any_input
# says: needs no exponential
def sigmoid_derivative(x):
    return np.exp(-x) / (1 + np.exp(-x)) ** 2


# %% a plus in the derivative of the sigmoid
# loses: test_sigmoid_derivative test_sigmoid_derivative_survives_any_input
# says: centred_difference
def sigmoid_derivative(x):
    return sigmoid(x) * (1 + sigmoid(x))


# %% the square of x in place of that of tanh
# loses: test_tanh_derivative test_tanh_derivative_survives_any_input
# says: never is a mere x
def tanh_derivative(x):
    return 1 - x**2


# %% one over the square of cosh
# loses: test_tanh_derivative_survives_any_input
# says: overflow
def tanh_derivative(x):
    return 1 / np.cosh(x) ** 2


# %% the inner derivative is forgotten
# loses: test_tanh_derivative test_tanh_derivative_survives_any_input
# says: Check the factors
def tanh_derivative(x):
    return 2 * sigmoid_derivative(2 * x)


# %% the weights of the layer are not transposed
# loses: test_affine
# says: ValueError
def affine(x, weights, bias):
    return x @ weights + bias


# %% a layer without bias
# loses: test_affine
# says: its own bias
def affine(x, weights, bias):
    return x @ weights.T


# %% a single sample loses its dimension
# loses: test_affine
# says: each sample keeps its row
def affine(x, weights, bias):
    return np.squeeze(x @ weights.T + bias)


# %% a letter that is no choice
# loses: test_prediction_of_the_bend
# says: none of the choices a, b, c
PREDICTIONS = {"bend": "z"}


# %% the matrices in the wrong order
# loses: test_weights_of_the_single_layer test_layers_of_different_sizes_collapse
# says: meets x first
def collapse(first, second):
    (first_weights, first_bias), (second_weights, second_bias) = first, second
    return first_weights @ second_weights, second_weights @ first_bias + second_bias


# %% the layers in the wrong order
# loses: test_weights_of_the_single_layer test_bias_of_the_single_layer test_layers_of_different_sizes_collapse
# says: what does the second layer make of
def collapse(first, second):
    (first_weights, first_bias), (second_weights, second_bias) = second, first
    return second_weights @ first_weights, second_weights @ first_bias + second_bias


# %% the biases are only added
# loses: test_bias_of_the_single_layer test_layers_of_different_sizes_collapse
# says: Set x = 0
def collapse(first, second):
    (first_weights, first_bias), (second_weights, second_bias) = first, second
    return second_weights @ first_weights, first_bias + second_bias


# %% the first bias is lost
# loses: test_bias_of_the_single_layer test_layers_of_different_sizes_collapse
# says: Set x = 0
def collapse(first, second):
    return second[0] @ first[0], second[1]


# %% the weights in the convention of Keras
# loses: test_weights_of_the_single_layer test_layers_of_different_sizes_collapse
# says: one row for each output
def collapse(first, second):
    return (second[0] @ first[0]).T, second[0] @ first[1] + second[1]


# %% only the weights of the single layer
# loses: test_weights_of_the_single_layer test_bias_of_the_single_layer test_layers_of_different_sizes_collapse
# says: Two values
def collapse(first, second):
    return second[0] @ first[0]


# %% a hat of two ReLUs
# loses: test_hat_is_zero_outside
# says: add up to 0
def hat(x):
    return relu(x) - 2 * relu(x - 1)


# %% a hat of height 2
# loses: test_hat_rises_to_one_and_falls
# says: slope 1
def hat(x):
    return 2 * relu(x) - 4 * relu(x - 1) + 2 * relu(x - 2)


# %% a hat with its top at 0
# loses: test_hat_rises_to_one_and_falls test_hat_is_zero_outside
# says: falls with slope
def hat(x):
    return relu(x + 1) - 2 * relu(x) + relu(x - 1)


# %% a step that stays up
# loses: test_hat_rises_to_one_and_falls test_hat_is_zero_outside
# says: add up to 0
def hat(x):
    return relu(x) - relu(x - 1)


# %% biology as a reason
# loses: test_nice
# says: 1e-6
ANSWERS = {"nice": "a", "stack": "b"}


# %% parameters as freedom
# loses: test_stack
# says: 8 of
ANSWERS = {"nice": "c", "stack": "a"}


# %% a ReLU that ends at 6
# loses: test_relu
# says: Expected 7
def relu(x):
    return np.clip(x, 0, 6)


# %% the bias of the second layer is changed
# loses: test_bias_of_the_single_layer
# says: Work on a copy
def collapse(first, second):
    (first_weights, first_bias), (second_weights, second_bias) = first, second
    second_bias += second_weights @ first_bias
    return second_weights @ first_weights, second_bias


# %% a difference in place of the derivative
# loses: test_relu_derivative
# says: a difference takes both sides
def relu_derivative(x):
    return (relu(x + 1e-5) - relu(x - 1e-5)) / 2e-5
