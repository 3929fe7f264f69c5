"""Where a miner's log line goes: its file, the contract's event, the pages that watch it; and who follows which log."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from pluto.axeos.log_feed import log_messages, log_path
from pluto.axeos.reach import Reach
from pluto.clock import Clock
from pluto.events.hub import Hub
from pluto.events.live import Topic
from pluto.model.miner import MacAddress, parse_mac
from pluto.model.record import Record, miner_id
from pluto.model.secret_text import SecretMask
from pluto.model.state import MinerState
from pluto.monitor.log_book import LogBook
from pluto.monitor.log_files import LogFiles
from pluto.monitor.log_tails import LogTails
from pluto.store.miners import MinerStore

TOPIC = "logs"


class DeviceLogs:
    """The logs of the watched miners; `async with` ends every socket and writes what waits for a file."""

    def __init__(self, store: MinerStore, hub: Hub, reach: Reach, folder: Path, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._reach = reach
        self._files = LogFiles(folder, clock)
        self._tails = LogTails(self._open, self._heard, clock)
        self._book = LogBook(clock, lambda mac, lines: hub.live.publish(f"{TOPIC}:{mac}", lines))
        self._masks: dict[MacAddress, SecretMask] = {}
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._closing.enter_async_context(self._files)
        await self._closing.enter_async_context(self._tails)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

    def offer(self, is_watched: Callable[[MacAddress], bool]) -> None:
        """Let pages watch the log of each miner that *is_watched*."""

        def opened(name: str) -> str | None:
            mac = parse_mac(name)
            if mac is None or mac != name or not is_watched(mac):
                return "there is no watched miner of this MAC (twelve lower-case digits with colons)"
            self._tails.look(mac)
            return None

        self._hub.live.each_tick.append(self._book.look)
        self._hub.live.offer(
            TOPIC,
            Topic(opened, lambda name: self._tails.look_away(miner_id(name)), lambda name: self._book.recent(miner_id(name))),
        )

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

    def _heard(self, mac: MacAddress, frame: bytes) -> None:
        record: Record | None = self._store.get(mac)
        if record is None:
            return
        message = self._masks.setdefault(mac, SecretMask()).masked(frame.decode(errors="replace"))
        self._files.write(record.miner, record.hostname, message)
        self._hub.logs_update(record, message)
        self._book.heard(mac, frame)
