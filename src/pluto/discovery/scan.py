"""One walk over many addresses: a bounded number at once, devices as they come, shared by everybody who waits for it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence

import msgspec

from pluto.discovery.device import Candidate, Stranger
from pluto.discovery.networks import SearchNetwork
from pluto.errors import DiscoveryFailed
from pluto.model.json_value import JsonObject

Found = JsonObject | Stranger | None
"""What stands behind an address: a device, somebody else who answers, or nobody."""

Heard = Callable[[int, int, Found], None]
"""Told of each address that is done: how many are, how many there will be, and what was found at it."""

MOST_STRANGERS = 256
"""So many are told of: a network full of other web servers is no list to read."""

Hints = Callable[[], AsyncGenerator[Candidate]]
"""Addresses that somebody names while the search runs; ends by itself, raises DiscoveryFailed."""

CALM_EVERY = 64
"""Addresses that are skipped without a wait in between give way to others this often."""

log = logging.getLogger(__name__)


class Bounds(msgspec.Struct, frozen=True):
    """How many addresses are asked at once, and when the whole scan ends, finished or not."""

    parallel: int = 128
    limit_s: float = 60.0


class Route(msgspec.Struct, frozen=True):
    """Where a scan goes: *ahead* first, then every address of *places*; *hints* as they come."""

    places: Sequence[SearchNetwork]
    ahead: Iterable[Candidate] = ()
    hints: Sequence[Hints] = ()


class Scan:
    """Begins with `begin`; *ask* makes a device of an address, *refusal* says why one is not asked, *keep* takes each device."""

    def __init__(
        self,
        route: Route,
        bounds: Bounds,
        ask: Callable[[Candidate], Awaitable[Found]],
        refusal: Callable[[str], str | None],
        keep: Callable[[JsonObject], Awaitable[None]],
    ) -> None:
        self.found: dict[str, JsonObject] = {}
        self.strangers: list[Stranger] = []
        self.faults: list[str] = []
        self.asked = 0
        self._route = route
        self._bounds = bounds
        self._ask = ask
        self._refusal = refusal
        self._keep = keep
        self._done = 0
        self._total = sum(place.size for place in route.places)
        self._refused = 0
        self._first_refusal = ""
        self._seen: set[str] = set()
        self._free = asyncio.Semaphore(bounds.parallel)
        self._audience: list[Heard] = []
        self._arrivals: dict[str, asyncio.Future[None]] = {}
        self._waiting = 0
        self._is_ending = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_over(self) -> bool:
        """Return whether there is nothing left to wait for."""
        return self._is_ending or (self._task is not None and self._task.done())

    def begin(self) -> None:
        """Start; `attend` waits, `end` stops."""
        self._task = asyncio.create_task(self._run(), name="scan")

    async def attend(self, heard: Heard, mac: str | None = None) -> None:
        """Wait until all is done, or *mac* is found; *heard* is told what is found already. The last to leave ends the scan."""
        if self._task is None:
            return
        self._audience.append(heard)
        known: list[Found] = [*self.found.values(), *self.strangers]
        for found in known:
            heard(self._done, self._total, found)
        awaited: list[asyncio.Future[None]] = [self._task] if mac is None else [self._task, self._arrival(mac)]
        self._waiting += 1
        try:
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._audience.remove(heard)
            self._waiting -= 1
            if not self._waiting:
                await self.end()

    async def end(self) -> None:
        """Stop, and wait until nothing runs any more; what was found stays."""
        self._is_ending = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.result()  # a bug of ours is not swallowed

    def _arrival(self, mac: str) -> asyncio.Future[None]:
        arrival = self._arrivals.setdefault(mac, asyncio.get_running_loop().create_future())
        if mac in self.found and not arrival.done():
            arrival.set_result(None)
        return arrival

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._bounds.limit_s), asyncio.TaskGroup() as tasks:
                for hints in self._route.hints:
                    tasks.create_task(self._follow(hints, tasks))
                await self._walk(tasks)
        except TimeoutError:
            log.warning("search ended at its time limit", extra={"done": self._done, "addresses": self._total})
        if self._refused and self.asked:
            log.warning("addresses left out", extra={"count": self._refused, "why": self._first_refusal})

    async def _walk(self, tasks: asyncio.TaskGroup) -> None:
        for candidate in self._route.ahead:
            await self._take(candidate, tasks, is_extra=self._is_extra(candidate))
        for place in self._route.places:
            for host in place.hosts():
                await self._take(Candidate(host), tasks, is_extra=False)

    async def _follow(self, hints: Hints, tasks: asyncio.TaskGroup) -> None:
        try:
            async with contextlib.aclosing(hints()) as candidates:
                async for candidate in candidates:
                    await self._take(candidate, tasks, is_extra=self._is_extra(candidate))
        except DiscoveryFailed as error:
            self.faults.append(str(error))
            log.warning("a part of the search failed", extra={"why": str(error)})

    def _is_extra(self, candidate: Candidate) -> bool:
        return not any(place.holds(candidate.host) for place in self._route.places)

    async def _take(self, candidate: Candidate, tasks: asyncio.TaskGroup, *, is_extra: bool) -> None:
        if candidate.host in self._seen:
            return
        self._seen.add(candidate.host)
        self._total += is_extra
        if len(self._seen) % CALM_EVERY == 0:
            await asyncio.sleep(0)
        refusal = self._refusal(candidate.host)
        if refusal is not None:
            self._refuse(refusal)
            return
        await self._free.acquire()
        self.asked += 1
        tasks.create_task(self._ask_one(candidate))

    def _refuse(self, sentence: str) -> None:
        if not self._refused:
            self.faults.append(sentence)
            self._first_refusal = sentence
        self._refused += 1
        self._tell(None)

    async def _ask_one(self, candidate: Candidate) -> None:
        try:
            found = await self._ask(candidate)
        finally:
            self._free.release()
        if isinstance(found, Stranger):
            self._tell(found if self._is_noted(found) else None)
        else:
            self._tell(found if found is not None and await self._is_new(found) else None)

    def _is_noted(self, stranger: Stranger) -> bool:
        if len(self.strangers) >= MOST_STRANGERS:
            return False
        self.strangers.append(stranger)
        return True

    async def _is_new(self, device: JsonObject) -> bool:
        mac = str(device["mac"])
        if mac in self.found:
            return False
        self.found[mac] = device
        await self._keep(device)
        if mac in self._arrivals:
            self._arrival(mac)
        return True

    def _tell(self, found: Found) -> None:
        self._done += 1
        for heard in self._audience:
            heard(self._done, self._total, found)
