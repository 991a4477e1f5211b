"""`fit` against `model.fit`: the same losses, metrics, weights, callbacks and logs, and clear errors."""

import keras
import numpy as np
import pytest

from dlp_keras.training import backends, fit

RNG = np.random.default_rng(7)
X = RNG.normal(size=(53, 4)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] > 0).astype("float32")
X_TEST, Y_TEST = X[:17] + 0.1, Y[:17]
CLASSES = (X[:, 0] > 0).astype("int64") + (X[:, 1] > 0)
IMAGES = RNG.normal(size=(23, 6, 6, 1)).astype("float32")


def sequential(*layers, shape=(4,), optimizer="sgd", loss="mse", **compilation):
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile(optimizer=optimizer, loss=loss, **compilation)
    return model


def dense(*, head=1, activation=None, kernel_regularizer=None, **compilation):
    hidden = keras.layers.Dense(5, "tanh", kernel_regularizer=kernel_regularizer)
    return sequential(hidden, keras.layers.Dense(head, activation), **compilation)


def unbuilt():
    model = keras.Sequential([keras.layers.Dense(5, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


def functional():
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(5, "relu")(inputs)
    outputs = keras.layers.Dense(1, "sigmoid")(keras.layers.Concatenate()([inputs, hidden]))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy", "auc"])
    return model


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(5, "relu")
        self.head = keras.layers.Dense(1)

    def call(self, x):
        return self.head(self.hidden(x))


class OwnStep(Subclassed):
    def train_step(self, data):
        return {**super().train_step(data), "twice": 2.0 * keras.ops.mean(data[0])}


def subclassed(kind=Subclassed):
    model = kind()
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse", metrics=["mae"])
    return model


def two_outputs():
    inputs = keras.Input((4,))
    outputs = [keras.layers.Dense(1, name="first")(inputs), keras.layers.Dense(1, name="second")(inputs)]
    model = keras.Model(inputs, outputs)
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 0.3])
    return model


def convolution():
    layers = [keras.layers.Conv2D(3, 3, activation="relu"), keras.layers.GlobalAveragePooling2D()]
    return sequential(*layers, keras.layers.Dense(1), shape=(6, 6, 1), optimizer="adam")


def custom_loss(y_true, y_pred):
    return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** 1.5, axis=-1)


class Doubling(keras.layers.Layer):
    def call(self, x):
        return 2 * x


Doubling.__module__ = "__main__"  # as in a notebook or a script: Keras then writes no module into the config


def scheduled():
    return keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.8))


REGRESSION = (X, Y)
SPARSE = (X, CLASSES)
SOFTMAX = {"head": 3, "activation": "softmax", "loss": "sparse_categorical_crossentropy"}
MODELS = {
    "unbuilt": (unbuilt, REGRESSION),
    "flat targets of float64": (dense, (X.astype("float64"), Y[:, 0].astype("float64"))),
    "integer targets": (lambda: dense(activation="sigmoid", loss="bce"), (X, Y.astype(int))),
    "sparse classes": (lambda: dense(**SOFTMAX, metrics=["accuracy"], optimizer="adam"), SPARSE),
    "l1 and l2": (lambda: dense(kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02)), REGRESSION),
    "batch norm": (lambda: sequential(keras.layers.BatchNormalization(), keras.layers.Dense(1)), REGRESSION),
    # XLA has its own stream of random numbers: the same one when model.fit compiles, too.
    "dropout": (
        lambda: sequential(keras.layers.Dropout(0.3, seed=1), keras.layers.Dense(1), jit_compile=True),
        REGRESSION,
    ),
    "activity": (
        lambda: sequential(keras.layers.Dense(3, activity_regularizer="l2"), keras.layers.Dense(1)),
        REGRESSION,
    ),
    "summed loss": (lambda: dense(loss=keras.losses.MeanSquaredError(reduction="sum")), REGRESSION),
    "custom loss": (lambda: dense(loss=custom_loss), REGRESSION),
    "layer of a notebook": (lambda: sequential(Doubling(), keras.layers.Dense(1)), REGRESSION),
    "schedule": (lambda: dense(optimizer=scheduled()), REGRESSION),
    "functional": (functional, REGRESSION),
    "subclassed": (subclassed, REGRESSION),
    "own step": (lambda: subclassed(OwnStep), REGRESSION),
    # Batches of equal size: TensorFlow's model.fit weighs short batches of several outputs like full ones.
    "two outputs": (two_outputs, (X[:48], [Y[:48], Y[:48] + 1])),
    "convolution": (convolution, (IMAGES, Y[:23])),
}
OPTIMIZERS = {
    "momentum": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": keras.optimizers.Adam(0.01, amsgrad=True),
    "clipped": keras.optimizers.SGD(0.1, clipnorm=0.1),
    "averaged": keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9),
    "accumulated": keras.optimizers.SGD(0.1, gradient_accumulation_steps=2),
}


