"""What time it is: monotonic for intervals, wall time for labels. `FakeClock` lives in the tests."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Timer(Protocol):
    """A call that is due later and can be taken back."""

    def cancel(self) -> None:
        """Take the call back; harmless when it was made already."""


class Clock(Protocol):
    """Where the time comes from; a parameter everywhere, so that a test needs no real second."""

    def now_s(self) -> float:
        """Return seconds on a clock that never jumps; its zero means nothing."""
        ...

    def utc(self) -> datetime:
        """Return the wall time, for labels only: it may jump."""
        ...

    def wall_s(self) -> float:
        """Return `utc` as seconds since 1970, for who asks at every poll."""
        ...

    def call_at(self, when_s: float, callback: Callable[[], None]) -> Timer:
        """Call *callback* once when `now_s` has reached *when_s*."""
        ...


class LoopClock:
    """The clock of the running event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now_s(self) -> float:
        """Return the loop's monotonic seconds, measured now."""
        return time.monotonic()

    def utc(self) -> datetime:
        """Return the wall time in UTC."""
        return datetime.now(UTC)

    def wall_s(self) -> float:
        """Return the wall time as seconds since 1970."""
        return time.time()

    def call_at(self, when_s: float, callback: Callable[[], None]) -> Timer:
        """Call *callback* from the loop at *when_s* of `now_s`."""
        return self._loop.call_later(max(0.0, when_s - time.monotonic()), callback)


def iso_milliseconds(moment: datetime) -> str:
    """Return *moment* (UTC) as the database writes it: `2024-01-02T03:04:05.678Z` (contract C)."""
    return moment.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


async def pause(clock: Clock, for_s: float) -> None:
    """Return *for_s* seconds later by *clock*."""
    over = asyncio.Event()
    timer = clock.call_at(clock.now_s() + for_s, over.set)
    try:
        await over.wait()
    finally:
        timer.cancel()
