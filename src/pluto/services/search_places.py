"""Where a person may have us look for miners: this machine's own networks, those of the settings, and any others by name."""

from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network

from pluto.discovery.networks import (
    SearchNetwork,
    configured_networks,
    interface_addresses,
    lan_addresses,
    own_networks,
    parse_network,
    without_overlap,
)
from pluto.errors import BadField
from pluto.model.json_value import JsonObject
from pluto.model.miner import AXEOS_PORT
from pluto.settings import Settings


class SearchPlaces:
    """What can be searched at this moment; *refusal* says why an address is not contacted."""

    def __init__(self, settings: Callable[[], Settings], refusal: Callable[[str], str | None]) -> None:
        self._settings = settings
        self._refusal = refusal

    @property
    def service(self) -> str | None:
        """Return the URL of the discovery service that searches instead of us, None where we do."""
        return self._settings().discovery_service_host or None

    @property
    def most(self) -> int:
        """Return how many addresses one search may hold."""
        return self._settings().discovery_max_addresses

    def rows(self) -> list[JsonObject]:
        """Return a row for each network: its size, whence we know it, whether it is searched unasked, why it cannot be."""
        return list(self._rows())

    def wanted(self, texts: Sequence[str]) -> list[SearchNetwork]:
        """Return the networks in *texts*, each address once; raises BadField for what cannot be searched."""
        if self.service is not None and texts:
            raise BadField("networks", f"the discovery service {self.service} searches, and chooses where")
        try:
            networks = without_overlap([parse_network(text) for text in texts], self.most)
        except ValueError as error:
            raise BadField("networks", f"{error}; PLUTO_DISCOVERY_MAX_ADDRESSES says how many may be") from error
        for network in networks:
            if (refusal := self._refusal(next(network.hosts()))) is not None:
                raise BadField("networks", refusal)
        return networks

    def _rows(self) -> Iterator[JsonObject]:
        settings = self._settings()
        configured = configured_networks(settings)
        for network in configured:
            yield self._row(network, "setting", is_searched=True)
        for own in lan_addresses(interface_addresses(), settings.discovery_interfaces):
            for network in own_networks([own]):
                if not any(network.network == other.network for other in configured):
                    yield self._row(network, "machine", is_searched=not configured) | {"interface": own.interface}

    def _row(self, network: SearchNetwork, source: str, *, is_searched: bool) -> JsonObject:
        refusal = self._refusal(next(network.hosts()))
        around: IPv4Network | None = network.around
        return {
            "network": str(network.network) if network.port == AXEOS_PORT else f"{network.network}:{network.port}",
            "addresses": network.size,
            "source": source,
            "interface": None,
            "part_of": None if around is None else str(around),
            "is_searched": is_searched and refusal is None,
            "refusal": refusal,
        }
