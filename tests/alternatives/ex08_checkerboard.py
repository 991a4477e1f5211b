"""Other right answers to exercise 8. Each cell replaces functions and keeps all points."""

# %% functional models, activations as functions, a loop over starts
import tensorflow as tf


def build_model(hidden_units, activation):
    inputs = keras.Input((2,))
    hidden = keras.layers.Activation(activation)(keras.layers.Dense(hidden_units)(inputs))
    outputs = keras.layers.Dense(1, activation=tf.nn.sigmoid)(hidden)
    model = keras.Model(inputs, outputs)
    loss = keras.losses.BinaryCrossentropy()
    model.compile(keras.optimizers.AdamW(0.02), loss, metrics=[keras.metrics.BinaryAccuracy("accuracy")])
    return model


def train(model, x, y, validation_data, epochs=100, callbacks=()):
    validation = validation_data[0], validation_data[1].reshape(-1, 1)
    return model.fit(
        x,
        y.reshape(-1, 1),
        epochs=epochs,
        validation_data=validation,
        callbacks=list(callbacks),
        verbose=0,
    )


def success_rate(hidden_units, activation, n_starts, epochs=100):
    x, y = make_checkerboard(1500, seed=5)
    n_good = 0
    for _ in range(n_starts):
        model = build_model(hidden_units=hidden_units, activation=activation)
        fit(model, x[:500], y[:500, None], epochs=epochs, verbose=0)
        n_good += np.mean((model.predict(x[500:], verbose=0).ravel() > 0.5) == y[500:]) >= 0.97
    return n_good / n_starts


def minimal_network(rates):
    for nodes in sorted(rates):
        if rates[nodes]:
            return nodes


def with_product_feature(x):
    x1, x2 = x.T
    return np.array([x1, x2, x1 * x2]).T


def build_linear_model(n_inputs):
    inputs = keras.Input((n_inputs,))
    model = keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(inputs))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.03
    return model


# %% new points drawn without the course's function
def success_rate(hidden_units, activation, n_starts, epochs=100):
    rng = np.random.default_rng()
    x = rng.uniform(-1, 1, (1500, 2)) * 6
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    points, new = (x[:500], y[:500]), (x[500:], y[500:])
    histories = [train(build_model(hidden_units, activation), *points, new, epochs) for _ in range(n_starts)]
    return sum(history.history["val_accuracy"][-1] >= 0.97 for history in histories) / n_starts
