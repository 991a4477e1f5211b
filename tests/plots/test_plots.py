import subprocess
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from dlp_keras import plots
from dlp_keras.plots import colors, outputs
from dlp_keras.plots.layout import in_rows, montage, scaled

X = np.array([[-1.0, -2.0], [3.0, 4.0], [0.0, 1.0], [2.0, -1.0]])
Y = np.array([0, 1, 0, 1])


@pytest.fixture
def ax():
    return Figure(figsize=(4, 4), layout="constrained").subplots()


@pytest.fixture
def draw(ax):
    """Render what a test has drawn: layout and text must cause no warning, and no text may overlap."""
    yield
    FigureCanvasAgg(ax.figure).draw()


def text_boxes(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    return [text.get_window_extent(renderer) for text in texts]


def overlaps(boxes):
    corners = np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes])
    lower, upper = corners[:, np.newaxis], corners[np.newaxis]
    shared_x = np.minimum(lower[..., 2], upper[..., 2]) - np.maximum(lower[..., 0], upper[..., 0])
    shared_y = np.minimum(lower[..., 3], upper[..., 3]) - np.maximum(lower[..., 1], upper[..., 1])
    return int(np.triu((shared_x > 1) & (shared_y > 1), k=1).sum())


def test_the_plots_need_neither_keras_nor_pyplot():
    code = "import sys, dlp_keras.plots; print({'keras', 'matplotlib.pyplot'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"


def test_grid_values_lie_where_they_were_evaluated():
    values = plots.evaluate_grid(lambda points: 10 * points[:, 0] + points[:, 1], (0, 2, 5, 9), resolution=3)
    assert values.tolist() == [[5, 15, 25], [7, 17, 27], [9, 19, 29]]


@pytest.mark.parametrize(
    "shape", [lambda p: p, lambda p: p[:, np.newaxis], lambda p: np.stack([1 - p, p], axis=1), list]
)
def test_the_grid_is_evaluated_in_one_call_whatever_the_shape_of_the_output(shape):
    calls = []

    def predict(points):
        calls.append((points.shape, points.dtype))
        return shape(points[:, 0])

    values = plots.evaluate_grid(predict, (0, 1, 0, 1), resolution=5)
    assert calls == [((25, 2), np.float32)]
    np.testing.assert_allclose(values, np.tile(np.linspace(0, 1, 5), (5, 1)), atol=1e-6)


def test_probabilities_of_several_classes_stay_apart():
    values = plots.evaluate_grid(lambda p: np.stack([p[:, 0], p[:, 1], 0 * p[:, 0]], axis=1), (0, 1, 0, 1), 2)
    assert values.tolist() == [[[0, 0, 0], [1, 0, 0]], [[0, 1, 0], [1, 1, 0]]]


@pytest.mark.parametrize("shape", [(25, 0), (25, 2, 2), (24,), (1,), ()])
def test_outputs_of_another_shape(shape):
    with pytest.raises(ValueError, match="`predict` must return one output, or class probabilities"):
        plots.evaluate_grid(lambda points: np.zeros(shape), (0, 1, 0, 1), resolution=5)


def test_the_extent_holds_all_points():
    assert plots.extent_around(X, margin=0.5) == (-3, 5, -5, 7)
    assert plots.extent_around([[1.0, 1.0]], margin=0.5) == (0.5, 1.5, 0.5, 1.5)


@pytest.mark.parametrize("x", [[1, 2], [[1, 2, 3]], np.empty((0, 2))])
def test_points_of_another_shape(x):
    with pytest.raises(ValueError, match=r"`x` must have the shape \(n, 2\)"):
        plots.extent_around(x)


@pytest.mark.parametrize(
    ("values", "labels", "limits"),
    [
        ([0.2, 0.9], [0, 1], (0, 1)),
        ([0.2, 0.9], [-1, 1], (-1, 1)),
        ([-0.1, 0.9], [0, 1], (-1, 1)),
        ([4], [0], (-1, 1)),
    ],
)
def test_limits_are_guessed(values, labels, limits):
    assert outputs.guess_limits(values, labels) == limits


