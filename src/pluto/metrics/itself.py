"""What Pluto measures of itself: how its polls go, how its loop keeps up, what waits in its queues."""

import platform
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from pluto import __version__
from pluto.metrics.process import PROCESS
from pluto.metrics.text import header, is_number, labels, number
from pluto.model.state import Health, MinerState, Reason

OUTCOMES: Final = ("ok", *(reason.value.replace(" ", "_") for reason in Reason))
"""How a poll can end, as the label `outcome`."""


class Histogram:
    """How often a number of seconds was how large; observing costs less than a microsecond (`bench/exposition.py`)."""

    def __init__(self, name: str, help_text: str, bounds_s: Iterable[float]) -> None:
        self.name = name
        self.help = help_text
        self._bounds_s = tuple(bounds_s)
        self._counts = [0] * (len(self._bounds_s) + 1)
        self._sum_s = 0.0

    def observe(self, seconds: float) -> None:
        """Count one event that took *seconds*."""
        self._counts[bisect_left(self._bounds_s, seconds)] += 1
        self._sum_s += seconds

    @property
    def mean_s(self) -> float:
        """Return the average of what was observed, 0 before anything was."""
        return self._sum_s / (sum(self._counts) or 1)

    def quantile_s(self, part: float) -> float | None:
        """Return a bound that this *part* of what was observed did not exceed; None where nothing was, or no bound holds."""
        wanted, seen = part * sum(self._counts), 0
        for bound_s, count in zip(self._bounds_s, self._counts, strict=False):
            seen += count
            if wanted and seen >= wanted:
                return bound_s
        return None

    def text(self) -> str:
        """Return the histogram as exposition text: each bucket includes those before it."""
        lines = [header(self.name, "histogram", self.help)]
        seen = 0
        for bound, count in zip((*map(number, self._bounds_s), "+Inf"), self._counts, strict=True):
            seen += count
            lines.append(f'{self.name}_bucket{{le="{bound}"}} {seen}\n')
        return "".join([*lines, f"{self.name}_sum {number(self._sum_s)}\n", f"{self.name}_count {seen}\n"])


class Figure(msgspec.Struct, frozen=True):
    """A number somebody else keeps, read at the scrape."""

    name: str
    kind: str
    help: str


FIGURES: Final = (
    Figure("pluto_polls_in_flight", "gauge", "Polls that wait for their miner."),
    Figure("pluto_miners_watched", "gauge", "Miners that are watched."),
    Figure("pluto_store_dirty_records", "gauge", "Records newer in memory than in the database."),
    Figure("pluto_store_writes_total", "counter", "Batches written to the database."),
    Figure("pluto_store_write_errors_total", "counter", "Batches the database did not take."),
    Figure("pluto_event_clients", "gauge", "Clients connected for events."),
    Figure("pluto_event_queue_packets", "gauge", "Packets that wait for their client."),
    Figure("pluto_events_dropped_total", "counter", "Packets dropped because their client was too slow."),
)

POLLS: Final = ("pluto_polls_total", "Polls that ended, by how.")
BUILD: Final = ("pluto_build_info", "Which Pluto on which Python: always 1, the facts are labels.")


class Itself:
    """Pluto's figures about itself, all there from the start."""

    def __init__(self) -> None:
        self.poll_duration = Histogram(
            "pluto_poll_duration_seconds",
            "Time from the start of a poll to its end.",
            (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5),
        )
        self.poll_lateness = Histogram(
            "pluto_poll_lateness_seconds",
            "Time by which a poll started after it was due.",
            (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self.loop_lag = Histogram(
            "pluto_event_loop_lag_seconds",
            "Time by which the event loop was late for a call.",
            (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
        )
        self._polls = dict.fromkeys(OUTCOMES, 0)
        self._read: dict[str, Callable[[], float]] = {figure.name: _zero for figure in FIGURES}

    def count_poll(self, after: MinerState) -> None:
        """Count the poll that left the miner in the state *after*."""
        if after.health is Health.ONLINE:
            self._polls["ok"] += 1
        elif after.failure is not None:
            self._polls[_OUTCOME[after.failure.reason]] += 1

    def attach(self, name: str, read: Callable[[], float]) -> None:
        """Let *read* say, at each scrape, the value of *name*, which is one of FIGURES."""
        if name not in self._read:
            raise KeyError(name)
        self._read[name] = read

    def text(self) -> str:
        """Return all figures as exposition text."""
        build = labels({"version": __version__, "python": platform.python_version()})
        polls, polls_help = POLLS
        lines = [header(polls, "counter", polls_help)]
        lines += [f"{polls}{labels({'outcome': outcome})} {count}\n" for outcome, count in self._polls.items()]
        lines += [histogram.text() for histogram in self.histograms]
        lines += [header(BUILD[0], "gauge", BUILD[1]), f"{BUILD[0]}{build} 1\n"]
        rows = [(figure, self._read[figure.name]()) for figure in FIGURES]
        lines += [_sample(figure.name, figure.kind, figure.help, value) for figure, value in rows]
        lines += [_sample(row.name, row.kind, row.help, row.read()) for row in PROCESS]
        return "".join(lines)

    @property
    def polls(self) -> Mapping[str, int]:
        """Return how many polls ended how, by OUTCOMES."""
        return self._polls

    @property
    def histograms(self) -> tuple[Histogram, ...]:
        """Return every histogram."""
        return self.poll_duration, self.poll_lateness, self.loop_lag


_OUTCOME: Final = dict(zip(Reason, OUTCOMES[1:], strict=True))


def _zero() -> float:
    return 0


def _sample(name: str, kind: str, help_text: str, value: float | None) -> str:
    if value is None or not is_number(value):
        return ""
    return f"{header(name, kind, help_text)}{name} {number(value)}\n"
