"""Wrong answers to exercise 10. Each cell replaces functions and loses exactly the marks it names."""


# %% cut by position
# loses: test_split_mixes_what_is_sorted test_split_depends_on_the_generator
# says: Shuffle before you cut
def split(x, y, fractions, rng):
    ends = np.rint(np.cumsum(fractions) * len(x)).astype(int)
    return list(zip(np.split(x, ends[:-1]), np.split(y, ends[:-1])))


# %% x and y are shuffled apart
# loses: test_split_keeps_each_sample_once
# says: by the same numbers
def split(x, y, fractions, rng):
    ends = np.rint(np.cumsum(fractions) * len(x)).astype(int)[:-1]
    return list(zip(np.split(rng.permutation(x), ends), np.split(rng.permutation(y), ends)))


# %% each part is drawn anew
# loses: test_split_keeps_each_sample_once
# says: more than once
def split(x, y, fractions, rng):
    sizes = np.diff(np.rint(np.cumsum([0, *fractions]) * len(x)).astype(int))
    parts = [rng.choice(len(x), size, replace=False) for size in sizes]
    return [(x[part], y[part]) for part in parts]


# %% the remainder is lost
# loses: test_split_keeps_each_sample_once test_split_has_these_sizes
# says: are in no part
def split(x, y, fractions, rng):
    order, parts, start = rng.permutation(len(x)), [], 0
    for fraction in fractions:
        part = order[start : start + int(fraction * len(x))]
        parts.append((x[part], y[part]))
        start += len(part)
    return parts


# %% fractions as counts
# loses: test_split_keeps_each_sample_once test_split_has_these_sizes test_split_mixes_what_is_sorted
# says: are in no part
def split(x, y, fractions, rng):
    order, parts, start = rng.permutation(len(x)), [], 0
    for fraction in fractions:
        part = order[start : start + max(1, round(fraction))]
        parts.append((x[part], y[part]))
        start += len(part)
    return parts


# %% all parts have the same size
# loses: test_split_has_these_sizes
# says: in the fractions
def split(x, y, fractions, rng):
    parts = np.array_split(rng.permutation(len(x)), len(fractions))
    return [(x[part], y[part]) for part in parts]


# %% a seed of its own
# loses: test_split_depends_on_the_generator
# says: Draw the order from `rng`
def split(x, y, fractions, rng):
    order = np.random.default_rng(1).permutation(len(x))
    ends = np.rint(np.cumsum(fractions) * len(x)).astype(int)
    return [(x[part], y[part]) for part in np.split(order, ends[:-1])]


# %% all x, then all y
# loses: test_split_keeps_each_sample_once test_split_has_these_sizes test_split_mixes_what_is_sorted test_split_depends_on_the_generator
# says: one pair (x, y) for each fraction
def split(x, y, fractions, rng):
    order = rng.permutation(len(x))
    ends = np.rint(np.cumsum(fractions) * len(x)).astype(int)
    return np.split(x[order], ends[:-1]), np.split(y[order], ends[:-1])


# %% one hidden layer only
# loses: test_model_has_these_layers
# says: The hidden layers are
def build_model(hidden_units, learning_rate=0.01):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(hidden_units[0], "relu"), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% the hidden layers have no activation
# loses: test_model_has_these_layers
# says: The hidden layers are
def build_model(hidden_units, learning_rate=0.01):
    hidden = [keras.layers.Dense(units) for units in hidden_units]
    model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% the rate is not passed on
# loses: test_model_returns_a_probability_and_learns
# says: Is learning_rate passed on?
def build_model(hidden_units, learning_rate=0.01):
    hidden = [keras.layers.Dense(units, "relu") for units in hidden_units]
    model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% no sigmoid
# loses: test_model_returns_a_probability_and_learns
# says: Probabilities are expected
def build_model(hidden_units, learning_rate=0.01):
    hidden = [keras.layers.Dense(units, "relu") for units in hidden_units]
    model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return model


# %% a letter that is no choice
# loses: test_prediction_of_the_floor
# says: none of the choices a, b, c
PREDICTIONS = {"floor": "z"}


# %% the gap with its sign reversed
# loses: test_gap_is_that_of_the_last_epoch
# says: minus `loss`
def generalization_gap(history):
    return history["loss"][-1] - history["val_loss"][-1]


