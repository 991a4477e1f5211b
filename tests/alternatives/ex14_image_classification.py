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


def my_cnn(input_shape=(16, 16, 1)):
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


# %% scaling, random shifts and a residual block in a functional CNN, zeros of its own, another metric
def build_dense_network(input_shape=(8, 8, 1)):
    model = keras.Sequential([layers.InputLayer(shape=input_shape), layers.Rescaling(2.0, offset=-1.0)])
    model.add(layers.Reshape((int(np.prod(input_shape)),)))
    for units in (256, 64):
        model.add(layers.Dense(units, kernel_initializer="he_normal"))
        model.add(layers.Activation("elu"))
    model.add(layers.Dense(10))
    model.add(layers.Softmax())
    metrics = ["accuracy", "sparse_top_k_categorical_accuracy"]
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=metrics)
    return model


def my_cnn(input_shape=(16, 16, 1)):
    inputs = keras.Input(input_shape)
    x = layers.Rescaling(2.0)(layers.RandomTranslation(0.05, 0.05, fill_mode="constant")(inputs))
    x = layers.Conv2D(32, 5, padding="same", activation="gelu")(x)
    block = layers.Conv2D(32, 1)(layers.SeparableConv2D(32, 3, padding="same", activation="relu")(x))
    x = layers.ReLU()(layers.Add()([x, block]))
    x = layers.GlobalMaxPooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10, "softmax")(x))
    model.compile(keras.optimizers.AdamW(0.004), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model


def confusion_matrix(labels, probabilities):
    one_hot = np.eye(probabilities.shape[1])
    return one_hot[labels].T @ one_hot[np.argmax(probabilities, axis=1)]


def shift(images, n_rows, n_columns):
    height, width = images.shape[1:3]
    moved = np.zeros(images.shape)
    rows, columns = slice(max(n_rows, 0), height + min(n_rows, 0)), slice(max(n_columns, 0), width + min(n_columns, 0))
    sources = slice(max(-n_rows, 0), height - max(n_rows, 0)), slice(max(-n_columns, 0), width - max(n_columns, 0))
    moved[:, rows, columns] = images[:, sources[0], sources[1]]
    return moved


# %% a model within the model, batch normalization and mean pooling, loops and tensors
import tensorflow as tf


def build_dense_network(input_shape=(8, 8, 1)):
    inputs = keras.Input(input_shape)
    x = layers.Dropout(0.1)(layers.Dense(256, "relu")(layers.Flatten()(inputs)))
    model = keras.Model(inputs, layers.Dense(10, "softmax")(x))
    model.compile(keras.optimizers.RMSprop(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def my_cnn(input_shape=(16, 16, 1)):
    filters = keras.Sequential([keras.Input(input_shape)], name="filters")
    for number in (16, 32):
        filters.add(layers.Conv2D(number, 3, padding="same", use_bias=False))
        filters.add(layers.BatchNormalization())
        filters.add(layers.ReLU())
    filters.add(layers.AveragePooling2D(2))
    filters.add(layers.Conv2D(32, 3, activation="relu"))
    head = keras.Sequential([layers.GlobalMaxPooling2D(), layers.Dense(10, "softmax")])
    model = keras.Sequential([keras.Input(input_shape), filters, head])
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def confusion_matrix(labels, probabilities):
    predicted = tf.argmax(probabilities, axis=1)
    return tf.math.confusion_matrix(labels, predicted, num_classes=probabilities.shape[1])


def shift(images, n_rows, n_columns):
    height, width = images.shape[1:3]
    a, b = abs(n_rows), abs(n_columns)
    padded = tf.pad(images, ((0, 0), (a, a), (b, b), (0, 0)))
    return padded[:, a - n_rows : a - n_rows + height, b - n_columns : b - n_columns + width]


def augment(images, labels):
    every_image, every_label = list(images), list(labels)
    for move in [(1, 0), (-1, 0), (0, 1), (0, -1)]:
        for image, label in zip(shift(images, *move), labels):
            every_image.append(np.asarray(image))
            every_label.append(label)
    return np.array(every_image), np.array(every_label)


# %% one convolution of 5 × 5 pixels, whose maximum is its only non-linearity
def my_cnn(input_shape=(16, 16, 1)):
    model = keras.Sequential([keras.Input(input_shape), layers.Conv2D(32, 5, padding="same")])
    model.add(layers.GlobalMaxPooling2D())
    model.add(layers.Dense(10, "softmax"))
    model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def confusion_matrix(labels, probabilities):
    classes = np.arange(probabilities.shape[1])
    predicted = probabilities.argmax(axis=1)
    return np.array([[np.sum((labels == i) & (predicted == j)) for j in classes] for i in classes])


def shift(images, n_rows, n_columns):
    result = np.roll(images, (n_rows, n_columns), axis=(1, 2))
    if n_rows:
        result[:, :n_rows] *= n_rows < 0
        result[:, n_rows:] *= n_rows > 0
    if n_columns:
        result[:, :, :n_columns] *= n_columns < 0
        result[:, :, n_columns:] *= n_columns > 0
    return result
