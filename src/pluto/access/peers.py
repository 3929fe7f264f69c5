"""Where a request comes from, and whether over https: what a web server in front says counts only if it is one of ours."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol

import msgspec


class Headers(Protocol):
    """What is needed of a request's headers: names in any case, values in order."""

    def getall(self, key: str, default: Sequence[str]) -> Sequence[str]:
        """Return all values of *key*, or *default*."""
        ...


class Peer(msgspec.Struct, frozen=True):
    """Who sent a request."""

    address: str
    is_secure: bool = False


class Peers:
    """Believes X-Forwarded-For and X-Forwarded-Proto of PLUTO_TRUSTED_PROXIES, and of nobody else (trust 2.9)."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted = [ip_network(text, strict=False) for text in trusted]

    def of(self, remote: str | None, headers: Headers) -> Peer:
        """Return who is behind the connection from *remote*."""
        direct = _parsed(remote or "")
        if direct is None or not self._is_trusted(direct):
            return Peer(str(direct) if direct else remote or "")
        protocols = ",".join(headers.getall("X-Forwarded-Proto", ())).split(",")
        return Peer(self._behind(direct, headers), protocols[-1].strip().lower() == "https")

    def _behind(self, direct: IPv4Address | IPv6Address, headers: Headers) -> str:
        """Return the last address in the chain that none of our web servers has: what stands before it, anybody can write."""
        nearest = direct
        for text in reversed(",".join(headers.getall("X-Forwarded-For", ())).split(",")):
            address = _parsed(text.strip())
            if address is None:
                break
            nearest = address
            if not self._is_trusted(address):
                break
        return str(nearest)

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
