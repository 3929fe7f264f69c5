"""What one Socket.IO connection may cost: how many there are, how much each may say, who it belongs to, when it is cut off."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

import aiohttp
import msgspec
import socketio
from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket, translate_request
from engineio.exceptions import EngineIOError

from pluto.clock import Clock

SWEEP_S: Final = 1.0
_NAMESPACES: Final = ("/", "/ui")


class Limits(msgspec.Struct, frozen=True):
    """Trust 10.3, beside the size of a packet."""

    sessions: int = 512
    connect_s: float = 60.0
    events_a_second: int = 50
    packets_waiting: int = 1000
    body_s: float = 30.0
    packed: int = 24
    """So many WebSockets may have what they get compressed: each costs half a megabyte, and time of the one loop."""


class Visitor(Protocol):
    """Who opened a connection, as far as it matters here."""

    @property
    def name(self) -> str:
        """Return what he is called."""
        ...

    @property
    def session(self) -> str | None:
        """Return the key of his session, if he has one."""
        ...

    @property
    def may_change(self) -> bool:
        """Return whether he may change anything."""
        ...

    @property
    def is_gone(self) -> bool:
        """Return whether his right to be here has ended."""
        ...


class Anyone(msgspec.Struct, frozen=True):
    """Whoever it is, where nobody is asked."""

    name: str = ""
    session: str | None = None
    may_change: bool = True
    is_gone: bool = False


ANYONE: Final = Anyone()
_VISITOR: Final = web.RequestKey("visitor", object)


class Rate:
    """Counts what a client says within a second."""

    __slots__ = ("_began_s", "_count", "_most", "_now_s")

    def __init__(self, most: int, now_s: Callable[[], float]) -> None:
        self._most = most
        self._now_s = now_s
        self._began_s = now_s()
        self._count = 0

    def is_too_fast(self) -> bool:
        """Count one more, and return whether it is more than a client may say."""
        now_s = self._now_s()
        if now_s - self._began_s >= 1.0:
            self._began_s, self._count = now_s, 0
        self._count += 1
        return self._count > self._most


Packing = Callable[[], contextlib.AbstractContextManager[bool]]


class Engine(socketio.AsyncServer):
    """The library's server within limits; `handle` is its door, `sweep` is to be called every SWEEP_S."""

    def __init__(self, limits: Limits, clock: Clock, **settings: object) -> None:
        super().__init__(**settings)
        self._limits = limits
        self._clock = clock
        self._rates: dict[str, Rate] = {}
        self._alone_s: dict[str, float] = {}
        self._wires: dict[str, asyncio.Transport] = {}
        self._polls: Counter[str] = Counter()
        self._packed = 0
        self.closed = 0
        self.eio.disconnect = self._let_go
        self.eio._async = {**self.eio._async, "websocket": self._websocket, "translate_request": self._translated}

    def visitor(self, engine_sid: str | None) -> Visitor:
        """Return who opened a connection."""
        environ = self.environ.get(engine_sid or "")
        known: Visitor = ANYONE if environ is None else environ["aiohttp.request"].get(_VISITOR, ANYONE)
        return known

    def visitors(self) -> list[Visitor]:
        """Return who is connected."""
        return [self.visitor(sid) for sid in list(self.environ)]

    async def handle(self, request: web.BaseRequest, visitor: Visitor) -> web.StreamResponse:
        """Answer one request of the Engine.IO protocol."""
        request[_VISITOR] = visitor
        engine_sid = request.query.get("sid", "")
        if engine_sid in self.eio.sockets:
            owner = self.visitor(engine_sid)
            if (owner.name, owner.session) != (visitor.name, visitor.session):
                return _refused(HTTPStatus.FORBIDDEN, "this connection belongs to somebody else")
            return await self._go_on(request, engine_sid)
        if not engine_sid and not await self._has_room():
            return _refused(HTTPStatus.SERVICE_UNAVAILABLE, f"{self._limits.sessions} connections are open already")
        return await self.handle_request(request)

    async def _go_on(self, request: web.BaseRequest, engine_sid: str) -> web.StreamResponse:
        if is_websocket(request) and request.transport is not None:
            self._wires[engine_sid] = request.transport
        elif request.method == "POST" and self._rate(engine_sid).is_too_fast():
            await self.cut_off(engine_sid)
            return _refused(HTTPStatus.TOO_MANY_REQUESTS, _TOO_FAST)
        with self._polling(engine_sid):
            return await self.handle_request(request)

    async def sweep(self) -> None:
        """Close whom nobody waits for: who says nothing, reads nothing, or may not be here any more."""
        now_s = self._clock.now_s()
        for sid, socket in list(self.eio.sockets.items()):
            is_in = any(self.manager.sid_from_eio_sid(sid, namespace) is not None for namespace in _NAMESPACES)
            alone_since_s = now_s if is_in else self._alone_s.get(sid, now_s)
            self._alone_s[sid] = alone_since_s
            is_silent = now_s - alone_since_s >= self._limits.connect_s
            if socket.closed or is_silent or socket.queue.qsize() > self._limits.packets_waiting or self.visitor(sid).is_gone:
                await self.cut_off(sid)

    async def cut_off(self, engine_sid: str) -> None:
        """Close a connection at once: asking it to leave would only wait behind what it has not read."""
        self.closed += 1
        wire = self.wire(engine_sid)
        socket = self.eio.sockets.get(engine_sid)
        if socket is not None:
            await socket.close(wait=False, abort=True)
            socket.queue.put_nowait(None)  # an open poll ends with it
            self.eio.sockets.pop(engine_sid, None)
        if wire is not None:
            wire.abort()

    def wire(self, engine_sid: str) -> asyncio.Transport | None:
        """Return the transport of a WebSocket."""
        environ = self.environ.get(engine_sid)
        request: web.BaseRequest | None = None if environ is None else environ["aiohttp.request"]
        direct = request.transport if request is not None and is_websocket(request) else None
        return self._wires.get(engine_sid) or direct

    async def _let_go(self, engine_sid: str) -> None:
        """Ask a client to leave; the library would wait for one that polls until it does, which may be never."""
        socket = self.eio.sockets.get(engine_sid)
        if socket is not None:
            await socket.close(wait=socket.upgraded)
            self.eio.sockets.pop(engine_sid, None)

    async def _has_room(self) -> bool:
        """Return whether one more may come, for which the oldest that has no poll open may have to go."""
        if len(self.eio.sockets) < self._limits.sessions:
            return True
        idle = next((sid for sid, one in self.eio.sockets.items() if not one.upgraded and not self._polls[sid]), None)
        if idle is None:
            return False
        await self.cut_off(idle)
        return True

    @contextlib.contextmanager
    def _polling(self, engine_sid: str) -> Generator[None]:
        self._polls[engine_sid] += 1
        try:
            yield
        finally:
            self._polls[engine_sid] -= 1
            if not self._polls[engine_sid]:
                del self._polls[engine_sid]

    def _rate(self, engine_sid: str) -> Rate:
        return self._rates.setdefault(engine_sid, Rate(self._limits.events_a_second, self._clock.now_s))

    def _websocket(self, handler: Callable[[Any], Awaitable[object]], server: Any) -> "_Wire":
        return _Wire(handler, server, Rate(self._limits.events_a_second, self._clock.now_s), self._packing)

    @contextlib.contextmanager
    def _packing(self) -> Generator[bool]:
        """Say whether one more WebSocket may be compressed, and count it meanwhile."""
        is_packed = self._packed < self._limits.packed
        self._packed += is_packed
        try:
            yield is_packed
        finally:
            self._packed -= is_packed

    def _translated(self, request: web.BaseRequest) -> dict[str, Any]:
        return translate_request(request) | {"wsgi.input": _Whole(request.content, self._limits.body_s)}

    # What the library tells.

    async def _handle_eio_connect(self, eio_sid: str, environ: Mapping[str, Any]) -> None:
        self._alone_s[eio_sid] = self._clock.now_s()
        await super()._handle_eio_connect(eio_sid, environ)

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        if not isinstance(data, str) or data[:1] in _BINARY:
            return  # nobody here takes attachments, and waiting for them would cost memory
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None and not socket.upgraded and self._rate(eio_sid).is_too_fast():
            await self.cut_off(eio_sid)
            return
        await super()._handle_eio_message(eio_sid, data)

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: list[object]) -> None:  # noqa: A002
        name = data[0] if data else None
        if isinstance(name, str) and name not in _RESERVED:  # a client's word must not reach what the library calls itself
            await super()._handle_event(eio_sid, namespace, id, data)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        for known in (self._rates, self._alone_s, self._wires):
            known.pop(eio_sid, None)