def assert_same_training(build_model, x, y, *, validation=None, **options):
    keras.utils.set_random_seed(3)
    expected_model = build_model()
    keras.utils.set_random_seed(3)
    model = build_model()
    options = {
        "epochs": 3,
        "batch_size": 8,
        "validation_data": validation,
        "shuffle": False,
        "verbose": 0,
    } | options
    keras.utils.set_random_seed(5)
    expected = expected_model.fit(x, y, **options)
    keras.utils.set_random_seed(5)
    history = fit(model, x, y, **options)
    assert history is model.history
    assert history.epoch == expected.epoch
    assert list(history.history) == list(expected.history)
    for name, values in expected.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=2e-4, atol=2e-6, err_msg=name)
    for ours, theirs in zip(model.get_weights(), expected_model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-5)
    return history.history


@pytest.mark.parametrize("name", MODELS)
def test_models_train_as_with_keras(name):
    if name == "own step" and keras.backend.backend() != "tensorflow":
        pytest.skip("a `train_step` of one's own is written for one backend")
    build_model, (x, y) = MODELS[name]
    assert_same_training(build_model, x, y)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_step_as_with_keras(name):
    def build_model():
        optimizer = OPTIMIZERS[name]
        return dense(optimizer=type(optimizer).from_config(optimizer.get_config()))

    assert_same_training(build_model, X, Y, validation=(X_TEST, Y_TEST))


def test_weights_excluded_from_the_decay_stay_excluded():
    def build_model():
        optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        return dense(optimizer=optimizer)

    assert_same_training(build_model, X, Y)


WEIGHTS = RNG.uniform(0.5, 2.0, size=53).astype("float32")
OPTIONS = {
    "sample weights": (Y, {"sample_weight": WEIGHTS}),
    "class weights": (Y, {"class_weight": {0: 0.3, 1: 2.0}}),
    "weighted validation": (Y, {"validation": (X_TEST, Y_TEST, WEIGHTS[:17])}),
    "batch larger than the data": (Y, {"batch_size": 500}),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_act_as_with_keras(name):
    y, options = OPTIONS[name]
    assert_same_training(lambda: dense(weighted_metrics=["mae"], metrics=["mse"]), X, y, **options)


class Recorder(keras.callbacks.Callback):
    """Writes down every moment of a training that `fit` compiles, with its logs and a weight of the model."""

    def __init__(self):
        super().__init__()
        self.events = []

    def _record(self, name, epoch=None, logs=None):
        weight = float(self.model.get_weights()[0].sum())
        self.events.append((name, epoch, sorted(logs or {}), list((logs or {}).values()), weight))

    def on_train_begin(self, logs=None):
        self._record("train begin", logs=logs)

    def on_epoch_begin(self, epoch, logs=None):
        self._record("epoch begin", epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._record("epoch end", epoch, logs)

    def on_test_end(self, logs=None):
        self._record("test end", logs=logs)

    def on_train_end(self, logs=None):
        self._record("train end", logs=logs)


def recorded(train):
    keras.utils.set_random_seed(3)
    model, recorder = dense(metrics=["mae"]), Recorder()
    train(
        model,
        X,
        Y,
        epochs=3,
        validation_data=(X_TEST, Y_TEST),
        shuffle=False,
        verbose=0,
        callbacks=[recorder],
    )
    return recorder.events


@pytest.mark.parametrize(
    "options",
    [
        {"validation_split": 0.3},
        {"validation_split": 0.3, "sample_weight": WEIGHTS},
        {"initial_epoch": 2, "epochs": 4},
        {"validation": (X[:20], Y[:20]), "validation_batch_size": 3},
        {"validation": (X[:20], Y[:20]), "validation_freq": 2},
        {"steps_per_epoch": 3, "epochs": 2},
    ],
    ids=str,
)
def test_further_arguments_of_keras(options):
    assert_same_training(dense, X, Y, **options)


def test_callbacks_see_the_moments_logs_and_weights_of_keras():
    ours, theirs = recorded(fit), recorded(keras.Model.fit)
    assert [event[:3] for event in ours] == [event[:3] for event in theirs]
    for our_event, their_event in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our_event[3], their_event[3], rtol=1e-4)
        np.testing.assert_allclose(our_event[4], their_event[4], rtol=1e-4)


def test_early_stopping_stops_and_restores_the_best_weights():
    model = dense(optimizer=keras.optimizers.SGD(0.5))
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True, min_delta=0.01)
    history = fit(
        model, X, Y, epochs=200, validation_data=(X_TEST, Y_TEST), callbacks=[stop], verbose=0, seed=1
    )
    losses = history.history["val_loss"]
    assert len(losses) < 200
    loss = model.evaluate(X_TEST, Y_TEST, verbose=0)
    np.testing.assert_allclose(loss, losses[stop.best_epoch], rtol=1e-5)


