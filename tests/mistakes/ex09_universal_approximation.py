"""Wrong answers to exercise 9. Each cell replaces a function and names the marks it loses."""

# %% the weights are the slopes
# loses: test_interpolant_goes_through_the_points test_interpolant_is_straight_between_the_points test_error_falls_with_the_square_of_the_nodes
# says: changes the slope
def relu_interpolant(x, y):
    return x[:-1], np.diff(y) / np.diff(x), y[0]


# %% the first slope is forgotten
# loses: test_interpolant_goes_through_the_points test_interpolant_is_straight_between_the_points test_error_falls_with_the_square_of_the_nodes
# says: at its knot
def relu_interpolant(x, y):
    slopes = np.diff(y) / np.diff(x)
    return x[:-1], np.diff(slopes, prepend=slopes[0]), y[0]


# %% the knots are shifted by one
# loses: test_interpolant_goes_through_the_points test_interpolant_is_straight_between_the_points test_error_falls_with_the_square_of_the_nodes
# says: which of them are the knots
def relu_interpolant(x, y):
    return x[1:], np.diff(np.diff(y) / np.diff(x), prepend=0), y[0]


# %% the bias is zero
# loses: test_interpolant_goes_through_the_points test_interpolant_is_straight_between_the_points test_error_falls_with_the_square_of_the_nodes
# says: only the bias counts
def relu_interpolant(x, y):
    return x[:-1], np.diff(np.diff(y) / np.diff(x), prepend=0), 0.0


# %% the points are taken to be equally spaced
# loses: test_interpolant_goes_through_the_points test_interpolant_is_straight_between_the_points
# says: Δy/Δx
def relu_interpolant(x, y):
    return x[:-1], np.diff(np.diff(y) / (x[1] - x[0]), prepend=0), y[0]


# %% one ReLU too few
# loses: test_interpolant_goes_through_the_points test_interpolant_is_straight_between_the_points test_error_falls_with_the_square_of_the_nodes
# says: one ReLU for each piece
def relu_interpolant(x, y):
    slopes = np.diff(y) / np.diff(x)
    return x[1:-1], np.diff(slopes), y[0]


# %% the first ReLU begins too early
# loses: test_interpolant_is_straight_between_the_points
# says: Left of all points
def relu_interpolant(x, y):
    slopes = np.diff(y) / np.diff(x)
    return np.append(x[0] - 1, x[1:-1]), np.diff(slopes, prepend=0), y[0] - slopes[0]


# %% weights as whole numbers where the heights are
# loses: test_interpolant_goes_through_the_points
# says: At the points
def relu_interpolant(x, y):
    weights = np.empty_like(y[:-1])
    weights[:] = np.diff(np.diff(y) / np.diff(x), prepend=0)
    return x[:-1], weights, y[0]


# %% the numbers are rounded
# loses: test_error_falls_with_the_square_of_the_nodes
# says: is nothing rounded
def relu_interpolant(x, y):
    weights = np.diff(np.diff(y) / np.diff(x), prepend=0)
    return x[:-1], np.round(weights, 1) if len(x) > 50 else weights, y[0]


# %% a line through the ends
# loses: test_interpolant_goes_through_the_points test_interpolant_is_straight_between_the_points test_error_falls_with_the_square_of_the_nodes
# says: sum of the ReLUs
def relu_interpolant(x, y):
    weights = np.zeros(len(x) - 1)
    weights[0] = (y[-1] - y[0]) / (x[-1] - x[0])
    return x[:-1], weights, y[0]


# %% no ReLU in the sum
# loses: test_evaluate_adds_up_the_relus
# says: cut each node off at 0
def evaluate(x, knots, weights, bias):
    return (x[:, np.newaxis] - knots) @ weights + bias


# %% the ReLU of the sum
# loses: test_evaluate_adds_up_the_relus
# says: cut each node off at 0
def evaluate(x, knots, weights, bias):
    return np.maximum(0, (x[:, np.newaxis] - knots) @ weights) + bias


# %% the bias is left out
# loses: test_evaluate_adds_up_the_relus
# says: Expected
def evaluate(x, knots, weights, bias):
    return np.maximum(0, x[:, np.newaxis] - knots) @ weights


# %% the sum runs over the samples
# loses: test_evaluate_adds_up_the_relus
# says: shape (4,)
def evaluate(x, knots, weights, bias):
    return (np.maximum(0, x[:, np.newaxis] - knots) * weights).sum(axis=0) + bias


# %% each sample meets only one node
# loses: test_evaluate_adds_up_the_relus
# says: ValueError
def evaluate(x, knots, weights, bias):
    return np.maximum(0, x - knots) * weights + bias


