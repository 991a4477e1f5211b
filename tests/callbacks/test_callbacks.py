import io
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

from dlp_keras import callbacks, plots
from dlp_keras.callbacks import plot_callback

X = np.random.default_rng(0).uniform(-5, 5, size=(40, 2)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
IMAGE = np.random.default_rng(1).uniform(size=(8, 8, 1)).astype(np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLP_FIGURES", raising=False)
    return tmp_path


def dense_network(units=3, activation="sigmoid"):
    layers = keras.layers
    model = keras.Sequential([keras.Input((2,)), layers.Dense(units, "relu"), layers.Dense(1, activation)])
    model.compile("sgd", "mse")
    return model


def functional_network():
    inputs = keras.Input((2,))
    hidden = keras.layers.ReLU()(keras.layers.Dense(3)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(hidden))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def convolutional_network():
    layers = keras.layers
    first = layers.Conv2D(4, 3, activation="relu", name="first")
    second = layers.Conv2D(5, 3, name="second")
    head = [layers.ReLU(), layers.GlobalAveragePooling2D(), layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((8, 8, 1)), first, second, *head])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def train(callback, model, n_epochs, metrics=("loss",)):
    """Call what `fit` calls, without the cost of compiling a training."""
    callback.set_params({"epochs": n_epochs})
    callback.set_model(model)
    callback.on_train_begin()
    for epoch in range(n_epochs):
        callback.on_epoch_end(epoch, dict.fromkeys(metrics, 1 / (epoch + 1)))
    callback.on_train_end()


def read(path):
    with Image.open(path) as image:
        return np.array(
            [(image.seek(number), np.asarray(image.convert("RGB")))[1] for number in range(image.n_frames)]
        )


MAKERS = {
    "decision_boundary": lambda **keywords: callbacks.DecisionBoundary(X, Y, resolution=12, **keywords),
    "neuron_maps": lambda **keywords: callbacks.NeuronMaps(X, resolution=8, **keywords),
    "convolution_maps": lambda **keywords: callbacks.ConvolutionMaps(IMAGE, **keywords),
    "loss_curves": callbacks.LossCurves,
}
NETWORKS = dict.fromkeys(MAKERS, dense_network) | {"convolution_maps": convolutional_network}
FIRST_FRAMES = dict.fromkeys(MAKERS, 1) | {"loss_curves": 0}


@pytest.fixture(params=MAKERS)
def name(request):
    return request.param


def test_frames_before_every_few_epochs_and_at_the_end(name, folder, capsys):
    train(MAKERS[name](every=2, save="x.gif"), NETWORKS[name](), 5)
    assert len(read(folder / "x.gif")) == FIRST_FRAMES[name] + 3  # before; 2, 4, 5
    assert [file.name for file in folder.iterdir()] == ["x.gif"]
    assert capsys.readouterr().out == "Saved x.gif\n"


def test_the_last_epoch_is_drawn_once(folder):
    train(MAKERS["neuron_maps"](every=2, save="x.gif"), NETWORKS["neuron_maps"](), 4)
    assert len(read(folder / "x.gif")) == 1 + 2


def test_the_default_in_a_terminal_is_a_gif_that_is_told(name, folder, capsys):
    train(MAKERS[name](), NETWORKS[name](), 1)
    assert (folder / "figures" / f"{name}.gif").exists()
    assert capsys.readouterr().out == f"Saved figures/{name}.gif\n"


def test_the_environment_names_the_folder(folder, monkeypatch):
    monkeypatch.setenv("DLP_FIGURES", "elsewhere")
    train(MAKERS["neuron_maps"](), NETWORKS["neuron_maps"](), 1)
    assert (folder / "elsewhere" / "neuron_maps.gif").exists()


def test_false_never_writes_and_never_calls_the_network(folder, capsys):
    train(MAKERS["neuron_maps"](save=False), SimpleNamespace(), 3)
    assert not list(folder.iterdir())
    assert capsys.readouterr().out == ""


def test_one_instance_survives_two_trainings(name, folder):
    callback = MAKERS[name](every=1, save="x.gif")
    train(callback, NETWORKS[name](), 4)
    train(callback, NETWORKS[name](), 2)
    assert len(read(folder / "x.gif")) == FIRST_FRAMES[name] + 2


def test_the_file_is_whole_when_training_breaks_off(name, folder):
    callback = MAKERS[name](every=1, save="x.gif")
    callback.set_model(NETWORKS[name]())
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 1.0})
    callback.on_epoch_end(1, {"loss": 0.5})
    assert len(read(folder / "x.gif")) == FIRST_FRAMES[name] + 2  # nobody calls on_train_end


