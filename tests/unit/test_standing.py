"""The word that stands for a miner: the first that holds, and what several polls in a row add."""

import msgspec
import pytest

from clocks import FakeClock
from metric_miners import ALICE, READING, offline, online
from pluto.model.happenings import Happening, Kind, Poll, happened, is_quiet
from pluto.model.reading import Flags, Pool, Reading
from pluto.model.standing import NOT_WATCHED, Standing, Track, Word, follow, standing
from pluto.model.state import MinerState, Reason
from pluto.monitor.standings import Standings

GOOD = msgspec.structs.replace(READING, flags=Flags(), chip_temperatures_celsius=(60.0,))


def after(*readings: Reading | None, every_s: float = 5.0, late_s: float = 0.0) -> Standing:
    """Return what stands after these polls, None for one that failed."""
    state, track, now_s = MinerState(ALICE), Track(), 0.0
    for reading in readings:
        now_s += every_s
        state = offline(state, now_s=now_s) if reading is None else online(ALICE, reading, before=state, now_s=now_s)
        track = follow(track, state, now_s)
    return standing(state, track, now_s + late_s)


def but(**changes: object) -> Reading:
    return msgspec.structs.replace(GOOD, **changes)


def test_a_miner_that_never_answered_is_new_until_its_first_poll_fails() -> None:
    assert after().word is Word.NEW
    assert after(None).word is Word.OFFLINE
    assert NOT_WATCHED.word is Word.NOT_WATCHED


def test_offline_shows_at_once_and_deserves_attention_after_three_failed_polls() -> None:
    assert after(GOOD, None).reason == "silent: no answer"
    assert [after(GOOD, *[None] * failed).needs_attention for failed in (1, 2, 3, 4)] == [False, False, True, True]
    assert after(GOOD, None, None, None, GOOD).word is Word.ONLINE


@pytest.mark.parametrize(
    ("reading", "word", "reason"),
    [
        (but(flags=Flags(is_overheated=True)), Word.FAULT, "overheated"),
        (but(flags=Flags(has_power_fault=True)), Word.FAULT, "power fault"),
        (but(chip_temperatures_celsius=(60.0, 78.0)), Word.HOT, "chip 78.0 C, limit 75 C"),
        (but(vr_temperature_celsius=91.5), Word.HOT, "regulator 91.5 C, limit 90 C"),
        (but(flags=Flags(is_paused=True), hashrate_ghs=0.0, hashrate_10m_ghs=0.0), Word.PAUSED, None),
        (but(hashrate_10m_ghs=655.0), Word.LOW, "61 % of expected"),
        (but(pool=Pool("backup.example", 3333, is_fallback=True)), Word.FALLBACK, "backup.example:3333"),
        (GOOD, Word.ONLINE, None),
    ],
)
def test_a_condition_has_its_word_and_its_reason(reading: Reading, word: Word, reason: str | None) -> None:
    found = after(reading, reading, reading)
    assert (found.word, found.reason) == (word, reason)
    assert found.needs_attention is (word not in {Word.PAUSED, Word.ONLINE})


def test_hot_needs_three_readings_in_a_row() -> None:
    hot = but(chip_temperatures_celsius=(80.0,))
    assert after(hot, hot).word is Word.ONLINE
    assert after(hot, hot, GOOD, hot).word is Word.ONLINE
    assert after(hot, hot, hot).word is Word.HOT


def test_no_hashing_is_a_fault_after_a_minute() -> None:
    idle = but(hashrate_ghs=0.0)
    assert after(*[idle] * 12).word is Word.ONLINE
    assert after(*[idle] * 13).reason == "0 GH/s for 60 s"
    assert after(*[idle] * 12, GOOD, idle).word is Word.ONLINE


def test_rejecting_counts_the_last_ten_minutes_only() -> None:
    good = [but(shares_accepted=1000 + 10 * n, shares_rejected=7) for n in range(20)]
    bad = [but(shares_accepted=1200, shares_rejected=7 + 2 * n) for n in range(12)]
    assert after(*good, every_s=60).word is Word.ONLINE
    assert after(*good, *bad, every_s=60).word is Word.REJECTING
    assert after(*good, *bad, *[bad[-1]] * 12, every_s=60).word is Word.ONLINE
    few = [but(shares_accepted=0, shares_rejected=n) for n in range(5)]
    assert after(*few, every_s=60).word is Word.ONLINE