def stopping(patience, restore=False):
    return keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=restore)


def reducing(min_delta=0.01, cooldown=0):
    return keras.callbacks.ReduceLROnPlateau(
        "val_loss", factor=0.5, patience=2, min_delta=min_delta, cooldown=cooldown
    )


DECIDING = {
    "stops": lambda: [stopping(3)],
    "stops and restores": lambda: [stopping(3, restore=True)],
    "reduces": lambda: [reducing()],
    "reduces, stops and restores": lambda: [reducing(cooldown=1), stopping(20, restore=True)],
}


@pytest.mark.parametrize("name", DECIDING)
@pytest.mark.parametrize("rate", [0.5, 0.002])
def test_callbacks_that_decide_by_the_logs_run_ahead_and_come_back(name, rate):
    def trained(*others):
        keras.utils.set_random_seed(3)
        model = sequential(
            keras.layers.Dense(8, "tanh"),
            keras.layers.Dropout(0.2, seed=2),
            keras.layers.Dense(1),
            optimizer=keras.optimizers.SGD(rate, momentum=0.8),
        )
        history = fit(
            model,
            X,
            Y,
            epochs=150,
            batch_size=8,
            validation_data=(X_TEST, Y_TEST),
            callbacks=[*DECIDING[name](), *others],
            verbose=0,
            seed=1,
        )
        return history.history, model.get_weights(), model.optimizer.iterations.numpy()

    ahead, looking = trained(), trained(Recorder())  # the second returns to Python after every epoch
    assert ahead[2] == looking[2]
    assert list(ahead[0]) == list(looking[0])
    for log, values in ahead[0].items():
        np.testing.assert_array_equal(values, looking[0][log], err_msg=log)
    for ours, theirs in zip(ahead[1], looking[1], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    rates = ahead[0].get("learning_rate", [rate])
    assert len(set(rates)) > 3 or rate < 0.5 or "reduces" not in name


def test_a_plateau_lowers_the_rate_as_with_keras():
    options = {"validation": (X_TEST, Y_TEST), "epochs": 9, "callbacks": [reducing(min_delta=1.0)]}
    history = assert_same_training(lambda: dense(optimizer=keras.optimizers.SGD(0.5)), X, Y, **options)
    np.testing.assert_allclose(history["learning_rate"], 0.5 ** np.array([1, 1, 1, 2, 2, 3, 3, 4, 4]))


def test_the_learning_rate_follows_a_callback():
    model = dense(optimizer=keras.optimizers.SGD(0.5))
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch: 0.0)
    before = model.get_weights()
    fit(model, X, Y, epochs=2, callbacks=[schedule], verbose=0)
    for ours, untrained in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, untrained)


def test_checkpoints_are_saved_each_epoch(tmp_path):
    path = str(tmp_path / "{epoch}.weights.h5")
    checkpoint = keras.callbacks.ModelCheckpoint(path, save_weights_only=True)
    fit(dense(), X, Y, epochs=3, callbacks=[checkpoint], verbose=0)
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{n}.weights.h5" for n in (1, 2, 3)]


class EveryThird(keras.callbacks.Callback):
    """Looks at the model every third epoch, and says so as this project's pictures do."""

    every = 3

    def __init__(self):
        super().__init__()
        self.weights = {}

    def on_epoch_end(self, epoch, logs=None):
        self.weights[epoch] = self.model.get_weights()[0]


