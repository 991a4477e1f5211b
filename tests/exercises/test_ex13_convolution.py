"""Marks of exercise 13."""

import itertools
import json

import numpy as np
import pytest

from dlp_keras.course.catalog import content_folder
from dlp_keras.datasets import energy
from dlp_keras.marking import expect

# Written by keras_convolution_table.py beside it; found here also by marks that `dlp init` has copied.
TABLE = content_folder() / "tests" / "exercises" / "keras_convolution_table.json"
EDGES = {
    "a": "its rows are all −1, 0, 1: where left and right are equal, the sum is 0, whatever changes from row to row.",
    "b": "so it is: −1 · left + 1 · right is 0 in every row of the window.",
    "c": "the sign tells dark–bright from bright–dark. Left and right are equal here, so the sum is 0.",
}
EQUIVARIANT = {
    "a": "the blocks stay where they are, and pixels move into other ones: 0.81 is left in the table. After two "
    "pixels the blocks fit again.",
    "b": "only every second window is computed, and one pixel further those are others: 2.44 is left in the table.",
}
WHY_FEWER = {
    "b": "the locally connected layer does so too: that is the first factor, 16 793 600 to 163 840.",
    "c": "no pooling is in this comparison: all three layers have 32 · 32 · 16 nodes.",
}
ORDER = {
    "a": "ReLU changes negative numbers only. If the largest of a block is positive, it stays; else both ways give 0.",
    "c": "neither pooling nor ReLU knows about padding: they get finished maps.",
}


def convolve(images, kernels, stride=1):
    """Return the feature maps without padding and bias, window by window."""
    height, width = kernels.shape[:2]
    rows, columns = (
        range(0, n_pixels - n + 1, stride)
        for n_pixels, n in zip(images.shape[1:3], (height, width), strict=True)
    )
    maps = [
        [np.tensordot(images[:, i : i + height, j : j + width], kernels, 3) for j in columns] for i in rows
    ]
    return np.moveaxis(maps, 2, 0)


def half_turn_symmetric(rng, *shape):
    """Draw kernels that stay what they are when they are turned by 180°."""
    kernels = rng.normal(size=shape)
    return kernels + kernels[::-1, ::-1]


def surround(images, kernel_size, stride):
    """Add zeros one by one until there is a window for every stride-th pixel."""
    margins = []
    for n_pixels, kernel in zip(images.shape[1:3], kernel_size, strict=True):
        wanted, before, after = len(range(0, n_pixels, stride)), 0, 0
        while len(range(0, before + n_pixels + after - kernel + 1, stride)) < wanted:
            before, after = (before, after + 1) if before == after else (before + 1, after)
        margins.append((before, after))
    return np.pad(images, [(0, 0), *margins, (0, 0)]), margins


def check_padding(submission, rng, shape, kernel_size, stride):
    images = rng.normal(size=shape)
    expected, ((top, bottom), (left, right)) = surround(images, kernel_size, stride)
    look = f"Zeros around the image: {top} above, {bottom} below, {left} to the left, {right} to the right."
    expect.close(submission.pad_same(images, kernel_size, stride), expected, look=look)


@pytest.mark.task("1", points=1)
def test_padding_of_odd_kernels(submission, rng):
    """An odd kernel with stride 1 gets equally many zeros on opposite sides."""
    for shape, kernel_size in [((2, 5, 4, 3), (3, 3)), ((1, 4, 6, 1), (1, 5))]:
        check_padding(submission, rng, shape, kernel_size, 1)


@pytest.mark.task("1", points=1)
def test_padding_of_even_kernels_and_strides(submission, rng):
    """Of an odd number of zeros the last goes below or right, and a stride counts the windows."""
    check_padding(submission, rng, (2, 4, 5, 2), (2, 4), 1)
    for shape, kernel_size, stride in [((1, 6, 7, 2), (3, 3), 2), ((2, 7, 8, 1), (5, 2), 3)]:
        check_padding(submission, rng, shape, kernel_size, stride)
    check_padding(submission, rng, (1, 6, 4, 1), (1, 2), 3)


@pytest.mark.task("1", points=1)
def test_kernel_is_not_turned(submission, rng):
    """The kernel lies on the image as it is, neither turned nor transposed."""
    images = rng.integers(-9, 10, (2, 5, 7, 1))
    kernels = np.zeros((2, 3, 1, 1))
    kernels[0, 2] = 1
    look = (
        "The only 1 of this 2 × 3 kernel stands in its upper right corner, "
        "so each value of the map is the upper right pixel of its window."
    )
    expect.close(submission.convolve2d(images, kernels, np.zeros(1)), images[:, :-1, 2:], look=look)
    images, whole = images + 0.5, kernels.astype(int)
    look = "The kernel is of whole numbers here, the image is not: the map is of real numbers."
    expect.close(submission.convolve2d(images, whole, np.zeros(1)), images[:, :-1, 2:], look=look)