def test_old_values_prove_nothing() -> None:
    hot = but(chip_temperatures_celsius=(80.0,))
    late = after(hot, hot, hot, late_s=20)
    assert late.words == (Word.STALE, Word.HOT)
    assert late.reason == "last reading 20 s ago"
    assert late.needs_attention
    assert after(hot, hot, hot, None).words == (Word.OFFLINE, Word.HOT)


def kinds(*readings: Reading | None) -> list[tuple[Kind, object]]:
    """Return what happened over these polls, five seconds apart."""
    state, track = MinerState(ALICE), Track()
    found: list[Happening] = []
    for n, reading in enumerate(readings):
        now_s = 5.0 * n
        new = offline(state, Reason.SILENT, now_s) if reading is None else online(ALICE, reading, before=state, now_s=now_s)
        moved = follow(track, new, now_s)
        away_s = now_s - (state.since_s if new.failure is None else new.since_s)
        events = happened(Poll(state, new, track, moved, away_s), 1000 + now_s)
        assert not (events and is_quiet(state, new, track)), "the quick look must miss nothing"
        found += events
        state, track = new, moved
    return [(event.kind, event.facts) for event in found]


def test_an_outage_is_two_events_and_one_lost_poll_is_none() -> None:
    assert kinds(GOOD, None, None, GOOD) == []
    assert kinds(GOOD, None, None, None, None, GOOD) == [
        (Kind.OFFLINE, {"reason": "silent", "detail": "no answer", "since": 1005.0}),
        (Kind.BACK, {"after_s": 20.0}),
    ]


@pytest.mark.parametrize(
    ("changes", "kind", "facts"),
    [
        ({"uptime_seconds": 3.0}, Kind.RESTARTED, {"uptime_seconds": 3.0}),
        ({"firmware": "v3"}, Kind.FIRMWARE_CHANGED, {"from": "v2.12.1", "to": "v3"}),
        ({"hostname": "attic"}, Kind.RENAMED, {"from": "garage", "to": "attic"}),
        ({"best_difficulty": 5e9}, Kind.BEST_DIFFICULTY, {"from": 4.29e9, "to": 5e9}),
        ({"blocks_found": 3}, Kind.BLOCK_FOUND, {"blocks_found": 3}),
        (
            {"pool": Pool("solo.ckpool.org", 3333, "bc1q.worker", is_fallback=True)},
            Kind.POOL_CHANGED,
            {"from": "public-pool.io:21496", "to": "CKPool Main", "is_fallback": True},
        ),
    ],
)
def test_each_change_is_one_event(changes: dict[str, object], kind: Kind, facts: dict[str, object]) -> None:
    changed = but(**changes)
    assert kinds(GOOD, changed, changed) == [(kind, facts)]
    assert kinds(GOOD, None, changed) == [(kind, facts)]


def test_a_poll_like_the_one_before_is_quiet() -> None:
    before = online(ALICE, GOOD)
    assert is_quiet(before, online(ALICE, but(hashrate_ghs=1.0, uptime_seconds=1e6), before=before), Track())
    assert not is_quiet(before, offline(before), Track())


def test_a_turn_to_stale_is_told_once_and_a_new_reading_ends_it() -> None:
    clock = FakeClock()
    standings = Standings(clock)
    mac, state = ALICE.mac, MinerState(ALICE)
    standings.join(mac)
    assert standings.turn_stale() == []
    read = online(ALICE, GOOD, before=state, now_s=0.0)
    standings.follow(state, read)
    clock.advance_to(15.0)
    assert standings.turn_stale() == []
    clock.advance_to(16.0)
    assert (standings.turn_stale(), standings.turn_stale()) == ([mac], [])
    assert standings.track(mac).since_s == 15.0
    standings.follow(read, online(ALICE, GOOD, before=read, now_s=16.0))
    assert (standings.track(mac).word, standings.track(mac).since_s) == (Word.ONLINE, 16.0)
    standings.follow(read, offline(read, now_s=17.0))
    clock.advance_to(60.0)
    assert standings.turn_stale() == []  # that one is offline, which says more
