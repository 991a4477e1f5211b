"""Marks of exercise 14."""

import numpy as np
import pytest

from dlp_keras.datasets import load_images, make_shifted_digits
from dlp_keras.marking import expect

MOVES = [(1, 0), (-1, 0), (0, 1), (0, -1)]
FAR_MOVES = [(0, 0), (-2, 3), (2, -3), (3, 2), (-1, -4)]
ACCURACIES = ("accuracy", "acc", "sparse_categorical_accuracy")
BASELINE = 0.66  # of `baseline_cnn` on the canvas, mean of 8 seeds; the dense network reads 0.72
AUGMENTED = {
    "a": "the copies show it every digit at five places. It reads more than 90 % of the shifted ones.",
    "b": "so much a CNN may read without any copies. With them the dense network reads more than 90 %.",
    "c": "so it is, more than 90 %. The shift has to be thought of beforehand, and each epoch takes five times as long.",
}
WRITERS = {
    "b": "it is the other way round: each time 1347 or 1348 digits are trained on, and 1078 before.",
    "c": "together the four quarters are all digits, each of them held back once.",
}
POOLING = {
    "a": "true without `MaxPooling2D`. But after a step of one pixel its blocks hold other pixels than before.",
    "b": "convolutions move along with the digit, and the last maximum does not ask for the place.",
}
SHUFFLED = {
    "a": "train them: the dense network reads 97 % of the shuffled digits, and even the CNN 96 %.",
    "c": "filters can adapt to any image, but 3 × 3 scattered pixels say less than a piece of a stroke.",
}


@pytest.fixture(scope="module")
def digits():
    return load_images("digits")


@pytest.fixture
def dense(submission):
    return submission.remember("dense", lambda: expect.model(submission.build_dense_network((8, 8, 1))))


@pytest.fixture
def cnn(submission):
    return submission.remember("cnn", lambda: expect.model(submission.my_cnn((16, 16, 1))))


@pytest.fixture
def canvas_accuracy(submission, reference, cnn, rng):
    """The accuracy on test digits at random places of a canvas, after 15 epochs on other digits there."""

    def measure():
        training, test = make_shifted_digits(16, copies=2, seed=rng)
        expect_untrained(cnn, *test)
        reference.train(cnn, *training, epochs=15)
        return accuracy(cnn, *test)

    return submission.remember("accuracy on the canvas", measure)


def accuracy(model, images, labels):
    return float(np.mean(model.predict(images).argmax(axis=1) == labels))


def expect_untrained(model, images, labels):
    """Lose the mark if a network that was just built reads digits already."""
    share = accuracy(model, images, labels)
    look = "The function only builds and compiles; training is done elsewhere."
    expect.that(share < 0.5, f"Just built, the network reads {share:.1%}.", "About 10 % is a guess.", look)


def moved(images, n_rows, n_columns):
    """Move images pixel by pixel."""
    result = np.zeros_like(images)
    height, width = images.shape[1:3]
    for row, column in np.ndindex(height, width):
        if 0 <= row - n_rows < height and 0 <= column - n_columns < width:
            result[:, row, column] = images[:, row - n_rows, column - n_columns]
    return result


def check_head(model, image_shape):
    """Check the output and the loss of a classifier with integer labels."""
    shape = np.shape(model.predict(np.zeros((3, *image_shape))))
    expect.that(shape == (3, 10), f"For 3 images the output has the shape {shape}.", "(3, 10) is expected.")
    expect.classifier(model, "softmax", "sparse_categorical_crossentropy")
    expect.accuracy_metric(model, ACCURACIES)


def check_input(model, shape):
    """Check that a model was built for images of a shape."""
    found = tuple(model.input_shape[1:])
    look = "Is input_shape passed on to `keras.Input`?"
    expect.that(
        found == shape, f"For images of {shape} the model takes {found}.", f"{shape} is expected.", look
    )


@pytest.mark.task("1", points=2)
def test_dense_network_classifies(submission, dense):
    """The dense network takes images of any shape, and gives 10 probabilities, with the loss that belongs to them."""
    check_head(dense, (8, 8, 1))
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
def test_dense_network_learns(reference, dense, digits, explain):
    """Trained on all other digits for 20 epochs, the dense network reads at least 95 % of the test digits."""
    expect_untrained(dense, *digits[1])
    reference.train(dense, *digits[0], epochs=20)
    share = accuracy(dense, *digits[1])
    look = "Does the loss fall? Try a learning rate of 0.002 with Adam, and layers of 128 and 64 nodes."
    expect.that(share >= 0.95, f"The network reads {share:.1%} of them.", "At least 95 % are expected.", look)
    explain(f"It reads {share:.1%} of the test digits.")


