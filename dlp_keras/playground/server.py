"""The page of the Playground on the loopback address: its files, and a WebSocket for each open tab.

Only who knows the token in the path gets anything. `prepare` checks it, and that Host and Origin are this
server's own: a page of another site can make a browser send requests here, or let its name point here.
"""

import asyncio
import errno
import hmac
import json
import os
import secrets
import socket
from importlib.resources import files
from typing import Any

import tornado.httpserver
import tornado.web
import tornado.websocket

from dlp_keras.playground.session import Session
from dlp_keras.playground.training_thread import TrainingThread

ADDRESS = "127.0.0.1"
_FILES = {
    "": ("index.html", "text/html"),
    "main.js": ("main.js", "text/javascript"),
    "playground.js": ("playground.js", "text/javascript"),
    "playground.css": ("playground.css", "text/css"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
_PORTS_TRIED = 50
_LARGEST_MESSAGE = 2**16
_MOST_TABS = 32
_FRAMES_UNDER_WAY = 2


class Server:
    """Serves the page to who has its address.

    Parameters
    ----------
    port : int
        The first to try; 0 for any. Those that are in use are passed over.

    Attributes
    ----------
    port : int
    url : str
        With the token.
    """

    def __init__(self, port: int = 0) -> None:
        listening = _bind(port)
        self.port: int = listening.getsockname()[1]
        self.token = secrets.token_urlsafe(24)
        self.url = f"http://{ADDRESS}:{self.port}/{self.token}/"
        self.training = TrainingThread()
        self.tabs: set[Tab] = set()
        path = r"/(?P<token>[^/]*)/"
        application = tornado.web.Application(
            [(f"{path}socket", Tab), (f"{path}(?P<name>.*)", _File)],
            server=self,
            websocket_max_message_size=_LARGEST_MESSAGE,
            log_function=lambda handler: None,
            default_handler_class=_Nothing,
        )
        self._http = tornado.httpserver.HTTPServer(application, max_body_size=_LARGEST_MESSAGE)
        self._http.add_socket(listening)

    def start(self) -> None:
        """Begin to import Keras, and then to train; the page is there before."""
        self.training.start()

    async def stop(self) -> None:
        """End all sessions and free the port."""
        self._http.stop()
        self.training.stop()
        for tab in list(self.tabs):
            tab.close()
        await self._http.close_all_connections()

    def is_own(self, request: Any, token: str, *, needs_origin: bool) -> bool:
        """Tell whether a request names this server, comes from its page, and knows the token."""
        hosts = {f"{name}:{self.port}" for name in (ADDRESS, "localhost")}
        host = request.headers.get("Host", "")
        origins = request.headers.get_list("Origin")
        is_from_page = origins == [f"http://{host}"] or (not origins and not needs_origin)
        return (
            host in hosts
            and is_from_page
            and hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())
        )


def _bind(port: int) -> socket.socket:
    """Listen on `port`, or the first one after it that is free."""
    for candidate in range(port, port + _PORTS_TRIED):
        try:
            return _listen(candidate)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
    raise OSError(errno.EADDRINUSE, f"all ports from {port} to {port + _PORTS_TRIED - 1} are in use")


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    try:
        if os.name != "nt":  # there it would let two servers have one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((ADDRESS, port))
        listening.listen(128)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


class _Guarded(tornado.web.RequestHandler):
    """Refuses requests that are not the page's own."""

    NEEDS_ORIGIN = False

    @property
    def server(self) -> Server:
        """The server of this page."""
        return self.settings["server"]  # type: ignore[no-any-return]

    def prepare(self) -> None:
        token = self.path_kwargs.get("token") or ""
        if not self.server.is_own(self.request, token, needs_origin=self.NEEDS_ORIGIN):
            raise tornado.web.HTTPError(403)

    def set_default_headers(self) -> None:
        sources = f"'self' ws://{ADDRESS}:{self.server.port} ws://localhost:{self.server.port}"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
            f"connect-src {sources}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self.set_header("Content-Security-Policy", policy)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(
            "Open the address that `dlp playground` printed.\n" if status_code == 403 else "Not here.\n"
        )


