"""Students' names become folders: inside the results, no two alike, and as readable as file systems allow."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from dlp_keras.grading.export.student_files import folder_names, write_results

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
WINDOWS = set('<>:"/\\|?*') | {chr(code) for code in range(32)}


@pytest.mark.parametrize(
    "name", ["alice", "Zoë Ångström", "李小龙", "Владимир", "O'Brien, M", "a-b_c@uni.de"]
)
def test_names_of_all_alphabets_stay(name):
    assert folder_names([name]) == {name: name}


def test_hostile_names_are_one_plain_folder(tmp_path, hostile_text):
    (name,) = folder_names([hostile_text]).values()
    assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
    assert not WINDOWS & set(name)
    assert name.isprintable()
    assert name == name.strip(" .")
    assert len(name.encode()) < 200
    assert not PureWindowsPath(name).is_reserved()
    write_results(tmp_path / "results", {hostile_text: 1})
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.json")] == [
        PurePosixPath("results", name, "results.json")
    ]


@pytest.mark.parametrize(
    "names",
    [
        ["a/b", "a_b", "a\\b", "a?b"],
        ["Bob", "bob", "BOB"],
        [unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD")],
        ["STRASSE", "straße"],
        ["", ".", "..", " ", "_"],
        ["nul", "NUL.txt", "nul_"],
        ["x" * 300, "x" * 301, "x" * 150],
    ],
)
def test_no_two_students_share_a_folder(names):
    folders = folder_names(names)
    assert list(folders) == names
    compared = {unicodedata.normalize("NFC", name).casefold() for name in folders.values()}
    assert len(compared) == len(names)


def test_nobody_can_be_called_like_the_folder_of_another():
    (folder,) = folder_names(["a/b"]).values()
    assert len(set(folder_names(["a/b", folder]).values())) == 2


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(number, tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_results(tmp_path, {"alice": {"score": number}})
    assert list(tmp_path.rglob("*.json")) == []
