"""What several polls in a row say of each watched miner: its track, its last polls, and what happened to it."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from pluto.clock import Clock
from pluto.model.happenings import Happening, Poll, happened
from pluto.model.miner import MacAddress
from pluto.model.standing import LIMITS, Limits, Track, follow
from pluto.model.state import Failed, MinerState
from pluto.monitor.fleet import Polled

POLLS_KEPT: Final = 20


class PastPoll(msgspec.Struct, frozen=True, gc=False):
    """One poll of the past: wall time, how long it took, how it ended."""

    at_s: float
    took_s: float
    result: str
    detail: str | None


class Standings:
    """Follows every watched miner; costs one miner's work a poll."""

    def __init__(self, clock: Clock, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._clock = clock
        self._tracks: dict[MacAddress, Track] = {}
        self._polls: dict[MacAddress, deque[PastPoll]] = {}

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
        return list(reversed(self._polls.get(mac, ())))

    def polled(self, polled: Polled) -> None:
        """Note how a poll went."""
        outcome = polled.outcome
        result, detail = (outcome.reason.value, outcome.detail) if isinstance(outcome, Failed) else ("ok", None)
        past = PastPoll(self.wall_s(), polled.took_s, result, detail)
        polls = self._polls.get(polled.mac)
        if polls is None:
            polls = self._polls[polled.mac] = deque(maxlen=POLLS_KEPT)
        polls.append(past)

    def follow(self, before: MinerState, after: MinerState) -> list[Happening]:
        """Take in what a poll changed, and return what happened."""
        mac = after.miner.mac
        old, now_s = self.track(mac), self._clock.now_s()
        new = self._tracks[mac] = follow(old, after, now_s, self.limits)
        away_s = now_s - (before.since_s if after.failure is None else after.since_s)
        return happened(Poll(before, after, old, new, away_s), self.wall_s())

    def outdated(self) -> Iterator[MacAddress]:
        """Yield who answered last, longer ago than a miner that is polled in time can have."""
        now_s = self._clock.now_s()
        for mac, track in self._tracks.items():
            if not track.failures and track.read_s is not None and now_s - track.read_s > self.limits.stale_s:
                yield mac

    def now_s(self) -> float:
        """Return the moment against which tracks are judged."""
        return self._clock.now_s()

    def wall_s(self, moment_s: float | None = None) -> float:
        """Return the wall time of *moment_s*, or of now."""
        now = self._clock.utc().timestamp()
        return round(now if moment_s is None else now - (self._clock.now_s() - moment_s), 3)


_NEVER: Final = Track()
