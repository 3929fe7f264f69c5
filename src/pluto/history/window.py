"""The readings of the last minutes, in memory, until their block is complete.

They are deflated by `isal`, in a sixth of the time that `zlib` takes, and to fewer bytes; either reads them.
"""

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from isal import isal_zlib

from pluto.history.metrics import ACCEPTED, MINER_METRICS, NONE, REJECTED
from pluto.history.tiers import Buckets

NUMBERS_IN_THE_OPEN: Final = 50_000
READINGS_IN_THE_OPEN: Final = 12
"""Readings of a miner that are kept as numbers; deflated, such a piece is a third as large."""
FLEET_NUMBER: Final = 0
"""The number of the pseudo miner FLEET."""


class Window:
    """The readings of one miner within one block of the raw tier: time after *start* and values, one after another.

    All but the newest are kept deflated: ten minutes of ten thousand miners would be a hundred megabytes.
    """

    __slots__ = ("_last_s", "_parts", "_width", "start")

    def __init__(self, start: int, metrics: int) -> None:
        self.start = start
        self._width = metrics + 1
        self._last_s = -1
        self._parts: tuple[tuple[bytes, ...], array[int]] = (), array("i")

    def add(self, at_s: int, values: Sequence[int]) -> None:
        """Append a reading; one that is not later than the last is left out, so that times rise."""
        after_s = at_s - self.start
        if self._last_s >= after_s:
            return
        self._last_s = after_s
        deflated, newest = self._parts
        newest.extend((after_s, *values))
        if len(newest) >= READINGS_IN_THE_OPEN * self._width:
            self._parts = (*deflated, isal_zlib.compress(newest.tobytes(), 1)), array("i")

    def buckets(self, places: Iterable[int] | None = None) -> Buckets:
        """Return what is here, all columns or those at *places*. May be called from another thread than `add`."""
        deflated, newest = self._parts
        values = array("i")
        for part in deflated:
            values.frombytes(zlib.decompress(part))
        values.extend(newest[:])
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
        self._deflated: list[bytes] = []
        self._squeeze = isal_zlib.compressobj(1)
        self._readings = 0
        self._base_s = 0
        self.until_s = 0

    def __len__(self) -> int:
        return self._readings

    def add(self, miner: int, at_s: int, values: Sequence[int]) -> None:
        """Append a reading, counters as added."""
        if not self._readings:
            self._base_s = at_s
        self._readings += 1
        self.until_s = max(self.until_s, at_s)
        self._values.extend((miner, at_s - self._base_s, *values))
        if len(self._values) > NUMBERS_IN_THE_OPEN:
            self._deflated.append(self._squeeze.compress(self._values.tobytes()))
            self._values = array("i")

    def data(self) -> bytes:
        """Return everything as bytes; call `clear` before the next `add`."""
        head = struct.pack("<IB", self._base_s, len(MINER_METRICS))
        return b"".join((head, *self._deflated, self._squeeze.compress(self._values.tobytes()), self._squeeze.flush()))

    def clear(self) -> None:
        """Begin anew."""
        self._values = array("i")
        self._deflated = []
        self._squeeze = isal_zlib.compressobj(1)
        self._readings = 0


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
