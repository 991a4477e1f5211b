"""A server of the page in a thread, and a browser."""

import asyncio
import importlib.util
import shutil
import threading

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def loop():
    """An event loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def in_loop(loop):
    """Run a coroutine in the loop and return its result."""
    return lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)


@pytest.fixture(scope="module")
def server(in_loop):
    """A server that has begun to import Keras."""
    from dlp_keras.playground.server import Server

    async def start():
        server = Server()
        server.start()
        return server

    server = in_loop(start())
    yield server
    in_loop(server.stop())


@pytest.fixture(scope="module")
def chromium():
    """A headless browser."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("Playwright is not installed: pip install 'dlp_keras[test]'")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
