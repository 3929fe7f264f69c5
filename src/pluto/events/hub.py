"""Socket.IO on namespace `/`: who is connected, the log switch, and the way of a message to each browser."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

import engineio.packet
import socketio
from aiohttp import web

from pluto.clock import Clock, LoopClock, pause
from pluto.events import names
from pluto.events.engine import ANYONE, SWEEP_S, Engine, Limits, Visitor
from pluto.events.outbox import MAX_WAITING_BYTES, MAX_WAITING_MESSAGES, News, Outbox
from pluto.model.miner import MacAddress
from pluto.model.record import Record

PING_INTERVAL_S: Final = 10
PING_TIMEOUT_S: Final = 5
MAX_PACKET_BYTES: Final = 1_000_000
FLUSH_S: Final = 0.05
"""Messages are handed to the sockets this often; a record that changes faster is sent once."""
CLOSE_LIMIT_S: Final = 1.0
POLLING_PACKETS: Final = 15
"""A long-polling answer holds at most this many: clients refuse more than 16 in one payload."""

log = logging.getLogger(__name__)

_MUTE: Final = logging.getLogger("pluto.events.engine")
_MUTE.setLevel(logging.CRITICAL)  # what clients send wrongly is theirs to know: they get a status, our log stays readable


class Hub:
    """Tells browsers of changes. Every method returns at once; a task of its own does the sending, with a bound per client."""

    def __init__(self, limits: Limits | None = None, clock: Clock | None = None) -> None:
        self._clock = clock or LoopClock()
        self._server = Engine(
            limits or Limits(),
            self._clock,
            async_mode="aiohttp",
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            max_http_buffer_size=MAX_PACKET_BYTES,
            cors_allowed_origins=[],  # the guard has judged the Origin before; no Access-Control header from here
            logger=_MUTE,
            engineio_logger=_MUTE,
        )
        self._outboxes: dict[str, Outbox] = {}
        self._is_listening_to_logs = False
        self._has_mail = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self.replaced = 0
        self.closed_slow = 0
        on = self._server.on
        on("connect", self._connect)
        on("disconnect", self._disconnect)
        on(names.ENABLE_LOGS_LISTENING, self._enable_logs)
        on(names.DISABLE_LOGS_LISTENING, self._disable_logs)
        on(names.CHECK_LOGS_LISTENING, self._check_logs)

    async def __aenter__(self) -> "Hub":
        self._sender = asyncio.create_task(self._send(), name="events")
        self._sweeper = asyncio.create_task(self._sweep(), name="events sweep")
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for task in (self._sender, self._sweeper) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await asyncio.gather(*(self._server.disconnect(sid) for sid in list(self._outboxes)), return_exceptions=True)
                await self._server.shutdown()
        except TimeoutError:  # a client that does not read is cut off
            for engine_sid in list(self._server.eio.sockets):
                await self._server.cut_off(engine_sid)

    @property
    def clients(self) -> int:
        """Return how many browsers are connected to `/`."""
        return len(self._outboxes)

    @property
    def server(self) -> socketio.AsyncServer:
        """Return the server, for further namespaces; to be used before the first client comes."""
        return self._server

    @property
    def waiting(self) -> int:
        """Return how many messages wait for all browsers together."""
        return sum(map(len, self._outboxes.values()))

    @property
    def is_listening_to_logs(self) -> bool:
        """Return the log switch: one for the server, off at start."""
        return self._is_listening_to_logs

    async def handle(self, request: web.BaseRequest, visitor: Visitor = ANYONE) -> web.StreamResponse:
        """Answer one request of the Engine.IO protocol, which *visitor* makes."""
        return await self._server.handle(request, visitor)

    def visitors(self) -> list[Visitor]:
        """Return who is connected."""
        return self._server.visitors()

    async def close_gone(self) -> None:
        """Close the connections of those whose right to be here has ended, now."""
        await self._server.sweep()

    def stat_update(self, mac: MacAddress, record: Record) -> None:
        """Tell of a successful poll."""
        if self._outboxes:
            self._put_news(mac, News(record))

    def error(self, mac: MacAddress, record: Record, reason: str) -> None:
        """Tell of a failed poll."""
        if self._outboxes:
            self._put_news(mac, News(record, reason))

    def device_removed(self, mac: MacAddress, record: Record, remaining_ips: Iterable[str]) -> None:
        """Tell that a miner is watched no more."""
        if not self._outboxes:
            return
        for outbox in self._outboxes.values():
            outbox.forget(mac)
        self._put_text(names.device_removed(record, remaining_ips))

    def logs_update(self, record: Record, message: str) -> None:
        """Tell of a log message of a miner, while the log switch is on."""
        if self._outboxes and self._is_listening_to_logs:
            self._put_text(names.logs_update(record, message))

    def _put_news(self, mac: MacAddress, news: News) -> None:
        for outbox in self._outboxes.values():
            self.replaced += outbox.put_news(mac, news)
        self._wake()

    def _put_text(self, text: str) -> None:
        for outbox in self._outboxes.values():
            outbox.put_text(text)
        self._wake()

    def _wake(self) -> None:
        if self._outboxes:
            self._has_mail.set()

    # What clients say.

    def _connect(self, sid: str, _environ: Mapping[str, Any]) -> None:
        self._outboxes[sid] = Outbox()

    def _disconnect(self, sid: str, _reason: object = None) -> None:
        self._outboxes.pop(sid, None)

    async def _enable_logs(self, sid: str, *_: object) -> None:
        await self._switch_logs(sid, is_on=True)

    async def _disable_logs(self, sid: str, *_: object) -> None:
        await self._switch_logs(sid, is_on=False)

    async def _check_logs(self, sid: str, *_: object) -> None:
        if (outbox := self._outboxes.get(sid)) is not None:
            outbox.put_text(names.logs_listening_status(self._is_listening_to_logs))
            self._wake()

    async def _switch_logs(self, sid: str, *, is_on: bool) -> None:
        """Turn the switch for all; who may change nothing only hears how it stands."""
        if not self._server.visitor(self._engine_sid(sid)).may_change:
            await self._check_logs(sid)
            return
        self._is_listening_to_logs = is_on
        self._put_text(names.logs_listening_status(is_on))

    # The way out.

    async def _send(self) -> None:
        while True:
            await self._has_mail.wait()
            self._has_mail.clear()
            encoded: dict[int, tuple[News, str]] = {}
            for sid, outbox in list(self._outboxes.items()):
                try:
                    await self._serve(sid, outbox, encoded)
                except Exception:  # one browser's trouble must not silence the others
                    log.exception("event could not be sent", extra={"client": sid})
            await asyncio.sleep(FLUSH_S)

    async def _serve(self, sid: str, outbox: Outbox, encoded: dict[int, tuple[News, str]]) -> None:
        if outbox.is_overrun:
            self.closed_slow += 1
            log.warning("a browser that reads too slowly was disconnected", extra={"client": sid})
            self._outboxes.pop(sid, None)
            await self._server.cut_off(self._engine_sid(sid))
            return
        socket = self._server.eio.sockets.get(self._engine_sid(sid))
        if socket is None:
            return

        def encode(news: News) -> str:
            known = encoded.get(id(news))
            if known is None:  # the news is kept beside its text, so that its id stays its own
                known = encoded[id(news)] = (news, names.news(news.record, news.reason))
            return known[1]

        room = (MAX_WAITING_MESSAGES if socket.upgraded else POLLING_PACKETS) - socket.queue.qsize()
        for text in outbox.take(room, MAX_WAITING_BYTES if socket.queue.empty() else 0, encode):
            socket.queue.put_nowait(engineio.packet.Packet(engineio.packet.MESSAGE, data=text))
        if outbox:
            self._has_mail.set()

    async def _sweep(self) -> None:
        while True:
            await pause(self._clock, SWEEP_S)
            try:
                await self._server.sweep()
            except Exception:  # one connection's trouble must not keep the others open
                log.exception("connections could not be swept")

    def _engine_sid(self, sid: str) -> str:
        return self._server.manager.eio_sid_from_sid(sid, "/")
