"""Which miners the metrics show, under which prefix, with which values; the whole of it as text when somebody asks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Final, NamedTuple

import msgspec
from isal import isal_zlib

from pluto.clock import Clock
from pluto.metrics.families import NO_VALUES, SUFFIXES, contract_values
from pluto.metrics.itself import Itself
from pluto.metrics.miner_text import LABELLED_HEADERS, LabelledText, NamedText, Shown, Taken, take
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

_GZIP_FORMAT: Final = 31
_WORTH_A_THREAD_BYTES: Final = 2 * 1024 * 1024
_GZIP_LEVEL: Final = 1  # of 0 to 3; the metrics of a fleet repeat themselves


class _Shelf:
    """Up to SHELF_SIZE miners whose text is made together."""

    __slots__ = ("by_label", "by_name", "miners")

    def __init__(self) -> None:
        self.miners: dict[MacAddress, Shown] = {}
        self.by_name = NamedText()
        self.by_label = LabelledText()


class _Snapshot(NamedTuple):
    """A shelf as it was when the scrape began."""

    shelf: _Shelf
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
        self._slice = asyncio.Lock()

    def watch(self, miner: Miner, hostname: str | None, last: Reading | None = None) -> None:
        """Show *miner* from now on, offline until it answers; *last* is its last known reading, for the totals. Idempotent."""
        shelf = self._shelf_of.get(miner.mac)
        shown = None if shelf is None else shelf.miners[miner.mac]
        if shown is not None and shown.is_watched:
            return
        state = MinerState(miner, reading=last)
        prefix, values = ("", NO_VALUES) if shown is None else (shown.prefix, shown.values)
        self.totals.change(None, state)
        self._shelf(miner.mac).miners[miner.mac] = Shown(state, hostname, prefix, values)
        self._name(miner, hostname)

    def observe(self, after: MinerState) -> None:
        """Note what a poll left behind, and count the poll; of a miner that is not watched nothing is noted."""
        mac = after.miner.mac
        shelf = self._shelf_of.get(mac)
        before = None if shelf is None else shelf.miners[mac]
        if shelf is None or before is None or not before.is_watched:
            return
        self.itself.count_poll(after)
        if after.reading is None and before.state.reading is not None:  # it never answered: what its record says counts on
            after = msgspec.structs.replace(after, reading=before.state.reading)
        self.totals.change(before.state, after)
        if not after.is_online or after.reading is None:
            shelf.miners[mac] = Shown(after, before.hostname, before.prefix, before.values)
            return
        said = after.reading.reported
        shelf.miners[mac] = Shown(after, said.hostname, before.prefix, contract_values(before.values, said))
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
            shelf.miners[mac] = msgspec.structs.replace(shown, is_watched=False)

    def prefix(self, mac: MacAddress) -> str | None:
        """Return what the names of the miner's metrics begin with, without the last underscore; None when it has none."""
        return self._prefixes.name(mac)

    async def text(self) -> bytes:
        """Return the exposition as it is at this instant, whatever changes while it is made."""
        return b"".join([piece async for piece in self.pieces()])

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the exposition as it is at this instant, piece by piece; however many ask, one piece is made at a time."""
        now_s = self._clock.now_s()
        before = overview_text(self.totals) + self.itself.text()
        shelves = [_Snapshot(shelf, tuple(shelf.miners.values())) for shelf in self._shelves]
        yield before.encode(errors="replace")
        taken: list[tuple[LabelledText, Taken]] = []
        for shelf, miners in shelves:
            async with self._slice:
                if self._by_label:
                    taken.append((shelf.by_label, take(miners, now_s)))
                piece = shelf.by_name.of(miners) if self._by_name else b""
                await asyncio.sleep(0)
            if piece:
                yield piece
        head = ""
        for place, header in enumerate(LABELLED_HEADERS if taken else ()):
            head = header or head
            async with self._slice:
                lines = b"".join([text.of(shown, place) for text, shown in taken])
                await asyncio.sleep(0)
            if lines:  # a metric without lines has no header
                yield head.encode() + lines
                head = ""

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
        del shelf.miners[mac]
        if not shelf.miners:
            self._shelves.remove(shelf)

    def _name(self, miner: Miner, hostname: str | None) -> None:
        for mac in self._prefixes.claim(miner, hostname):
            shelf = self._shelf_of[mac]
            shelf.miners[mac] = msgspec.structs.replace(shelf.miners[mac], prefix=self._prefixes.name(mac))


async def gzipped(text: bytes) -> bytes:
    """Return *text* compressed as `compressed` does."""

    async def whole() -> AsyncGenerator[bytes]:
        yield text

    return b"".join([piece async for piece in compressed(whole())])


async def compressed(pieces: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Yield *pieces* as one gzip stream, fast rather than small: a thread compresses some while the next are made."""
    squeeze = isal_zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_FORMAT)
    loop = asyncio.get_running_loop()
    working: asyncio.Future[bytes] | None = None
    async for piece in _gathered(pieces):
        packed = b"" if working is None else await working
        working = loop.run_in_executor(None, squeeze.compress, piece)
        if packed:
            yield packed
    if working is not None:
        yield await working
    yield squeeze.flush()


async def _gathered(pieces: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Yield *pieces* joined to such as are worth the way to a thread and back."""
    waiting: list[bytes] = []
    async for piece in pieces:
        waiting.append(piece)
        if sum(map(len, waiting)) >= _WORTH_A_THREAD_BYTES:
            yield b"".join(waiting)
            waiting.clear()
    if waiting:
        yield b"".join(waiting)
