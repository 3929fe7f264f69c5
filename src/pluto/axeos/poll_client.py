"""The polling exchange: one object per miner that outlives its connections, no task, future or timer per poll."""

import asyncio
import collections
import math
from collections.abc import Callable
from typing import Final, cast

import msgspec

from pluto.axeos.answer import AnswerReader
from pluto.axeos.decode import Decoder
from pluto.axeos.descriptors import may_be_kept, may_be_opened
from pluto.axeos.manners import keeps_connection
from pluto.axeos.reach import Reach, Refusal, Target
from pluto.clock import Clock, Timer
from pluto.errors import MinerNonsense
from pluto.model.state import Answered, Failed, Outcome, Reason

CONNECT_LIMIT_S: Final = 2.0
DEADLINE_GRAIN_S: Final = 0.05
"""Deadlines are looked at this often at most: a poll may end this much after its limit."""

Done = Callable[[Outcome], None]


class _Deadline(msgspec.Struct, gc=False):
    """A moment at which an exchange must have got further, unless its line has moved on (*serial*)."""

    when_s: float
    line: "PollLine"
    serial: int


class PollClient:
    """Makes the lines and watches their limits: one queue per limit, since all polls have the same."""

    def __init__(self, reach: Reach, clock: Clock, timeout_s: float, connect_s: float = CONNECT_LIMIT_S) -> None:
        self.reach = reach
        self.connect_s = min(connect_s, timeout_s)
        self._clock = clock
        self._timeout_s = timeout_s
        self._connecting: collections.deque[_Deadline] = collections.deque()
        self._answering: collections.deque[_Deadline] = collections.deque()
        self._timer: Timer | None = None
        self._looks_at_s = math.inf

    def line(self) -> "PollLine":
        """Return a new line to one miner; nothing is opened before its first `begin`."""
        return PollLine(self)

    def began(self, line: "PollLine", serial: int, *, connects: bool) -> None:
        """Hold *line* to the limits from now on."""
        now_s = self._clock.now_s()
        if connects:
            self._connecting.append(_Deadline(now_s + self.connect_s, line, serial))
        self._answering.append(_Deadline(now_s + self._timeout_s, line, serial))
        if now_s + (self.connect_s if connects else self._timeout_s) + DEADLINE_GRAIN_S < self._looks_at_s:
            self._arm()  # nothing was due so early: the connect limit is the shorter one

    def close(self) -> None:
        """Watch nothing any more; the lines are closed by their owners."""
        if self._timer is not None:
            self._timer.cancel()
        self._connecting.clear()
        self._answering.clear()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        heads = [queue[0].when_s for queue in (self._connecting, self._answering) if queue]
        self._looks_at_s = min(heads, default=math.inf) + DEADLINE_GRAIN_S
        self._timer = self._clock.call_at(self._looks_at_s, self._look) if heads else None

    def _look(self) -> None:
        now_s = self._clock.now_s()
        while self._connecting and self._connecting[0].when_s <= now_s:
            late = self._connecting.popleft()
            late.line.connect_is_late(late.serial)
        while self._answering and self._answering[0].when_s <= now_s:
            late = self._answering.popleft()
            late.line.answer_is_late(late.serial)
        self._arm()


