"""Wrong answers to exercise 15. Each cell replaces a function and names the marks it loses."""

# %% the absolute value is forgotten
# loses: test_order_is_the_magnitude_of_the_mean
# says: absolute value of the mean
def order_parameters(spins):
    neighbours = np.roll(spins, -1, axis=1) + np.roll(spins, -1, axis=2)
    return spins.mean(axis=(1, 2)), -np.mean(spins * neighbours, axis=(1, 2))


# %% the mean of absolute values
# loses: test_order_is_the_magnitude_of_the_mean
# says: absolute value of the mean
def order_parameters(spins):
    neighbours = np.roll(spins, -1, axis=1) + np.roll(spins, -1, axis=2)
    return np.abs(spins).mean(axis=(1, 2)), -np.mean(spins * neighbours, axis=(1, 2))


# %% the mean over all lattices
# loses: test_order_is_the_magnitude_of_the_mean test_energy_counts_each_pair_once
# says: One number for each lattice
def order_parameters(spins):
    neighbours = np.roll(spins, -1, axis=1) + np.roll(spins, -1, axis=2)
    return np.abs(spins.mean()), -np.mean(spins * neighbours)


# %% each pair counts twice
# loses: test_energy_counts_each_pair_once
# says: each counts once
def order_parameters(spins):
    moves = [(-1, 1), (1, 1), (-1, 2), (1, 2)]
    neighbours = sum(np.roll(spins, step, axis=axis) for step, axis in moves)
    return np.abs(spins.mean(axis=(1, 2))), -np.mean(spins * neighbours, axis=(1, 2))


# %% no neighbours across the edges
# loses: test_energy_counts_each_pair_once
# says: those across the edges included
def order_parameters(spins):
    rows = np.sum(spins[:, 1:] * spins[:, :-1], axis=(1, 2))
    columns = np.sum(spins[:, :, 1:] * spins[:, :, :-1], axis=(1, 2))
    return np.abs(spins.mean(axis=(1, 2))), -(rows + columns) / spins[0].size


# %% the energy with its sign reversed
# loses: test_energy_counts_each_pair_once
# says: energy of equal neighbours is negative
def order_parameters(spins):
    neighbours = np.roll(spins, -1, axis=1) + np.roll(spins, -1, axis=2)
    return np.abs(spins.mean(axis=(1, 2))), np.mean(spins * neighbours, axis=(1, 2))


# %% lattices are rolled into each other
# loses: test_energy_counts_each_pair_once
# says: The energy per spin is
def order_parameters(spins):
    neighbours = np.roll(spins, -1, axis=0) + np.roll(spins, -1, axis=1)
    return np.abs(spins.mean(axis=(1, 2))), -np.mean(spins * neighbours, axis=(1, 2))


# %% energy and order exchanged
# loses: test_order_is_the_magnitude_of_the_mean test_energy_counts_each_pair_once
# says: The order is
def order_parameters(spins):
    neighbours = np.roll(spins, -1, axis=1) + np.roll(spins, -1, axis=2)
    return -np.mean(spins * neighbours, axis=(1, 2)), np.abs(spins.mean(axis=(1, 2)))


# %% hot is always above
# loses: test_cut_knows_its_side test_cut_gets_most_right
# says: Try both sides
def best_cut(values, is_hot):
    return max(np.unique(values), key=lambda cut: cut_accuracy(values, is_hot, cut, True)), True


# %% the side with its sign reversed
# loses: test_cut_knows_its_side test_cut_gets_most_right
# says: is expected. Try both sides
def best_cut(values, is_hot):
    candidates = [(cut, above) for cut in np.unique(values) for above in (True, False)]
    cut, above = max(candidates, key=lambda candidate: cut_accuracy(values, is_hot, *candidate))
    return cut, not above


# %% the middle of two means
# loses: test_cut_gets_most_right
# says: neither the middle of two means
def best_cut(values, is_hot):
    hot, cold = values[is_hot].mean(), values[~is_hot].mean()
    return (hot + cold) / 2, hot > cold


# %% the median of all values
# loses: test_cut_knows_its_side test_cut_gets_most_right
# says: A cut between 2.4 and 2.6
def best_cut(values, is_hot):
    return float(np.median(values)), values[is_hot].mean() > values[~is_hot].mean()


# %% only the accuracy is returned
# loses: test_cut_knows_its_side test_cut_gets_most_right
# says: Two values are expected
def best_cut(values, is_hot):
    return max(cut_accuracy(values, is_hot, cut, side) for cut in np.unique(values) for side in (True, False))


