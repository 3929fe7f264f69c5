"""What every way of finding miners can do: an external service or our own search, the rest of Pluto does not care which."""

from typing import Protocol

from pluto.model.json_value import JsonObject
from pluto.model.match import Query


class Finder(Protocol):
    """Finds miners; both calls raise DiscoveryFailed when nobody can tell."""

    async def discover(self, ip: str | None, mac: str | None) -> list[JsonObject]:
        """Search now and return what is there: `{"ip","mac","type","info"}` each."""
        ...

    async def discovered(self, query: Query) -> list[JsonObject]:
        """Return what earlier searches found, newest first."""
        ...
