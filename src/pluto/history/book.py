"""What is written when: readings into windows, windows into blocks, blocks into coarser ones, old ones away."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from pluto.history.file import HistoryFile, is_damaged, opened, set_aside
from pluto.history.fleet_sums import FleetSums
from pluto.history.metrics import FLEET, FLEET_METRICS, MINER_METRICS, Metric, kept
from pluto.history.tiers import HOUR, HOUR_S, LATEST_S, MINUTE, RAW, TIERS, Buckets, Kept, Tier, coarser, series_of
from pluto.history.window import FLEET_NUMBER, Counters, Tail, Window, replayed
from pluto.model.happenings import Happening
from pluto.model.miner import MacAddress
from pluto.model.reading import Reading

CLOSE_AFTER_S: Final = 5
"""How long after its end a window waits for readings that are still under way."""
MINERS_A_WRITE: Final = 10
"""Windows closed in one transaction: a moment's work, so that what comes in meanwhile need not wait long."""
PIECES_A_TICK: Final = 8
LOOK_EVERY_S: Final = 5
"""Windows that are over are looked for this often, hours twelve times as seldom."""
TAIL_EVERY_S: Final = 60
EXPIRE_EVERY_S: Final = HOUR_S
WINDOWS_IN_MEMORY: Final = 6
"""Windows of one miner that wait for a disk that takes nothing; older ones are dropped."""
EVENTS_IN_MEMORY: Final = 5_000

T = TypeVar("T")