def test_a_png_is_the_latest_frame(folder):
    train(MAKERS["neuron_maps"](every=1, save=folder / "x.png"), NETWORKS["neuron_maps"](), 2)
    train(MAKERS["neuron_maps"](every=1, save=folder / "x.gif"), NETWORKS["neuron_maps"](), 2)
    assert read(folder / "x.png").shape[1:] == read(folder / "x.gif").shape[1:]


@pytest.fixture
def notebook(monkeypatch):
    """Pretend to be a notebook; collect what it displays."""
    shown = []

    class Handle:
        def update(self, image):
            shown.append(("update", image.data))

    def show(image, display_id):
        shown.append(("display", image.data))
        return Handle()

    kernel = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel="a kernel"))
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    parts = SimpleNamespace(Image=lambda data: SimpleNamespace(data=data), display=show)
    monkeypatch.setitem(sys.modules, "IPython.display", parts)
    return shown


def test_a_notebook_updates_one_picture_and_writes_nothing(name, folder, notebook):
    train(MAKERS[name](every=1), NETWORKS[name](), 2)
    assert [kind for kind, _ in notebook] == ["display", *["update"] * (1 + FIRST_FRAMES[name])]
    assert read(io.BytesIO(notebook[-1][1])).ndim == 4
    assert not list(folder.iterdir())


def test_a_second_training_in_a_notebook_gets_its_own_picture(notebook):
    callback = MAKERS["neuron_maps"](every=9, save=False)
    train(callback, NETWORKS["neuron_maps"](), 1)
    train(callback, NETWORKS["neuron_maps"](), 1)
    assert [kind for kind, _ in notebook].count("display") == 2


def test_a_notebook_may_write_as_well(folder, notebook):
    train(MAKERS["neuron_maps"](save="x.gif"), NETWORKS["neuron_maps"](), 1)
    assert (folder / "x.gif").exists()
    assert notebook


def test_nothing_is_left_in_pyplot():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    before = pyplot.get_fignums()
    train(MAKERS["neuron_maps"](save="x.png"), NETWORKS["neuron_maps"](), 1)
    assert pyplot.get_fignums() == before


@pytest.mark.parametrize("every", [0, -1, 1.5, "10", None])
def test_wrong_every(name, every):
    with pytest.raises(ValueError, match="`every` must be a whole number of at least 1"):
        MAKERS[name](every=every)


@pytest.mark.parametrize(("save", "words"), [("x.jpg", "Got 'x.jpg'"), ("x", "Got 'x'"), (True, "Got True")])
def test_wrong_save_is_found_before_training(name, save, words):
    with pytest.raises(ValueError, match=f"`save` must .*{words}"):
        MAKERS[name](save=save)


def stop_at(epoch):
    def interrupt(number, logs):
        assert number < epoch, "out of luck"

    return keras.callbacks.LambdaCallback(on_epoch_end=interrupt)


def test_fit_draws_and_an_exception_loses_nothing(folder):
    pictures = [
        callbacks.DecisionBoundary(X, Y, every=1, save="boundary.gif", resolution=12),
        callbacks.NeuronMaps(X, every=1, save="neurons.gif", resolution=8),
        callbacks.LossCurves(every=1, save="loss.gif"),
    ]
    model = dense_network()
    with pytest.raises(AssertionError, match="out of luck"):
        model.fit(X, Y, validation_split=0.5, epochs=5, verbose=0, callbacks=[*pictures, stop_at(2)])
    assert [len(read(folder / f"{name}.gif")) for name in ("boundary", "neurons", "loss")] == [4, 4, 3]
    assert set(pictures[2].history) == {"loss", "val_loss"}


@pytest.mark.parametrize("network", [dense_network, functional_network])
def test_the_grid_is_one_call_a_frame_and_shows_the_network(network):
    model, sizes = network(), []
    callback = callbacks.DecisionBoundary(X, Y, resolution=12, every=1, save="x.png")

    class Counted:
        layers, loss = model.layers, model.loss

        def __call__(self, points, training):
            sizes.append(len(points))
            return model(points, training=training)

    train(callback, Counted(), 3)
    assert sizes == [144] * 4
    expected = plots.evaluate_grid(lambda points: model.predict(points, verbose=0), callback.extent, 12)
    np.testing.assert_allclose(callback._field.image.get_array(), expected, atol=1e-5)


