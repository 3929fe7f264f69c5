"""The one word that stands for a miner's condition, since when it does, and why (eleven states, the first that holds)."""

from enum import StrEnum
from typing import Final

import msgspec

from pluto.model.reading import Reading
from pluto.model.state import Health, MinerState
from pluto.model.totals import pool_label

NAMED_FAILURES: Final = 3
"""Failed polls in a row after which an offline miner deserves attention."""
SHARES_SLICE_S: Final = 60.0
SHARES_SLICES: Final = 10


class Word(StrEnum):
    """The states in the order in which they win."""

    NEW = "new"
    NOT_WATCHED = "not watched"
    OFFLINE = "offline"
    STALE = "stale"
    FAULT = "fault"
    HOT = "hot"
    PAUSED = "paused"
    LOW = "low"
    REJECTING = "rejecting"
    FALLBACK = "fallback"
    ONLINE = "online"


ATTENTION: Final = frozenset((Word.STALE, Word.FAULT, Word.HOT, Word.LOW, Word.REJECTING, Word.FALLBACK))
"""States that deserve attention at once; Offline does after NAMED_FAILURES."""


class Limits(msgspec.Struct, frozen=True):
    """From where on a value is a condition."""

    chip_celsius: float = 75.0
    vr_celsius: float = 90.0
    hot_readings: int = 3
    idle_s: float = 60.0
    low_percent: float = 80.0
    rejected_percent: float = 5.0
    judged_shares: int = 20
    stale_s: float = 15.0


LIMITS: Final = Limits()


class Shares(msgspec.Struct, frozen=True, gc=False):
    """Accepted and rejected shares at one moment."""

    at_s: float
    accepted: int
    rejected: int


class Track(msgspec.Struct, frozen=True, gc=False):
    """What several polls in a row tell: it moves with each poll by `follow`."""

    failures: int = 0
    read_s: float | None = None
    hot_readings: int = 0
    idle_since_s: float | None = None
    shares: tuple[Shares, ...] = ()
    word: Word = Word.NEW
    since_s: float = 0.0

    def rejected_percent(self) -> float | None:
        """Return the share of rejected shares in the last ten minutes, None where there were none."""
        accepted, rejected = _recent(self.shares)
        return 100 * rejected / (accepted + rejected) if accepted + rejected else None


class Standing(msgspec.Struct, frozen=True):
    """What is shown: all words that hold, in order, with a sentence each where there is more to say."""

    words: tuple[Word, ...]
    reasons: tuple[str | None, ...]
    needs_attention: bool

    @property
    def word(self) -> Word:
        """Return the first that holds."""
        return self.words[0]

    @property
    def reason(self) -> str | None:
        """Return the sentence of the first that holds."""
        return self.reasons[0]


_FINE: Final = Standing((Word.ONLINE,), (None,), needs_attention=False)
NOT_WATCHED: Final = Standing((Word.NOT_WATCHED,), (None,), needs_attention=False)


def follow(track: Track, after: MinerState, now_s: float, limits: Limits = LIMITS) -> Track:
    """Return the track after a poll that left *after*. Pure; costs this miner alone."""
    reading = after.reading
    if after.failure is not None or reading is None:
        moved = Track(
            track.failures + 1, track.read_s, track.hot_readings, track.idle_since_s, track.shares, track.word, track.since_s
        )
    else:
        idle_since_s = (track.idle_since_s or now_s) if reading.is_hashing is False else None
        hot = track.hot_readings + 1 if _hot(reading, limits) else 0
        moved = Track(0, now_s, hot, idle_since_s, _shares(track.shares, reading, now_s), track.word, track.since_s)
    word = _word(after, moved, now_s, limits)
    return moved if word is track.word else msgspec.structs.replace(moved, word=word, since_s=now_s)


def _word(state: MinerState, track: Track, now_s: float, limits: Limits) -> Word:
    """Return the first word of `standing`, which every poll asks for."""
    if state.failure is None and state.reading is not None and track.read_s == now_s:
        return next(
            (word for word, reason in _conditions(state.reading, track, now_s, limits) if reason is not None), Word.ONLINE
        )
    return standing(state, track, now_s, limits).word


