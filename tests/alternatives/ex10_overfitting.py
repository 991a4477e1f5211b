"""Other right answers to exercise 10. Each cell replaces functions and keeps all points."""


# %% train_test_split twice, functional models, many networks side by side, a formula
from sklearn.model_selection import train_test_split

from dlp_keras.training import fit_many


def split(x, y, fractions, rng):
    parts, rest = [], (x, y)
    for number, fraction in enumerate(fractions[:-1]):
        share = fraction / sum(fractions[number:])
        state = int(rng.integers(2**31))
        x_part, x_rest, y_part, y_rest = train_test_split(*rest, train_size=share, random_state=state)
        parts.append((x_part, y_part))
        rest = x_rest, y_rest
    return [*parts, rest]


def build_model(hidden_units, learning_rate=0.01):
    inputs = keras.Input((2,))
    h = inputs
    for units in hidden_units:
        h = keras.layers.ReLU()(keras.layers.Dense(units)(h))
    model = keras.Model(inputs, keras.layers.Activation("sigmoid")(keras.layers.Dense(1)(h)))
    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
    model.optimizer.learning_rate = learning_rate
    return model


def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        networks = fit_many(
            lambda: build_model(hidden_units),
            training[0],
            training[1][:, None],
            n_models=n_starts,
            epochs=epochs,
            validation_data=(validation[0], validation[1][:, None]),
            verbose=0,
        )
        gaps = networks.history["val_loss"][:, -1] - networks.history["loss"][:, -1]
        found[hidden_units] = (float(gaps.mean()), float(gaps.std() / n_starts**0.5))
    return found


def best_accuracy(noise):
    crosses = max(0, 5 * noise - 0.3) ** 2 / (100 * noise) if noise else 0
    return 1 - 2 * crosses * (1 - crosses)


# %% masks, losses as arrays, model.fit, and a validation set of its own
def split(x, y, fractions, rng):
    ranks = rng.random(len(x)).argsort().argsort()
    ends = [0, *np.round(np.cumsum(fractions) * len(x))]
    masks = [(low <= ranks) & (ranks < high) for low, high in zip(ends[:-1], ends[1:])]
    return tuple([x[mask], y[mask]] for mask in masks)


def generalization_gap(history):
    losses, val_losses = np.array(history["loss"]), np.array(history["val_loss"])
    return (val_losses - losses)[-1]


def overtraining_epoch(history):
    best = min(history["val_loss"])
    return next(number for number, loss in enumerate(history["val_loss"], 1) if loss == best)


def my_network(x, y):
    training, validation = split(x, y, (0.7, 0.3), np.random.default_rng(0))
    model = build_model((16,))
    best = keras.callbacks.EarlyStopping("val_loss", patience=20, restore_best_weights=True)
    x_new, y_new = validation
    model.fit(
        training[0],
        training[1][:, None],
        epochs=100,
        validation_data=(x_new, y_new[:, None]),
        callbacks=[best],
        verbose=0,
    )
    return model


# %% an own loop over a quadrature; lists of means; a network with a smaller rate
def compare(sizes, training, validation, n_starts=4, epochs=300):
    found = {}
    for hidden_units in sizes:
        total = squares = 0
        for _ in range(n_starts):
            gap = generalization_gap(train(build_model(hidden_units), training, validation, epochs).history)
            total, squares = total + gap, squares + gap**2
        mean = total / n_starts
        variance = (squares / n_starts - mean**2) * n_starts / (n_starts - 1)
        found[hidden_units] = [mean, (variance / n_starts) ** 0.5]
    return found


def best_accuracy(noise):
    magnitude = np.linspace(0.3, 5.3, 2001)
    shift = np.linspace(-5 * noise, 5 * noise, 2000)
    crosses = (magnitude[:, None] + shift < 0).mean()
    return crosses**2 + (1 - crosses) ** 2


def my_network(x, y):
    model = build_model((10,), learning_rate=0.005)
    train(model, (x, y), epochs=120)
    return model
