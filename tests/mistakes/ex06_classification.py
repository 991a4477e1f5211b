"""Wrong answers to exercise 6. Each cell replaces a function and names the marks it loses."""

# %% a column for each label seen only
# loses: test_one_hot_has_a_one_in_the_column_of_the_label test_labels_that_are_no_class_are_refused test_the_error_names_the_label
# says: also without a sample
def one_hot(labels, n_classes):
    return (labels[:, np.newaxis] == np.unique(labels)).astype(float)


# %% one column in place of one row for each label
# loses: test_one_hot_has_a_one_in_the_column_of_the_label
# says: shape (3, 5)
def one_hot(labels, n_classes):
    unknown = labels[~np.isin(labels, np.arange(n_classes))]
    if len(unknown):
        raise ValueError(f"No class: {unknown}.")
    return (np.arange(n_classes)[:, np.newaxis] == labels).astype(float)


# %% negative labels count from the end
# loses: test_labels_that_are_no_class_are_refused test_the_error_names_the_label
# says: returned without an error. A ValueError is expected. Of 3 classes, -1 is none
def one_hot(labels, n_classes):
    return np.eye(n_classes)[labels]


# %% the label n_classes passes
# loses: test_labels_that_are_no_class_are_refused
# says: raised IndexError
def one_hot(labels, n_classes):
    for label in labels:
        if label < 0 or label > n_classes or label != int(label):
            raise ValueError(f"{label} is no class.")
    return np.eye(n_classes)[labels.astype(int)]


# %% halves are cut off
# loses: test_labels_that_are_no_class_are_refused
# says: 1.5 is none
def one_hot(labels, n_classes):
    for label in labels:
        if label < 0 or label >= n_classes:
            raise ValueError(f"{label} is no class.")
    return np.eye(n_classes)[labels.astype(int)]


# %% everything is refused
# loses: test_one_hot_has_a_one_in_the_column_of_the_label test_labels_that_are_no_class_are_refused test_the_error_names_the_label
# says: raised ValueError
def one_hot(labels, n_classes):
    raise ValueError(f"Labels must be classes. Got {labels.tolist()}.")


# %% another kind of error
# loses: test_labels_that_are_no_class_are_refused test_the_error_names_the_label
# says: A ValueError is expected. Of 3 classes, -1 is none
def one_hot(labels, n_classes):
    assert set(labels) <= set(range(n_classes)), f"Got {labels}."
    return np.eye(n_classes)[labels]


# %% the error does not say which label
# loses: test_the_error_names_the_label
# says: does not say which label is wrong
def one_hot(labels, n_classes):
    if not np.isin(labels, np.arange(n_classes)).all():
        raise ValueError("Labels must be classes.")
    return np.eye(n_classes)[labels]


# %% the largest logit is not subtracted
# loses: test_a_common_shift_changes_nothing test_large_logits_do_not_overflow
# says: NaN
def softmax(logits):
    weights = np.exp(logits)
    return weights / weights.sum(axis=-1, keepdims=True)


# %% the largest logit of all rows is subtracted
# loses: test_large_logits_do_not_overflow
# says: Each row needs a zero of energy of its own
def softmax(logits):
    weights = np.exp(logits - logits.max())
    return weights / weights.sum(axis=-1, keepdims=True)


# %% large logits are clipped
# loses: test_a_common_shift_changes_nothing test_large_logits_do_not_overflow
# says: only their differences count
def softmax(logits):
    weights = np.exp(np.clip(logits, -500, 500))
    return weights / weights.sum(axis=-1, keepdims=True)


# %% NaN is replaced after the overflow
# loses: test_a_common_shift_changes_nothing test_large_logits_do_not_overflow
# says: Expected
def softmax(logits):
    weights = np.exp(logits)
    return np.nan_to_num(weights / weights.sum(axis=-1, keepdims=True))


# %% softmax over the samples
# loses: test_softmax_gives_probabilities_along_the_last_axis test_large_logits_do_not_overflow
# says: along the last axis, add up to 1
def softmax(logits):
    weights = np.exp(logits - logits.max(axis=0))
    return weights / weights.sum(axis=0)


