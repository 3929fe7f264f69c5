"""aiohttp's server as we want it: its own errors as JSON, our headers on every answer, no version of anything."""

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler

from pluto.errors import PortTaken

REQUEST_LINE_BYTES: Final = 8 * 1024
HEADER_BYTES: Final = 16 * 1024
KEEP_ALIVE_S: Final = 30.0
SHUTDOWN_S: Final = 2.0
"""How long accepted requests may still take when the process ends (trust 12.1: under 5 s in all)."""

SAFE_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "Pluto",
}

log = logging.getLogger(__name__)
log.setLevel(logging.WARNING)  # requests are logged where their route is known

Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class _Request(web.BaseRequest):
    """A request whose answer, whoever makes it, carries SAFE_HEADERS."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        response.headers.update(SAFE_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")


class _Protocol(RequestHandler):
    """A connection whose unreadable requests are answered as everything else is: a status and a JSON sentence."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            sentence = "Failed to process the request"
            self.log_exception("request failed unexpectedly", exc_info=exc)
        elif isinstance(exc, LineTooLong):
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            sentence = "the request line or a header is too long"
        else:
            sentence = "this is not a readable HTTP request"
        response = web.Response(status=status, body=msgspec.json.encode({"error": sentence}), content_type="application/json")
        response.force_close()
        return response


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Protocol(
            self, loop=asyncio.get_running_loop(), access_log=log, keepalive_timeout=KEEP_ALIVE_S,
            max_line_size=REQUEST_LINE_BYTES, max_field_size=HEADER_BYTES,
        )  # fmt: skip


class Listener:
    """Our port: claimed first, accepting later, closed in order."""

    def __init__(self) -> None:
        self._server: _Server | None = None
        self._listening: asyncio.Server | None = None

    async def open(self, claimed: socket.socket, handle: Handle) -> None:
        """Accept connections on a socket that `claim` returned, and answer requests by *handle*."""
        self._server = _Server(handle, request_factory=_request)
        self._listening = await asyncio.get_running_loop().create_server(self._server, sock=claimed, backlog=1024)

    def stop_accepting(self) -> None:
        """Take no further connections and no further requests; those under way go on."""
        if self._listening is not None:
            self._listening.close()
        if self._server is not None:
            self._server.pre_shutdown()

    async def close(self) -> None:
        """Let accepted requests end within SHUTDOWN_S, then close all connections."""
        if self._server is not None:
            await self._server.shutdown(SHUTDOWN_S)


def claim(bind: str, port: int) -> socket.socket:
    """Return a socket that owns *port* on *bind*; raises PortTaken with a sentence that names the setting."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    claimed = socket.socket(family, socket.SOCK_STREAM)
    try:
        claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claimed.bind((bind, port))
        claimed.listen(1024)
        claimed.setblocking(False)
    except OSError as error:
        claimed.close()
        raise PortTaken(_why_not(bind, port, error)) from error
    return claimed


def _why_not(bind: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {bind} is in use: end the other program, or set PORT to another number"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has: set PORT to 1024 or more"
    return f"cannot listen on PLUTO_BIND={bind}, PORT={port}: {error.strerror}"


def _request(message: Any, payload: Any, protocol: RequestHandler, writer: Any, task: "asyncio.Task[None]") -> web.BaseRequest:
    return _Request(message, payload, protocol, writer, task, asyncio.get_running_loop())