# %% the gap of the accuracies
# loses: test_gap_is_that_of_the_last_epoch test_a_history_without_validation_is_refused
# says: raised KeyError: 'val_accuracy'
def generalization_gap(history):
    return history["accuracy"][-1] - history["val_accuracy"][-1]


# %% the gap of the smallest losses
# loses: test_gap_is_that_of_the_last_epoch
# says: the last entry of each
def generalization_gap(history):
    return min(history["val_loss"]) - min(history["loss"])


# %% the gap is never negative
# loses: test_gap_is_that_of_the_last_epoch
# says: A gap may be negative
def generalization_gap(history):
    return abs(history["val_loss"][-1] - history["loss"][-1])


# %% without validation the gap is 0
# loses: test_a_history_without_validation_is_refused
# says: A KeyError that names val_loss
def generalization_gap(history):
    return history.get("val_loss", history["loss"])[-1] - history["loss"][-1]


# %% epochs counted from 0
# loses: test_epoch_has_the_smallest_validation_loss test_the_first_of_several_epochs_counts
# says: Counted from 1
def overtraining_epoch(history):
    return int(np.argmin(history["val_loss"]))


# %% the last of several minima
# loses: test_the_first_of_several_epochs_counts
# says: return the first of them
def overtraining_epoch(history):
    losses = np.array(history["val_loss"])
    return int(np.flatnonzero(losses == losses.min())[-1]) + 1


# %% the minimum of the training loss
# loses: test_epoch_has_the_smallest_validation_loss test_the_first_of_several_epochs_counts test_a_history_without_validation_is_refused
# says: the smallest entry of `val_loss`
def overtraining_epoch(history):
    return int(np.argmin(history["loss"])) + 1


# %% the code is wrong
# loses: test_loss_and_accuracy
# says: by its side only
ANSWERS["loss_accuracy"] = "a"


# %% too few points
# loses: test_loss_and_accuracy
# says: no scatter is so large
ANSWERS["loss_accuracy"] = "b"


# %% one network for all starts
# loses: test_mean_gap_of_new_networks test_standard_error_of_the_mean
# says: once for each start
def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        model = build_model(hidden_units)
        gaps = [generalization_gap(train(model, training, validation, epochs).history) for _ in range(n_starts)]
        found[hidden_units] = np.mean(gaps), np.std(gaps, ddof=1) / np.sqrt(n_starts)
    return found


# %% the first size only
# loses: test_mean_gap_of_new_networks test_standard_error_of_the_mean
# says: the mean gap is 0.8
def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        gaps = [
            generalization_gap(train(build_model(sizes[0]), training, validation, epochs).history)
            for _ in range(n_starts)
        ]
        found[hidden_units] = np.mean(gaps), np.std(gaps, ddof=1) / np.sqrt(n_starts)
    return found


# %% the standard deviation instead of the standard error
# loses: test_standard_error_of_the_mean
# says: over √4
def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        gaps = [
            generalization_gap(train(build_model(hidden_units), training, validation, epochs).history)
            for _ in range(n_starts)
        ]
        found[hidden_units] = np.mean(gaps), np.std(gaps)
    return found


# %% the median instead of the mean
# loses: test_mean_gap_of_new_networks
# says: Average
def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        gaps = [
            generalization_gap(train(build_model(hidden_units), training, validation, epochs).history)
            for _ in range(n_starts)
        ]
        found[hidden_units] = np.median(gaps), np.std(gaps, ddof=1) / np.sqrt(n_starts)
    return found


# %% always 300 epochs
# loses: test_large_networks_have_a_large_gap
# says: Are the epochs passed on?
def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        gaps = [
            generalization_gap(train(build_model(hidden_units), training, validation).history)
            for _ in range(n_starts)
        ]
        found[hidden_units] = np.mean(gaps), np.std(gaps, ddof=1) / np.sqrt(n_starts)
    return found


# %% too few epochs
# loses: test_large_networks_have_a_large_gap
# says: trained for all epochs
def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        gaps = [
            generalization_gap(train(build_model(hidden_units), training, validation, 2).history)
            for _ in range(n_starts)
        ]
        found[hidden_units] = np.mean(gaps), np.std(gaps, ddof=1) / np.sqrt(n_starts)
    return found


