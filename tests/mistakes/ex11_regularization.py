"""Typical wrong answers to exercise 11. Each cell is appended to the solution and loses exactly these marks."""


# %% half of L2
# loses: test_l2_sums_the_squares
# says: without a factor ½
def elastic_net(weights, l1, l2):
    return sum(l1 * np.abs(w).sum() + l2 / 2 * np.square(w).sum() for w in weights)


# %% the sum without its sizes
# loses: test_l1_sums_the_sizes
# says: the sum of |w|
def elastic_net(weights, l1, l2):
    return sum(l1 * w.sum() + l2 * np.square(w).sum() for w in weights)


# %% the root of the sum of squares
# loses: test_l2_sums_the_squares test_penalty_adds_all_arrays
# says: the sum of w²
def elastic_net(weights, l1, l2):
    w = np.concatenate([np.ravel(w) for w in weights])
    return l1 * np.abs(w).sum() + l2 * np.sqrt(np.square(w).sum())


# %% the rates exchanged
# loses: test_l1_sums_the_sizes test_l2_sums_the_squares
# says: With l2 = 0 the penalty is l1 times
def elastic_net(weights, l1, l2):
    return sum(l2 * np.abs(w).sum() + l1 * np.square(w).sum() for w in weights)


# %% the first array only
# loses: test_penalty_adds_all_arrays
# says: the sum of what you return for each array alone
def elastic_net(weights, l1, l2):
    return l1 * np.abs(weights[0]).sum() + l2 * np.square(weights[0]).sum()


# %% means instead of sums
# loses: test_l1_sums_the_sizes test_l2_sums_the_squares
# says: the sum of |w|
def elastic_net(weights, l1, l2):
    return sum(l1 * np.abs(w).mean() + l2 * np.square(w).mean() for w in weights)


# %% the gradient of L2 without 2
# loses: test_gradient_is_the_slope
# says: that of w² is 2w
def elastic_net_gradient(weights, l1, l2):
    return [l1 * np.sign(w) + l2 * w for w in weights]


# %% L1 pulls always downwards
# loses: test_gradient_is_the_slope test_gradient_is_zero_at_zero
# says: The slope of |w| is the sign of w
def elastic_net_gradient(weights, l1, l2):
    return [l1 + 2 * l2 * w for w in weights]


# %% the sign of 0 is 1
# loses: test_gradient_is_zero_at_zero
# says: The gradient at w = 0 is 0.4
def elastic_net_gradient(weights, l1, l2):
    return [l1 * np.where(w >= 0, 1, -1) + 2 * l2 * w for w in weights]


# %% the size divided by itself
# loses: test_gradient_is_zero_at_zero
# says: NaN
def elastic_net_gradient(weights, l1, l2):
    with np.errstate(invalid="ignore"):
        return [l1 * w / abs(w) + 2 * l2 * w for w in weights]


# %% one number instead of arrays
# loses: test_gradient_is_the_slope test_gradient_is_zero_at_zero
# says: A list is expected
def elastic_net_gradient(weights, l1, l2):
    return sum(np.sum(l1 * np.sign(w) + 2 * l2 * w) for w in weights)


# %% written into the weights
# loses: test_gradient_is_zero_at_zero
# says: Arguments stay as they are
def elastic_net_gradient(weights, l1, l2):
    for n, w in enumerate(weights):
        weights[n] = l1 * np.sign(w) + 2 * l2 * w
    return weights


# %% L2 makes the zeros
# loses: test_l1_l2
# says: at weights above ½ only
ANSWERS["l1_l2"] = "a"


# %% a matter of units
# loses: test_l1_l2
# says: no unit changes the shape
ANSWERS["l1_l2"] = "c"


# %% the mask is not scaled
# loses: test_kept_entries_are_scaled
# says: 1/(1 − rate)
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape) >= rate) if training else x


# %% scaled when it is used
# loses: test_kept_entries_are_scaled test_no_dropout_without_training
# says: is 0.5 times x
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape) >= rate) if training else x * (1 - rate)


# %% the rate is the share that is kept
# loses: test_share_of_zeros test_kept_entries_are_scaled
# says: not to be kept
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape) < rate) / max(rate, 1e-9) if training else x


