"""Wrong answers to exercise 4. Each cell replaces a function and names the marks it loses."""

# %% the activations instead of z
# loses: test_forward_lists_z_of_every_layer
# says: holds z itself
def forward(x, parameters):
    found, h = [], x
    for layer, (weights, bias) in enumerate(parameters, 1):
        z = h @ weights + bias
        h = np.maximum(z, 0)
        found.append(h if layer < len(parameters) else z)
    return found


# %% a ReLU at the end
# loses: test_forward_lists_z_of_every_layer test_forward_ends_without_an_activation
# says: Nothing is applied to z of the last layer
def forward(x, parameters):
    z, h = [], x
    for weights, bias in parameters:
        h = np.maximum(h @ weights + bias, 0)
        z.append(h)
    return z


# %% no ReLU at all
# loses: test_forward_lists_z_of_every_layer test_forward_ends_without_an_activation
# says: hidden layers pass on max(z, 0)
def forward(x, parameters):
    z, h = [], x
    for weights, bias in parameters:
        h = h @ weights + bias
        z.append(h)
    return z


# %% the inputs are listed as well
# loses: test_forward_lists_z_of_every_layer
# says: a list of 4
def forward(x, parameters):
    z, h = [x], x
    for weights, bias in parameters:
        z.append(h @ weights + bias)
        h = np.maximum(z[-1], 0)
    return z


# %% the output alone
# loses: test_forward_lists_z_of_every_layer test_forward_ends_without_an_activation test_forward_keeps_shapes
# says: A list of arrays is expected
def forward(x, parameters):
    h = x
    for weights, bias in parameters[:-1]:
        h = np.maximum(h @ weights + bias, 0)
    return h @ parameters[-1][0] + parameters[-1][1]


# %% a single sample loses its dimension
# loses: test_forward_keeps_shapes
# says: Keep the dimension
def forward(x, parameters):
    z, h = [], x
    for weights, bias in parameters:
        z.append(h @ weights + bias)
        h = np.maximum(z[-1], 0)
    return [np.squeeze(z_l, axis=0) if len(z_l) == 1 else z_l for z_l in z]


# %% a network of whole numbers
# loses: test_forward_keeps_shapes
# says: whole numbers
def forward(x, parameters):
    z, h = [], x
    for weights, bias in parameters:
        z.append((h @ weights + bias).astype(x.dtype))
        h = np.maximum(z[-1], 0)
    return z


# %% the factor 2/(nk) is missing
# loses: test_gradient_without_a_hidden_layer
# says: 2/(nk)
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = z[-1] - y
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% the mean runs over the samples only
# loses: test_gradient_without_a_hidden_layer
# says: k outputs
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / len(y) * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% the residuals have the wrong sign
# loses: test_gradient_without_a_hidden_layer
# says: (z − y)
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (y - z[-1])
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% the mask is forgotten
# loses: test_gradient_of_one_hidden_layer test_gradient_of_any_depth
# says: Where z of a hidden node is negative nothing passes
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% the mask of another layer, where the shapes allow it
# loses: test_gradient_of_any_depth
# says: Is the mask the one of the layer that δ arrives at
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        mask = z[layer - 1] > 0
        if layer > 1 and z[layer - 2].shape == mask.shape:
            mask = z[layer - 2] > 0
        delta = delta @ parameters[layer][0].T * mask
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% the output passes through a ReLU as well
# loses: test_gradient_without_a_hidden_layer test_gradient_of_one_hidden_layer test_gradient_of_any_depth test_gradient_of_the_biases test_gradient_comes_from_the_chain_rule
# says: 2/(nk) (z − y)
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y) * (z[-1] > 0)
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% the weights are not transposed
# loses: test_gradient_of_one_hidden_layer test_gradient_of_any_depth test_gradient_of_the_biases test_gradient_comes_from_the_chain_rule
# says: ValueError
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0] * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% z instead of the activations goes into the weights
# loses: test_gradient_of_one_hidden_layer test_gradient_of_any_depth test_gradient_comes_from_the_chain_rule
# says: gradient of W2
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *z[:-1]]
    delta = 2 / y.size * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% the bias gradient sums over everything