@pytest.mark.parametrize(
    ("predict", "labels", "limits"),
    [(lambda p: 1 / (1 + np.exp(-p[:, 0])), Y, (0, 1)), (lambda p: np.tanh(p[:, :1]), 2 * Y - 1, (-1, 1))],
    ids=["probability", "tanh"],
)
def test_the_boundary_lies_half_way(ax, draw, predict, labels, limits):
    assert plots.decision_boundary(ax, predict, X, labels, extent=(-3, 5, -4, 4)) is ax
    (image,) = ax.images
    assert image.get_clim() == limits
    line = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(line[:, 0], 0, atol=0.05)
    np.testing.assert_allclose([line[:, 1].min(), line[:, 1].max()], [-4, 4], atol=0.05)
    assert overlaps(text_boxes(ax.figure)) == 0


def sectors(points):
    """Three classes: left, lower right and upper right."""
    left, up = points[:, 0] < 0, points[:, 1] > 0
    return np.stack([left, ~left & ~up, ~left & up], axis=1).astype(float)


def test_regions_of_several_classes(ax, draw):
    y = np.array([0, 1, 2, 2])
    plots.decision_boundary(ax, sectors, X, y, extent=(-4, 4, -4, 4), resolution=8)
    (image,) = ax.images
    assert image.get_array().tolist() == [[0] * 4 + [1] * 4] * 4 + [[0] * 4 + [2] * 4] * 4
    points = ax.collections[-3:]
    for number, drawn in enumerate(points):
        np.testing.assert_array_equal(drawn.get_offsets(), X[y == number])
    assert len({len(drawn.get_paths()[0].vertices) for drawn in points}) == 3  # a marker each
    assert len(ax.collections) == 3 + 3  # points, and where each class is as probable as the others
    assert [label.get_text() for label in ax.child_axes[0].get_yticklabels()] == ["0 ▲", "1 ●", "2 ■"]
    assert overlaps(text_boxes(ax.figure)) == 0


def test_the_first_classes_differ_in_lightness():
    lightness = [np.dot([0.299, 0.587, 0.114], to_rgb(color)) for color in colors.CLASSES[:4]]
    assert np.diff(np.sort(lightness)).min() > 0.08
    assert len(set(colors.MARKERS)) == len(set(colors.CLASSES)) == len(colors.SIGNS) == 10


def test_regions_without_a_value_are_left_white(ax, draw):
    plots.decision_boundary(ax, lambda p: np.where(p[:, :1] < 0, np.nan, sectors(p)), X, [0, 1, 2, 2])
    assert ax.images[0].get_array().mask.mean() == pytest.approx(0.27, abs=0.01)


@pytest.mark.parametrize(
    ("x", "y", "n_outputs", "words"),
    [
        (X, [0, 1, 2, 3], 3, r"`y` must hold the classes 0 to 2.*Got 3\."),
        (X, [0, 1, -1, 1], 3, r"`y` must hold the classes 0 to 2.*Got -1\."),
        (X, Y, 11, "at most 10 classes"),
        (X, [0, 1, np.nan, 1], 1, "`y` must hold finite numbers"),
        (X, ["a", "b", "a", "b"], 1, "`y` must hold finite numbers"),
        (X, np.eye(4), 4, r"argmax\(axis=1\)"),
        (X, [0, 1], 1, "`y` must have one value for each point"),
        (np.where(X == 4, np.nan, X), Y, 1, r"`x` must hold finite numbers\. Got \[ 3\. nan\] at place 1"),
    ],
)
def test_what_no_boundary_can_be_drawn_of(ax, x, y, n_outputs, words):
    with pytest.raises(ValueError, match=words):
        plots.decision_boundary(ax, lambda p: np.ones((len(p), n_outputs)), x, y)


def test_a_loss_has_one_value(ax):
    with pytest.raises(ValueError, match="`loss` must return one loss"):
        plots.loss_surface_path(ax, lambda p: np.ones((len(p), 3)), X)


def test_no_boundary_where_the_output_never_changes_sides(ax, draw):
    plots.decision_boundary(ax, lambda p: np.full(len(p), 0.9), X, Y)
    assert len(ax.collections) == 2  # the points of two classes


