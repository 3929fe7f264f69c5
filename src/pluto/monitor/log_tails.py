"""Whose log is followed: by the list a client set, one socket a miner, five attempts after a loss (contract A.7, J)."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import Final

from pluto.clock import Clock, pause
from pluto.errors import MinerFault
from pluto.model.miner import MacAddress
from pluto.model.state import MinerState
from pluto.monitor.line_limit import LineLimit

DELAYS_S: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Before each further attempt after a loss; a socket that opened begins them anew."""

LINE_BYTES: Final = 4 * 1024
"""So much of a message counts as a line where lines are limited (trust 5.8)."""

Open = Callable[[MacAddress], AsyncGenerator[bytes, None] | None]
"""Opens a miner's log: an iterator whose first item is empty once the socket stands; None when there is no such miner."""
Heard = Callable[[MacAddress, bytes], Awaitable[None]]
Noticed = Callable[[MacAddress, str], None]
"""Told in a sentence how the connection to a log goes."""

log = logging.getLogger(__name__)


class LogTails:
    """Follows logs; a task a miner, ended before `stop` and the end of `async with` return.

    A message is told once and in order, one frame one message, however many lines it holds.
    """

    def __init__(self, open_log: Open, heard: Heard, clock: Clock, noticed: Noticed | None = None) -> None:
        self._open = open_log
        self._heard = heard
        self._noticed: Noticed = noticed or _deaf
        self._clock = clock
        self._tails: dict[MacAddress, asyncio.Task[None]] = {}
        self._given_up: set[MacAddress] = set()
        self._traced: set[MacAddress] = set()
        self._looked_at: set[MacAddress] = set()
        self._limits: dict[MacAddress, LineLimit] = {}

    async def __aenter__(self) -> "LogTails":
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = list(self._tails.values())
        for mac in list(self._tails):
            self.stop(mac)
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def followed(self) -> frozenset[MacAddress]:
        """Return whose log is followed, those included whose attempts are used up."""
        return frozenset(self._tails) | self._given_up

    def set(self, listed: Iterable[MacAddress], *, traces: bool | None) -> None:
        """Follow all of *listed*, none of them, or (None) leave them as they are; those given up begin anew."""
        for mac in listed:
            if traces is True:
                self._traced.add(mac)
                self._start(mac)
            elif traces is False:
                self._traced.discard(mac)
                self._end_unless_wanted(mac)

    def look(self, mac: MacAddress) -> None:
        """Follow *mac* because a page looks at its log, until `look_away`."""
        self._looked_at.add(mac)
        self._start(mac)

    def look_away(self, mac: MacAddress) -> None:
        """No page looks at the log of *mac* any more: its socket closes, unless a list asked for it."""
        self._looked_at.discard(mac)
        self._end_unless_wanted(mac)

    def stop(self, mac: MacAddress) -> None:
        """Follow *mac* no more, whoever asked: its socket closes, nothing of it is told any more."""
        self._traced.discard(mac)
        self._looked_at.discard(mac)
        self._end_unless_wanted(mac)

    def _end_unless_wanted(self, mac: MacAddress) -> None:
        if mac in self._traced or mac in self._looked_at:
            return
        self._given_up.discard(mac)
        self._limits.pop(mac, None)
        task = self._tails.pop(mac, None)
        if task is not None:
            task.cancel()

    def note(self, before: MinerState, after: MinerState) -> None:
        """Take notice of a poll: one that came back is followed again, one that restarted gets a new socket."""
        mac = after.miner.mac
        if mac in self._given_up and after.is_online and not before.is_online:
            self._start(mac)
        elif mac in self._tails and after.restarts != before.restarts:
            self._tails.pop(mac).cancel()
            self._start(mac)

    def _start(self, mac: MacAddress) -> None:
        self._given_up.discard(mac)
        if mac not in self._tails:
            self._limits.setdefault(mac, LineLimit(self._clock))
            self._tails[mac] = asyncio.create_task(self._follow(mac), name=f"log {mac}")

    async def _follow(self, mac: MacAddress) -> None:
        lost = 0
        while lost <= len(DELAYS_S):
            if lost:
                delay_s = DELAYS_S[lost - 1]
                self._noticed(mac, f"no connection to this log: attempt {lost} of {len(DELAYS_S)} in {delay_s:g} s")
                await pause(self._clock, delay_s)
            if await self._listened(mac):
                lost = 0
            lost += 1
        log.warning("log given up", extra={"mac": mac, "attempts": len(DELAYS_S)})
        self._noticed(mac, f"given up after {len(DELAYS_S)} attempts; tried again when the miner is back")
        self._tails.pop(mac, None)
        self._given_up.add(mac)

    async def _listened(self, mac: MacAddress) -> bool:
        """Tell what the miner writes until its socket ends; return whether the socket opened at all."""
        has_opened = False
        messages = self._open(mac)
        if messages is None:
            return False
        try:
            async with contextlib.aclosing(messages) as feed:
                async for frame in feed:
                    if has_opened:
                        await self._tell(mac, frame)
                    has_opened = True
        except MinerFault as error:
            log.debug("log lost", extra={"mac": mac, "why": str(error)})
        except Exception:  # a bug met by one log must not end the others, nor the polls
            log.exception("log failed unexpectedly", extra={"mac": mac})
        return has_opened

    async def _tell(self, mac: MacAddress, frame: bytes) -> None:
        limit = self._limits.get(mac)
        if limit is None or not frame:
            return
        if limit.admits(max(1, frame.count(b"\n"), len(frame) // LINE_BYTES)):
            await self._heard(mac, frame)
        if dropped := limit.dropped_since():
            log.warning("log lines dropped", extra={"mac": mac, "lines": dropped})


def _deaf(_mac: MacAddress, _sentence: str) -> None:
    pass
