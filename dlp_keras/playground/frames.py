"""What a page paints next, as bytes: the length of a JSON header, the header, then arrays one after another.

The header's ``arrays`` lists name, type and shape of each array; `decodeFrame` of ``page/playground.js``
reads them. Numbers that may be infinite travel in arrays, because JSON has none.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

DTYPES = ("uint8", "float32")


def encode_frame(header: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Write a frame.

    Parameters
    ----------
    header : mapping
        What JSON can hold, without a key ``arrays``.
    arrays : mapping of str to array, uint8 or float32

    Returns
    -------
    bytes
        Four bytes of length (little-endian), that many bytes of JSON in UTF-8, and the arrays in C order,
        little-endian.

    Raises
    ------
    ValueError
        If an array has another type, or the header a number that is not finite.
    """
    wrong = {name: str(array.dtype) for name, array in arrays.items() if str(array.dtype) not in DTYPES}
    if wrong:
        raise ValueError(f"`arrays` must be of {' or '.join(DTYPES)}. Got {wrong}. Convert them first.")
    listed = [
        {"name": name, "dtype": str(array.dtype), "shape": list(array.shape)}
        for name, array in arrays.items()
    ]
    text = json.dumps({**header, "arrays": listed}, allow_nan=False).encode()
    little = [array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in arrays.values()]
    return b"".join([len(text).to_bytes(4, "little"), text, *little])


def decode_frame(frame: bytes) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Read a frame: the inverse of `encode_frame`."""
    offset = 4 + int.from_bytes(frame[:4], "little")
    header = json.loads(frame[4:offset])
    arrays = {}
    for entry in header.pop("arrays"):
        dtype = np.dtype(entry["dtype"]).newbyteorder("<")
        size = int(np.prod(entry["shape"]))
        arrays[entry["name"]] = np.frombuffer(frame, dtype, size, offset).reshape(entry["shape"])
        offset += size * dtype.itemsize
    return header, arrays
