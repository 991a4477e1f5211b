"""Wrong answers to exercise 12. Each cell replaces functions and loses exactly the marks it names."""


# %% each part with its own mean
# loses: test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: and of no other points
def standardize(training, *others):
    parts = training, *others
    return [(part - part.mean(axis=0)) / np.where(part.std(axis=0) == 0, 1, part.std(axis=0)) for part in parts]


# %% mean and standard deviation of all points
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: Its own means
def standardize(training, *others):
    everything = np.concatenate([training, *others])
    mean, spread = everything.mean(axis=0), everything.std(axis=0)
    return [(part - mean) / np.where(spread == 0, 1, spread) for part in (training, *others)]


# %% each point on a scale of its own
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: one for each column
def standardize(training, *others):
    return [
        (part - part.mean(axis=1, keepdims=True)) / part.std(axis=1, keepdims=True) for part in (training, *others)
    ]


# %% one mean for all columns
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: one for each column
def standardize(training, *others):
    return [(part - training.mean()) / training.std() for part in (training, *others)]


# %% divided by the variance
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: has the standard deviations
def standardize(training, *others):
    variance = training.var(axis=0)
    return [(part - training.mean(axis=0)) / np.where(variance == 0, 1, variance) for part in (training, *others)]


# %% the training part is not returned
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: as many as parts
def standardize(training, *others):
    spread = np.where(training.std(axis=0) == 0, 1, training.std(axis=0))
    return [(part - training.mean(axis=0)) / spread for part in others]


# %% division by zero
# loses: test_a_constant_column_is_only_shifted
# says: NaN
def standardize(training, *others):
    return [(part - training.mean(axis=0)) / training.std(axis=0) for part in (training, *others)]


# %% a small number against the zero
# loses: test_a_constant_column_is_only_shifted
# says: makes huge inputs
def standardize(training, *others):
    return [(part - training.mean(axis=0)) / (training.std(axis=0) + 1e-8) for part in (training, *others)]


# %% the parts have to match
# loses: test_leak
# says: take the same numbers
ANSWERS["leak"] = "a"


# %% no labels, no leak
# loses: test_leak
# says: no label is needed
ANSWERS["leak"] = "c"


# %% a letter that is no choice
# loses: test_prediction_of_the_units
# says: none of the choices a, b, c
PREDICTIONS = {"units": "z"}


# %% one network for all candidates
# loses: test_results_have_the_order_of_the_candidates test_each_candidate_has_a_new_network
# says: anew for each candidate
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    model = build_model(*candidates[0][1:], n_inputs=x.shape[1])
    found = []
    for name, _, _ in candidates:
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% a network for each architecture
# loses: test_each_candidate_has_a_new_network
# says: Two networks are expected
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    models = {candidate[1:]: build_model(*candidate[1:], n_inputs=x.shape[1]) for candidate in candidates}
    found = []
    for name, hidden_units, activation in candidates:
        model = models[hidden_units, activation]
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% arrays of weights instead of weights
# loses: test_results_have_the_order_of_the_candidates
# says: Count them all
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": len(model.get_weights()), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% always 200 epochs
# loses: test_results_have_the_order_of_the_candidates
# says: Is `epochs` passed on?
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=200, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% trained on the validation points as well
# loses: test_networks_learn_from_the_training_points_alone
# says: Is it trained on the training points
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        x_all, y_all = np.concatenate([x, x_new]), np.concatenate([y, y_new])[:, np.newaxis]
        history = fit(model, x_all, y_all, epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% the callback watches the validation loss
# loses: test_networks_learn_from_the_training_points_alone
# says: Does each callback watch the training loss
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        slower = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% the rate stays the same
# loses: test_the_rate_falls
# says: The history has no learning_rate
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% a callback that never acts
# loses: test_the_rate_falls
# says: halved at least once
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=300)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% the accuracy in training
# loses: test_accuracy_is_that_on_the_validation_set
# says: nor that in training
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["accuracy"][-1], "history": history})
    return found


# %% the accuracy of the best epoch
# loses: test_accuracy_is_that_on_the_validation_set
# says: not that of another epoch
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        slower = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=[slower], verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": max(history["val_accuracy"]), "history": history})
    return found


