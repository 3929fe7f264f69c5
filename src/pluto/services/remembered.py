"""Ask the history: charts, events, tables for other programs; from the file, or from Prometheus where that reaches further."""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from pluto.errors import HistoryOff, RelayFailed
from pluto.history.file import EventQuestion
from pluto.history.query import Chart, Question, Reader
from pluto.history.recorder import Recorder
from pluto.model.happenings import Happening
from pluto.model.miner import MacAddress
from pluto.model.reading import Reading
from pluto.services.longer_past import LongerPast

RECENT: Final = 100


class Remembered:
    """What a user can ask of the past; events of this run are remembered in any case.

    *reader* and *recorder* are None where history is off, *longer_past* where no Prometheus is set.
    """

    def __init__(
        self, reader: Reader | None, recorder: Recorder | None, longer_past: LongerPast | None, wall_s: Callable[[], float]
    ) -> None:
        self._reader = reader
        self._recorder = recorder
        self._longer_past = longer_past
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

    def read(self, mac: MacAddress, reading: Reading) -> None:
        """Remember a reading of now."""
        if self._recorder is not None:
            self._recorder.read(mac, reading)

    def happened(self, event: Happening) -> Happening:
        """Remember *event*, and return it with the next id. Ids rise, over restarts too."""
        self._last_id = max(self._last_id + 1, int(event.at_s * 1000))
        event = Happening(event.at_s, event.mac, event.kind, event.facts, self._last_id)
        self.recent.append(event)
        if self._recorder is not None:
            self._recorder.happened(event)
        return event

    async def chart(self, question: Question) -> Chart:
        """Return the points that are asked for, from Prometheus where ours do not reach back so far; raises HistoryOff."""
        if self._longer_past is None or self.reaches_back_to_s() <= question.from_s:
            return await self._own(question)
        try:
            return await self._longer_past.chart(question)
        except RelayFailed as error:
            return msgspec.structs.replace(await self._own(question), note=str(error))

    @property
    def kept_days(self) -> float | None:
        """Return for how many days events are kept, None where nothing is."""
        return None if self._reader is None else self._reader.reach_s / 86_400

    def reaches_back_to_s(self) -> float:
        """Return the wall time from where on our own history may know something."""
        return math.inf if self._reader is None else self._wall_s() - self._reader.reach_s

    async def _own(self, question: Question) -> Chart:
        return await asyncio.to_thread(self._on().chart, question, self._wall_s())

    async def events(self, question: EventQuestion) -> list[Happening]:
        """Return the events that are meant, newest first: the last of this run too, written or not."""
        stored = await asyncio.to_thread(self._reader.events, question) if self._reader is not None else []
        known = {event.id for event in stored}
        fresh = [event for event in self.recent if event.id not in known and _is_meant(event, question)]
        return sorted([*stored, *fresh], key=_newest, reverse=True)[: question.limit]

    def left(self, mac: MacAddress) -> None:
        """Count a miner no more; its past is kept."""
        if self._recorder is not None:
            self._recorder.forget(mac, delete=False)

    def forget(self, mac: MacAddress) -> None:
        """Delete the past of a miner."""
        if self._recorder is not None:
            self._recorder.forget(mac, delete=True)
        kept = [event for event in self.recent if event.mac != mac]
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
