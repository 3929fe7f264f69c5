"""What a miner wrote lately, in whole lines, for a page that opens: frames that cut a line are joined (axeos.md 7.1)."""

import codecs
import collections
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from pluto.clock import Clock
from pluto.model.miner import MacAddress
from pluto.model.secret_text import secrets_masked

KEPT_LINES: Final = 500
UNFINISHED_S: Final = 1.0
"""After so long a line without an end is shown as it is."""
SILENT_S: Final = 15.0
SILENCE: Final = "nothing for 15 s: where the firmware serves one reader only, another one may have taken the log"
"""AxeOS to 2.9 and NerdQAxe: the newest reader wins, the older one hears nothing more and no close (axeos.md 7.1)."""
MAX_LINE_CHARACTERS: Final = 16_384


class LogLine(msgspec.Struct, frozen=True):
    """One line without secrets, numbered without a gap for each miner.

    *at* is our clock, in seconds since 1970; the miner's own stands in the text. A notice is ours, not the miner's.
    """

    number: int
    at: float
    text: str
    is_notice: bool = False


class _Page:
    """One miner's lines, and the beginning of the one that has not ended."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.begun = ""
        self.begun_s = 0.0
        self.heard_s = 0.0
        self.is_silent = False
        self.count = 0
        self.lines: collections.deque[LogLine] = collections.deque(maxlen=KEPT_LINES)


class LogBook:
    """The last KEPT_LINES of each followed miner; *tell* hears of each line once it is whole."""

    def __init__(self, clock: Clock, tell: Callable[[MacAddress, Sequence[LogLine]], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._pages: dict[MacAddress, _Page] = {}

    def heard(self, mac: MacAddress, frame: bytes) -> None:
        """Take one frame as it came; it may hold many lines and end within one, or within a character."""
        page = self._pages.setdefault(mac, _Page())
        *whole, begun = (page.begun + page.decoder.decode(frame)).replace("\r\n", "\n").split("\n")
        if len(begun) > MAX_LINE_CHARACTERS:
            whole, begun = [*whole, begun], ""
        page.begun, page.begun_s = begun, self._clock.now_s()
        page.heard_s, page.is_silent = page.begun_s, False
        self._add(mac, page, whole)

    def notice(self, mac: MacAddress, sentence: str) -> None:
        """Say something of ours between the lines of *mac*."""
        self._add(mac, self._pages.setdefault(mac, _Page()), [sentence], is_notice=True)

    def recent(self, mac: MacAddress) -> list[LogLine]:
        """Return what *mac* wrote lately, oldest first."""
        page = self._pages.get(mac)
        return [] if page is None else list(page.lines)

    def forget(self, mac: MacAddress) -> None:
        """Drop what *mac* wrote."""
        self._pages.pop(mac, None)

    def look(self, mac: MacAddress) -> None:
        """Show a line whose end has not come within UNFINISHED_S, and say once that *mac* has been silent for SILENT_S."""
        page = self._pages.get(mac)
        if page is None:
            return
        now_s = self._clock.now_s()
        if now_s - page.heard_s >= SILENT_S and not page.is_silent:
            page.is_silent = True
            self._add(mac, page, [SILENCE], is_notice=True)
        if page.begun and now_s - page.begun_s >= UNFINISHED_S:
            begun, page.begun = page.begun, ""
            self._add(mac, page, [begun])

    def _add(self, mac: MacAddress, page: _Page, texts: Sequence[str], *, is_notice: bool = False) -> None:
        at = self._clock.utc().timestamp()
        whole = filter(None, texts)
        lines = [LogLine(number, at, secrets_masked(text), is_notice) for number, text in enumerate(whole, page.count + 1)]
        page.count += len(lines)
        page.lines.extend(lines)
        if lines:
            self._tell(mac, lines)
