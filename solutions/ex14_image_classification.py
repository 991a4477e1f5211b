# /// exercise
# title = "Image classification"
# goals = [
#     "build a dense and a convolutional network for images in Keras",
#     "measure what weight sharing buys: fewer parameters, and robustness against shifts",
#     "look where a classifier fails: confusion matrix and worst mistakes",
#     "augment a small data set",
# ]
# minutes = 60
# difficulty = 2
# prerequisites = ["ex08"]
# task_minutes = [10, 15, 10, 10, 10]
# slides = ["Hands-on: Images", "GPU, Colab, Keras", "Convolutional Networks"]
# book = ["8"]
# ///

# %% [markdown]
# # Exercise 14 · Image classification
#
# Postal codes were among the first things that convolutional networks could read. Our digits come with
# scikit-learn: 1797 pictures of 8 × 8 pixels, written by 13 people. That is little data, and it trains in seconds.
#
# A **dense** layer connects every pixel with every node; it does not know which pixels are neighbours, and has to
# learn a digit again at every place. A **convolutional** layer slides small filters over the picture: it looks at
# neighbourhoods, and uses the same weights everywhere. Move the picture, and its feature map moves along
# (*equivariance*); take the maximum over the map, and the place hardly matters any more (*invariance*).

# %%
from dlp_keras import device

print(device.use())  # the GPU, when there is one

# %%
import keras
import numpy as np
from keras import layers

from dlp_keras import plots
from dlp_keras.datasets import load_images
from dlp_keras.display import show
from dlp_keras.training import fit

N_CLASSES = 10

# %% [markdown]
# ## Task 1: a dense network
#
# Flatten the image, then two hidden layers with ReLU (128 and 64 nodes do well). The last layer has one node for each
# class, and softmax turns its values into probabilities. The labels are integers, so the loss is the *sparse*
# categorical cross-entropy: `categorical_crossentropy` would want them one-hot.


# %%
def build_dense_network(input_shape=(8, 8, 1)):
    """Build and compile a dense network.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.

    Returns
    -------
    keras.Model
        Sequential or functional, compiled with `metrics=["accuracy"]`; its output has the shape (n_images, 10).
    """
    # TASK 1: flatten, dense layers with ReLU, softmax over 10 classes; compile with a sparse cross-entropy. In 20
    #   epochs it shall read 95 % of the test digits.
    # HINT 1: `keras.Sequential([keras.Input(input_shape), layers.Flatten(), …])`; only the last activation is softmax.
    # HINT 1: `model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])`.
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(learning_rate=0.002), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
    # END SOLUTION


# %% [markdown]
# ## Task 2: a convolutional network
#
# Two convolutions of 3 × 3, a maximum over blocks of 2 × 2 pixels, one more convolution, then
# `GlobalMaxPooling2D`: for each filter only its strongest response anywhere in the picture is left. With
# `padding="same"` the maps keep their size, so that strokes at the edge count as well. A convolution with $f$
# filters of $k \times k$ pixels over $c$ channels has $f\,(k^2 c + 1)$ parameters, whatever the size of the image.


# %%
def build_cnn(input_shape=(8, 8, 1)):
    """Build and compile a convolutional network with at most 17,000 parameters.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.

    Returns
    -------
    keras.Model
        Sequential or functional, compiled with `metrics=["accuracy"]`; its output has the shape (n_images, 10).
    """
    # TASK 2: convolutions with ReLU, pooling, softmax over 10 classes, compiled like the dense network. At most
    #   17,000 parameters, 98 % of the test digits in 40 epochs, and 10 percentage points ahead on shifted ones.
    # HINT 2: `layers.Conv2D(16, 3, padding="same", activation="relu")`, then 32 filters, pool, 32 filters again.
    # HINT 2: `layers.GlobalMaxPooling2D()` takes the place of `Flatten`; `layers.Dropout(0.3)` after it helps.
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dropout(0.3),
            layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(learning_rate=0.005), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
    # END SOLUTION


