"""When a miner is polled: on its own phase, without drift, without a burst."""

from hypothesis import example, given
from hypothesis import strategies as st

from pluto.model.miner import MacAddress
from pluto.monitor.schedule import LATE_S, Schedule, next_poll_at, phase_s, spread_s

ALICE = MacAddress("02:00:00:00:00:0a")
BOB = MacAddress("02:00:00:00:00:0b")
moments = st.floats(0, 1e7, allow_nan=False)


@given(due_s=moments, away_s=st.floats(0, 1e6))
@example(due_s=7388608.500286208, away_s=1_000_000.0)
def test_the_next_poll_is_ahead_and_within_one_interval(due_s: float, away_s: float) -> None:
    now_s = due_s + away_s
    next_s = next_poll_at(due_s, 5.0, now_s)
    assert now_s < next_s <= now_s + 5.0 + 1e-6 or next_s - due_s == 5.0


@given(st.text(min_size=1))
def test_a_phase_lies_within_the_spread_and_is_the_same_every_time(text: str) -> None:
    mac = MacAddress(text)
    assert 0 <= phase_s(mac, 2.5) < 2.5
    assert phase_s(mac, 2.5) == phase_s(mac, 2.5)


def test_a_large_fleet_is_spread_over_longer_than_a_second() -> None:
    assert spread_s(30) == 1.0
    assert spread_s(10_000) == 2.5


def test_a_miner_that_is_due_is_taken_once_and_again_an_interval_later() -> None:
    schedule = Schedule(5.0)
    schedule.add(ALICE, 1.0)
    assert [mac for mac, _ in schedule.take(1.01)] == [ALICE]
    assert [mac for mac, _ in schedule.take(5.9)] == []
    assert [mac for mac, _ in schedule.take(6.0)] == [ALICE]
    assert schedule.next_s() == 11.0


def test_lateness_does_not_move_the_phase() -> None:
    schedule = Schedule(5.0)
    schedule.add(ALICE, 0.0)
    for turn in range(100):
        assert [round(late_s, 6) for _, late_s in schedule.take(turn * 5.0 + 0.1)] == [0.1]


def test_what_a_pause_missed_is_skipped_and_nobody_is_polled_twice() -> None:
    schedule = Schedule(5.0)
    schedule.add(ALICE, 0.0)
    schedule.add(BOB, 2.0)
    assert len(list(schedule.take(2.0))) == 1  # Alice's moment is two seconds gone, Bob's is now
    woken = [(mac, now_s) for now_s in (23.0, 24.0, 25.0, 26.0, 27.0) for mac, _ in schedule.take(now_s)]
    assert woken == [(ALICE, 25.0), (BOB, 27.0)]


def test_one_who_left_is_passed_over_and_may_come_back() -> None:
    schedule = Schedule(5.0)
    schedule.add(ALICE, 1.0)
    schedule.remove(ALICE)
    assert schedule.next_s() is None
    schedule.add(ALICE, 1.0)
    assert [mac for mac, _ in schedule.take(1.0)] == [ALICE]
    assert list(schedule.take(1.0)) == []


def test_lateness_within_the_limit_is_polled_at_once() -> None:
    schedule = Schedule(5.0)
    schedule.add(ALICE, 0.0)
    assert len(list(schedule.take(LATE_S))) == 1
