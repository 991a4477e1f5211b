"""Other right answers to exercise 12. Each cell replaces functions and keeps all points."""


# %% scikit-learn's scaler, a schedule, a sorted list, a sum over the binomial distribution, the phase of the spiral
from sklearn.preprocessing import StandardScaler


def standardize(training, *others):
    scaler = StandardScaler().fit(training)
    return [scaler.transform(part) for part in (training, *others)]


def train_candidates(candidates, training, validation, epochs=200):
    def slower(epoch, rate):
        return rate / 2 if epoch in (epochs // 2, 3 * epochs // 4, 7 * epochs // 8) else rate

    found = []
    for name, hidden_units, activation in candidates:
        model = build_model(hidden_units, activation, training[0].shape[1])
        record = fit(
            model,
            training[0],
            training[1].reshape(-1, 1),
            epochs=epochs,
            validation_data=(validation[0], validation[1].reshape(-1, 1)),
            callbacks=[keras.callbacks.LearningRateScheduler(slower)],
            verbose=0,
        )
        size = sum(weights.size for weights in model.get_weights())
        score = model.evaluate(validation[0], validation[1].reshape(-1, 1), verbose=0)[1]
        found.append(dict(name=name, model=model, n_parameters=size, accuracy=score, history=record.history))
    return found


def choose(accuracies, n_validation, n_parameters):
    best = max(accuracies)
    least = best - (best * (1 - best) / n_validation) ** 0.5
    table = sorted(zip(n_parameters, [-p for p in accuracies], range(len(accuracies))))
    return next(position for _, p, position in table if -p >= least)


def selection_bias(n_models, n_points, rng):
    from scipy.stats import binom

    right = np.arange(n_points + 1)
    below = binom.cdf(right, n_points, 0.5) ** n_models
    share = np.diff(below, prepend=0)
    return share @ right / n_points - 0.5


def run(seed, candidates, epochs=200):
    (x_train, y_train), (x_check, y_check), envelope = laboratory_data(seed)
    scaler = StandardScaler().fit(x_train)
    parts = (scaler.transform(x_train), y_train), (scaler.transform(x_check), y_check)
    found = train_candidates(candidates, *parts, epochs=epochs)
    table = {key: np.array([each[key] for each in found]) for key in ("accuracy", "n_parameters")}
    winner = found[choose(table["accuracy"], y_check.size, table["n_parameters"])]
    test = envelope.open(lambda points: winner["model"].predict(scaler.transform(points), verbose=0))
    return dict(
        chosen=winner["name"],
        validation_accuracy=winner["accuracy"],
        test_accuracy=test,
        openings=envelope.openings,
    )


def my_design(x):
    radius, angle = np.hypot(x[:, 0], x[:, 1]), np.arctan2(x[:, 0], x[:, 1])
    return np.cos(angle - 1.75 * 2 * np.pi * radius / 5)[:, np.newaxis], (), "relu"


# %% loops over the columns, a callback of one's own, repetitions one by one
def standardize(training, *others):
    parts = [np.array(part, dtype=float) for part in (training, *others)]
    for column in range(training.shape[1]):
        values = training[:, column]
        mean = sum(values) / len(values)
        spread = (sum((values - mean) ** 2) / (len(values) - 1)) ** 0.5
        for part in parts:
            part[:, column] = (part[:, column] - mean) / (spread or 1.0)
    return tuple(parts)


class Halving(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.least, self.waited, self.rates = np.inf, 0, []

    def on_epoch_end(self, epoch, logs=None):
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        if logs["loss"] < self.least - 1e-4:
            self.least, self.waited = logs["loss"], 0
        else:
            self.waited += 1
        if self.waited >= 10:
            self.model.optimizer.learning_rate = logs["learning_rate"] / 2
            self.waited = 0


def train_one(candidate, training, validation, epochs):
    name, hidden_units, activation = candidate
    model = build_model(hidden_units, activation, n_inputs=training[0].shape[1])
    columns = [(x, y[:, None].astype("float32")) for x, y in (training, validation)]
    history = fit(
        model, *columns[0], epochs=epochs, validation_data=columns[1], callbacks=[Halving()], verbose=0
    )
    right = (probability(model, validation[0]) > 0.5) == validation[1]
    return {
        "name": name,
        "model": model,
        "n_parameters": model.count_params(),
        "accuracy": right.mean(),
        "history": history.history,
    }


def train_candidates(candidates, training, validation, epochs=200):
    return [train_one(candidate, training, validation, epochs) for candidate in candidates]


def choose(accuracies, n_validation, n_parameters):
    best = int(np.argmax(accuracies))
    p = accuracies[best]
    error = np.sqrt(p * (1 - p) / n_validation)
    for position, (accuracy, size) in enumerate(zip(accuracies, n_parameters)):
        is_smaller = size < n_parameters[best] or (
            size == n_parameters[best] and accuracy > accuracies[best]
        )
        if accuracy >= p - error and is_smaller:
            best = position
    return best


def selection_bias(n_models, n_points, rng):
    total = 0.0
    for _ in range(4000):
        total += max(rng.binomial(n_points, 0.5, n_models)) / n_points
    return total / 4000 - 1 / 2


def my_design(x):
    x1, x2 = x[:, 0], x[:, 1]
    return np.column_stack([x1, x2, np.sin(x1), np.sin(x2)]), [9], "tanh"


# %% lexsort, a normal distribution in place of the binomial one, a class that predicts, sines of the plane's angle
def standardize(training, *others):
    mean, spread = np.mean(training, 0), np.std(training, 0)
    spread[spread < 1e-12] = 1
    scaled = (np.concatenate([training, *others]) - mean) / spread
    ends = np.cumsum([len(part) for part in (training, *others)])
    return np.split(scaled, ends[:-1])


def train_candidates(candidates, training, validation, epochs=200):
    results = {}
    for name, hidden_units, activation in candidates:
        results[name] = {"name": name, "model": build_model(hidden_units, activation, training[0].shape[1])}
    for result in results.values():
        model = result["model"]
        plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=10, min_lr=1e-5)
        result["history"] = fit(
            model,
            training[0].astype("float32"),
            training[1][:, None],
            epochs=epochs,
            batch_size=25,
            validation_data=(validation[0].astype("float32"), validation[1][:, None]),
            callbacks=[plateau],
            verbose=0,
        ).history
        result["accuracy"] = result["history"]["val_accuracy"][-1]
        result["n_parameters"] = model.count_params()
    return list(results.values())


def choose(accuracies, n_validation, n_parameters):
    p = np.array(accuracies)
    bad = p < p.max() - np.sqrt(p.max() * (1 - p.max()) / n_validation)
    return np.lexsort((-p, n_parameters, bad))[0]


def selection_bias(n_models, n_points, rng):
    scores = rng.normal(0.5, 0.5 / np.sqrt(n_points), size=(20_000, n_models))
    return scores.max(axis=1).mean() - 0.5


class Predictor:
    def __init__(self, model, training):
        self.model, self.training = model, training

    def __call__(self, points):
        return self.model.predict(standardize(self.training, points)[1], verbose=0)


def run(seed, candidates, epochs=200):
    training, validation, envelope = laboratory_data(seed)
    x, x_new = standardize(training[0], validation[0])
    found = train_candidates(candidates, (x, training[1]), (x_new, validation[1]), epochs)
    number = choose(
        [each["accuracy"] for each in found], len(validation[0]), [each["n_parameters"] for each in found]
    )
    result = {"chosen": found[number]["name"], "validation_accuracy": found[number]["accuracy"]}
    result["test_accuracy"] = envelope.open(Predictor(found[number]["model"], training[0]))
    result["openings"] = envelope.openings
    return result


def my_design(x):
    turned = np.arctan2(x[:, 1], x[:, 0]) + 2.2 * np.linalg.norm(x, axis=1)
    return np.stack([np.sin(turned), np.cos(turned)], axis=1), (4,), "tanh"
