"""`fit`: the arguments and the history of `model.fit`, whole epochs in one compiled call."""

from collections.abc import Sequence
from typing import Any

import keras

from dlp_keras.training import _hooks
from dlp_keras.training._arrays import are_arrays, prepare, weights_of_classes
from dlp_keras.training._checks import check_count, split_validation
from dlp_keras.training._delegate import reason_to_delegate
from dlp_keras.training._order import Orders
from dlp_keras.training._session import Session


def fit(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    epochs: int,
    batch_size: int = 32,
    validation_data: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    shuffle: bool = True,
    seed: int | None = None,
    verbose: int | str = "auto",
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
) -> keras.callbacks.History:
    """Train a compiled Keras model as `model.fit` does, hundreds of times faster for small networks.

    Whole epochs run in one compiled call on the device: many of them while no callback has to look at the
    model in between, else one. Losses, metrics and weights are those of `model.fit` to float32 accuracy.
    A model that `MirroredStrategy` keeps on several devices trains on all of them, without XLA. What cannot
    be compiled runs through `model.fit`, and a line says why. Ctrl-C acts between epochs: the model keeps
    what it has learnt.

    Parameters
    ----------
    model : keras.Model
        A compiled model, with or without weights.
    x, y : array of shape (n_samples, …), or a structure of arrays
        Samples and targets.
    epochs : int
        At least 1.
    batch_size : int
        Samples per step; the last batch of an epoch may be shorter.
    validation_data : tuple of (x, y) or (x, y, sample_weight), optional
        Evaluated after each epoch.
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

    Returns
    -------
    keras.callbacks.History
        Its `history` maps each name to one number an epoch.

    Raises
    ------
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
    check_count("epochs", epochs)
    check_count("batch_size", batch_size)
    if not model.compiled:
        raise ValueError("`model` must be compiled. Call `model.compile(optimizer=…, loss=…)` first.")
    listed = _hooks.as_list(callbacks)
    reason = reason_to_delegate(model, (x, y, sample_weight, validation_data), listed)
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
            callbacks=listed,
            shuffle=shuffle and in_memory,
            verbose=verbose,
            class_weight=class_weight,
            sample_weight=sample_weight,
        )
    data = prepare(x, y, _weights(y, class_weight, sample_weight))
    validation = None
    if validation_data is not None:
        validation = prepare(*split_validation(validation_data), where="validation ")
    session = Session(model, data, validation, batch_size, Orders(data.n_samples, shuffle=shuffle, seed=seed))
    return session.train(listed, epochs, 1 if verbose == "auto" else int(verbose))


def _weights(y: Any, class_weight: dict[int, float] | None, sample_weight: Any) -> Any:
    if class_weight is None:
        return sample_weight
    if sample_weight is not None:
        raise ValueError(
            "`class_weight` and `sample_weight` must not be given together. Got both. Multiply them into "
            "one `sample_weight`."
        )
    return weights_of_classes(y, class_weight)
