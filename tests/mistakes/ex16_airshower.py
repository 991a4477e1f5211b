"""Wrong answers to exercise 16. Each cell replaces functions and loses exactly the marks it names."""


# %% NaN stays in silent stations
# loses: test_silent_stations_have_time_zero
# says: an array with NaN
def relative_time(time):
    return time - np.nanmean(time, axis=(1, 2), keepdims=True)


# %% the mean runs over silent stations, too
# loses: test_times_are_relative_to_their_event test_silent_stations_have_time_zero
# says: over no others
def relative_time(time):
    filled = np.nan_to_num(time)
    return np.where(np.isfinite(time), time - filled.mean(axis=(1, 2), keepdims=True), 0)


# %% one mean for all events
# loses: test_times_are_relative_to_their_event test_silent_stations_have_time_zero
# says: in the same event
def relative_time(time):
    return np.where(np.isfinite(time), time - np.nanmean(time), 0)


# %% zeros before the mean is subtracted
# loses: test_times_are_relative_to_their_event test_silent_stations_have_time_zero
# says: after the mean is subtracted
def relative_time(time):
    filled = np.nan_to_num(time)
    return filled - filled.mean(axis=(1, 2), keepdims=True)


# %% times since the first station
# loses: test_times_are_relative_to_their_event
# says: The mean runs over
def relative_time(time):
    return np.nan_to_num(time - np.nanmin(time, axis=(1, 2), keepdims=True))


# %% the array of the detector is overwritten
# loses: test_times_are_relative_to_their_event test_silent_stations_have_time_zero
# says: changes its argument
def relative_time(time):
    time -= np.nanmean(time, axis=(1, 2), keepdims=True)
    time[np.isnan(time)] = 0
    return time


# %% the scale of the signal itself
# loses: test_scale_of_the_signal
# says: Of log₁₀(1 + S)
def fit_scale(signal, time):
    spread = relative_time(time)[np.isfinite(time)].std()
    return {"signal_mean": signal.mean(), "signal_spread": signal.std(), "time_spread": spread}


# %% the scale of stations that were hit
# loses: test_scale_of_the_signal
# says: a silent one counts with 0
def fit_scale(signal, time):
    hit = np.isfinite(time)
    log_signal = np.log10(1 + signal)[hit]
    spread = relative_time(time)[hit].std()
    return {"signal_mean": log_signal.mean(), "signal_spread": log_signal.std(), "time_spread": spread}


# %% the zeros of silent stations count as times
# loses: test_scale_of_the_time
# says: are no times
def fit_scale(signal, time):
    log_signal = np.log10(1 + signal)
    spread = relative_time(time).std()
    return {"signal_mean": log_signal.mean(), "signal_spread": log_signal.std(), "time_spread": spread}


# %% the spread of absolute times
# loses: test_scale_of_the_time
# says: Of the relative times
def fit_scale(signal, time):
    log_signal = np.log10(1 + signal)
    return {"signal_mean": log_signal.mean(), "signal_spread": log_signal.std(), "time_spread": np.nanstd(time)}


# %% a tuple for a dictionary
# loses: test_scale_of_the_signal test_scale_of_the_time
# says: A dictionary with the keys
def fit_scale(signal, time):
    log_signal = np.log10(1 + signal)
    return log_signal.mean(), log_signal.std(), relative_time(time)[np.isfinite(time)].std()


# %% no mask
# loses: test_mask_tells_who_was_hit test_signal_channel_is_scaled test_time_channel_has_one_scale
# says: The shape
def preprocess(signal, time, scale):
    log_signal = (np.log10(1 + signal) - scale["signal_mean"]) / scale["signal_spread"]
    return np.stack([log_signal, relative_time(time) / scale["time_spread"]], axis=-1).astype(np.float32)


# %% the mask the other way round
# loses: test_mask_tells_who_was_hit
# says: 1 for hit, 0 for silent
def preprocess(signal, time, scale):
    log_signal = (np.log10(1 + signal) - scale["signal_mean"]) / scale["signal_spread"]
    channels = [log_signal, relative_time(time) / scale["time_spread"], np.isnan(time)]
    return np.stack(channels, axis=-1).astype(np.float32)


