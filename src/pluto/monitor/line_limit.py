"""How fast one miner may write: 100 lines a second, bursts of 500; what is too much is counted, and told once a minute."""

from typing import Final

from pluto.clock import Clock

LINES_PER_S: Final = 100.0
BURST_LINES: Final = 500.0
TOLD_EVERY_S: Final = 60.0


class LineLimit:
    """The measure of one miner (trust 5.8)."""

    __slots__ = ("_at_s", "_clock", "_dropped", "_room", "_told_s")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._room = BURST_LINES
        self._at_s = clock.now_s()
        self._told_s = float("-inf")
        self._dropped = 0

    def admits(self, lines: int) -> bool:
        """Return whether *lines* more may pass now; those that may not are counted."""
        now_s = self._clock.now_s()
        self._room = min(BURST_LINES, self._room + (now_s - self._at_s) * LINES_PER_S)
        self._at_s = now_s
        if lines > self._room:
            self._dropped += lines
            return False
        self._room -= lines
        return True

    def dropped_since(self) -> int:
        """Return how many lines were dropped since this was told last, at most once a minute; else 0."""
        now_s = self._clock.now_s()
        if not self._dropped or now_s - self._told_s < TOLD_EVERY_S:
            return 0
        self._told_s = now_s
        dropped, self._dropped = self._dropped, 0
        return dropped
