import subprocess
import sys

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from dlp_keras.datasets import load_images


def test_digits_shapes_and_range():
    (x_train, y_train), (x_test, y_test) = load_images("digits")
    assert x_train.shape == (1347, 8, 8, 1)
    assert x_test.shape == (450, 8, 8, 1)
    assert y_train.shape == (1347,)
    assert y_test.shape == (450,)
    assert x_train.dtype == x_test.dtype == np.float32
    assert np.issubdtype(y_train.dtype, np.integer)
    assert x_train.min() == 0
    assert x_train.max() == 1


def test_digits_are_split_not_changed():
    (x_train, y_train), (x_test, y_test) = load_images()
    mine = np.column_stack(
        [np.concatenate([y_train, y_test]), np.concatenate([x_train, x_test]).reshape(-1, 64) * 16]
    )
    digits = load_digits()
    theirs = np.column_stack([digits.target, digits.data])
    np.testing.assert_array_equal(mine[np.lexsort(mine.T)], theirs[np.lexsort(theirs.T)])


def test_digits_are_stratified_and_shuffled():
    (_, y_train), (_, y_test) = load_images()
    share_train, share_test = np.bincount(y_train) / 1347, np.bincount(y_test) / 450
    np.testing.assert_allclose(share_train, share_test, atol=1 / 450)
    assert np.count_nonzero(np.diff(y_test)) > 300


def test_the_split_is_fixed():
    first, second = load_images(), load_images()
    np.testing.assert_array_equal(first[1][0], second[1][0])
    np.testing.assert_array_equal(first[1][1], second[1][1])


def made_up(shape, label_shape, n=6):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(n, *shape), dtype=np.uint8)
    images[0, 0, 0], images[0, 0, 1] = 0, 255
    return images, rng.integers(0, 10, size=(n, *label_shape), dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "shape", "label_shape", "wanted"),
    [
        ("mnist", (28, 28), (), (28, 28, 1)),
        ("fashion_mnist", (28, 28), (), (28, 28, 1)),
        ("cifar10", (32, 32, 3), (1,), (32, 32, 3)),
    ],
)
def test_downloaded_sets_get_the_same_layout(monkeypatch, name, shape, label_shape, wanted):
    raw = made_up(shape, label_shape)
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: (raw, raw))
    (x_train, y_train), (x_test, _) = load_images(name)
    assert x_train.shape == x_test.shape == (6, *wanted)
    assert x_train.dtype == np.float32
    assert x_train.min() == 0
    assert x_train.max() == 1
    np.testing.assert_allclose(x_train.reshape(6, -1) * 255, raw[0].reshape(6, -1), atol=1e-4)
    assert y_train.shape == (6,)
    np.testing.assert_array_equal(y_train, raw[1].reshape(-1))


def no_network():
    raise Exception("URL fetch failure on mnist.npz: None -- Name or service not known")  # as Keras does


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_no_network(monkeypatch, tmp_path, name):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", no_network)
    with pytest.raises(OSError, match="Name or service not known") as caught:
        load_images(name)
    message = str(caught.value)
    assert repr(name) in message
    assert str(tmp_path / "datasets") in message
    assert 'load_images("digits") works without a network' in message


def test_the_default_cache_folder_is_named(monkeypatch):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setattr(keras.datasets.mnist, "load_data", no_network)
    with pytest.raises(OSError, match=r"\.keras.datasets"):
        load_images("mnist")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("digit", "digits"),
        ("Fashion-MNIST", "fashion_mnist"),
        ("cifar100", "cifar10"),
        ("zzz", "digits, mnist"),
    ],
)
def test_unknown_names_get_the_nearest(name, near):
    with pytest.raises(ValueError, match=f"`name` must be one of .* Got '{name}'. Nearest: .*{near}"):
        load_images(name)


def test_importing_the_data_sets_costs_numpy_only():
    code = "import sys, dlp_keras.datasets; print({'keras', 'sklearn', 'matplotlib', 'scipy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
