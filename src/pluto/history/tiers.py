"""The three resolutions, how long each is kept, and how fine numbers become coarse ones. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from pluto.history.metrics import NONE, Metric
from pluto.history.packed import Column

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S
LATEST_S: Final = 900
"""What is older than this has been taken into the coarser tiers, whatever happened."""


class Tier(msgspec.Struct, frozen=True):
    """One resolution: buckets of *step_s* (0: every reading), together in blocks of *span_s* that begin at its multiples."""

    number: int
    step_s: int
    span_s: int

    def start(self, at_s: float) -> int:
        """Return where the block begins that holds *at_s*."""
        return int(at_s // self.span_s) * self.span_s


RAW: Final = Tier(0, 0, 600)
MINUTE: Final = Tier(1, 60, 2 * HOUR_S)
HOUR: Final = Tier(2, HOUR_S, 5 * DAY_S)
TIERS: Final = (RAW, MINUTE, HOUR)
"""Finest first."""


class Kept(msgspec.Struct, frozen=True):
    """How long each tier is kept."""

    raw_hours: float = 48
    minute_days: float = 30
    hour_days: float = 730

    def seconds(self, tier: Tier) -> float:
        """Return the seconds that *tier* reaches back."""
        return (self.raw_hours * HOUR_S, self.minute_days * DAY_S, self.hour_days * DAY_S)[tier.number]


class Series(msgspec.Struct, frozen=True):
    """Where a metric stands in the blocks of a tier: *places* is (value,) or, of a gauge in buckets, (average, low, high).

    Low and high are kept as distances from the average: mostly small.
    """

    metric: Metric
    places: tuple[int, ...]


def series_of(metrics: Sequence[Metric], tier: Tier) -> list[Series]:
    """Return where each of *metrics* stands."""
    found: list[Series] = []
    place = 0
    for metric in metrics:
        width = 1 if metric.is_count or tier is RAW else 3
        found.append(Series(metric, tuple(range(place, place + width))))
        place += width
    return found


class Buckets(msgspec.Struct, frozen=True):
    """Numbers by time, as the columns of a block of *tier*."""

    times: list[int]
    columns: list[list[int]]

    def within(self, begin_s: int, end_s: int) -> "Buckets":
        """Return those from *begin_s* to before *end_s*."""
        first, last = bisect_left(self.times, begin_s), bisect_left(self.times, end_s)
        if first == 0 and last == len(self.times):
            return self
        return Buckets(self.times[first:last], [column[first:last] for column in self.columns])

    def after(self, moment_s: int) -> "Buckets":
        """Return those later than *moment_s*."""
        return self.within(moment_s + 1, 2**33)

    def joined(self, later: "Buckets") -> "Buckets":
        """Return these and *later*, which win from their first moment on."""
        first = self.within(0, later.times[0]) if later.times else self
        if not first.times:
            return later
        return Buckets(first.times + later.times, [one + other for one, other in zip(first.columns, later.columns, strict=True)])


def coarser(fine: Buckets, metrics: Sequence[Metric], from_tier: Tier, step_s: int) -> Buckets:
    """Return *fine* in buckets of *step_s*: averages, the lowest and highest as distances, sums of counts."""
    cuts = _cuts(fine.times, step_s)
    columns: list[list[int]] = []
    for series in series_of(metrics, from_tier):
        parts = [fine.columns[place] for place in series.places]
        if series.metric.is_count:
            columns.append([_sum(parts[0][begin:end]) for begin, end in cuts])
            continue
        average, low, high = _spread(parts, cuts)
        columns += [average, low, high]
    return Buckets([fine.times[begin] // step_s * step_s for begin, _ in cuts], columns)


def _cuts(times: Column, step_s: int) -> list[tuple[int, int]]:
    starts = [place for place, time in enumerate(times) if place == 0 or time // step_s != times[place - 1] // step_s]
    return list(zip(starts, [*starts[1:], len(times)], strict=True))


def _spread(parts: Sequence[Column], cuts: Iterable[tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
    values = parts[0]
    lows, highs = (values, values) if len(parts) == 1 else _absolute(parts)
    average: list[int] = []
    low: list[int] = []
    high: list[int] = []
    for begin, end in cuts:
        known = [value for value in values[begin:end] if value != NONE]
        if not known:
            average.append(NONE)
            low.append(NONE)
            high.append(NONE)
            continue
        mean = round(sum(known) / len(known))
        average.append(mean)
        low.append(mean - min(value for value in lows[begin:end] if value != NONE))
        high.append(max(value for value in highs[begin:end] if value != NONE) - mean)
    return average, low, high


def _absolute(parts: Sequence[Column]) -> tuple[list[int], list[int]]:
    average, low, high = parts
    lows = [NONE if value == NONE else value - less for value, less in zip(average, low, strict=True)]
    highs = [NONE if value == NONE else value + more for value, more in zip(average, high, strict=True)]
    return lows, highs


def _sum(values: Column) -> int:
    known = [value for value in values if value != NONE]
    return sum(known) if known else NONE