@pytest.mark.task("2", points=2)
def test_confusion_matrix_counts_pairs(submission, rng):
    """Each pair of true and predicted class is counted, rows by the true class."""
    labels, probabilities = rng.integers(0, 4, 50), rng.dirichlet(np.ones(4), 50)
    expected = np.zeros((4, 4))
    for label, row in zip(labels, probabilities, strict=True):
        expected[label, list(row).index(max(row))] += 1
    look = "Rows are true classes, columns those of the largest probability. A pair may occur more than once."
    expect.close(submission.confusion_matrix(labels, probabilities), expected, look=look)
    many = np.ones(300, int), np.tile([0.1, 0.2, 0.7], (300, 1))
    look = "Here one pair occurs 300 times: small integer types overflow."
    expect.close(submission.confusion_matrix(*many), [[0, 0, 0], [0, 0, 300], [0, 0, 0]], look=look)


@pytest.mark.task("2", points=1)
def test_confusion_matrix_keeps_all_classes(submission):
    """A class that does not occur still has its row and column."""
    probabilities = np.array([[0.2, 0.5, 0.2, 0.1], [0.1, 0.6, 0.2, 0.1]])
    expected = np.zeros((4, 4))
    expected[1, 1] = 2
    look = "The number of classes is the number of columns of the probabilities. Two digits of class 1 are read right."
    expect.close(submission.confusion_matrix(np.array([1, 1]), probabilities), expected, look=look)


@pytest.mark.task("3", points=2)
@pytest.mark.parametrize("moves", [MOVES, FAR_MOVES], ids=["by one pixel", "by any number"])
def test_shift_moves_images(submission, rng, moves):
    """Images move, and zeros move in."""
    look = "Down and right are positive; what leaves on one side must not come back on the other."
    for images in (rng.uniform(0.1, 1, (3, 6, 5, 2)), rng.integers(1, 256, (1, 5, 7, 3))):
        for move in moves:
            expect.close(submission.shift(images, *move), moved(images, *move), look=look)


def sort_images(images, labels=None):
    """Return images as bytes, each with its label, in an order of their own."""
    labels = [0] * len(images) if labels is None else labels
    pairs = zip(np.asarray(images, np.float32), labels, strict=True)
    return sorted((image.tobytes(), int(label)) for image, label in pairs)


def augmented(submission, images, labels):
    """Return what `augment` returns, two arrays of the right shape."""
    found = expect.values(submission.given("shift").augment(images, labels), 2)
    shape = (5 * len(images), *images.shape[1:])
    more = expect.array(found[0], shape, what="The first value, the images, is")
    return more, expect.array(found[1], shape[:1], what="The second value, the labels, is")


@pytest.mark.task("3", points=2)
def test_augment_adds_shifted_copies(submission, digits, rng):
    """The originals, then their copies in the four directions, each with the label of its original."""
    images, labels = (part[rng.permutation(1347)[:30]] for part in digits[0])
    labels = np.arange(30) % 10  # as good as the true ones, and never all the same
    more, more_labels = augmented(submission, images, labels)
    expect.close(more[:30], images, look="The originals come first.", what="Of the images, one is")
    copies = np.concatenate([moved(images, *move) for move in MOVES])
    expect.that(
        sort_images(more[30:]) == sort_images(copies),
        "The images behind the originals are not the four shifted copies of each.",
        "One pixel down, up, right and left are expected.",
    )
    expect.that(
        sort_images(more, more_labels) == sort_images([*images, *copies], np.tile(labels, 5)),
        "Not every image has the label of its original.",
        "A shifted 3 is a 3.",
        "Repeat the labels in the order of the images: `np.tile` as a whole, `np.repeat` one by one.",
    )


