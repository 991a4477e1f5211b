"""Other right answers to exercise 6. Each cell replaces functions and keeps all points."""


# %% loops over samples and classes, and a golden section
import math


def one_hot(labels, n_classes):
    rows = []
    for label in labels.tolist():
        if label not in range(n_classes):
            raise ValueError(f"The label {label} is none of {n_classes} classes.")
        rows.append([int(label == column) for column in range(n_classes)])
    return np.array(rows)


def softmax(logits):
    logits = np.asarray(logits, dtype=float)
    if logits.ndim > 1:
        return np.array([softmax(part) for part in logits])
    largest = max(logits)
    terms = [math.exp(logit - largest) for logit in logits]
    return np.array([term / math.fsum(terms) for term in terms])


def cross_entropy(logits, labels):
    total = 0.0
    for row, label in zip(logits, labels):
        total += math.log(sum(math.exp(logit - max(row)) for logit in row)) + max(row) - row[label]
    return float(total) / len(labels)


def cross_entropy_gradient(logits, labels):
    gradient = softmax(logits)
    for sample, label in enumerate(labels):
        gradient[sample, label] -= 1
    return gradient / len(labels)


def accuracy(logits, labels):
    right = 0
    for row, label in zip(logits, labels):
        right += int(max(range(len(row)), key=lambda k: row[k]) == label)
    return right / len(labels)


def to_binary(logits):
    return np.array([float(z_1) - float(z_0) for z_0, z_1 in logits])


def best_temperature(logits, labels):
    def loss(log_temperature):
        scaled = logits / math.exp(log_temperature)
        return np.mean(np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(labels)), labels])

    low, high, ratio = math.log(0.1), math.log(10), (math.sqrt(5) - 1) / 2
    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return math.exp((low + high) / 2)


# %% functions of SciPy, and rows of the unit matrix
from scipy import optimize, special


def one_hot(labels, n_classes):
    labels = np.asarray(labels)
    is_wrong = (labels < 0) | (labels >= n_classes) | (labels != np.floor(labels))
    if is_wrong.any():
        raise ValueError(f"no class: {labels[is_wrong]}")
    return np.eye(n_classes, dtype=np.float32)[labels.astype(int)]


def softmax(logits):
    return special.softmax(logits, axis=-1)


def cross_entropy(logits, labels):
    own = np.take_along_axis(logits, labels[:, np.newaxis], axis=1)[:, 0]
    return np.mean(special.logsumexp(logits, axis=1) - own)


def cross_entropy_gradient(logits, labels):
    return (special.softmax(logits, axis=1) - one_hot(labels, logits.shape[-1])) / logits.shape[0]


def accuracy(logits, labels):
    return np.count_nonzero(np.argmax(softmax(logits), axis=-1) == labels) / labels.size


def to_binary(logits):
    return np.diff(logits, axis=-1).ravel()


def best_temperature(logits, labels):
    found = optimize.minimize_scalar(lambda t: cross_entropy(logits / t, labels), bounds=(0.1, 10))
    return found.x


# %% Newton's method, Boolean rows, and float32
def one_hot(labels, n_classes):
    matches = np.equal.outer(labels, range(n_classes))
    for label, row in zip(labels, matches, strict=True):
        if not row.any():
            raise ValueError(label)
    return matches


def softmax(logits):
    logits = logits.astype(np.float32)
    largest = np.max(logits, -1)[..., None]
    return np.exp(logits - largest - np.log(np.sum(np.exp(logits - largest), -1))[..., None])


def cross_entropy(logits, labels):
    logits = logits.astype(np.float32)
    shifted = logits - logits[np.arange(len(labels)), labels][:, None]
    largest = shifted.max(axis=1)
    return np.mean(largest + np.log(np.exp(shifted - largest[:, None]).sum(axis=1)))


def best_temperature(logits, labels):
    inverse, targets = 0.1, one_hot(labels, logits.shape[1])
    for _ in range(50):
        p = softmax(inverse * logits)
        mean = (p * logits).sum(axis=1)
        slope = np.mean(mean - (targets * logits).sum(axis=1))
        curvature = np.mean((p * logits**2).sum(axis=1) - mean**2)
        inverse = np.clip(inverse - slope / curvature, inverse / 2, 2 * inverse)
    return 1 / inverse


# %% operations of Keras, whose tensors NumPy does not know
import keras


def softmax(logits):
    return keras.ops.softmax(keras.ops.cast(logits, "float32"), axis=-1)


def cross_entropy(logits, labels):
    logits = keras.ops.cast(logits, "float32")
    return keras.ops.mean(keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True))


def cross_entropy_gradient(logits, labels):
    return (softmax(logits) - one_hot(labels, logits.shape[1])) / len(logits)


def accuracy(logits, labels):
    return keras.ops.mean(keras.ops.cast(keras.ops.argmax(logits, axis=1) == labels, "float32"))


def to_binary(logits):
    logits = keras.ops.convert_to_tensor(logits)
    return logits[:, 1] - logits[:, 0]
