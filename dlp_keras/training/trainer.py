"""`fit`: the arguments and the history of `model.fit`, whole epochs in one compiled call."""

from collections.abc import Sequence
from typing import Any

import keras

from dlp_keras.arguments import check_count
from dlp_keras.training.callback_timing import as_list
from dlp_keras.training.data import (
    Shuffler,
    are_arrays,
    numbers_as_array,
    prepare,
    split_off_validation,
    split_validation,
    weights_of_classes,
)
from dlp_keras.training.fallback import MODEL_FIT_OPTIONS, fallback_reason
from dlp_keras.training.models import check_inputs, check_model
from dlp_keras.training.training_loop import Trainer


def fit(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    epochs: int,
    batch_size: int = 32,
    validation_data: Any = None,
    validation_split: float = 0.0,
    validation_batch_size: int | None = None,
    initial_epoch: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    shuffle: bool = True,
    seed: int | None = None,
    verbose: int | str = "auto",
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
    **options: Any,
) -> keras.callbacks.History:
    """Train a compiled Keras model as `model.fit` does, hundreds of times faster for small networks.

    Whole epochs run in one compiled call on the device: many of them while no callback has to look at the
    model in between, else one. Losses, metrics and weights are those of `model.fit` to float32 accuracy.
    What cannot be compiled runs through `model.fit`, and a line says why. Ctrl-C acts between epochs: the
    model keeps what it has learnt.

    On a CPU, TensorFlow's graph executor begins at once, and XLA takes over when it has compiled the epochs,
    where so many are to come that this pays. The epoch of the change depends on the trainings of this process
    so far, not on any clock, so a program repeats itself exactly; a second training of the same architecture
    uses XLA from its first epoch, and agrees with the first one to float32 accuracy.

    Parameters
    ----------
    model : keras.Model
        A compiled model, with or without weights.
    x, y : array of shape (n_samples, …), or a structure of arrays
        Samples and targets. Lists of numbers become arrays.
    epochs : int
        Number of the last epoch, at least 1: how many there are, unless `initial_epoch` is given.
    batch_size : int
        Samples per step; the last batch of an epoch may be shorter.
    validation_data : tuple of (x, y) or (x, y, sample_weight), optional
        Evaluated after each epoch.
    validation_split : float
        Share of the samples, in [0, 1), that is validation data where none is given: the last ones.
    validation_batch_size : int, optional
        Samples evaluated at once, where that matters; by default `batch_size`.
    initial_epoch : int
        Epochs that are done already, so that callbacks count on.
    callbacks : sequence of keras.callbacks.Callback
        Called at the moments, and with the logs, of `model.fit`.
    shuffle : bool
        Whether each epoch takes the samples in a new order.
    seed : int, optional
        Seed of these orders; by default a new one, which `keras.utils.set_random_seed` determines.
    verbose : {"auto", 0, 1, 2}
        0 is silent, 1 ("auto") draws one bar over all epochs, 2 writes a line each epoch.
    class_weight : dict of int to float, optional
        Weight of each class in the loss.
    sample_weight : array of shape (n_samples,), optional
        Weight of each sample in the loss.
    **options
        Further arguments of `model.fit`, which then runs: ``steps_per_epoch``, ``validation_steps``,
        ``validation_freq``.

    Returns
    -------
    keras.callbacks.History
        Its `history` maps each name to one number an epoch.

    Raises
    ------
    TypeError
        If a count is no whole number, `model` is no Keras model, or an argument is unknown.
    ValueError
        If `epochs` or `batch_size` is below 1, the lengths differ, the data holds NaN, the model is not
        compiled, or the targets would broadcast against the predictions.
    MemoryError
        If the device cannot hold data and batches; the message gives sizes and a way out.

    Warns
    -----
    RuntimeWarning
        If the loss becomes NaN or infinite: training stops with that epoch, and the model keeps the weights
        of the epoch before.

    Examples
    --------
    >>> history = fit(model, x, y, epochs=1000, validation_data=(x_test, y_test))  # doctest: +SKIP
    >>> history.history["val_loss"][-1]  # doctest: +SKIP
    """
    _check_options(model, epochs, batch_size, validation_batch_size, initial_epoch, options)
    listed, x, y = as_list(callbacks), numbers_as_array("x", x), numbers_as_array("y", y)
    reason = fallback_reason(model, (x, y, sample_weight, validation_data), listed, options)
    if reason:
        if verbose != 0:
            print(f"fit: running through model.fit, because {reason}.")
        in_memory = are_arrays(x)  # a dataset or generator makes batches, and shuffles, by itself
        return model.fit(
            x,
            y,
            epochs=epochs,
            batch_size=batch_size if in_memory else None,
            validation_data=validation_data,
            validation_split=validation_split,
            validation_batch_size=validation_batch_size,
            initial_epoch=initial_epoch,
            callbacks=listed,
            shuffle=shuffle and in_memory,
            verbose=verbose,
            class_weight=class_weight,
            sample_weight=sample_weight,
            **options,
        )
    check_inputs(model, x)
    data, validation = prepare(x, y, _weights(y, class_weight, sample_weight)), None
    if validation_data is not None:
        validation = prepare(*split_validation(validation_data), where="validation ")
    elif validation_split:
        data, validation = split_off_validation(data, validation_split)
    shuffler = Shuffler(data.n_samples, shuffle=shuffle, seed=seed)
    trainer = Trainer(model, data, validation, batch_size, shuffler, validation_batch_size)
    return trainer.train(listed, epochs, 1 if verbose == "auto" else int(verbose), initial_epoch)


def _check_options(
    model: Any,
    epochs: int,
    batch_size: int,
    validation_batch_size: int | None,
    initial_epoch: int,
    options: dict[str, Any],
) -> None:
    check_model(model)
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    check_count("initial_epoch", initial_epoch, minimum=0)
    if validation_batch_size is not None:
        check_count("validation_batch_size", validation_batch_size)
    if unknown := options.keys() - MODEL_FIT_OPTIONS:
        raise TypeError(
            f"`fit` takes no argument {', '.join(sorted(unknown))}. See help(fit) for those it takes."
        )


def _weights(y: Any, class_weight: dict[int, float] | None, sample_weight: Any) -> Any:
    if class_weight is None:
        return sample_weight
    if sample_weight is not None:
        raise ValueError(
            "`class_weight` and `sample_weight` must not be given together. Got both. Multiply them into "
            "one `sample_weight`."
        )
    return weights_of_classes(y, class_weight)
