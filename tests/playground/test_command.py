"""`dlp playground`: what a shell leaves of an address, and pictures that stay."""

import socket
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

from dlp_keras.cli import main
from dlp_keras.playground.experiment import PICTURES

ADDRESS = "https://playground.tensorflow.org/"
SMALL = f"{ADDRESS}#dataset=gauss&networkShape=1"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLP_FIGURES", raising=False)
    return tmp_path


def playground(*arguments, code=0):
    result = CliRunner().invoke(main, ["playground", *arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("cut", [f"{ADDRESS}#activation=relu", f"{ADDRESS}#", f"{ADDRESS}#cosX=false"])
def test_an_address_cut_by_the_shell_is_told_how_to_quote(cut):
    assert 'Put quotes around the whole address: dlp playground "https://…"' in playground(cut, code=2)


@pytest.mark.parametrize(
    "text", ["banana", "https://example.org", "#banana=1", "https://example.org/#a=1&b=2"]
)
def test_what_is_no_setting_is_refused(text):
    assert f"{text!r} is no setting of the Playground" in playground(text, code=2)


@pytest.mark.parametrize("text", ["", ADDRESS, ADDRESS.rstrip("/"), "activation=tanh", SMALL])
def test_the_start_page_a_part_and_an_address_are_settings(text):
    assert "import keras" in playground(text, "--code")


def test_a_second_run_keeps_the_pictures_of_the_first(folder):
    first = playground(SMALL, "--epochs", "1")
    assert all(f"Saved figures/playground/{name}" in first for name in PICTURES)
    before = {name: (folder / "figures/playground" / name).read_bytes() for name in PICTURES}
    assert f"Saved figures/playground-2/{PICTURES[0]}" in playground(SMALL, "--epochs", "2")
    assert {name: (folder / "figures/playground" / name).read_bytes() for name in PICTURES} == before


def test_pictures_go_into_a_folder_that_is_there(folder):
    (folder / "own").mkdir()
    assert f"Saved own/{PICTURES[0]}" in playground(SMALL, "--epochs", "1", "--figures", "own")


def test_the_page_is_begun_with_the_setting(monkeypatch):
    begun = []

    async def serve(*arguments):
        begun.append(arguments)

    monkeypatch.setattr("dlp_keras.commands.playground._serve", serve)
    playground(SMALL, "--port", "9000", "--no-browser")
    playground("activation=banana")
    playground("")
    assert begun == [
        ("dataset=gauss&networkShape=1", 9000, False),
        ("activation=banana", 8765, True),
        ("", 8765, True),
    ]


def test_a_running_page_prints_its_address_and_passes_a_port_in_use_over(folder):
    command = [sys.executable, "-m", "dlp_keras", "playground", "--no-browser", "--port"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = subprocess.Popen([*command, str(port), SMALL], stdout=subprocess.PIPE, text=True)
        with process:
            lines = [process.stdout.readline(), process.stdout.readline()]
            address = lines[1].split()[-1]
            with urllib.request.urlopen(address.partition("#")[0], timeout=30) as answer:
                page = answer.read()
            process.terminate()
    assert f"Port {port} is in use" in lines[0]
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith("#dataset=gauss&networkShape=1")
    assert b"<script" in page
