"""Whom we agree to contact: the networks in which miners may live, and the addresses that are never a miner."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Final

import msgspec

from pluto.model.miner import parse_host

NEVER: Final = tuple(IPv4Network(network) for network in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"))
"""This network, link-local, multicast, reserved and broadcast: refused even where a setting names them (trust 4.3)."""


class Target(msgspec.Struct, frozen=True, gc=False):
    """An address that was checked and may be opened."""

    ip: str
    port: int


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """Why an address is not contacted: a sentence that names the setting where one helps."""

    sentence: str


class Reach:
    """Decides about `ip[:port]`; *forbidden* are sockets of ours and of services beside us that are never miners."""

    def __init__(self, networks: Iterable[str], forbidden: Iterable[Target] = ()) -> None:
        self._networks = [IPv4Network(network, strict=False) for network in networks]
        self._forbidden = set(forbidden)
        self._known: dict[str, Target | Refusal] = {}

    def forbid(self, target: Target) -> None:
        """Never contact *target* from now on: a socket of our own, known only once it listens."""
        self._forbidden.add(target)
        self._known.clear()

    def check(self, host: str) -> Target | Refusal:
        """Return the target of *host*, or why it is refused; costs a look-up after the first time."""
        verdict = self._known.get(host)
        if verdict is None:
            if len(self._known) > 50_000:
                self._known.clear()
            verdict = self._known[host] = self._judged(host)
        return verdict

    def _judged(self, host: str) -> Target | Refusal:
        parsed = parse_host(host)
        if parsed is None:
            return Refusal(f"{host[:100]!r} is not an IPv4 address like 192.168.1.40 or 192.168.1.40:8080")
        address, port = parsed
        target = Target(str(address), port)
        if any(address in network for network in NEVER):
            return Refusal(f"{host} is never the address of a miner")
        if self._is_ours(target):
            return Refusal(f"{host} is not a miner but a service beside Pluto")
        if not any(address in network for network in self._networks):
            return Refusal(
                f"{host} lies outside the networks of PLUTO_MINER_NETWORKS: extend that setting if a miner lives there"
            )
        return target

    def _is_ours(self, target: Target) -> bool:
        anywhere = Target("0.0.0.0", target.port)  # noqa: S104 - compared, never bound
        if target in self._forbidden:
            return True
        return anywhere in self._forbidden and IPv4Address(target.ip).is_loopback
