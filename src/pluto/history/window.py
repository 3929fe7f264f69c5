"""The readings of the last minutes, in memory, until their block is complete."""

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pluto.history.metrics import ACCEPTED, MINER_METRICS, NONE, REJECTED
from pluto.history.tiers import Buckets

FLEET_NUMBER: Final = 0
"""The number of the pseudo miner FLEET."""


class Window:
    """The readings of one miner within one block of the raw tier: time after *start* and values, one after another."""

    __slots__ = ("_values", "_width", "start")

    def __init__(self, start: int, metrics: int) -> None:
        self.start = start
        self._width = metrics + 1
        self._values = array("i")

    def add(self, at_s: int, values: Sequence[int]) -> None:
        """Append a reading; one that is not later than the last is left out, so that times rise."""
        after_s = at_s - self.start
        if len(self._values) and self._values[-self._width] >= after_s:
            return
        self._values.extend((after_s, *values))

    def buckets(self, places: Iterable[int] | None = None) -> Buckets:
        """Return what is here, all columns or those at *places*. May be called from another thread than `add`."""
        values = self._values[:]
        wanted = range(self._width - 1) if places is None else places
        times = [self.start + after_s for after_s in values[:: self._width]]
        return Buckets(times, [values[place + 1 :: self._width].tolist() for place in wanted])


class Counters:
    """What a miner's share counters said last: they only ever rise, or begin anew after a restart."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, int]] = {}

    def added(self, miner: int, values: list[int]) -> None:
        """Replace the two counters in *values* by what was added since the miner's last reading."""
        now = values[ACCEPTED], values[REJECTED]
        before = self._last.get(miner)
        if NONE not in now:
            self._last[miner] = now
        for place, value, old in zip((ACCEPTED, REJECTED), now, before or (NONE, NONE), strict=True):
            is_known = NONE not in (value, old)
            values[place] = (value - old if value >= old else value) if is_known else NONE

    def forget(self, miner: int) -> None:
        """Take the next reading of *miner* as its first."""
        self._last.pop(miner, None)


class Tail:
    """Readings of all miners that no block on the disk holds yet, to be replayed after a crash."""

    def __init__(self) -> None:
        self._values = array("i")
        self._base_s = 0
        self.until_s = 0

    def __len__(self) -> int:
        return len(self._values)

    def add(self, miner: int, at_s: int, values: Sequence[int]) -> None:
        """Append a reading, counters as added."""
        if not self._values:
            self._base_s = at_s
        self.until_s = max(self.until_s, at_s)
        self._values.extend((miner, at_s - self._base_s, *values))

    def data(self) -> bytes:
        """Return everything as bytes."""
        return struct.pack("<IB", self._base_s, len(MINER_METRICS)) + zlib.compress(self._values.tobytes(), 1)

    def clear(self) -> None:
        """Begin anew."""
        self._values = array("i")


def replayed(data: bytes) -> Iterator[tuple[int, int, list[int]]]:
    """Yield miner, time and values of what `Tail.data` returned; nothing where it cannot be read."""
    try:
        base_s, metrics = struct.unpack_from("<IB", data)
        values = array("i")
        values.frombytes(zlib.decompress(data[5:]))
    except (struct.error, zlib.error, ValueError):
        return
    if metrics != len(MINER_METRICS):
        return
    for at in range(0, len(values), metrics + 2):
        yield values[at], base_s + values[at + 1], values[at + 2 : at + 2 + metrics].tolist()