# %% axis 1 is always the last
# loses: test_softmax_gives_probabilities_along_the_last_axis
# says: AxisError
def softmax(logits):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


# %% the dimension of the sum is lost
# loses: test_softmax_gives_probabilities_along_the_last_axis test_a_common_shift_changes_nothing test_large_logits_do_not_overflow
# says: ValueError
def softmax(logits):
    weights = np.exp(logits - logits.max(axis=-1))
    return weights / weights.sum(axis=-1)


# %% powers of two
# loses: test_softmax_gives_probabilities_along_the_last_axis test_large_logits_do_not_overflow
# says: Each is exp(z_k)
def softmax(logits):
    weights = 2.0 ** (logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


# %% the sign of an energy
# loses: test_softmax_gives_probabilities_along_the_last_axis test_large_logits_do_not_overflow
# says: Each is exp(z_k)
def softmax(logits):
    weights = np.exp(logits.min(axis=-1, keepdims=True) - logits)
    return weights / weights.sum(axis=-1, keepdims=True)


# %% whole numbers where the logits are
# loses: test_softmax_gives_probabilities_along_the_last_axis
# says: The logits are whole numbers here.
def softmax(logits):
    probabilities = np.zeros_like(logits)
    for index in np.ndindex(logits.shape[:-1]):
        weights = np.exp(logits[index] - logits[index].max())
        probabilities[index] = weights / weights.sum()
    return probabilities


# %% the sum instead of the mean
# loses: test_loss_is_the_mean_of_minus_ln_p test_equal_logits_cost_ln_k
# says: −ln p of the samples is
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.sum(log_probabilities[np.arange(len(labels)), labels])


# %% the mean over samples and classes
# loses: test_loss_is_the_mean_of_minus_ln_p test_equal_logits_cost_ln_k test_confident_errors_are_exact
# says: Expected
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.mean(one_hot(labels, logits.shape[1]) * log_probabilities)


# %% the logarithm to base 10
# loses: test_loss_is_the_mean_of_minus_ln_p test_equal_logits_cost_ln_k
# says: Expected
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log10(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])


# %% one loss for each sample
# loses: test_loss_is_the_mean_of_minus_ln_p test_equal_logits_cost_ln_k test_confident_errors_are_exact
# says: One number is expected
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_probabilities[np.arange(len(labels)), labels]


# %% the columns of the labels in every row
# loses: test_loss_is_the_mean_of_minus_ln_p
# says: Expected
def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.mean(log_probabilities[:, labels])


# %% the logarithm of the product
# loses: test_equal_logits_cost_ln_k test_confident_errors_are_exact
# says: the product of all p is 0.0
def cross_entropy(logits, labels):
    with np.errstate(divide="ignore"):
        return -np.log(np.prod(softmax(logits)[np.arange(len(labels)), labels])) / len(labels)


# %% the loss has the largest logit of all rows as its zero
# loses: test_equal_logits_cost_ln_k
# says: infinite
def cross_entropy(logits, labels):
    shifted = logits - logits.max()
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])


# %% the loss has exponentials of its own
# loses: test_equal_logits_cost_ln_k test_confident_errors_are_exact
# says: infinite
def cross_entropy(logits, labels):
    own = logits[np.arange(len(labels)), labels]
    return np.mean(np.log(np.exp(logits).sum(axis=1)) - own)


# %% the logarithm of the probability
# loses: test_confident_errors_are_exact
# says: infinite
def cross_entropy(logits, labels):
    return -np.mean(np.log(softmax(logits)[np.arange(len(labels)), labels]))


# %% a small number inside of the logarithm
# loses: test_confident_errors_are_exact
# says: returned 20.7233. Expected 1000.
def cross_entropy(logits, labels):
    return -np.mean(np.log(softmax(logits)[np.arange(len(labels)), labels] + 1e-9))