# %% always on
# loses: test_no_dropout_without_training
# says: x itself is expected
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape) >= rate) / (1 - rate)


# %% always off
# loses: test_share_of_zeros test_kept_entries_are_scaled test_no_dropout_without_training test_every_entry_has_its_own_mask
# says: In training x comes back as it is
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x


# %% one mask for all samples
# loses: test_every_entry_has_its_own_mask
# says: All samples have the same mask
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    mask = np.zeros(x.shape[1])
    mask[: round(x.shape[1] * (1 - rate))] = 1
    return x * rng.permutation(mask) / (1 - rate) if training else x


# %% the same mask at each call
# loses: test_every_entry_has_its_own_mask
# says: Two generators gave the same mask
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (np.random.default_rng(0).random(x.shape) >= rate) / (1 - rate) if training else x


# %% random numbers of NumPy's own state
# loses: test_every_entry_has_its_own_mask
# says: Two generators gave the same mask
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (np.random.rand(*x.shape) >= rate) / (1 - rate) if training else x


# %% the rate 1 is allowed
# loses: test_impossible_rates_are_refused
# says: A ValueError is expected
def dropout(x, rate, rng, training):
    if not 0 <= rate <= 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape) >= rate) / max(1 - rate, 1e-9) if training else x


# %% rates are checked in training only
# loses: test_impossible_rates_are_refused
# says: A ValueError is expected
def dropout(x, rate, rng, training):
    if not training:
        return x
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape) >= rate) / (1 - rate)