# %% trained on the validation points as well
# loses: test_mean_gap_of_new_networks test_standard_error_of_the_mean test_large_networks_have_a_large_gap
# says: on the training points only
def compare(sizes, training, validation, n_starts=4, epochs=300):
    together = tuple(np.concatenate(pair) for pair in zip(training, validation))
    found = {}
    for hidden_units in sizes:
        gaps = [
            generalization_gap(train(build_model(hidden_units), together, validation, epochs).history)
            for _ in range(n_starts)
        ]
        found[hidden_units] = np.mean(gaps), np.std(gaps, ddof=1) / np.sqrt(n_starts)
    return found


# %% many average weights
# loses: test_sign
# says: at the ends of the histogram
ANSWERS["sign"] = "a"


# %% many small weights
# loses: test_sign
# says: where the training begins
ANSWERS["sign"] = "c"


# %% the noise is taken for the share of wrong labels
# loses: test_best_accuracy_with_noise test_best_accuracy_with_little_noise
# says: returned 0.5
def best_accuracy(noise):
    return 1 - noise


# %% one coordinate only
# loses: test_best_accuracy_with_noise test_best_accuracy_with_little_noise
# says: Compare labels with the squares
def best_accuracy(noise):
    return 1 - max(0, 5 * noise - 0.3) ** 2 / max(100 * noise, 1e-9)


# %% two crossings counted as an error
# loses: test_best_accuracy_with_noise
# says: both cross change nothing
def best_accuracy(noise):
    return (1 - max(0, 5 * noise - 0.3) ** 2 / max(100 * noise, 1e-9)) ** 2


# %% a formula for large noise
# loses: test_best_accuracy_with_little_noise
# says: 0.3 away from the axes
def best_accuracy(noise):
    crosses = (5 * noise - 0.3) ** 2 / (100 * noise)
    return 1 - 2 * crosses * (1 - crosses)


# %% the accuracy of labels that know the noise
# loses: test_best_accuracy_with_noise test_best_accuracy_with_little_noise
# says: returned 1
def best_accuracy(noise):
    return 1.0


# %% the network of the baseline
# loses: test_my_network_beats_the_baseline test_my_network_comes_near_the_floor
# says: Less than 0.50
def my_network(x, y):
    return baseline_network(x, y)


# %% a network that is too small
# loses: test_my_network_beats_the_baseline test_my_network_comes_near_the_floor
# says: Is it too small
def my_network(x, y):
    model = build_model((1,))
    train(model, (x, y), epochs=100)
    return model


# %% a network that is not sure enough
# loses: test_my_network_comes_near_the_floor
# says: the floor is 0.353
def my_network(x, y):
    model = build_model((16,))
    train(model, (x, y), epochs=50)
    *hidden, kernel, bias = model.get_weights()
    model.set_weights([*hidden, 0.33 * kernel, 0.33 * bias])
    return model


# %% dropout, which comes later
# loses: test_my_network_beats_the_baseline test_my_network_comes_near_the_floor
# says: Exercise 11 has both
def my_network(x, y):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.2), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model


# %% the History instead of the network
# loses: test_my_network_beats_the_baseline test_my_network_comes_near_the_floor
# says: A Keras model is expected
def my_network(x, y):
    return train(build_model((8,)), (x, y), epochs=2)


# %% the test set is too small
# loses: test_tuning
# says: a larger test set
ANSWERS["tuning"] = "b"


# %% trained on the test set
# loses: test_tuning
# says: no weight is fitted to it
ANSWERS["tuning"] = "c"


# %% points of its own in place of those given
# loses: test_my_network_beats_the_baseline test_my_network_comes_near_the_floor
# says: 0.50 is expected
def my_network(x, y):
    from dlp_keras.datasets import make_checkerboard

    model = build_model((8,))
    train(model, make_checkerboard(2000, noise=0.5, seed=1), epochs=50)
    return model


# %% the losses rounded to three digits
# loses: test_epoch_has_the_smallest_validation_loss
# says: differ by 0.0001
def overtraining_epoch(history):
    return int(np.argmin(np.round(history["val_loss"], 3))) + 1