# %% the gradient of the sum
# loses: test_gradient_agrees_with_finite_differences
# says: a mean over the samples
def cross_entropy_gradient(logits, labels):
    return softmax(logits) - one_hot(labels, logits.shape[1])


# %% the gradient is averaged over the classes too
# loses: test_gradient_agrees_with_finite_differences
# says: a mean over the samples
def cross_entropy_gradient(logits, labels):
    return (softmax(logits) - one_hot(labels, logits.shape[1])) / logits.size


# %% the gradient uphill
# loses: test_gradient_agrees_with_finite_differences test_gradient_of_confident_errors
# says: Check the sign
def cross_entropy_gradient(logits, labels):
    return (one_hot(labels, logits.shape[1]) - softmax(logits)) / len(logits)


# %% the gradient by the probabilities
# loses: test_gradient_agrees_with_finite_differences test_gradient_of_confident_errors
# says: Check the sign at the label
def cross_entropy_gradient(logits, labels):
    return -one_hot(labels, logits.shape[1]) / np.maximum(softmax(logits), 1e-9) / len(logits)


# %% the gradient of the squared error
# loses: test_gradient_agrees_with_finite_differences test_gradient_of_confident_errors
# says: Expected
def cross_entropy_gradient(logits, labels):
    p = softmax(logits)
    error = p - one_hot(labels, logits.shape[1])
    return p * (error - (p * error).sum(axis=1, keepdims=True)) / len(logits)


# %% the gradient has exponentials of its own
# loses: test_gradient_of_confident_errors
# says: NaN
def cross_entropy_gradient(logits, labels):
    weights = np.exp(logits)
    p = weights / weights.sum(axis=1, keepdims=True)
    return (p - one_hot(labels, logits.shape[1])) / len(logits)


# %% the gradient is written into the logits
# loses: test_gradient_agrees_with_finite_differences test_gradient_of_confident_errors
# says: changes its argument number 1
def cross_entropy_gradient(logits, labels):
    logits[:] = softmax(logits)
    logits[np.arange(len(labels)), labels] -= 1
    return logits / len(logits)


# %% the accuracy in per cent
# loses: test_accuracy_is_a_share test_the_largest_logit_decides
# says: returned 60. Expected 0.6.
def accuracy(logits, labels):
    return 100 * np.mean(logits.argmax(axis=1) == labels)


# %% the number of right answers
# loses: test_accuracy_is_a_share test_the_largest_logit_decides
# says: Expected 0.6
def accuracy(logits, labels):
    return np.sum(logits.argmax(axis=1) == labels)


# %% the largest logit of each class
# loses: test_accuracy_is_a_share test_the_largest_logit_decides
# says: ValueError
def accuracy(logits, labels):
    if logits.argmax(axis=0).shape != labels.shape:
        raise ValueError("operands could not be broadcast together")
    return np.mean(logits.argmax(axis=0) == labels)


# %% more than one half decides
# loses: test_the_largest_logit_decides
# says: 7 of 10 labels have the largest logit
def accuracy(logits, labels):
    return np.mean(softmax(logits)[np.arange(len(labels)), labels] > 0.5)


# %% a positive logit is a yes
# loses: test_the_largest_logit_decides
# says: All logits lie between -3.0 and -1.5
def accuracy(logits, labels):
    return np.mean(logits[np.arange(len(labels)), labels] > 0)


# %% the logit of class 0
# loses: test_sigmoid_of_the_binary_logit_is_p test_the_binary_logit_is_exact
# says: z = ln(p_1/p_0)
def to_binary(logits):
    return logits[:, 0] - logits[:, 1]


# %% the probability in place of the logit
# loses: test_sigmoid_of_the_binary_logit_is_p test_the_binary_logit_is_exact
# says: σ(z) = p_1
def to_binary(logits):
    return softmax(logits)[:, 1]


# %% the second logit alone
# loses: test_sigmoid_of_the_binary_logit_is_p test_the_binary_logit_is_exact
# says: σ(z) = p_1
def to_binary(logits):
    return logits[:, 1]


