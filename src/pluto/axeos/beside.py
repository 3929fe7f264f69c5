"""What a miner tells beside a reading, for the page of one miner: both its pools, and why shares were rejected; pure."""

from collections.abc import Sequence
from typing import Final

import msgspec

from pluto.axeos import nested
from pluto.axeos.firmware import Dialect, firmware_of
from pluto.axeos.pool_fields import split_address
from pluto.axeos.settable import FALLBACK, PRIMARY
from pluto.model.json_value import JsonObject

MAX_REASONS: Final = 10
_ROLES: Final = ((PRIMARY, "primary"), (FALLBACK, "fallback"))


class PoolSet(msgspec.Struct, frozen=True):
    """A pool that the miner is set to, in use or not; *address* is `host:port`."""

    role: str
    address: str
    user: str | None


class Rejected(msgspec.Struct, frozen=True):
    """How many shares a pool did not take since the miner's start, and why, in the pool's words."""

    reason: str
    count: int


def pools_of(info: JsonObject) -> Sequence[PoolSet]:
    """Return the pools in *info* by their role; one that is not set is not there."""
    shown = nested.shown(info) if firmware_of(info).dialect is Dialect.NMAXE else info
    found: list[PoolSet] = []
    for prefix, role in _ROLES:
        url, port, user = (shown.get(prefix + tail) for tail in ("URL", "Port", "User"))
        host, inner_port = split_address(url) if isinstance(url, str) else ("", None)
        if host:
            number = inner_port or port
            address = f"{host}:{number}" if isinstance(number, int) and not isinstance(number, bool) else host
            found.append(PoolSet(role, address, user if isinstance(user, str) and user else None))
    return found


def rejections_of(info: JsonObject) -> Sequence[Rejected]:
    """Return why shares were rejected, the most frequent first."""
    said = info.get("sharesRejectedReasons")
    found: list[Rejected] = []
    for row in said if isinstance(said, list) else ():
        reason, count = (row.get("message"), row.get("count")) if isinstance(row, dict) else (None, None)
        if isinstance(reason, str) and isinstance(count, int) and count > 0:
            found.append(Rejected(reason, count))
    return sorted(found, key=lambda row: -row.count)[:MAX_REASONS]