# %% [markdown]
# Training is the same for both, and the same as for every other model. `fit` takes the arguments of `model.fit`. The
# learning rate falls along a cosine: large steps first, to get somewhere, and small ones at the end, to settle.


# %%
def train(model, images, labels, epochs=40):
    """Train a compiled model with a learning rate that falls to zero, unless it has a schedule; return its History."""
    start = float(model.optimizer.learning_rate)
    cosine = keras.callbacks.LearningRateScheduler(
        lambda epoch, _: start * (1 + np.cos(np.pi * epoch / epochs)) / 2
    )
    has_schedule = isinstance(model.optimizer.get_config()["learning_rate"], dict)
    callbacks = [] if has_schedule else [cosine]
    return fit(model, images, labels, epochs=epochs, callbacks=callbacks, verbose=0)


# %% [markdown]
# ## Task 3: where does it fail?
#
# One number, the accuracy, hides *which* digits are confused. Row $i$, column $j$ of the **confusion matrix** counts
# the images of class $i$ that were taken for class $j$: what is right stands on the diagonal.


# %%
def confusion_matrix(labels, probabilities):
    """Count the images of each class by the class predicted.

    Parameters
    ----------
    labels : int array of shape (n_images,)
        The true classes.
    probabilities : array of shape (n_images, n_classes)
        The output of the network.

    Returns
    -------
    int array of shape (n_classes, n_classes)
        Rows are true classes, columns predicted ones.
    """
    # TASK 3: count the pairs (true class, most probable class) in an array of shape (n_classes, n_classes).
    # HINT 3: The predicted class is the position of the largest probability in each row: `argmax(axis=1)`.
    # HINT 3: `matrix[i, j] += 1` with arrays i and j counts a repeated pair once; `np.add.at(matrix, (i, j), 1)` all.
    # BEGIN SOLUTION
    n_classes = probabilities.shape[1]
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts
    # END SOLUTION


# %% [markdown]
# ## Task 4: shift the images
#
# What happens when somebody writes one pixel further to the right? Move the images; what is empty then is black (0),
# and what leaves on one side must not come back on the other.


# %%
def shift(images, n_rows, n_columns):
    """Move images by whole pixels.

    Parameters
    ----------
    images : array of shape (n_images, height, width, n_channels)
    n_rows : int
        Pixels downwards; negative is upwards.
    n_columns : int
        Pixels to the right; negative is to the left.

    Returns
    -------
    array of the same shape
        Zero where nothing has moved to.
    """
    # TASK 4: move all images down by n_rows and right by n_columns, filling up with zeros.
    # HINT 4: `np.roll(images, (n_rows, n_columns), axis=(1, 2))` moves them, but in a circle: blank what came round.
    # HINT 4: Or surround the images with zeros, `np.pad(images, ((0, 0), (a, a), (b, b), (0, 0)))`, and cut them out.
    # BEGIN SOLUTION
    height, width = images.shape[1:3]
    a, b = abs(n_rows), abs(n_columns)
    padded = np.pad(images, ((0, 0), (a, a), (b, b), (0, 0)))
    return padded[:, a - n_rows : a - n_rows + height, b - n_columns : b - n_columns + width]
    # END SOLUTION


# %%
def accuracy_when_shifted(model, images, labels):
    """Return the mean accuracy over shifts by one pixel up, down, left and right."""
    moves = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    predicted = [model.predict(shift(images, *move), verbose=0).argmax(axis=1) for move in moves]
    return float(np.mean(np.array(predicted) == labels))


# %% [markdown]
# ## Task 5: augment the training set
#
# We know that a shifted 3 is a 3. Networks that cannot see that from their structure can learn it from data: add
# shifted copies of the *training* images. The test images stay as they are, or they would test something else.


