"""Who a miner is: its MAC, and where we reach it."""

import re
from ipaddress import IPv4Address
from typing import Final, NewType

import msgspec

MacAddress = NewType("MacAddress", str)
"""Lower-case hex pairs with colons; only `parse_mac` makes one."""

_MAC: Final = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_HOST: Final = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?::([1-9]\d{0,4}))?")
AXEOS_PORT: Final = 80


class Miner(msgspec.Struct, frozen=True, gc=False):
    """An imprinted miner: *host* is `ip[:port]`, or None while no address is known; *order* is its place of registration."""

    mac: MacAddress
    host: str | None
    order: int = 0


def parse_mac(text: object) -> MacAddress | None:
    """Return the MAC in *text* in our one spelling (any case, `-` for `:`), or None when it is no MAC."""
    if not isinstance(text, str):
        return None
    if _MAC.fullmatch(text):
        return MacAddress(text)
    plain = text.strip().lower().replace("-", ":")
    return MacAddress(plain) if _MAC.fullmatch(plain) else None


def parse_any_mac(text: str) -> MacAddress | None:
    """Return the MAC in *text*, which may also be twelve digits without anything between them, or None."""
    plain = text.strip()
    return parse_mac(":".join(plain[at : at + 2] for at in range(0, 12, 2)) if len(plain) == 12 else plain)


def parse_host(text: str) -> tuple[IPv4Address, int] | None:
    """Return address and port of `ip[:port]` in canonical dotted-quad form, or None for anything else (trust 4.1)."""
    found = _HOST.fullmatch(text)
    if found is None:
        return None
    try:
        address = IPv4Address(found[1])
    except ValueError:
        return None
    port = int(found[2] or AXEOS_PORT)
    return (address, port) if str(address) == found[1] and port <= 65535 else None
