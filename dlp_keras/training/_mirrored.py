"""`fit` over several devices: each batch is split between the copies that `MirroredStrategy` keeps alike."""

from typing import Any

import keras
import tensorflow as tf

from dlp_keras.training._arrays import Data
from dlp_keras.training._plan import Plan
from dlp_keras.training._tensorflow import Engine, batch


class MirroredEngine(Engine):
    """Epochs of a model whose variables live on several devices, run by TensorFlow's graph executor.

    As in `model.fit`, each device takes its share of the batch, and the metrics add up over the devices.
    """

    def __init__(self, model: keras.Model, plan: Plan, data: Data) -> None:
        self._strategy = model.distribute_strategy
        self._devices = self._strategy.num_replicas_in_sync
        super().__init__(model, plan, data)

    def _build_metrics(self, data: Data) -> None:
        # Their variables, too, have a part on each device: Keras makes them where it evaluates.
        few = [
            keras.tree.map_structure(lambda leaf: None if leaf is None else leaf[: self._devices], part)
            for part in data
        ]
        x, y, sample_weight = few
        self.twin.evaluate(x, y, sample_weight=sample_weight, batch_size=self._devices, verbose=0)
        self.twin.reset_metrics()

    def _step(self, step: Any, data: Any, order: Any, begin: Any, size: int) -> Any:
        def on_device() -> Any:
            device = tf.get_static_value(tf.distribute.get_replica_context().replica_id_in_sync_group)
            share = -(-size // self._devices)
            first = min(device * share, size)
            own: Any = min(share, size - first)
            # Keras's losses are zero, not NaN, over no samples at all, but only if no shape says so before.
            own = own or tf.raw_ops.PlaceholderWithDefault(input=0, shape=[])
            return step(batch(data, order, begin + first, own))

        logs = self._strategy.run(on_device)
        return {name: self._strategy.reduce("MEAN", value, axis=None) for name, value in logs.items()}
