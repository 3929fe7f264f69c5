"""The fleet's sums and counts, moved by the difference of one miner at a time and exact for ever (contract D.3)."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from pluto.model.reading import Reported
from pluto.model.state import MinerState

UNKNOWN: Final = "unknown"
OTHER: Final = "other"
MAX_LABELS: Final = 50
MAX_LABEL_CHARACTERS: Final = 128
POOL_NAMES: Final[Mapping[str, str]] = {
    "mine.ocean.xyz:3334": "Ocean Main",
    "solo.ckpool.org:3333": "CKPool Main",
    "solo.ckpool.org:4334": "CKPool High Diff",
    "umbrel.local:2018": "Public Pool Local",
}
_NANO: Final = 10**9
_LARGEST: Final = 1e200  # sums and quotients of such numbers are still finite
_SCHEME: Final = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_HOST_AND_PORT: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(\d+))?")
_NOTHING: Final = Reported()


class PoolShares(msgspec.Struct, frozen=True):
    """The miners of one pool and their shares."""

    miners: int = 0
    accepted: float = 0.0
    rejected: float = 0.0


class _Part(msgspec.Struct, frozen=True, gc=False):
    is_online: bool
    hashrate: int
    power: int
    accepted: int
    rejected: int
    version: str
    pool: str


class _PoolSum:
    __slots__ = ("accepted", "miners", "rejected")

    def __init__(self) -> None:
        self.miners = self.accepted = self.rejected = 0


class Totals:
    """Sums over the watched miners, offline ones with their last known values included.

    Inside, a number is a whole count of billionths: adding and taking away again leaves nothing behind.
    """

    def __init__(self) -> None:
        self.watched = 0
        self.online = 0
        self._hashrate = self._power = 0
        self._online_hashrate = self._online_power = 0
        self._versions: dict[str, int] = {}
        self._pools: dict[str, _PoolSum] = {}

    def change(self, before: MinerState | None, after: MinerState | None) -> None:
        """Count *after* instead of *before*, None for not watched; *before* must be what was counted last for this miner."""
        if before is not None and after is not None and _is_counted_alike(before, after):
            self._shift(_said(before), _said(after), is_online=after.is_online)
            return
        if before is not None:
            self._add(_part(before), -1)
        if after is not None:
            self._add(_part(after), 1)

    @property
    def offline(self) -> int:
        """Return how many are watched and not online; one never polled counts as offline."""
        return self.watched - self.online

    @property
    def hashrate_ghs(self) -> float:
        """Return the sum of the reported hash rates, last known ones of offline miners included."""
        return self._hashrate / _NANO

    @property
    def power_watts(self) -> float:
        """Return the sum of the reported powers, last known ones of offline miners included."""
        return self._power / _NANO

    @property
    def online_hashrate_ghs(self) -> float:
        """Return the sum of the reported hash rates of online miners."""
        return self._online_hashrate / _NANO

    @property
    def online_power_watts(self) -> float:
        """Return the sum of the reported powers of online miners."""
        return self._online_power / _NANO

    @property
    def average_hashrate_ghs(self) -> float:
        """Return the hash rate per watched miner, 0 without miners."""
        return self.hashrate_ghs / self.watched if self.watched else 0.0

    @property
    def efficiency_j_per_th(self) -> float:
        """Return power over hash rate, 0 when either is 0."""
        return self._power * 1000 / self._hashrate if self._power and self._hashrate else 0.0

    def versions(self) -> dict[str, int]:
        """Return how many miners run which firmware: the MAX_LABELS most frequent ones, the rest as OTHER."""
        counts: dict[str, int] = {}
        for version, shown in _shown((version, count) for version, count in self._versions.items()):
            counts[shown] = counts.get(shown, 0) + self._versions[version]
        return counts

    def pools(self) -> dict[str, PoolShares]:
        """Return the shares per pool: the MAX_LABELS pools with most miners, the rest as OTHER."""
        sums: dict[str, _PoolSum] = {}
        for pool, shown in _shown((pool, of_pool.miners) for pool, of_pool in self._pools.items()):
            whole, part = sums.setdefault(shown, _PoolSum()), self._pools[pool]
            whole.miners += part.miners
            whole.accepted += part.accepted
            whole.rejected += part.rejected
        return {pool: PoolShares(of.miners, of.accepted / _NANO, of.rejected / _NANO) for pool, of in sums.items()}

    def _shift(self, before: Reported, after: Reported, *, is_online: bool) -> None:
        """Move the sums alone: nearly every poll, so it is worth a way of its own (`bench/exposition.py`)."""
        if before is after:
            return
        hashrate = _nano(after.hashrate_ghs) - _nano(before.hashrate_ghs)
        power = _nano(after.power_watts) - _nano(before.power_watts)
        self._hashrate += hashrate
        self._power += power
        if is_online:
            self._online_hashrate += hashrate
            self._online_power += power
        if before.shares_accepted != after.shares_accepted:
            pool = self._pools[pool_label(after.stratum_url, after.stratum_port)]
            pool.accepted += _nano(after.shares_accepted) - _nano(before.shares_accepted)
        if before.shares_rejected != after.shares_rejected:
            pool = self._pools[pool_label(after.stratum_url, after.stratum_port)]
            pool.rejected += _nano(after.shares_rejected) - _nano(before.shares_rejected)

    def _add(self, part: _Part, sign: int) -> None:
        self.watched += sign
        hashrate, power = sign * part.hashrate, sign * part.power
        self._hashrate += hashrate
        self._power += power
        if part.is_online:
            self.online += sign
            self._online_hashrate += hashrate
            self._online_power += power
        self._add_version(part.version, sign)
        self._add_shares(part, sign)

    def _add_version(self, version: str, sign: int) -> None:
        count = self._versions.get(version, 0) + sign
        if count:
            self._versions[version] = count
        else:
            del self._versions[version]

    def _add_shares(self, part: _Part, sign: int) -> None:
        pool = self._pools.get(part.pool)
        if pool is None:
            pool = self._pools[part.pool] = _PoolSum()
        pool.miners += sign
        pool.accepted += sign * part.accepted
        pool.rejected += sign * part.rejected
        if not pool.miners:
            del self._pools[part.pool]


@lru_cache(maxsize=1024)
def pool_label(stratum_url: str | None, stratum_port: str | None) -> str:
    """Return what the pool at that address is called: one of POOL_NAMES, `<host>:<port>`, or UNKNOWN without an address.

    A scheme, a path and a login in the URL are dropped; a port in the URL wins over *stratum_port*.
    """
    address = re.split(r"[/?#]", _SCHEME.sub("", (stratum_url or "").strip()), maxsplit=1)[0].rpartition("@")[2]
    found = _HOST_AND_PORT.fullmatch(address)
    host, port = (found[1], found[2] or stratum_port) if found else (address, None)
    if not host:
        return UNKNOWN
    label = f"{host}:{port}" if port else host
    return POOL_NAMES.get(label, label)[:MAX_LABEL_CHARACTERS]


def _said(state: MinerState) -> Reported:
    return _NOTHING if state.reading is None else state.reading.reported


def _is_counted_alike(before: MinerState, after: MinerState) -> bool:
    """Return whether both count in the same places, so that only sums can differ."""
    old, new = _said(before), _said(after)
    return (
        before.health is after.health
        and old.version == new.version
        and old.stratum_url == new.stratum_url
        and old.stratum_port == new.stratum_port
    )


def _part(state: MinerState) -> _Part:
    said = _said(state)
    return _Part(
        is_online=state.is_online,
        hashrate=_nano(said.hashrate_ghs),
        power=_nano(said.power_watts),
        accepted=_nano(said.shares_accepted),
        rejected=_nano(said.shares_rejected),
        version=(said.version or UNKNOWN)[:MAX_LABEL_CHARACTERS],
        pool=pool_label(said.stratum_url, said.stratum_port),
    )


def _nano(value: float | None) -> int:
    if value is None:
        return 0
    if -1e15 < value < 1e15:
        return round(value * _NANO)
    # What is no number compares with nothing, and counts as nothing.
    return int(max(-_LARGEST, min(_LARGEST, value))) * _NANO if value > 0 or value < 0 else 0


def _shown(counts: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    ranked = sorted(counts, key=lambda label_and_count: (-label_and_count[1], label_and_count[0]))
    return [(label, label if place < MAX_LABELS else OTHER) for place, (label, _) in enumerate(ranked)]
