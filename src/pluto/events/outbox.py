"""What waits for one browser: the newest of each miner, everything else in order, never without bound."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from pluto.model.miner import MacAddress
from pluto.model.record import Record

MAX_WAITING_MESSAGES: Final = 1000
MAX_WAITING_BYTES: Final = 256 * 1024


class News(msgspec.Struct, frozen=True, gc=False):
    """What one poll brought: a record, and the reason where the poll failed."""

    record: Record
    reason: str | None = None


class Outbox:
    """Messages of one client that are not yet handed to its socket.

    Of news only the newest of each miner waits (the record is the store's own), so a slow reader costs a reference a miner.
    Other messages keep their place; more of them than the limits allow, and *is_overrun* says that the client must go.
    """

    __slots__ = ("_messages", "_serial", "_text_bytes", "_texts")

    def __init__(self) -> None:
        self._messages: dict[MacAddress | int, News | str] = {}
        self._serial = 0
        self._texts = 0
        self._text_bytes = 0

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def is_overrun(self) -> bool:
        """Return whether more waits than a client is worth."""
        return self._texts > MAX_WAITING_MESSAGES or self._text_bytes > MAX_WAITING_BYTES

    def put_news(self, mac: MacAddress, news: News) -> bool:
        """Queue the newest of a miner behind everything else; returns whether older news gave way."""
        replaced = self.forget(mac)
        self._messages[mac] = news
        return replaced

    def put_text(self, text: str) -> None:
        """Queue *text* behind everything else."""
        self._serial += 1
        self._texts += 1
        self._text_bytes += len(text)
        self._messages[self._serial] = text

    def forget(self, mac: MacAddress) -> bool:
        """Drop what waits about a miner; returns whether there was something."""
        return self._messages.pop(mac, None) is not None

    def take(self, messages: int, size: int, encode: Callable[[News], str]) -> Iterator[str]:
        """Yield the oldest waiting messages, at most *messages* of them and about *size* characters."""
        while self._messages and messages > 0 and size > 0:
            message = self._messages.pop(next(iter(self._messages)))
            if isinstance(message, str):
                self._texts -= 1
                self._text_bytes -= len(message)
                text = message
            else:
                text = encode(message)
            messages -= 1
            size -= len(text)
            yield text
