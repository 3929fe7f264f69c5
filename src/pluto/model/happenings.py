"""What deserves to be remembered when a miner changes: the kinds of events, and which a poll brings."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Final

import msgspec

from pluto.model.json_value import Json, JsonObject
from pluto.model.miner import MacAddress
from pluto.model.reading import Reading
from pluto.model.standing import NAMED_FAILURES, Track, pool_of
from pluto.model.state import MinerState


class Kind(StrEnum):
    """What can happen."""

    OFFLINE = "offline"
    BACK = "back"
    RESTARTED = "restarted"
    FIRMWARE_CHANGED = "firmware_changed"
    POOL_CHANGED = "pool_changed"
    RENAMED = "renamed"
    MOVED = "moved"
    BEST_DIFFICULTY = "best_difficulty"
    BLOCK_FOUND = "block_found"
    SETTINGS_SENT = "settings_sent"
    ADDED = "added"
    REMOVED = "removed"


SEVERITY: Final[Mapping[Kind, str]] = {
    Kind.OFFLINE: "warning",
    Kind.BACK: "good",
    Kind.BEST_DIFFICULTY: "good",
    Kind.BLOCK_FOUND: "good",
}
"""What is not here is `info`."""

SEVERITIES: Final = ("warning", "good", "info")

EVENT_COLUMNS: Final = ("id", "at", "mac", "kind", "severity", "facts")


class Happening(msgspec.Struct, frozen=True):
    """One event: *at_s* is wall time, *id* counts up from Pluto's first day (0: not numbered yet)."""

    at_s: float
    mac: MacAddress
    kind: Kind
    facts: JsonObject = {}
    id: int = 0

    def row(self) -> list[Json]:
        """Return the values of EVENT_COLUMNS."""
        return [self.id, round(self.at_s, 3), self.mac, self.kind.value, severity_of(self.kind), self.facts]


def severity_of(kind: Kind) -> str:
    """Return one of SEVERITIES."""
    return SEVERITY.get(kind, "info")


class Poll(msgspec.Struct, frozen=True):
    """A poll, and what several polls in a row told before and after it; *away_s* is how long the miner was away."""

    before: MinerState
    after: MinerState
    old: Track
    new: Track
    away_s: float


def is_quiet(before: MinerState, after: MinerState, old: Track) -> bool:
    """Return whether a poll brought nothing of what `happened` tells: nearly every one, so it is worth a look of its own."""
    was, now = before.reading, after.reading
    return (
        after.failure is None
        and was is not None
        and now is not None
        and old.failures < NAMED_FAILURES
        and before.restarts == after.restarts
        and _TELLING(was) == _TELLING(now)
    )


def happened(poll: Poll, wall_s: float) -> list[Happening]:
    """Return the events of one poll, at the wall time *wall_s*; most polls bring none."""
    mac = poll.after.miner.mac
    if poll.after.failure is not None:
        if poll.new.failures != NAMED_FAILURES:
            return []
        failure = poll.after.failure
        facts: JsonObject = {"reason": failure.reason.value, "detail": failure.detail, "since": round(wall_s - poll.away_s, 3)}
        return [Happening(wall_s, mac, Kind.OFFLINE, facts)]
    found: list[Happening] = []
    if poll.old.failures >= NAMED_FAILURES:
        found.append(Happening(wall_s, mac, Kind.BACK, {"after_s": round(poll.away_s, 1)}))
    old, new = poll.before.reading, poll.after.reading
    if old is not None and new is not None and old is not new:
        if poll.after.restarts != poll.before.restarts:
            found.append(Happening(wall_s, mac, Kind.RESTARTED, {"uptime_seconds": new.uptime_seconds}))
        found += [Happening(wall_s, mac, kind, facts) for kind, facts in _changes(old, new)]
    return found


def _changes(old: Reading, new: Reading) -> Iterator[tuple[Kind, JsonObject]]:
    for kind, was, now in (
        (Kind.FIRMWARE_CHANGED, old.firmware, new.firmware),
        (Kind.RENAMED, old.hostname, new.hostname),
    ):
        if was != now and was is not None and now is not None:
            yield kind, {"from": was, "to": now}
    if old.pool is not new.pool and _place(old) != _place(new) and new.pool.stratum_url:
        yield Kind.POOL_CHANGED, {"from": pool_of(old), "to": pool_of(new), "is_fallback": new.pool.is_fallback}
    if _rose(old.best_difficulty, new.best_difficulty):
        yield Kind.BEST_DIFFICULTY, {"from": old.best_difficulty, "to": new.best_difficulty}
    if _rose(old.blocks_found, new.blocks_found) or (new.flags.has_found_block is True and old.flags.has_found_block is False):
        yield Kind.BLOCK_FOUND, {"blocks_found": new.blocks_found}


_TELLING: Final = attrgetter("firmware", "hostname", "pool", "best_difficulty", "blocks_found", "flags.has_found_block")
"""What `_changes` looks at."""


def _place(reading: Reading) -> tuple[object, ...]:
    pool = reading.pool
    return pool.stratum_url, pool.stratum_port, pool.stratum_user, pool.is_fallback


def _rose(old: float | None, new: float | None) -> bool:
    return old is not None and new is not None and new > old
