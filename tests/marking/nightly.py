"""What takes an hour, and is not part of every run: ``pytest tests/nightly.py``."""

import pytest

from dlp_keras.course.catalog import load_catalog
from dlp_keras.marking.check import mark


@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("name", load_catalog())
def test_the_solution_passes_for_every_seed(name, seed, session, checkout):
    marks = mark(name, session=session, folder=checkout / "solutions", seed=seed)
    assert [m.message for m in marks.marks if m.state != "earned"] == []
