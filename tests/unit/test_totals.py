import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metric_miners import ALICE, BOB, CAROL, offline, online, reading
from pluto.model.miner import MacAddress, Miner
from pluto.model.reading import Reading, Reported
from pluto.model.state import Health, MinerState
from pluto.model.totals import MAX_LABELS, OTHER, PoolShares, Totals, pool_label


def counted(*states: MinerState) -> Totals:
    totals = Totals()
    for state in states:
        totals.change(None, state)
    return totals


def everything(totals: Totals) -> tuple[object, ...]:
    sums = (totals.hashrate_ghs, totals.power_watts, totals.online_hashrate_ghs, totals.online_power_watts)
    derived = (totals.average_hashrate_ghs, totals.efficiency_j_per_th)
    return (totals.watched, totals.online, totals.offline, *sums, *derived, totals.versions(), totals.pools())


def test_without_miners_everything_is_zero() -> None:
    assert everything(Totals()) == (0, 0, 0, 0, 0, 0, 0, 0, 0, {}, {})


def test_offline_miners_count_with_what_they_said_last() -> None:
    alice = online(ALICE, reading(hashrate_ghs=1000.0, power_watts=15.0))
    bob = offline(online(BOB, reading(hashrate_ghs=500.0, power_watts=10.0)))
    totals = counted(alice, bob, MinerState(CAROL))
    assert (totals.watched, totals.online, totals.offline) == (3, 1, 2)
    assert (totals.hashrate_ghs, totals.power_watts) == (1500, 25)
    assert (totals.online_hashrate_ghs, totals.online_power_watts) == (1000, 15)
    assert totals.average_hashrate_ghs == 500
    assert totals.efficiency_j_per_th == pytest.approx(25 / 1.5)
    assert totals.versions() == {"v2.12.1": 2, "unknown": 1}
    assert totals.pools()["unknown"] == PoolShares(1, 0, 0)


def test_the_sums_follow_each_answer_of_an_online_miner() -> None:
    first = online(ALICE, reading(hashrate_ghs=1000.0, power_watts=15.0, shares_accepted=5, shares_rejected=1))
    second = online(ALICE, reading(hashrate_ghs=900.0, power_watts=14.5, shares_accepted=7, shares_rejected=2))
    totals = counted(first)
    totals.change(first, second)
    assert everything(totals) == everything(counted(second))
    assert (totals.online_hashrate_ghs, totals.online_power_watts) == (900, 14.5)
    assert totals.pools() == {"public-pool.io:21496": PoolShares(1, 7, 2)}


def test_efficiency_is_zero_when_power_or_hash_rate_is() -> None:
    assert counted(online(ALICE, reading(hashrate_ghs=0.0))).efficiency_j_per_th == 0
    assert counted(online(ALICE, reading(power_watts=None))).efficiency_j_per_th == 0


def test_nothing_is_left_behind_when_the_last_miner_leaves() -> None:
    states = [online(miner, reading(hashrate_ghs=0.1, power_watts=0.7)) for miner in (ALICE, BOB, CAROL)]
    totals = counted(*states)
    assert totals.hashrate_ghs == 0.3
    for state in states:
        totals.change(state, None)
    assert everything(totals) == everything(Totals())


def test_a_label_goes_with_the_last_miner_that_had_it() -> None:
    old, new = online(ALICE, reading(version="v1")), online(ALICE, reading(version="v2", stratum_url="other.pool"))
    totals = counted(old)
    totals.change(old, new)
    assert totals.versions() == {"v2": 1}
    assert list(totals.pools()) == ["other.pool:21496"]