# %% too few lattices
# loses: test_logistic
# says: with 20,000 lattices
ANSWERS["logistic"] = "a"


# %% a saturated sigmoid
# loses: test_logistic
# says: sum over all spins
ANSWERS["logistic"] = "b"


# %% no hidden layer
# loses: test_dense_network_is_built test_dense_network_learns
# says: at least one of them hidden
def build_dense(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.Flatten(), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


# %% hidden layers without activation
# loses: test_dense_network_is_built test_dense_network_learns
# says: all layers together are a logistic regression
def build_dense(size):
    hidden = [layers.Flatten(), layers.Dense(32), layers.Dense(32)]
    model = keras.Sequential([keras.Input((size, size, 1)), *hidden, layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


# %% a softmax on one output
# loses: test_dense_network_is_built test_dense_network_learns
# says: The activation of the last layer is softmax
def build_dense(size):
    hidden = [layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(32, "relu")]
    model = keras.Sequential([keras.Input((size, size, 1)), *hidden, layers.Dense(1, "softmax")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


# %% one size only
# loses: test_dense_network_is_built
# says: Is size passed on
def build_dense(size):
    hidden = [layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(32, "relu")]
    model = keras.Sequential([keras.Input((16, 16, 1)), *hidden, layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


# %% two outputs with a softmax
# loses: test_cnn_is_built test_cnn_learns
# says: the last layer has one node
def build_cnn(size):
    hidden = [layers.Conv2D(8, 3, activation="relu"), layers.GlobalAveragePooling2D()]
    model = keras.Sequential([keras.Input((size, size, 1)), *hidden, layers.Dense(2, "softmax")])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% Flatten instead of a pooling
# loses: test_cnn_has_few_parameters
# says: Which layer still has weights for each place
def build_cnn(size):
    hidden = [layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(16, "relu")]
    model = keras.Sequential([keras.Input((size, size, 1)), *hidden, layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


# %% too many filters
# loses: test_cnn_has_few_parameters
# says: Take fewer filters
def build_cnn(size):
    filters = [layers.Conv2D(16, 3, activation="relu"), layers.Conv2D(32, 3, activation="relu")]
    head = [layers.GlobalAveragePooling2D(), layers.Dense(1, "sigmoid")]
    model = keras.Sequential([keras.Input((size, size, 1)), *filters, *head])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% a convolution without activation
# loses: test_cnn_learns
# says: Has the convolution an activation
def build_cnn(size):
    hidden = [layers.Conv2D(8, 3), layers.GlobalAveragePooling2D()]
    model = keras.Sequential([keras.Input((size, size, 1)), *hidden, layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% a rate that hardly moves the weights
# loses: test_cnn_learns
# says: So few weights need large steps
def build_cnn(size):
    hidden = [layers.Conv2D(8, 3, activation="relu"), layers.GlobalAveragePooling2D()]
    model = keras.Sequential([keras.Input((size, size, 1)), *hidden, layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(1e-5), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% a letter that is no choice
# loses: test_prediction_near_the_transition
# says: none of the choices a, b, c
PREDICTIONS = {"near": "z"}


# %% a longer training
# loses: test_cnn_or_dense
# says: both are trained for 10 epochs
ANSWERS["cnn"] = "b"


# %% more layers
# loses: test_cnn_or_dense
# says: two layers with weights
ANSWERS["cnn"] = "c"


# %% the lattices in the gap
# loses: test_far_from_the_transition
# says: the gap between low and high is not
def far_from_transition(temperature, low=1.8, high=2.8):
    return (temperature > low) & (temperature < high)


# %% hot lattices only
# loses: test_far_from_the_transition
# says: Both ends of the temperatures are far
def far_from_transition(temperature, low=1.8, high=2.8):
    return temperature > high


# %% low and high are not used
# loses: test_far_from_the_transition
# says: With {'low': 1.3, 'high': 2.1}
def far_from_transition(temperature, low=1.8, high=2.8):
    return (temperature < 1.8) | (temperature > 2.8)


# %% the first temperature above
# loses: test_crossing_of_a_curve
# says: go along the line
def crossing(temperature, output):
    temperatures = np.unique(temperature)
    means = np.array([output[temperature == each].mean() for each in temperatures])
    steps = np.flatnonzero((means[:-1] < 0.5) & (means[1:] >= 0.5))
    if not len(steps):
        raise ValueError("no crossing")
    return temperatures[steps[0] + 1]


# %% the middle of the scan
# loses: test_crossing_of_a_curve test_a_curve_without_crossing_is_refused
# says: The mean outputs pass 1/2 at
def crossing(temperature, output):
    return np.mean(np.unique(temperature))


# %% the median at each temperature
# loses: test_crossing_of_a_curve
# says: Average at each temperature
def crossing(temperature, output):
    temperatures = np.unique(temperature)
    means = np.array([np.median(output[temperature == each]) for each in temperatures])
    steps = np.flatnonzero((means[:-1] < 0.5) & (means[1:] >= 0.5))
    if not len(steps):
        raise ValueError("no crossing")
    step = slice(steps[0], steps[0] + 2)
    return np.interp(0.5, means[step], temperatures[step])


# %% the temperatures are not sorted
# loses: test_crossing_of_a_curve test_a_curve_without_crossing_is_refused
# says: sort the temperatures
def crossing(temperature, output):
    temperatures = list(dict.fromkeys(temperature))
    means = np.array([output[temperature == each].mean() for each in temperatures])
    if not means.min() < 0.5 < means.max():
        raise ValueError("no crossing")
    step = np.flatnonzero((means[:-1] < 0.5) & (means[1:] >= 0.5))[0]
    return np.interp(0.5, means[step : step + 2], temperatures[step : step + 2])


# %% it takes the end where nothing crosses
# loses: test_a_curve_without_crossing_is_refused
# says: A ValueError is expected
def crossing(temperature, output):
    temperatures = np.unique(temperature)
    means = np.array([output[temperature == each].mean() for each in temperatures])
    return float(np.interp(0.5, means, temperatures))


# %% a falling curve crosses as well
# loses: test_a_curve_without_crossing_is_refused
# says: Here the means are falling through 1/2
def crossing(temperature, output):
    temperatures = np.unique(temperature)
    means = np.array([output[temperature == each].mean() for each in temperatures])
    steps = np.flatnonzero((means[:-1] < 0.5) != (means[1:] < 0.5))
    if not len(steps):
        raise ValueError("no crossing")
    low, high = steps[0], steps[0] + 1
    share = (0.5 - means[low]) / (means[high] - means[low])
    return temperatures[low] + share * (temperatures[high] - temperatures[low])


# %% the known answer
# loses: test_transition_of_another_magnet
# says: returned 2.269
def measure_transition(model, training, scan, low=1.8, high=2.8):
    return CRITICAL_TEMPERATURE


# %% trained on all lattices
# loses: test_transition_of_another_magnet
# says: Train on lattices outside of the gap only
def measure_transition(model, training, scan, low=1.8, high=2.8):
    spins, temperature = training
    train(model, spins, temperature > (low + high) / 2)
    return crossing(scan[1], predict(model, scan[0]))


# %% labels from the known transition
# loses: test_transition_of_another_magnet
# says: label those above high as hot
def measure_transition(model, training, scan, low=1.8, high=2.8):
    spins, temperature = training
    far = far_from_transition(temperature, low, high)
    train(model, spins[far], temperature[far] > CRITICAL_TEMPERATURE)
    return crossing(scan[1], predict(model, scan[0]))


# %% low and high are not passed on
# loses: test_transition_of_another_magnet
# says: Train on lattices outside of the gap only
def measure_transition(model, training, scan, low=1.8, high=2.8):
    spins, temperature = training
    far = far_from_transition(temperature)
    train(model, spins[far], temperature[far] > high)
    return crossing(scan[1], predict(model, scan[0]))


# %% cold is called hot
# loses: test_transition_of_another_magnet
# says: label those above high as hot
def measure_transition(model, training, scan, low=1.8, high=2.8):
    spins, temperature = training
    far = far_from_transition(temperature, low, high)
    train(model, spins[far], temperature[far] < low)
    return crossing(scan[1], predict(model, scan[0]))


# %% measured where it was trained
# loses: test_transition_of_another_magnet
# says: scan with the other lattices
def measure_transition(model, training, scan, low=1.8, high=2.8):
    spins, temperature = training
    far = far_from_transition(temperature, low, high)
    train(model, spins[far], temperature[far] > high)
    return crossing(temperature, predict(model, spins))


# %% a success
# loses: test_report
# says: the labels came from it
ANSWERS["report"] = "a"


# %% a finite size
# loses: test_report
# says: follows the labels, not the size
ANSWERS["report"] = "c"


# %% the baseline again
# loses: test_my_network_is_small test_my_network_is_tiny
# says: At most 500 are expected
def my_network(size):
    return baseline_network(size)


# %% the network of task 3
# loses: test_my_network_is_tiny
# says: At most 50 are expected
def my_network(size):
    return build_cnn(size)


# %% one filter that sees only one sign
# loses: test_my_network_is_small test_my_network_is_tiny
# says: At least 93 % are expected
def my_network(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.GlobalAveragePooling2D(), layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
    return model


# %% the middle of the gap
# loses: test_transition_of_another_magnet
# says: has not been trained
def measure_transition(model, training, scan, low=1.8, high=2.8):
    return (low + high) / 2


# %% the middle of the gap, after a training
# loses: test_transition_of_another_magnet
# says: At most 6 % off
def measure_transition(model, training, scan, low=1.8, high=2.8):
    train(model, training[0], training[1] > high)
    return (low + high) / 2


# %% a network of one's own
# loses: test_transition_of_another_magnet
# says: has not been trained
def measure_transition(model, training, scan, low=1.8, high=2.8):
    spins, temperature = training
    far = far_from_transition(temperature, low, high)
    mine = build_dense(16)
    train(mine, spins[far], temperature[far] > high)
    return crossing(scan[1], predict(mine, scan[0]))


# %% a logit for a probability
# loses: test_dense_network_is_built test_dense_network_learns
# says: A probability is expected
def build_dense(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(1)])
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


# %% a logit in the challenge
# loses: test_my_network_is_small test_my_network_is_tiny
# says: Is there a sigmoid at the end
def my_network(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.Conv2D(4, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.02), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


# %% the pooling before the convolution
# loses: test_cnn_is_built
# says: after the last convolution
def build_cnn(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.GlobalAveragePooling2D(keepdims=True), layers.Conv2D(8, 1, activation="relu"), layers.Flatten(), layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% a network that is kept
# loses: test_dense_network_is_built
# says: A new one is expected
import functools


@functools.cache
def build_dense(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(32, "relu"), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


# %% a frozen weight and a cut of one's own
# loses: test_my_network_is_small test_my_network_is_tiny
# says: none is trainable
class Cut(layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(), initializer="ones", trainable=False)

    def call(self, x):
        order = keras.ops.abs(keras.ops.mean(x, axis=(1, 2)))
        return keras.ops.sigmoid(self.scale * 50 * (0.6 - order))


def my_network(size):
    model = keras.Sequential([keras.Input((size, size, 1)), Cut()])
    model.compile("adam", "binary_crossentropy")
    return model


# %% a network without parameters
# loses: test_my_network_is_small test_my_network_is_tiny
# says: The model has no weights
def my_network(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.GlobalAveragePooling2D(), layers.Activation("sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model


# %% cuts between 0 and 1
# loses: test_cut_knows_its_side
# says: where the values are
def best_cut(values, is_hot):
    candidates = [(float(cut), above) for cut in np.linspace(0, 1, 500) for above in (True, False)]
    return max(candidates, key=lambda candidate: cut_accuracy(values, is_hot, *candidate))


# %% values sorted without their labels
# loses: test_cut_knows_its_side test_cut_gets_most_right
# says: sort is_hot in the same order
def best_cut(values, is_hot):
    values = np.sort(values)
    candidates = [(float(cut), above) for cut in values for above in (True, False)]
    return max(candidates, key=lambda candidate: cut_accuracy(values, is_hot, *candidate))


# %% one order for all lattices
# loses: test_order_is_the_magnitude_of_the_mean
# says: One number for each lattice
def order_parameters(spins):
    neighbours = np.roll(spins, -1, axis=1) + np.roll(spins, -1, axis=2)
    return np.abs(spins.mean()), -np.mean(spins * neighbours, axis=(1, 2))


# %% sums of eight bits
# loses: test_order_is_the_magnitude_of_the_mean test_energy_counts_each_pair_once
# says: overflows
def order_parameters(spins):
    n_spins = spins[0].size
    neighbours = np.roll(spins, -1, axis=1) + np.roll(spins, -1, axis=2)
    order, pairs = (np.sum(each, axis=(1, 2), dtype=np.int8) for each in (spins, spins * neighbours))
    return np.abs(order / n_spins), -pairs / n_spins