def test_a_callback_that_looks_now_and_then_sees_the_weights_of_that_epoch():
    seen, all_seen = EveryThird(), Recorder()
    for callback in (seen, all_seen):
        keras.utils.set_random_seed(3)
        fit(dense(), X, Y, epochs=7, callbacks=[callback], verbose=0, seed=2)
    sums = [event[4] for event in all_seen.events if event[0] == "epoch end"]
    assert list(seen.weights) == list(range(7))
    np.testing.assert_allclose([seen.weights[e].sum() for e in (2, 5)], [sums[2], sums[5]], rtol=1e-5)


def test_shuffling_depends_on_the_seed_alone():
    def losses(seed, global_seed=4):
        keras.utils.set_random_seed(global_seed)
        return fit(dense(), X, Y, epochs=2, batch_size=8, seed=seed, verbose=0).history["loss"]

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)
    assert losses(None) == losses(None)


def test_a_second_model_of_the_same_architecture_leaves_the_first_alone():
    first, second = dense(), dense()
    fit(first, X, Y, epochs=2, verbose=0)
    trained = first.get_weights()
    fit(second, X, Y, epochs=2, verbose=0)
    for ours, before in zip(first.get_weights(), trained, strict=True):
        np.testing.assert_array_equal(ours, before)


def test_training_does_not_shift_keras_random_numbers():
    def weights(train):
        keras.utils.set_random_seed(8)
        model = dense()
        train(model)
        return dense().get_weights()

    trained = weights(lambda model: fit(model, X[:31], Y[:31], epochs=1, shuffle=False, verbose=0))
    for ours, untrained in zip(trained, weights(lambda model: None), strict=True):
        np.testing.assert_array_equal(ours, untrained)


class AtBatchEnd(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


def generator():
    while True:
        yield X[:8], Y[:8]


@pytest.mark.parametrize(
    ("compilation", "options", "reason"),
    [
        ({}, {"callbacks": [AtBatchEnd()]}, "AtBatchEnd acts inside an epoch"),
        ({"run_eagerly": True}, {}, "run_eagerly"),
    ],
)
def test_what_cannot_be_compiled_runs_through_keras_and_says_why(compilation, options, reason, capsys):
    history = fit(dense(**compilation), X, Y, epochs=2, verbose=2, **options)
    assert len(history.history["loss"]) == 2
    assert reason in capsys.readouterr().out


def test_a_dataset_goes_to_keras():
    tf = pytest.importorskip("tensorflow", reason="the course runs without TensorFlow on other backends")

    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)
    assert len(fit(dense(), dataset, epochs=2, verbose=0).history["loss"]) == 2


def test_nan_in_the_loss_stops_with_the_weights_of_the_last_good_epoch():
    def exploding(epoch):
        return 0.1 if epoch < 2 else 1e30

    schedule = keras.callbacks.LearningRateScheduler(exploding)
    good, model = dense(head=1), dense(head=1)
    model.set_weights(good.get_weights())
    fit(good, X, Y, epochs=2, verbose=0, seed=1, callbacks=[keras.callbacks.LearningRateScheduler(exploding)])
    with pytest.warns(RuntimeWarning, match="epoch 3, batch 2"):
        history = fit(model, X, Y, epochs=9, batch_size=32, verbose=0, seed=1, callbacks=[schedule])
    assert len(history.history["loss"]) == 3
    for ours, before in zip(model.get_weights(), good.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, before)


def no_memory(*_):
    """Fail as the backend does; after a real failure on a CPU, TensorFlow may crash when Python ends."""
    if keras.backend.backend() == "jax":
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 640000000000 bytes.")
    import tensorflow as tf

    raise tf.errors.ResourceExhaustedError(None, None, "Out of memory allocating 640000000000 bytes.")


def test_too_large_a_batch_is_named_with_the_way_out(monkeypatch):
    monkeypatch.setattr(backends.current().EpochFunction, "run", no_memory)
    x = np.ones((2**17, 4), "float32")
    message = r"131072 samples \(2 MiB\) in batches of 131072\. Try batch_size=65536, .*in chunks"
    with pytest.raises(MemoryError, match=message):
        fit(dense(), x, x[:, :1], epochs=1, batch_size=2**18, verbose=0)


