"""Frames: what Python writes, Python and JavaScript read alike."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from dlp_keras.playground.frames import decode_frame, encode_frame

HEADER = {"epoch": 12, "label": "x₁ → ü", "playing": True, "diverged": None}
ARRAYS = {
    "large": np.arange(9, dtype=np.uint8).reshape(3, 3),
    "weights0": np.array([[0.5, -1.25], [np.inf, 3e38]], np.float32),
    "losses": np.zeros((3, 0), np.float32),
    "map0": np.full((2, 1, 1), 255, np.uint8),
}


def test_a_frame_is_read_as_it_was_written():
    header, arrays = decode_frame(encode_frame(HEADER, ARRAYS))
    assert header == HEADER
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array, strict=True)


def test_a_frame_is_a_length_a_header_and_the_arrays():
    frame = encode_frame({}, {"a": np.array([1, 2], np.uint8), "b": np.array([1.0], np.float32)})
    length = int.from_bytes(frame[:4], "little")
    assert json.loads(frame[4 : 4 + length])["arrays"][1] == {"name": "b", "dtype": "float32", "shape": [1]}
    assert frame[4 + length :] == bytes([1, 2]) + np.array([1], "<f4").tobytes()


def test_what_a_page_could_not_read_is_refused():
    with pytest.raises(ValueError, match="float64"):
        encode_frame({}, {"a": np.zeros(2)})
    with pytest.raises(ValueError, match="JSON"):
        encode_frame({"loss": float("nan")}, {})


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_javascript_reads_the_same(tmp_path, checkout):
    page = (checkout / "dlp_keras/playground/page/playground.js").read_text(encoding="utf-8")
    tests = (checkout / "tests/playground/page.test.mjs").read_text(encoding="utf-8")
    (tmp_path / "playground.mjs").write_text(page, encoding="utf-8")
    (tmp_path / "page.test.mjs").write_text(tests, encoding="utf-8")
    (tmp_path / "frame.bin").write_bytes(encode_frame(HEADER, ARRAYS))
    wanted = {
        name: {"shape": list(a.shape), "data": [str(v) for v in a.ravel().tolist()]}
        for name, a in ARRAYS.items()
    }
    (tmp_path / "wanted.json").write_text(json.dumps({"header": HEADER, "arrays": wanted}), encoding="utf-8")
    run = subprocess.run(
        ["node", "--test", "page.test.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
