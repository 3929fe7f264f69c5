"""Which addresses are searched: networks as a person writes them, and this machine's own."""

import ipaddress
import itertools
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Final

import ifaddr
import msgspec

from pluto.discovery.device import host_text
from pluto.errors import BadSetting
from pluto.model.miner import AXEOS_PORT, parse_host
from pluto.settings import Settings

WIDEST_OWN_PREFIX: Final = 22
"""A wider network of an interface is narrowed to the /24 around our own address: homes have no more miners than that."""
_NOT_A_LAN: Final = re.compile(r"lo\d*|br-.*|veth.*|.*docker.*|.*dind.*|.*\.orbmirror.*")

log = logging.getLogger(__name__)


class SearchNetwork(msgspec.Struct, frozen=True):
    """Addresses to ask at one port; a neighbour within *around*, where given, is asked as well."""

    network: IPv4Network
    port: int = AXEOS_PORT
    around: IPv4Network | None = None

    @property
    def size(self) -> int:
        """Return how many addresses `hosts` yields."""
        return self.network.num_addresses - (2 if self.network.prefixlen < 31 else 0)

    def hosts(self) -> Iterator[str]:
        """Yield every address as `ip[:port]`."""
        return (host_text(str(address), self.port) for address in self.network.hosts())

    def holds(self, host: str) -> bool:
        """Return whether `hosts` yields *host*."""
        parsed = parse_host(host)
        if parsed is None or parsed[1] != self.port or parsed[0] not in self.network:
            return False
        ends = (self.network.network_address, self.network.broadcast_address)
        return self.network.prefixlen >= 31 or parsed[0] not in ends

    def is_near(self, host: str) -> bool:
        """Return whether the address of *host*, at whatever port, lies in this network or around it."""
        parsed = parse_host(host)
        return parsed is not None and parsed[0] in (self.around or self.network)


class InterfaceAddress(msgspec.Struct, frozen=True):
    """One IPv4 address of one network interface of this machine."""

    interface: str
    address: IPv4Address
    prefix: int


def parse_network(text: str, port: int = AXEOS_PORT) -> SearchNetwork:
    """Return the network in `10.0.0.0/24[:port]` or `10.0.0.5[:port]`; raises ValueError with a sentence."""
    addresses, colon, given = text.strip().partition(":")
    try:
        network = IPv4Network(addresses, strict=False)
    except ValueError:
        raise ValueError(f"{text[:100]!r} is no IPv4 network like 192.168.1.0/24 or 192.168.1.0/24:8080") from None
    if not colon:
        return SearchNetwork(network, port)
    if not re.fullmatch(r"[1-9]\d{0,4}", given) or int(given) > 65535:
        raise ValueError(f"{text[:100]!r} ends in {given[:20]!r}, which is no port from 1 to 65535")
    return SearchNetwork(network, int(given))


def without_overlap(networks: Iterable[SearchNetwork], most: int) -> list[SearchNetwork]:
    """Return *networks* with every address once; raises ValueError with a sentence when that is more than *most* addresses."""
    ordered = sorted(networks, key=lambda place: place.port)
    merged = [
        SearchNetwork(network, port)
        for port, places in itertools.groupby(ordered, key=lambda place: place.port)
        for network in ipaddress.collapse_addresses(place.network for place in places)
    ]
    addresses = sum(place.size for place in merged)
    if addresses > most:
        raise ValueError(f"that is {addresses:,} addresses, more than the {most:,} that are searched unasked")
    return merged


def configured_networks(settings: Settings, port: int = AXEOS_PORT) -> list[SearchNetwork]:
    """Return the networks of PLUTO_DISCOVERY_NETWORKS, empty where it is; *port* where they name none; raises BadSetting."""
    try:
        networks = [parse_network(text, port) for text in settings.discovery_networks]
        return without_overlap(networks, settings.discovery_max_addresses)
    except ValueError as error:
        raise BadSetting(f"PLUTO_DISCOVERY_NETWORKS: {error}; PLUTO_DISCOVERY_MAX_ADDRESSES says how many may be") from error


def interface_addresses() -> list[InterfaceAddress]:
    """Return every IPv4 address of this machine, read from the kernel now."""
    return [
        InterfaceAddress(adapter.nice_name, IPv4Address(ip.ip), ip.network_prefix)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and ip.is_IPv4
    ]


def lan_addresses(addresses: Iterable[InterfaceAddress], interfaces: Sequence[str] = ()) -> list[InterfaceAddress]:
    """Return those of *addresses* that belong to *interfaces*, or, where none is named, to what looks like a LAN."""
    if interfaces:
        return [own for own in addresses if own.interface in interfaces]
    return [own for own in addresses if not _NOT_A_LAN.fullmatch(own.interface) and not own.address.is_link_local]


def own_networks(addresses: Iterable[InterfaceAddress], port: int = AXEOS_PORT) -> list[SearchNetwork]:
    """Return the network of each of our *addresses*, once, at *port*; a wide one is narrowed, and the log says so."""
    found: dict[IPv4Network, SearchNetwork] = {}
    for own in addresses:
        network = IPv4Network((own.address, own.prefix), strict=False)
        if network.prefixlen > 30:
            continue  # a point-to-point link: there is nobody but the other end
        if network.prefixlen >= WIDEST_OWN_PREFIX:
            found.setdefault(network, SearchNetwork(network, port))
            continue
        narrow = IPv4Network((own.address, 24), strict=False)
        log.info("network narrowed", extra={"interface": own.interface, "network": str(network), "searched": str(narrow)})
        found.setdefault(narrow, SearchNetwork(narrow, port, around=network))
    return list(found.values())
