"""Which pool the shares go to: the primary's words, the fallback's, or those of a NerdQAxe's `stratum` (axeos.md 5.4)."""

import re
from typing import Final

from pluto.axeos.plausible import is_on, positive, suffixed
from pluto.axeos.wire_fields import WireInfo, WireStratumPool, Written
from pluto.model.reading import Pool

_ADDRESS: Final = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.\-]*://)?"  # stratum+tcp://
    r"(\[[^\]]*\]|[^:/]*)"
    r"(?::([0-9]{1,5}))?"
    r"(?:/.*)?",
    re.DOTALL,
)
_NO_CONNECTION: Final = ("not connected", "disconnected", "unreachable")


def pool(wire: WireInfo) -> Pool:
    """Return the pool in use; its url is a bare host, and a port within the url wins over the port's own field."""
    is_fallback = is_on(wire.is_using_fallback)
    if is_fallback is None and wire.stratum is not None:
        is_fallback = is_on(wire.stratum.is_using_fallback)
    if is_fallback:
        url, port, user = wire.fallback_url, wire.fallback_port, wire.fallback_user
    else:
        url, port, user = wire.stratum_url, wire.stratum_port, wire.stratum_user
    host, inner_port = split_address(url) if url else (None, None)
    return Pool(
        stratum_url=host or None,
        stratum_port=inner_port or _port(port),
        stratum_user=user or None,
        pool_difficulty=_difficulty(wire),
        is_fallback=is_fallback,
        is_connected=_is_connected(wire),
    )


def active_pools(wire: WireInfo) -> list[WireStratumPool]:
    """Return the pools a NerdQAxe works for now: one, or two in its dual mode."""
    return wire.stratum.pools if wire.stratum is not None else []


def split_address(url: str) -> tuple[str, int | None]:
    """Return host and port of a pool's *url*, without scheme and path; what is no such url is all host."""
    if ":" not in url and "/" not in url:
        return url, None
    found = _ADDRESS.fullmatch(url)
    return (found[1], _port(found[2])) if found is not None else (url, None)


def _port(port: Written | None) -> int | None:
    if isinstance(port, str):
        port = int(port) if port.isdecimal() and port.isascii() and len(port) <= 5 else None
    return int(port) if port is not None and port == int(port) and 1 <= port <= 65535 else None


def _difficulty(wire: WireInfo) -> float | None:
    """Zero is what firmware says before the pool has set one."""
    said = wire.pool_difficulty or wire.stratum_difficulty
    if not said and (pools := active_pools(wire)):
        said = pools[0].difficulty
    return positive(suffixed(said))


def _is_connected(wire: WireInfo) -> bool | None:
    if wire.is_stratum_connected is not None:
        return bool(wire.is_stratum_connected)
    if said := [active.connected for active in active_pools(wire) if active.connected is not None]:
        return any(said)
    if wire.pool_connection is None:
        return None
    text = wire.pool_connection.lower()
    if any(words in text for words in _NO_CONNECTION):
        return False
    return True if text.startswith("ipv") else None
