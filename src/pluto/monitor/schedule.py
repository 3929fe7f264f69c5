"""When a miner is polled: its phase, its next moment, and the queue of what is due. Pure: time is passed in."""

import heapq
import math
import zlib
from collections.abc import Iterator
from typing import Final

from pluto.model.miner import MacAddress

POLLS_PER_SECOND_AT_START: Final = 4000
LATE_S: Final = 0.2
"""A poll that comes later than this (a suspended laptop) is skipped: its next moment is near, and there is no burst."""


def spread_s(miners: int) -> float:
    """Return the seconds over which the first polls of *miners* are spread (contract J: 1 s, more for a large fleet)."""
    return max(1.0, miners / POLLS_PER_SECOND_AT_START)


def phase_s(mac: MacAddress, over_s: float) -> float:
    """Return the miner's own moment within *over_s* seconds, the same at every start."""
    return zlib.crc32(mac.encode()) / 2**32 * over_s


def next_poll_at(due_s: float, interval_s: float, now_s: float) -> float:
    """Return *due_s* plus whole intervals, the first after *now_s*: what a pause missed is skipped."""
    next_s = due_s + interval_s * max(1, math.floor((now_s - due_s) / interval_s) + 1)
    return next_s if next_s > now_s else next_s + interval_s  # rounding can make the two equal


class Schedule:
    """The queue of due moments; a miner stands in it once, and one that left is passed over."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._queue: list[tuple[float, MacAddress]] = []
        self._due: dict[MacAddress, float] = {}

    def add(self, mac: MacAddress, first_s: float) -> None:
        """Poll *mac* at *first_s* and every interval after it."""
        self._due[mac] = first_s
        heapq.heappush(self._queue, (first_s, mac))

    def remove(self, mac: MacAddress) -> None:
        """Poll *mac* no more."""
        self._due.pop(mac, None)

    def next_s(self) -> float | None:
        """Return the earliest due moment, or None when nobody is waiting."""
        while self._queue and self._due.get(self._queue[0][1]) != self._queue[0][0]:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def take(self, now_s: float) -> Iterator[tuple[MacAddress, float]]:
        """Yield who is due at *now_s* with the seconds of lateness, and queue each for its next moment."""
        while (due_s := self.next_s()) is not None and due_s <= now_s:
            mac = heapq.heappop(self._queue)[1]
            self.add(mac, next_poll_at(due_s, self._interval_s, now_s))
            if now_s - due_s <= LATE_S:
                yield mac, now_s - due_s