# %% always the best
# loses: test_the_smaller_network_within_one_error_is_chosen test_of_equally_small_networks_the_better_is_chosen
# says: less than one error behind wins
def choose(accuracies, n_validation, n_parameters):
    return int(np.argmax(accuracies))


# %% always the smallest
# loses: test_the_smaller_network_within_one_error_is_chosen test_a_clear_lead_counts test_of_equally_small_networks_the_better_is_chosen
# says: and not the smallest of all
def choose(accuracies, n_validation, n_parameters):
    return int(np.argmin(n_parameters))


# %% the root is forgotten
# loses: test_the_smaller_network_within_one_error_is_chosen test_of_equally_small_networks_the_better_is_chosen
# says: the standard error of the best is
def choose(accuracies, n_validation, n_parameters):
    best = max(accuracies)
    error = best * (1 - best) / n_validation
    good = [position for position, accuracy in enumerate(accuracies) if accuracy >= best - error]
    return min(good, key=lambda position: (n_parameters[position], -accuracies[position]))


# %% two standard errors
# loses: test_a_clear_lead_counts
# says: 1.15 errors
def choose(accuracies, n_validation, n_parameters):
    best = max(accuracies)
    error = 2 * np.sqrt(best * (1 - best) / n_validation)
    good = [position for position, accuracy in enumerate(accuracies) if accuracy >= best - error]
    return min(good, key=lambda position: (n_parameters[position], -accuracies[position]))


# %% the standard error of a guesser
# loses: test_the_smaller_network_within_one_error_is_chosen test_a_clear_lead_counts
# says: not a network's own
def choose(accuracies, n_validation, n_parameters):
    good = [position for position, accuracy in enumerate(accuracies) if accuracy >= max(accuracies) - 0.5 / np.sqrt(n_validation)]
    return min(good, key=lambda position: (n_parameters[position], -accuracies[position]))


# %% the number of networks for that of the points
# loses: test_the_smaller_network_within_one_error_is_chosen test_a_clear_lead_counts
# says: the standard error of the best is
def choose(accuracies, n_validation, n_parameters):
    best = max(accuracies)
    error = np.sqrt(best * (1 - best) / len(accuracies))
    good = [position for position, accuracy in enumerate(accuracies) if accuracy >= best - error]
    return min(good, key=lambda position: (n_parameters[position], -accuracies[position]))


# %% the first of equally small ones
# loses: test_of_equally_small_networks_the_better_is_chosen
# says: one of them is more accurate
def choose(accuracies, n_validation, n_parameters):
    best = max(accuracies)
    error = np.sqrt(best * (1 - best) / n_validation)
    good = [position for position, accuracy in enumerate(accuracies) if accuracy >= best - error]
    return min(good, key=lambda position: n_parameters[position])


# %% the largest within one error
# loses: test_the_smaller_network_within_one_error_is_chosen test_of_equally_small_networks_the_better_is_chosen
# says: The network that is smaller
def choose(accuracies, n_validation, n_parameters):
    best = max(accuracies)
    error = np.sqrt(best * (1 - best) / n_validation)
    good = [position for position, accuracy in enumerate(accuracies) if accuracy >= best - error]
    return max(good, key=lambda position: n_parameters[position])


# %% the parameters instead of the position
# loses: test_the_smaller_network_within_one_error_is_chosen test_a_clear_lead_counts test_of_equally_small_networks_the_better_is_chosen
# says: `choose` returned 300
def choose(accuracies, n_validation, n_parameters):
    best = max(accuracies)
    error = np.sqrt(best * (1 - best) / n_validation)
    return min(n for accuracy, n in zip(accuracies, n_parameters) if accuracy >= best - error)


# %% the mean of the guessers
# loses: test_bias_grows_with_the_number_of_models test_bias_falls_with_the_number_of_points
# says: the best of the scores
def selection_bias(n_models, n_points, rng):
    return float(rng.binomial(n_points, 0.5, size=(10_000, n_models)).mean() / n_points - 0.5)


# %% the bias of one repetition
# loses: test_bias_grows_with_the_number_of_models test_bias_falls_with_the_number_of_points
# says: the mean over many repetitions
def selection_bias(n_models, n_points, rng):
    return float(rng.binomial(n_points, 0.5, size=n_models).max() / n_points - 0.5)


