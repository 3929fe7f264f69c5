"""The imprinted miners: what a client was told is on disk, what a poll said is in memory first."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Self

from pluto.clock import Clock, iso_milliseconds
from pluto.errors import BadRequest, NotFound
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress, parse_mac
from pluto.model.record import Record
from pluto.store.collection import SLICE, Collection
from pluto.store.level import Changes, Level
from pluto.store.records import merged, new_record, read_record
from pluto.store.roster import Roster
from pluto.store.write_behind import WriteBehind

LIST_KEY: Final = "devices:imprinted"


class _Merge(NamedTuple):
    before: Record
    after: Record
    changes: JsonObject


class MinerStore:
    """Every imprinted miner's newest record, in memory; `async with` around its use writes polled readings behind."""

    def __init__(self, level: Level, *, clock: Clock, flush_s: float) -> None:
        self._level = level
        self._clock = clock
        self._collection = Collection(level, LIST_KEY)
        self._roster = Roster()
        self._behind = WriteBehind(self._write_polled, clock=clock, every_s=flush_s)
        self._next_order = 0
        self._moment_ms = -1
        self._moment = ""
        self._removals: dict[MacAddress, int] = {}
        self._removed = 0

    def load(self, items: Mapping[str, bytes]) -> None:
        """Take the records from the *items* of the database."""
        for record in self._collection.load(items, read_record).values():
            self._roster.put(record)
        self._next_order = self._collection.next_order

    async def __aenter__(self) -> Self:
        """Begin to write readings behind."""
        await self._behind.__aenter__()
        return self

    async def __aexit__(self, *details: object) -> None:
        """Write what polls left in memory, and end."""
        await self._behind.__aexit__(*details)

    def __len__(self) -> int:
        return len(self._roster)

    @property
    def unwritten(self) -> int:
        """Return how many records have a reading that is not on disk yet."""
        return self._behind.waiting

    @property
    def epoch(self) -> int:
        """Return a mark for `register`: what is removed after it was taken stays removed."""
        return self._removed

    def get(self, id_: str) -> Record | None:
        """Return the record of *id_* as given, else of the same MAC in another spelling, else None."""
        return self._roster.get(id_)

    def all(self) -> list[Record]:
        """Return every record, newest `createdAt` first; equals in the order of registration."""
        return self._roster.newest_first()

    def in_order(self) -> list[Record]:
        """Return every record in the order of registration."""
        return self._roster.in_order()

    async def register(self, found: Sequence[JsonObject], *, since: int | None = None) -> list[Record]:
        """Store the devices *found*, new or merged over what is known, all at once; return their records.

        With *since* (an `epoch` from before the look-up) those removed meanwhile are left out. Raises BadRequest for a
        device without a MAC and StorageFull; then nothing has changed.
        """
        async with self._level.writing:
            changes: dict[str, JsonObject] = {}
            keys: dict[MacAddress, str] = {}
            for device in found:
                text, mac = device.get("mac"), parse_mac(device.get("mac"))
                if mac is None or not isinstance(text, str):
                    raise BadRequest("a device without a MAC cannot be registered")
                known = self._roster.get(text)
                if known is None and since is not None and self._removals.get(mac, 0) > since:
                    continue
                key = keys.setdefault(mac, known.key if known else text)
                changes[key] = {**changes.get(key, {}), **device}
            return await self._merge(changes)

    async def update(self, id_: str, changes: JsonObject) -> Record:
        """Merge *changes* over the record of *id_* and return it (contract A.6); raises NotFound, BadRequest, StorageFull."""
        if not isinstance(changes.get("info", {}), dict):
            raise BadRequest("info must be an object")
        async with self._level.writing:
            key = self._known(id_).key
            return (await self._merge({key: changes}))[0]

    async def remove(self, id_: str) -> Record:
        """Forget the miner *id_*, record and list entry, and return its last record; raises NotFound, StorageFull."""
        async with self._level.writing:
            record = self._known(id_)
            await self._collection.commit({record.key: None}, sync=True, then=lambda: self._forget(record))
            return record

    def polled(self, mac: MacAddress, info: bytes) -> Record | None:
        """Take *info* (a JSON object without secrets) as the newest answer of *mac*; None when the miner is gone."""
        before = self._roster.of_mac(mac)
        if before is None:
            return None
        return self._remember(Record(before.key, before.fields, info, self._now(), True, before.order))

    def missed(self, mac: MacAddress) -> Record | None:
        """Note that *mac* did not answer; None when the miner is gone."""
        before = self._roster.of_mac(mac)
        if before is None or before.tracing is False:
            return before
        return self._remember(Record(before.key, before.fields, before.info, self._now(), False, before.order))

    async def flush(self) -> bool:
        """Write what polls left in memory, and return whether all of it is on disk."""
        return await self._behind.flush()

    def clearing(self, preset: str) -> tuple[Changes, Callable[[], None]]:
        """Return what takes *preset* from every miner: changes for the database, and what memory does once they are stored.

        The caller holds `level.writing` until then.
        """
        changes: JsonObject = {"presetUuid": None}
        named = [record for record in self._roster.in_order() if record.fields.get("presetUuid") == preset]
        merges = [_Merge(record, merged(record, changes, now=self._now()), changes) for record in named]
        values = {self._collection.record_key(merge.after.key): merge.after.to_json() for merge in merges}
        return values, lambda: self._keep(merges)

    async def _merge(self, changes: Mapping[str, JsonObject]) -> list[Record]:
        now = self._now()
        merges: list[_Merge] = []
        for place, (key, change) in enumerate(changes.items()):
            before = self._roster.get(key) or new_record(key, now=now, order=self._next_order + place)
            merges.append(_Merge(before, merged(before, change, now=now), change))
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        records = {merge.after.key: merge.after.to_json() for merge in merges}
        if records:
            await self._collection.commit(records, sync=True, then=lambda: self._keep(merges))
        return self._roster.of_keys(records)

    def _keep(self, merges: Sequence[_Merge]) -> None:
        """Keep what is on disk now; a poll that came meanwhile is merged in and stays to be written."""
        self._next_order += len(merges)
        for merge in merges:
            newest = self._roster.get(merge.before.key)
            if newest is None or newest is merge.before:
                self._roster.put(merge.after)
                self._behind.forget(merge.after.key)
            else:
                self._roster.put(merged(newest, merge.changes, now=newest.updated_at))

    def _forget(self, record: Record) -> None:
        self._roster.drop(record.key)
        self._behind.forget(record.key)
        self._removed += 1
        self._removals[record.mac] = self._removed

    def _remember(self, record: Record) -> Record:
        self._roster.replace(record)
        self._behind.mark(record.key)
        return record

    async def _write_polled(self, keys: Sequence[str]) -> None:
        async with self._level.writing:
            records = {record.key: record.to_json() for record in self._roster.of_keys(keys)}
            if records:
                await self._collection.commit(records, sync=False)

    def _known(self, id_: str) -> Record:
        record = self._roster.get(id_)
        if record is None:
            raise NotFound("there is no such miner")
        return record

    def _now(self) -> str:
        """Return the wall time as stored; polls of the same millisecond share the text."""
        moment_ms = int(self._clock.wall_s() * 1000)
        if moment_ms != self._moment_ms:
            self._moment_ms = moment_ms
            self._moment = iso_milliseconds(self._clock.utc())
        return self._moment
