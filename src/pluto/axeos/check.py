"""What one address has to say for itself, step by step, for a person who wonders why no miner is found there."""

import asyncio
from typing import Final

import msgspec

from pluto.axeos.decode import looks_like_miner
from pluto.axeos.fetch import CONNECT_LIMIT_S, MinerClient, Reply
from pluto.axeos.reach import Reach, Refusal, Target
from pluto.axeos.sift import sifted
from pluto.errors import MinerFault, MinerNonsense

STEPS: Final = ("allowed", "reachable", "http", "json", "recognised")
"""In this order; behind the first that fails nothing is tried."""

INFO_PATH: Final = "/api/system/info"
ANSWER_LIMIT_S: Final = 5.0


class Step(msgspec.Struct, frozen=True):
    """One step: *is_ok* is None where it was not tried; *detail* is a sentence or nothing."""

    step: str
    is_ok: bool | None
    detail: str | None = None


class _Stopped(Exception):
    """The step that was begun last failed."""


class Check:
    """Asks one address; every wait has a limit. Nothing of the answer is in the steps but its status and size."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._client = MinerClient(reach)

    async def steps(self, host: str) -> list[Step]:
        """Return how far one gets at `ip[:port]`, a row for each of STEPS."""
        passed: list[Step] = []
        try:
            await self._walk(host, passed)
        except _Stopped as stop:
            passed.append(Step(STEPS[len(passed)], is_ok=False, detail=str(stop)))
        return passed + [Step(step, is_ok=None) for step in STEPS[len(passed) :]]

    async def _walk(self, host: str, passed: list[Step]) -> None:
        def ok(detail: str | None = None) -> None:
            passed.append(Step(STEPS[len(passed)], is_ok=True, detail=detail))

        target = self._reach.check(host)
        if isinstance(target, Refusal):
            raise _Stopped(target.sentence)
        ok()
        await _connect(target)
        ok(f"port {target.port} is open")
        reply = await self._asked(host)
        ok(f"status {reply.status}")
        _read(reply)
        ok(f"{len(reply.body):,} bytes")
        if not looks_like_miner(reply.body):
            raise _Stopped("the answer holds none of the values that a miner has: no hashrate")
        ok()

    async def _asked(self, host: str) -> Reply:
        try:
            reply = await self._client.get(host, INFO_PATH, ANSWER_LIMIT_S)
        except MinerFault as error:
            raise _Stopped(str(error)) from error
        if reply.status != 200:
            raise _Stopped(f"{INFO_PATH}: status {reply.status}" + (": it refuses our address" if reply.status == 401 else ""))
        return reply


async def _connect(target: Target) -> None:
    try:
        async with asyncio.timeout(CONNECT_LIMIT_S):
            _, writer = await asyncio.open_connection(target.ip, target.port)
    except TimeoutError as error:
        raise _Stopped(f"no connection within {CONNECT_LIMIT_S:g} s: switched off, or behind a firewall") from error
    except OSError as error:
        raise _Stopped(f"no connection: {error.strerror or error}") from error
    writer.transport.abort()


def _read(reply: Reply) -> None:
    try:
        sifted(reply.body)
    except MinerNonsense as error:
        raise _Stopped(str(error)) from error