@pytest.mark.task("3", points=1)
def test_augmentation_teaches_shifts(submission, digits):
    """Each shifted test digit gets the label of the most similar augmented digit: at least 90 % are right."""
    more, more_labels = augmented(submission, *digits[0])
    images, labels = digits[1]
    shifted = np.concatenate([moved(images, *move) for move in MOVES]).reshape(-1, 64)
    stored = more.reshape(-1, 64)
    distances = np.sum(stored**2, axis=1) - 2 * shifted @ stored.T
    share = np.mean(more_labels[distances.argmin(axis=1)] == np.tile(labels, 4))
    found = f"Of the test digits, shifted by one pixel, {share:.1%} have the label of the image most similar to them."
    look = "Does each copy have the label of its original, and are there copies in all four directions?"
    expect.that(share >= 0.9, found, "At least 90 % are expected.", look)


@pytest.mark.task("4", points=2)
def test_my_cnn_classifies(submission, cnn):
    """The convolutional network takes images of any shape, and gives 10 probabilities, with the loss for them."""
    check_head(cnn, (16, 16, 1))
    for shape in [(8, 8, 1), (16, 12, 3)]:
        check_input(expect.model(submission.my_cnn(shape)), shape)


@pytest.mark.task("4", points=2)
def test_my_cnn_shares_weights(cnn):
    """A convolution, and at most 17,000 parameters."""
    convolutions = [layer for layer in cnn.weight_layers if "Conv2D" in layer["class"]]
    expect.that(convolutions, "There is no convolutional layer.", "At least one Conv2D is expected.")
    expect.that(
        cnn.n_parameters <= 17_000,
        f"The network has {cnn.n_parameters:,} parameters for images of (16, 16, 1).",
        "At most 17,000 are expected.",
        "`summary()` of the model shows which layer has most of them.",
    )


@pytest.mark.task("4", points=1)
def test_my_cnn_beats_the_baseline(canvas_accuracy, leaderboard):
    """The convolutional network is far better than the baseline: 85 % of test digits anywhere on the canvas."""
    leaderboard("test accuracy on the canvas", canvas_accuracy, best="high", baseline=BASELINE)
    found = f"The network reads {canvas_accuracy:.1%} of them after 15 epochs."
    look = "Look at the validation accuracy on the canvas: has it been better before your last change?"
    expect.that(
        canvas_accuracy >= 0.85, found, f"The baseline reads {BASELINE:.0%}; 85 % are expected.", look
    )


@pytest.mark.task("4", points=2)
def test_my_cnn_reads_shifted_digits(canvas_accuracy, explain):
    """The convolutional network reads 95 % of test digits, wherever on the canvas they stand."""
    found = f"The network reads {canvas_accuracy:.1%} of them after 15 epochs."
    look = "Does a layer near the end still have weights for each place? Are there enough filters?"
    expect.that(canvas_accuracy >= 0.95, found, "At least 95 % are expected.", look)
    explain(f"It reads {canvas_accuracy:.1%} of the test digits, which it has not seen at any place.")


@pytest.mark.task("5", points=1)
def test_prediction_of_the_augmented_network(submission, explain):
    """You have said what the copies do for a dense network."""
    letter = expect.prediction(submission.value("PREDICTIONS"), "augmented", AUGMENTED)
    explain(f"You expected {letter!r}: {AUGMENTED[letter]}")


@pytest.mark.task("5", points=1)
def test_writers(submission, explain):
    """Why is another writer's hand harder?"""
    expect.answer(submission.value("ANSWERS"), "writers", "a", WRITERS)
    explain(
        "A split answers one question only: shuffled, how well are new digits of known people read? By writer, how "
        "well those of new people? A post office needs the second."
    )


@pytest.mark.task("5", points=1)
def test_pooling(submission, explain):
    """Is a CNN with pooling exactly invariant?"""
    expect.answer(submission.value("ANSWERS"), "pooling", "c", POOLING)
    explain(
        "Measured with the solution: after a step of one pixel, one digit in fifty is even read as another one. After two "
        "pixels each block of 2 × 2 holds the same pixels as before, and nothing at all changes."
    )


@pytest.mark.task("5", points=1)
def test_shuffled(submission, explain):
    """Which network notices that the pixels are shuffled?"""
    expect.answer(submission.value("ANSWERS"), "shuffled", "b", SHUFFLED)
    explain(
        "The dense network reads 97 % as before: its inputs have no order. The CNN falls from 98 % to 96 %, less than "
        "most expect: filters over scattered pixels and a maximum are features as well, only worse ones."
    )
