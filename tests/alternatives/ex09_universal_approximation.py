"""Other right answers to exercise 9. Each cell replaces functions and keeps all points."""

# %% a triangular system, a functional model, a callback
def relu_interpolant(x, y):
    table = np.maximum(0, x[1:, np.newaxis] - x[:-1])  # row: point, column: ReLU
    return x[:-1], np.linalg.solve(table, y[1:] - y[0]), float(y[0])


def evaluate(x, knots, weights, bias):
    return np.array([bias + sum(w * max(0, place - t) for t, w in zip(knots, weights)) for place in x])


def build_model(hidden_units=(30, 30)):
    inputs = h = keras.Input((1,))
    for units in hidden_units:
        h = keras.layers.ReLU()(keras.layers.Dense(units)(h))
    model = keras.Model(inputs, keras.layers.Dense(1, activation="linear")(h))
    model.compile(optimizer=keras.optimizers.AdamW(0.01), loss=keras.losses.MeanSquaredError())
    return model


class Snapshots(keras.callbacks.Callback):
    def __init__(self, x_plot, epochs):
        super().__init__()
        self.x_plot, self.epochs, self.outputs = x_plot, epochs, {}

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 in self.epochs:
            self.outputs[epoch + 1] = self.model.predict(self.x_plot, verbose=0).ravel()


def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots = Snapshots(x_plot, epochs)
    fit(model, x, y, epochs=epochs[-1], callbacks=[snapshots], verbose=0)
    return snapshots.outputs


def width_for(n_parameters):
    return max(k for k in range(n_parameters) if build_size(k) <= n_parameters)


def build_size(k):
    return 2 * k + k + 1


def my_network():
    inputs = h = keras.Input((1,))
    for _ in range(4):
        h = keras.layers.Dense(17, activation=keras.activations.tanh)(h)
    model = keras.Model(inputs, keras.layers.Dense(1)(h))
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 6400)), loss="mse")
    return model


# %% loops from left to right, targets as a list
def relu_interpolant(x, y):
    weights, slope = [], 0.0
    for left, right in zip(range(len(x) - 1), range(1, len(x))):
        new = (y[right] - y[left]) / (x[right] - x[left])
        weights.append(new - slope)
        slope = new
    return np.delete(x, -1), np.array(weights), y[0]


def evaluate(x, knots, weights, bias):
    y = np.full(len(x), bias, dtype=float)
    for knot, weight in zip(knots, weights):
        y[x > knot] += weight * (x[x > knot] - knot)
    return y


def build_model(hidden_units=(30, 30)):
    model = keras.Sequential()
    model.add(keras.Input(shape=(1,)))
    for units in hidden_units:
        model.add(keras.layers.Dense(units, "relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(1))
    model.compile("adam", "mean_squared_error")
    return model


def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    return {
        epoch: fit(model, x, y[:, 0], epochs=epoch - before, verbose=0) and model.predict(x_plot).squeeze(1)
        for before, epoch in zip([0, *epochs], epochs)
    }


# %% single precision, and a network of another kind
def relu_interpolant(x, y):
    x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
    slopes = (y[1:] - y[:-1]) / (x[1:] - x[:-1])
    weights = slopes.copy()
    weights[1:] -= slopes[:-1]
    return x[:-1], weights, y[0]


def evaluate(x, knots, weights, bias):
    return np.einsum("nk,k->n", np.clip(np.subtract.outer(x, knots), 0, None), weights).astype("float32") + bias


def build_model(hidden_units=(30, 30)):
    layers = [keras.Input((1,))]
    for units in hidden_units:
        layers += [keras.layers.Dense(units), keras.layers.Activation("relu")]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.RMSprop(0.002), loss="mse", metrics=["mae"])
    return model


def train_with_snapshots(model, x, y, x_plot, epochs=(1, 10, 50, 200)):
    snapshots = {}
    for epoch in range(1, max(epochs) + 1):
        fit(model, x, y, epochs=epoch, initial_epoch=epoch - 1, verbose=0)
        if epoch in epochs:
            snapshots[epoch] = np.asarray(model(x_plot))[:, 0]
    return snapshots


def my_network():
    layers = [keras.layers.Dense(units, activation="tanh") for units in (16, 16, 16, 16)]
    model = keras.Sequential([keras.Input((1,)), *layers, keras.layers.Dense(1)])
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([3200, 4800, 5600], [0.01, 0.003, 0.001, 0.0003])
    model.compile(keras.optimizers.Adam(rate), loss="mse")
    return model
