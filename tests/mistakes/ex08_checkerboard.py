"""Wrong answers to exercise 8. Each cell replaces a function and names the marks it loses."""

# %% the activation is fixed
# loses: test_model_has_one_hidden_layer
# says: 5 units and tanh
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation="relu")
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% a regression head
# loses: test_model_returns_a_probability
# says: mean_squared_error
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.02), loss="mse", metrics=["accuracy"])
    return model


# %% logits taken for probabilities
# loses: test_model_returns_a_probability
# says: the last layer is None
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% another optimizer, and no metric
# loses: test_model_returns_a_probability
# says: Adam with 0.02
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", loss="binary_crossentropy")
    return model


# %% no metric
# loses: test_model_returns_a_probability
# says: `metrics=["accuracy"]`
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy")
    return model


# %% a metric under a name that the pictures do not find
# loses: test_model_returns_a_probability
# says: measures acc.
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["acc"])
    return model


# %% the same start each time
# loses: test_model_has_one_hidden_layer
# says: Is a seed fixed?
def build_model(hidden_units, activation):
    keras.utils.set_random_seed(1)
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% a class that hides its layers, which the pictures of neurons cannot draw
# loses: test_model_has_one_hidden_layer test_model_returns_a_probability
# says: a functional `keras.Model(inputs, outputs)` is expected
class Network(keras.Model):
    def __init__(self, hidden_units, activation):
        super().__init__()
        self.hidden = keras.layers.Dense(hidden_units, activation=activation)
        self.head = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.head(self.hidden(x))


def build_model(hidden_units, activation):
    model = Network(hidden_units, activation)
    model.build((None, 2))
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% the input is forgotten
# loses: test_model_has_one_hidden_layer test_model_returns_a_probability
# says: Begin it with `keras.Input
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% rates from a table
# loses: test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: A share of 37
def success_rate(hidden_units, activation, n_starts, epochs=100):
    return {2: 0.0, 3: 0.5, 8: 1.0}[hidden_units]


# %% nothing but the number zero
# loses: test_success_is_measured_on_new_points test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: For 8 ReLUs the rate is 0.
def success_rate(hidden_units, activation, n_starts, epochs=100):
    return 0.0


# %% success on the training points
# loses: test_success_is_measured_on_new_points
# says: that they were not trained on
def success_rate(hidden_units, activation, n_starts, epochs=100):
    points, last = make_checkerboard(500, seed=1), []
    for _ in range(n_starts):
        history = train(build_model(hidden_units, activation), *points, points, epochs)
        last.append(history.history["val_accuracy"][-1])
    return np.mean(np.array(last) >= 0.97)


# %% the accuracy of the training
# loses: test_success_is_measured_on_new_points
# says: that they were not trained on
def success_rate(hidden_units, activation, n_starts, epochs=100):
    x, y = make_checkerboard(500, seed=1)
    networks = fit_many(
        lambda: build_model(hidden_units, activation), x, y[:, None], n_models=n_starts, epochs=epochs, verbose=0
    )
    return np.mean(networks.history["accuracy"][:, -1] >= 0.97)


# %% always ReLU
# loses: test_success_is_measured_on_new_points
# says: build_model got 2 and 'relu'
def success_rate(hidden_units, activation, n_starts, epochs=100):
    points, new, last = make_checkerboard(500, seed=1), make_checkerboard(1000, seed=2), []
    for _ in range(n_starts):
        history = train(build_model(hidden_units, "relu"), *points, new, epochs)
        last.append(history.history["val_accuracy"][-1])
    return np.mean(np.array(last) >= 0.97)


# %% always 100 epochs
# loses: test_eight_nodes_nearly_always_succeed
# says: Are the epochs passed on?
def success_rate(hidden_units, activation, n_starts, epochs=100):
    points, new, last = make_checkerboard(500, seed=1), make_checkerboard(1000, seed=2), []
    for _ in range(n_starts):
        history = train(build_model(hidden_units, activation), *points, new)
        last.append(history.history["val_accuracy"][-1])
    return np.mean(np.array(last) >= 0.97)


# %% no validation data
# loses: test_history_has_training_and_validation
# says: values of val_loss
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    return fit(model, x, y[:, np.newaxis], epochs=epochs, callbacks=callbacks, verbose=0)


# %% the callbacks are not passed on
# loses: test_history_has_training_and_validation
# says: are the callbacks passed on?
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    validation = validation_data[0], validation_data[1][:, None]
    return fit(model, x, y[:, None], epochs=epochs, validation_data=validation, verbose=0)