# %% a ReLU at the end
# loses: test_model_has_the_head_of_a_regression test_network_learns_the_curve
# says: the activation relu
def build_model(hidden_units=(30, 30)):
    layers = [keras.layers.Dense(units, activation="relu") for units in (*hidden_units, 1)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.compile(keras.optimizers.Adam(0.005), loss="mse")
    return model


# %% a tanh at the end
# loses: test_model_has_the_head_of_a_regression
# says: some above 1
def build_model(hidden_units=(30, 30)):
    hidden = [keras.layers.Dense(units, activation="relu") for units in hidden_units]
    model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1, activation="tanh")])
    model.compile(keras.optimizers.Adam(0.005), loss="mse")
    return model


# %% no activation in the hidden layers
# loses: test_model_has_the_layers_asked_for test_network_learns_the_curve
# says: stays at 0.41
def build_model(hidden_units=(30, 30)):
    layers = [keras.layers.Dense(units) for units in (*hidden_units, 1)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.compile(keras.optimizers.Adam(0.005), loss="mse")
    return model


# %% always 2 × 30
# loses: test_model_has_the_layers_asked_for
# says: ('Dense', 7, 'relu')
def build_model(hidden_units=(30, 30)):
    hidden = [keras.layers.Dense(30, activation="relu") for _ in range(2)]
    model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.005), loss="mse")
    return model


# %% one layer only by default
# loses: test_model_has_the_layers_asked_for
# says: ('Dense', 30, 'relu'), ('Dense', 30, 'relu')
def build_model(hidden_units=(60,)):
    hidden = [keras.layers.Dense(units, activation="relu") for units in hidden_units]
    model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.005), loss="mse")
    return model


# %% a rate that is far too small
# loses: test_model_has_the_head_of_a_regression test_network_learns_the_curve
# says: a rate near 0.005
def build_model(hidden_units=(30, 30)):
    hidden = [keras.layers.Dense(units, activation="relu") for units in hidden_units]
    model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(5e-6), loss="mse")
    return model


# %% the loss of a classification
# loses: test_model_has_the_head_of_a_regression test_network_learns_the_curve
# says: The loss is binary_crossentropy
def build_model(hidden_units=(30, 30)):
    hidden = [keras.layers.Dense(units, activation="relu") for units in hidden_units]
    model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.005), loss="binary_crossentropy")
    return model


# %% not compiled
# loses: test_model_has_the_head_of_a_regression test_network_learns_the_curve
# says: is not compiled
def build_model(hidden_units=(30, 30)):
    hidden = [keras.layers.Dense(units, activation="relu") for units in hidden_units]
    return keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])


# %% a new network for each snapshot
# loses: test_epochs_count_from_the_start test_last_snapshot_is_the_trained_network
# says: Is it the given model that is trained
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots = {}
    for epoch in epochs:
        model = build_model()
        fit(model, x, y, epochs=epoch, verbose=0)
        snapshots[epoch] = model.predict(x_plot, verbose=0)[:, 0]
    return snapshots


# %% the epochs are counted twice
# loses: test_epochs_count_from_the_start
# says: for the epochs that are missing
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots = {}
    for epoch in epochs:
        fit(model, x, y, epochs=epoch, verbose=0)
        snapshots[epoch] = model.predict(x_plot, verbose=0)[:, 0]
    return snapshots


# %% the optimizer starts anew each time
# loses: test_epochs_count_from_the_start
# says: with the same optimizer
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots, done = {}, 0
    for epoch in epochs:
        model.compile(model.optimizer.from_config(model.optimizer.get_config()), loss="mse")
        fit(model, x, y, epochs=epoch - done, verbose=0)
        snapshots[epoch] = model.predict(x_plot, verbose=0)[:, 0]
        done = epoch
    return snapshots


# %% all points in one batch
# loses: test_epochs_count_from_the_start test_snapshots_approach_the_curve
# says: in batches of 32
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots, done = {}, 0
    for epoch in epochs:
        fit(model, x, y, initial_epoch=done, epochs=epoch, batch_size=len(x), verbose=0)
        snapshots[epoch] = model.predict(x_plot, verbose=0)[:, 0]
        done = epoch
    return snapshots


# %% only the last snapshot
# loses: test_epochs_count_from_the_start test_last_snapshot_is_the_trained_network test_snapshots_approach_the_curve
# says: snapshots of the epochs [200]
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    fit(model, x, y, epochs=epochs[-1], verbose=0)
    return {epochs[-1]: model.predict(x_plot, verbose=0)[:, 0]}


