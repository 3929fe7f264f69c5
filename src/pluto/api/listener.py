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
from aiohttp.http import HttpRequestParser
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from pluto.errors import PortTaken

REQUEST_LINE_BYTES: Final = 8 * 1024
HEADER_BYTES: Final = 16 * 1024
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


class Limits(msgspec.Struct, frozen=True):
    """What connections may cost (trust 10.1, 10.2)."""

    headers_s: float = 10.0
    keep_alive_s: float = 30.0
    unread_s: float = 30.0
    """So long a client may read nothing of what waits for it."""
    connections: int = 1024
    read_ahead: int = 16
    read_bytes: int = 16 * 1024
    """aiohttp stops reading a body at twice that, until somebody takes it."""
    unread_bytes: int = 24 * 1024 * 1024
    """So much may wait for all slow readers together; then the slowest goes."""


class Connection(RequestHandler):
    """A connection within limits; its unreadable requests are answered as all else is: a status and a JSON sentence."""

    __slots__ = ("_head_is_due", "_limits", "_must_read", "_pluto")

    def __init__(self, server: "_Server", loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        super().__init__(
            server, loop=loop, access_log=log, keepalive_timeout=limits.keep_alive_s, max_line_size=REQUEST_LINE_BYTES,
            max_field_size=HEADER_BYTES, read_bufsize=limits.read_bytes, auto_decompress=False,
        )  # fmt: skip
        self._limits = limits
        self._pluto = server
        self._head_is_due: asyncio.TimerHandle | None = None
        self._must_read: asyncio.TimerHandle | None = None
        self._read_ahead(loop, limits)

    def _read_ahead(self, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        """Let fewer requests wait behind the one that is answered than the library would, which has no setting for it."""
        self._max_msg_queue_size, self._msg_queue_resume_size = limits.read_ahead, limits.read_ahead // 2
        self._parser = HttpRequestParser(
            self, loop, limits.read_bytes, max_line_size=REQUEST_LINE_BYTES, max_field_size=HEADER_BYTES,
            max_headers=self.max_headers, payload_exception=RequestPayloadError, auto_decompress=False,
            max_msg_queue_size=limits.read_ahead,
        )  # fmt: skip

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is asked and nothing is answered."""
        return self._waiter is not None and not self._waiter.done() and not self._messages

    @property
    def is_slow(self) -> bool:
        """Return whether it reads more slowly than we write."""
        return self.writing_paused

    @property
    def requests_waiting(self) -> int:
        """Return how many requests were read behind the one that is being answered."""
        return len(self._messages)

    @property
    def unread_bytes(self) -> int:
        """Return how much waits for this client."""
        return 0 if self.transport is None else self.transport.get_write_buffer_size()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        is_head_begun = bool(data) and self.is_idle
        if self._head_is_due is None and is_head_begun:
            self._head_is_due = self._loop.call_later(self._limits.headers_s, self.force_close)
        elif self._head_is_due is not None and not is_head_begun:
            self._head_is_due.cancel()
            self._head_is_due = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reading(self.unread_bytes)
        self._pluto.note_slow(self)

    def resume_writing(self) -> None:
        self._reads_again()
        super().resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._head_is_due is not None:
            self._head_is_due.cancel()
        self._reads_again()
        super().connection_lost(exc)

    def abort(self) -> None:
        """Close at once; what waits is lost."""
        if self.transport is not None:
            self.transport.abort()

    def _watch_reading(self, unread_bytes: int) -> None:
        self._must_read = self._loop.call_later(self._limits.unread_s, self._has_it_read, unread_bytes)

    def _has_it_read(self, before_bytes: int) -> None:
        if self.unread_bytes > before_bytes - _LEAST_READ_BYTES:
            self.abort()
        else:
            self._watch_reading(self.unread_bytes)

    def _reads_again(self) -> None:
        self._pluto.slow.pop(self, None)
        if self._must_read is not None:
            self._must_read.cancel()
            self._must_read = None

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


_LEAST_READ_BYTES: Final = 16 * 1024


class _Server(web.Server):
    """All connections together."""

    def __init__(self, handle: Handle, limits: Limits) -> None:
        super().__init__(handle, request_factory=_request)
        self._limits = limits
        self.slow: dict[Connection, None] = {}
        """Those that read more slowly than we write, the one that began it first."""

    def __call__(self) -> RequestHandler:
        return Connection(self, asyncio.get_running_loop(), self._limits)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Take a connection; where there are too many, one that is idle goes for it, or else this one."""
        super().connection_made(handler, transport)
        if len(self._connections) <= self._limits.connections:
            return
        idle = next((one for one in self._connections if isinstance(one, Connection) and one.is_idle), None)
        if idle is not None:
            idle.force_close()
        else:
            transport.abort()

    def note_slow(self, protocol: Connection) -> None:
        """Take note of a slow reader; those that were slow before it go while all together are too much."""
        self.slow[protocol] = None
        unread_bytes = sum(one.unread_bytes for one in self.slow)
        for one in list(self.slow)[:-1]:
            if unread_bytes <= self._limits.unread_bytes:
                return
            unread_bytes -= one.unread_bytes
            one.abort()


class Listener:
    """Our port: claimed first, accepting later, closed in order."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._server: _Server | None = None
        self._listening: asyncio.Server | None = None

    async def open(self, claimed: socket.socket, handle: Handle) -> None:
        """Accept connections on a socket that `claim` returned, and answer requests by *handle*."""
        self._server = _Server(handle, self._limits)
        self._listening = await asyncio.get_running_loop().create_server(self._server, sock=claimed, backlog=1024)

    @property
    def connections(self) -> list[Connection]:
        """Return the open connections."""
        return [] if self._server is None else [one for one in self._server.connections if isinstance(one, Connection)]

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