@pytest.mark.task("1", points=1)
def test_sum_over_channels_for_each_filter(submission, rng):
    """Each filter sums over its window and all channels."""
    images, kernels = rng.normal(size=(2, 6, 4, 3)), half_turn_symmetric(rng, 2, 3, 3, 4)
    look = "With 3 channels and 2 × 3 pixels, each value is a sum of 18 products; the 4 filters stand on the last axis."
    found = submission.convolve2d(images, kernels, np.zeros(4))
    expect.close(found, convolve(images, kernels), atol=1e-5, look=look)


@pytest.mark.task("1", points=1)
def test_bias_of_each_filter(submission, rng):
    """Each filter adds its own bias, once."""
    images, kernels = rng.integers(0, 10, (2, 5, 4, 2)), half_turn_symmetric(rng, 3, 3, 2, 3).round()
    bias = np.array([1, -1, 1]) * rng.uniform(0.2, 0.8, 3)
    look = "Each filter adds its own bias to its map, once, also where the images are whole numbers."
    without, found = (
        expect.array(submission.convolve2d(images, kernels, b), (2, 3, 2, 3), look) for b in (0 * bias, bias)
    )
    what = "What the bias adds to the maps is"
    expect.close(found - without, np.broadcast_to(bias, found.shape), atol=1e-5, look=look, what=what)


@pytest.mark.task("1", points=1)
def test_stride_in_both_directions(submission, rng):
    """The stride skips windows downwards and to the right."""
    kernels = half_turn_symmetric(rng, 2, 4, 1, 1)
    for shape, stride in [((2, 7, 8, 1), 2), ((1, 9, 8, 1), 3)]:
        images = rng.normal(size=shape)
        look = f"With stride {stride}, windows begin at the rows and columns 0, {stride}, {2 * stride}, …"
        found = submission.convolve2d(images, kernels, np.zeros(1), stride)
        expect.close(found, convolve(images, kernels, stride), atol=1e-5, look=look)


@pytest.mark.task("1", points=2)
def test_equal_to_keras(submission):
    """The maps equal those of Keras, with any stride and padding."""
    for row in json.loads(TABLE.read_text(encoding="utf-8")):
        images, kernels, bias = (np.array(row[name], float) for name in ("images", "kernels", "bias"))
        found = submission.given("pad_same").convolve2d(images, kernels, bias, row["stride"], row["padding"])
        look = f"Keras computes that with the stride {row['stride']} and the padding {row['padding']!r}."
        expect.close(found, np.array(row["output"], float), atol=1e-4, look=look)


@pytest.mark.task("2", points=2)
def test_pool_keeps_the_largest(submission, rng):
    """Each block keeps its largest value, in every channel."""
    for shape, size in [((2, 6, 4, 3), 2), ((1, 3, 9, 2), 3)]:
        images = rng.uniform(-2, -1, shape)
        rows, columns = range(0, shape[1], size), range(0, shape[2], size)
        maxima = [[images[:, i : i + size, j : j + size].max(axis=(1, 2)) for j in columns] for i in rows]
        look = f"Blocks of {size} × {size} lie side by side; here all values are negative."
        expect.close(submission.max_pool2d(images, size), np.moveaxis(maxima, 2, 0), look=look)


@pytest.mark.task("2", points=1)
def test_pool_drops_incomplete_blocks(submission, rng):
    """Rows and columns that fill no block are dropped."""
    for n_rows, n_columns, size, rest in [(3, 2, 2, (1, 0)), (2, 3, 2, (0, 1)), (2, 3, 3, (1, 2))]:
        expected = rng.uniform(1, 2, (2, n_rows, n_columns, 2))  # one value for all pixels of a block
        blocks = expected.repeat(size, axis=1).repeat(size, axis=2)
        images = np.pad(blocks, [(0, 0), (0, rest[0]), (0, rest[1]), (0, 0)], constant_values=3)
        look = (
            f"{n_rows} × {n_columns} blocks of {size} × {size} fit into {images.shape[1]} × {images.shape[2]} "
            "pixels; what is left at the lower and right edge is dropped."
        )
        expect.close(submission.max_pool2d(images, size), expected, look=look)


@pytest.mark.task("3", points=1)
def test_size_without_padding(submission):
    """Without padding only whole windows count."""
    for size, kernel, stride in itertools.product((7, 8, 32), (1, 2, 5), (1, 2, 3)):
        starts = range(0, size - kernel + 1, stride)
        look = f"The first window begins at pixel 0, the last one at pixel {starts[-1]}."
        expect.close(submission.output_size(size, kernel, stride, "valid"), len(starts), look=look)


@pytest.mark.task("3", points=1)
def test_size_with_padding(submission):
    """With padding there is one window for every stride-th pixel."""
    for size, kernel, stride in itertools.product((7, 8, 32), (1, 2, 5), (1, 2, 3)):
        look = f"One window for every pixel 0, {stride}, {2 * stride}, … of {size} pixels."
        expected = len(range(0, size, stride))
        expect.close(submission.output_size(size, kernel, stride, "same"), expected, look=look)