def test_a_regression_shows_targets_by_colour_and_no_class_markers(ax, draw):
    plots.decision_boundary(ax, lambda p: p[:, 0] / 6, X, [0.1, -0.4, 0.2, 0.9], extent=(-6, 6, -6, 6))
    assert ax.collections[-1].get_array().tolist() == [0.1, -0.4, 0.2, 0.9]
    ticks = [label.get_text() for label in ax.child_axes[0].get_yticklabels()]
    assert ticks == ["−1", "0", "1"]


@pytest.mark.parametrize("labels", [Y, 2 * Y - 1, Y[:, np.newaxis], Y.astype(float)])
def test_classes_differ_in_colour_marker_and_lightness(ax, draw, labels):
    plots.class_points(ax, X, labels)
    negative, positive = ax.collections
    np.testing.assert_array_equal(negative.get_offsets(), X[Y == 0])
    np.testing.assert_array_equal(positive.get_offsets(), X[Y == 1])
    assert len(negative.get_paths()[0].vertices) != len(positive.get_paths()[0].vertices)
    np.testing.assert_allclose(negative.get_facecolor()[0, :3], to_rgb(colors.ORANGE))
    np.testing.assert_allclose(positive.get_facecolor()[0, :3], to_rgb(colors.BLUE))


@pytest.mark.parametrize("colours", [colors.DIVERGING, colors.FIELD])
def test_the_two_ends_differ_in_greyscale(colours):
    luminance = np.array([0.2126, 0.7152, 0.0722])
    low, middle, high = colours([0.0, 0.5, 1.0])[:, :3] @ luminance
    assert middle > low > high + 0.1


def test_every_neuron_has_its_tile(ax, draw):
    layers = [np.stack([np.full((6, 6), value) for value in (2.0, -3.0, 0.0)], axis=-1), np.ones((6, 6, 1))]
    assert plots.neuron_maps(ax, layers, ["hidden", "output"]) is ax
    canvas = ax.images[0].get_array()
    assert canvas.shape == (3 * 7 - 1, 7 + 3 + 6)
    assert [float(canvas[row, 0]) for row in (0, 7, 14)] == [1, -1, 0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["hidden", "output"]
    assert overlaps(text_boxes(ax.figure)) == 0


def test_neuron_maps_are_drawn_the_right_way_up(ax, draw):
    x2 = plots.evaluate_grid(lambda points: points[:, 1], (-1, 1, -1, 1), resolution=5)
    plots.neuron_maps(ax, [x2[..., np.newaxis]])
    canvas = ax.images[0].get_array()
    assert canvas[0, 0] == 1
    assert canvas[-1, 0] == -1


def test_a_wide_layer_takes_several_columns(ax, draw):
    plots.neuron_maps(ax, [np.ones((4, 4, 30)), np.ones((4, 4, 9))])
    assert len(ax.get_yticks()) == 8
    assert len(ax.get_xticks()) == 2


@pytest.mark.parametrize(("maps", "names"), [([], []), ([np.ones((2, 2, 1))], ["a", "b"])])
def test_neuron_maps_need_a_name_each(ax, maps, names):
    with pytest.raises(ValueError, match="`maps` must hold one array for each of `names`"):
        plots.neuron_maps(ax, maps, names)


@pytest.mark.parametrize(
    ("shape", "n_columns", "rows"),
    [
        ((3, 3, 1, 14), None, ["1–4", "5–8", "9–12", "13–14"]),
        ((8, 8, 9), 4, ["1–4", "5–8", "9"]),
        ((5, 5, 3, 1), None, ["1"]),
    ],
)
def test_convolution_maps_are_counted_by_row(ax, draw, shape, n_columns, rows):
    maps = np.random.default_rng(0).normal(size=shape)
    assert plots.convolution_maps(ax, maps, n_columns=n_columns, name="filter") is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == rows
    assert ax.get_ylabel() == "filter"
    assert overlaps(text_boxes(ax.figure)) == 0


def test_kernels_are_averaged_over_their_input_channels(ax, draw):
    kernel = np.stack([np.eye(3), 3 * np.eye(3)], axis=-1)[..., np.newaxis]
    plots.convolution_maps(ax, kernel)
    np.testing.assert_array_equal(ax.images[0].get_array(), np.eye(3))


@pytest.mark.parametrize("shape", [(3,), (3, 3), (3, 3, 0), (1, 2, 3, 4, 5)])
def test_convolution_maps_of_another_shape(ax, shape):
    with pytest.raises(ValueError, match=r"`maps` must have the shape \(height, width, n_maps\)"):
        plots.convolution_maps(ax, np.zeros(shape))


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 8, 8, 1), (5, 8, 8, 3)])
@pytest.mark.parametrize("names", [None, ["T-shirt", "ankle boot"]])
def test_images_have_captions_that_do_not_overlap(ax, draw, shape, names):
    images = np.random.default_rng(0).uniform(size=shape)
    plots.image_grid(ax, images, [0, 1, 0, 1, 1], [0, 1, 1, 0, 1], class_names=names, n_columns=3)
    captions = [text.get_text() for text in ax.texts]
    assert len(captions) == 5
    assert captions[2].replace("\n", " ") == f"{(names or '01')[0]} → {(names or '01')[1]}"
    assert [text.get_weight() for text in ax.texts] == ["normal", "normal", "bold", "bold", "normal"]
    assert overlaps(text_boxes(ax.figure)) == 0