# %% float64
# loses: test_mask_tells_who_was_hit
# says: The type is float64
def preprocess(signal, time, scale):
    log_signal = (np.log10(1 + signal) - scale["signal_mean"]) / scale["signal_spread"]
    return np.stack([log_signal, relative_time(time) / scale["time_spread"], np.isfinite(time)], axis=-1)


# %% the logarithm of a silent station
# loses: test_mask_tells_who_was_hit test_signal_channel_is_scaled test_time_channel_has_one_scale
# says: infinite
def preprocess(signal, time, scale):
    with np.errstate(divide="ignore"):
        log_signal = (np.log10(signal) - scale["signal_mean"]) / scale["signal_spread"]
    channels = [log_signal, relative_time(time) / scale["time_spread"], np.isfinite(time)]
    return np.stack(channels, axis=-1).astype(np.float32)


# %% each set is scaled by itself
# loses: test_signal_channel_is_scaled test_time_channel_has_one_scale
# says: also for other showers
def preprocess(signal, time, scale):
    scale = fit_scale(signal, time)
    log_signal = (np.log10(1 + signal) - scale["signal_mean"]) / scale["signal_spread"]
    time_channel = relative_time(time) / max(scale["time_spread"], 1e-9)
    return np.stack([log_signal, time_channel, np.isfinite(time)], axis=-1).astype(np.float32)


# %% each event has a time scale of its own
# loses: test_time_channel_has_one_scale
# says: the same for all events
def preprocess(signal, time, scale):
    log_signal = (np.log10(1 + signal) - scale["signal_mean"]) / scale["signal_spread"]
    spread = np.nanstd(time, axis=(1, 2), keepdims=True)
    channels = [log_signal, relative_time(time) / np.maximum(spread, 1e-9), np.isfinite(time)]
    return np.stack(channels, axis=-1).astype(np.float32)


# %% the natural logarithm
# loses: test_signal_channel_is_scaled
# says: The signal, channel 0, is
def preprocess(signal, time, scale):
    log_signal = (np.log1p(signal) - scale["signal_mean"]) / scale["signal_spread"]
    channels = [log_signal, relative_time(time) / scale["time_spread"], np.isfinite(time)]
    return np.stack(channels, axis=-1).astype(np.float32)


# %% the energy as the target
# loses: test_target_is_a_column_of_logarithms
# says: 0 at 10 EeV
def to_target(energy):
    return energy[:, np.newaxis] / 10


# %% the target is no column
# loses: test_target_is_a_column_of_logarithms
# says: The shape (9, 1) is expected
def to_target(energy):
    return np.log10(energy / 10)


# %% the logarithm is not undone
# loses: test_energy_is_the_inverse
# says: 100 EeV for 1
def to_energy(target):
    return target[:, 0]


# %% the unit is forgotten
# loses: test_energy_is_the_inverse
# says: 10 EeV for an output of 0
def to_energy(target):
    return 10 ** target[:, 0]


# %% energies as a column
# loses: test_energy_is_the_inverse
# says: the shape is (n,)
def to_energy(target):
    return 10 * 10**target


# %% the error in EeV
# loses: test_bias_is_the_mean_relative_error
# says: over its own energy
def bias(energy, predicted):
    return float(np.mean(np.ravel(predicted) - np.ravel(energy)))


# %% relative to what was reconstructed
# loses: test_bias_is_the_mean_relative_error
# says: the true one
def bias(energy, predicted):
    return float(np.mean(1 - np.ravel(energy) / np.ravel(predicted)))


# %% true minus reconstructed
# loses: test_bias_is_the_mean_relative_error
# says: The mean of (E_rec − E)/E
def bias(energy, predicted):
    return float(np.mean(1 - np.ravel(predicted) / np.ravel(energy)))


