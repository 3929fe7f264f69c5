"""That each watched miner has its dashboard and the fleet has one: written once, published, listed, removed."""

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import Final, Self

import msgspec

from pluto.clock import Clock
from pluto.dashboards.files import DEVICE_TEMPLATE, OVERVIEW_TEMPLATE, DashboardFile, DashboardFiles, Drawn
from pluto.dashboards.grafana import Grafana, NotPublished, public_url
from pluto.dashboards.publisher import RETRY_S, Publisher
from pluto.dashboards.template import device_dashboard, overview_dashboard
from pluto.errors import CannotDraw
from pluto.model.json_value import Json, JsonObject
from pluto.model.miner import MacAddress
from pluto.model.names import OVERVIEW, dashboard_name

LISTING_S: Final = 8.0
"""What Grafana has not said by then is left out of the list: its answer may take 10 s (contract F.4)."""

MAX_NAMES: Final = 20
"""Dashboards that one miner may have by renaming itself: a person needs a few, a hostile one fills the disk."""

log = logging.getLogger(__name__)


class Sketch(msgspec.Struct, frozen=True):
    """A dashboard to draw: of the miner *mac*, or of all miners where that is None."""

    name: str
    prefix: str = ""
    mac: MacAddress | None = None


class Dashboards:
    """Every dashboard in the folder; open within `async with`. Without *grafana* they are written and not published."""

    def __init__(self, files: DashboardFiles, clock: Clock, grafana: Grafana | None, listing_s: float = LISTING_S) -> None:
        self._files = files
        self._clock = clock
        self._grafana = grafana
        self._listing_s = listing_s
        self._publisher: Publisher | None = None
        self._sketched: dict[MacAddress, Sketch] = {}
        self._names: dict[MacAddress, set[str]] = {}
        self._sketches: asyncio.Queue[Sketch] = asyncio.Queue()
        self._failing: set[str] = set()
        self._removals: dict[str, asyncio.Task[None]] = {}
        self._folder = asyncio.Lock()
        self._listing: asyncio.Task[list[JsonObject]] | None = None
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Begin to draw and publish."""
        async with AsyncExitStack() as stack:
            if self._grafana is not None:
                grafana = await stack.enter_async_context(self._grafana)
                self._publisher = await stack.enter_async_context(Publisher(grafana, self._clock))
            self._task = asyncio.create_task(self._run(), name="draw dashboards")
            stack.push_async_callback(self._end)
            self._closing = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End; a removal under way still deletes its file."""
        await self._closing.aclose()

    def draw(self, mac: MacAddress, prefix: str | None, hostname: str | None) -> None:
        """See to it that the miner with that metric *prefix* has a dashboard; cheap, called after each good poll."""
        sketched = self._sketched.get(mac)
        if prefix is None or (sketched is not None and sketched.prefix == prefix) or not self._may_have(mac, prefix):
            return
        sketch = Sketch(dashboard_name(prefix, hostname, mac), prefix, mac)
        self._sketched[mac] = sketch
        self._sketches.put_nowait(sketch)

    def _may_have(self, mac: MacAddress, prefix: str) -> bool:
        """Return whether *mac* may have a dashboard under this name, too: one that renames itself always fills the disk."""
        names = self._names.setdefault(mac, set())
        if prefix in names or len(names) < MAX_NAMES:
            names.add(prefix)
            return True
        if len(names) == MAX_NAMES:
            names.add("")  # so that this is said once
            log.warning("renamed too often, no more dashboards are drawn", extra={"mac": mac, "names": MAX_NAMES})
        return False

    def draw_overview(self) -> None:
        """See to it that the fleet has a dashboard."""
        self._sketches.put_nowait(Sketch(OVERVIEW))

    def leave(self, mac: MacAddress) -> None:
        """Look again at the miner's dashboard when it is watched again; until then it stays as it is."""
        self._sketched.pop(mac, None)
        self._names.pop(mac, None)

    def remove(self, mac: MacAddress, prefix: str, hostname: str | None) -> None:
        """Unpublish and delete the miner's dashboard in the background; harmless when it has none."""
        self.leave(mac)
        name = dashboard_name(prefix, hostname, mac)
        if name not in self._removals:
            self._removals[name] = asyncio.create_task(self._remove(name), name=f"remove dashboard {name}")

    async def public(self) -> list[JsonObject]:
        """Return every dashboard that is public, publishing those that are not, once, within LISTING_S (contract F.4).

        Who asks while a list is being made gets that one.
        """
        if self._listing is None or self._listing.done():
            self._listing = asyncio.create_task(self._list(), name="list dashboards")
        return await asyncio.shield(self._listing)

    async def _end(self) -> None:
        tasks = [self._task, *self._removals.values()]
        if self._listing is not None:
            self._listing.cancel()
            await asyncio.gather(self._listing, return_exceptions=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            sketch = await self._sketches.get()
            try:
                await self._draw(sketch)
            except CannotDraw as error:
                self._fail(sketch, str(error))
            except Exception:  # a bug met by one dashboard must not end the drawing of the others
                log.exception("drawing failed unexpectedly", extra={"dashboard": sketch.name})
                self._fail(sketch, "a fault in Pluto, see its log")

    async def _draw(self, sketch: Sketch) -> None:
        if sketch.name in self._removals:
            self._again(sketch)  # it may be a new one, once the old one is gone
            return
        async with self._folder:
            if not self._is_wanted(sketch):
                return
            drawn = await asyncio.to_thread(self._to_file, sketch)
        self._failing.discard(sketch.name)
        if drawn.is_new:
            log.info("dashboard written", extra={"dashboard": sketch.name, "uid": drawn.uid})
        if self._publisher is not None and drawn.uid is not None and self._is_wanted(sketch):
            self._publisher.publish(drawn.uid, is_new=drawn.is_new)

    def _to_file(self, sketch: Sketch) -> Drawn:
        if sketch.mac is None:
            return self._files.draw(sketch.name, OVERVIEW_TEMPLATE, overview_dashboard)
        return self._files.draw(
            sketch.name, DEVICE_TEMPLATE, lambda template: device_dashboard(template, sketch.name, sketch.prefix)
        )

    def _is_wanted(self, sketch: Sketch) -> bool:
        return sketch.mac is None or self._sketched.get(sketch.mac) is sketch

    def _fail(self, sketch: Sketch, why: str) -> None:
        if sketch.name not in self._failing:
            log.warning("dashboard not written, trying on", extra={"dashboard": sketch.name, "why": why})
            self._failing.add(sketch.name)
        self._again(sketch)

    def _again(self, sketch: Sketch) -> None:
        """Let the next good poll of the miner ask again; nobody polls the fleet as a whole, so that waits as long."""
        if sketch.mac is None:
            self._clock.call_at(self._clock.now_s() + RETRY_S, lambda: self._sketches.put_nowait(sketch))
        elif self._is_wanted(sketch):
            del self._sketched[sketch.mac]

    async def _remove(self, name: str) -> None:
        try:
            await self._unpublish(name)
            async with self._folder:
                await asyncio.to_thread(self._files.delete, name)
        except asyncio.CancelledError:
            self._files.delete(name)  # nobody would do it after the next start
            raise
        except CannotDraw as error:
            log.warning("dashboard not deleted", extra={"dashboard": name, "why": str(error)})
        finally:
            self._failing.discard(name)
            del self._removals[name]

    async def _unpublish(self, name: str) -> None:
        uid = await asyncio.to_thread(self._files.uid, name)
        if self._publisher is None or uid is None:
            return
        try:
            await self._publisher.unpublish(uid)
        except NotPublished as error:
            log.info("dashboard not unpublished", extra={"dashboard": name, "why": str(error)})

    async def _list(self) -> list[JsonObject]:
        files = await asyncio.to_thread(self._files.all)
        publisher = self._publisher
        if publisher is None or not files:
            return []
        tries = [asyncio.create_task(publisher.publish_now(file.uid), name=f"list {file.name}") for file in files]
        try:
            await asyncio.wait(tries, timeout=self._listing_s)
        finally:
            for one in tries:
                one.cancel()
            results = await asyncio.gather(*tries, return_exceptions=True)
        return [_listed(file, result) for file, result in zip(files, results, strict=True) if isinstance(result, dict)]


def _listed(file: DashboardFile, record: JsonObject) -> JsonObject:
    listed: dict[str, Json] = {"name": file.name, "uid": file.uid, "grafanaData": record, "publicUrl": public_url(record)}
    return listed
