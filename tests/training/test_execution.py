"""Who runs the epochs: the graph executor at first, XLA when it has compiled, one training at a time."""

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from dlp_keras.training import backends, execution, fit, fit_many
from dlp_keras.training.compilation import CompilationCache

RNG = np.random.default_rng(7)
X = RNG.normal(size=(60, 3)).astype("float32")
Y = np.tanh(X[:, :1] * X[:, 1:2])
IMAGES = RNG.normal(size=(40, 6, 6, 1)).astype("float32")

only_with_graphs = pytest.mark.skipif(
    not backends.current().HAS_GRAPH_EXECUTOR, reason="this backend has no executor but XLA"
)


def dense(units=4, **options):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(units, "tanh", **options), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


def convolution():
    layers = [keras.layers.Conv2D(3, 3, activation="relu"), keras.layers.GlobalAveragePooling2D()]
    model = keras.Sequential([keras.Input((6, 6, 1)), *layers, keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


@pytest.fixture
def functions(monkeypatch):
    """Note each function that is made: "XLA" or "graph"."""
    made = []
    kind = backends.current().EpochFunction

    def make(*arguments, compiled):
        made.append("XLA" if compiled else "graph")
        return kind(*arguments, compiled=compiled)

    monkeypatch.setattr(backends.current(), "EpochFunction", make)
    return made


@only_with_graphs
def test_a_short_training_never_compiles(functions):
    fit(dense(5), X, Y, epochs=20, verbose=0)
    assert functions == ["graph"]


@only_with_graphs
def test_a_long_training_goes_over_to_xla_with_the_same_numbers(functions, monkeypatch):
    monkeypatch.setattr(execution, "compile_seconds", lambda model: 0.02)
    options = {"epochs": 300, "batch_size": 10, "validation_data": (X[:9], Y[:9]), "seed": 1, "verbose": 0}
    keras.utils.set_random_seed(1)
    model, alone = dense(6), dense(6)
    alone.set_weights(model.get_weights())
    history = fit(model, X, Y, **options).history
    assert sorted(functions) == ["XLA", "graph"]
    monkeypatch.setattr(execution, "compile_seconds", lambda model: 1e9)
    execution._warmup.cache_clear()
    expected = fit(alone, X, Y, **options).history
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, atol=1e-6)
    for ours, theirs in zip(model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@only_with_graphs
def test_the_next_training_begins_with_xla(functions, monkeypatch):
    monkeypatch.setattr(execution, "compile_seconds", lambda model: 0.02)
    for _ in range(2):
        fit(dense(7), X, Y, epochs=200, batch_size=10, verbose=0)
        functions.append("next training")
    assert sorted(functions[:2]) == ["XLA", "graph"]
    assert functions[2:] == ["next training", "next training"]


@only_with_graphs
def test_many_short_trainings_of_one_kind_compile_as_well(functions, monkeypatch):
    monkeypatch.setattr(execution, "compile_seconds", lambda model: 0.01)
    for _ in range(12):
        fit(dense(8), X, Y, epochs=4, batch_size=10, verbose=0)
    assert sorted(functions) == ["XLA", "graph"]


@only_with_graphs
def test_what_xla_cannot_compile_stays_with_the_graph_executor(monkeypatch):
    monkeypatch.setattr(execution, "compile_seconds", lambda model: 0.001)

    def refuse(*_):
        raise backends.current().NOT_COMPILABLE[0](None, None, "no kernel")

    monkeypatch.setattr(backends.current().EpochFunction, "compile", refuse)
    history = fit(dense(9), X, Y, epochs=300, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_another_rate_of_a_penalty_needs_no_other_function(functions):
    def train(rate):
        keras.utils.set_random_seed(2)
        model = dense(3, kernel_regularizer=keras.regularizers.L1L2(rate, 2 * rate))
        losses = fit(model, X, Y, epochs=3, shuffle=False, verbose=0).history["loss"]
        keras.utils.set_random_seed(2)
        model = dense(3, kernel_regularizer=keras.regularizers.L1L2(rate, 2 * rate))
        expected = model.fit(X, Y, epochs=3, shuffle=False, verbose=0).history["loss"]
        np.testing.assert_allclose(losses, expected, rtol=2e-5)

    for rate in (0.1, 0.01, 0.0):
        train(rate)
    assert len(functions) == 1


@pytest.mark.parametrize(
    ("build", "x"),
    [(dense, X), pytest.param(convolution, IMAGES, marks=only_with_graphs)],
    ids=["dense", "convolution"],
)
def test_ten_threads_train_as_each_alone(build, x):
    y = Y[: len(x)]

    def train(seed):
        model = models[seed]
        return fit(model, x, y, epochs=30, batch_size=10, seed=seed, verbose=0).history["loss"]

    keras.utils.set_random_seed(3)
    models = [build() for _ in range(10)]
    start = [model.get_weights() for model in models]
    with ThreadPoolExecutor(10) as threads:
        together = list(threads.map(train, range(10)))
    models = [build() for _ in range(10)]
    for model, weights in zip(models, start, strict=True):
        model.set_weights(weights)
    np.testing.assert_allclose(together, [train(seed) for seed in range(10)], rtol=2e-4, atol=1e-6)


def normalised():
    model = keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("build", [dense, normalised], ids=["stacked", "one by one"])
def test_ten_threads_train_ensembles_as_each_alone(build):
    def train(seed):
        options = {"n_models": 3, "epochs": 5, "batch_size": 10, "seed": seed, "verbose": 0}
        return fit_many(build, X, Y, **options).history["loss"]

    with ThreadPoolExecutor(10) as threads:
        together = list(threads.map(train, range(10)))
    np.testing.assert_allclose(together, [train(seed) for seed in range(10)], rtol=2e-4, atol=1e-6)


def test_a_function_is_lent_to_one_at_a_time():
    cache = CompilationCache()
    with cache.borrow("a", object, 2) as first, cache.borrow("a", object, 2) as second:
        assert first is not second
    with cache.borrow("a", object, 2) as third:
        assert third in (first, second)


def test_who_finds_all_functions_lent_waits():
    cache = CompilationCache()
    order = []

    def use(name):
        with cache.borrow("a", object, 1):
            order.append(f"{name} begins")
            order.append(f"{name} ends")

    with ThreadPoolExecutor(1) as thread, cache.borrow("a", object, 1):
        waiting = thread.submit(use, "second")
        order.append("first ends")
    waiting.result()
    assert order == ["first ends", "second begins", "second ends"]


def test_the_least_recently_used_go_first():
    cache = CompilationCache(kept=2)
    for key in ("a", "b", "a", "c"):
        with cache.borrow(key, object, 1):
            pass
    assert [key in cache for key in "abc"] == [True, False, True]


def test_a_function_that_cannot_be_made_blocks_nobody():
    cache = CompilationCache()
    with pytest.raises(ZeroDivisionError), cache.borrow("a", lambda: 1 / 0, 1):
        pass
    with cache.borrow("a", object, 1) as function:
        assert function is not None
