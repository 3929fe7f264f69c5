"""A chart's question and its answer: which resolution, how the points are cut, where the gaps are."""

import logging
import math
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from pluto.history.book import Book, number_of
from pluto.history.file import EventQuestion, HistoryFile
from pluto.history.metrics import NONE, Metric, metrics_of
from pluto.history.packed import BlockDamaged
from pluto.history.tiers import HOUR, HOUR_S, LATEST_S, MINUTE, RAW, TIERS, Buckets, Kept, Series, Tier, series_of
from pluto.model.happenings import Happening
from pluto.model.json_value import Json, JsonObject

MAX_POINTS: Final = 720
MIN_STEP_S: Final = 10
"""Two polling intervals: a point that holds no reading is an outage, not a poll that came a little late."""


log = logging.getLogger(__name__)


class Question(msgspec.Struct, frozen=True):
    """Which metrics of which miner (or FLEET), between two moments, in at most that many points."""

    miner: str
    metrics: Sequence[str]
    from_s: float
    to_s: float
    points: int = MAX_POINTS


class Chart(msgspec.Struct, frozen=True):
    """The answer: *values* has, of each metric, the columns by name; None where nothing is known.

    *note* says why the answer does not come from where it was looked for first.
    """

    resolution_s: int
    step_s: int
    times: list[int]
    values: Mapping[str, JsonObject]
    source: str = "history"
    note: str | None = None


class Line:
    """One metric's points while they are gathered."""

    def __init__(self, metric: Metric, points: int) -> None:
        self.metric = metric
        self._sums = [0] * points
        self._counts = [0] * points
        self._lows: list[int | None] = [None] * points
        self._highs: list[int | None] = [None] * points

    def add(self, places: Sequence[int], columns: Sequence[Sequence[int]]) -> None:
        """Take in buckets: of each the place among the points, its value, and how far below and above it went."""
        if len(columns) == 1:
            zero = [0] * len(places)
            columns = (columns[0], zero, zero)
        values, lower, higher = columns
        sums, counts, lows, highs = self._sums, self._counts, self._lows, self._highs
        for place, value, below, above in zip(places, values, lower, higher, strict=True):
            if value == NONE:
                continue
            sums[place] += value
            counts[place] += 1
            low, high = lows[place], highs[place]
            if low is None or value - below < low:
                lows[place] = value - below
            if high is None or value + above > high:
                highs[place] = value + above

    def values(self) -> JsonObject:
        """Return the columns of the answer."""
        scale = self.metric.scale
        about: JsonObject = {"unit": self.metric.unit, "kind": "count" if self.metric.is_count else "gauge"}
        if self.metric.is_count:
            sums: list[Json] = [total if count else None for total, count in zip(self._sums, self._counts, strict=True)]
            about["sum"] = sums
            return about
        digits = 4 if scale >= 1 else 0
        average: list[Json] = [
            round(total / count / scale, digits) if count else None for total, count in zip(self._sums, self._counts, strict=True)
        ]
        about |= {"avg": average, "min": _scaled(self._lows, scale, digits), "max": _scaled(self._highs, scale, digits)}
        return about


class Section(msgspec.Struct, frozen=True):
    """A part of the question's time, and the tier that answers it."""

    tier: Tier
    begin: int
    end: int


