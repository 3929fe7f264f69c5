"""Many scrapers at once: those that ask while a text is being made read that one, and what slow ones leave unread is bounded."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from pluto.clock import Clock
from pluto.metrics.exposition import compressed

JOINED_WITHIN_S: Final = 1.0
"""So old a text may be, while it is being made, for one more scraper to read it too."""

KEPT_BYTES: Final = 4 * 1024 * 1024
"""Up to here the beginning of a text is kept for scrapers that come later."""

UNREAD_BYTES: Final = 8 * 1024 * 1024
"""So much may wait for all slow readers together; what is beyond is let go, and who has not read it is cut off."""

MOST_TEXTS: Final = 8
"""So many texts may be in the making: each holds the values of all miners as they were when it began."""

AT_ONCE: Final = 32
"""So many readers are given a piece in one go: a thousand copies of it at once would cost time and memory."""

_TOO_SLOW: Final = "the scraper reads too slowly, and others wait"

Make = Callable[[], AsyncGenerator[bytes]]


class Scrapes:
    """Texts that are being made or read, each by one scraper or by many."""

    def __init__(self, make: Make, clock: Clock) -> None:
        self._make = make
        self._clock = clock
        self._texts: dict[_Text, None] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def pieces(self, *, is_gzip: bool) -> AsyncGenerator[bytes]:
        """Yield a text that is made now, or one that others read already and that is at most JOINED_WITHIN_S old.

        Raises ConnectionAbortedError in a reader that is so slow that what waits for it is too much.
        """
        await self._make_room()
        text = self._joined(is_gzip=is_gzip)
        place = text.join()
        try:
            while (piece := await text.piece(place)) is not None:
                self._bound()
                async with self._turns:
                    await asyncio.sleep(0)
                yield piece
                place = text.go_on(place)
        finally:
            text.leave(place)
            if not text.is_read:
                self._texts.pop(text, None)
                await text.end()

    async def _make_room(self) -> None:
        unfinished = [text for text in self._texts if not text.is_whole]
        for text in unfinished[: max(0, len(unfinished) + 1 - MOST_TEXTS)]:
            await text.end()

    def _joined(self, *, is_gzip: bool) -> "_Text":
        now_s = self._clock.now_s()
        for text in self._texts:
            if text.is_gzip is is_gzip and text.is_open(now_s):
                return text
        source = self._make()
        text = _Text(compressed(source) if is_gzip else source, now_s, is_gzip=is_gzip)
        self._texts[text] = None
        return text

    def _bound(self) -> None:
        beyond_bytes = sum(text.held_bytes for text in self._texts) - UNREAD_BYTES
        for text in self._texts:
            while beyond_bytes > 0 and (let_go_bytes := text.let_go()):
                beyond_bytes -= let_go_bytes


class _Text:
    """One text: made as fast as its fastest reader reads, kept as long as its slowest needs it."""

    def __init__(self, source: AsyncGenerator[bytes], now_s: float, *, is_gzip: bool) -> None:
        self.is_gzip = is_gzip
        self.is_whole = False
        self.held_bytes = 0
        self._source = source
        self._began_s = now_s
        self._is_open = True  # to further readers, who need it from its beginning
        self._pieces: deque[bytes] = deque()
        self._readers: deque[int] = deque([0])  # how many are at each piece, and at the end
        self._first = 0  # the place of the first piece that is held
        self._cut_off = 0  # how many readers wait for a piece before it
        self._making: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    @property
    def is_read(self) -> bool:
        """Return whether anybody still reads it."""
        return self._cut_off > 0 or any(self._readers)

    def is_open(self, now_s: float) -> bool:
        """Return whether one more can read it, from its beginning and as if it were made now."""
        if now_s - self._began_s > JOINED_WITHIN_S:
            self._shut()
        return self._is_open

    def join(self) -> int:
        """Take one more reader; return the place where it begins."""
        self._readers[0] += 1
        return 0

    async def piece(self, place: int) -> bytes | None:
        """Return the piece at *place*, None behind the last; raises what making it raised."""
        while True:
            if place < self._first:
                raise ConnectionAbortedError(_TOO_SLOW)
            if place - self._first < len(self._pieces):
                return self._pieces[place - self._first]
            if self.is_whole:
                break
            if self._making is None:
                self._making = asyncio.create_task(self._make_next())
            await asyncio.wait([self._making])  # who leaves does not take it from the others
        if self._failure is not None:
            raise self._failure
        return None

    def go_on(self, place: int) -> int:
        """Note that a reader has read the piece at *place*; return the next place."""
        if place + 1 < self._first:
            self._cut_off += 1
        else:
            self._readers[place + 1 - self._first] += 1
        self.leave(place)
        return place + 1

    def leave(self, place: int) -> None:
        """Take away a reader that was at *place*."""
        if place < self._first:
            self._cut_off -= 1
        else:
            self._readers[place - self._first] -= 1
        self._drop_read()

    def let_go(self) -> int:
        """Drop the first piece that is held, whoever needs it, and return its size; 0 where none is."""
        self._is_open = False
        return self._drop() if self._pieces else 0

    async def end(self) -> None:
        """Make no more of it and hold nothing; who still reads it is cut off."""
        if self.is_whole:
            return
        self._finish(ConnectionAbortedError(_TOO_SLOW))
        while self._pieces:
            self._drop()
        if self._making is not None:
            self._making.cancel()
            await asyncio.wait([self._making])
        await self._source.aclose()

    async def _make_next(self) -> None:
        try:
            piece = await anext(self._source)
        except StopAsyncIteration:
            self._finish(None)
        except Exception as error:  # noqa: BLE001 - each reader raises it
            self._finish(error)
        else:
            self._add(piece)
        self._making = None

    def _finish(self, failure: Exception | None) -> None:
        self.is_whole, self._failure = True, failure
        self._shut()

    def _add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._readers.append(0)
        self.held_bytes += len(piece)
        if self.held_bytes > KEPT_BYTES:
            self._shut()

    def _shut(self) -> None:
        self._is_open = False
        self._drop_read()

    def _drop_read(self) -> None:
        while not self._is_open and self._pieces and not self._readers[0]:
            self._drop()

    def _drop(self) -> int:
        size = len(self._pieces.popleft())
        self._cut_off += self._readers.popleft()
        self._first += 1
        self.held_bytes -= size
        return size
