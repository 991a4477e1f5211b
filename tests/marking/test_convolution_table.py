"""The table that the marks of exercise 13 compare with is what Keras computes."""

import json

import numpy as np
import pytest

from tests.exercises.keras_convolution_table import CASES, TABLE, convolve

ROWS = json.loads(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[f"{case[3]} {case[4]} {case[1]}" for case in CASES])
def test_the_table_is_what_keras_computes(row):
    expected = row.pop("output")
    np.testing.assert_array_equal(convolve(**row), expected)