# %% the best of all repetitions
# loses: test_bias_grows_with_the_number_of_models test_bias_falls_with_the_number_of_points
# says: the mean over many repetitions
def selection_bias(n_models, n_points, rng):
    return float(rng.binomial(n_points, 0.5, size=(10_000, n_models)).max() / n_points - 0.5)


# %% the score instead of the surplus
# loses: test_bias_grows_with_the_number_of_models test_bias_falls_with_the_number_of_points
# says: minus 1/2
def selection_bias(n_models, n_points, rng):
    return float(rng.binomial(n_points, 0.5, size=(10_000, n_models)).max(axis=1).mean() / n_points)


# %% always ten models
# loses: test_bias_grows_with_the_number_of_models
# says: `selection_bias(100, 100, rng)` returned
def selection_bias(n_models, n_points, rng):
    return float(rng.binomial(n_points, 0.5, size=(10_000, 10)).max(axis=1).mean() / n_points - 0.5)


# %% always a hundred points
# loses: test_bias_falls_with_the_number_of_points
# says: `selection_bias(10, 25, rng)` returned
def selection_bias(n_models, n_points, rng):
    return float(rng.binomial(100, 0.5, size=(10_000, n_models)).max(axis=1).mean() / 100 - 0.5)


# %% run without standardising
# loses: test_the_validation_set_chooses test_the_test_accuracy_is_that_of_the_network_chosen test_run_with_a_real_network
# says: In raw units a network learns nothing
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    found = train_candidates(candidates, training, validation, epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], points))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the test points on a scale of their own
# loses: test_the_test_accuracy_is_that_of_the_network_chosen
# says: by its mean and standard deviation
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(points)[0]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the test points in raw units
# loses: test_the_test_accuracy_is_that_of_the_network_chosen test_run_with_a_real_network
# says: The test points come in cm and hm
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], points))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the validation points on a scale of their own
# loses: test_the_validation_set_chooses
# says: Is the scale that of the training part?
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    (x,), (x_new,) = standardize(training[0]), standardize(validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the test set chooses
# loses: test_the_envelope_is_opened_once test_the_validation_set_chooses
# says: opens the envelope 3 times
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    tests = [envelope.open(lambda points: probability(each["model"], standardize(training[0], points)[1])) for each in found]
    winner = found[np.argmax(tests)]
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": max(tests), "openings": envelope.openings}


# %% opened for all, and told as opened once
# loses: test_the_envelope_is_opened_once
# says: opens the envelope 3 times
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    tests = [envelope.open(lambda points: probability(each["model"], standardize(training[0], points)[1])) for each in found]
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    number = choose(accuracies, len(validation[1]), sizes)
    return {"chosen": found[number]["name"], "validation_accuracy": accuracies[number], "test_accuracy": tests[number], "openings": 1}


# %% the openings are counted too early
# loses: test_the_envelope_is_opened_once
# says: after it has been opened
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    result = {"openings": envelope.openings}
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return result | {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test}


# %% the validation accuracy as the result of the test
# loses: test_the_envelope_is_opened_once test_the_test_accuracy_is_that_of_the_network_chosen
# says: opens the envelope 0 times
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": winner["accuracy"], "openings": envelope.openings}


# %% the best in validation, whatever its size
# loses: test_the_validation_set_chooses
# says: it is smaller than 'big'
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    winner = max(found, key=lambda each: each["accuracy"])
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the error from the number of training points
# loses: test_the_validation_set_chooses
# says: and their number of points
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(training[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% always the first measurement
# loses: test_run_uses_the_seed_and_the_epochs
# says: as the seed
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(1)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the epochs end in run
# loses: test_run_uses_the_seed_and_the_epochs
# says: as the number of epochs
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]))
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the validation set is too small
# loses: test_once
# says: here both have 250 points
ANSWERS["once"] = "b"


# %% fitted to the validation set
# loses: test_once
# says: only evaluates it
ANSWERS["once"] = "c"


# %% the design of the baseline
# loses: test_my_design_is_small test_my_design_is_very_small
# says: Fewer than 200 parameters
def my_design(x):
    return baseline_design(x)


# %% a small network on the coordinates
# loses: test_my_design_is_small test_my_design_is_very_small
# says: At least 95 %
def my_design(x):
    return x, (8,), "tanh"


