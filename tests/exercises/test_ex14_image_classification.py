"""Marks of exercise 14."""

import numpy as np
import pytest

from dlp_keras.datasets import load_images
from dlp_keras.marking import expect

MOVES = [(1, 0), (-1, 0), (0, 1), (0, -1)]
FAR_MOVES = [(0, 0), (-2, 3), (2, -3), (3, 2), (-1, -4)]
ACCURACIES = ("accuracy", "acc", "sparse_categorical_accuracy")


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


@pytest.fixture
def dense(submission):
    return submission.remember("dense", lambda: expect.model(submission.build_dense_network()))


@pytest.fixture
def cnn(submission):
    return submission.remember("cnn", lambda: expect.model(submission.build_cnn()))


@pytest.fixture
def trained_dense(submission, reference, dense, digits):
    return submission.remember("trained dense", lambda: train(reference, dense, digits, 20))


@pytest.fixture
def trained_cnn(submission, reference, cnn, digits):
    return submission.remember("trained cnn", lambda: train(reference, cnn, digits, 40))


def train(reference, model, digits, epochs):
    reference.train(model, *digits[0], epochs=epochs)
    return model


def accuracy(model, images, labels):
    return float(np.mean(model.predict(images).argmax(axis=1) == labels))


def moved(images, n_rows, n_columns):
    """Move images pixel by pixel."""
    result = np.zeros_like(images)
    height, width = images.shape[1:3]
    for row, column in np.ndindex(height, width):
        if 0 <= row - n_rows < height and 0 <= column - n_columns < width:
            result[:, row, column] = images[:, row - n_rows, column - n_columns]
    return result


def accuracy_when_shifted(model, images, labels):
    return np.mean([accuracy(model, moved(images, *move), labels) for move in MOVES])


def check_head(model):
    """Check the output and the loss of a classifier with integer labels."""
    shape = np.shape(model.predict(np.zeros((3, 8, 8, 1))))
    expect.that(shape == (3, 10), f"For 3 images the output has the shape {shape}.", "(3, 10) is expected.")
    expect.classifier(model, "softmax", "sparse_categorical_crossentropy")
    expect.accuracy_metric(model, ACCURACIES)


def check_input(model, shape):
    """Check that a model was built for images of another shape."""
    found = tuple(model.input_shape[1:])
    look = "Is input_shape passed on to `keras.Input`?"
    expect.that(
        found == shape, f"For images of {shape} the model takes {found}.", f"{shape} is expected.", look
    )


@pytest.mark.task("1", points=2)
def test_dense_network_classifies(submission, dense):
    """The dense network takes images of any shape, and gives 10 probabilities, with the loss that belongs to them."""
    check_head(dense)
    check_input(expect.model(submission.build_dense_network((16, 12, 3))), (16, 12, 3))


@pytest.mark.task("1", points=1)
def test_dense_network_is_dense(dense):
    """Hidden dense layers, each with an activation, and no convolution."""
    *hidden, _ = dense.weight_layers
    kinds = [layer["class"] for layer in dense.weight_layers]
    expect.that(
        hidden and set(kinds) == {"Dense"},
        f"The layers with weights are {', '.join(kinds)}.",
        "Dense layers are expected, at least one of them hidden.",
    )
    expect.that(
        all(layer["activation"] for layer in hidden),
        "A hidden layer has no activation.",
        "Without one, two layers are no more than a single linear layer.",
    )


@pytest.mark.task("1", points=2)
def test_dense_network_learns(trained_dense, digits):
    """The dense network reads at least 95 % of the test digits."""
    share = accuracy(trained_dense, *digits[1])
    look = "Are the learning rate (0.002 with Adam) and the layers large enough?"
    expect.that(
        share >= 0.95, f"The network reads {share:.1%} after 20 epochs.", "At least 95 % are expected.", look
    )


@pytest.mark.task("2", points=2)
def test_cnn_classifies(submission, cnn):
    """The convolutional network takes images of any shape, and gives 10 probabilities, with the loss for them."""
    check_head(cnn)
    check_input(expect.model(submission.build_cnn((16, 12, 3))), (16, 12, 3))


@pytest.mark.task("2", points=2)
def test_cnn_shares_weights(cnn):
    """Convolutions, each with an activation, and at most 17,000 parameters."""
    convolutions = [layer for layer in cnn.weight_layers if "Conv" in layer["class"]]
    expect.that(convolutions, "There is no convolutional layer.", "At least one Conv2D is expected.")
    expect.that(
        all(layer["activation"] for layer in cnn.weight_layers[:-1]),
        "A hidden layer has no activation.",
        "Without one, two layers are no more than a single linear layer.",
    )
    expect.that(
        cnn.n_parameters <= 17_000,
        f"The network has {cnn.n_parameters} parameters.",
        "At most 17,000 are expected: fewer than a dense network with 128 and 64 nodes has.",
        "GlobalMaxPooling2D leaves one number for each filter; Flatten leaves all pixels.",
    )


