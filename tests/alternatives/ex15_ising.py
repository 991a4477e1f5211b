"""Other right answers to exercise 15. Each cell replaces functions and keeps all points."""


# %% slices, a cut by sorting, functional models with periodic padding, an interpolation along the whole curve
def order_parameters(spins):
    spins = spins.astype(float)
    pairs = np.sum(spins[:, 1:] * spins[:, :-1], axis=(1, 2)) + np.sum(spins[:, 0] * spins[:, -1], axis=1)
    pairs += np.sum(spins[:, :, 1:] * spins[:, :, :-1], axis=(1, 2)) + np.sum(spins[:, :, 0] * spins[:, :, -1], axis=1)
    n_spins = spins.shape[1] * spins.shape[2]
    return [abs(spins.sum(axis=(1, 2))) / n_spins, -pairs / n_spins]


def best_cut(values, is_hot):
    order = np.argsort(values)
    hot_below = np.cumsum(is_hot[order])
    cold_below = np.cumsum(~is_hot[order])
    right_if_above = is_hot.sum() - hot_below + cold_below
    hot_is_above = right_if_above.max() >= (len(values) - right_if_above).max()
    best = np.argmax(right_if_above if hot_is_above else -right_if_above)
    sorted_values = values[order]
    return (sorted_values[best] + sorted_values[min(best + 1, len(values) - 1)]) / 2, hot_is_above


def build_dense(size):
    inputs = keras.Input((size, size, 1))
    x = layers.Reshape((size * size,))(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Dense(64)(x)))
    model = keras.Model(inputs, layers.Activation("sigmoid")(layers.Dense(1)(x)))
    model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
    return model


class Wrap(layers.Layer):
    def call(self, x):
        x = keras.ops.concatenate([x[:, -1:], x, x[:, :1]], axis=1)
        return keras.ops.concatenate([x[:, :, -1:], x, x[:, :, :1]], axis=2)


def build_cnn(size):
    inputs = keras.Input((size, size, 1))
    x = Wrap()(inputs)
    x = layers.Conv2D(6, 3, activation="relu")(x)
    x = layers.Conv2D(12, 3, activation="relu")(Wrap()(x))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling2D()(x)))
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


def far_from_transition(temperature, low=1.8, high=2.8):
    return ~((temperature >= low) & (temperature <= high))


def crossing(temperature, output):
    temperatures, where = np.unique(temperature, return_inverse=True)
    means = np.bincount(where, output) / np.bincount(where)
    if not means[0] < 0.5 < means[-1]:
        raise ValueError(f"the means go from {means[0]:.2f} to {means[-1]:.2f}")
    return np.interp(0.5, means, temperatures)


def my_network(size):
    inputs = keras.Input((size, size, 1))
    x = layers.Conv2D(1, 3, activation=keras.ops.square)(inputs)
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling2D()(x)))
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return model


# %% loops and a convolution, a scan of midpoints, an activation as a layer, the maximum, a fit, the order as a network
def order_parameters(spins):
    from scipy.ndimage import convolve

    kernel = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    order, energy = np.zeros(len(spins)), np.zeros(len(spins))
    for n, lattice in enumerate(spins):
        order[n] = abs(lattice.mean())
        energy[n] = -0.5 * np.mean(lattice * convolve(lattice.astype(int), kernel, mode="wrap"))
    return order, energy


def best_cut(values, is_hot):
    best, found = -1.0, (0.0, True)
    sorted_values = np.sort(values)
    for cut in (sorted_values[1:] + sorted_values[:-1]) / 2:
        share = float(np.mean((values > cut) == is_hot))
        for side, right in ((True, share), (False, 1 - share)):
            if right > best:
                best, found = right, (float(cut), side)
    return found


def build_dense(size):
    model = keras.Sequential([layers.InputLayer(shape=(size, size, 1)), layers.Flatten()])
    model.add(layers.Dense(100, activation="relu"))
    model.add(layers.Dense(1))
    model.add(layers.Activation(keras.ops.sigmoid))
    metric = keras.metrics.BinaryAccuracy("accuracy")
    model.compile("adam", keras.losses.BinaryCrossentropy(), metrics=[metric])
    return model


def build_cnn(size):
    model = keras.Sequential([keras.Input((size, size, 1))])
    model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
    model.add(layers.GlobalMaxPooling2D())
    model.add(layers.Dense(8, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.01), "bce", metrics=["accuracy"])
    return model


def far_from_transition(temperature, low=1.8, high=2.8):
    return np.array([t < low or t > high for t in temperature])


def crossing(temperature, output):
    temperatures = sorted(set(temperature))
    means = [np.mean([p for p, other in zip(output, temperature) if other == t]) for t in temperatures]
    for (t1, p1), (t2, p2) in zip(zip(temperatures, means), zip(temperatures[1:], means[1:])):
        if p1 < 0.5 <= p2:
            return t1 + (0.5 - p1) / (p2 - p1) * (t2 - t1)
    raise ValueError


def measure_transition(model, training, scan, low=1.8, high=2.8):
    spins, temperature = training
    cold, hot = spins[temperature < low], spins[temperature > high]
    phases = np.repeat([[0.0], [1.0]], [len(cold), len(hot)], axis=0)
    model.fit(as_images(np.concatenate([cold, hot])), phases, epochs=10, verbose=0)
    return crossing(scan[1], np.ravel(model.predict(as_images(scan[0]), verbose=0)))


def my_network(size):
    model = keras.Sequential([keras.Input((size, size, 1)), layers.GlobalAveragePooling2D()])
    model.add(layers.Activation(keras.ops.abs))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    return model


# %% means of a mask, a fitted curve, strides and dropout
def order_parameters(spins):
    up = np.mean(spins == 1, axis=(1, 2))
    right, below = (np.mean(spins == np.roll(spins, 1, axis=axis), axis=(1, 2)) for axis in (-1, -2))
    return np.maximum(up, 1 - up) - np.minimum(up, 1 - up), 2 - 2 * (right + below)


def best_cut(values, is_hot):
    cuts = np.linspace(values.min(), values.max(), 2000)
    above = np.mean((values > cuts[:, None]) == is_hot, axis=1)
    if above.max() > 1 - above.min():
        return cuts[above.argmax()], True
    return cuts[above.argmin()], False


def build_dense(size):
    inputs = keras.Input((size, size, 1))
    x = layers.Flatten()(inputs)
    x = layers.Dropout(0.1)(layers.Dense(64, "tanh")(x))
    x = layers.Dense(32, "elu")(x)
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(x))
    model.compile(keras.optimizers.RMSprop(0.001), "binary_crossentropy", metrics=["accuracy"])
    return model


def build_cnn(size):
    inputs = keras.Input((size, size, 1))
    x = layers.Conv2D(16, 2, activation="tanh")(inputs)
    x = layers.Conv2D(8, 2, activation="relu")(x)
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(x))
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


def crossing(temperature, output):
    from scipy.optimize import curve_fit

    temperatures = np.unique(temperature)
    means = np.array([output[temperature == t].mean() for t in temperatures])
    if not (means[:3].mean() < 0.5 < means[-3:].mean()):
        raise ValueError("no crossing")

    def curve(t, centre, width):
        return (1 + np.tanh((t - centre) / width)) / 2

    start = temperatures[np.argmin(abs(means - 0.5))], 0.1
    (centre, _), _ = curve_fit(curve, temperatures, means, start)
    return centre


def my_network(size):
    model = keras.Sequential([keras.Input((size, size, 1))])
    model.add(layers.Conv2D(5, 2, activation="relu"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return model
