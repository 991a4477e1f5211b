"""TensorFlow's part of `fit_many`: dense networks side by side, the network index as last axis.

With the networks in the last, contiguous axis, every operation of the small networks is one long loop that
a processor's vector unit takes many networks at a time: XLA fuses products and sums into such loops.
"""

import functools
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from dlp_keras.training._chain import Chain

_EVALUATED_AT_ONCE = 32


class CrowdPlan(NamedTuple):
    """The static choices: networks side by side, samples per step, and epochs per call at most."""

    width: int
    batch_size: int
    capacity: int


class Samples(NamedTuple):
    """Samples as the step takes them.

    In their own order: x (n_samples, features, width or 1) and y (n_samples, width or 1, outputs). To be
    gathered in a new order: rows x (…, features) and y (…, outputs), one for each sample and network, or one
    for each sample that all networks share.
    """

    x: Any
    y: Any


def place(x: np.ndarray, y: np.ndarray, *, gathered: bool) -> Samples:
    """Lay samples out and upload them.

    Parameters
    ----------
    x, y : array of shape (n_samples, features) and (n_samples, outputs) for samples that all networks share,
        or (width, n_samples, …) for samples of each network's own.
    gathered : bool
        Whether they will be gathered in a new order.
    """
    own = x.ndim == 3
    if gathered:
        x, y = (a.reshape(-1, a.shape[-1]) for a in (x, y))
    else:
        x = x.transpose(1, 2, 0) if own else x[:, :, None]
        y = y.swapaxes(0, 1) if own else y[:, None]
    return Samples(*(tf.identity(tf.constant(np.ascontiguousarray(a), tf.float32)) for a in (x, y)))