class Book:
    """The one writer of the file; used by one thread. Time is wall time and passed in.

    `open`, `tick` and `close` raise sqlite3.Error or OSError when the disk does not take it: what could not be written
    stays for the next `tick`, within bounds.
    """

    def __init__(self, path: Path, keep: Kept) -> None:
        self.path = path
        self.keep = keep
        self.miners: dict[str, int] = {}
        self.windows: dict[int, list[Window]] = {}
        self.dropped = 0
        self.last_write_s: float | None = None
        self._file: HistoryFile | None = None
        self._counters = Counters()
        self._tail = Tail()
        self._sums = FleetSums()
        self._events: list[Happening] = []
        self._hours: set[tuple[int, int]] = set()
        self._tail_due_s = 0.0
        self._close_due_s = 0.0
        self._roll_due_s = 0.0
        self._expire_due_s = 0.0

    def open(self, now_s: float) -> None:
        """Open the file, and take up what a crash left; harmless when it is open."""
        if self._file is not None:
            return
        file = opened(self.path)
        self.miners = file.miners()
        self._file = file
        self._tail_due_s = now_s + TAIL_EVERY_S
        for data in file.tails():
            for miner, at_s, values in replayed(data):
                self._window(miner, at_s, MINER_METRICS).add(at_s, values)
        recent = range(int(now_s - 2 * MINUTE.span_s) // HOUR_S * HOUR_S, int(now_s), HOUR_S)
        self._hours = {(number, hour) for number in (FLEET_NUMBER, *self.miners.values()) for hour in recent}

    def close(self, now_s: float) -> None:
        """Write what is in memory, and close the file."""
        if self._file is None:
            return
        try:
            self._write_tail()
            for _ in (*self._closing(now_s + RAW.span_s), *self._rolling(now_s)):
                pass
        finally:
            self._file.close()
            self._file = None

    def take(self, mac: MacAddress, at_s: float, reading: Reading) -> None:
        """Take in one reading."""
        number = self.miners.get(mac)
        if number is None:
            number = self._numbered(mac)
        values = kept(reading)
        self._counters.added(number, values)
        moment_s = int(at_s)
        self._sums.take(number, moment_s, values)
        self._tail.add(number, moment_s, values)
        self._window(number, moment_s, MINER_METRICS).add(moment_s, values)

    def happened(self, event: Happening) -> None:
        """Take in one event."""
        if len(self._events) < EVENTS_IN_MEMORY:
            self._events.append(event)
        else:
            self.dropped += 1

    def forget(self, mac: MacAddress, *, delete: bool) -> None:
        """End a miner's part in the sums; with *delete* drop everything kept of it."""
        number = self.miners.get(mac)
        if number is None:
            return
        self._sums.forget(number)
        self._counters.forget(number)
        if delete:
            file = self._open_file()
            with file.writing():
                file.forget_miner(mac, number, TIERS)
            del self.miners[mac]
            self.windows.pop(number, None)
            self._hours = {(miner, hour) for miner, hour in self._hours if miner != number}
            self._events = [event for event in self._events if event.mac != mac]

    def tick(self, now_s: float, watched: int) -> Iterator[None]:
        """Do what is due, yielding between pieces of work; *watched* is how many miners are asked at all."""
        if (sums := self._sums.due(int(now_s), watched)) is not None:
            self._window(FLEET_NUMBER, int(now_s), FLEET_METRICS).add(int(now_s), sums)
        self._write_events()
        if now_s >= self._tail_due_s:
            self._write_tail()
            self._tail_due_s = now_s + TAIL_EVERY_S
        yield
        if now_s >= self._close_due_s:
            self._close_due_s = now_s + LOOK_EVERY_S
            yield from self._some(self._closing(now_s))
        if now_s >= self._roll_due_s:
            self._roll_due_s = now_s + 12 * LOOK_EVERY_S
            yield from self._some(self._rolling(now_s))
        if now_s >= self._expire_due_s:
            self._expire_due_s = now_s + EXPIRE_EVERY_S
            yield from self._expiring(now_s)

    def begin_anew(self, error: sqlite3.Error) -> None:
        """Set the file aside where *error* says that it is broken; the next `open` begins a new one."""
        if self._file is None or not is_damaged(error):
            return
        self._file.close()
        self._file = None
        set_aside(self.path, error)

    def meet(self, macs: Iterable[MacAddress]) -> None:
        """Give a number to those of *macs* that have none, all in one write."""
        new = {mac for mac in macs if mac not in self.miners}
        if new:
            file = self._open_file()
            with file.writing():
                numbers: dict[str, int] = {mac: file.add_miner(mac) for mac in new}
            self.miners.update(numbers)

    def _numbered(self, mac: MacAddress) -> int:
        self.meet([mac])
        return self.miners[mac]

    def _open_file(self) -> HistoryFile:
        if self._file is None:
            raise sqlite3.OperationalError("the history file is not open")
        return self._file

    def _window(self, number: int, at_s: int, metrics: Sequence[Metric]) -> Window:
        start = RAW.start(at_s)
        windows = self.windows.setdefault(number, [])
        if not windows or windows[-1].start < start:
            windows.append(Window(start, len(metrics)))
            if len(windows) > WINDOWS_IN_MEMORY:
                del windows[0]
                self.dropped += 1
        return windows[-1]

    def _some(self, work: Iterator[None]) -> Iterator[None]:
        """Do the first pieces of *work*; the rest comes with the next ticks, so that tails and events are written meanwhile."""
        for _ in zip(range(PIECES_A_TICK), work, strict=False):
            yield
        if next(work, self) is not self:
            self._close_due_s = self._roll_due_s = 0.0

    # Writing.

    def _write_events(self) -> None:
        if not self._events:
            return
        file = self._open_file()
        with file.writing():
            file.put_events(self._events)
        self._events = []

    def _write_tail(self) -> None:
        if not len(self._tail):
            return
        file = self._open_file()
        oldest_s = min((windows[0].start for windows in self.windows.values() if windows), default=self._tail.until_s)
        try:
            with file.writing():
                file.put_tail(self._tail.until_s, self._tail.data())
                file.drop_tails(oldest_s)
        finally:
            self._tail.clear()  # what is not kept for a crash is in its window all the same

    def _closing(self, now_s: float) -> Iterator[None]:
        due = [number for number, windows in self.windows.items() if windows and _is_over(windows[0], now_s)]
        for some in _groups(due):
            file = self._open_file()
            done: list[tuple[int, Window]] = []
            with file.writing():
                for number in some:
                    for window in self.windows[number]:
                        if _is_over(window, now_s):
                            self._put_window(file, number, window)
                            done.append((number, window))
            for number, window in done:
                self.windows[number].remove(window)
            self.last_write_s = now_s
            yield

    def _put_window(self, file: HistoryFile, number: int, window: Window) -> None:
        metrics = FLEET_METRICS if number == FLEET_NUMBER else MINER_METRICS
        raw = window.buckets()
        if not raw.times:
            return
        if (known := file.get(RAW, number, window.start, _columns(metrics, RAW))) is not None:
            raw = known.joined(raw)  # closed early, at the end of the process before
        file.put(RAW, number, raw)
        minutes = coarser(raw, metrics, RAW, MINUTE.step_s)
        _add(file, MINUTE, number, minutes, metrics)
        self._hours.add((number, window.start // HOUR_S * HOUR_S))

    def _rolling(self, now_s: float) -> Iterator[None]:
        over = [(number, hour) for number, hour in self._hours if hour + HOUR_S + LATEST_S / 2 < now_s]
        for some in _groups(over):
            file = self._open_file()
            with file.writing():
                rolled = [self._roll_hour(file, number, hour) for number, hour in some]
            self._hours.difference_update(some)
            if any(rolled):
                yield

    def _roll_hour(self, file: HistoryFile, number: int, hour: int) -> bool:
        """Return whether there was anything in that hour."""
        metrics = FLEET_METRICS if number == FLEET_NUMBER else MINER_METRICS
        minutes = file.get(MINUTE, number, MINUTE.start(hour), _columns(metrics, MINUTE))
        if minutes is None:
            return False
        part = minutes.within(hour, hour + HOUR_S)
        if part.times:
            _add(file, HOUR, number, coarser(part, metrics, MINUTE, HOUR.step_s), metrics)
        return bool(part.times)

    def _expiring(self, now_s: float) -> Iterator[None]:
        for some in _groups([FLEET_NUMBER, *self.miners.values()]):
            file = self._open_file()
            with file.writing():
                for number in some:
                    for tier in TIERS:
                        file.expire(tier, number, now_s - self.keep.seconds(tier))
            yield
        with self._open_file().writing():
            self._open_file().expire_events(now_s - self.keep.seconds(HOUR))


def number_of(book: Book, miner: str) -> int | None:
    """Return the number of a MAC or of FLEET, None where nothing of it was ever kept."""
    return FLEET_NUMBER if miner == FLEET else book.miners.get(miner)


def _groups(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + MINERS_A_WRITE] for start in range(0, len(items), MINERS_A_WRITE))


def _is_over(window: Window, now_s: float) -> bool:
    return window.start + RAW.span_s + CLOSE_AFTER_S <= now_s


def _columns(metrics: Sequence[Metric], tier: Tier) -> int:
    return series_of(metrics, tier)[-1].places[-1] + 1


def _add(file: HistoryFile, tier: Tier, number: int, later: Buckets, metrics: Sequence[Metric]) -> None:
    known = file.get(tier, number, tier.start(later.times[0]), _columns(metrics, tier))
    file.put(tier, number, known.joined(later) if known is not None else later)
