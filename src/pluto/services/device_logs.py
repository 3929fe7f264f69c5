"""Where a miner's log line goes: its file, the contract's event, the pages that watch it; and who follows which log."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Self

import msgspec

from pluto.axeos.log_feed import log_messages, log_path
from pluto.axeos.reach import Reach
from pluto.clock import Clock
from pluto.events.hub import Hub
from pluto.events.live import Refused
from pluto.events.room import LinesRoom
from pluto.model.json_value import Json, JsonObject
from pluto.model.miner import MacAddress, parse_any_mac
from pluto.model.record import Record
from pluto.model.secret_text import SecretMask, pieces
from pluto.model.state import MinerState
from pluto.monitor.log_book import KEPT_LINES, LogBook, LogLine
from pluto.monitor.log_files import LogFiles
from pluto.monitor.log_tails import LogTails
from pluto.store.miners import MinerStore

TOPIC: Final = "logs"
LINGER_S: Final = 8.0
"""A miner's socket is closed so long after the last page has gone: a reload does not close and open it."""
LINE_COLUMNS: Final = tuple(field.name for field in msgspec.structs.fields(LogLine))


class LogRoom(LinesRoom):
    """One miner's log on the page."""

    def __init__(
        self, book: LogBook, mac: MacAddress, opened: Callable[[MacAddress], None], closed: Callable[["LogRoom"], None]
    ) -> None:
        def begin() -> list[list[Json]]:
            opened(mac)
            return [_row(line) for line in book.recent(mac)]

        super().__init__(LINE_COLUMNS, KEPT_LINES, begin, lambda: closed(self))
        self.mac = mac
        self._book = book

    def take(self) -> JsonObject | None:
        """Return the lines that came since the last time."""
        self._book.look(self.mac)
        return super().take()


def _row(line: LogLine) -> list[Json]:
    return [line.number, line.at, line.text, line.is_notice]


class DeviceLogs:
    """The logs of the watched miners; `async with` ends every socket and writes what waits for a file."""

    def __init__(self, store: MinerStore, hub: Hub, reach: Reach, folder: Path, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._reach = reach
        self._files = LogFiles(folder, clock)
        self._book = LogBook(clock, self._told)
        self._tails = LogTails(self._open, self._heard, clock, self._book.notice)
        self._masks: dict[MacAddress, SecretMask] = {}
        self._rooms: dict[MacAddress, LogRoom] = {}
        self._closes: dict[MacAddress, asyncio.TimerHandle] = {}
        self._is_watched: Callable[[MacAddress], bool] = lambda _mac: False
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._closing.enter_async_context(self._files)
        await self._closing.enter_async_context(self._tails)
        return self

    async def __aexit__(self, *_: object) -> None:
        for handle in self._closes.values():
            handle.cancel()
        await self._closing.aclose()

    def offer(self, is_watched: Callable[[MacAddress], bool]) -> None:
        """Let pages see the log of each miner that *is_watched*."""
        self._is_watched = is_watched

    def room(self, text: str) -> LogRoom:
        """Return the live topic of the log of the miner whose MAC is *text*; raises Refused."""
        mac = parse_any_mac(text)
        if mac is None or not self._is_watched(mac):
            raise Refused("unknown_miner", "no watched miner has this MAC")
        room = self._rooms[mac] = LogRoom(self._book, mac, self._look, self._look_away)
        return room

    def _look(self, mac: MacAddress) -> None:
        if (handle := self._closes.pop(mac, None)) is not None:
            handle.cancel()
        self._tails.look(mac)

    def _look_away(self, room: LogRoom) -> None:
        mac = room.mac
        if self._rooms.get(mac) is room:
            del self._rooms[mac]
            self._closes[mac] = asyncio.get_running_loop().call_later(LINGER_S, self._close, mac)

    def _close(self, mac: MacAddress) -> None:
        self._closes.pop(mac, None)
        self._tails.look_away(mac)

    def _told(self, mac: MacAddress, lines: Sequence[LogLine]) -> None:
        if (room := self._rooms.get(mac)) is not None:
            room.put(map(_row, lines))

    def trace(self, listed: Iterable[MacAddress], *, traces: bool | None) -> None:
        """Follow the logs of *listed*, end that, or (None) leave it as it is."""
        self._tails.set(listed, traces=traces)

    def note(self, before: MinerState, after: MinerState) -> None:
        """Take notice of a poll: a miner that came back or restarted gets a new socket where its log is followed."""
        self._tails.note(before, after)

    def leave(self, mac: MacAddress) -> None:
        """End and forget the log of a miner that is watched no more."""
        self._tails.stop(mac)
        self._files.leave(mac)
        self._book.forget(mac)
        self._masks.pop(mac, None)

    def _open(self, mac: MacAddress) -> AsyncGenerator[bytes, None] | None:
        record = self._store.get(mac)
        return None if record is None or record.host is None else log_messages(self._reach, record.host, log_path(record.info))

    async def _heard(self, mac: MacAddress, frame: bytes) -> None:
        """Look for passwords in pieces, so that a message of a mebibyte holds up no poll; it is told whole all the same."""
        record: Record | None = self._store.get(mac)
        if record is None:
            return
        mask, masked = self._masks.setdefault(mac, SecretMask()), list[str]()
        for piece in pieces(frame):
            if masked:
                await asyncio.sleep(0)
            masked.append(mask.masked(piece.decode(errors="replace")))
            self._book.heard(mac, piece)
        message = "".join(masked)
        self._files.write(record.miner, record.hostname, message)
        self._hub.logs_update(record, message)
