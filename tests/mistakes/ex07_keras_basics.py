"""Wrong answers to exercise 7. Each cell replaces something and names the marks it loses."""

# %% weights made before the number of inputs is known
# loses: test_layer_has_kernel_and_bias test_output_is_x_w_plus_b test_weights_start_as_glorot_proposed test_model_survives_saving
# says: build_linear_model
@keras.saving.register_keras_serializable()
class LinearLayer(keras.layers.Layer):
    def __init__(self, n_outputs, **options):
        super().__init__(**options)
        self.kernel = self.add_weight(shape=(2, n_outputs))
        self.bias = self.add_weight(shape=(n_outputs,), initializer="zeros")

    def call(self, inputs):
        return inputs @ self.kernel + self.bias


# %% the bias is missing
# loses: test_layer_has_kernel_and_bias test_output_is_x_w_plus_b test_weights_start_as_glorot_proposed
# says: A matrix and a vector are expected
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.n_outputs), initializer="glorot_uniform")

    def call(self, inputs):
        return inputs @ self.kernel


# %% a bias that is not trainable
# loses: test_layer_has_kernel_and_bias
# says: Of 8 parameters 6 are trainable
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.n_outputs), initializer="glorot_uniform")
        self.bias = self.add_weight(shape=(self.n_outputs,), initializer="zeros", trainable=False)


# %% an activation in the linear layer
# loses: test_output_is_x_w_plus_b
# says: and nothing else
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def call(self, inputs):
        return keras.ops.relu(inputs @ self.kernel + self.bias)


# %% the bias is not added
# loses: test_output_is_x_w_plus_b
# says: plus the bias
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def call(self, inputs):
        return inputs @ self.kernel


# %% the kernel of exercise 1, with the outputs first
# loses: test_layer_has_kernel_and_bias test_output_is_x_w_plus_b
# says: the kernel, then the bias
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(self.n_outputs, input_shape[-1]), initializer="glorot_uniform")
        self.bias = self.add_weight(shape=(self.n_outputs,), initializer="zeros")

    def call(self, inputs):
        return inputs @ keras.ops.transpose(self.kernel) + self.bias


# %% a bias that starts at random
# loses: test_weights_start_as_glorot_proposed
# says: "zeros"
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.n_outputs))
        self.bias = self.add_weight(shape=(self.n_outputs,))


# %% a kernel of zeros
# loses: test_weights_start_as_glorot_proposed
# says: start at random
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.n_outputs), initializer="zeros")
        self.bias = self.add_weight(shape=(self.n_outputs,), initializer="zeros")


# %% the weights of He
# loses: test_weights_start_as_glorot_proposed
# says: "glorot_uniform"
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.n_outputs), initializer="he_normal")
        self.bias = self.add_weight(shape=(self.n_outputs,), initializer="zeros")


# %% a class that is not registered
# loses: test_model_survives_saving
# says: Does `@keras.saving.register_keras_serializable
class LinearLayer(LinearLayer):
    pass


# %% numbers that are no weights
# loses: test_layer_has_kernel_and_bias test_output_is_x_w_plus_b test_weights_start_as_glorot_proposed test_model_survives_saving
# says: `self.add_weight` in `build` makes them
@keras.saving.register_keras_serializable(package=__name__)
class LinearLayer(LinearLayer):
    def build(self, input_shape):
        self.kernel = np.random.default_rng(1).normal(size=(input_shape[-1], self.n_outputs)).astype("float32")
        self.bias = np.zeros(self.n_outputs, "float32")


# %% Keras's own layer
# loses: test_layer_has_kernel_and_bias
# says: The layers with weights are Dense
def build_linear_model(n_inputs, n_outputs):
    return keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(n_outputs)])


# %% the input is forgotten
# loses: test_layer_has_kernel_and_bias test_output_is_x_w_plus_b test_weights_start_as_glorot_proposed test_model_survives_saving
# says: Begin it with `keras.Input
def build_linear_model(n_inputs, n_outputs):
    return keras.Sequential([LinearLayer(n_outputs)])


# %% the layer instead of a model
# loses: test_layer_has_kernel_and_bias test_output_is_x_w_plus_b test_weights_start_as_glorot_proposed test_model_survives_saving
# says: an object of type LinearLayer
def build_linear_model(n_inputs, n_outputs):
    return LinearLayer(n_outputs)


# %% uphill
# loses: test_steps_go_against_the_gradient test_losses_stand_before_each_step test_every_layer_learns test_targets_are_not_broadcast
# says: −learning_rate times
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x) - y) ** 2)
        losses.append(float(loss))
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_add(learning_rate * gradient)
    return losses


# %% the forward pass stands before the tape
# loses: test_steps_go_against_the_gradient test_losses_stand_before_each_step test_every_layer_learns test_targets_are_not_broadcast
# says: NoneType
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for _ in range(n_steps):
        outputs = model(x)
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((outputs - y) ** 2)
        losses.append(float(loss))
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_sub(learning_rate * gradient)
    return losses


