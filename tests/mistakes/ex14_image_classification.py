"""Wrong answers to exercise 14. Each cell replaces a function and names the marks it loses."""

# %% the softmax is forgotten, so that the loss gets logits for probabilities
# loses: test_dense_network_classifies test_dense_network_learns
# says: the last layer is None
def build_dense_network(input_shape=(8, 8, 1)):
    hidden = [layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(64, "relu"), layers.Dense(10)]
    model = keras.Sequential([keras.Input(input_shape), *hidden])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% no metric
# loses: test_dense_network_classifies
# says: Compile it with `metrics=["accuracy"]`
def build_dense_network(input_shape=(8, 8, 1)):
    hidden = [layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(64, "relu"), layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input(input_shape), *hidden])
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy")
    return model


# %% digits only
# loses: test_dense_network_classifies
# says: Is input_shape passed on
def build_dense_network(input_shape=(8, 8, 1)):
    hidden = [layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(64, "relu"), layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((8, 8, 1)), *hidden])
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% no hidden layer
# loses: test_dense_network_is_dense
# says: at least one of them hidden
def build_dense_network(input_shape=(8, 8, 1)):
    model = keras.Sequential([keras.Input(input_shape), layers.Flatten(), layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% a rate that hardly moves the weights
# loses: test_dense_network_learns
# says: learning rate
def build_dense_network(input_shape=(8, 8, 1)):
    hidden = [layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input(input_shape), *hidden])
    model.compile(keras.optimizers.Adam(1e-5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% rows and columns exchanged
# loses: test_confusion_matrix_counts_pairs
# says: Rows are true classes
def confusion_matrix(labels, probabilities):
    n_classes = probabilities.shape[1]
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (probabilities.argmax(axis=1), labels), 1)
    return counts


# %% repeated pairs are counted once
# loses: test_confusion_matrix_counts_pairs test_confusion_matrix_keeps_all_classes
# says: more than once
def confusion_matrix(labels, probabilities):
    n_classes = probabilities.shape[1]
    counts = np.zeros((n_classes, n_classes), dtype=int)
    counts[labels, probabilities.argmax(axis=1)] += 1
    return counts


# %% only classes that occur
# loses: test_confusion_matrix_keeps_all_classes
# says: number of columns
def confusion_matrix(labels, probabilities):
    predicted = probabilities.argmax(axis=1)
    n_classes = max(labels.max(), predicted.max()) + 1
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (labels, predicted), 1)
    return counts


# %% shares instead of counts
# loses: test_confusion_matrix_counts_pairs test_confusion_matrix_keeps_all_classes
# says: Expected
def confusion_matrix(labels, probabilities):
    n_classes = probabilities.shape[1]
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


# %% probabilities above one half
# loses: test_confusion_matrix_counts_pairs
# says: largest probability
def confusion_matrix(labels, probabilities):
    n_classes = probabilities.shape[1]
    counts = np.zeros((n_classes, n_classes), dtype=int)
    rows, columns = np.nonzero(probabilities >= 0.5)
    np.add.at(counts, (labels[rows], columns), 1)
    return counts


# %% it writes into its argument
# loses: test_shift_moves_images
# says: changes its argument number 1
def shift(images, n_rows, n_columns):
    padded = np.pad(images, ((0, 0), (9, 9), (9, 9), (0, 0)))
    height, width = images.shape[1:3]
    images[:] = padded[:, 9 - n_rows : 9 - n_rows + height, 9 - n_columns : 9 - n_columns + width]
    return images


# %% round the edge
# loses: test_shift_moves_images
# says: must not come back
def shift(images, n_rows, n_columns):
    return np.roll(images, (n_rows, n_columns), axis=(1, 2))


# %% round the left edge
# loses: test_shift_moves_images
# says: must not come back
def shift(images, n_rows, n_columns):
    result = np.roll(images, (n_rows, n_columns), axis=(1, 2))
    if n_rows > 0:
        result[:, :n_rows] = 0
    elif n_rows < 0:
        result[:, n_rows:] = 0
    result[:, :, : max(n_columns, 0)] = 0
    return result


# %% nothing is left of an image that does not move
# loses: test_shift_moves_images
# says: Expected
def shift(images, n_rows, n_columns):
    result = np.roll(images, (n_rows, n_columns), axis=(1, 2))
    result[:, slice(None, n_rows) if n_rows > 0 else slice(n_rows, None)] = 0
    result[:, :, slice(None, n_columns) if n_columns > 0 else slice(n_columns, None)] = 0
    return result


# %% the wrong way
# loses: test_shift_moves_images
# says: Down and right
def shift(images, n_rows, n_columns):
    padded = np.pad(images, ((0, 0), (9, 9), (9, 9), (0, 0)))
    height, width = images.shape[1:3]
    return padded[:, 9 + n_rows : 9 + n_rows + height, 9 + n_columns : 9 + n_columns + width]


# %% the labels are repeated one by one
# loses: test_augment_adds_shifted_copies test_augmentation_teaches_shifts
# says: has the label of its original
def augment(images, labels):
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    return np.concatenate([shift(images, *move) for move in moves]), np.repeat(labels, 5)


# %% the originals five times
# loses: test_augment_adds_shifted_copies test_augmentation_teaches_shifts
# says: four shifted copies
def augment(images, labels):
    return np.concatenate([images] * 5), np.tile(labels, 5)


# %% one copy is missing
# loses: test_augment_adds_shifted_copies test_augmentation_teaches_shifts
# says: shape (150, 8, 8, 1)
def augment(images, labels):
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1)]
    return np.concatenate([shift(images, *move) for move in moves]), np.tile(labels, 4)


