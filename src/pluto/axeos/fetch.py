"""Any exchange with a miner but a poll: one connection, one question, one answer, counted and timed while it arrives."""

import asyncio
from typing import Final, cast

import msgspec

from pluto.axeos.answer import AnswerReader
from pluto.axeos.reach import Reach, Refusal, Target
from pluto.errors import MinerHungUp, MinerNonsense, MinerUnreachable

CONNECT_LIMIT_S: Final = 2.0
ANSWER_BYTES: Final = 64 * 1024


class Reply(msgspec.Struct, frozen=True):
    """What a miner answered: any status, the body whole."""

    status: int
    body: bytes


class MinerClient:
    """Asks one miner one thing, each time on a connection of its own. Raises MinerUnreachable and MinerNonsense."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def get(self, host: str, path: str, limit_s: float) -> Reply:
        """Return the answer to `GET path`."""
        return await self.send("GET", host, path, b"", limit_s)

    async def send(self, method: str, host: str, path: str, body: bytes, limit_s: float) -> Reply:
        """Return the answer to *method* *path* with a JSON *body* (none where empty), all of it within *limit_s*.

        Raises MinerHungUp when the connection ends after the whole request was sent: what the miner did is unknown.
        """
        target = self._reach.check(host)
        if isinstance(target, Refusal):
            raise MinerUnreachable(target.sentence)
        try:
            async with asyncio.timeout(limit_s):
                return await _exchange(target, _request(method, target, path, body))
        except TimeoutError as error:
            raise MinerUnreachable(f"{host} did not answer within {limit_s:g} s") from error


async def _exchange(target: Target, request: bytes) -> Reply:
    connection = await _connected(target, request)
    try:
        return await connection.reply
    finally:
        connection.abandon()


async def _connected(target: Target, request: bytes) -> "_Connection":
    where = f"{target.ip}:{target.port}"
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_LIMIT_S):
            _, connection = await loop.create_connection(lambda: _Connection(request), target.ip, target.port)
            return connection
    except TimeoutError as error:
        raise MinerUnreachable(f"no connection to {where} within {CONNECT_LIMIT_S:g} s") from error
    except OSError as error:
        raise MinerUnreachable(f"no connection to {where}: {error.strerror or error}") from error


class _Connection(asyncio.Protocol):
    """Sends its request as soon as it stands; *reply* is the answer, or why there is none."""

    def __init__(self, request: bytes) -> None:
        self.reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._request = request
        self._reader = AnswerReader(ANSWER_BYTES)
        self._is_sent = False
        self._transport: asyncio.Transport | None = None

    def abandon(self) -> None:
        """End the connection, whatever stands in it."""
        self.reply.cancel()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport.set_write_buffer_limits(high=0)
        self._is_sent = True  # unless `pause_writing` says otherwise from within `write`
        self._transport.write(self._request)

    def pause_writing(self) -> None:
        self._is_sent = False

    def resume_writing(self) -> None:
        self._is_sent = True

    def data_received(self, data: bytes) -> None:
        if not self.reply.done():
            self._reader.feed(data)
            self._look()

    def eof_received(self) -> None:
        if not self.reply.done() and self._reader.has_begun:
            self._reader.feed_eof()
            if self._reader.is_complete:
                self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.reply.done():
            return
        kind = MinerHungUp if self._is_sent else MinerUnreachable
        self.reply.set_exception(kind("the connection ended before the whole answer"))

    def _look(self) -> None:
        if self._reader.fault:
            self.reply.set_exception(MinerNonsense(self._reader.fault))
        elif self._reader.is_complete:
            self.reply.set_result(Reply(self._reader.status, self._reader.body))


def _request(method: str, target: Target, path: str, body: bytes) -> bytes:
    host = target.ip if target.port == 80 else f"{target.ip}:{target.port}"
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: Pluto",
        "Accept: application/json",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    if body:
        lines.append("Content-Type: application/json")
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