@pytest.mark.task("2", points=3)
def test_cnn_reads_digits(trained_cnn, digits):
    """The convolutional network reads at least 98 % of the test digits."""
    share = accuracy(trained_cnn, *digits[1])
    look = "Are there enough filters (16, 32, 32), and is the learning rate near 0.005?"
    expect.that(
        share >= 0.98, f"The network reads {share:.1%} after 40 epochs.", "At least 98 % are expected.", look
    )


@pytest.mark.task("2", points=2)
def test_cnn_survives_shifts(trained_cnn, reference, submission, digits):
    """Digits shifted by one pixel: the convolutional network beats the dense one by 10 percentage points."""
    dense = submission.remember(
        "reference dense", lambda: train(reference, reference.build_dense_network(), digits, 8)
    )
    shares = [accuracy_when_shifted(model, *digits[1]) for model in (trained_cnn, dense)]
    expect.that(
        shares[0] >= shares[1] + 0.1,
        f"Of the shifted digits the network reads {shares[0]:.1%}, a dense one {shares[1]:.1%}.",
        "A lead of at least 10 percentage points is expected.",
        "Does something after the convolutions still depend on the place, such as Flatten?",
    )


@pytest.mark.task("3", points=3)
def test_confusion_matrix_counts_pairs(submission):
    """Each pair of true and predicted class is counted, rows by the true class."""
    labels = np.array([0, 0, 0, 1, 2, 2, 2, 2])
    predicted = np.array([0, 0, 1, 1, 0, 0, 2, 1])
    expected = [[2, 1, 0], [0, 1, 0], [2, 1, 1]]
    look = "Rows are true classes, columns predicted ones, and a pair may occur more than once."
    expect.close(submission.confusion_matrix(labels, np.eye(3)[predicted]), expected, look=look)


@pytest.mark.task("3", points=1)
def test_confusion_matrix_keeps_all_classes(submission):
    """A class that does not occur still has its row and column."""
    probabilities = np.array([[0.2, 0.5, 0.2, 0.1], [0.1, 0.6, 0.2, 0.1]])
    expected = np.zeros((4, 4))
    expected[1, 1] = 2
    look = "The number of classes is the number of columns of the probabilities."
    expect.close(submission.confusion_matrix(np.array([1, 1]), probabilities), expected, look=look)


@pytest.mark.task("4", points=3)
@pytest.mark.parametrize("moves", [MOVES, FAR_MOVES], ids=["by one pixel", "by any number"])
def test_shift_moves_images(submission, moves):
    """Images move, and zeros move in."""
    images = np.random.default_rng(5).uniform(0.1, 1, (3, 6, 5, 2))
    look = "Down and right are positive; what leaves on one side must not come back on the other."
    for move in moves:
        expect.close(submission.shift(images, *move), moved(images, *move), look=look)


def sort_images(images, labels=None):
    """Return images as bytes, each with its label, in an order of their own."""
    labels = [0] * len(images) if labels is None else labels
    pairs = zip(np.asarray(images, np.float32), labels, strict=True)
    return sorted((image.tobytes(), int(label)) for image, label in pairs)


@pytest.mark.task("5", points=2)
def test_augment_adds_shifted_copies(submission, reference, digits):
    """The originals, then their copies in the four directions, each with the label of its original."""
    (images, labels), _ = digits
    images, labels = images[:7], labels[:7]
    found = expect.values(submission.given("shift").augment(images, labels), 2)
    more, more_labels = expect.array(found[0], (35, 8, 8, 1)), expect.array(found[1], (35,))
    expect.close(more[:7], images, look="The originals come first.", what="One of the images is")
    copies = np.concatenate([moved(images, *move) for move in MOVES])
    expect.that(
        sort_images(more[7:]) == sort_images(copies),
        "The images behind the originals are not the four shifted copies of each.",
        "One pixel down, up, right and left are expected.",
    )
    expect.that(
        sort_images(more, more_labels) == sort_images([*images, *copies], np.tile(labels, 5)),
        "Not every image has the label of its original.",
        "A shifted 3 is a 3.",
        "Repeat the labels in the order of the images: `np.tile` as a whole, `np.repeat` one by one.",
    )


@pytest.mark.task("5", points=2)
def test_augmentation_teaches_shifts(submission, reference, digits):
    """A network trained on the augmented set reads at least 85 % of the shifted digits."""
    more = expect.values(submission.given("shift").augment(*digits[0]), 2)
    model = train(reference, reference.build_cnn(), (more, digits[1]), 3)
    share = accuracy_when_shifted(model, *digits[1])
    look = "Do the labels belong to their images?"
    expect.that(
        share >= 0.85,
        f"A network trained on them reads {share:.1%} of the shifted digits.",
        "At least 85 % are expected.",
        look,
    )