# %% a good feature, and more nodes than needed
# loses: test_my_design_is_very_small
# says: Fewer than 60 parameters
def my_design(x):
    return playground_features(x, ["x1", "x2", "sin(x1)", "sin(x2)"]), (20,), "tanh"


# %% features on a scale of their own
# loses: test_my_design_is_small test_my_design_is_very_small
# says: from its own coordinates only
def my_design(x):
    features = playground_features(x, ["x1", "x2", "sin(x1)", "sin(x2)"])
    return (features - features.mean(axis=0)) / features.std(axis=0), (8,), "tanh"


# %% features without a network
# loses: test_my_design_is_small test_my_design_is_very_small
# says: Features, hidden units, activation
def my_design(x):
    return playground_features(x, ["x1", "x2", "sin(x1)", "sin(x2)"])


# %% a hundredth added to the standard deviation
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: with nothing added
def standardize(training, *others):
    return [(part - training.mean(axis=0)) / (training.std(axis=0) + 0.01) for part in (training, *others)]


# %% the result is never written
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: is 0 everywhere
def standardize(training, *others):
    return [np.zeros_like(part) for part in (training, *others)]


# %% the median for the mean
# loses: test_training_part_has_mean_0_and_deviation_1 test_other_parts_take_the_same_numbers test_a_constant_column_is_only_shifted
# says: over its points (axis 0)
def standardize(training, *others):
    middle, spread = np.median(training, axis=0), training.std(axis=0)
    return [(part - middle) / np.where(spread == 0, 1, spread) for part in (training, *others)]


# %% the activation is ignored
# loses: test_results_have_the_order_of_the_candidates
# says: handed to `build_model`
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, "relu", n_inputs=x.shape[1])
        callbacks = [keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)]
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=callbacks, verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% always two inputs
# loses: test_results_have_the_order_of_the_candidates test_each_candidate_has_a_new_network
# says: the number of columns of x
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation)
        callbacks = [keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10)]
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=callbacks, verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% a tenth for a half
# loses: test_the_rate_falls
# says: Which factor
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        callbacks = [keras.callbacks.ReduceLROnPlateau("loss", factor=0.1, patience=10)]
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=callbacks, verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% early stopping by the validation loss
# loses: test_networks_learn_from_the_training_points_alone test_accuracy_is_that_on_the_validation_set test_the_rate_falls
# says: learns from its labels
def train_candidates(candidates, training, validation, epochs=200):
    (x, y), (x_new, y_new) = training, validation
    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, n_inputs=x.shape[1])
        callbacks = [keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=10), keras.callbacks.EarlyStopping("val_loss", patience=20, restore_best_weights=True)]
        new = x_new, y_new[:, np.newaxis]
        history = fit(model, x, y[:, np.newaxis], epochs=epochs, validation_data=new, callbacks=callbacks, verbose=0).history
        found.append({"name": name, "model": model, "n_parameters": model.count_params(), "accuracy": history["val_accuracy"][-1], "history": history})
    return found


# %% each network's own error
# loses: test_a_clear_lead_counts
# says: not a network's own
def choose(accuracies, n_validation, n_parameters):
    p = np.asarray(accuracies)
    good = np.flatnonzero(p + np.sqrt(p * (1 - p) / n_validation) >= p.max())
    return int(min(good, key=lambda position: (n_parameters[position], -p[position])))


# %% better, and not at least as good
# loses: test_a_clear_lead_counts
# says: compare by `>=`
def choose(accuracies, n_validation, n_parameters):
    p = np.asarray(accuracies)
    good = np.flatnonzero(p > p.max() - np.sqrt(p.max() * (1 - p.max()) / n_validation))
    return int(min(good, key=lambda position: (n_parameters[position], -p[position])))


# %% the error of the mean accuracy
# loses: test_a_clear_lead_counts
# says: error of the best
def choose(accuracies, n_validation, n_parameters):
    p = np.asarray(accuracies)
    good = np.flatnonzero(p >= p.max() - np.sqrt(p.mean() * (1 - p.mean()) / n_validation))
    return int(min(good, key=lambda position: (n_parameters[position], -p[position])))