def test_the_boundary_follows_the_weights():
    model = dense_network()
    callback = callbacks.DecisionBoundary(X, Y, resolution=12, every=1, save="x.gif")
    callback.set_model(model)
    callback.on_train_begin()
    before = callback._field.image.get_array().copy()
    model.set_weights([weight + 1 for weight in model.get_weights()])
    callback.on_epoch_end(0)
    assert np.abs(callback._field.image.get_array() - before).max() > 0.01


@pytest.mark.parametrize(
    ("activation", "labels", "limits"),
    [("sigmoid", Y, (0, 1)), ("tanh", 2 * Y - 1, (-1, 1)), ("linear", X[:, 0] / 5, (-1, 1))],
)
def test_the_last_activation_sets_the_limits(activation, labels, limits):
    callback = callbacks.DecisionBoundary(X, labels, resolution=12, save="x.png")
    train(callback, dense_network(activation=activation), 1)
    assert callback._field.image.get_clim() == limits


def test_logits_have_their_boundary_at_zero():
    model = dense_network(activation="linear")
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
    callback = callbacks.DecisionBoundary(X, Y, resolution=12, save="x.png")
    train(callback, model, 1)
    assert callback._field.image.get_clim() == (-1, 1)


@pytest.mark.parametrize(
    "make", [callbacks.DecisionBoundary, lambda x, y, **rest: callbacks.NeuronMaps(x, **rest)]
)
def test_features_are_computed_on_the_grid(make):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    seen = []

    def transform(points):
        seen.append(points.shape)
        return np.column_stack([points, points[:, 0] * points[:, 1]])

    train(make(X, Y, transform=transform, resolution=10, save="x.png"), model, 1)
    assert set(seen) == {(100, 2)}


def several_classes(n_classes=3):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(n_classes, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def test_regions_of_several_classes_follow_the_weights(folder):
    model, labels = several_classes(), np.arange(len(X)) % 3
    callback = callbacks.DecisionBoundary(X, labels, resolution=12, every=1, save="x.gif")
    callback.set_model(model)
    callback.on_train_begin()
    model.set_weights([weight[..., ::-1] for weight in model.get_weights()])  # classes change places
    before = callback._field.image.get_array().copy()
    callback.on_epoch_end(0)
    np.testing.assert_array_equal(callback._field.image.get_array(), 2 - before)
    assert len(read(folder / "x.gif")) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"x": np.where(X[3, 1] == X, np.nan, X)}, "`x` must hold finite numbers"),
        ({"y": np.where(np.arange(40) == 3, np.nan, Y)}, "`y` must hold finite numbers"),
        ({"y": np.eye(40)}, r"argmax\(axis=1\)"),
        ({"resolution": 1}, "`resolution` must be at least 2"),
        ({"limits": (1, 0)}, "`limits` must have the lower number first"),
    ],
)
def test_what_cannot_be_drawn_is_said_when_the_callback_is_made(arguments, words):
    with pytest.raises(ValueError, match=words):
        callbacks.DecisionBoundary(**{"x": X, "y": Y, **arguments})


@pytest.mark.parametrize(
    ("network", "options", "words"),
    [
        (convolutional_network, {}, r"points of the plane, shape \(None, 2\).*takes \(None, 8, 8, 1\)"),
        (dense_network, {"transform": lambda p: p[:, :1]}, r"shape \(None, 1\).*takes \(None, 2\)"),
        (lambda: several_classes(11), {}, "at most 10 classes"),
        (several_classes, {"y": np.arange(40) % 5}, r"classes 0 to 2.*Got 3\."),
    ],
)
def test_what_cannot_be_drawn_is_said_when_training_begins(network, options, words):
    callback = callbacks.DecisionBoundary(**{"x": X, "y": Y, "save": "x.gif", **options})
    callback.set_model(network())
    with pytest.raises(ValueError, match=words):
        callback.on_train_begin()


def test_points_and_labels_of_different_length():
    with pytest.raises(ValueError, match="`y` must have one value for each point of `x`"):
        callbacks.DecisionBoundary(X, [0, 1, 1])