# %% the dictionary instead of the History
# loses: test_history_has_training_and_validation test_network_solves_the_checkerboard
# says: returned a dict. A Keras History is expected
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    validation = validation_data[0], validation_data[1][:, None]
    history = fit(
        model, x, y[:, None], epochs=epochs, validation_data=validation, callbacks=callbacks, verbose=0
    )
    return history.history


# %% validated on the training points
# loses: test_history_has_training_and_validation
# says: Is it that of the validation data
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    points = x, y[:, None]
    return fit(model, *points, epochs=epochs, validation_data=points, callbacks=callbacks, verbose=0)


# %% a stop that nobody asked for
# loses: test_network_solves_the_checkerboard
# says: Train for all epochs
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    validation = validation_data[0], validation_data[1][:, None]
    stop = keras.callbacks.EarlyStopping("val_loss", min_delta=0.003, patience=5)
    return fit(
        model,
        x,
        y[:, None],
        epochs=epochs,
        validation_data=validation,
        callbacks=[*callbacks, stop],
        verbose=0,
    )


# %% one epoch only
# loses: test_history_has_training_and_validation test_network_solves_the_checkerboard
# says: for all epochs
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    x_new, y_new = validation_data
    return fit(model, x[:100], y[:100, None], epochs=1, validation_data=(x_new, y_new[:, None]), verbose=0)


# %% the labels get mixed up
# loses: test_network_solves_the_checkerboard
# says: After training
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    x_new, y_new = validation_data
    wrong = np.random.default_rng(1).permutation(y)[:, np.newaxis]
    return fit(model, x, wrong, epochs=epochs, validation_data=(x_new, y_new[:, None]), callbacks=callbacks, verbose=0)


# %% the same model again and again
# loses: test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: a new model
def success_rate(hidden_units, activation, n_starts, epochs=100):
    keras.utils.set_random_seed(0)
    points, new = make_checkerboard(500, seed=1), make_checkerboard(1000, seed=2)
    model = build_model(hidden_units, activation)
    last = [train(model, *points, new, epochs).history["val_accuracy"][-1] for _ in range(n_starts)]
    return np.mean(np.array(last) >= 0.97)


# %% a low bar
# loses: test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: About 0.5 is expected
def success_rate(hidden_units, activation, n_starts, epochs=100):
    points, new, last = make_checkerboard(500, seed=1), make_checkerboard(1000, seed=2), []
    for _ in range(n_starts):
        history = train(build_model(hidden_units, activation), *points, new, epochs)
        last.append(history.history["val_accuracy"][-1])
    return np.mean(np.array(last) >= 0.6)


# %% a share of one start
# loses: test_eight_nodes_nearly_always_succeed test_three_nodes_succeed_about_half_of_the_time
# says: of all starts
def success_rate(hidden_units, activation, n_starts, epochs=100):
    points, new, n_good = make_checkerboard(500, seed=1), make_checkerboard(1000, seed=2), 0
    for _ in range(n_starts):
        history = train(build_model(hidden_units, activation), *points, new, epochs)
        n_good += history.history["val_accuracy"][-1] >= 0.97
    return n_good


# %% the one that always succeeds
# loses: test_minimal_network_is_the_smallest_that_succeeds
# says: however rarely
def minimal_network(rates):
    return min(nodes for nodes, rate in rates.items() if rate == 1)


# %% a guess
# loses: test_minimal_network_is_the_smallest_that_succeeds
# says: Expected 3
def minimal_network(rates):
    return 5


# %% two nodes
# loses: test_smallest
# says: corners of Boolean XOR
ANSWERS = {"smallest": "a"}


# %% only the product
# loses: test_product_is_the_third_column
# says: Keep both coordinates
def with_product_feature(x):
    return x[:, :1] * x[:, 1:]


# %% a hidden layer
# loses: test_linear_model_needs_the_product
# says: Only the output
def build_linear_model(n_inputs):
    hidden = keras.layers.Dense(8, activation="relu")
    model = keras.Sequential([keras.Input((n_inputs,)), hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% no metric without the hidden layer
# loses: test_linear_model_needs_the_product
# says: `metrics=["accuracy"]`
def build_linear_model(n_inputs):
    model = keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return model


# %% a rate that is too small
# loses: test_linear_model_needs_the_product
# says: rate near 0.02
def build_linear_model(n_inputs):
    model = keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(1e-6), "binary_crossentropy", metrics=["accuracy"])
    return model