# %%
def augment(images, labels):
    """Add copies of the images, shifted by one pixel in each of the four directions.

    Parameters
    ----------
    images : array of shape (n_images, height, width, n_channels)
    labels : int array of shape (n_images,)

    Returns
    -------
    images : array of shape (5 n_images, height, width, n_channels)
        The originals first.
    labels : int array of shape (5 n_images,)
    """
    # TASK 5: return the images followed by their four shifted copies, and the labels to all of them.
    # HINT 5: Collect `[images, shift(images, 1, 0), …]` and join them with `np.concatenate`.
    # HINT 5: The labels repeat as a whole, once for each copy: `np.tile(labels, 5)`, not `np.repeat`.
    # BEGIN SOLUTION
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    return np.concatenate([shift(images, *move) for move in moves]), np.tile(labels, len(moves))
    # END SOLUTION


# %% [markdown]
# ## Compare
#
# Which network needs fewer parameters, and which one survives the shift? With a download, `"mnist"`,
# `"fashion_mnist"` or `"cifar10"` in place of `"digits"` runs the same cells on larger images.

# %%
if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = load_images("digits")
    networks = {"dense": build_dense_network(x_train.shape[1:]), "CNN": build_cnn(x_train.shape[1:])}
    for name, model in networks.items():
        train(model, x_train, y_train)
        _, accuracy = model.evaluate(x_test, y_test, verbose=0)
        shifted = accuracy_when_shifted(model, x_test, y_test)
        print(
            f"{name:5}  {model.count_params():6} parameters, accuracy {accuracy:.1%}, shifted {shifted:.1%}"
        )

# %%
if __name__ == "__main__":
    cnn = build_cnn(x_train.shape[1:])
    train(cnn, *augment(x_train, y_train), epochs=10)
    _, accuracy = cnn.evaluate(x_test, y_test, verbose=0)
    shifted = accuracy_when_shifted(cnn, x_test, y_test)
    print(f"CNN, augmented training set: accuracy {accuracy:.1%}, shifted {shifted:.1%}")

# %% [markdown]
# ## What the filters see
#
# Left an image, in the middle the 16 filters of the first layer, right what each of them makes of the image. Some answer to edges of a
# certain direction, some to bright areas, some not at all.

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    convolution = cnn.layers[0]
    feature_maps = keras.Model(cnn.inputs, convolution.output).predict(x_test[:1], verbose=0)[0]
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
    plots.image_grid(left, x_test[:1], n_columns=1)
    left.set_title("the image")
    plots.convolution_maps(middle, convolution.get_weights()[0])
    plots.convolution_maps(right, feature_maps, name="feature map")
    show(figure, "ex14_filters")

# %% [markdown]
# Now the network that has seen no shifted image: what does it confuse?

# %%
if __name__ == "__main__":
    probabilities = networks["CNN"].predict(x_test, verbose=0)
    predicted = probabilities.argmax(axis=1)
    print(confusion_matrix(y_test, probabilities))
    figure, ax = plt.subplots(figsize=(6, 5.5), layout="constrained")
    plots.confusion_matrix(ax, y_test, predicted)
    show(figure, "ex14_confusion_matrix")

# %% [markdown]
# The worst mistakes are those with the smallest probability for the true class. Would you have read them right?

# %%
if __name__ == "__main__":
    worst = probabilities[np.arange(len(y_test)), y_test].argsort()[:8]
    figure, ax = plt.subplots(figsize=(9, 2.2), layout="constrained")
    plots.image_grid(ax, x_test[worst], y_test[worst], predicted[worst], n_columns=8)
    show(figure, "ex14_worst_mistakes")

# %% [markdown]
# ## Try it yourself
#
# - Replace `GlobalMaxPooling2D` by `Flatten`. How many parameters are there now, and how well are shifted digits read?
# - Shuffle the pixels of all images in the same way. Which network notices, and why?
# - Train the dense network on the augmented set. Does it catch up with the CNN?