def test_beyond_fifty_the_rarest_labels_become_other() -> None:
    states: list[MinerState] = []
    for place in range(MAX_LABELS + 10):
        for copy in range(2 if place >= 10 else 1):
            miner = Miner(MacAddress(f"02:00:00:00:{copy:02x}:{place:02x}"), None, place)
            states.append(online(miner, reading(version=f"v{place}", stratum_url=f"p{place}", shares_accepted=1)))
    totals = counted(*states)
    assert len(totals.versions()) == MAX_LABELS + 1
    assert totals.versions()[OTHER] == 10
    assert totals.pools()[OTHER] == PoolShares(10, 10, 0)
    assert sum(totals.versions().values()) == len(states)


def test_a_firmware_that_calls_itself_other_is_no_second_series() -> None:
    states = [online(Miner(MacAddress(f"02:00:00:00:00:{place:02x}"), None), reading(version=f"v{place}")) for place in range(60)]
    totals = counted(*states, *[online(miner, reading(version=OTHER)) for miner in (ALICE, BOB)])
    assert totals.versions()[OTHER] == 2 + 11


def test_absurd_numbers_leave_the_sums_finite() -> None:
    for value in (1.7e308, -1.7e308, math.inf, math.nan, 5e-324):
        totals = counted(*[online(miner, reading(hashrate_ghs=value, power_watts=1.7e308)) for miner in (ALICE, BOB)])
        assert math.isfinite(totals.hashrate_ghs)
        assert math.isfinite(totals.efficiency_j_per_th)


@pytest.mark.parametrize(
    ("url", "port", "label"),
    [
        ("mine.ocean.xyz", "3334", "Ocean Main"),
        ("solo.ckpool.org", "3333", "CKPool Main"),
        ("solo.ckpool.org", "4334", "CKPool High Diff"),
        ("umbrel.local", "2018", "Public Pool Local"),
        ("public-pool.io", "21496", "public-pool.io:21496"),
        ("stratum+tcp://mine.ocean.xyz", "3334", "Ocean Main"),
        ("stratum+ssl://pool.example/path?x=1", "1", "pool.example:1"),
        ("solo.ckpool.org:4334", "3333", "CKPool High Diff"),
        ("stratum+tcp://solo.ckpool.org:4334/", None, "CKPool High Diff"),
        ("tcp://user:secret@pool.example:9", None, "pool.example:9"),
        ("[2001:db8::1]", "3333", "[2001:db8::1]:3333"),
        ("pool.example", None, "pool.example"),
        (None, "3333", "unknown"),
        ("", "3333", "unknown"),
        ("stratum+tcp://", "3333", "unknown"),
        ("p" * 300, "1", "p" * 128),
    ],
)
def test_the_label_of_a_pool(url: str | None, port: str | None, label: str) -> None:
    assert pool_label(url, port) == label


NUMBERS = st.none() | st.floats(allow_nan=False) | st.integers(0, 10**6).map(float) | st.floats(0, 2000)
REPORTED = st.builds(
    Reported,
    hashrate_ghs=NUMBERS,
    power_watts=NUMBERS,
    shares_accepted=NUMBERS,
    shares_rejected=NUMBERS,
    version=st.sampled_from([None, "v1"]),
    stratum_url=st.sampled_from([None, "a"]),
    stratum_port=st.just("1"),
)
READINGS = st.none() | st.builds(Reading, reported=REPORTED)
STATES = st.builds(MinerState, miner=st.just(ALICE), health=st.sampled_from(Health), reading=READINGS)


@given(st.lists(st.tuples(st.integers(0, 3), st.none() | STATES), max_size=30))
def test_any_history_gives_what_a_fresh_sum_gives(steps: list[tuple[int, MinerState | None]]) -> None:
    totals, states = Totals(), dict[int, MinerState | None]()
    for place, after in steps:
        totals.change(states.get(place), after)
        states[place] = after
    assert everything(totals) == everything(counted(*[state for state in states.values() if state is not None]))


def test_a_state_of_which_nothing_changed_costs_nothing_and_changes_nothing() -> None:
    alice = online(ALICE, reading())
    totals = counted(alice)
    totals.change(alice, msgspec.structs.replace(alice, since_s=5.0))
    assert everything(totals) == everything(counted(alice))