class Reader:
    """Answers questions from the file and from what the writer has in memory; one at a time, each in the caller's thread."""

    def __init__(self, book: Book, path: Path, keep: Kept) -> None:
        self._book = book
        self._path = path
        self._keep = keep
        self._one = threading.Lock()

    @property
    def reach_s(self) -> float:
        """Return how far back the coarsest tier reaches."""
        return self._keep.seconds(HOUR)

    def chart(self, question: Question, now_s: float) -> Chart:
        """Return the answer to *question*; what the file does not give stays empty: a chart never fails."""
        tier = tier_for(question, now_s, self._keep)
        step_s = step_for(question, tier)
        times = times_for(question, step_s)
        start = times[0]
        table = metrics_of(question.miner)
        lines = {metric.name: Line(metric, len(times)) for metric in table if metric.name in question.metrics}
        end = start + len(times) * step_s
        for part in sections(tier, (start, end), now_s):
            series = [one for one in series_of(table, part.tier) if one.metric.name in lines]
            places = [place for one in series for place in one.places]
            for buckets in self._buckets(question.miner, part, places):
                self._add(lines, series, buckets, (start, step_s))
        return Chart(tier.step_s, step_s, times, {name: lines[name].values() for name in question.metrics})

    def events(self, question: EventQuestion) -> list[Happening]:
        """Return the events that are meant, newest first; none where the file cannot be read."""
        with self._one:
            try:
                with self._file() as file:
                    return file.events(question)
            except (sqlite3.Error, OSError):
                return []

    def _add(self, lines: Mapping[str, Line], series: Sequence[Series], buckets: Buckets, grid: tuple[int, int]) -> None:
        start, step_s = grid
        points = [(time - start) // step_s for time in buckets.times]
        at = 0
        for one in series:
            lines[one.metric.name].add(points, buckets.columns[at : at + len(one.places)])
            at += len(one.places)

    def _buckets(self, miner: str, part: Section, places: Sequence[int]) -> Iterator[Buckets]:
        number = number_of(self._book, miner)
        if number is None:
            return
        fresh = self._fresh(number, places) if part.tier is RAW else {}
        for buckets in self._stored(part, number, places):
            window = fresh.pop(part.tier.start(buckets.times[0]), None)
            yield buckets.within(part.begin, part.end)
            if window is not None:
                yield window.after(buckets.times[-1]).within(part.begin, part.end)
        for window in fresh.values():
            yield window.within(part.begin, part.end)

    def _fresh(self, number: int, places: Sequence[int]) -> dict[int, Buckets]:
        return {window.start: window.buckets(places) for window in list(self._book.windows.get(number, ()))}

    def _stored(self, part: Section, number: int, places: Sequence[int]) -> list[Buckets]:
        with self._one:
            try:
                with self._file() as file:
                    return list(file.blocks(part.tier, number, (part.begin, part.end), places))
            except (sqlite3.Error, OSError, BlockDamaged) as error:
                log.info("history could not be read", extra={"why": str(error)})
                return []

    def _file(self) -> closing[HistoryFile]:
        if not self._path.exists():
            raise FileNotFoundError(self._path)
        return closing(HistoryFile(self._path))


def sections(tier: Tier, period: tuple[int, int], now_s: float) -> list[Section]:
    """Return how *period* is answered from *tier*, and its end, which the coarser tiers do not hold yet, from finer ones."""
    begin, end = period
    settled = {HOUR: _floor(now_s - LATEST_S, HOUR_S), MINUTE: _floor(now_s - LATEST_S, RAW.span_s), RAW: end}
    found: list[Section] = []
    for finer in reversed(TIERS[: tier.number + 1]):
        until = min(end, max(begin, settled[finer]))
        if begin < until:
            found.append(Section(finer, begin, until))
        begin = max(begin, until)
    return found


def tier_for(question: Question, now_s: float, keep: Kept) -> Tier:
    """Return the coarsest tier whose buckets are not longer than a point, or a coarser one where the finer are forgotten."""
    wanted_s = (question.to_s - question.from_s) / question.points
    for tier, coarser in pairwise(TIERS):
        if wanted_s < coarser.step_s and question.from_s >= now_s - keep.seconds(tier):
            return tier
    return HOUR


def step_for(question: Question, tier: Tier) -> int:
    """Return the seconds between two points: whole buckets, and few enough points."""
    return step_of(question, max(MIN_STEP_S, tier.step_s))


def step_of(question: Question, least_s: int) -> int:
    """Return the seconds between two points: a multiple of *least_s*, and few enough points."""
    return max(1, math.ceil((question.to_s - question.from_s) / question.points / least_s)) * least_s


def times_for(question: Question, step_s: int) -> list[int]:
    """Return where each point begins, at multiples of *step_s*; the last of them where there would be too many."""
    return list(range(_floor(question.from_s, step_s), max(1, math.ceil(question.to_s)), step_s))[-question.points :]


def _floor(at_s: float, step_s: int) -> int:
    return int(at_s // step_s) * step_s


def _scaled(values: Sequence[int | None], scale: float, digits: int) -> list[Json]:
    return [None if value is None else round(value / scale, digits) for value in values]
