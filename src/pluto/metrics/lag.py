"""How late the event loop is: a call due every second, and what it finds when it is made."""

from collections.abc import Callable
from typing import Final

from pluto.clock import Clock, Timer

PERIOD_S: Final = 1.0


class LoopLag:
    """Tells *observe*, every PERIOD_S from `start` to `close`, by how many seconds the loop was late."""

    def __init__(self, clock: Clock, observe: Callable[[float], None]) -> None:
        self._clock = clock
        self._observe = observe
        self._due_s = 0.0
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin; to be called once."""
        self._due_s = self._clock.now_s() + PERIOD_S
        self._timer = self._clock.call_at(self._due_s, self._look)

    def close(self) -> None:
        """End; harmless when it never began."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._observe(max(0.0, self._clock.now_s() - self._due_s))
        self.start()
