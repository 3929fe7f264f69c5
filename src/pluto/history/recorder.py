"""The thread that writes history: readings are accepted at once, whatever the disk does; what does not fit is counted."""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, Self

from pluto.history.book import Book
from pluto.model.happenings import Happening
from pluto.model.miner import MacAddress
from pluto.model.reading import Reading

MAX_WAITING: Final = 20_000
"""Readings that may wait for the writer: ten seconds of 10,000 miners, an hour of 25."""
EVERY_S: Final = 1.0
PAUSE_S: Final = 0.1
"""Rest between two pieces of work: ten thousand blocks that are complete at once are written over two minutes."""
END_LIMIT_S: Final = 3.0
"""How long the end of the process waits for the last write; a crash would cost no more than the disk already refused."""

log = logging.getLogger(__name__)


class _Left(NamedTuple):
    mac: MacAddress
    delete: bool


class _Read(NamedTuple):
    mac: MacAddress
    at_s: float
    reading: Reading


class Recorder:
    """Writes what it is told into *book*; every method returns at once. The thread lives within `async with`.

    *wall_s* tells the wall time, *watched* how many miners are polled.
    """

    def __init__(self, book: Book, wall_s: Callable[[], float], watched: Callable[[], int]) -> None:
        self._book = book
        self._wall_s = wall_s
        self._watched = watched
        self._waiting: deque[_Read | _Left | Happening] = deque()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._lost = 0
        self.error: str | None = None

    async def __aenter__(self) -> Self:
        """Begin; a file that cannot be opened is tried again later."""
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what is in memory and end, within END_LIMIT_S."""
        self._ending.set()
        await _joined(self._thread)

    @property
    def waiting(self) -> int:
        """Return how much waits for the writer."""
        return len(self._waiting)

    @property
    def dropped(self) -> int:
        """Return how much was lost because the disk was too slow or took nothing."""
        return self._lost + self._book.dropped

    @property
    def path(self) -> Path:
        """Return where the file is."""
        return self._book.path

    @property
    def last_write_s(self) -> float | None:
        """Return the wall time of the last block written, None before the first."""
        return self._book.last_write_s

    def read(self, mac: MacAddress, reading: Reading) -> None:
        """Remember a reading of now."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(_Read(mac, self._wall_s(), reading))
        else:
            self._lost += 1

    def happened(self, event: Happening) -> None:
        """Remember an event."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(event)
        else:
            self._lost += 1

    def forget(self, mac: MacAddress, *, delete: bool) -> None:
        """Count a miner no more; with *delete* drop what is kept of it. Its order among readings and events is kept."""
        self._waiting.append(_Left(mac, delete))

    # The thread.

    def _run(self) -> None:
        while not self._ending.wait(EVERY_S):
            self._try(self._work)
        self._try(self._work)
        self._try(lambda: self._book.close(self._wall_s()))

    def _work(self) -> None:
        self._book.open(self._wall_s())
        self._take_all()
        for _ in self._book.tick(self._wall_s(), self._watched()):
            self._take_all()
            self._ending.wait(PAUSE_S)

    def _take_all(self) -> None:
        self._book.meet({item.mac for item in list(self._waiting) if isinstance(item, _Read)})
        for _ in range(len(self._waiting)):
            item = self._waiting.popleft()
            try:
                self._take(item)
            except sqlite3.Error:
                self._waiting.appendleft(item)  # the disk's trouble, not the item's
                raise

    def _take(self, item: _Read | _Left | Happening) -> None:
        if isinstance(item, _Read):
            self._book.take(*item)
        elif isinstance(item, _Left):
            self._book.forget(item.mac, delete=item.delete)
        else:
            self._book.happened(item)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except sqlite3.Error as error:
            self._failed(error)
            self._set_aside(error)
        except Exception as error:  # noqa: BLE001 - logged with its trace; one bad moment must not end history for good
            self._failed(error)
        else:
            if self.error is not None:
                log.info("history is written again")
            self.error = None

    def _set_aside(self, error: sqlite3.Error) -> None:
        try:
            self._book.begin_anew(error)
        except OSError as other:
            log.warning("the broken history file cannot be set aside", extra={"why": str(other)})

    def _failed(self, error: Exception) -> None:
        if self.error is None:
            is_ours = not isinstance(error, sqlite3.Error | OSError)
            log.warning("history cannot be written", extra={"why": str(error)}, exc_info=error if is_ours else None)
        self.error = str(error) or type(error).__name__


async def _joined(thread: threading.Thread) -> None:
    await asyncio.to_thread(thread.join, END_LIMIT_S)
    if thread.is_alive():
        log.warning("the last readings were not written: the disk is too slow")