_BINARY: Final = ("5", "6")
_RESERVED: Final = ("connect", "disconnect", "connect_error")
_KINDS: Final = "0123456"
"""What an Engine.IO packet begins with."""
_TOO_FAST: Final = "too many messages a second"


class _Whole:
    """A body that is read as long as was announced: the library would take the piece that came first for all of it."""

    def __init__(self, content: aiohttp.StreamReader, limit_s: float) -> None:
        self._content = content
        self._limit_s = limit_s

    async def read(self, length: int) -> bytes:
        """Return *length* bytes, fewer where the body ends before; raises EngineIOError when it takes too long."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._limit_s):
                while len(body) < length and (piece := await self._content.read(length - len(body))):
                    body += piece
        except TimeoutError as error:
            raise EngineIOError("the body does not come") from error
        return bytes(body)


class _Wire(WebSocket):
    """A WebSocket that is closed when it says too much, and compressed as long as there are few."""

    def __init__(self, handler: Callable[[Any], Awaitable[object]], server: Any, rate: Rate, packing: Packing) -> None:
        super().__init__(handler, server)
        self._rate = rate
        self._packing = packing

    async def __call__(self, environ: Mapping[str, Any]) -> web.StreamResponse:
        self.environ = environ
        with self._packing() as is_packed:
            self._sock = web.WebSocketResponse(compress=is_packed, max_msg_size=self.server.max_http_buffer_size)
            await self._sock.prepare(environ["aiohttp.request"])
            await self.handler(self)
        return self._sock

    async def wait(self) -> str | bytes:
        data = await super().wait()
        if self._rate.is_too_fast():
            raise self._cut_off(_TOO_FAST)
        if isinstance(data, str) and (not data or data[0] not in _KINDS):
            raise self._cut_off("not a packet")  # the library would take it for a fault of its own
        return data

    def _cut_off(self, why: str) -> OSError:
        transport = self.environ["aiohttp.request"].transport
        if transport is not None:
            transport.abort()
        return OSError(why)


def is_websocket(request: web.BaseRequest) -> bool:
    """Return whether *request* asks for a WebSocket."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _refused(status: HTTPStatus, sentence: str) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode({"error": sentence}), content_type="application/json")