# %% the spread in EeV
# loses: test_resolution_is_the_relative_spread
# says: The standard deviation of (E_rec − E)/E
def resolution(energy, predicted):
    return float(np.std(np.ravel(predicted) - np.ravel(energy)))


# %% the resolution in per cent
# loses: test_resolution_is_the_relative_spread
# says: not in per cent
def resolution(energy, predicted):
    return float(100 * np.std(np.ravel(predicted) / np.ravel(energy)))


# %% the root mean square, with the bias in it
# loses: test_resolution_is_the_relative_spread
# says: about its mean
def resolution(energy, predicted):
    return float(np.sqrt(np.mean((np.ravel(predicted) / np.ravel(energy) - 1) ** 2)))


# %% a column minus a row
# loses: test_shapes_may_be_mixed
# says: makes an (n, n) array
def resolution(energy, predicted):
    return float(np.std((predicted - energy) / energy))


# %% a column over a row
# loses: test_shapes_may_be_mixed
# says: Apply `np.ravel` to both first
def bias(energy, predicted):
    return float(np.mean(predicted / energy - 1))


# %% always in bins of the energy
# loses: test_bins_hold_their_showers
# says: where the values are the third argument
def in_bins(energy, predicted, values, edges):
    found = []
    for low, high in itertools.pairwise(edges):
        inside = (energy >= low) & (energy < high)
        pair = energy[inside], predicted[inside]
        found.append((bias(*pair), resolution(*pair)) if inside.any() else (np.nan, np.nan))
    return tuple(np.transpose(found))


# %% an upper edge belongs to its bin
# loses: test_bins_hold_their_showers
# says: edges[i] ≤ value < edges[i + 1]
def in_bins(energy, predicted, values, edges):
    found = []
    for low, high in itertools.pairwise(edges):
        inside = (values > low) & (values <= high)
        pair = energy[inside], predicted[inside]
        found.append((bias(*pair), resolution(*pair)) if inside.any() else (np.nan, np.nan))
    return tuple(np.transpose(found))


# %% an empty bin warns
# loses: test_empty_bins_are_nan
# says: Ask first
def in_bins(energy, predicted, values, edges):
    found = []
    for low, high in itertools.pairwise(edges):
        inside = (values >= low) & (values < high)
        found.append((bias(energy[inside], predicted[inside]), resolution(energy[inside], predicted[inside])))
    return tuple(np.transpose(found))


# %% an empty bin has zeros
# loses: test_empty_bins_are_nan
# says: NaN in the two others
def in_bins(energy, predicted, values, edges):
    found = []
    for low, high in itertools.pairwise(edges):
        inside = (values >= low) & (values < high)
        pair = energy[inside], predicted[inside]
        found.append((bias(*pair), resolution(*pair)) if inside.any() else (0.0, 0.0))
    return tuple(np.transpose(found))


# %% empty bins are left out
# loses: test_empty_bins_are_nan
# says: The shape (3,) is expected
def in_bins(energy, predicted, values, edges):
    found = []
    for low, high in itertools.pairwise(edges):
        inside = (values >= low) & (values < high)
        if inside.any():
            found.append((bias(energy[inside], predicted[inside]), resolution(energy[inside], predicted[inside])))
    return tuple(np.transpose(found))


# %% one pair for each bin
# loses: test_bins_hold_their_showers test_empty_bins_are_nan
# says: Two values are expected
def in_bins(energy, predicted, values, edges):
    found = []
    for low, high in itertools.pairwise(edges):
        inside = (values >= low) & (values < high)
        pair = energy[inside], predicted[inside]
        found.append([bias(*pair), resolution(*pair)] if inside.any() else [np.nan, np.nan])
    return found + [found[-1]] * (len(found) == 2)


# %% no hidden layer
# loses: test_dense_network_is_dense test_dense_network_learns
# says: at least one of them hidden
def build_dense(shape):
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model


# %% a rate that hardly moves the weights
# loses: test_dense_network_learns
# says: does the rate let the loss fall
def build_dense(shape):
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    return model


