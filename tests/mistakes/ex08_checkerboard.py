"""Wrong answers to exercise 8. Each cell replaces a function or an answer and names the marks it loses."""

# %% the activation is fixed
# loses: test_model_has_these_hidden_layers
# says: ('Dense', 5, 'tanh')
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation="relu") for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% only the first hidden layer
# loses: test_model_has_these_hidden_layers
# says: [('Dense', 5, 'tanh'), ('Dense', 4, 'tanh')]
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units[:1]]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% two inputs always
# loses: test_model_has_these_hidden_layers
# says: 3 numbers go in
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% no biases
# loses: test_model_has_these_hidden_layers
# says: with biases
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation, use_bias=False) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% a regression head
# loses: test_model_returns_a_probability
# says: Let the output node end in a sigmoid
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.02), loss="mse", metrics=["accuracy"])
    return model


# %% logits taken for probabilities
# loses: test_model_returns_a_probability
# says: Probabilities are expected
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% logits with the loss for logits
# loses: test_model_returns_a_probability
# says: Probabilities are expected
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss=loss, metrics=["accuracy"])
    return model


# %% the loss of a regression
# loses: test_model_returns_a_probability
# says: mean_squared_error
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="mse", metrics=["accuracy"])
    return model


# %% probabilities with the loss for logits
# loses: test_model_returns_a_probability
# says: Leave `from_logits` out
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss=loss, metrics=["accuracy"])
    return model


# %% two outputs
# loses: test_model_has_these_hidden_layers test_model_returns_a_probability
# says: shape (500, 2)
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(2, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% another optimizer
# loses: test_model_is_compiled
# says: Adam with 0.02
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% no metric
# loses: test_model_is_compiled
# says: `metrics=["accuracy"]`
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy")
    return model


# %% a metric under a name that the pictures do not find
# loses: test_model_is_compiled
# says: measures acc.
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["acc"])
    return model


# %% the model is not compiled
# loses: test_model_returns_a_probability test_model_is_compiled
# says: not compiled
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.summary(print_fn=lambda *line: None)
    return model


# %% the same start each time
# loses: test_each_model_starts_anew
# says: Is a seed fixed?
def build_model(hidden_units, activation, n_inputs=2):
    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% the input is forgotten
