"""Begin and end watching: the list a user sets, and one miner that leaves it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pluto.model.miner import MacAddress
from pluto.model.record import Record, miner_id
from pluto.model.state import MinerState
from pluto.monitor.fleet import Fleet, plan
from pluto.services.device_logs import DeviceLogs
from pluto.store.miners import MinerStore

SLICE: Final = 100
"""Miners that begin in one go, before the event loop gets its turn: 10,000 of them must not hold up a poll."""
MANY: Final = 500
"""So many that begin together are told of, once they have."""
LEAVING: Final = 20
"""The same for those that leave: browsers hear of each, and of everybody who stays."""


class Watch:
    """Which of our miners are polled; *joined* and *left* hear of each that begins and ends.

    *many_joined* hears when MANY or more have begun. Lists that are set at the same time are worked off one after another.
    """

    def __init__(  # noqa: PLR0913 - three parts and three ears
        self,
        store: MinerStore,
        fleet: Fleet,
        logs: DeviceLogs,
        *,
        joined: Callable[[Record], None],
        left: Callable[[Record], None],
        many_joined: Callable[[], None],
    ) -> None:
        self._store = store
        self._logs = logs
        self._fleet = fleet
        self._joined = joined
        self._left = left
        self._many_joined = many_joined
        self._turn = asyncio.Lock()

    async def all(self, *, traces: bool | None = None) -> list[Record]:
        """Watch every imprinted miner; returns their records, newest first. *traces*: follow their logs, not, or as before."""
        return await self._set(self._store.all(), traces)

    async def listen(self, macs: Iterable[str], *, traces: bool | None = None) -> list[Record]:
        """Watch exactly those of *macs* that are imprinted; the others leave. Returns their records, newest first."""
        wanted = {miner_id(mac) for mac in macs}
        await asyncio.sleep(0)  # each of these steps takes 10,000 miners some milliseconds
        return await self._set([record for record in self._store.all() if record.mac in wanted], traces)

    async def also(self, macs: Iterable[MacAddress]) -> None:
        """Watch those of *macs* that are imprinted beside those watched already."""
        async with self._turn:
            await self._begin([record for mac in macs if (record := self._store.get(mac)) is not None])

    def leave(self, record: Record) -> None:
        """Stop polling one miner, in mid-poll too, and tell of it; nothing happens if it is not watched."""
        if record.mac in self._fleet:
            self._fleet.stop(record.mac)
            self._left(record)

    def state(self, mac: MacAddress) -> MinerState | None:
        """Return what we believe of *mac*, or None when it is not watched."""
        return self._fleet.state(mac)

    def is_watched(self, mac: MacAddress) -> bool:
        """Return whether *mac* is polled."""
        return mac in self._fleet

    async def _set(self, records: list[Record], traces: bool | None) -> list[Record]:
        async with self._turn:
            await asyncio.sleep(0)
            by_mac = {record.mac: record for record in records}
            await asyncio.sleep(0)
            change = plan(list(self._fleet), [record.miner for record in records])
            await asyncio.sleep(0)
            await self._end(change.stop)
            await self._begin([by_mac[miner.mac] for miner in change.start])
            self._logs.trace(by_mac, traces=traces)
        return records

    async def _end(self, macs: Sequence[MacAddress]) -> None:
        for place, mac in enumerate(macs):
            if mac in self._fleet and (record := self._store.missed(mac)) is not None:
                self.leave(record)
            if place % LEAVING == LEAVING - 1:
                await asyncio.sleep(0)

    async def _begin(self, records: Sequence[Record]) -> None:
        """Begin with those of *records* that are still ours when their turn comes."""
        new = [record for record in records if record.mac not in self._fleet]
        for start in range(0, len(new), SLICE):
            newest = [self._store.get(record.key) for record in new[start : start + SLICE]]
            states: list[MinerState] = []
            for record in newest:
                if record is not None:
                    self._joined(record)
                    states.append(MinerState(record.miner, info=record.info))
            self._fleet.start(states, among=len(new))
            await asyncio.sleep(0)
        if len(new) >= MANY:
            self._many_joined()
