"""Which miners the metrics show, under which prefix, with which values; the whole of it as text when somebody asks."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from isal import igzip

from pluto.clock import Clock
from pluto.metrics.families import NO_VALUES, SUFFIXES, contract_values
from pluto.metrics.itself import Itself
from pluto.metrics.miner_text import LABELLED_HEADERS, Shown, text_by_label, text_by_name
from pluto.metrics.overview import NAMES, overview_text
from pluto.model.miner import MacAddress, Miner
from pluto.model.names import NameBook, metric_prefixes
from pluto.model.reading import Reading
from pluto.model.state import MinerState
from pluto.model.totals import Totals

SHELF_SIZE: Final = 200
"""Miners made into text in one go, before the event loop gets its turn (`bench/exposition.py`)."""

OUR_NAMESPACES: Final = ("pluto", "process", "python", "scrape")
"""First words of metric names that a miner's host name may not take: ours, and Prometheus' own."""

_LARGE_BYTES: Final = 1 << 20
_GZIP_LEVEL: Final = 1  # of 0 to 3; the metrics of a fleet repeat themselves


class _Text(msgspec.Struct, frozen=True):
    by_name: bytes
    by_label: tuple[bytes, ...]


class _Shelf:
    """Up to SHELF_SIZE miners whose text is made and kept together, until one of them changes."""

    __slots__ = ("changes", "miners", "text")

    def __init__(self) -> None:
        self.miners: dict[MacAddress, Shown] = {}
        self.changes = 0
        self.text: _Text | None = None

    def put(self, mac: MacAddress, shown: Shown) -> None:
        self.miners[mac] = shown
        self.changes += 1
        self.text = None

    def take(self, mac: MacAddress) -> None:
        del self.miners[mac]
        self.changes += 1
        self.text = None


class _Slice(NamedTuple):
    """A shelf as it was when the scrape began."""

    shelf: _Shelf
    changes: int
    text: _Text | None
    miners: tuple[Shown, ...]


class Metrics:
    """All metrics of one Pluto. A poll only notes what changed; text is made at the scrape, in slices.

    *by_name* and *by_label* say whether the metrics called after each miner, and those with the label `mac`, are shown.
    """

    def __init__(self, clock: Clock, *, by_name: bool = True, by_label: bool = True) -> None:
        self.totals = Totals()
        self.itself = Itself()
        self.itself.attach("pluto_miners_watched", lambda: self.totals.watched)
        self._clock = clock
        self._by_name = by_name
        self._by_label = by_label
        self._prefixes = NameBook(metric_prefixes(SUFFIXES, NAMES, OUR_NAMESPACES))
        self._shelves: list[_Shelf] = []
        self._shelf_of: dict[MacAddress, _Shelf] = {}
        self._scrape = asyncio.Lock()

    def watch(self, miner: Miner, hostname: str | None, last: Reading | None = None) -> None:
        """Show *miner* from now on, offline until it answers; *last* is its last known reading, for the totals. Idempotent."""
        shelf = self._shelf_of.get(miner.mac)
        shown = None if shelf is None else shelf.miners[miner.mac]
        if shown is not None and shown.is_watched:
            return
        state = MinerState(miner, reading=last)
        prefix, values = ("", NO_VALUES) if shown is None else (shown.prefix, shown.values)
        self.totals.change(None, state)
        self._shelf(miner.mac).put(miner.mac, Shown(state, hostname, prefix, values))
        self._name(miner, hostname)

    def observe(self, after: MinerState) -> None:
        """Note what a poll left behind, and count the poll; of a miner that is not watched nothing is noted."""
        mac = after.miner.mac
        shelf = self._shelf_of.get(mac)
        before = None if shelf is None else shelf.miners[mac]
        if shelf is None or before is None or not before.is_watched:
            return
        self.itself.count_poll(after)
        self.totals.change(before.state, after)
        if not after.is_online or after.reading is None:
            shelf.put(mac, Shown(after, before.hostname, before.prefix, before.values))
            return
        said = after.reading.reported
        shelf.put(mac, Shown(after, said.hostname, before.prefix, contract_values(before.values, said)))
        if said.hostname != before.hostname:
            self._name(after.miner, said.hostname)

    def unwatch(self, mac: MacAddress, *, delete: bool) -> None:
        """End the miner's labelled metrics and count it no more; those by name go with *delete*, else stay as they are."""
        shelf = self._shelf_of.get(mac)
        if shelf is None:
            return
        shown = shelf.miners[mac]
        if shown.is_watched:
            self.totals.change(shown.state, None)
        if delete:
            self._prefixes.forget(mac)
            self._discard(mac, shelf)
        else:
            self._prefixes.keep(mac)
            shelf.put(mac, msgspec.structs.replace(shown, is_watched=False))

    def prefix(self, mac: MacAddress) -> str | None:
        """Return what the names of the miner's metrics begin with, without the last underscore; None when it has none."""
        return self._prefixes.name(mac)

    async def text(self) -> bytes:
        """Return the exposition as it is at this instant, whatever changes while it is made; one at a time is made."""
        async with self._scrape:
            now_s = self._clock.now_s()
            before = overview_text(self.totals) + self.itself.text()
            slices = [_Slice(shelf, shelf.changes, shelf.text, tuple(shelf.miners.values())) for shelf in self._shelves]
            texts = [of.text or await self._made(of, now_s) for of in slices]
            return await _joined([before.encode(errors="replace"), *_in_order(texts)])

    async def _made(self, of: _Slice, now_s: float) -> _Text:
        miners = of.miners
        by_name = text_by_name(miners).encode(errors="replace") if self._by_name else b""
        by_label = [text.encode(errors="replace") for text in text_by_label(miners, now_s)] if self._by_label else []
        text = _Text(by_name, tuple(by_label))
        if of.shelf.changes == of.changes:
            of.shelf.text = text
        await asyncio.sleep(0)
        return text

    def _shelf(self, mac: MacAddress) -> _Shelf:
        shelf = self._shelf_of.get(mac)
        if shelf is None:
            shelf = next((shelf for shelf in reversed(self._shelves) if len(shelf.miners) < SHELF_SIZE), None)
        if shelf is None:
            shelf = _Shelf()
            self._shelves.append(shelf)
        self._shelf_of[mac] = shelf
        return shelf

    def _discard(self, mac: MacAddress, shelf: _Shelf) -> None:
        del self._shelf_of[mac]
        shelf.take(mac)
        if not shelf.miners:
            self._shelves.remove(shelf)

    def _name(self, miner: Miner, hostname: str | None) -> None:
        for mac in self._prefixes.claim(miner, hostname):
            shelf = self._shelf_of[mac]
            shelf.put(mac, msgspec.structs.replace(shelf.miners[mac], prefix=self._prefixes.name(mac)))


async def gzipped(text: bytes) -> bytes:
    """Return *text* compressed, fast rather than small, without holding up the event loop."""
    return await asyncio.to_thread(_compressed, text)


def _compressed(text: bytes) -> bytes:
    return igzip.compress(text, _GZIP_LEVEL)  # pyright: ignore[reportUnknownMemberType] - its types are incomplete


def _in_order(texts: Sequence[_Text]) -> list[bytes]:
    parts = [text.by_name for text in texts]
    head = ""
    for place, header in enumerate(LABELLED_HEADERS):
        head = header or head
        lines = [text.by_label[place] for text in texts if text.by_label and text.by_label[place]]
        if lines:
            parts += [head.encode(), *lines]
            head = ""
    return parts


async def _joined(parts: Sequence[bytes]) -> bytes:
    if sum(map(len, parts)) < _LARGE_BYTES:
        return b"".join(parts)
    return await asyncio.to_thread(b"".join, parts)