@pytest.mark.task("3", points=1)
def test_number_of_parameters(submission):
    """Weights for every pixel of the window, every channel, every filter; and the biases."""
    for kernel, channels, filters in [(3, 1, 16), (5, 3, 8), (1, 4, 2), (2, 6, 1)]:
        expected = np.zeros((kernel, kernel, channels, filters)).size + np.zeros(filters).size
        look = (
            f"The kernels have the shape ({kernel}, {kernel}, {channels}, {filters}); each filter has a bias."
        )
        expect.close(submission.count_parameters(kernel, channels, filters), expected, look=look)


@pytest.mark.task("3", points=2)
def test_receptive_field(submission, rng):
    """The field reaches from the first to the last pixel that one node sees."""
    drawn = [(int(kernel), int(stride)) for kernel, stride in rng.integers(1, 4, (4, 2))]
    simple = [[], [(5, 1)], [(3, 1), (3, 1)], [(3, 1), (2, 2), (3, 1)], [(3, 2), (5, 1), (2, 3)]]
    for layers in [*simple, [(2, 2), (2, 2), (3, 1)], [(2, 3), (3, 1)], drawn]:
        look = "From layer to layer: how many pixels of the image lie between two neighbours of a map?"
        if not layers:
            look = "Without any layer a node is a pixel: 1."
        expect.close(submission.receptive_field(layers), trace_back(layers), look=look)
        expect.unchanged(submission)


def trace_back(layers):
    """Follow node 0 of the last map back to the pixels that it sees; return how far they reach."""
    seen = {0}
    for kernel, stride in reversed(layers):
        seen = {stride * node + pixel for node in seen for pixel in range(kernel)}
    return max(seen) + 1


@pytest.mark.task("4", points=1)
def test_laplacian_of_polynomials(submission, rng):
    """The Laplacian of x² + y² is 4, that of a plane is 0."""
    kernel = expect.array(submission.laplace_kernel(), (3, 3))
    y, x = rng.uniform(-2, 2, 2)[:, np.newaxis, np.newaxis] + np.mgrid[-1:2, -1:2]
    for name, g, expected in [
        ("x² + y²", x**2 + y**2, 4),
        ("x²", x**2, 2),
        ("y²", y**2, 2),
        ("2x − 3y + 1", 2 * x - 3 * y + 1, 0),
        ("xy", x * y, 0),
    ]:
        found = float(np.sum(kernel * g))
        look = "Add g(x + 1) − 2 g(x) + g(x − 1) along a row and the same along a column."
        expect.close(found, expected, atol=1e-4, look=look, what=f"The map of g = {name} is")


@pytest.mark.task("4", points=1)
def test_four_neighbours(submission):
    """The four nearest neighbours count once, the spin itself does not."""
    look = "Those above, below, left and right of the middle count; the middle and the corners do not."
    expect.close(submission.neighbour_kernel(), [[0, 1, 0], [1, 0, 1], [0, 1, 0]], look=look)


@pytest.mark.task("4", points=2)
def test_energy_of_lattices(submission, rng):
    """The energy per spin, on periodic lattices of even and odd size."""
    later = submission.given("pad_same", "convolve2d", "neighbour_kernel")
    one_color, checkers = np.ones((1, 4, 4), int), 1 - 2 * (np.indices((1, 4, 4)).sum(axis=0) % 2)
    look = "All 16 spins are equal: 32 pairs, those around the edges included, each with the energy −1."
    expect.close(later.ising_energy(one_color), np.array([-2.0]), look=look)
    look = "A checkerboard of 16 spins: 32 pairs, those around the edges included, each with the energy 1."
    expect.close(later.ising_energy(checkers), np.array([2.0]), look=look)
    for size in (5, 8):
        spins = np.where(rng.random((10, size, size)) < rng.random((10, 1, 1)), 1, -1).astype(np.int8)
        look = f"Each of the 10 lattices has {2 * size**2} pairs, those around the edges included."
        expect.close(later.ising_energy(spins), energy(spins), atol=1e-5, look=look)


@pytest.mark.task("5", points=1)
def test_prediction_of_the_edges(submission, explain):
    """You have said what the kernel says to a horizontal edge."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "edges", EDGES)
    explain(f"You expected {letter!r}: {EDGES[letter]}")


@pytest.mark.task("5", points=1)
def test_equivariant(submission, explain):
    """Which layer shifts along exactly?"""
    expect.answer(submission.value("ANSWERS"), "equivariant", "c", EQUIVARIANT)
    explain(
        "Every window finds the pixels that its neighbour had. With pooling or a stride of 2 that holds for even "
        "shifts only: most networks are equivariant in good approximation, and not exactly."
    )


@pytest.mark.task("5", points=1)
def test_why_fewer(submission, explain):
    """Where does the factor of 1024 come from?"""
    expect.answer(submission.value("ANSWERS"), "why_fewer", "a", WHY_FEWER)
    explain("There are 32 · 32 = 1024 places, and all share the same 160 parameters.")


@pytest.mark.task("5", points=1)
def test_order(submission, explain):
    """Does it matter whether max pooling stands before ReLU?"""
    expect.answer(submission.value("ANSWERS"), "order", "b", ORDER)
    explain(
        "The largest stays the largest under every function that never falls. Pooling first is cheaper: ReLU gets a "
        "quarter of the numbers. With the mean in place of the maximum it does matter."
    )