def test_ctrl_c_ends_between_epochs_and_keeps_what_was_learnt(ctrl_c):
    model = dense()
    fit(model, X, Y, epochs=1, verbose=0)
    before, steps = model.get_weights(), -(-len(X) // 32)
    ctrl_c(0.3)
    with pytest.raises(KeyboardInterrupt):
        fit(model, X, Y, epochs=10**8, verbose=0)
    assert model.optimizer.iterations.numpy() % steps == 0
    assert np.isfinite(model.get_weights()[0]).all()
    assert not np.array_equal(model.get_weights()[0], before[0])
    assert len(fit(model, X, Y, epochs=2, verbose=0).history["loss"]) == 2


def hand_written_loss(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_true - y_pred))


class HandWritten(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return hand_written_loss(y_true, y_pred)


WITH_NAN = np.where(np.arange(53)[:, None] == 5, np.nan, X)
BAD_INPUT = {
    "nan": (dense, WITH_NAN, Y, {}, "`x` must not contain NaN.*1 of 53.*index 5"),
    "nan in validation": (dense, X, Y, {"validation_data": (WITH_NAN, Y)}, "`validation x`.*NaN"),
    "lengths": (dense, X, Y[:50], {}, "same number of samples.*53.*50"),
    "no samples": (dense, X[:0], Y[:0], {}, "at least one sample"),
    "zero epochs": (dense, X, Y, {"epochs": 0}, "`epochs`.*at least 1.*0"),
    "batch of zero": (dense, X, Y, {"batch_size": 0}, "`batch_size`.*at least 1"),
    "validation": (dense, X, Y, {"validation_data": (X,)}, r"`validation_data` must be a tuple \(x, y\)"),
    "both weights": (
        dense,
        X,
        Y,
        {"class_weight": {0: 1.0}, "sample_weight": WEIGHTS},
        "`class_weight` and `sample_weight`",
    ),
    "not compiled": (
        lambda: keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]),
        X,
        Y,
        {},
        "`model` must be compiled",
    ),
    "flat targets": (lambda: dense(loss=HandWritten()), X, Y[:, 0], {}, r"y\.reshape\(-1, 1\)"),
    "one target for three outputs": (lambda: dense(head=3), X, Y, {}, r"shape of the predictions, \(n, 3\)"),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_named(name):
    build_model, x, y, options, message = BAD_INPUT[name]
    with pytest.raises(ValueError, match=message):
        fit(build_model(), x, y, **{"epochs": 1, "verbose": 0, **options})


def several_inputs():
    inputs = [keras.Input((2,)), keras.Input((2,))]
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Concatenate()(inputs)))
    model.compile("sgd", "mse")
    return model


BAD_ARGUMENTS = {
    "no model": (lambda: None, X, {}, TypeError, "`model` must be a compiled Keras model. Got None"),
    "epochs": (dense, X, {"epochs": 2.0}, TypeError, "`epochs` must be a whole number.*Write epochs=2"),
    "misspelt": (dense, X, {"epoch": 2}, TypeError, "`fit` takes no argument epoch"),
    "rows": (dense, [[1.0, 2.0], [1.0]], {}, ValueError, "`x` must have rows of one length"),
    "list of arrays": (dense, [X, X], {}, ValueError, r"model has inputs, 1. Got 2. Write np.stack\(x\)"),
    "one of two inputs": (several_inputs, X, {}, ValueError, "model has inputs, 2. Got 1. Pass a list of 2"),
    "split": (dense, X, {"validation_split": 1.0}, ValueError, r"`validation_split` must lie in \[0, 1\)"),
    "first epoch": (dense, X, {"initial_epoch": -1}, ValueError, "`initial_epoch` must be at least 0"),
}


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_arguments_that_fit_cannot_take_are_named(name):
    build_model, x, options, kind, message = BAD_ARGUMENTS[name]
    with pytest.raises(kind, match=message):
        fit(build_model(), x, Y, **{"epochs": 1, "verbose": 0, **options})


def test_lists_of_numbers_are_arrays():
    history = assert_same_training(dense, X, Y)
    keras.utils.set_random_seed(3)
    model = dense()
    ours = fit(model, X.tolist(), Y.tolist(), epochs=3, batch_size=8, shuffle=False, verbose=0).history
    np.testing.assert_allclose(ours["loss"], history["loss"], rtol=1e-5)


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_what_is_printed(verbose, capsys):
    fit(dense(), X, Y, epochs=3, verbose=verbose)
    printed = capsys.readouterr().out
    assert (printed == "") == (verbose == 0)
    assert ("Epoch 2/3" in printed) == (verbose == 2)
    assert ("3/3" in printed) == (verbose == 1 or "Epoch 3/3" in printed)