def standing(state: MinerState, track: Track, now_s: float, limits: Limits = LIMITS) -> Standing:
    """Return what holds for a watched miner at *now_s*; what its last poll found in order is so until the next."""
    if track.word is Word.ONLINE and state.failure is None and now_s - (track.read_s or 0.0) <= limits.stale_s:
        return _FINE
    found = _old(state, track, now_s, limits)
    reading = state.reading
    if reading is not None and state.health is not Health.UNKNOWN:
        found += [(word, reason) for word, reason in _conditions(reading, track, now_s, limits) if reason is not None]
    if not found:
        found = [(Word.ONLINE, "")]
    word = found[0][0]
    needs = word in ATTENTION or (word is Word.OFFLINE and track.failures >= NAMED_FAILURES)
    return Standing(tuple(word for word, _ in found), tuple(reason or None for _, reason in found), needs)


def _old(state: MinerState, track: Track, now_s: float, limits: Limits) -> list[tuple[Word, str]]:
    if state.failure is not None:
        return [(Word.OFFLINE, f"{state.failure.reason}: {state.failure.detail}")]
    if state.health is Health.UNKNOWN or track.read_s is None:
        return [(Word.NEW, "")]
    age_s = now_s - track.read_s
    return [(Word.STALE, f"last reading {age_s:.0f} s ago")] if age_s > limits.stale_s else []


def _conditions(reading: Reading, track: Track, now_s: float, limits: Limits) -> tuple[tuple[Word, str | None], ...]:
    is_paused = reading.flags.is_paused is True or reading.flags.is_shut_down is True
    return (
        (Word.FAULT, _fault(reading, track, now_s, limits, is_paused=is_paused)),
        (Word.HOT, _hot(reading, limits) if track.hot_readings >= limits.hot_readings else None),
        (Word.PAUSED, "" if is_paused else None),
        (Word.LOW, None if is_paused else _low(reading, limits)),
        (Word.REJECTING, _rejecting(track, limits)),
        (Word.FALLBACK, pool_of(reading) or "" if reading.pool.is_fallback else None),
    )


def _fault(reading: Reading, track: Track, now_s: float, limits: Limits, *, is_paused: bool) -> str | None:
    flags = reading.flags
    if flags.is_overheated:
        return "overheated"
    if flags.has_power_fault:
        return "power fault"
    if flags.has_hardware_fault:
        return "hardware fault"
    if is_paused or track.idle_since_s is None or now_s - track.idle_since_s < limits.idle_s:
        return None
    return f"0 GH/s for {now_s - track.idle_since_s:.0f} s"


def _hot(reading: Reading, limits: Limits) -> str | None:
    chip, regulator = reading.chip_temperature_celsius, reading.vr_temperature_celsius
    if chip is not None and chip > limits.chip_celsius:
        return f"chip {chip:.1f} C, limit {limits.chip_celsius:g} C"
    if regulator is not None and regulator > limits.vr_celsius:
        return f"regulator {regulator:.1f} C, limit {limits.vr_celsius:g} C"
    return None


def _low(reading: Reading, limits: Limits) -> str | None:
    average, expected = reading.hashrate_10m_ghs, reading.expected_hashrate_ghs
    if average is None or not expected or average >= expected * limits.low_percent / 100:
        return None
    return f"{100 * average / expected:.0f} % of expected"


def _rejecting(track: Track, limits: Limits) -> str | None:
    if len(track.shares) < 2:
        return None
    accepted, rejected = _recent(track.shares)
    total = accepted + rejected
    if total < limits.judged_shares or rejected * 100 <= total * limits.rejected_percent:
        return None
    return f"{100 * rejected / total:.1f} % rejected"


def _recent(shares: tuple[Shares, ...]) -> tuple[int, int]:
    return (shares[-1].accepted - shares[0].accepted, shares[-1].rejected - shares[0].rejected) if shares else (0, 0)


def _shares(before: tuple[Shares, ...], reading: Reading, now_s: float) -> tuple[Shares, ...]:
    """Return one count a minute of the last ten, the newest last; a counter that fell begins anew."""
    if reading.shares_accepted is None or reading.shares_rejected is None:
        return before
    newest = Shares(now_s, reading.shares_accepted, reading.shares_rejected)
    if not before or newest.accepted < before[-1].accepted or newest.rejected < before[-1].rejected:
        return (newest,)
    if len(before) > 1 and now_s - before[-2].at_s < SHARES_SLICE_S:
        return (*before[:-1], newest)
    return (*before[-SHARES_SLICES:], newest)


def pool_of(reading: Reading) -> str | None:
    """Return what the pool in use is called, None where the miner names none."""
    pool = reading.pool
    return (
        pool_label(pool.stratum_url, None if pool.stratum_port is None else str(pool.stratum_port)) if pool.stratum_url else None
    )
