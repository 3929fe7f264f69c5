"""What discovery found so far, in a database of its own; nobody was promised that it survives a power cut."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Self

from pluto.clock import Clock, iso_milliseconds
from pluto.model.json_value import JsonObject
from pluto.model.miner import parse_mac
from pluto.model.record import Record
from pluto.store.collection import SLICE, Collection
from pluto.store.level import Level
from pluto.store.records import merged, new_record, read_record
from pluto.store.roster import Roster

LIST_KEY: Final = "devices:discovered"


class DiscoveredStore:
    """The devices in `pluto_discovery`, open from `async with` until its end."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        self._level = Level(folder)
        self._clock = clock
        self._collection = Collection(self._level, LIST_KEY)
        self._roster = Roster()
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open and read everything; raises FolderUnusable, StoreLocked, StoreDamaged."""
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self._level)
            for record in self._collection.load(await self._level.items(), read_record).values():
                self._roster.put(record)
            self._closing = opened.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self._closing.aclose()

    def all(self) -> list[Record]:
        """Return every device found so far, newest `createdAt` first."""
        return self._roster.newest_first()

    async def merge(self, found: Sequence[JsonObject]) -> list[Record]:
        """Store the devices *found*, new or merged over what is known, and return their records; one without a MAC is left out.

        Raises StorageFull: those stored before stay.
        """
        stored: dict[str, Record] = {}
        async with self._level.writing:
            for start in range(0, len(found), SLICE):
                stored |= await self._merge_slice(found[start : start + SLICE])
        return list(stored.values())

    async def _merge_slice(self, found: Sequence[JsonObject]) -> dict[str, Record]:
        now = iso_milliseconds(self._clock.utc())
        after: dict[str, Record] = {}
        for device in found:
            mac = parse_mac(device.get("mac"))
            if mac is None:
                continue
            known = self._roster.of_mac(mac)
            key = known.key if known else mac
            before = after.get(key) or known or new_record(key, now=now, order=self._collection.next_order + len(after))
            after[key] = merged(before, device, now=now)

        def stored() -> None:
            for record in after.values():
                self._roster.put(record)

        await self._collection.commit({key: record.to_json() for key, record in after.items()}, sync=False, then=stored)
        return after
