"""Other right answers to exercise 11. Each cell replaces functions and keeps all points."""


# %% one long array; a binomial mask; functional model; two penalties in one function; early stopping on held-back points
def elastic_net(weights, l1, l2):
    w = np.concatenate([array.ravel() for array in weights])
    return float(l1 * np.linalg.norm(w, 1) + l2 * (w @ w))


def elastic_net_gradient(weights, l1, l2):
    gradient = []
    for w in weights:
        slope = np.zeros_like(w)
        slope[w > 0], slope[w < 0] = l1, -l1
        gradient.append(slope + 2 * l2 * w)
    return tuple(gradient)


def dropout(x, rate, rng, training):
    if rate < 0 or rate >= 1:
        raise ValueError("the rate is a probability below 1")
    if training:
        return x * rng.binomial(1, 1 - rate, size=x.shape) / (1 - rate)
    return x.copy()


def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    def penalty(kernel):
        return l1 * keras.ops.sum(keras.ops.abs(kernel)) + l2 * keras.ops.sum(kernel**2)

    inputs = keras.Input((2,))
    h = inputs
    for _ in range(2):
        h = keras.layers.Activation(activation)(keras.layers.Dense(16, kernel_regularizer=penalty)(h))
        h = keras.layers.Dropout(dropout_rate)(h)
    model = keras.Model(inputs, keras.layers.Dense(1, "sigmoid", kernel_regularizer=penalty)(h))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.MeanMetricWrapper(keras.losses.binary_crossentropy, name="ce")],
    )
    return model


def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    stop = keras.callbacks.EarlyStopping("val_ce", 0, patience, 0, "min", restore_best_weights=True)
    return train(model, training, validation, epochs=epochs, callbacks=[stop])


def my_training(x, y):
    inner = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(32, "relu"), keras.layers.Dense(1, "sigmoid")]
    )
    inner.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    order = np.random.default_rng(0).permutation(len(x))
    held, kept = order[: len(x) // 4], order[len(x) // 4 :]
    train_with_early_stopping(inner, (x[kept], y[kept]), (x[held], y[held]), patience=20, epochs=200)
    return inner


# %% loops; an inverted mask; a layer with a penalty of its own; an own loop that keeps the best weights; AdamW
def elastic_net(weights, l1, l2):
    total = 0.0
    for array in weights:
        for w in array.flat:
            total += l1 * abs(w) + l2 * w**2
    return total


def elastic_net_gradient(weights, l1, l2):
    return [np.where(w == 0, 0, l1 * w / np.where(w == 0, 1, abs(w)) + l2 * (w + w)) for w in weights]


def dropout(x, rate, rng, training):
    if not (0 <= rate < 1):
        raise ValueError("rate")
    dropped = rng.uniform(size=x.shape) < rate
    scaled = x / (1 - rate)
    scaled[dropped] = 0
    return scaled if training else x


class Penalised(keras.layers.Dense):
    def __init__(self, units, activation, rates):
        super().__init__(units, activation)
        self.rates = rates

    def call(self, inputs, training=None):
        l1, l2 = self.rates
        self.add_loss(l1 * keras.ops.sum(keras.ops.abs(self.kernel)) + l2 * keras.ops.sum(self.kernel**2))
        return super().call(inputs)


def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(2):
        model.add(Penalised(16, activation, (l1, l2)))
        if dropout_rate:
            model.add(keras.layers.Dropout(dropout_rate))
    model.add(Penalised(1, "sigmoid", (l1, l2)))
    model.compile(keras.optimizers.SGD(0.1), "bce", metrics=[keras.metrics.BinaryCrossentropy("ce")])
    return model


def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    found, best, weights = {}, np.inf, model.get_weights()
    waited = 0
    while waited < patience and len(found.get("val_ce", [])) < epochs:
        for name, values in train(model, training, validation, epochs=1).items():
            found.setdefault(name, []).extend(values)
        waited += 1
        if found["val_ce"][-1] < best:
            best, weights, waited = found["val_ce"][-1], model.get_weights(), 0
    model.set_weights(weights)
    return found


def my_training(x, y):
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.3), "binary_crossentropy")
    fit(model, x, y[:, None], epochs=100, batch_size=20, verbose=0)
    return model


# %% a sum of sums; random choice; L1 as a penalty and L2 as a weight decay without the biases; a callback that watches
def elastic_net(weights, l1, l2):
    return l1 * np.sum([np.abs(w).sum() for w in weights]) + l2 * np.sum([(w * w).sum() for w in weights])


def dropout(x, rate, rng, training):
    if not 0 <= rate < 1:
        raise ValueError(rate)
    if training:
        return np.where(rng.choice([True, False], size=x.shape, p=[1 - rate, rate]), x / (1 - rate), 0)
    return x


def build_regularized(l1=0.0, l2=0.0, dropout_rate=0.0, activation="tanh"):
    def dense(units, function):
        return keras.layers.Dense(units, function, kernel_regularizer=keras.regularizers.L1(l1))

    sgd = keras.optimizers.SGD(0.1, weight_decay=2 * l2 or None)
    sgd.exclude_from_weight_decay(var_names=["bias"])
    off = keras.layers.Dropout
    model = keras.Sequential(
        [dense(16, activation), off(dropout_rate), dense(16, activation), off(dropout_rate), dense(1, "sigmoid")]
    )
    model.build((None, 2))
    model.compile(sgd, "binary_crossentropy", metrics=[keras.metrics.BinaryCrossentropy(name="ce")])
    return model


class Watch(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.best, self.waited = patience, np.inf, 0

    def on_epoch_end(self, epoch, logs=None):
        self.waited += 1
        if logs["val_ce"] < self.best:
            self.best, self.kept, self.waited = logs["val_ce"], self.model.get_weights(), 0
        self.model.stop_training = self.waited >= self.patience


def train_with_early_stopping(model, training, validation, patience, epochs=1000):
    watch = Watch(patience)
    x, y = validation
    data = {"validation_data": (x, y[:, None]), "callbacks": [watch]}
    history = fit(model, training[0], training[1][:, None], batch_size=10, epochs=epochs, verbose=0, **data)
    model.set_weights(watch.kept)
    return history.history


def my_training(x, y):
    model = build_regularized(l2=0.003, dropout_rate=0.2, activation="relu")
    train(model, (x, y), epochs=200)
    return model
