"""Our own search (contract G.2): no root, no arp-scan; whom to ask first, and one scan at a time for everybody."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Self

import msgspec

from pluto.discovery.ask import Asker, Probe
from pluto.discovery.device import MOCK_PREFIX, Candidate, Stranger, host_text
from pluto.discovery.networks import SearchNetwork
from pluto.discovery.scan import Bounds, Found, Heard, Hints, Route, Scan
from pluto.errors import BadRequest, DiscoveryFailed, PlutoError
from pluto.model.json_value import JsonObject
from pluto.model.match import Query, matches
from pluto.model.miner import MacAddress, parse_mac

log = logging.getLogger(__name__)


class Places(msgspec.Struct, frozen=True):
    """Where to look, asked anew for each search: networks come and go with the Wi-Fi."""

    networks: Callable[[], Sequence[SearchNetwork]]
    neighbours: Callable[[], Mapping[str, MacAddress]]
    hints: Sequence[Hints] = ()


class Memory(msgspec.Struct, frozen=True):
    """What earlier searches found: *remember* merges devices, *known* returns them, newest first; *places* who is where."""

    remember: Callable[[list[JsonObject]], Awaitable[object]]
    known: Callable[[], list[JsonObject]]
    places: Callable[[], Iterable[tuple[MacAddress, str]]]


class Limits(msgspec.Struct, frozen=True):
    """How long one address, the search for one MAC and a whole scan may take (contract J), and how many at once."""

    probe_s: float = 6.0
    mac_s: float = 10.0
    scan_s: float = 60.0
    parallel: int = 128


_LIMITS: Final = Limits()


def _deaf(done: int, total: int, found: Found) -> None:
    pass


class Search:
    """A Finder that looks for itself; *refusal* says why an address may not be contacted. Leaving `async with` ends a scan."""

    def __init__(
        self, probe: Probe, places: Places, memory: Memory, refusal: Callable[[str], str | None], limits: Limits = _LIMITS
    ) -> None:
        self._places = places
        self._memory = memory
        self._refusal = refusal
        self._limits = limits
        self._asker = Asker(probe, places.neighbours, limits.probe_s)
        self._scan: Scan | None = None
        self._is_full = False

    async def __aenter__(self) -> Self:
        """Do nothing yet: a search begins when somebody asks."""
        return self

    async def __aexit__(self, *details: object) -> None:
        """End the scan that runs."""
        if self._scan is not None and not self._scan.is_over:
            await self._scan.end()

    async def discover(self, ip: str | None, mac: str | None, heard: Heard = _deaf) -> list[JsonObject]:
        """Ask *ip* alone, look for *mac*, or scan; *heard* follows a scan.

        Raises BadRequest for an address or MAC that cannot be, DiscoveryFailed when there is nothing to search.
        """
        wanted = parse_mac(mac) if mac else None
        if mac and wanted is None:
            raise BadRequest(f"{mac[:100]!r} is no MAC like 02:00:00:aa:bb:cc")
        if ip:
            return await self._at(ip, wanted)
        if wanted is not None:
            return await self._named(wanted)
        scan = self._running()
        await scan.attend(heard)
        return _result(scan)

    async def within(self, networks: Sequence[SearchNetwork], heard: Heard) -> list[JsonObject]:
        """Scan *networks* alone, whatever else is being scanned; raises DiscoveryFailed when there is nothing to search."""
        scan = self._scan_of(Route(networks, list(self._ahead(networks))))
        scan.begin()
        await scan.attend(heard)
        return _result(scan)

    async def discovered(self, query: Query) -> list[JsonObject]:
        """Return what earlier searches found and *query* means, newest first."""
        return [device for device in self._memory.known() if matches(device, query)]

    # One address, one MAC.

    async def _at(self, ip: str, wanted: MacAddress | None) -> list[JsonObject]:
        refusal = self._refusal(ip)
        if refusal is not None:
            raise BadRequest(refusal)
        device = await self._asker.ask(Candidate(ip, self._mock_at(ip), wanted))
        if device is None or isinstance(device, Stranger) or (wanted is not None and device["mac"] != wanted):
            return []
        await self._keep(device)
        return [device]

    async def _named(self, wanted: MacAddress) -> list[JsonObject]:
        try:
            async with asyncio.timeout(self._limits.mac_s):
                return await self._where_it_was(wanted) or await self._anywhere(wanted)
        except TimeoutError:
            log.warning("miner not found in time", extra={"mac": wanted, "limit_s": self._limits.mac_s})
            return []

    async def _where_it_was(self, wanted: MacAddress) -> list[JsonObject]:
        for candidate in dict.fromkeys(self._whereabouts(wanted)):
            if self._refusal(candidate.host) is not None:
                continue
            device = await self._asker.ask(candidate)
            if isinstance(device, dict) and device["mac"] == wanted:
                await self._keep(device)
                return [device]
        return []

    def _whereabouts(self, wanted: MacAddress) -> Iterator[Candidate]:
        places = self._places.networks()
        for ip, mac in self._places.neighbours().items():
            if mac == wanted:
                yield from (Candidate(host_text(ip, port)) for port in {place.port for place in places if place.is_near(ip)})
        for mac, host in self._memory.places():
            if mac == wanted:
                yield Candidate(host, wanted if wanted.startswith(MOCK_PREFIX) else None)

    async def _anywhere(self, wanted: MacAddress) -> list[JsonObject]:
        scan = self._running()
        await scan.attend(_deaf, wanted)
        return [scan.found[wanted]] if wanted in scan.found else []

    def _mock_at(self, host: str) -> MacAddress | None:
        return next((mac for mac, place in self._memory.places() if place == host and mac.startswith(MOCK_PREFIX)), None)

    # A whole scan.

    def _running(self) -> Scan:
        if self._scan is None or self._scan.is_over:
            places = list(self._places.networks())
            self._scan = self._scan_of(Route(places, list(self._ahead(places)), self._places.hints))
            self._scan.begin()
        return self._scan

    def _scan_of(self, route: Route) -> Scan:
        bounds = Bounds(self._limits.parallel, self._limits.scan_s)
        return Scan(route, bounds, self._asker.ask, self._refusal, self._keep)

    def _ahead(self, places: Sequence[SearchNetwork]) -> Iterator[Candidate]:
        for ip in self._places.neighbours():
            yield from (Candidate(host_text(ip, place.port)) for place in places if place.is_near(ip))
        for mac, host in self._memory.places():
            is_mock = mac.startswith(MOCK_PREFIX)  # its list names it, with its MAC
            if not is_mock and any(place.is_near(host) for place in places):
                yield Candidate(host)

    async def _keep(self, device: JsonObject) -> None:
        try:
            await self._memory.remember([device])
            self._is_full = False
        except PlutoError as error:
            if not self._is_full:
                log.warning("discovered miners are not remembered", extra={"why": str(error)})
            self._is_full = True


def _result(scan: Scan) -> list[JsonObject]:
    if not scan.asked:
        reason = scan.faults[0] if scan.faults else "this machine has no network that could be searched"
        raise DiscoveryFailed(f"{reason}; PLUTO_DISCOVERY_NETWORKS can name networks")
    return list(scan.found.values())