# %% the second best, whatever its size
# loses: test_the_smaller_network_within_one_error_is_chosen test_a_clear_lead_counts
# says: smaller
def choose(accuracies, n_validation, n_parameters):
    return int(np.argsort(accuracies)[-2])


# %% the position in a sorted table
# loses: test_the_smaller_network_within_one_error_is_chosen test_of_equally_small_networks_the_better_is_chosen test_a_clear_lead_counts
# says: is expected
def choose(accuracies, n_validation, n_parameters):
    order = np.argsort(n_parameters)
    p = np.asarray(accuracies)[order]
    return int(np.flatnonzero(p >= p.max() - np.sqrt(p.max() * (1 - p.max()) / n_validation))[0])


# %% the best repetition of each model
# loses: test_bias_grows_with_the_number_of_models test_bias_falls_with_the_number_of_points
# says: the best of the scores
def selection_bias(n_models, n_points, rng):
    return float(rng.binomial(n_points, 0.5, size=(10_000, n_models)).max(axis=0).mean() / n_points - 0.5)


# %% twice the scatter of a guesser
# loses: test_bias_grows_with_the_number_of_models test_bias_falls_with_the_number_of_points
# says: within 0.006
def selection_bias(n_models, n_points, rng):
    return float(rng.normal(0, 1 / np.sqrt(n_points), size=(10_000, n_models)).max(axis=1).mean())


# %% a formula for many models
# loses: test_bias_grows_with_the_number_of_models test_bias_falls_with_the_number_of_points
# says: within 0.006
def selection_bias(n_models, n_points, rng):
    return float(np.sqrt(2 * np.log(n_models)) / (2 * np.sqrt(n_points)))


# %% the scale of training and validation
# loses: test_the_validation_set_chooses test_the_test_accuracy_is_that_of_the_network_chosen
# says: by the training part alone
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    both = np.concatenate([training[0], validation[0]])
    _, x, x_new = standardize(both, training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(both, points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% only the test points on the scale of training and validation
# loses: test_the_test_accuracy_is_that_of_the_network_chosen
# says: of the training part, by its
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(np.concatenate([training[0], validation[0]]), points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the test points on the scale of the validation part
# loses: test_the_test_accuracy_is_that_of_the_network_chosen
# says: of the training part, by its
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(validation[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% parameters and accuracies exchanged
# loses: test_run_uses_the_seed_and_the_epochs test_the_envelope_is_opened_once test_the_validation_set_chooses test_the_test_accuracy_is_that_of_the_network_chosen test_run_with_a_real_network
# says: raised
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(sizes, len(validation[1]), accuracies)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the accuracy of the best one is reported
# loses: test_the_validation_set_chooses
# says: The validation accuracy of 'middle' is
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": max(accuracies), "test_accuracy": test, "openings": envelope.openings}


# %% the network of the last candidate in the envelope
# loses: test_the_test_accuracy_is_that_of_the_network_chosen
# says: what `envelope.open` returns for this network
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: probability(found[-1]["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% the probability of class 0
# loses: test_the_test_accuracy_is_that_of_the_network_chosen test_run_with_a_real_network
# says: what `envelope.open` returns
def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    accuracies, sizes = ([each[key] for each in found] for key in ("accuracy", "n_parameters"))
    winner = found[choose(accuracies, len(validation[1]), sizes)]
    test = envelope.open(lambda points: 1 - probability(winner["model"], standardize(training[0], points)[1]))
    return {"chosen": winner["name"], "validation_accuracy": winner["accuracy"], "test_accuracy": test, "openings": envelope.openings}


# %% all seven features without a layer
# loses: test_my_design_is_small test_my_design_is_very_small
# says: At least 95 %
def my_design(x):
    return playground_features(x, ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]), (), "tanh"


# %% the sines alone
# loses: test_my_design_is_small test_my_design_is_very_small
# says: At least 95 %
def my_design(x):
    return playground_features(x, ["sin(x1)", "sin(x2)"]), (8,), "tanh"


# %% the spiral turned the wrong way
# loses: test_my_design_is_small test_my_design_is_very_small
# says: At least 95 %
def my_design(x):
    radius, angle = np.hypot(x[:, 0], x[:, 1]), np.arctan2(x[:, 0], x[:, 1])
    return np.cos(angle + 3.5 * np.pi * radius / 5)[:, np.newaxis], (8,), "tanh"