# %% one gradient for all steps
# loses: test_steps_go_against_the_gradient test_losses_stand_before_each_step test_targets_are_not_broadcast
# says: In each step every weight changes
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_weights)
    for _ in range(n_steps):
        losses.append(float(loss))
        for weight, gradient in zip(model.trainable_weights, gradients):
            weight.assign_sub(learning_rate * gradient)
    return losses


# %% the sum of the squares
# loses: test_steps_go_against_the_gradient test_losses_stand_before_each_step test_every_layer_learns test_targets_are_not_broadcast
# says: mean over samples and outputs
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.sum((model(x) - y) ** 2)
        losses.append(float(loss))
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_sub(learning_rate * gradient)
    return losses


# %% one loss for each sample
# loses: test_steps_go_against_the_gradient test_losses_stand_before_each_step test_every_layer_learns test_targets_are_not_broadcast
# says: TypeError
def train_with_tape(model, x, y, learning_rate, n_steps):
    losses = []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.losses.mean_squared_error(y, model(x))
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_sub(learning_rate * gradient)
        losses.append(float(loss))
    return losses


# %% the mean over samples only
# loses: test_steps_go_against_the_gradient test_losses_stand_before_each_step
# says: mean over samples and outputs
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.sum((model(x) - y) ** 2) / len(x)
        losses.append(float(loss))
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_sub(learning_rate * gradient)
    return losses


# %% targets are broadcast
# loses: test_targets_are_not_broadcast
# says: that is (8, 8)
def train_with_tape(model, x, y, learning_rate, n_steps):
    losses = []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x) - y) ** 2)
        losses.append(float(loss))
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_sub(learning_rate * gradient)
    return losses


# %% the losses stand after the steps
# loses: test_losses_stand_before_each_step
# says: before any weight has changed
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x) - y) ** 2)
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_sub(learning_rate * gradient)
        losses.append(float(keras.ops.mean((model(x) - y) ** 2)))
    return losses


# %% only the last loss
# loses: test_losses_stand_before_each_step
# says: A list of numbers is expected
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, loss = np.reshape(y, (len(x), -1)), 0.0
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x) - y) ** 2)
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight.assign_sub(learning_rate * gradient)
    return float(loss)


# %% only the first two weights
# loses: test_every_layer_learns
# says: all of `model.trainable_weights`
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x) - y) ** 2)
        losses.append(float(loss))
        weights = model.trainable_weights[:2]
        for weight, gradient in zip(weights, tape.gradient(loss, weights)):
            weight.assign_sub(learning_rate * gradient)
    return losses


# %% new numbers in place of changed weights
# loses: test_steps_go_against_the_gradient test_losses_stand_before_each_step test_every_layer_learns test_targets_are_not_broadcast
# says: every weight changes
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x) - y) ** 2)
        losses.append(float(loss))
        for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
            weight = weight - learning_rate * gradient
    return losses


# %% one step too few
# loses: test_steps_go_against_the_gradient test_every_layer_learns test_targets_are_not_broadcast
# says: n_steps is 1
def train_with_tape(model, x, y, learning_rate, n_steps):
    y, losses = np.reshape(y, (len(x), -1)), []
    for step in range(n_steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x) - y) ** 2)
        losses.append(float(loss))
        if step < n_steps - 1:
            for weight, gradient in zip(model.trainable_weights, tape.gradient(loss, model.trainable_weights)):
                weight.assign_sub(learning_rate * gradient)
    return losses


# %% batches of 32
# loses: test_fit_takes_the_same_steps test_history_has_the_losses
# says: does one batch hold all samples
def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile(keras.optimizers.SGD(learning_rate), loss="mse")
    return fit(model, x, y, epochs=epochs, verbose=0)


# %% Adam
# loses: test_fit_takes_the_same_steps test_history_has_the_losses
# says: Is the optimizer SGD
def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile(keras.optimizers.Adam(learning_rate), loss="mse")
    return fit(model, x, y, batch_size=len(x), epochs=epochs, verbose=0)


# %% momentum
# loses: test_fit_takes_the_same_steps test_history_has_the_losses
# says: Is the optimizer SGD
def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile(keras.optimizers.SGD(learning_rate, momentum=0.9), loss="mse")
    return fit(model, x, y, batch_size=len(x), epochs=epochs, verbose=0)


# %% the rate of the string
# loses: test_fit_takes_the_same_steps test_history_has_the_losses
# says: with the learning rate
def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile("sgd", loss="mse")
    return fit(model, x, y, batch_size=len(x), epochs=epochs, verbose=0)


# %% the History is not returned
# loses: test_fit_takes_the_same_steps test_history_has_the_losses
# says: None (is the `return` missing?)
def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile(keras.optimizers.SGD(learning_rate), loss="mse")
    fit(model, x, y, batch_size=len(x), epochs=epochs, verbose=0)