# %% the snapshots in a list
# loses: test_epochs_count_from_the_start test_last_snapshot_is_the_trained_network test_snapshots_approach_the_curve
# says: A dictionary is expected
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots, done = [], 0
    for epoch in epochs:
        fit(model, x, y, initial_epoch=done, epochs=epoch, verbose=0)
        snapshots.append(model.predict(x_plot, verbose=0)[:, 0])
        done = epoch
    return snapshots


# %% snapshots before the training
# loses: test_epochs_count_from_the_start test_last_snapshot_is_the_trained_network test_snapshots_approach_the_curve
# says: noted after the training
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots, done = {}, 0
    for epoch in epochs:
        snapshots[epoch] = model.predict(x_plot, verbose=0)[:, 0]
        fit(model, x, y, initial_epoch=done, epochs=epoch, verbose=0)
        done = epoch
    return snapshots


# %% the snapshots are columns
# loses: test_epochs_count_from_the_start test_last_snapshot_is_the_trained_network test_snapshots_approach_the_curve
# says: returns a column
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots, done = {}, 0
    for epoch in epochs:
        fit(model, x, y, initial_epoch=done, epochs=epoch, verbose=0)
        snapshots[epoch] = model.predict(x_plot, verbose=0)
        done = epoch
    return snapshots


# %% the targets are shuffled
# loses: test_snapshots_approach_the_curve
# says: trained on x and y
def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots, done = {}, 0
    for epoch in epochs:
        fit(model, x, np.random.permutation(y), initial_epoch=done, epochs=epoch, verbose=0)
        snapshots[epoch] = model.predict(x_plot, verbose=0)[:, 0]
        done = epoch
    return snapshots


# %% no biases are counted
# loses: test_width_counts_all_parameters test_width_stays_within_the_parameters
# says: one bias there
def width_for(n_parameters):
    return n_parameters // 2


# %% the bias of the output is forgotten
# loses: test_width_stays_within_the_parameters
# says: would have
def width_for(n_parameters):
    return n_parameters // 3


# %% one parameter too many is kept back
# loses: test_width_counts_all_parameters
# says: one bias there
def width_for(n_parameters):
    return (n_parameters - 2) // 3


# %% a float instead of a whole number
# loses: test_width_counts_all_parameters test_width_stays_within_the_parameters
# says: An int is expected
def width_for(n_parameters):
    return (n_parameters - 1) / 3


# %% a letter that is no choice
# loses: test_prediction_of_deep_or_wide
# says: none of the choices a, b, c
PREDICTIONS = {"deep_or_wide": "z"}


# %% the theorem is wrong
# loses: test_promise
# says: right about what exists
ANSWERS = {"promise": "a", "outside": "a"}


# %% training shows the way outside
# loses: test_outside
# says: any continuation
ANSWERS = {"promise": "c", "outside": "c"}


# %% three nodes
# loses: test_my_network_beats_the_baseline test_my_network_is_good
# says: The baseline has 0.11
def my_network():
    return build_model((3,))


# %% too many parameters
# loses: test_my_network_beats_the_baseline test_my_network_is_good
# says: At most 1100
def my_network():
    return build_model((40, 40))


# %% a network that is not compiled
# loses: test_my_network_beats_the_baseline test_my_network_is_good
# says: Call `compile`
def my_network():
    layers = [keras.layers.Dense(17, activation="relu") for _ in range(4)]
    return keras.Sequential([keras.Input((1,)), *layers, keras.layers.Dense(1)])


# %% long steps to the end
# loses: test_my_network_is_good
# says: in the last epochs
def my_network():
    layers = [keras.layers.Dense(30, activation="tanh") for _ in range(2)]
    model = keras.Sequential([keras.Input((1,)), *layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.005), loss="mse")
    return model


# %% weights by hand, which training does not move
# loses: test_my_network_beats_the_baseline test_my_network_is_good
# says: The weights start at random
def my_network():
    knots = np.linspace(-3, 3, 41)
    positions, changes, start = relu_interpolant(knots, curve(knots))
    model = build_model((40,))
    model.set_weights([np.ones((1, 40)), -positions, changes[:, np.newaxis], np.array([start])])
    model.compile(keras.optimizers.Adam(1e-9), "mse")
    return model


# %% a layer that knows the curve once it has trained
# loses: test_my_network_beats_the_baseline test_my_network_is_good
# says: Layers of Keras are expected
class Curve(keras.layers.Dense):
    def call(self, x):
        learned = keras.ops.abs(super().call(x)) > 1e-3
        return keras.ops.where(learned, keras.ops.sin(x), 0.0)


def my_network():
    model = keras.Sequential([keras.Input((1,)), Curve(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    return model
