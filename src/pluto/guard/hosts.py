"""Which Host and Origin are ours: parsed, never searched (trust 2.2 to 2.4)."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

import msgspec

HOME_SUFFIXES: Final = (".localhost", ".local", ".lan", ".home.arpa", ".internal", ".onion")
_NAME: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?")
_AUTHORITY: Final = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\[\]:/?#@\s\\]+))(?::(\d{1,5}))?")


class Authority(msgspec.Struct, frozen=True):
    """A host and a port as a browser writes them; the port is None where it is the scheme's own."""

    host: str
    port: int | None


def parse_authority(text: str) -> Authority | None:
    """Return the parts of `host[:port]`, or None when it is anything else: user info, path, a port that is no number."""
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        return None
    port = None if found[3] is None else int(found[3])
    if port is not None and port > 65535:
        return None
    if found[1] is not None:
        return _bracketed(found[1], port)
    name = found[2].lower()
    return Authority(name.rstrip("."), port) if _NAME.fullmatch(name) else None


def is_home(authority: Authority, allowed: Iterable[str]) -> bool:
    """Return whether a browser may reach us under this name: an address, a name of the home network, or an *allowed* one."""
    host = authority.host
    if _is_address(host) or "." not in host or host.endswith(HOME_SUFFIXES):
        return True
    return any(host == name.lower().rstrip(".") for name in allowed)


def parse_origin(text: str) -> tuple[str, Authority] | None:
    """Return scheme and authority of an Origin header, or None for `null` and for whatever is no origin."""
    parts = urlsplit(text)
    authority = parse_authority(parts.netloc)
    if parts.scheme not in ("http", "https") or authority is None or parts.path or parts.query or parts.fragment:
        return None
    return parts.scheme, authority


def same_place(scheme: str, origin: Authority, host: Authority) -> bool:
    """Return whether *origin* is the page that *host* serves; a missing port is the scheme's own."""
    own = 443 if scheme == "https" else 80
    return origin.host == host.host and (origin.port or own) == (host.port or own)


def _bracketed(text: str, port: int | None) -> Authority | None:
    try:
        return Authority(str(IPv6Address(text)), port)
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
