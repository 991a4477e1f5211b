"""Deep learning for physics research: data sets, pictures, training and marks for Keras exercises.

Submodules load on first use, so that importing this package costs neither Keras nor matplotlib.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from dlp_keras import callbacks, datasets, device, display, playground, plots, training
    from dlp_keras.marking.check import check

__all__ = [
    "__version__",
    "callbacks",
    "check",
    "datasets",
    "device",
    "display",
    "playground",
    "plots",
    "training",
]


def __getattr__(name: str) -> Any:
    if name == "check":
        return importlib.import_module("dlp_keras.marking.check").check
    if name in __all__:
        return importlib.import_module(f"dlp_keras.{name}")
    raise AttributeError(f"module 'dlp_keras' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
