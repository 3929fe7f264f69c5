"""Find miners: ask whoever can tell, now or from memory."""

from collections.abc import Iterable, Sequence

from pluto.model.json_value import JsonObject
from pluto.model.match import Query
from pluto.model.miner import MacAddress, parse_mac
from pluto.services.finder import Finder

MACS_A_REQUEST = 100
"""So that a question to the discovery service keeps a bearable URL."""


class Discover:
    """What a user can ask about miners that are not ours yet."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    async def now(self, ip: str | None, mac: str | None) -> list[JsonObject]:
        """Search the network, or ask one address; raises DiscoveryFailed."""
        return await self._finder.discover(ip, mac)

    async def known(self, query: Query) -> list[JsonObject]:
        """Return what was found before and fits *query*; raises DiscoveryFailed."""
        return await self._finder.discovered(query)

    async def by_mac(self, macs: Iterable[MacAddress]) -> dict[MacAddress, JsonObject]:
        """Return the device of each MAC that is known, exact matches only, in the order asked; raises DiscoveryFailed."""
        found: dict[MacAddress, JsonObject] = {}
        wanted = list(dict.fromkeys(macs))
        for group in _groups(wanted, MACS_A_REQUEST):
            for device in await self._finder.discovered(Query(macs=group)):
                mac = parse_mac(device.get("mac"))
                if mac is not None and mac in group and mac not in found:
                    found[mac] = device
        return {mac: found[mac] for mac in wanted if mac in found}


def _groups(items: Sequence[MacAddress], size: int) -> Iterable[Sequence[MacAddress]]:
    return (items[start : start + size] for start in range(0, len(items), size))
