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


# %% the input is forgotten
# loses: test_model_has_one_hidden_layer test_model_returns_a_probability
# says: Begin it with `keras.Input
def build_model(hidden_units, activation):
    hidden = keras.layers.Dense(hidden_units, activation=activation)
    model = keras.Sequential([hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% rates from a table
# loses: test_three_nodes_succeed_about_half_of_the_time
# says: A share of 37
def success_rate(hidden_units, activation, n_starts, epochs=100):
    return {2: 0.0, 3: 0.5, 8: 1.0}[hidden_units]


# %% no validation data
# loses: test_history_has_training_and_validation
# says: values of val_loss
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    return fit(model, x, y[:, np.newaxis], epochs=epochs, callbacks=callbacks, verbose=0)


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
    return fit(model, x, wrong, epochs=epochs, validation_data=(x_new, y_new[:, None]), verbose=0)


# %% the same model again and again
# loses: test_three_nodes_succeed_about_half_of_the_time
# says: a new model
def success_rate(hidden_units, activation, n_starts, epochs=100):
    keras.utils.set_random_seed(0)
    points, model = make_checkerboard(500, seed=1), build_model(hidden_units, activation)
    last = [train(model, *points, points, epochs).history["val_accuracy"][-1] for _ in range(n_starts)]
    return np.mean(np.array(last) >= 0.97)


# %% a low bar
# loses: test_two_nodes_never_succeed test_three_nodes_succeed_about_half_of_the_time
# says: 97 % or more
def success_rate(hidden_units, activation, n_starts, epochs=100):
    points, last = make_checkerboard(500, seed=1), []
    for _ in range(n_starts):
        history = train(build_model(hidden_units, activation), *points, points, epochs)
        last.append(history.history["val_accuracy"][-1])
    return np.mean(np.array(last) >= 0.6)


# %% a share of one start
# loses: test_eight_nodes_nearly_always_succeed test_three_nodes_succeed_about_half_of_the_time
# says: of all starts
def success_rate(hidden_units, activation, n_starts, epochs=100):
    points, n_good = make_checkerboard(500, seed=1), 0
    for _ in range(n_starts):
        history = train(build_model(hidden_units, activation), *points, points, epochs)
        n_good += history.history["val_accuracy"][-1] >= 0.97
    return n_good


# %% the one that always succeeds
# loses: test_minimal_network_is_the_smallest_that_succeeds
# says: however rarely
def minimal_network(rates):
    return min(nodes for nodes, rate in rates.items() if rate == 1)


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


# %% a rate that is too small
# loses: test_linear_model_needs_the_product
# says: rate near 0.02
def build_linear_model(n_inputs):
    model = keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(1e-6), "binary_crossentropy", metrics=["accuracy"])
    return model