# loses: test_model_has_these_hidden_layers test_each_model_starts_anew test_model_returns_a_probability
# says: Begin it with `keras.Input
def build_model(hidden_units, activation, n_inputs=2):
    hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
    model = keras.Sequential([*hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %% a class that hides its layers, which the pictures of neurons cannot draw
# loses: test_model_has_these_hidden_layers test_each_model_starts_anew test_model_returns_a_probability
# says: a functional `keras.Model(inputs, outputs)` is expected
class Network(keras.Model):
    def __init__(self, hidden_units, activation):
        super().__init__()
        self.hidden = [keras.layers.Dense(units, activation=activation) for units in hidden_units]
        self.head = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)


def build_model(hidden_units, activation, n_inputs=2):
    model = Network(hidden_units, activation)
    model.build((None, n_inputs))
    model.compile(keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


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
    validation = validation_data[0], validation_data[1][:, None]
    return fit(model, x[:100], y[:100, None], epochs=1, validation_data=validation, verbose=0)


# %% the labels get mixed up
# loses: test_network_solves_the_checkerboard
# says: After 100 epochs the network of 12 ReLUs
def train(model, x, y, validation_data, epochs=100, callbacks=()):
    validation = validation_data[0], validation_data[1][:, None]
    wrong = np.random.default_rng(1).permutation(y)[:, np.newaxis]
    return fit(model, x, wrong, epochs=epochs, validation_data=validation, callbacks=callbacks, verbose=0)


# %% rates from a table
# loses: test_only_new_points_count test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: A multiple of 1/41
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    return {(3,): 0.5, (8,): 1.0}.get(hidden_units, 0.9)


# %% nothing but the number zero
# loses: test_only_new_points_count test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: Most of these networks succeed
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    return 0.0


# %% the accuracy of the training
# loses: test_only_new_points_count test_eight_nodes_nearly_always_succeed
# says: nobody can know them
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    networks = fit_many(
        lambda: build_model(hidden_units, activation), x, y[:, None], n_models=n_starts, epochs=epochs, verbose=0
    )
    return np.mean(networks.history["accuracy"][:, -1] >= 0.97)


# %% trained on the validation points
# loses: test_only_new_points_count
# says: Train on x and y
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = validation_data
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        validation_data[0], validation_data[1][:, None],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return np.mean(last >= 0.97)


# %% points of its own
# loses: test_only_new_points_count test_eight_nodes_nearly_always_succeed
# says: nobody can know them
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = make_checkerboard(500)
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        x, y[:, None],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return np.mean(last >= 0.97)


# %% always ReLU
# loses: test_only_new_points_count
# says: build_model got (5, 2) and 'relu'
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = validation_data
    networks = fit_many(
        lambda: build_model(hidden_units, "relu"),
        x, y[:, None],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return np.mean(last >= 0.97)


# %% always 100 epochs
# loses: test_eight_nodes_nearly_always_succeed
# says: Are the epochs passed on
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = validation_data
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        x, y[:, None],
        n_models=n_starts,
        epochs=100,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return np.mean(last >= 0.97)


# %% the same model again and again
# loses: test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: a new model
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    keras.utils.set_random_seed(0)
    model = build_model(hidden_units, activation)
    last = [train(model, x, y, validation_data, epochs).history["val_accuracy"][-1] for _ in range(n_starts)]
    return np.mean(np.array(last) >= 0.97)


# %% a low bar
# loses: test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: Is the bar at 97 %?
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = validation_data
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        x, y[:, None],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return np.mean(last >= 0.6)


# %% a bar of 95 %
# loses: test_eight_nodes_nearly_always_succeed
# says: 4 % of these validation labels
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = validation_data
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        x, y[:, None],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return np.mean(last >= 0.95)


# %% a high bar
# loses: test_eight_nodes_nearly_always_succeed
# says: 2 % of these validation labels
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = validation_data
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        x, y[:, None],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return np.mean(last >= 0.99)


# %% a number instead of a share
# loses: test_three_nodes_succeed_about_half_of_the_time test_eight_nodes_nearly_always_succeed
# says: of all starts
def success_rate(hidden_units, activation, x, y, validation_data, n_starts=50, epochs=400):
    x_new, y_new = validation_data
    networks = fit_many(
        lambda: build_model(hidden_units, activation),
        x, y[:, None],
        n_models=n_starts,
        epochs=epochs,
        validation_data=(x_new, y_new[:, None]),
        verbose=0,
    )
    last = networks.history["val_accuracy"][:, -1]
    return int(np.sum(last >= 0.97))


# %% a letter that is no choice
# loses: test_prediction_of_three_nodes
# says: none of the choices a, b, c
PREDICTIONS = {"three": "z"}


# %% time heals all
# loses: test_patience
# says: still in 84 %
ANSWERS["patience"] = "a"


# %% stuck for good
# loses: test_patience
# says: tanh rises from 50 %
ANSWERS["patience"] = "c"


# %% the third ReLU is not shifted
# loses: test_three_relus_need_no_training
# says: which ReLUs are zero there
def three_relus():
    hidden = np.array([[1.0, 1, 0], [1, -1, 1]])
    return [hidden, np.zeros(3), np.array([[2.0], [-2], [-2]]), np.zeros(1)]


# %% a wrong sign
# loses: test_three_relus_need_no_training
# says: of 2000 points
def three_relus():
    hidden = np.array([[1.0, 1, 0], [1, -1, 1]])
    return [hidden, np.array([0.0, 0, 6]), np.array([[2.0], [-2], [2]]), np.array([-12.0])]


# %% the shift is not taken off again
# loses: test_three_relus_need_no_training
# says: of 2000 points
def three_relus():
    hidden = np.array([[1.0, 1, 0], [1, -1, 1]])
    return [hidden, np.array([0.0, 0, 6]), np.array([[2.0], [-2], [-2]]), np.zeros(1)]


# %% the classes are exchanged
# loses: test_three_relus_need_no_training
# says: 2000 of 2000
def three_relus():
    hidden = np.array([[1.0, 1, 0], [1, -1, 1]])
    return [hidden, np.array([0.0, 0, 6]), np.array([[-2.0], [2], [2]]), np.array([-12.0])]


# %% the hidden weights are transposed
# loses: test_three_relus_need_no_training
# says: shape (3, 2)
def three_relus():
    hidden = np.array([[1.0, 1], [1, -1], [0, 1]])
    return [hidden, np.array([0.0, 0, 6]), np.array([[2.0], [-2], [-2]]), np.array([12.0])]


# %% lists in place of arrays
# loses: test_three_relus_need_no_training
# says: The hidden weights are a list
def three_relus():
    return [[[1, 1, 0], [1, -1, 1]], [0, 0, 6], [[2], [-2], [-2]], [12]]


# %% only the product
# loses: test_product_is_the_third_column
# says: Keep both coordinates
def with_product_feature(x):
    return x[:, :1] * x[:, 1:]


# %% the product stands first
# loses: test_product_is_the_third_column
# says: then their product
def with_product_feature(x):
    return np.column_stack([x[:, 0] * x[:, 1], x])


# %% only steeper
# loses: test_deeper
# says: look for a corner
ANSWERS["deeper"] = "a"


# %% one minimum only
# loses: test_retrained
# says: correlate by −0.02
ANSWERS["retrained"] = "b"


# %% another function each time
# loses: test_retrained
# says: agree on the boundary
ANSWERS["retrained"] = "c"


# %% the baseline
# loses: test_my_network_beats_the_baseline test_my_network_is_small
# says: Fewer than the 49
def my_network():
    return (12,), "relu"


# %% too small to succeed
# loses: test_my_network_beats_the_baseline test_my_network_is_small
# says: Of 50 starts
def my_network():
    return (3,), "relu"


# %% smaller than the baseline, but not small
# loses: test_my_network_is_small
# says: At most 33
def my_network():
    return (10,), "relu"


# %% a number instead of a tuple
# loses: test_my_network_beats_the_baseline test_my_network_is_small
# says: A tuple of whole numbers
def my_network():
    return 8, "relu"


# %% a model instead of its description
# loses: test_my_network_beats_the_baseline test_my_network_is_small
# says: a Keras model
def my_network():
    return build_model((8,), "relu")


# %% the third ReLU folds just within the square
# loses: test_three_relus_need_no_training
# says: on the wrong side, such as
def three_relus():
    hidden = np.array([[1, 1, 0], [1, -1, 1]])
    return [hidden, np.array([0, 0, 5.0]), np.array([[2], [-2], [-2]]), np.array([10.0])]