class Crowd:
    """`width` networks of one architecture that train together, each on its own.

    Parameters
    ----------
    model : keras.Model
        Its optimizer is copied; its weights are not used.
    chain : Chain
    plan : CrowdPlan
    """

    def __init__(self, model: keras.Model, chain: Chain, plan: CrowdPlan) -> None:
        self.chain, self.plan = chain, plan
        shapes = [(*variable.shape, plan.width) for variable in model.trainable_variables]
        self._weights = [keras.Variable(np.zeros(shape, "float32")) for shape in shapes]
        self._alive = tf.Variable(np.ones(plan.width, bool))
        self._optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
        self._optimizer.build(self._weights)
        self._blank = [variable.numpy() for variable in self._optimizer.variables]
        self._run = tf.function(functools.partial(self._epochs), jit_compile=True, autograph=False)

    def start(self, weights: list[np.ndarray], rate: float | None) -> None:
        """Begin with these weights, each of shape (…, width), and a fresh optimizer."""
        for variable, value in zip(self._weights, weights, strict=True):
            variable.assign(value)
        for variable, value in zip(self._optimizer.variables, self._blank, strict=True):
            variable.assign(value)
        if rate is not None:
            self._optimizer.learning_rate = rate
        self._alive.assign(np.ones(self.plan.width, bool))

    def run(self, data: Samples, validation: Samples | None, order: Any, count: int) -> dict[str, np.ndarray]:
        """Train for `count` epochs; return for each name an array of shape (count, width).

        `order` holds the row of each epoch, network and sample, shape (capacity, width, n_samples); None
        keeps the samples in their order.
        """
        order = None if order is None else tf.constant(order)
        rows = self._run(data, validation, order, tf.constant(count))
        return {name: values.numpy()[:count] for name, values in rows.items()}

    def weights(self) -> list[np.ndarray]:
        """Return the present weights, each of shape (…, width)."""
        return [variable.numpy() for variable in self._weights]

    def _epochs(self, data: Any, validation: Any, order: Any, count: Any) -> dict[str, Any]:
        names = ["loss", *self.chain.metrics]
        names += [f"val_{name}" for name in names] if validation is not None else []
        blank = {
            n: tf.TensorArray(tf.float32, self.plan.capacity, element_shape=(self.plan.width,)) for n in names
        }

        def epoch(index: Any, rows: dict[str, Any]) -> Any:
            logs = self._train(data, None if order is None else tf.gather(order, index))
            if validation is not None:
                logs |= {f"val_{name}": value for name, value in self._test(validation).items()}
            return index + 1, {name: rows[name].write(index, logs[name]) for name in names}

        _, rows = tf.while_loop(lambda index, _: index < count, epoch, (tf.constant(0), blank))
        return {name: array.stack() for name, array in rows.items()}

    def _train(self, data: Any, order: Any) -> dict[str, Any]:
        before = [tf.identity(variable.value) for variable in self._weights]
        logs = self._pass(self._step, data, order, self.plan.batch_size)
        # A network whose loss or weights are not finite keeps the weights of the epoch before, for good.
        finite = tf.math.is_finite(logs["loss"])
        for variable in self._weights:
            axes = list(range(len(variable.shape) - 1))
            finite &= tf.reduce_all(tf.math.is_finite(variable.value), axis=axes)
        self._alive.assign(self._alive & finite)
        for variable, value in zip(self._weights, before, strict=True):
            variable.assign(tf.where(self._alive, variable.value, value))
        return logs

    def _test(self, validation: Any) -> dict[str, Any]:
        return self._pass(lambda x, y: self._losses(x, y)[0], validation, None, _EVALUATED_AT_ONCE)

    def _pass(self, step: Any, data: Samples, order: Any, size: int) -> dict[str, Any]:
        """Take a step per batch through all samples; return the means over samples, shape (width,)."""
        n_samples = data.x.shape[0] if order is None else order.shape[1]
        size = min(size, n_samples)
        n_full, rest = divmod(n_samples, size)

        def one(index: Any, sums: dict[str, Any], length: int = size) -> Any:
            logs = step(*_batch(data, order, index * size, length))
            return index + 1, {name: sums[name] + length * logs[name] for name in sums}

        sums = {name: tf.zeros(self.plan.width) for name in ["loss", *self.chain.metrics]}
        index, sums = tf.while_loop(lambda index, _: index < n_full, one, (tf.constant(0), sums))
        if rest:
            _, sums = one(index, sums, length=rest)
        return {name: value / n_samples for name, value in sums.items()}

    def _step(self, x: Any, y: Any) -> dict[str, Any]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in self._weights])
            logs, total = self._losses(x, y)
        gradients = tape.gradient(total, [variable.value for variable in self._weights])
        self._optimizer.apply(gradients, self._weights)
        return logs

    def _losses(self, x: Any, y: Any) -> tuple[dict[str, Any], Any]:
        """Return loss and metrics of each network, shape (width,), and the sum of all losses.

        No network's loss depends on another's weights, so the gradient of the sum holds the gradient of each.
        """
        predictions = self._forward(x)
        y = tf.broadcast_to(y, [y.shape[0], self.plan.width, y.shape[2]])
        loss = tf.reduce_mean(self.chain.loss(y, predictions), axis=0) + self._penalties()
        logs = {name: _per_network(metric(y, predictions)) for name, metric in self.chain.metrics.items()}
        return {"loss": loss, **logs}, tf.reduce_sum(loss)

    def _forward(self, x: Any) -> Any:
        variables = iter(self._weights)
        for layer in self.chain.layers:
            x = tf.reduce_sum(x[:, :, None, :] * next(variables).value[None], axis=1)
            x = x + next(variables).value if layer.use_bias else x
            if layer is self.chain.layers[-1]:
                # Keras's losses take the units last, and find the logits behind a sigmoid or softmax there.
                x = tf.transpose(x, [0, 2, 1])
            x = layer.activation(x)
        return x

    def _penalties(self) -> Any:
        variables = iter(self._weights)
        total = tf.zeros(self.plan.width)
        for layer in self.chain.layers:
            for l1, l2 in layer.penalties[: 2 if layer.use_bias else 1]:
                weights = next(variables).value
                axes = list(range(len(weights.shape) - 1))
                total += l1 * tf.reduce_sum(tf.abs(weights), axes) if l1 else 0.0
                total += l2 * tf.reduce_sum(tf.square(weights), axes) if l2 else 0.0
        return total


def _per_network(values: Any) -> Any:
    values = tf.cast(values, tf.float32)
    return tf.reduce_mean(values if len(values.shape) == 2 else tf.reduce_mean(values, axis=-1), axis=0)


def _batch(data: Samples, order: Any, begin: Any, size: int) -> tuple[Any, Any]:
    if order is None:
        return tuple(tf.slice(leaf, [begin, 0, 0], [size, *leaf.shape[1:]]) for leaf in data)
    rows = tf.slice(order, [0, begin], [order.shape[0], size])
    return tf.transpose(tf.gather(data.x, rows), [1, 2, 0]), tf.transpose(tf.gather(data.y, rows), [1, 0, 2])
