"""What is shown of our miners: records, states and tracks joined, for lists, live rows and the single view."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final

from pluto.axeos.decode import decode_system_info
from pluto.errors import MinerFault, NotFound
from pluto.events.room import Table
from pluto.model.columns import FLEET_ROWS, NOTHING, Column, Rows, View
from pluto.model.json_value import Json
from pluto.model.miner import MacAddress
from pluto.model.reading import Reading
from pluto.model.record import Record, miner_id
from pluto.model.standing import NOT_WATCHED, Limits, standing
from pluto.monitor.fleet import Fleet
from pluto.monitor.standings import PastPoll, Standings
from pluto.store.miners import MinerStore

SLICE: Final = 200


class Views:
    """What a user can see of each miner; made when somebody asks."""

    def __init__(self, store: MinerStore, fleet: Fleet, standings: Standings) -> None:
        self._store = store
        self._fleet = fleet
        self._standings = standings
        self._named: dict[MacAddress, tuple[bytes, Reading]] = {}
        self._born = int(standings.wall_s() * 1000)
        self._changes = 0

    @property
    def tag(self) -> str:
        """Return an entity tag that is another after each change, and after each start."""
        return f'"{self._born:x}-{self._changes:x}"'

    @property
    def limits(self) -> Limits:
        """Return from where on a value is a condition."""
        return self._standings.limits

    def changed(self) -> None:
        """Note that something looks different now."""
        self._changes += 1

    async def rows(self) -> AsyncGenerator[list[list[Json]]]:
        """Yield the rows of all miners as they are now, made in slices so that polls go on."""
        records = self._store.in_order()
        for start in range(0, len(records), SLICE):
            yield [FLEET_ROWS.of(self.view(record)) for record in records[start : start + SLICE]]
            await asyncio.sleep(0)

    def macs(self) -> list[MacAddress]:
        """Return all imprinted miners, in the order of registration."""
        return [record.mac for record in self._store.in_order()]

    def record(self, miner: str) -> Record:
        """Return the record of a miner; raises NotFound."""
        record = self._store.get(miner)
        if record is None:
            raise NotFound("no miner with this MAC is imprinted")
        return record

    def row(self, mac: MacAddress, rows: Rows = FLEET_ROWS) -> list[Json] | None:
        """Return one row as it is shown, None where the miner is not imprinted."""
        record = self._store.get(mac)
        return None if record is None else rows.of(self.view(record))

    def table(self, columns: Sequence[Column]) -> Table:
        """Return where a live topic takes its rows from."""
        rows = Rows(columns)

        def raw(mac: MacAddress) -> Sequence[Json] | None:
            record = self._store.get(mac)
            return None if record is None else rows.raw(self._view(mac, record))

        return Table([column.name for column in columns], raw, rows.shown)

    def view(self, record: Record) -> View:
        """Return everything known of a miner at this moment."""
        return self._view(record.mac, record)

    def _view(self, mac: MacAddress, record: Record) -> View:
        state = self._fleet.state(mac)
        named = (state.reading if state else None) or self._last_named(record)
        if state is None:
            return View(mac, record, named, NOT_WATCHED, None, None)
        standings, track = self._standings, self._standings.track(mac)
        now_s = standings.now_s()
        return View(
            mac,
            record,
            named,
            standing(state, track, now_s, standings.limits),
            standings.wall_s(track.since_s),
            None if track.read_s is None else standings.wall_s(track.read_s),
            state.reading or NOTHING,
            state,
            track,
        )

    def polls(self, record: Record) -> Sequence[PastPoll]:
        """Return the last polls of a miner, newest first."""
        return self._standings.polls(record.mac)

    def forget(self, record: Record) -> None:
        """Drop what is remembered of a miner that is ours no more."""
        self._named.pop(miner_id(record.key), None)

    def _last_named(self, record: Record) -> Reading:
        known = self._named.get(record.mac)
        if known is not None and known[0] is record.info:
            return known[1]
        try:
            reading = decode_system_info(record.info).reading
        except MinerFault:  # an old record may hold anything
            reading = Reading()
        self._named[record.mac] = record.info, reading
        return reading