# %% always tanh
# loses: test_model_has_these_layers
# says: The layers with weights have
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation="tanh", kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% dropout behind the output
# loses: test_dropout_stands_behind_the_hidden_layers
# says: Dense, Dropout, Dense, Dropout, Dense is expected
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for units, function in [(16, activation), (16, activation), (1, "sigmoid")]:
        layers.append(keras.layers.Dense(units, activation=function, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% the rate of dropout is not passed on
# loses: test_dropout_stands_behind_the_hidden_layers
# says: Is `dropout_rate` passed on?
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(0.5))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% the biases are penalised
# loses: test_biases_have_no_penalty
# says: Biases have no penalty
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation, kernel_regularizer=penalty, bias_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% a weight decay of everything
# loses: test_biases_have_no_penalty
# says: Biases have no penalty
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation, kernel_regularizer=keras.regularizers.L1(l1)))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=keras.regularizers.L1(l1))])
    sgd = keras.optimizers.SGD(0.1, weight_decay=2 * l2)
    model.compile(sgd, "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% a penalty without being asked
# loses: test_biases_have_no_penalty
# says: l1 and l2 are 0 by default
def build_regularized(l1=0.0, l2=0.01, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% the output is not penalised
# loses: test_penalty_pulls_at_all_kernels
# says: kernel number 3 moves
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% L2 on the activity
# loses: test_penalty_pulls_at_all_kernels test_biases_have_no_penalty
# says: as if l1 were 0.000 and l2 were 0.000
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, activity_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% half of L2 in Keras
# loses: test_penalty_pulls_at_all_kernels
# says: l2 were 0.150
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2 / 2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% L2 alone
# loses: test_penalty_pulls_at_all_kernels
# says: as if l1 were 0.000
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L2(l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% Adam instead of SGD
# loses: test_model_is_compiled
# says: SGD at 0.1 is expected
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% the metric has another name
# loses: test_model_is_compiled
# says: Give the metric this name
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=["binary_crossentropy"])
    return model


# %% a letter that is no choice
# loses: test_prediction_of_adam
# says: none of the choices a, b, c
PREDICTIONS = {"adam": "z"}


# %% no gap is taken for the best
# loses: test_strength
# says: The network underfits
ANSWERS["strength"] = "b"


# %% taken for a divergence
# loses: test_strength
# says: grows without limit
ANSWERS["strength"] = "c"


# %% no gradient, no dropout
# loses: test_ensemble
# says: dropout acts on outputs
ANSWERS["ensemble"] = "a"


# %% too small to overfit
# loses: test_ensemble
# says: what they are used to
ANSWERS["ensemble"] = "b"


# %% the best weights are forgotten
# loses: test_best_weights_are_kept
# says: Are the best weights restored
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("val_ce", patience=patience, mode="min")
    return train(model, training, validation, epochs, [stop])


# %% the training loss is watched
# loses: test_training_stops_in_time test_best_weights_are_kept
# says: Is `val_ce` watched
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("loss", patience=patience, restore_best_weights=True)
    return train(model, training, validation, epochs, [stop])


# %% the largest cross-entropy is best
# loses: test_training_stops_in_time test_best_weights_are_kept
# says: epochs after the best one
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("val_ce", patience=patience, mode="max", restore_best_weights=True)
    return train(model, training, validation, epochs, [stop])


# %% the patience is not passed on
# loses: test_training_stops_in_time
# says: the patience passed on
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("val_ce", patience=10, mode="min", restore_best_weights=True)
    return train(model, training, validation, epochs, [stop])


# %% the epochs are not passed on
# loses: test_training_stops_in_time
# says: Are the epochs passed on?
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("val_ce", patience=patience, mode="min", restore_best_weights=True)
    return train(model, training, validation, 1000, [stop])


# %% the history is not returned
# loses: test_training_stops_in_time test_best_weights_are_kept
# says: Return what `train` returns
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("val_ce", patience=patience, mode="min", restore_best_weights=True)
    train(model, training, validation, epochs, [stop])


# %% no regularisation
# loses: test_my_training_beats_no_regularisation test_my_training_comes_near_the_floor
# says: Is the network restrained too little
def my_training(x, y):
    return baseline_training(x, y)


# %% far too strong a penalty
# loses: test_my_training_beats_no_regularisation test_my_training_comes_near_the_floor
# says: An output that knows nothing has 0.693
def my_training(x, y):
    model = build_regularized(l2=0.3)
    train(model, (x, y), epochs=100)
    return model


# %% a network that is not sure enough
# loses: test_my_training_comes_near_the_floor
# says: the floor is 0.353
def my_training(x, y):
    model = build_regularized(l2=0.01, activation="relu")
    train(model, (x, y))
    *hidden, kernel, bias = model.get_weights()
    model.set_weights([*hidden, 0.4 * kernel, 0.4 * bias])
    return model


# %% more points
# loses: test_my_training_beats_no_regularisation test_my_training_comes_near_the_floor
# says: no other points than those it gets
def my_training(x, y):
    model = build_regularized()
    train(model, make_checkerboard(20_000, noise=0.5), epochs=5)
    return model


# %% the history instead of the network
# loses: test_my_training_beats_no_regularisation test_my_training_comes_near_the_floor
# says: A Keras model is expected
def my_training(x, y):
    return train(build_regularized(), (x, y), epochs=2)


# %% a momentum
# loses: test_model_is_compiled
# says: The momentum of SGD is 0.9
def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(16, activation=activation, kernel_regularizer=penalty))
        layers.append(keras.layers.Dropout(dropout_rate))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


# %% the loss with its penalty is watched
# loses: test_training_stops_in_time
# says: `val_loss` holds the penalty
def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    return train(model, training, validation, epochs, [stop])


# %% a fixed number of zeros
# loses: test_every_entry_has_its_own_mask
# says: Who drops a fixed number
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    mask = np.ones(x.size)
    mask[: round(x.size * rate)] = 0
    return x * rng.permutation(mask).reshape(x.shape) / (1 - rate) if training else x


# %% a fixed number of zeros in each sample
# loses: test_every_entry_has_its_own_mask
# says: Decide for each entry by itself
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    ranks = rng.random(x.shape).argsort(axis=1).argsort(axis=1)
    return x * (ranks >= round(x.shape[1] * rate)) / (1 - rate) if training else x


# %% one random mask for all samples
# loses: test_every_entry_has_its_own_mask
# says: All samples have the same mask
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape[1]) >= rate) / (1 - rate) if training else x


# %% a scale that is a little too small
# loses: test_kept_entries_are_scaled
# says: 1.33333 times is expected
def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    return x * (rng.random(x.shape) >= rate) / (1 - rate + 1e-3) if training else x
