"""What Keras's `Conv2D` makes of whole numbers: ``keras_convolution_table.json``, which the marks of exercise 13 read.

The marks need no Keras in this way. Run this file by hand to write the table anew. Sums of whole numbers of this
size are exact in float32, so the table is the same on every machine.
"""

import json
from pathlib import Path

import numpy as np

TABLE = Path(__file__).with_suffix(".json")
# Shape of the images, height and width of the kernel, number of filters, stride, padding.
CASES = [
    ((2, 5, 4, 1), (3, 2), 2, 1, "valid"),
    ((1, 6, 7, 3), (3, 3), 4, 1, "same"),
    ((2, 9, 8, 2), (4, 3), 3, 2, "valid"),
    ((2, 7, 8, 2), (3, 3), 2, 2, "same"),
    ((2, 6, 5, 2), (2, 4), 3, 1, "same"),
    ((1, 8, 9, 1), (5, 2), 2, 3, "same"),
]


def convolve(images, kernels, bias, stride, padding):
    """Return what Keras computes."""
    import keras

    kernels = np.asarray(kernels, np.float32)
    layer = keras.layers.Conv2D(kernels.shape[3], kernels.shape[:2], strides=stride, padding=padding)
    images = np.asarray(images, np.float32)
    layer.build(images.shape)
    layer.set_weights([kernels, np.asarray(bias, np.float32)])
    return keras.ops.convert_to_numpy(layer(images))


def draw_case(rng, shape, kernel_size, n_filters, stride, padding):
    """Draw whole numbers for one case; return them with the output of Keras, as lists."""
    arguments = {
        "images": rng.integers(-9, 10, shape).tolist(),
        "kernels": rng.integers(-9, 10, (*kernel_size, shape[-1], n_filters)).tolist(),
        "bias": rng.integers(-99, 100, n_filters).tolist(),
        "stride": stride,
        "padding": padding,
    }
    return {**arguments, "output": convolve(**arguments).astype(int).tolist()}


if __name__ == "__main__":
    rng = np.random.default_rng(13)
    lines = [json.dumps(draw_case(rng, *case), separators=(",", ":")) for case in CASES]
    TABLE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