def test_images_keep_their_grey_values_and_order(ax, draw):
    images = np.arange(8.0).reshape(2, 2, 2) / 8
    plots.image_grid(ax, images)
    canvas = ax.images[0].get_array()
    np.testing.assert_array_equal(canvas[:2, :2], images[0])
    np.testing.assert_array_equal(canvas[:2, -2:], images[1])
    assert not ax.texts


def test_images_with_one_label(ax, draw):
    plots.image_grid(ax, np.zeros((2, 4, 4)), [3, 5])
    assert [text.get_text() for text in ax.texts] == ["3", "5"]
    assert ax.get_xlabel() == "class"


@pytest.mark.parametrize("shape", [(8, 8), (0, 8, 8), (2, 8, 8, 2)])
def test_images_of_another_shape(ax, shape):
    with pytest.raises(ValueError, match="`images` must have the shape"):
        plots.image_grid(ax, np.zeros(shape))


@pytest.mark.parametrize("labels", [{"true": [1, 2, 3]}, {"true": [1, 2], "predicted": [1]}])
def test_labels_of_another_length(ax, labels):
    with pytest.raises(ValueError, match="one label for each of 2 images"):
        plots.image_grid(ax, np.zeros((2, 8, 8)), **labels)


def test_confusion_counts_rows_of_truth_and_columns_of_guesses(ax, draw):
    plots.confusion_matrix(ax, [0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0])
    counts = {
        (int(text.get_position()[1]), int(text.get_position()[0])): text.get_text()
        for text in ax.texts
        if text.get_visible()
    }
    assert counts == {(0, 0): "1", (0, 1): "1", (1, 1): "1", (2, 2): "2", (2, 0): "1"}
    np.testing.assert_allclose(ax.images[0].get_array().sum(axis=1), 1)
    assert ax.get_title() == "4 of 6 right (66.7%)"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


@pytest.mark.parametrize("names", [None, ["T-shirt", "ankle boot"] * 5])
@pytest.mark.parametrize("size", [2.6, 5.0])
def test_confusion_of_ten_classes_fits(names, size):
    ax = Figure(figsize=(size, size), layout="constrained").subplots()
    rng = np.random.default_rng(0)
    plots.confusion_matrix(ax, rng.integers(0, 10, 2000), rng.integers(0, 10, 2000), class_names=names)
    assert ax.images[0].get_array().shape == (10, 10)
    assert overlaps(text_boxes(ax.figure)) == 0


@pytest.mark.parametrize(
    ("class_names", "shown"),
    [(None, ["iron", "proton"]), (["proton", "iron", "gamma"], ["proton", "iron", "gamma"])],
)
def test_confusion_of_named_classes(ax, draw, class_names, shown):
    plots.confusion_matrix(
        ax, ["proton", "iron", "iron"], ["proton", "proton", "iron"], class_names=class_names
    )
    assert [label.get_text() for label in ax.get_xticklabels()] == shown
    assert [label.get_text() for label in ax.get_yticklabels()] == shown
    assert ax.get_title() == "2 of 3 right (66.7%)"


def test_a_class_without_its_name(ax):
    with pytest.raises(ValueError, match=r"`class_names` must hold all classes.*'iron'"):
        plots.confusion_matrix(ax, ["proton", "iron"], ["proton", "iron"], class_names=["proton"])


def test_a_class_that_never_occurs_has_an_empty_row(ax, draw):
    plots.confusion_matrix(ax, [0, 0], [0, 0], class_names=["a", "b", "c"])
    assert ax.images[0].get_array().sum() == 1


@pytest.mark.parametrize(
    ("true", "predicted", "words"),
    [
        ([0, 1], [0], "one shape"),
        ([], [], "one shape"),
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], "one shape"),
        ([-1, 1], [1, 1], "from 0"),
        ([0, 1], [0.2, 0.9], r"whole numbers .* Got 0 and 0.2.*argmax"),
        ([0, 1], [np.nan, 1], "whole numbers"),
        (["iron", "proton"], [0, 1], "names in both"),
    ],
)
def test_wrong_confusion(ax, true, predicted, words):
    with pytest.raises(ValueError, match=words):
        plots.confusion_matrix(ax, true, predicted)


def test_loss_curves_count_epochs_from_one(ax, draw):
    plots.loss_curves(ax, {"loss": [3, 2, 1], "val_loss": [4, np.nan, 5], "accuracy": [0, 0, 0]})
    training, validation = ax.lines
    assert training.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert validation.get_xydata().tolist() == [[1, 4], [3, 5]]
    assert training.get_linestyle() != validation.get_linestyle()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]


@pytest.mark.parametrize(("log", "scale"), [(False, "linear"), (True, "log")])
def test_loss_curves_may_be_logarithmic(ax, draw, log, scale):
    plots.loss_curves(ax, {"mean_squared_error": [1.0, 0.1]}, "mean_squared_error", log=log)
    assert ax.get_yscale() == scale
    assert ax.get_ylabel() == "mean squared error"


def test_an_unknown_metric(ax):
    with pytest.raises(ValueError, match=r"`metric` must be one of loss, accuracy\. Got 'acc'"):
        plots.loss_curves(ax, {"loss": [1], "accuracy": [1], "val_loss": [1]}, "acc")


def test_the_loss_surface_and_the_path_on_it(ax, draw):
    path = [[2.0, -3.0], [1.0, 0.5], [0.0, 0.0]]
    calls = []

    def loss(parameters):
        calls.append(len(parameters))
        return (parameters**2).sum(axis=1)

    assert plots.loss_surface_path(ax, loss, path, labels=("W", "b"), resolution=20) is ax
    assert calls == [400]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), path)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("W", "b")
    assert overlaps(text_boxes(ax.figure)) == 0


def test_the_extent_of_a_loss_surface_may_be_given(ax, draw):
    plots.loss_surface_path(ax, lambda p: p[:, 0], [[0, 0], [1e9, 1]], extent=(-1, 1, -2, 2))
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 1), (-2, 2))


def test_a_flat_loss_has_no_contours(ax, draw):
    plots.loss_surface_path(ax, lambda p: np.zeros(len(p)), [[0, 0], [1, 1]])
    assert not ax.collections


def test_a_montage_keeps_every_image():
    images = np.arange(12.0).reshape(3, 2, 2)
    layout = montage(images, *in_rows(3, 2), gap=(1, 2))
    assert layout.canvas.shape == (5, 6)
    np.testing.assert_array_equal(layout.canvas[3:, :2], images[2])
    assert np.isnan(layout.canvas).sum() == 30 - 12
    assert layout.x.tolist() == [0.5, 4.5, 0.5]
    assert layout.y.tolist() == [0.5, 0.5, 3.5]


def test_scaling_leaves_zeros_alone():
    assert scaled([[[0.0, 0.0]], [[-4.0, 2.0]]]).tolist() == [[[0, 0]], [[-1, 0.5]]]
