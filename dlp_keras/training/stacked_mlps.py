"""Dense networks side by side: their epochs as one pure function, the same for every backend.

With the network index as last, contiguous axis, every operation of the small networks is one long loop that
a processor's vector unit takes many networks at a time: XLA fuses products and sums into such loops.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from dlp_keras.training import backends
from dlp_keras.training.mlp import MLP

EVALUATED_AT_ONCE = 10

Logs = dict[str, Any]


class StackedPlan(NamedTuple):
    """The static choices of the stack.

    Attributes
    ----------
    n_networks : int
        Networks side by side.
    batch_size : int
    capacity : int
        Epochs that one call can run at most.
    barriers : bool
        Whether the layers are compiled apart, see `_fusion_barrier`.
    """

    n_networks: int
    batch_size: int
    capacity: int
    barriers: bool


class DeviceSamples(NamedTuple):
    """Samples on the device, as the step takes them.

    In their own order: x (n_samples, features, n_networks or 1) and y (n_samples, n_networks or 1, outputs).
    To be gathered in a new order: rows x (…, features) and y (…, outputs), one for each sample and network,
    or one for each sample that all networks share.

    Where the last batch is short it is filled up, so that one step is compiled, not two: `counts`
    (n_samples, 1) is then 1 for a sample and 0 for a filler, else None.
    """

    x: Any
    y: Any
    counts: Any


class State(NamedTuple):
    """What training changes: weights (…, n_networks), the optimizer's variables, and who is alive."""

    weights: list[Any]
    optimizer: list[Any]
    alive: Any


def place(x: np.ndarray, y: np.ndarray, batch_size: int, *, gathered: bool) -> DeviceSamples:
    """Lay samples out and upload them.

    Parameters
    ----------
    x, y : array of shape (n_samples, features) and (n_samples, outputs) for samples that all networks share,
        or (n_networks, n_samples, …) for samples of each network's own.
    batch_size : int
        At most n_samples.
    gathered : bool
        Whether they will be gathered in a new order, which then has the fillers.
    """
    own = x.ndim == 3
    n_samples = x.shape[1 if own else 0]
    n_fillers = -n_samples % batch_size
    if gathered:
        x, y = (a.reshape(-1, a.shape[-1]) for a in (x, y))
    else:
        x = x.transpose(1, 2, 0) if own else x[:, :, None]
        y = y.swapaxes(0, 1) if own else y[:, None]
        x, y = (np.pad(a, [(0, n_fillers), (0, 0), (0, 0)]) for a in (x, y))
    counts = np.arange(n_samples + n_fillers)[:, None] < n_samples if n_fillers else None
    leaves = (a if a is None else np.ascontiguousarray(a, np.float32) for a in (x, y, counts))
    return DeviceSamples(*(a if a is None else ops.convert_to_tensor(a) for a in leaves))


