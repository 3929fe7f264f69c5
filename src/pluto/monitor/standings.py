"""What several polls in a row say of each watched miner: its track, its last polls, and what happened to it."""

from array import array
from collections.abc import Sequence
from typing import Final

import msgspec

from pluto.clock import Clock
from pluto.model.happenings import Happening, Poll, happened, is_quiet
from pluto.model.miner import MacAddress
from pluto.model.standing import LIMITS, Limits, Track, Word, follow
from pluto.model.state import Failed, MinerState, Outcome
from pluto.monitor.fleet import Polled

POLLS_KEPT: Final = 20


class PastPoll(msgspec.Struct, frozen=True, gc=False):
    """One poll of the past: wall time, how long it took, how it ended."""

    at_s: float
    took_s: float
    result: str
    detail: str | None


class _LastPolls:
    """The last POLLS_KEPT polls of one miner: mostly nothing but two numbers each, so that is how they are kept."""

    __slots__ = ("_failures", "_moments")

    def __init__(self) -> None:
        self._moments = array("d")
        self._failures: dict[float, Failed] | None = None

    def add(self, at_s: float, took_s: float, outcome: Outcome) -> None:
        if len(self._moments) == 2 * POLLS_KEPT:
            if self._failures:
                self._failures.pop(self._moments[0], None)
            del self._moments[:2]
        self._moments.extend((at_s, took_s))
        if isinstance(outcome, Failed):
            self._failures = self._failures or {}
            self._failures[at_s] = outcome

    def newest_first(self) -> list[PastPoll]:
        polls = zip(self._moments[::2], self._moments[1::2], strict=True)
        return [self._past(at_s, took_s) for at_s, took_s in polls][::-1]

    def _past(self, at_s: float, took_s: float) -> PastPoll:
        failed = (self._failures or {}).get(at_s)
        return (
            PastPoll(at_s, took_s, "ok", None) if failed is None else PastPoll(at_s, took_s, failed.reason.value, failed.detail)
        )


class Standings:
    """Follows every watched miner; costs one miner's work a poll."""

    def __init__(self, clock: Clock, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._clock = clock
        self._tracks: dict[MacAddress, Track] = {}
        self._polls: dict[MacAddress, _LastPolls] = {}

    def join(self, mac: MacAddress) -> None:
        """Begin to follow a miner."""
        self._tracks[mac] = Track(since_s=self._clock.now_s())

    def leave(self, mac: MacAddress) -> None:
        """Forget a miner's track and its polls."""
        self._tracks.pop(mac, None)
        self._polls.pop(mac, None)

    def track(self, mac: MacAddress) -> Track:
        """Return the track of a miner; that of one never polled where it is not followed."""
        return self._tracks.get(mac, _NEVER)

    def polls(self, mac: MacAddress) -> Sequence[PastPoll]:
        """Return the last POLLS_KEPT polls, newest first."""
        polls = self._polls.get(mac)
        return [] if polls is None else polls.newest_first()

    def polled(self, polled: Polled) -> None:
        """Note how a poll went."""
        polls = self._polls.get(polled.mac)
        if polls is None:
            polls = self._polls[polled.mac] = _LastPolls()
        polls.add(round(self._clock.wall_s(), 3), polled.took_s, polled.outcome)

    def follow(self, before: MinerState, after: MinerState) -> Sequence[Happening]:
        """Take in what a poll changed, and return what happened."""
        mac = after.miner.mac
        old, now_s = self.track(mac), self._clock.now_s()
        new = self._tracks[mac] = follow(old, after, now_s, self.limits)
        if is_quiet(before, after, old):
            return ()
        away_s = now_s - (before.since_s if after.failure is None else after.since_s)
        return happened(Poll(before, after, old, new, away_s), self.wall_s())

    def turn_stale(self) -> Sequence[MacAddress]:
        """Return whose last reading has become too old since the last time, with no failure known: a look at each track."""
        oldest_s = self._clock.now_s() - self.limits.stale_s
        turned = [
            mac
            for mac, track in self._tracks.items()
            if track.read_s is not None and track.read_s < oldest_s and track.failures == 0 and track.word is not Word.STALE
        ]
        for mac in turned:
            track = self._tracks[mac]
            since_s = (track.read_s or 0.0) + self.limits.stale_s
            self._tracks[mac] = msgspec.structs.replace(track, word=Word.STALE, since_s=since_s)
        return turned

    def now_s(self) -> float:
        """Return the moment against which tracks are judged."""
        return self._clock.now_s()

    def wall_s(self, moment_s: float | None = None) -> float:
        """Return the wall time of *moment_s*, or of now."""
        now = self._clock.wall_s()
        return round(now if moment_s is None else now - (self._clock.now_s() - moment_s), 3)


_NEVER: Final = Track()