# %% for this array only
# loses: test_dense_network_is_dense
# says: Is shape passed on
def build_dense(shape):
    hidden = [layers.Dense(64, "relu"), layers.Dense(64, "relu")]
    model = keras.Sequential([keras.Input((14, 14, 3)), layers.Flatten(), *hidden, layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model


# %% a ReLU at the end
# loses: test_cnn_is_convolutional test_cnn_learns
# says: Targets have any sign
def build_cnn(shape):
    model = keras.Sequential([keras.Input(shape), layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D()])
    for layer in (layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(1, "relu", bias_initializer="ones")):
        model.add(layer)
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model


# %% the maps are not turned into one number
# loses: test_cnn_is_convolutional test_cnn_learns
# says: Are the maps turned into one number
def build_cnn(shape):
    model = keras.Sequential([keras.Input(shape), layers.Conv2D(8, 3, activation="relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model


# %% a dense network for the CNN
# loses: test_cnn_is_convolutional
# says: A Conv2D is expected
def build_cnn(shape):
    return build_dense(shape)


# %% filters, and a mean too early
# loses: test_cnn_learns
# says: are there enough filters
def build_cnn(shape):
    pool = layers.GlobalAveragePooling2D()
    model = keras.Sequential([keras.Input(shape), layers.Conv2D(2, 3, activation="relu"), pool, layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model


# %% a good resolution, whatever the energy
# loses: test_metric
# says: look small beside 100
ANSWERS["metric"] = "a"


# %% the number holds at every energy
# loses: test_metric
# says: no error at 5 EeV
ANSWERS["metric"] = "c"


# %% a letter that is no choice
# loses: test_prediction_of_the_mask
# says: none of the choices a, b, c
PREDICTIONS = {"mask": "z"}


# %% networks cannot predict large numbers
# loses: test_log
# says: standardising removes it
ANSWERS["log"] = "a"


# %% energies are positive
# loses: test_log
# says: the loss hardly sees them
ANSWERS["log"] = "b"


# %% the baseline
# loses: test_my_network_beats_the_baseline test_my_network_is_good test_my_network_is_excellent
# says: The baseline has about 0.12
def my_network(shape):
    return baseline_network(shape)


# %% too many parameters
# loses: test_my_network_beats_the_baseline test_my_network_is_good test_my_network_is_excellent
# says: At most 20,000
def my_network(shape):
    return build_dense(shape)


# %% a small dense network without dropout
# loses: test_my_network_is_excellent
# says: Convolutions do more
def my_network(shape):
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model


# %% a small rate
# loses: test_my_network_is_good test_my_network_is_excellent
# says: Less than 0.060 is expected
def my_network(shape):
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.0006), "mse")
    return model


# %% convolutions are of no use
# loses: test_data
# says: worth much where each event
ANSWERS["data"] = "b"


# %% a larger CNN
# loses: test_data
# says: its lead shrinks as well
ANSWERS["data"] = "c"


# %% convolutions of single stations
# loses: test_cnn_is_convolutional
# says: All kernels are 1 × 1
def build_cnn(shape):
    inputs = keras.Input(shape)
    maps = layers.Conv2D(1, 1, trainable=False, kernel_initializer="zeros")(inputs)
    hidden = layers.Flatten()(inputs)
    for units in (64, 64):
        hidden = layers.Dense(units, activation="relu")(hidden)
    joined = layers.Concatenate()([hidden, layers.GlobalAveragePooling2D()(maps)])
    model = keras.Model(inputs, layers.Dense(1)(joined))
    model.compile(keras.optimizers.Adam(0.003), "mse")
    return model


# %% a loss for probabilities
# loses: test_cnn_is_convolutional test_cnn_learns
# says: compiled with binary_crossentropy
def build_cnn(shape):
    model = keras.Sequential([keras.Input(shape), layers.Conv2D(4, 3, activation="relu"), layers.Flatten()])
    model.add(layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
    return model
