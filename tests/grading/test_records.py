"""Records survive a crash."""

import pytest

from dlp_keras.grading.records import Record, Records, make_fingerprint

RECORD = Record("alice", "ex01_linear_regression", 3, 24, "marked", fingerprint="f", marks=[{"name": "µ"}])


def test_records_come_back(tmp_path):
    Records(tmp_path / "r").add(RECORD)
    assert Records(tmp_path / "r").get("alice", "ex01_linear_regression") == RECORD
    assert Records(tmp_path / "r").get("bob", "ex01_linear_regression") is None


def test_the_latest_record_counts_and_an_equal_one_is_not_written_again(tmp_path):
    records = Records(tmp_path / "r")
    better = Record("alice", "ex01_linear_regression", 24, 24, "marked", fingerprint="g")
    for record in (RECORD, RECORD, better, better):
        records.add(record)
    assert len((tmp_path / "r").read_text().splitlines()) == 2
    assert Records(tmp_path / "r").get("alice", "ex01_linear_regression") == better


@pytest.mark.parametrize("rest", ['{"student": "bo', "nonsense\n", '{"x": 1}\n', "[]\n", "\n"])
def test_a_line_that_a_crash_cut_off_is_left_out(rest, tmp_path):
    Records(tmp_path / "r").add(RECORD)
    with (tmp_path / "r").open("a") as file:
        file.write(rest)
    records = Records(tmp_path / "r")
    other = Record("bob", "ex01_linear_regression", 1, 24, "marked")
    records.add(other)
    again = Records(tmp_path / "r")
    assert again.get("alice", RECORD.exercise) == RECORD
    assert again.get("bob", RECORD.exercise) == other


def test_fingerprints_tell_parts_apart():
    assert make_fingerprint([b"ab", b"c"]) != make_fingerprint([b"a", b"bc"])
    assert make_fingerprint([b"ab", b"c"]) == make_fingerprint([b"ab", b"c"])