class _Nothing(_Guarded):
    pass


class _File(_Guarded):
    def get(self, token: str, name: str) -> None:
        if name not in _FILES:
            raise tornado.web.HTTPError(404)
        file, kind = _FILES[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.finish((files("dlp_keras.playground") / "page" / file).read_bytes())


class Tab(_Guarded, tornado.websocket.WebSocketHandler):
    """The WebSocket of one tab, and its session, which ends with it."""

    NEEDS_ORIGIN = True

    def check_origin(self, origin: str) -> bool:
        """Accept what `prepare` has accepted."""
        return True

    def open(self, *args: str, **kwargs: str) -> None:
        """Begin a session."""
        if len(self.server.tabs) >= _MOST_TABS:
            self.close(1013, "too many tabs")
            return
        loop = asyncio.get_running_loop()
        self._n_wanted, self._have, self._focus = 0, -1, ""
        self._sent: tuple[Any, ...] = ()
        self.session = Session(
            on_change=lambda: _call(loop, self._send_frames), on_work=self.server.training.wake
        )
        self.server.tabs.add(self)
        self.server.training.add(self.session)

    def on_close(self) -> None:
        """End the session."""
        if self in self.server.tabs:
            self.server.tabs.discard(self)
            self.server.training.remove(self.session)

    def on_message(self, message: str | bytes) -> None:
        """Do what the page asks for; say what is wrong with it."""
        try:
            self._do(_parse(message))
        except ValueError as error:
            self._send({"type": "error", "text": str(error)})

    def _do(self, request: dict[str, Any]) -> None:
        session, kind = self.session, str(request.get("type"))
        if kind == "frame":
            self._want_frame(request)
        elif kind == "open":
            session.open(str(request.get("address", "")))
        elif kind == "set":
            fields = request.get("fields")
            session.set(fields if isinstance(fields, dict) else {})
        elif kind == "edit":
            session.edit(*(request.get(name) for name in ("layer", "source", "target", "value")))  # type: ignore[arg-type]
        elif kind == "speed":
            session.set_speed(request.get("epochs"))  # type: ignore[arg-type]
        elif kind in {"play", "pause", "step", "reset"}:
            getattr(session, kind)()
        elif kind == "code":
            self._send({"type": "code", "code": session.code(), "address": session.experiment.to_url()})
        else:
            raise ValueError(f"The page sent {kind[:20]!r}, which the server does not know.")

    def _send(self, message: dict[str, Any]) -> None:
        if self.ws_connection is not None:
            _forget(self.write_message(json.dumps(message)))

    def _want_frame(self, request: dict[str, Any]) -> None:
        have = request.get("have")
        self._have, self._focus = have if type(have) is int else -1, str(request.get("focus", ""))
        self._n_wanted = min(self._n_wanted + 1, _FRAMES_UNDER_WAY)
        self._send_frames()

    def _send_frames(self) -> None:
        """Answer a request for a frame as soon as there is something new to paint."""
        state = (self.session.revision, self._focus)
        if self._n_wanted and state != self._sent and self.ws_connection is not None:
            self._n_wanted, self._sent = self._n_wanted - 1, state
            _forget(self.write_message(self.session.frame(self._have, self._focus), binary=True))


def _forget(writing: asyncio.Future[None]) -> None:
    """Let a message be lost with the tab that was to get it."""
    writing.add_done_callback(lambda done: done.exception())


def _call(loop: asyncio.AbstractEventLoop, function: Any) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)


def _parse(message: str | bytes) -> dict[str, Any]:
    try:
        request = json.loads(message)
    except (ValueError, RecursionError):
        raise ValueError("The page sent what is no JSON.") from None
    if not isinstance(request, dict):
        raise ValueError("The page sent no request.")
    return request