# loses: test_gradient_of_the_biases
# says: over the samples only
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, np.full(delta.shape[1], delta.sum()))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, np.full(delta.shape[1], delta.sum())))
    return gradients


# %% the bias gradient is a mean
# loses: test_gradient_of_the_biases
# says: added to every sample
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, delta.mean(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.insert(0, (inputs[layer - 1].T @ delta, delta.mean(axis=0)))
    return gradients


# %% the last layer comes first
# loses: test_gradient_of_one_hidden_layer test_gradient_of_any_depth test_gradient_of_the_biases test_gradient_comes_from_the_chain_rule
# says: The last layer comes first in the list
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = [(inputs[-1].T @ delta, delta.sum(axis=0))]
    for layer in range(len(parameters) - 1, 0, -1):
        delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        gradients.append((inputs[layer - 1].T @ delta, delta.sum(axis=0)))
    return gradients


# %% two layers and no more
# loses: test_gradient_without_a_hidden_layer test_gradient_of_any_depth test_gradient_of_the_biases
# says: ValueError
def backward(x, y, parameters):
    z = forward(x, parameters)
    delta = 2 / y.size * (z[-1] - y)
    below = delta @ parameters[-1][0].T * (z[0] > 0)
    return [(x.T @ below, below.sum(axis=0)), (np.maximum(z[0], 0).T @ delta, delta.sum(axis=0))]


# %% the weights are updated on the way back
# loses: test_gradient_of_one_hidden_layer test_gradient_of_any_depth
# says: before any update
def backward(x, y, parameters):
    parameters = list(parameters)
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = []
    for layer in range(len(parameters) - 1, -1, -1):
        gradients.insert(0, (inputs[layer].T @ delta, delta.sum(axis=0)))
        parameters[layer] = [p - 0.1 * g for p, g in zip(parameters[layer], gradients[0], strict=True)]
        if layer:
            delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
    return gradients


# %% the gradient is right, and the step is taken as well
# loses: test_gradient_of_any_depth
# says: only tells the gradient
def backward(x, y, parameters):
    z = forward(x, parameters)
    inputs = [x, *(np.maximum(z_l, 0) for z_l in z[:-1])]
    delta = 2 / y.size * (z[-1] - y)
    gradients = []
    for layer in range(len(parameters) - 1, -1, -1):
        gradients.insert(0, (inputs[layer].T @ delta, delta.sum(axis=0)))
        if layer:
            delta = delta @ parameters[layer][0].T * (z[layer - 1] > 0)
        for parameter, gradient in zip(parameters[layer], gradients[0], strict=True):
            parameter -= 0.1 * gradient
    return gradients


# %% differences in place of the chain rule
# loses: test_gradient_comes_from_the_chain_rule
# says: Differences of such losses lose all digits
def backward(x, y, parameters):
    return numerical_gradient(x, y, parameters)


# %% one-sided differences
# loses: test_differences_of_every_entry test_differences_use_the_step
# says: centred
def numerical_gradient(x, y, parameters, step=1e-5):
    start = loss(x, y, parameters)

    def differentiate(array):
        derivatives = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + step
            derivatives[index] = (loss(x, y, parameters) - start) / step
            array[index] = value
        return derivatives

    return [(differentiate(weights), differentiate(bias)) for weights, bias in parameters]


# %% the difference is divided by the step only
# loses: test_differences_of_every_entry test_differences_use_the_step
# says: by 2 · step
def numerical_gradient(x, y, parameters, step=1e-5):
    def differentiate(array):
        derivatives = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + step
            above = loss(x, y, parameters)
            array[index] = value - step
            derivatives[index] = (above - loss(x, y, parameters)) / step
            array[index] = value
        return derivatives

    return [(differentiate(weights), differentiate(bias)) for weights, bias in parameters]


# %% the entries do not get their value back
# loses: test_differences_of_every_entry test_differences_use_the_step
# says: old value back
def numerical_gradient(x, y, parameters, step=1e-5):
    def differentiate(array):
        derivatives = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            array[index] += step
            above = loss(x, y, parameters)
            array[index] -= 2 * step
            derivatives[index] = (above - loss(x, y, parameters)) / (2 * step)
        return derivatives

    return [(differentiate(weights), differentiate(bias)) for weights, bias in parameters]


# %% the step is always the same
# loses: test_differences_use_the_step
# says: step is 0.5
def numerical_gradient(x, y, parameters, step=1e-5):
    def differentiate(array):
        derivatives = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + 1e-5
            above = loss(x, y, parameters)
            array[index] = value - 1e-5
            derivatives[index] = (above - loss(x, y, parameters)) / 2e-5
            array[index] = value
        return derivatives

    return [(differentiate(weights), differentiate(bias)) for weights, bias in parameters]


# %% single precision
# loses: test_differences_of_every_entry
# says: off by
def numerical_gradient(x, y, parameters, step=1e-5):
    parameters = [tuple(array.astype(np.float32) for array in layer) for layer in parameters]

    def differentiate(array):
        derivatives = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + step
            above = loss(x, y, parameters)
            array[index] = value - step
            derivatives[index] = (above - loss(x, y, parameters)) / (2 * step)
            array[index] = value
        return derivatives

    return [(differentiate(weights), differentiate(bias)) for weights, bias in parameters]


# %% the gradient of backward instead of differences
# loses: test_differences_use_the_step
# says: going down switches the ReLU off
def numerical_gradient(x, y, parameters, step=1e-5):
    return backward(x, y, parameters)


# %% the absolute error
# loses: test_relative_error_compares_with_the_size test_relative_error_of_zeros
# says: Expected
def relative_error(first, second):
    return np.linalg.norm(first - second)


# %% compared with one of the two arrays
# loses: test_relative_error_compares_with_the_size test_relative_error_of_zeros
# says: of the second array
def relative_error(first, second):
    return np.linalg.norm(first - second) / max(np.linalg.norm(second), 1e-300)


# %% the largest difference
# loses: test_relative_error_compares_with_the_size
# says: sum of all squares
def relative_error(first, second):
    size = np.abs(first).max() + np.abs(second).max()
    return np.abs(first - second).max() / size if size else 0.0


# %% a small number in the denominator
# loses: test_relative_error_compares_with_the_size
# says: root of the sum
def relative_error(first, second):
    size = np.linalg.norm(first) + np.linalg.norm(second)
    return np.linalg.norm(first - second) / (size + 1e-8)


# %% zero divided by zero
# loses: test_relative_error_of_zeros
# says: do not divide 0 by 0
def relative_error(first, second):
    with np.errstate(invalid="ignore"):
        return np.linalg.norm(first - second) / (np.linalg.norm(first) + np.linalg.norm(second))


# %% uphill
# loses: test_training_steps_against_the_gradient test_ten_points_are_learned_by_heart
# says: takes rate · gradient off
def train(x, y, parameters, learning_rate, n_steps):
    losses = []
    for _ in range(n_steps):
        losses.append(loss(x, y, parameters))
        pairs = zip(parameters, backward(x, y, parameters), strict=True)
        parameters = [(w + learning_rate * dw, b + learning_rate * db) for (w, b), (dw, db) in pairs]
    return parameters, losses


# %% the training writes into its start
# loses: test_training_leaves_its_start_alone
# says: makes a new one
def train(x, y, parameters, learning_rate, n_steps):
    losses = []
    for _ in range(n_steps):
        losses.append(loss(x, y, parameters))
        for layer, gradients in zip(parameters, backward(x, y, parameters), strict=True):
            for parameter, gradient in zip(layer, gradients, strict=True):
                parameter -= learning_rate * gradient
    return parameters, losses


# %% the training replaces the pairs in the list of its start
# loses: test_training_leaves_its_start_alone
# says: The list `parameters`
def train(x, y, parameters, learning_rate, n_steps):
    losses = []
    for _ in range(n_steps):
        losses.append(loss(x, y, parameters))
        gradients = backward(x, y, parameters)
        for layer, (weights, bias) in enumerate(parameters):
            step = [learning_rate * gradient for gradient in gradients[layer]]
            parameters[layer] = (weights - step[0], bias - step[1])
    return parameters, losses


# %% the biases stay
# loses: test_training_steps_against_the_gradient test_ten_points_are_learned_by_heart
# says: all arrays
def train(x, y, parameters, learning_rate, n_steps):
    losses = []
    for _ in range(n_steps):
        losses.append(loss(x, y, parameters))
        pairs = zip(parameters, backward(x, y, parameters), strict=True)
        parameters = [(w - learning_rate * dw, b) for (w, b), (dw, _) in pairs]
    return parameters, losses


# %% layer by layer, with new gradients each
# loses: test_training_steps_against_the_gradient test_ten_points_are_learned_by_heart
# says: all gradients taken before
def train(x, y, parameters, learning_rate, n_steps):
    losses, parameters = [], list(parameters)
    for _ in range(n_steps):
        losses.append(loss(x, y, parameters))
        for layer in range(len(parameters)):
            pairs = zip(parameters[layer], backward(x, y, parameters)[layer], strict=True)
            parameters[layer] = tuple(p - learning_rate * g for p, g in pairs)
    return parameters, losses


# %% the losses stand after the steps
# loses: test_ten_points_are_learned_by_heart
# says: The first one is that of the start
def train(x, y, parameters, learning_rate, n_steps):
    losses = []
    for _ in range(n_steps):
        pairs = zip(parameters, backward(x, y, parameters), strict=True)
        parameters = [(w - learning_rate * dw, b - learning_rate * db) for (w, b), (dw, db) in pairs]
        losses.append(loss(x, y, parameters))
    return parameters, losses


# %% every step begins at the start
# loses: test_training_steps_against_the_gradient test_ten_points_are_learned_by_heart
# says: n_steps is 3
def train(x, y, parameters, learning_rate, n_steps):
    losses, found = [], parameters
    for _ in range(n_steps):
        losses.append(loss(x, y, found))
        pairs = zip(parameters, backward(x, y, parameters), strict=True)
        found = [(w - learning_rate * dw, b - learning_rate * db) for (w, b), (dw, db) in pairs]
    return found, losses


# %% only the last loss
# loses: test_ten_points_are_learned_by_heart
# says: A list of numbers
def train(x, y, parameters, learning_rate, n_steps):
    for _ in range(n_steps):
        pairs = zip(parameters, backward(x, y, parameters), strict=True)
        parameters = [(w - learning_rate * dw, b - learning_rate * db) for (w, b), (dw, db) in pairs]
    return parameters, loss(x, y, parameters)


# %% a letter that is no choice
# loses: test_prediction_of_the_step
# says: none of the choices a, b, c
PREDICTIONS = {"step": "z"}


# %% one pass for every weight
# loses: test_cost
# says: price of differences
ANSWERS = {"cost": "b", "kink": "b"}


# %% the backward pass is blamed
# loses: test_kink
# says: wrong for a whole array
ANSWERS = {"cost": "a", "kink": "a"}


# %% small arrays are taken for zeros
# loses: test_relative_error_compares_with_the_size
# says: root of the sum
def relative_error(first, second):
    norms = np.linalg.norm(first) + np.linalg.norm(second)
    return np.linalg.norm(first - second) / max(norms, 1e-8)
