"""Polling a fleet: one question at a time, stopped means stopped, one miner's fault is no other's."""

import itertools
from collections.abc import Callable

import pytest

from clocks import FakeClock
from pluto.model.miner import MacAddress, Miner
from pluto.model.reading import Reading
from pluto.model.state import Answered, Failed, Health, MinerState, Outcome, Reason
from pluto.monitor.fleet import Fleet, Polled, plan

ALICE = Miner(MacAddress("02:00:00:00:00:0a"), "127.0.0.1")
BOB = Miner(MacAddress("02:00:00:00:00:0b"), "127.0.0.2", 1)
WELL = Answered(Reading(hashrate_ghs=500.0), b"{}")


class Wire:
    """Stands for the network: remembers what was asked, answers when told."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []
        self.open: dict[str, Callable[[Outcome], None]] = {}
        self.most_in_flight = 0
        self.clock = FakeClock()

    def line(self) -> "WireLine":
        return WireLine(self)

    def answer(self, host: str, outcome: Outcome = WELL) -> None:
        self.open.pop(host)(outcome)


class WireLine:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.host = ""

    def begin(self, host: str, done: Callable[[Outcome], None]) -> None:
        self.host = host
        self.wire.asked.append((self.wire.clock.now_s(), host))
        assert host not in self.wire.open, "a second question while the first is open"
        self.wire.open[host] = done

    def close(self) -> None:
        self.wire.open.pop(self.host, None)


class Watcher:
    def __init__(self) -> None:
        self.seen: list[tuple[MinerState, MinerState]] = []
        self.polls: list[Polled] = []

    def observe(self, before: MinerState, after: MinerState) -> None:
        self.seen.append((before, after))


def fleet_of(wire: Wire, watcher: Watcher) -> Fleet:
    return Fleet(wire.line, watcher.observe, watcher.polls.append, wire.clock, 5.0)


def test_a_plan_starts_the_new_stops_the_old_and_leaves_the_rest() -> None:
    change = plan([ALICE.mac], [BOB])
    assert (change.start, change.stop) == ([BOB], [ALICE.mac])
    assert plan([ALICE.mac], [ALICE]).start == []


def test_every_miner_is_asked_every_five_seconds_from_its_own_phase() -> None:
    wire, watcher = Wire(), Watcher()
    fleet = fleet_of(wire, watcher)
    fleet.start([MinerState(ALICE), MinerState(BOB)])
    for second in range(1, 61):
        wire.clock.advance_to(second)
        for host in list(wire.open):
            wire.answer(host)
    for miner in (ALICE, BOB):
        times = [at for at, host in wire.asked if host == miner.host]
        assert len(times) == 12
        assert times[0] < 1.0
        assert all(4.98 <= late - early <= 5.02 for early, late in itertools.pairwise(times))


def test_a_slow_answer_is_waited_for_and_no_second_question_is_asked() -> None:
    wire, watcher = Wire(), Watcher()
    fleet = fleet_of(wire, watcher)
    fleet.start([MinerState(ALICE)])
    wire.clock.advance_to(30)
    assert len(wire.asked) == 1
    assert fleet.polls_in_flight == 1


def test_a_removed_miner_is_not_heard_of_again() -> None:
    wire, watcher = Wire(), Watcher()
    fleet = fleet_of(wire, watcher)
    fleet.start([MinerState(ALICE)])
    wire.clock.advance_to(2)
    late = wire.open["127.0.0.1"]
    fleet.stop(ALICE.mac)
    assert ALICE.mac not in fleet
    wire.clock.advance_to(60)
    assert watcher.seen == []
    assert len(wire.asked) == 1
    assert late is not None


def test_watching_again_goes_on_undisturbed() -> None:
    wire, watcher = Wire(), Watcher()
    fleet = fleet_of(wire, watcher)
    fleet.start([MinerState(ALICE)])
    wire.clock.advance_to(2)
    wire.answer("127.0.0.1")
    fleet.start([MinerState(ALICE)])
    state = fleet.state(ALICE.mac)
    assert state is not None
    assert state.health is Health.ONLINE
    wire.clock.advance_to(4.9)
    assert len(wire.asked) == 1


def test_a_new_address_counts_from_the_next_poll() -> None:
    wire, watcher = Wire(), Watcher()
    fleet = fleet_of(wire, watcher)
    fleet.start([MinerState(ALICE)])
    wire.clock.advance_to(2)
    fleet.move(Miner(ALICE.mac, "127.0.0.9"))
    wire.answer("127.0.0.1")
    wire.clock.advance_to(8)
    assert [host for _, host in wire.asked] == ["127.0.0.1", "127.0.0.9"]


def test_another_miner_at_the_address_changes_nothing_but_health() -> None:
    wire, watcher = Wire(), Watcher()
    fleet = fleet_of(wire, watcher)
    fleet.start([MinerState(ALICE)])
    wire.clock.advance_to(2)
    wire.answer("127.0.0.1", Answered(Reading(mac=BOB.mac, hashrate_ghs=1.0), b'{"x":1}'))
    state = fleet.state(ALICE.mac)
    assert state is not None
    assert (state.health, state.reading, state.info) == (Health.OFFLINE, None, None)
    assert state.failure == Failed(Reason.WRONG_DEVICE, f"the miner at this address is {BOB.mac}", BOB.mac)


def test_a_fault_of_ours_with_one_miner_does_not_stop_another(caplog: pytest.LogCaptureFixture) -> None:
    wire, watcher = Wire(), Watcher()

    def observe(before: MinerState, after: MinerState) -> None:
        if after.miner.mac == ALICE.mac:
            raise RuntimeError("a bug")
        watcher.observe(before, after)

    fleet = Fleet(wire.line, observe, watcher.polls.append, wire.clock, 5.0)
    fleet.start([MinerState(ALICE), MinerState(BOB)])
    for second in (2, 7, 12):
        wire.clock.advance_to(second)
        for host in list(wire.open):
            wire.answer(host)
    assert len(watcher.seen) == 3
    assert "poll failed unexpectedly" in caplog.text
    state = fleet.state(ALICE.mac)
    assert state is not None
    assert state.health is Health.OFFLINE


def test_after_a_pause_nobody_is_polled_twice_in_one_interval() -> None:
    wire, watcher = Wire(), Watcher()
    fleet = fleet_of(wire, watcher)
    miners = [Miner(MacAddress(f"02:00:00:00:00:{n:02x}"), f"127.0.1.{n}") for n in range(50)]
    fleet.start([MinerState(miner) for miner in miners])

    def live_until(end_s: float) -> None:
        while wire.clock.now_s() < end_s:
            wire.clock.advance_to(wire.clock.now_s() + 0.5)
            for host in list(wire.open):
                wire.answer(host)

    live_until(12)
    wire.clock.jump_to(32)
    live_until(60)
    for miner in miners:
        times = [at for at, host in wire.asked if host == miner.host]
        gaps = [late - early for early, late in itertools.pairwise(times)]
        assert min(gaps) >= 4.75
        assert max(gaps) <= 25.3
        assert [gap for gap in gaps[-4:] if gap > 5.25] == []