# %% a single epoch
# loses: test_fit_takes_the_same_steps test_history_has_the_losses
# says: Are the epochs passed on?
def train_with_fit(model, x, y, learning_rate, epochs):
    model.compile(keras.optimizers.SGD(learning_rate), loss="mse")
    return fit(model, x, y, batch_size=len(x), epochs=1, verbose=0)


# %% a sigmoid on the regression
# loses: test_regression_ends_without_activation
# says: ends in sigmoid
def regression_model(n_inputs):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% a ReLU on the regression
# loses: test_regression_ends_without_activation
# says: every number can be reached
def regression_model(n_inputs):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="relu")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% a loss of classes on the regression
# loses: test_regression_ends_without_activation
# says: The loss is binary_crossentropy
def regression_model(n_inputs):
    model = keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    return model


# %% no activation in the hidden layer
# loses: test_model_has_a_hidden_layer_of_16
# says: a single linear layer
def regression_model(n_inputs):
    model = keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(16), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% the number of inputs is fixed
# loses: test_model_has_a_hidden_layer_of_16 test_regression_ends_without_activation
# says: takes the shape [None, 1]
def regression_model(n_inputs):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% not compiled
# loses: test_model_has_a_hidden_layer_of_16 test_classification_ends_in_probabilities
# says: is not compiled
def classification_model(n_inputs, n_classes):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(n_classes, activation="softmax")]
    return keras.Sequential([keras.Input((n_inputs,)), *layers])


# %% a regression that is not compiled
# loses: test_model_has_a_hidden_layer_of_16 test_regression_ends_without_activation
# says: is not compiled
def regression_model(n_inputs):
    return keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])


# %% what compile returns
# loses: test_model_has_a_hidden_layer_of_16 test_classification_ends_in_probabilities
# says: returned None
def classification_model(n_inputs, n_classes):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(n_classes, activation="softmax")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    return model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")


# %% a softmax of a single output
# loses: test_model_has_a_hidden_layer_of_16 test_classification_ends_in_probabilities
# says: returns the shape [None, 1]
def classification_model(n_inputs, n_classes):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="softmax")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    return model


# %% the loss for one-hot labels
# loses: test_classification_ends_in_probabilities
# says: sparse_categorical_crossentropy is expected
def classification_model(n_inputs, n_classes):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(n_classes, activation="softmax")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    model.compile(keras.optimizers.Adam(0.01), loss="categorical_crossentropy")
    return model


# %% a softmax, and a loss that expects logits
# loses: test_classification_ends_in_probabilities
# says: since the loss takes logits
def classification_model(n_inputs, n_classes):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(n_classes, activation="softmax")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss=loss)
    return model


# %% a rate that is too small
# loses: test_model_has_a_hidden_layer_of_16
# says: Adam with 0.01
def classification_model(n_inputs, n_classes):
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(n_classes, activation="softmax")]
    model = keras.Sequential([keras.Input((n_inputs,)), *layers])
    model.compile(keras.optimizers.Adam(0.0001), loss="sparse_categorical_crossentropy")
    return model


# %% a letter that is no choice
# loses: test_prediction_of_the_sigmoid
# says: none of the choices a, b, c
PREDICTIONS = {"sigmoid_head": "z"}


# %% the baseline itself
# loses: test_my_regressor_beats_the_baseline test_my_regressor_is_good
# says: The baseline has 0.21
def my_regressor():
    return baseline_regressor()


# %% one wide layer
# loses: test_my_regressor_is_good
# says: a second hidden layer
def my_regressor():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% too many parameters
# loses: test_my_regressor_beats_the_baseline test_my_regressor_is_good
# says: At most 2000
def my_regressor():
    hidden = [keras.layers.Dense(64, activation="relu") for _ in range(2)]
    model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), loss="mse")
    return model


# %% a softmax over two heights
# loses: test_my_regressor_beats_the_baseline test_my_regressor_is_good
# says: a height for each point
def my_regressor():
    return classification_model(2, 2)


# %% ReLU, linear stacks, and 36 parameters
# loses: test_head test_deep test_count
# says: 11 of 20 networks
ANSWERS = {"head": "a", "deep": "a", "count": "b"}


# %% a scaled sigmoid, a wide layer, and no biases
# loses: test_head test_deep test_count
# says: side by side
ANSWERS = {"head": "c", "deep": "b", "count": "c"}


# %% a layer that knows the hills
# loses: test_my_regressor_beats_the_baseline test_my_regressor_is_good
# says: Layers of Keras are expected
class Hills(keras.layers.Dense):
    def call(self, x):
        return 0 * super().call(x) + keras.ops.exp(-keras.ops.sum(x**2, axis=1, keepdims=True))


def my_regressor():
    model = keras.Sequential([keras.Input((2,)), Hills(1)])
    model.compile("sgd", "mse")
    return model