# %% a column in place of a list of logits
# loses: test_sigmoid_of_the_binary_logit_is_p test_the_binary_logit_is_exact
# says: shape (1, 1)
def to_binary(logits):
    return np.diff(logits, axis=1)


# %% by way of the probabilities
# loses: test_the_binary_logit_is_exact
# says: Is p needed at all?
def to_binary(logits):
    p = softmax(logits)
    return np.log(p[:, 1]) - np.log(p[:, 0])


# %% the temperature multiplies
# loses: test_an_overconfident_classifier_is_heated test_a_cautious_classifier_is_cooled
# says: Divide by T
def best_temperature(logits, labels):
    temperatures = np.geomspace(0.1, 10, 300)
    losses = [cross_entropy(logits * temperature, labels) for temperature in temperatures]
    return temperatures[np.argmin(losses)]


# %% the loss in place of the temperature
# loses: test_an_overconfident_classifier_is_heated test_a_cautious_classifier_is_cooled
# says: return the T of the smallest loss
def best_temperature(logits, labels):
    return min(cross_entropy(logits / temperature, labels) for temperature in np.geomspace(0.1, 10, 300))


# %% the number of the temperature
# loses: test_an_overconfident_classifier_is_heated test_a_cautious_classifier_is_cooled
# says: return the T of the smallest loss
def best_temperature(logits, labels):
    temperatures = np.geomspace(0.1, 10, 300)
    return np.argmin([cross_entropy(logits / temperature, labels) for temperature in temperatures])


# %% the temperature of the highest accuracy
# loses: test_an_overconfident_classifier_is_heated test_a_cautious_classifier_is_cooled
# says: the T of the smallest loss
def best_temperature(logits, labels):
    temperatures = np.geomspace(0.1, 10, 300)
    return temperatures[np.argmax([accuracy(logits / t, labels) for t in temperatures])]


# %% only heat
# loses: test_a_cautious_classifier_is_cooled
# says: to 10 to within 2 %
def best_temperature(logits, labels):
    temperatures = np.linspace(1, 10, 500)
    losses = [cross_entropy(logits / temperature, labels) for temperature in temperatures]
    return temperatures[np.argmin(losses)]


# %% steps of one half
# loses: test_an_overconfident_classifier_is_heated test_a_cautious_classifier_is_cooled
# says: to within 2 %
def best_temperature(logits, labels):
    temperatures = np.arange(0.25, 10, 0.5)
    losses = [cross_entropy(logits / temperature, labels) for temperature in temperatures]
    return temperatures[np.argmin(losses)]


# %% a letter that is no choice
# loses: test_prediction_of_the_loss
# says: none of the choices a, b, c
PREDICTIONS = {"loss_up": "z"}


# %% a squared error cannot be differentiated
# loses: test_mse
# says: as smooth as the probabilities
ANSWERS = {"mse": "a", "convert": "c"}


# %% only one of the losses takes one-hot labels
# loses: test_mse
# says: no difference
ANSWERS = {"mse": "c", "convert": "c"}


# %% numbers are no classes
# loses: test_convert
# says: bins
ANSWERS = {"mse": "b", "convert": "a"}


# %% classes are always better
# loses: test_convert
# says: cost the same
ANSWERS = {"mse": "b", "convert": "b"}


# %% the error lists all labels
# loses: test_the_error_names_the_label
# says: names good ones as well
def one_hot(labels, n_classes):
    rows = (labels[:, np.newaxis] == np.arange(n_classes)).astype(float)
    if not rows.any(axis=1).all():
        raise ValueError(f"There is a wrong one among {labels.tolist()}")
    return rows


# %% temperatures from 1/4 to 4 only
# loses: test_an_overconfident_classifier_is_heated test_a_cautious_classifier_is_cooled
# says: search from 0.1 to 10
def best_temperature(logits, labels):
    temperatures = np.geomspace(0.25, 4, 300)
    losses = [cross_entropy(logits / temperature, labels) for temperature in temperatures]
    return temperatures[np.argmin(losses)]
