"""Who gets the page, and what a tab may do to others."""

import asyncio
import json
import socket

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from dlp_keras.playground.frames import decode_frame
from dlp_keras.playground.server import Server


@pytest.fixture
def ask(server, in_loop):
    """Get a path behind the address; return status, headers and body."""

    def get(path="", *, token=None, **headers):
        url = f"http://127.0.0.1:{server.port}/{server.token if token is None else token}/{path}"
        request = HTTPRequest(url, headers=headers, follow_redirects=False)
        return in_loop(_fetch(request))

    return get


async def _fetch(request):
    return await AsyncHTTPClient().fetch(request, raise_error=False)


@pytest.fixture
def connect(server, in_loop):
    """Open a WebSocket with these headers, from the page's origin where none is given."""
    opened = []

    def open_socket(token=None, **headers):
        headers = {"Origin": f"http://127.0.0.1:{server.port}", **headers}
        headers = {name: value for name, value in headers.items() if value is not None}
        address = f"ws://127.0.0.1:{server.port}/{server.token if token is None else token}/socket"
        opened.append(in_loop(_connect(HTTPRequest(address, headers=headers))))
        return opened[-1]

    yield open_socket
    for connection in opened:
        in_loop(_close(connection))


async def _connect(request):
    return await websocket_connect(request)


async def _close(connection):
    connection.close()


@pytest.fixture
def exchange(in_loop):
    """Send requests, and return the first answer."""

    async def run(connection, requests):
        for request in requests:
            text = request if isinstance(request, (str, bytes)) else json.dumps(request)
            await connection.write_message(text, binary=isinstance(text, bytes))
        return await asyncio.wait_for(connection.read_message(), 30)

    return lambda connection, *requests: in_loop(run(connection, requests))


@pytest.mark.parametrize("name", ["", "main.js", "playground.js", "playground.css", "icon.svg"])
def test_the_page_loads_nothing_from_elsewhere(ask, name):
    answer = ask(name)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.code == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert b"https://" not in answer.body


@pytest.mark.parametrize("name", ["banana", "../server.py", "..%2Fserver.py", "index.html%00", "/etc/passwd"])
def test_nothing_else_is_served(ask, name):
    assert ask(name).code == 404


@pytest.mark.parametrize("token", ["", "banana", "x" * 32, "%C3%BC"])
def test_a_wrong_token_is_refused(ask, token):
    assert ask(token=token).code in (403, 404)
    assert b"<html" not in ask(token=token).body


FOREIGN = [
    "http://example.org",
    "null",
    "",
    "http://127.0.0.1:{port}.example.org",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1",
    "http://localhost:{port}",
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_origin_is_refused(ask, connect, server, origin):
    origin = origin.format(port=server.port)
    assert ask(Origin=origin).code == 403
    with pytest.raises(HTTPClientError, match="403"):
        connect(Origin=origin)


@pytest.mark.parametrize(
    "host", ["example.org", "example.org:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.example.org"]
)
def test_a_rebound_host_is_refused(ask, connect, server, host):
    host = host.format(port=server.port)
    assert ask(Host=host).code == 403
    with pytest.raises(HTTPClientError, match="403"):
        connect(Host=host, Origin=f"http://{host}")


def test_a_socket_needs_an_origin_and_the_token(connect):
    with pytest.raises(HTTPClientError, match="403"):
        connect(Origin=None)
    with pytest.raises(HTTPClientError, match="403"):
        connect(token="banana")


def test_localhost_is_this_server_too(ask, server):
    assert ask(Host=f"localhost:{server.port}").code == 200


def test_the_page_listens_on_the_loopback_address_alone(server):
    with pytest.raises(OSError, match=r"\w"), socket.create_connection(("127.0.0.2", server.port), timeout=2):
        pass


def test_a_port_in_use_is_passed_over(server, in_loop):
    async def start():
        other = Server(server.port)
        await other.stop()
        return other.port

    assert server.port < in_loop(start()) < server.port + 50


@pytest.mark.parametrize(
    "nonsense",
    [
        "banana",
        b"\xff\x00",
        "[1]",
        "null",
        "[" * 30_000,
        {"type": "banana"},
        {"type": ["play"]},
        {"type": "set", "fields": {"hidden_units": [10**9]}},
        {"type": "set", "fields": {"banana": 1}},
        {"type": "edit", "layer": 9, "source": 0, "target": 0, "value": 1},
        {"type": "edit", "layer": "0", "source": {}, "target": None},
    ],
    ids=lambda nonsense: str(nonsense)[:40],
)
def test_nonsense_is_answered_and_the_session_goes_on(connect, exchange, nonsense):
    connection = connect()
    assert json.loads(exchange(connection, nonsense))["type"] == "error"
    header, _ = decode_frame(exchange(connection, {"type": "frame"}))
    assert header["epoch"] == 0


def test_a_frame_shows_what_was_set(connect, exchange):
    connection = connect()
    frame = exchange(connection, {"type": "set", "fields": {"seed": "7"}}, {"type": "frame"})
    assert decode_frame(frame)[0]["experiment"]["seed"] == "7"


def test_a_message_that_is_too_long_ends_only_its_own_session(connect, exchange):
    long, other = connect(), connect()
    assert exchange(long, "x" * 2**17) is None
    assert decode_frame(exchange(other, {"type": "frame"}))[0]["epoch"] == 0


def test_sessions_are_apart_and_end_with_their_tab(connect, exchange, in_loop, server):
    first, second = connect(), connect()
    exchange(first, {"type": "set", "fields": {"dataset": "spiral"}}, {"type": "frame"})
    header, _ = decode_frame(exchange(second, {"type": "frame"}))
    assert header["experiment"]["dataset"] == "circle"
    before = len(server.tabs)
    in_loop(_close(first))

    async def wait_until_closed():
        while len(server.tabs) >= before:
            await asyncio.sleep(0.02)

    in_loop(wait_until_closed())
    assert decode_frame(exchange(second, {"type": "play"}, {"type": "frame"}))[0]["playing"]
