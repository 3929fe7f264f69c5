"""How an external discovery service is asked (contract G.1), and what of its answers is believed."""

import asyncio
import logging
from typing import Final, Self, cast

import msgspec

from pluto.discovery.bounded import BoundedHttp, decoded
from pluto.discovery.question import discover_words, discovered_words
from pluto.errors import DiscoveryFailed
from pluto.model.json_value import MAX_DEPTH, JsonObject, depth
from pluto.model.match import Query
from pluto.model.secret import without_secrets

log = logging.getLogger(__name__)


class ServiceLimits(msgspec.Struct, frozen=True):
    """How long and how much (contract J, trust 12.2)."""

    connect_s: float = 2.0
    question_s: float = 10.0
    scan_s: float = 60.0
    body_bytes: int = 32 * 1024 * 1024


_LIMITS: Final = ServiceLimits()


class DiscoveryService:
    """A Finder that asks the service at *base_url*; open within `async with`. Both questions raise DiscoveryFailed."""

    def __init__(self, base_url: str, limits: ServiceLimits = _LIMITS) -> None:
        self._base_url = base_url.rstrip("/")
        self._limits = limits
        self._http = BoundedHttp(connect_s=limits.connect_s, body_bytes=limits.body_bytes)
        self._is_failing = False

    async def __aenter__(self) -> Self:
        """Be ready to ask; the service need not be there yet."""
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *details: object) -> None:
        """Close the connections."""
        await self._http.__aexit__(*details)

    async def discover(self, ip: str | None, mac: str | None) -> list[JsonObject]:
        """Let the service search now: the whole network, or one address or MAC; its devices, without secrets."""
        is_scan = not ip and not mac
        return await self._ask("/discover", discover_words(ip, mac), self._limits.scan_s if is_scan else self._limits.question_s)

    async def discovered(self, query: Query) -> list[JsonObject]:
        """Return what the service found before and fits *query*, in its order, without secrets."""
        return await self._ask("/discovered", discovered_words(query), self._limits.question_s)

    async def _ask(self, path: str, words: str, limit_s: float) -> list[JsonObject]:
        try:
            body = await self._http.get(f"{self._base_url}{path}" + (f"?{words}" if words else ""), limit_s=limit_s)
            devices = await asyncio.to_thread(_devices, body)  # up to 32 MiB: polls go on meanwhile
        except DiscoveryFailed as error:
            if not self._is_failing:
                log.warning("discovery service failed", extra={"service": self._base_url, "why": str(error)})
            self._is_failing = True
            raise
        if self._is_failing:
            log.info("discovery service answers again", extra={"service": self._base_url})
        self._is_failing = False
        return devices


def _devices(body: bytes) -> list[JsonObject]:
    answer = decoded(body, "the discovery service")
    if not isinstance(answer, list) or not all(isinstance(device, dict) for device in cast("list[object]", answer)):
        raise DiscoveryFailed("the discovery service did not answer with an array of devices")
    devices = cast("list[JsonObject]", answer)
    if any(depth(device) > MAX_DEPTH for device in devices):
        raise DiscoveryFailed(f"the discovery service sent a device nested deeper than {MAX_DEPTH} levels")
    return [without_secrets(device) for device in devices]