class StackedMLPs:
    """`n_networks` networks of one architecture that train together, each on its own.

    Parameters
    ----------
    model : keras.Model
        Its optimizer is copied; its weights are not used.
    mlp : MLP
    plan : StackedPlan
    """

    def __init__(self, model: keras.Model, mlp: MLP, plan: StackedPlan) -> None:
        self.mlp, self.plan = mlp, plan
        self._backend = backends.current()
        shapes = [(*variable.shape, plan.n_networks) for variable in model.trainable_variables]
        self._variables = [keras.Variable(np.zeros(shape, "float32")) for shape in shapes]
        self._optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
        self._optimizer.build(self._variables)
        self._blank = [np.array(ops.convert_to_numpy(variable)) for variable in self._optimizer.variables]
        self._run = self._backend.compile_function(self._epochs)
        self._state: State | None = None

    def start(self, weights: list[np.ndarray], rate: float | None, penalty_rates: np.ndarray) -> None:
        """Begin with these weights, each of shape (…, n_networks), and a fresh optimizer."""
        self._penalty_rates = ops.convert_to_tensor(penalty_rates)
        blank = dict(zip(map(id, self._optimizer.variables), self._blank, strict=True))
        if rate is not None:
            blank[id(self._optimizer.learning_rate)] = np.array(rate, "float32")
        self._state = State(
            [ops.convert_to_tensor(array) for array in weights],
            [ops.convert_to_tensor(array) for array in blank.values()],
            ops.ones((self.plan.n_networks,), "bool"),
        )

    def run(
        self, data: DeviceSamples, validation: DeviceSamples | None, order: Any, count: int
    ) -> dict[str, np.ndarray]:
        """Train for `count` epochs; return for each name an array of shape (count, n_networks).

        `order` holds the row of each epoch, sample and network, shape (capacity, n_samples, n_networks),
        int32, with any rows as fillers of the last batch; None keeps the samples in their order.
        """
        order = None if order is None else ops.convert_to_tensor(order)
        count_tensor = ops.convert_to_tensor(count, "int32")
        self._state, rows = self._run(self._state, data, validation, order, count_tensor, self._penalty_rates)
        return {name: ops.convert_to_numpy(values)[:count] for name, values in rows.items()}

    def weights(self) -> list[np.ndarray]:
        """Return the present weights, each of shape (…, n_networks)."""
        assert self._state is not None
        return [ops.convert_to_numpy(values) for values in self._state.weights]

    def _epochs(
        self,
        state: State,
        data: DeviceSamples,
        validation: DeviceSamples | None,
        order: Any,
        count: Any,
        penalty_rates: Any,
    ) -> tuple[State, Logs]:
        names = ["loss", *self.mlp.metrics]
        names += [f"val_{name}" for name in names] if validation is not None else []
        zero = ops.minimum(count, 0) if self.plan.barriers else None
        forward = _Forward(self.mlp, penalty_rates, zero)

        def epoch(index: Any, carry: tuple[State, Logs]) -> tuple[State, Logs]:
            state, rows = carry
            rows_now = None if order is None else ops.slice(order, (index, 0, 0), (1, *order.shape[1:]))[0]
            state, logs = self._train(forward, state, data, rows_now)
            if validation is not None:
                logs |= {f"val_{name}": v for name, v in self._test(forward, state, validation).items()}
            return state, {name: ops.slice_update(rows[name], [index, 0], logs[name][None]) for name in names}

        blank = {name: ops.zeros((self.plan.capacity, self.plan.n_networks)) for name in names}
        trained: tuple[State, Logs] = ops.fori_loop(0, count, epoch, (state, blank))
        return trained

    def _train(
        self, forward: "_Forward", before: State, data: DeviceSamples, order: Any
    ) -> tuple[State, Logs]:
        def step(state: State, *samples: Any) -> tuple[State, Logs]:
            gradients, logs = self._backend.gradients(lambda w: forward.losses(w, *samples), state.weights)
            weights, optimizer = self._backend.apply_gradients(
                self._optimizer, self._variables, gradients, state.weights, state.optimizer
            )
            return State(weights, optimizer, state.alive), logs

        state, logs = self._pass(step, before, data, order, self.plan.batch_size)
        # A network whose loss or weights are not finite keeps the weights of the epoch before, for good.
        alive = state.alive & ops.isfinite(logs["loss"])
        for values in state.weights:
            alive &= ops.all(ops.isfinite(values), axis=tuple(range(values.ndim - 1)))
        kept = [ops.where(alive, new, old) for new, old in zip(state.weights, before.weights, strict=True)]
        return State(kept, state.optimizer, alive), logs

    def _test(self, forward: "_Forward", state: State, validation: DeviceSamples) -> Logs:
        def step(state: State, *samples: Any) -> tuple[State, Logs]:
            return state, forward.losses(state.weights, *samples)[1]

        size = min(EVALUATED_AT_ONCE, validation.x.shape[0])
        return self._pass(step, state, validation, None, size)[1]

    def _pass(
        self,
        step: Callable[..., tuple[State, Logs]],
        state: State,
        data: DeviceSamples,
        order: Any,
        size: int,
    ) -> tuple[State, Logs]:
        """Take a step per batch through all samples; return the state, and the means, shape (n_networks,)."""
        n_rows = (data.x if order is None else order).shape[0]

        def one(index: Any, carry: tuple[State, Logs]) -> tuple[State, Logs]:
            state, sums = carry
            state, logs = step(state, *_batch(data, order, index * size, size))
            return state, {name: sums[name] + logs[name] for name in sums}

        # Sums of each place in the batch: adding up the batch in each step would not be vectorised.
        blank = {name: ops.zeros((size, self.plan.n_networks)) for name in ["loss", *self.mlp.metrics]}
        state, sums = ops.fori_loop(0, n_rows // size, one, (state, blank))
        n_samples = n_rows if data.counts is None else ops.sum(data.counts)
        return state, {name: ops.sum(values, axis=0) / n_samples for name, values in sums.items()}


class _Forward(NamedTuple):
    """The predictions and losses of the stack; `zero` is that only when the function runs, or None."""

    mlp: MLP
    penalty_rates: Any
    zero: Any

    def losses(self, weights: list[Any], x: Any, y: Any, counts: Any) -> tuple[Any, Logs]:
        """Return the sum of the losses of all networks, and loss and metrics, shape (samples, n_networks).

        No network's loss depends on another's weights, so the gradient of the sum holds the gradient of each.
        Fillers of a batch, whose `counts` are 0, have losses and metrics of 0.
        """
        predictions = self._predictions(weights, x)
        n_samples, n_networks, _ = predictions.shape
        y = ops.broadcast_to(y, (n_samples, n_networks, y.shape[2]))
        loss = self.mlp.loss(y, predictions) + self._penalties(weights)
        metrics = {name: _per_sample(metric(y, predictions)) for name, metric in self.mlp.metrics.items()}
        logs = {"loss": loss, **metrics}
        if counts is None:
            return ops.sum(loss) / n_samples, logs
        logs = {name: values * counts for name, values in logs.items()}
        return ops.sum(logs["loss"]) / ops.sum(counts), logs

    def _predictions(self, weights: list[Any], x: Any) -> Any:
        variables = iter(weights)
        for layer in self.mlp.layers:
            x = ops.sum(x[:, :, None, :] * next(variables)[None], axis=1)
            x = x + next(variables) if layer.use_bias else x
            if layer is self.mlp.layers[-1]:
                # Keras's losses take the units last, and find the logits behind a sigmoid or softmax there.
                x = ops.transpose(x, (0, 2, 1))
            elif self.zero is not None:
                x = _fusion_barrier(x, self.zero)
            x = layer.activation(x)
        return x

    def _penalties(self, weights: list[Any]) -> Any:
        variables = iter(weights)
        total: Any = 0.0
        for i, layer in enumerate(self.mlp.layers):
            for j, (l1, l2) in enumerate(layer.penalties[: 2 if layer.use_bias else 1]):
                values, rates = next(variables), self.penalty_rates[i, j]
                axes = tuple(range(values.ndim - 1))
                total += rates[0] * ops.sum(ops.abs(values), axes) if l1 else 0.0
                total += rates[1] * ops.sum(ops.square(values), axes) if l2 else 0.0
        return total


def _fusion_barrier(values: Any, zero: Any) -> Any:
    """Return `values` as they are, through a loop that never turns, and their gradient likewise.

    XLA would compute a layer anew inside of each operation that uses it, and in scalar loops. What has
    passed a loop is an array in memory: on a CPU this more than doubles the speed.
    """

    def passed(x: Any) -> Any:
        return ops.while_loop(lambda _, left: left > 0, lambda x, left: (-x, left - 1), (x, zero))[0]

    @ops.custom_gradient  # type: ignore[untyped-decorator]
    def wall(x: Any) -> Any:
        def gradient(*arguments: Any, upstream: Any = None) -> Any:
            return passed(arguments[0] if upstream is None else upstream)

        return passed(x), gradient

    return wall(values)


def _per_sample(values: Any) -> Any:
    values = ops.cast(values, "float32")
    return values if values.ndim == 2 else ops.mean(values, axis=-1)


def _batch(data: DeviceSamples, order: Any, begin: Any, size: int) -> tuple[Any, Any, Any]:
    counts = None if data.counts is None else ops.slice(data.counts, (begin, 0), (size, 1))
    leaves = (data.x, data.y)
    if order is None:
        x, y = (ops.slice(leaf, (begin, 0, 0), (size, *leaf.shape[1:])) for leaf in leaves)
        return x, y, counts
    rows = ops.slice(order, (begin, 0), (size, order.shape[1]))
    x, y = (ops.take(leaf, rows, axis=0) for leaf in leaves)
    return ops.transpose(x, (0, 2, 1)), y, counts