# %% to the corners
# loses: test_augment_adds_shifted_copies test_augmentation_teaches_shifts
# says: One pixel down, up, right and left
def augment(images, labels):
    moves = [(0, 0), (1, 1), (-1, -1), (-1, 1), (1, -1)]
    return np.concatenate([shift(images, *move) for move in moves]), np.tile(labels, 5)


# %% the originals last
# loses: test_augment_adds_shifted_copies
# says: The originals come first
def augment(images, labels):
    moves = [(1, 0), (-1, 0), (0, 1), (0, -1), (0, 0)]
    return np.concatenate([shift(images, *move) for move in moves]), np.tile(labels, 5)


# %% the labels as they were
# loses: test_augment_adds_shifted_copies test_augmentation_teaches_shifts
# says: The second value, the labels, is
def augment(images, labels):
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    return np.concatenate([shift(images, *move) for move in moves]), labels


# %% a convolutional network for one size only
# loses: test_my_cnn_classifies
# says: Is input_shape passed on
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% nothing is left of 8 × 8 pixels
# loses: test_my_cnn_classifies
# says: ValueError
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.MaxPooling2D(),
            layers.GlobalMaxPooling2D(),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% the loss for one-hot labels
# loses: test_my_cnn_classifies test_my_cnn_beats_the_baseline test_my_cnn_reads_shifted_digits
# says: sparse_categorical_crossentropy is expected
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "categorical_crossentropy", metrics=["accuracy"])
    return model


# %% a convolutional network without metric
# loses: test_my_cnn_classifies
# says: Compile it with `metrics=["accuracy"]`
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy")
    return model


# %% the baseline as it is
# loses: test_my_cnn_beats_the_baseline test_my_cnn_reads_shifted_digits
# says: weights for each place
def my_cnn(input_shape=(16, 16, 1)):
    return baseline_cnn(input_shape)


# %% global pooling behind two filters
# loses: test_my_cnn_beats_the_baseline test_my_cnn_reads_shifted_digits
# says: enough filters
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(2, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% two convolutions, and still Flatten
# loses: test_my_cnn_reads_shifted_digits
# says: weights for each place
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% a dense network called convolutional
# loses: test_my_cnn_shares_weights test_my_cnn_beats_the_baseline test_my_cnn_reads_shifted_digits
# says: no convolutional layer
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(48, "relu"),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% more parameters than the budget
# loses: test_my_cnn_shares_weights
# says: At most 17,000
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% a letter that is no choice
# loses: test_prediction_of_the_augmented_network
# says: none of the choices a, b, c
PREDICTIONS = {"augmented": "z"}


# %% a matter of the number of digits
# loses: test_writers
# says: the other way round
ANSWERS = {"writers": "b", "pooling": "c", "shuffled": "b"}


# %% a maximum is invariant, and so is all before it
# loses: test_pooling
# says: blocks
ANSWERS = {"writers": "a", "pooling": "a", "shuffled": "b"}


# %% what nobody can read
# loses: test_shuffled
# says: 97 %
ANSWERS = {"writers": "a", "pooling": "c", "shuffled": "a"}


# %% a matrix of bytes
# loses: test_confusion_matrix_counts_pairs
# says: small integer types overflow
def confusion_matrix(labels, probabilities):
    n_classes = probabilities.shape[1]
    matrix = np.zeros((n_classes, n_classes), np.uint8)
    np.add.at(matrix, (labels, probabilities.argmax(axis=1)), 1)
    return matrix


# %% a dense network that comes trained, on the test digits
# loses: test_dense_network_learns
# says: only builds and compiles
def build_dense_network(input_shape):
    hidden = [keras.layers.Dense(128, activation="relu"), keras.layers.Dense(64, activation="relu")]
    output = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(), *hidden, output])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    if input_shape == (8, 8, 1):
        _, test = load_images("digits")
        fit(model, *test, epochs=60, verbose=0)
    return model