class PollLine:
    """One miner's line: asks `GET /api/system/info`, keeps the connection where the firmware allows it.

    At most one exchange at a time; each `begin` ends in exactly one call of *done*, unless `close` came first.
    """

    __slots__ = (
        "_client", "_connection", "_decoder", "_done", "_has_tried_again", "_is_reused", "_opening", "_reader", "_request",
        "_serial", "_target",
    )  # fmt: skip

    def __init__(self, client: PollClient) -> None:
        self._reader = AnswerReader()
        self._decoder = Decoder()
        self._client = client
        self._target = Target("", 0)
        self._request = b""
        self._connection: _Connection | None = None
        self._opening: asyncio.Task[None] | None = None
        self._done: Done | None = None
        self._serial = 0
        self._is_reused = False
        self._has_tried_again = False

    @property
    def is_busy(self) -> bool:
        """Return whether an exchange is under way."""
        return self._done is not None

    def begin(self, host: str, done: Done) -> None:
        """Ask the miner at *host* (`ip[:port]`) and call *done* once, never from within this call."""
        verdict = self._client.reach.check(host)
        self._serial += 1
        self._done = done
        self._has_tried_again = False
        if isinstance(verdict, Refusal):
            refused = Failed(Reason.NO_CONNECTION, verdict.sentence)
            asyncio.get_running_loop().call_soon(self._end_if_current, self._serial, refused)
            return
        if verdict != self._target:
            self._drop()
            self._target = verdict
            self._request = _request(verdict)
        self._is_reused = self._connection is not None
        self._client.began(self, self._serial, connects=not self._is_reused)
        self._ask()

    def close(self) -> None:
        """End at once, in mid-exchange too: *done* is not called any more."""
        self._done = None
        self._serial += 1
        self._drop()

    def connect_is_late(self, serial: int) -> None:
        """Give up exchange *serial* if it is still without a connection."""
        if self._connection is None:
            self._end_if_current(serial, Failed(Reason.NO_CONNECTION, f"no connection within {self._client.connect_s:g} s"))

    def answer_is_late(self, serial: int) -> None:
        """Give up exchange *serial* if it is still without a whole answer."""
        self._end_if_current(serial, Failed(Reason.SILENT, "connected, but no whole answer within the time limit"))

    # What its connection tells.

    def opened(self, connection: "_Connection", serial: int) -> None:
        """Ask on the *connection* that now stands, unless exchange *serial* is over."""
        if serial != self._serial or self._done is None:
            connection.abandon()
            return
        self._opening = None
        self._connection = connection
        self._reader.connected()
        self._ask_on(connection)

    def received(self, data: bytes) -> None:
        """Look at what has arrived: nothing yet, a fault, or a whole answer. Bytes that nobody asked for end the connection."""
        self._reader.feed(data)
        self._progressed()

    def ended(self) -> None:
        """Take the end of what the miner sends: it completes an answer that announced no length."""
        if self._reader.has_begun:
            self._reader.feed_eof()
            self._progressed()

    def lost(self, error: Exception | None) -> None:
        """Try once more on a fresh connection if a kept one died before the first byte; otherwise the poll failed."""
        self._connection = None
        if self._done is None:
            return
        if self._is_reused and not self._has_tried_again and not self._reader.has_begun:
            self._has_tried_again = True
            self._ask()
            return
        why = error.strerror if isinstance(error, OSError) else None
        self._end(Failed(Reason.BAD_ANSWER, why or self._reader.fault or "the connection ended in the middle of the answer"))

    # One exchange, step by step.

    def _ask(self) -> None:
        if self._connection is not None:
            self._ask_on(self._connection)
        else:
            self._opening = asyncio.get_running_loop().create_task(self._open(self._target, self._serial))

    def _ask_on(self, connection: "_Connection") -> None:
        self._reader.begin()
        connection.ask(self._request)

    def _progressed(self) -> None:
        reader = self._reader
        if self._done is None:
            self._drop()
        elif reader.fault:
            self._end(Failed(Reason.BAD_ANSWER, reader.fault))
        elif reader.is_complete:
            outcome = self._outcome(reader.status, reader.body)
            is_spare = self._connection is not None and self._connection.is_spare
            if is_spare or not reader.keeps_connection or not _may_stay_open(outcome):
                self._drop()
            self._end(outcome)

    def _outcome(self, status: int, body: bytes) -> Outcome:
        if not 200 <= status < 300:
            return Failed(Reason.BAD_ANSWER, f"status {status}" + (": it refuses our address" if status == 401 else ""))
        try:
            return self._decoder.decode(body)
        except MinerNonsense as error:
            return Failed(Reason.BAD_ANSWER, str(error))

    async def _open(self, target: Target, serial: int) -> None:
        if not may_be_opened():
            self._end_if_current(serial, Failed(Reason.NO_CONNECTION, "this process may open no more connections (ulimit -n)"))
            return
        try:
            await asyncio.get_running_loop().create_connection(lambda: _Connection(self, serial), target.ip, target.port)
        except OSError as error:
            reason = Reason.REFUSED if isinstance(error, ConnectionRefusedError) else Reason.NO_CONNECTION
            self._end_if_current(serial, Failed(reason, error.strerror or str(error)))

    def _end_if_current(self, serial: int, outcome: Outcome) -> None:
        if serial == self._serial and self._done is not None:
            self._end(outcome)

    def _end(self, outcome: Outcome) -> None:
        done, self._done = self._done, None
        if isinstance(outcome, Failed):
            self._drop()
        if done is not None:
            done(outcome)

    def _drop(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if self._connection is not None:
            self._connection.abandon()
            self._connection = None


class _Connection(asyncio.Protocol):
    """One connection of a line. Once abandoned it is deaf: what the loop still tells it reaches nobody."""

    __slots__ = ("_line", "_serial", "_transport", "is_spare")

    def __init__(self, line: PollLine, serial: int) -> None:
        self._line: PollLine | None = line
        self._serial = serial
        self._transport: asyncio.Transport | None = None
        self.is_spare = False

    def ask(self, request: bytes) -> None:
        if self._transport is not None:
            self._transport.write(request)

    def abandon(self) -> None:
        self._line = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self.is_spare = not may_be_kept(transport.get_extra_info("socket").fileno())
        if self._line is not None:
            self._line.opened(self, self._serial)

    def data_received(self, data: bytes) -> None:
        if self._line is not None:
            self._line.received(data)

    def eof_received(self) -> None:
        if self._line is not None:
            self._line.ended()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._line is not None:
            self._line.lost(exc)


def _request(target: Target) -> bytes:
    host = target.ip if target.port == 80 else f"{target.ip}:{target.port}"
    return (
        f"GET /api/system/info HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Pluto\r\n"
        "Accept: application/json\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\n\r\n"
    ).encode()


def _may_stay_open(outcome: Outcome) -> bool:
    return isinstance(outcome, Answered) and keeps_connection(outcome.reading.firmware)
