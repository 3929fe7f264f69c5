"""A clock that a test moves by hand."""

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pluto.clock import Timer


class _Call:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """`Clock` whose time stands still until `advance_to`."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._calls: list[tuple[float, int, _Call]] = []
        self._order = itertools.count()

    def now_s(self) -> float:
        return self._now_s

    def utc(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._now_s)

    def wall_s(self) -> float:
        return self.utc().timestamp()

    def call_at(self, when_s: float, callback: Callable[[], None]) -> Timer:
        call = _Call(callback)
        heapq.heappush(self._calls, (when_s, next(self._order), call))
        return call

    def advance_to(self, when_s: float) -> None:
        """Move on, making every call that is due on the way at its own moment."""
        while self._calls and self._calls[0][0] <= when_s:
            due_s, _, call = heapq.heappop(self._calls)
            self._now_s = max(self._now_s, due_s)
            if call.callback is not None:
                call.callback()
        self._now_s = max(self._now_s, when_s)

    def jump_to(self, when_s: float) -> None:
        """Be away until *when_s*, as a suspended laptop is: calls due meanwhile are made late, all at once."""
        self._now_s = when_s
        self.advance_to(when_s)
