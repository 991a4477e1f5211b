"""The compiled functions made so far, so that the next model of the same architecture uses them again."""

from collections import OrderedDict
from typing import Any

import keras

from dlp_keras.training import backends
from dlp_keras.training.data import Data
from dlp_keras.training.plan import Plan
from dlp_keras.training.target_shapes import check_target_shapes

# Each holds one compiled function and one set of weights; the least recently used goes first.
_KEPT = 8
_engines: "OrderedDict[Any, Any]" = OrderedDict()


def engine_for(model: keras.Model, description: str | None, plan: Plan, data: Data, validation: Any) -> Any:
    """Return the engine that trains `model` on arrays of these shapes, made now or earlier."""
    arrays = (tuple(data), validation and tuple(validation))
    shapes = str(
        keras.tree.map_structure(lambda leaf: leaf if leaf is None else (leaf.shape, leaf.dtype), arrays)
    )
    key = (keras.backend.backend(), keras.config.floatx(), description or _identity(model), plan, shapes)
    if key not in _engines:
        check_target_shapes(model, data)
        # An engine of a model with own code keeps that model alive, so that no other gets its identity.
        _engines[key] = backends.current().make_engine(model, plan, data)
        if len(_engines) > _KEPT:
            _engines.popitem(last=False)
    _engines.move_to_end(key)
    return _engines[key]


def _identity(model: keras.Model) -> tuple[Any, ...]:
    # `compile` makes a new loss tracker each time, so its identity changes with every compilation.
    tracker = model.metrics[0] if model.metrics else model.optimizer
    return id(model), id(model.optimizer), id(tracker), tuple(v.trainable for v in model.variables)