@pytest.mark.parametrize("network", [dense_network, functional_network])
def test_neuron_maps_show_every_neuron_behind_its_activation(network):
    model = network()
    callback = callbacks.NeuronMaps(X, resolution=8, save="x.png")
    train(callback, model, 1)
    hidden, output = callback._maps()
    assert hidden.shape == (8, 8, 3)
    assert hidden.min() >= 0  # ReLU, also where it is a layer of its own
    expected = plots.evaluate_grid(lambda points: model.predict(points, verbose=0), callback.extent, 8)
    np.testing.assert_allclose(output[..., -1], expected, atol=1e-5)


def test_neuron_maps_build_a_network_without_input_shape():
    train(callbacks.NeuronMaps(X, resolution=8, save="x.png"), keras.Sequential([keras.layers.Dense(2)]), 1)


@pytest.mark.parametrize(
    ("layer", "n_maps", "size"), [(0, 4, 6), ("first", 4, 6), (1, 5, 4), ("second", 5, 4)]
)
def test_convolution_maps_of_a_layer(layer, n_maps, size):
    callback = callbacks.ConvolutionMaps(IMAGE, layer=layer, save="x.png")
    train(callback, convolutional_network(), 1)
    assert callback._feature_maps().shape == (size, size, n_maps)
    assert callback._feature_maps().min() >= 0
    assert callback._kernel().shape[-1] == n_maps


@pytest.mark.parametrize("layer", ["third", 2, -1])
def test_an_unknown_layer(layer):
    with pytest.raises(
        ValueError, match=f"`layer` must be one of first, second, or its number. Got {layer!r}"
    ):
        train(callbacks.ConvolutionMaps(IMAGE, layer=layer, save="x.png"), convolutional_network(), 1)


@pytest.mark.parametrize("shape", [(8,), (1, 8, 8, 1)])
def test_an_image_of_another_shape(shape):
    with pytest.raises(ValueError, match="`image` must have the shape"):
        callbacks.ConvolutionMaps(np.zeros(shape))


def test_an_image_may_lack_its_channel_axis():
    assert callbacks.ConvolutionMaps(IMAGE[..., 0]).image.shape == (8, 8, 1)


def test_a_network_without_the_layers_wanted():
    with pytest.raises(ValueError, match="The model must have a Conv2D layer"):
        train(callbacks.ConvolutionMaps(np.zeros((2, 1)), save="x.png"), dense_network(), 1)


def test_a_subclassed_network_cannot_be_looked_into():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    with pytest.raises(ValueError, match=r"sequential or functional, with one input\. Got a Own"):
        train(callbacks.NeuronMaps(X, save="x.png"), Own(), 1)
    train(callbacks.DecisionBoundary(X, Y, resolution=5, save="x.png"), Own(), 1)


def test_loss_curves_have_one_axis_a_metric():
    callback = callbacks.LossCurves(save="x.png", log=True)
    train(callback, None, 3, metrics=("loss", "val_loss", "accuracy", "val_accuracy", "learning_rate"))
    assert list(callback._axes) == ["loss", "accuracy"]
    assert [ax.get_yscale() for ax in callback._axes.values()] == ["log", "linear"]
    assert [len(ax.lines) for ax in callback._axes.values()] == [2, 2]
    assert callback.history["loss"] == [1, 1 / 2, 1 / 3]


def test_loss_curves_of_chosen_metrics():
    callback = callbacks.LossCurves(metrics=["accuracy"], save="x.png")
    train(callback, None, 2, metrics=("loss", "accuracy"))
    assert list(callback._axes) == ["accuracy"]


def test_a_metric_that_comes_now_and_then_keeps_its_epochs():
    callback = callbacks.LossCurves(every=1, save="x.png")
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 3.0})
    callback.on_epoch_end(1, {"loss": 2.0, "val_loss": 5.0})
    callback.on_epoch_end(2, {"loss": 1.0})
    np.testing.assert_array_equal(callback.history["val_loss"], [np.nan, 5, np.nan])
    assert callback._axes["loss"].lines[1].get_xydata().tolist() == [[2, 5]]


def test_every_public_callback_is_tested():
    made = {type(make()) for make in MAKERS.values()}
    assert made == {getattr(callbacks, public) for public in callbacks.__all__}
    assert all(issubclass(callback, plot_callback.PlotCallback) for callback in made)
