"""Other right answers to exercise 14. Each cell replaces functions and keeps all points."""

# %% functional models with a schedule and logits, or with TensorFlow's softmax, copies beside their original
import tensorflow as tf


def build_dense_network(input_shape=(8, 8, 1)):
    inputs = keras.Input(input_shape)
    x = layers.Flatten()(inputs)
    for units in (100, 50):
        x = layers.ReLU()(layers.BatchNormalization()(layers.Dense(units, use_bias=False)(x)))
    model = keras.Model(inputs, layers.Dense(10)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    rate = keras.optimizers.schedules.CosineDecay(0.005, 20 * 43)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=[keras.metrics.SparseCategoricalAccuracy()])
    return model


def build_cnn(input_shape=(8, 8, 1)):
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, padding="same", activation=tf.nn.relu),
            layers.Conv2D(32, 3, padding="same", activation=tf.nn.relu),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation=tf.nn.relu),
            layers.GlobalMaxPooling2D(),
            layers.Dropout(0.3),
            layers.Dense(10, activation=tf.nn.softmax),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["acc"])
    return model


def confusion_matrix(labels, probabilities):
    n_classes = probabilities.shape[1]
    pairs = labels * n_classes + np.argmax(probabilities, axis=-1)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def shift(images, n_rows, n_columns):
    rows = np.arange(images.shape[1])[:, None] - n_rows
    columns = np.arange(images.shape[2]) - n_columns
    inside = (rows >= 0) & (rows < images.shape[1]) & (columns >= 0) & (columns < images.shape[2])
    moved = images[:, rows % images.shape[1], columns % images.shape[2]]
    return moved * inside[..., None]


def augment(images, labels):
    moves = [(0, -1), (1, 0), (0, 1), (-1, 0)]
    copies = np.stack([shift(images, *move) for move in moves], axis=1).reshape(-1, *images.shape[1:])
    return np.concatenate([images, copies]), np.concatenate([labels, np.repeat(labels, 4)])
