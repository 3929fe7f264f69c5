"""What a live topic is: a snapshot, then patches; who keeps which rows, and what waits for the next patch."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, count, islice
from operator import ne
from typing import Final, Protocol

import msgspec

from pluto.model.json_value import Json, JsonObject
from pluto.model.miner import MacAddress

SLICE: Final = 200
"""Rows made in one go, before the event loop gets its turn."""

ROWS_A_PATCH: Final = 1500
"""So many that 20,000 miners are shown as fast as they are polled, and no more than the event loop can wait for."""

Key = str | int
"""What names a row: a miner's MAC, the address of who is none, or an event's id."""


class Table(msgspec.Struct, frozen=True):
    """Where the rows of miners come from: *raw* gives one anew, None where the miner is gone; *shown* what to show of a cell.

    Raw cells are compared, since most of them are as they were and cost nothing more then.
    """

    columns: Sequence[str]
    raw: Callable[[MacAddress], Sequence[Json] | None]
    shown: Callable[[int, Json], Json]


class Feed(msgspec.Struct, frozen=True):
    """Where the rows of a feed come from, all or one; *about* gives members that each message has besides."""

    columns: Sequence[str]
    rows: Callable[[], list[list[Json]]]
    row: Callable[[Key], list[Json] | None]
    about: Callable[[], JsonObject]


class Room(Protocol):
    """One live topic while somebody watches it. Sequence numbers, sending and bounds are `Live`'s."""

    async def open(self) -> None:
        """Get ready: what changes from here on comes with `take`."""

    def close(self) -> None:
        """End: nobody watches any more."""

    def snapshot(self) -> JsonObject:
        """Return the members of a snapshot: everything as of the last `take`."""
        ...

    def take(self) -> JsonObject | None:
        """Return the members of a patch: what changed since the last `take`; None for nothing."""
        ...


class TableRoom:
    """Rows of miners that change cell by cell: marking one as changed costs an entry in a dict, the rest is done by `take`."""

    def __init__(self, table: Table, macs: Callable[[], Sequence[MacAddress]]) -> None:
        self._columns: list[Json] = list(table.columns)
        self._macs = macs
        self._raw = table.raw
        self._shown = table.shown
        self.is_closed = False
        self._raws: dict[MacAddress, Sequence[Json]] = {}
        self._rows: dict[MacAddress, list[Json]] = {}
        self.changed: dict[MacAddress, None] = {}

    async def open(self) -> None:
        """Make all rows, in slices; those marked meanwhile come with the first patch."""
        for place, mac in enumerate(self._macs()):
            if (raw := self._raw(mac)) is not None:
                self._cells(mac, raw)
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)

    def close(self) -> None:
        """Drop the rows."""
        self.is_closed = True
        self._raws.clear()
        self._rows.clear()
        self.changed.clear()

    def snapshot(self) -> JsonObject:
        """Return columns and rows."""
        rows: list[Json] = list(self._rows.values())
        return {"columns": self._columns, "rows": rows}

    def take(self) -> JsonObject | None:
        """Return the changed cells, as `[mac, column, value, …]`, and who is gone; what is too much waits for the next time."""
        if not self.changed:
            return None
        changed = list(islice(self.changed, ROWS_A_PATCH))
        rows: list[Json] = []
        removed: list[Json] = []
        for mac in changed:
            del self.changed[mac]
            raw = self._raw(mac)
            if raw is None:
                if self._raws.pop(mac, None) is not None:
                    del self._rows[mac]
                    removed.append(mac)
            elif cells := self._cells(mac, raw):
                rows.append([mac, *cells])
        patch: JsonObject = {"rows": rows}
        if removed:
            patch["removed"] = removed
        return patch if rows or removed else None

    def _cells(self, mac: MacAddress, raw: Sequence[Json]) -> list[Json]:
        """Take over *raw*, and return `column, value, …` of what shows."""
        before = self._raws.get(mac)
        self._raws[mac] = raw
        if before is None:
            row = self._rows[mac] = list(map(self._shown, count(), raw))
            return [part for cell in enumerate(row) for part in cell]
        row, cells = self._rows[mac], list[Json]()
        for place in compress(count(), map(ne, before, raw)):
            value = self._shown(place, raw[place])
            if value != row[place]:
                row[place] = value
                cells += (place, value)
        return cells


class FeedRoom:
    """Whole rows that come in addition, or anew under the same first cell."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._new: dict[Key, None] = {}
        self._is_changed = False
        self._known: JsonObject = {}
        self.is_closed = False

    async def open(self) -> None:
        """Take everything as of now."""
        self._know()

    def close(self) -> None:
        """Drop what waits."""
        self.is_closed = True
        self._new.clear()

    def put(self, key: Key | None) -> None:
        """Tell of a row that is new or changed, or (None) of what stands beside the rows."""
        self._is_changed = True
        if key is not None:
            self._new[key] = None

    def snapshot(self) -> JsonObject:
        """Return columns, rows and what stands beside them."""
        return self._known

    def take(self) -> JsonObject | None:
        """Return the rows told of since the last time; one that is gone already is left out."""
        if not self._is_changed:
            return None
        self._is_changed = False
        rows: list[Json] = [row for row in map(self._feed.row, self._new) if row is not None]
        self._new.clear()
        self._know()
        patch: JsonObject = {"rows": rows}
        return patch | self._feed.about()

    def _know(self) -> None:
        columns: list[Json] = list(self._feed.columns)
        rows: list[Json] = list(self._feed.rows())
        known: JsonObject = {"columns": columns, "rows": rows}
        self._known = known | self._feed.about()


class LinesRoom:
    """Rows that only come in addition; the last *kept* of them are the snapshot. *opened* returns those of before."""

    def __init__(
        self, columns: Sequence[str], kept: int, opened: Callable[[], Sequence[list[Json]]], closed: Callable[[], None]
    ) -> None:
        self._columns: list[Json] = list(columns)
        self._opened = opened
        self._closed = closed
        self._rows: deque[list[Json]] = deque(maxlen=kept)
        self._new: list[list[Json]] = []

    async def open(self) -> None:
        """Take the rows of before."""
        self._rows.extend(self._opened())

    def close(self) -> None:
        """Tell that nobody watches any more."""
        self._closed()

    def put(self, rows: Iterable[list[Json]]) -> None:
        """Add new rows."""
        self._new.extend(rows)

    def snapshot(self) -> JsonObject:
        """Return columns and the last rows."""
        rows: list[Json] = list(self._rows)
        return {"columns": self._columns, "rows": rows}

    def take(self) -> JsonObject | None:
        """Return the rows that came since the last time."""
        if not self._new:
            return None
        rows: list[Json] = list(self._new)
        self._rows.extend(self._new)
        self._new.clear()
        return {"rows": rows}
