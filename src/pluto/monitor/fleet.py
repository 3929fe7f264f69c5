"""Whom we poll: one exchange in flight per watched miner, stopped means stopped, in mid-poll too."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, Protocol

import msgspec

from pluto.clock import Clock, Timer
from pluto.model.miner import MacAddress, Miner
from pluto.model.state import Failed, MinerState, Outcome, Reason, advance, identified
from pluto.monitor.schedule import Schedule, phase_s, spread_s

TICK_S: Final = 0.01
"""Polls that fall into the same tick begin together: a large fleet wakes the process 100 times a second, not 2,000."""

log = logging.getLogger(__name__)


class Line(Protocol):
    """The way to one miner: at most one exchange at a time."""

    def begin(self, host: str, done: Callable[[Outcome], None]) -> None:
        """Ask the miner at *host*; *done* is called once, later."""

    def close(self) -> None:
        """End at once; *done* is not called any more."""


class Polled(msgspec.Struct, frozen=True, gc=False):
    """How one poll went, for the figures about ourselves."""

    mac: MacAddress
    outcome: Outcome
    began_s: float
    took_s: float
    late_s: float


class Plan(msgspec.Struct, frozen=True):
    """What changes when other miners are wanted."""

    start: Sequence[Miner]
    stop: Sequence[MacAddress]


def plan(watched: Iterable[MacAddress], wanted: Iterable[Miner]) -> Plan:
    """Return whom to start and whom to stop; who is watched and wanted goes on undisturbed. Pure."""
    wanted_by_mac = {miner.mac: miner for miner in wanted}
    running = set(watched)
    return Plan(
        start=[miner for mac, miner in wanted_by_mac.items() if mac not in running],
        stop=[mac for mac in watched if mac not in wanted_by_mac],
    )


class _Watched:
    """One watched miner: what we believe of it, and the poll in flight."""

    __slots__ = ("answered", "ask_ended", "began_s", "is_asking", "late_s", "line", "state")

    def __init__(self, state: MinerState, line: Line, answered: Callable[["_Watched", Outcome], None]) -> None:
        self.state = state
        self.line = line
        self.answered = partial(answered, self)
        self.is_asking = False
        self.ask_ended: asyncio.Event | None = None
        self.began_s = 0.0
        self.late_s = 0.0

    def end(self) -> None:
        """Note that no poll is in flight any more."""
        self.is_asking = False
        if self.ask_ended is not None:
            self.ask_ended.set()


class Fleet:
    """Polls the watched miners every *interval_s*, each from its own phase, and tells *observe* of every change of state."""

    def __init__(
        self,
        line: Callable[[], Line],
        observe: Callable[[MinerState, MinerState], None],
        measure: Callable[[Polled], None],
        clock: Clock,
        interval_s: float,
    ) -> None:
        self._line = line
        self._observe = observe
        self._measure = measure
        self._clock = clock
        self._schedule = Schedule(interval_s)
        self._watched: dict[MacAddress, _Watched] = {}
        self._at: dict[str | None, MacAddress] = {}
        self._held: set[MacAddress] = set()
        self._timer: Timer | None = None

    @property
    def states(self) -> Mapping[MacAddress, MinerState]:
        """Return what we believe of each watched miner, in the order in which watching began."""
        return {mac: watched.state for mac, watched in self._watched.items()}

    @property
    def polls_in_flight(self) -> int:
        """Return how many miners have been asked and have not answered yet."""
        return sum(watched.is_asking for watched in self._watched.values())

    @property
    def hosts(self) -> Iterable[str]:
        """Yield where each watched miner is reached, in the order in which watching began."""
        return (host for watched in self._watched.values() if (host := watched.state.miner.host) is not None)

    def __iter__(self) -> Iterator[MacAddress]:
        """Yield who is watched, in the order in which watching began."""
        return iter(self._watched)

    def __contains__(self, mac: MacAddress) -> bool:
        return mac in self._watched

    def __len__(self) -> int:
        return len(self._watched)

    def state(self, mac: MacAddress) -> MinerState | None:
        """Return what we believe of *mac*, or None when it is not watched."""
        watched = self._watched.get(mac)
        return None if watched is None else watched.state

    def answer_at(self, host: str) -> bytes | None:
        """Return the last answer of the miner that is online at *host*, so that nobody need ask it again; else None."""
        state = self.state(self._at.get(host, MacAddress("")))
        return state.info if state is not None and state.is_online and state.miner.host == host else None

    def start(self, states: Sequence[MinerState], among: int = 0) -> None:
        """Watch further miners, the first poll of each after its phase; those watched already go on undisturbed.

        *among* is how many begin about now, where *states* are only some of them.
        """
        new = [state for state in states if state.miner.mac not in self._watched]
        over_s = spread_s(max(among, len(self._watched) + len(new)))
        now_s = self._clock.now_s()
        for state in new:
            mac = state.miner.mac
            self._watched[mac] = _Watched(state, self._line(), self._answered)
            self._at[state.miner.host] = mac
            self._schedule.add(mac, now_s + phase_s(mac, over_s))
        self._arm()

    def stop(self, mac: MacAddress) -> None:
        """Watch *mac* no more: an answer that is under way reaches nobody."""
        watched = self._watched.pop(mac, None)
        if watched is not None:
            self._schedule.remove(mac)
            self._at.pop(watched.state.miner.host, None)
            watched.line.close()
            watched.end()

    @asynccontextmanager
    async def held(self, mac: MacAddress) -> AsyncGenerator[None, None]:
        """Do not poll *mac* inside the block, which begins when a poll in flight has ended: its polls are skipped, not queued.

        For one block a miner at a time. The miner need not be watched.
        """
        self._held.add(mac)
        try:
            watched = self._watched.get(mac)
            if watched is not None and watched.is_asking:
                watched.ask_ended = asyncio.Event()
                await watched.ask_ended.wait()
            yield
        finally:
            self._held.discard(mac)

    def close(self) -> None:
        """Stop watching everybody."""
        for mac in list(self._watched):
            self.stop(mac)
        if self._timer is not None:
            self._timer.cancel()

    def move(self, miner: Miner) -> None:
        """Reach a watched miner at another address from its next poll on."""
        watched = self._watched.get(miner.mac)
        if watched is not None:
            self._at.pop(watched.state.miner.host, None)
            self._at[miner.host] = miner.mac
            watched.state = msgspec.structs.replace(watched.state, miner=miner)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        next_s = self._schedule.next_s()
        self._timer = None if next_s is None else self._clock.call_at(max(next_s, self._clock.now_s() + TICK_S), self._tick)

    def _tick(self) -> None:
        now_s = self._clock.now_s()
        for mac, late_s in self._schedule.take(now_s):
            watched = self._watched[mac]
            if not watched.is_asking and mac not in self._held:
                self._ask(watched, now_s, late_s)
        self._arm()

    def _ask(self, watched: _Watched, now_s: float, late_s: float) -> None:
        host = watched.state.miner.host
        if host is None:
            return
        watched.is_asking = True
        watched.began_s = now_s
        watched.late_s = late_s
        watched.line.begin(host, watched.answered)

    def _answered(self, watched: _Watched, outcome: Outcome) -> None:
        watched.end()
        before = watched.state
        now_s = self._clock.now_s()
        try:
            outcome = identified(outcome, before.miner.mac)
            watched.state = advance(before, outcome, now_s)
            self._measure(Polled(before.miner.mac, outcome, watched.began_s, now_s - watched.began_s, watched.late_s))
            self._observe(before, watched.state)
        except Exception:  # a bug met by one miner must not stop the polling of the others
            log.exception("poll failed unexpectedly", extra={"mac": before.miner.mac})
            watched.state = advance(before, Failed(Reason.BAD_ANSWER, "a fault in Pluto, see its log"), now_s)
