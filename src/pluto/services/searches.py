"""Searches that a user starts and watches: one at a time, with its progress and what it found."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from pluto.axeos.decode import decode_system_info
from pluto.discovery.device import Stranger
from pluto.discovery.networks import SearchNetwork
from pluto.discovery.scan import Found, Heard
from pluto.errors import DiscoveryFailed, MinerFault, UnknownSearch
from pluto.model.json_value import Json, JsonObject
from pluto.model.miner import parse_mac
from pluto.model.reading import Reading
from pluto.model.record import Record

Scan = Callable[[Heard, Sequence[SearchNetwork]], Awaitable[list[JsonObject]]]
"""Looks in these networks, or, where none is given, wherever the settings say."""

SEARCH_COLUMNS: Final = (
    "mac", "host", "hostname", "model", "asic_model", "firmware", "hashrate_ghs", "status", "known_host",
    "reason",
)  # fmt: skip
"""Of somebody who is no miner, `status` is `other`, `reason` says why, and nothing but `host` is known."""

log = logging.getLogger(__name__)


class SearchState(StrEnum):
    """How a search stands."""

    IDLE = "idle"
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"
    FAILED = "failed"


class Searches:
    """The search that runs, or ran last. *scan* finds devices and tells of each; *known* returns a miner that is ours already."""

    def __init__(self, scan: Scan, known: Callable[[str], Record | None], wall_s: Callable[[], float]) -> None:
        self._scan = scan
        self._known = known
        self._wall_s = wall_s
        self._number = 0
        self._state = SearchState.IDLE
        self._done = 0
        self._total = 0
        self._began_at: float | None = None
        self._ended_at: float | None = None
        self._error: str | None = None
        self._rows: dict[str, list[Json]] = {}
        self._task: asyncio.Task[None] | None = None
        self._networks: Sequence[SearchNetwork] = ()
        self.heard: Callable[[str | None], None] = _nobody

    async def __aenter__(self) -> "Searches":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def begin(self, networks: Sequence[SearchNetwork] = ()) -> str:
        """Start a search in *networks*, everywhere without, or join the one that runs; returns its id."""
        if self._state is not SearchState.RUNNING:
            self._number += 1
            self._state = SearchState.RUNNING
            self._done = self._total = 0
            self._began_at, self._ended_at, self._error = self._wall_s(), None, None
            self._rows = {}
            self._networks = networks
            self._task = asyncio.create_task(self._run(), name="search")
            self.heard(None)
        return str(self._number)

    async def stop(self, id_: str) -> None:
        """End a search; what it found stays. Raises UnknownSearch."""
        self._check(id_)
        if self._task is not None and self._state is SearchState.RUNNING:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def shown(self, id_: str | None = None) -> JsonObject:
        """Return how the search stands; raises UnknownSearch."""
        self._check(id_)
        return {
            "id": str(self._number) if self._number else None,
            "state": self._state.value,
            "done": self._done,
            "total": self._total,
            "found": sum(row[0] is not None for row in self._rows.values()),
            "began_at": self._began_at,
            "ended_at": self._ended_at,
            "error": self._error,
        }

    def rows(self) -> list[list[Json]]:
        """Return what was found, SEARCH_COLUMNS each, in the order in which it was found."""
        return list(self._rows.values())

    def row(self, key: str) -> list[Json] | None:
        """Return what was found of a MAC, or at the address of somebody who is no miner."""
        return self._rows.get(key)

    def _check(self, id_: str | None) -> None:
        if id_ is not None and (id_ != str(self._number) or not self._number):
            raise UnknownSearch("no search with this id runs or has just ended")

    async def _run(self) -> None:
        try:
            for device in await self._scan(self._hear, self._networks):
                self._found(device)
            self._end(SearchState.ENDED)
        except asyncio.CancelledError:
            self._end(SearchState.STOPPED)
            raise
        except DiscoveryFailed as error:
            self._end(SearchState.FAILED, str(error))
        except Exception:
            log.exception("search failed unexpectedly")
            self._end(SearchState.FAILED, "the search failed, see the log")

    def _hear(self, done: int, total: int, found: Found) -> None:
        self._done, self._total = done, total
        if isinstance(found, Stranger):
            self._rows[found.host] = [None, found.host, *[None] * 5, "other", None, found.reason]
            self.heard(found.host)
        elif found is not None:
            self._found(found)
        else:
            self.heard(None)

    def _found(self, device: JsonObject) -> None:
        mac = parse_mac(device.get("mac"))
        if mac is None:
            return
        self._rows[mac] = _row(mac, device, self._known(mac))
        self.heard(mac)

    def _end(self, state: SearchState, error: str | None = None) -> None:
        self._state, self._error, self._ended_at = state, error, self._wall_s()
        self.heard(None)


def _nobody(_key: str | None) -> None:
    pass


def _row(mac: str, device: JsonObject, known: Record | None) -> list[Json]:
    host = device.get("ip")
    try:
        said = decode_system_info(msgspec.json.encode(device.get("info"))).reading
    except MinerFault:  # somebody else's discovery may say anything
        said = Reading()
    status = "new" if known is None else "known" if known.host == host else "moved"
    known_host = None if known is None else known.host
    return [mac, host, said.hostname, said.model, said.asic_model, said.firmware, said.hashrate_ghs, status, known_host, None]
