"""Find a miner again that moved: from what other miners' addresses answer, else by a search, seldom enough to be polite."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from pluto.clock import Clock
from pluto.errors import DiscoveryFailed, PlutoError
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress, parse_mac
from pluto.model.state import Failed, MinerState, Reason
from pluto.services.discover import Discover

SEARCH_EVERY_S: Final = 60.0
SEARCH_AT_MOST_EVERY_S: Final = 900.0
"""A miner that stays away is searched for after 1, 2, 4, … minutes, up to this."""
PATIENCE_S: Final = 12.0
"""How long a miner may be silent before it is searched for; a wrong answer at its address is reason enough at once."""
FRESH_S: Final = 15.0
"""How long it counts that a miner was seen at another one's address."""

log = logging.getLogger(__name__)


class _Lost(msgspec.Struct):
    """A miner that does not answer where we look, and when it is searched for next."""

    host: str | None
    next_search_s: float
    wait_s: float = SEARCH_EVERY_S


class _Seen(msgspec.Struct, frozen=True):
    """A miner that answered at another one's address."""

    host: str
    at_s: float


class Relocate:
    """Watches failed polls; a task of its own searches and takes over new addresses."""

    def __init__(self, discover: Discover, take_over: Callable[[MacAddress, str], Awaitable[None]], clock: Clock) -> None:
        self._discover = discover
        self._take_over = take_over
        self._clock = clock
        self._lost: dict[MacAddress, _Lost] = {}
        self._seen: dict[MacAddress, _Seen] = {}
        self._may_search_s = 0.0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Relocate":
        self._task = asyncio.create_task(self._run(), name="relocate")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def note(self, after: MinerState) -> None:
        """Take notice of a poll; costs nothing while a miner answers."""
        mac = after.miner.mac
        if after.failure is None:
            if self._lost:
                self._lost.pop(mac, None)
            return
        now_s = self._clock.now_s()
        self._note_stranger(after.failure, after.miner.host, now_s)
        is_lost = after.failure.reason is Reason.WRONG_DEVICE or now_s - after.since_s >= PATIENCE_S
        if not is_lost:
            return
        if mac not in self._lost:
            self._lost[mac] = _Lost(after.miner.host, now_s)
            self._wake.set()
        self._lost[mac].host = after.miner.host
        if self._is_seen(mac, now_s):
            self._wake.set()

    def forget(self, mac: MacAddress) -> None:
        """Search no more for a miner that is watched no more."""
        self._lost.pop(mac, None)

    def _note_stranger(self, failure: Failed, host: str | None, now_s: float) -> None:
        if failure.stranger is None or host is None:
            return
        self._seen[failure.stranger] = _Seen(host, now_s)
        if failure.stranger in self._lost:
            self._wake.set()

    def _is_seen(self, mac: MacAddress, now_s: float) -> bool:
        seen = self._seen.get(mac)
        return seen is not None and now_s - seen.at_s < FRESH_S

    async def _run(self) -> None:
        while True:
            await self._wait()
            try:
                await self._take_over_seen()
                await self._search()
            except DiscoveryFailed as error:
                log.warning("search for moved miners failed", extra={"why": str(error)})
            except PlutoError:
                log.exception("moved miner could not be taken over")
            except Exception:  # one bad answer must not end the search for good
                log.exception("search for moved miners failed unexpectedly")

    async def _wait(self) -> None:
        moments = [lost.next_search_s for lost in self._lost.values()]
        wait_s = max(1.0, max(min(moments), self._may_search_s) - self._clock.now_s()) if moments else None
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _take_over_seen(self) -> None:
        now_s = self._clock.now_s()
        self._seen = {mac: seen for mac, seen in self._seen.items() if now_s - seen.at_s < FRESH_S}
        for mac in [mac for mac in self._lost if mac in self._seen]:
            await self._take_over(mac, self._seen.pop(mac).host)

    async def _search(self) -> None:
        now_s = self._clock.now_s()
        due = [mac for mac, lost in self._lost.items() if lost.next_search_s <= now_s]
        if not due or now_s < self._may_search_s:
            return
        self._may_search_s = now_s + SEARCH_EVERY_S
        for mac in due:
            lost = self._lost[mac]
            lost.next_search_s = now_s + lost.wait_s
            lost.wait_s = min(lost.wait_s * 2, SEARCH_AT_MOST_EVERY_S)
        known = await self._discover.by_mac(due)
        if any(mac not in known or known[mac].get("ip") == self._lost_host(mac) for mac in due):
            known |= _by_mac(await self._discover.now(None, due[0] if len(due) == 1 else None))
        for mac in due:
            host = known.get(mac, {}).get("ip")
            if mac in self._lost and isinstance(host, str) and host != self._lost_host(mac):
                await self._take_over(mac, host)

    def _lost_host(self, mac: MacAddress) -> str | None:
        lost = self._lost.get(mac)
        return None if lost is None else lost.host


def _by_mac(devices: list[JsonObject]) -> dict[MacAddress, JsonObject]:
    return {mac: device for device in devices if (mac := parse_mac(device.get("mac"))) is not None}
