"""Ask the history: charts, events, tables for other programs; from the file, or from Prometheus where that reaches further."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from pluto.errors import HistoryOff
from pluto.history.file import EventQuestion
from pluto.history.query import Chart, Question, Reader
from pluto.model.happenings import Happening

RECENT: Final = 100


class Remembered:
    """What a user can ask of the past; *reader* is None where history is off. Events of this run are remembered in any case."""

    def __init__(self, reader: Reader | None, wall_s: Callable[[], float], kept_days: float | None = None) -> None:
        self._reader = reader
        self.kept_days = kept_days if reader is not None else None
        self._wall_s = wall_s
        self.recent: deque[Happening] = deque(maxlen=RECENT)
        self._last_id = 0

    @property
    def is_on(self) -> bool:
        """Return whether readings are remembered."""
        return self._reader is not None

    async def load(self) -> None:
        """Take up the newest events of earlier runs."""
        earlier = await self.events(EventQuestion(0, 2**40, limit=RECENT)) if self._reader is not None else []
        self.recent.extend(reversed(earlier))
        self._last_id = max((event.id for event in earlier), default=0)

    def numbered(self, event: Happening) -> Happening:
        """Return *event* with the next id, and keep it among the recent ones. Ids rise, over restarts too."""
        self._last_id = max(self._last_id + 1, int(event.at_s * 1000))
        event = Happening(event.at_s, event.mac, event.kind, event.facts, self._last_id)
        self.recent.append(event)
        return event

    async def chart(self, question: Question) -> Chart:
        """Return the points that *question* asks for; raises HistoryOff."""
        return await asyncio.to_thread(self._on().chart, question, self._wall_s())

    async def events(self, question: EventQuestion) -> list[Happening]:
        """Return the events that are meant, newest first: the last of this run too, written or not."""
        stored = await asyncio.to_thread(self._reader.events, question) if self._reader is not None else []
        known = {event.id for event in stored}
        fresh = [event for event in self.recent if event.id not in known and _is_meant(event, question)]
        return sorted([*stored, *fresh], key=_newest, reverse=True)[: question.limit]

    def forget(self, macs: Iterable[str]) -> None:
        """Drop the recent events of miners whose history is deleted."""
        gone = set(macs)
        kept = [event for event in self.recent if event.mac not in gone]
        self.recent.clear()
        self.recent.extend(kept)

    def _on(self) -> Reader:
        if self._reader is None:
            raise HistoryOff("history is off: PLUTO_HISTORY")
        return self._reader


def _newest(event: Happening) -> tuple[float, int]:
    return event.at_s, event.id


def _is_meant(event: Happening, question: EventQuestion) -> bool:
    return (
        question.from_s <= event.at_s <= question.to_s
        and question.mac in (None, event.mac)
        and (not question.kinds or event.kind in question.kinds)
    )
