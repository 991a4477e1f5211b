"""The device that models run on: the GPU when there is one, seeds, determinism."""

import functools
import operator
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from dlp_keras.log_filter import filter_startup_log

CHOICES = ("auto", "cpu")
NO_GPU_BUILD = (
    "An NVIDIA GPU is present, but this TensorFlow build cannot use it: pip install 'dlp_keras[gpu]', "
    "then restart Python."
)
LATE_CPU = (
    "DLP_DEVICE=cpu came too late: TensorFlow uses the GPU already. "
    "Call use() before the first model, or restart Python."
)
NO_GROWTH = (
    "TensorFlow was in use before use(), so it may have reserved all memory of the GPU. "
    "Call use() first to let others share it."
)


class _Found(NamedTuple):
    """GPUs that the backend will use, its version, and a remark for the user."""

    gpus: list[str]
    version: str
    remark: str = ""


def use() -> str:
    """Choose the GPU when there is one, else the CPU, and say so in one line.

    Call it before ``import keras``: the import is then quiet, TensorFlow takes GPU memory as it
    needs it instead of all at once, and ``DLP_DEVICE=cpu`` in the environment forces the CPU. No
    operation runs and no tensor is made, so a process may still fork afterwards. Later calls
    return the same report at no cost.

    Returns
    -------
    str
        Device, memory (GiB) and versions. A second line says when a GPU is present that this
        TensorFlow build cannot use, and what to do.

    Raises
    ------
    ValueError
        If ``DLP_DEVICE`` is neither empty, "auto" nor "cpu".
    RuntimeError
        If ``DLP_DEVICE=cpu`` comes after TensorFlow has begun to use a GPU.

    Examples
    --------
    >>> use()  # doctest: +SKIP
    'CPU: 2 cores, 23 GiB · Keras 3.15.0 · TensorFlow 2.21.0'
    """
    choice = os.environ.get("DLP_DEVICE", "").strip().lower() or "auto"
    if choice not in CHOICES:
        raise ValueError(
            f"`DLP_DEVICE` must be {' or '.join(CHOICES)}. Got {os.environ['DLP_DEVICE']!r}. "
            "Unset it to use the GPU when there is one."
        )
    return _use(choice)


def seed_everything(seed: int, deterministic: bool = False) -> None:
    """Seed Python's, NumPy's and Keras's random numbers.

    On a CPU the same seed repeats a training exactly. A GPU adds up in changing order, so it also
    needs `deterministic`, which is slower and lasts until Python ends. With Keras 3.10 the functions of
    `keras.random`, called without a seed of their own, go on instead of starting anew; initializers,
    dropout and shuffling start anew with every Keras.

    Parameters
    ----------
    seed : int
        From 0 to 2³² − 1.
    deterministic : bool
        Make TensorFlow (or PyTorch) choose operations that repeat exactly.

    Raises
    ------
    TypeError
        If `seed` is not a whole number.
    ValueError
        If `seed` lies outside 0 … 2³² − 1.

    Examples
    --------
    >>> seed_everything(1)
    """
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(f"`seed` must be a whole number. Got {seed!r}.") from None
    if not 0 <= number < 2**32:
        raise ValueError(f"`seed` must lie in [0, 2**32 - 1]. Got {number}.")
    backend = _backend()
    import keras

    keras.utils.set_random_seed(number)
    if deterministic and backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    if deterministic and backend == "torch":
        import torch

        torch.use_deterministic_algorithms(True)


def count_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def import_keras() -> Any:
    """Import Keras without TensorFlow's start-up noise.

    TensorFlow looks for GPUs when it is first asked and complains where there is none, so the
    devices are listed here as well; that runs no operation.

    Returns
    -------
    module
        ``keras``.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with filter_startup_log():
        import keras

        if keras.config.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()
    return keras


@functools.cache
def _use(choice: str) -> str:
    if choice == "cpu":  # JAX, and Keras on PyTorch, read these when they are imported
        os.environ["JAX_PLATFORMS"] = "cpu"
        os.environ["KERAS_TORCH_DEVICE"] = "cpu"
    backend = _backend()
    finders = {"tensorflow": _find_tensorflow, "jax": _find_jax, "torch": _find_torch}
    with filter_startup_log():
        found = finders.get(backend, _find_other)(choice == "cpu")
    import keras

    device = f"GPU: {_gpus(found.gpus)}" if found.gpus else f"CPU: {_cpu()}"
    report = " · ".join([device, f"Keras {keras.__version__}", found.version])
    return "\n".join(filter(None, [report, found.remark]))


def _backend() -> str:
    return str(import_keras().config.backend())


def _find_tensorflow(only_cpu: bool) -> _Found:
    import tensorflow as tf

    version = f"TensorFlow {tf.__version__}"
    if only_cpu:
        try:
            tf.config.set_visible_devices([], "GPU")
        except RuntimeError:
            raise RuntimeError(LATE_CPU) from None
        return _Found([], version)
    devices = tf.config.get_visible_devices("GPU")
    remark = NO_GPU_BUILD if not devices and _has_nvidia_gpu() else ""
    try:
        for device in devices:
            tf.config.experimental.set_memory_growth(device, True)
    except RuntimeError:
        remark = NO_GROWTH
    names = [
        tf.config.experimental.get_device_details(device).get("device_name", "GPU") for device in devices
    ]
    return _Found(names, version, remark)


def _find_jax(only_cpu: bool) -> _Found:
    import jax

    names = [device.device_kind for device in jax.devices() if device.platform != "cpu"]
    return _Found([] if only_cpu else names, f"JAX {jax.__version__}")


def _find_torch(only_cpu: bool) -> _Found:
    import torch

    names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return _Found([] if only_cpu else names, f"PyTorch {torch.__version__}")


def _find_other(only_cpu: bool) -> _Found:
    import keras

    return _Found([], f"{keras.config.backend()} backend")


def _gpus(names: list[str]) -> str:
    """Name the GPUs, with the memory that the driver tells."""
    count = f"{len(names)} × " if len(names) > 1 else ""
    memory = _nvidia_smi("--query-gpu=memory.total", "--format=csv,noheader,nounits").split("\n")[0]
    size = f", {int(memory) / 1024:.0f} GiB" if memory.strip().isdigit() else ""
    return f"{count}{names[0]}{size}"


def _cpu() -> str:
    """Count the cores this process may use, and the machine's memory where the system tells."""
    cores = count_cores()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return f"{cores} cores"
    return f"{cores} cores, {memory / 2**30:.0f} GiB"


def _has_nvidia_gpu() -> bool:
    """Tell whether the machine has an NVIDIA GPU that nobody has hidden on purpose."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}:
        return False
    folder = Path("/proc/driver/nvidia/gpus")
    is_listed = folder.is_dir() and any(folder.iterdir())
    return is_listed or Path("/dev/nvidia0").exists() or _nvidia_smi("-L").startswith("GPU")


def _nvidia_smi(*arguments: str) -> str:
    """Ask the driver's own tool; empty where there is none or it does not answer."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    command = [program, *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout
