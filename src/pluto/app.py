"""Which parts exist, how they are joined, in which order they open and close; `observe` is where a reading goes."""

import asyncio
import gc
import logging
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Final, Self

import msgspec

from pluto.access.access import FOLDER as ACCESS_FOLDER
from pluto.access.access import Access
from pluto.access.given import given_passwords
from pluto.access.peers import Peers
from pluto.api.listener import Listener, claim
from pluto.api.openapi import openapi
from pluto.api.parts import Parts
from pluto.api.routes import ROUTES
from pluto.api.server import Edge
from pluto.api.static import FOLDER, PageFiles
from pluto.audit.files import AuditFiles
from pluto.audit.trail import Trail
from pluto.axeos.check import Check
from pluto.axeos.decode import decode_system_info
from pluto.axeos.fetch import MinerClient
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach, Target
from pluto.clock import Clock, LoopClock, pause
from pluto.dashboards.files import DashboardFiles
from pluto.dashboards.grafana import Grafana
from pluto.dashboards.keeper import Dashboards
from pluto.discovery.search import Search
from pluto.discovery.service import DiscoveryService
from pluto.events.hub import Hub
from pluto.events.live import Live
from pluto.events.topics import Topics
from pluto.guard.gate import Gate
from pluto.history.book import Book
from pluto.history.query import Reader
from pluto.history.recorder import Recorder
from pluto.history.tiers import Kept
from pluto.logs import RecentLines
from pluto.metrics.exposition import Metrics
from pluto.metrics.scrapes import Scrapes
from pluto.model.miner import Miner
from pluto.model.names import usual_prefixes
from pluto.model.record import Record
from pluto.model.state import MinerState
from pluto.monitor.fleet import Fleet, Polled
from pluto.monitor.report import report
from pluto.monitor.standings import Standings
from pluto.services.add import Add
from pluto.services.chronicle import Chronicle
from pluto.services.configure import Configure
from pluto.services.device_logs import TOPIC as LOGS
from pluto.services.device_logs import DeviceLogs
from pluto.services.diagnose import Diagnose
from pluto.services.discover import Discover
from pluto.services.errand import QUESTION_S, Errands
from pluto.services.finder import Finder
from pluto.services.imprint import Imprint
from pluto.services.instruct import Instruct
from pluto.services.longer_past import LongerPast
from pluto.services.offer import Offer
from pluto.services.own_search import PROBE_S, own_search, refusal_of
from pluto.services.own_settings import OwnSettings, limits_of
from pluto.services.preset_use import PresetUses
from pluto.services.presets import Presets
from pluto.services.relay import Relay
from pluto.services.relocate import Relocate
from pluto.services.remembered import Remembered
from pluto.services.remove import Remove
from pluto.services.restart import Restart
from pluto.services.search_places import SearchPlaces
from pluto.services.searches import Scan, Searches
from pluto.services.shown import sources_of
from pluto.services.support_bundle import SupportBundle, Told
from pluto.services.surroundings import Surroundings, sockets_beside_us
from pluto.services.views import Views
from pluto.services.watch import Watch
from pluto.settings import Settings
from pluto.store.core import CoreStore
from pluto.store.discovered import DiscoveredStore
from pluto.store.seal import Seal, read_key

POLL_INTERVAL_S: Final = 5.0
LAG_EVERY_S: Final = 0.5
AGES_EVERY_S: Final = 2.0
COLLECT_AFTER: Final = (5_000, 5, 100)
"""Polls make no cycles, so that to look for them every 700 objects finds nothing. One look at the middle generation, 25,000
objects, takes a few milliseconds: larger figures would hold up polls."""
SETTLED_S: Final = 4 * POLL_INTERVAL_S
"""So long after many miners began, what they need lives as long as they do; the garbage collector need not look at it again."""

log = logging.getLogger(__name__)


class App:
    """One running Pluto: `async with App(settings)` claims the port, opens the parts in order and closes them in reverse.

    Raises the CannotStart errors. No file changes the settings that are *fixed*; *clock* is the event loop's where none is given.
    Two of them can run in one process, on different ports and folders.
    """

    def __init__(
        self, settings: Settings, clock: Clock | None = None, *, page_folder: Path = FOLDER, fixed: Collection[str] = ()
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._fixed = fixed
        self._page_folder = page_folder
        self._closing = AsyncExitStack()
        self._is_ready = False

    @property
    def settings(self) -> Settings:
        """Return the settings in force."""
        return self._settings

    @property
    def port(self) -> int:
        """Return the port we listen on, the kernel's choice where the setting is 0."""
        port: int = self._claimed.getsockname()[1]
        return port

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._claimed = claim(self._settings.bind, self._settings.port)
            stack.callback(self._claimed.close)
            await self._open(stack)
            self._closing = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_ready = False
        await self._closing.aclose()

    async def _open(self, stack: AsyncExitStack) -> None:
        settings, clock = self._settings, self._clock or LoopClock()
        self._own_log = RecentLines()
        logging.getLogger().addHandler(self._own_log)
        stack.callback(logging.getLogger().removeHandler, self._own_log)
        reach = Reach(settings.miner_networks, [Target(settings.bind, self.port), *await sockets_beside_us(settings)])
        access = await stack.enter_async_context(_access(settings, clock))
        seal = Seal(read_key(settings.secret_key, settings.secret_key_file))
        core = CoreStore(Path(settings.data_dir) / "pluto_core", clock=clock, flush_s=settings.flush_s, seal=seal)
        self._level = core.level
        self._store = (await stack.enter_async_context(core)).miners
        trail = await stack.enter_async_context(Trail(AuditFiles(Path(settings.data_dir)), clock))
        listener = Listener()
        stack.push_async_callback(listener.close)
        await self._open_sinks(stack, reach, clock)
        access.watching = self._hub.visitors
        polls = PollClient(reach, clock, settings.system_info_timeout_ms / 1000)
        stack.callback(polls.close)
        self._standings = Standings(clock, limits_of(settings))
        self.fleet = Fleet(polls.line, self._observe, self._measure, clock, POLL_INTERVAL_S)
        stack.callback(self.fleet.close)
        relay = await stack.enter_async_context(Relay(settings.prometheus_host))
        await self._open_history(stack, relay)
        finder = await self._finder(stack, reach, clock)
        discover = Discover(finder)
        await self._open_page(stack, finder)
        imprint = Imprint(self._store, discover, reach, self._placed)
        self._relocate = await stack.enter_async_context(Relocate(discover, imprint.relocate, clock))
        watch = Watch(
            self._store,
            self.fleet,
            self._logs,
            joined=self._joined,
            left=self._left,
            many_joined=partial(_freeze_later, clock),
        )
        self._logs.offer(watch.is_watched)
        self._measure_itself(stack, clock)
        ages = asyncio.create_task(_look_at_ages(clock, self._chronicle.aged), name="ages")
        stack.callback(ages.cancel)
        if settings.auto_listen:
            await watch.all()
            self._dashboards.draw_overview()
        errands = self._errands(stack, reach, clock)
        diagnose = Diagnose(self.fleet, self._store, self._metrics, self._standings.wall_s)
        presets = Presets(core.presets)
        own = OwnSettings(settings, self._fixed, self._adjust)
        around = Surroundings(lambda: self._settings)
        diagnosis = partial(diagnose.now, self._hub, self._live, self._recorder)
        told = Told(diagnosis, lambda: [line.text for line in self._own_log.lines], around, own, self._views, self._remembered)
        parts = Parts(
            access=access,
            peers=Peers(settings.trusted_proxies),
            is_open_to_network=settings.is_open_to_network,
            trail=trail,
            discover=discover,
            imprint=imprint,
            watch=watch,
            remove=Remove(self._store, watch, self._removed_unwatched),
            configure=Configure(self._store, core.presets, errands, self._chronicle.sent),
            restart=Restart(self._store, errands),
            instruct=Instruct(self._store, errands),
            offer=Offer(MinerClient(reach).get),
            own_settings=own,
            presets=presets,
            preset_uses=PresetUses(presets, self._views),
            relay=relay,
            scrapes=Scrapes(self._metrics.pieces, clock),
            dashboards=self._dashboards,
            hub=self._hub,
            views=self._views,
            add=Add(discover, imprint, watch),
            searches=self._searches,
            search_places=SearchPlaces(lambda: self._settings, refusal_of(reach)),
            check=Check(reach),
            remembered=self._remembered,
            diagnose=diagnosis,
            surroundings=around,
            own_log=self._own_log,
            bundle=SupportBundle(told),
            forget_history=self._chronicle.forget,
            wall_s=self._standings.wall_s,
            interval_s=POLL_INTERVAL_S,
            is_ready=lambda: self._is_ready,
            openapi=msgspec.json.encode(openapi(ROUTES)),
            page_files=PageFiles(self._page_folder),
        )
        await listener.open(self._claimed, Edge(parts, Gate(settings.allowed_hosts, settings.allowed_origins)).handle)
        stack.callback(listener.stop_accepting)
        gc.set_threshold(*COLLECT_AFTER)
        gc.freeze()  # what exists now lives as long as the process: the collector need not look at it again
        self._is_ready = True

    def _adjust(self, settings: Settings) -> None:
        """Take over what of new settings counts at once."""
        if settings.log_level != self._settings.log_level:
            logging.getLogger().setLevel(settings.log_level.upper())
        self._settings = settings
        self._standings.limits = limits_of(settings)
        self._views.changed()

    async def _open_history(self, stack: AsyncExitStack, relay: Relay) -> None:
        settings, wall_s = self._settings, self._standings.wall_s
        self._recorder: Recorder | None = None
        reader: Reader | None = None
        if settings.history:
            keep = Kept(settings.history_raw_hours, settings.history_minute_days, settings.history_hour_days)
            book = Book(Path(settings.data_dir) / "history.sqlite", keep)
            reader = Reader(book, book.path, keep)
            self._recorder = await stack.enter_async_context(Recorder(book, wall_s, lambda: len(self.fleet)))
        longer_past = LongerPast(relay) if settings.prometheus_host and settings.metrics_labelled_set else None
        self._remembered = Remembered(reader, self._recorder, longer_past, wall_s)
        await self._remembered.load()

    async def _open_page(self, stack: AsyncExitStack, finder: Finder) -> None:
        store, remembered, standings = self._store, self._remembered, self._standings
        self._views = Views(store, self.fleet, standings)
        searches = Searches(_scan(finder), store.get, standings.wall_s)
        self._searches = await stack.enter_async_context(searches)
        topics = Topics(sources_of(self._views, remembered, searches), {LOGS: self._logs.room})
        searches.heard = topics.searched
        self._chronicle = Chronicle(store, self._views, topics, standings, remembered)
        self._live = await stack.enter_async_context(Live(self._hub.server, topics, standings.wall_s))

    async def _open_sinks(self, stack: AsyncExitStack, reach: Reach, clock: Clock) -> None:
        settings = self._settings
        self._metrics = Metrics(clock, by_name=settings.metrics_contract_set, by_label=settings.metrics_labelled_set)
        self._hub = await stack.enter_async_context(Hub(clock=clock))
        self._dashboards = await stack.enter_async_context(_dashboards(settings, clock))
        logs = DeviceLogs(self._store, self._hub, reach, Path(settings.logs_dir), clock)
        self._logs = await stack.enter_async_context(logs)

    def _errands(self, stack: AsyncExitStack, reach: Reach, clock: Clock) -> Errands:
        questions = PollClient(reach, clock, QUESTION_S)
        stack.callback(questions.close)
        return Errands(questions, MinerClient(reach), self.fleet.held, clock)

    async def _finder(self, stack: AsyncExitStack, reach: Reach, clock: Clock) -> Finder:
        settings = self._settings
        if settings.discovery_service_host:
            return await stack.enter_async_context(DiscoveryService(settings.discovery_service_host))
        store = DiscoveredStore(Path(settings.data_dir) / "pluto_discovery", clock=clock)
        await stack.enter_async_context(store)
        probes = PollClient(reach, clock, PROBE_S)
        stack.callback(probes.close)
        return await stack.enter_async_context(own_search(settings, probes, store, self.fleet.answer_at, lambda: self._settings))

    def _joined(self, record: Record) -> None:
        self._metrics.watch(record.miner, record.hostname, decode_system_info(record.info).reading)
        self._chronicle.joined(record.mac)

    def _placed(self, miner: Miner) -> None:
        self.fleet.move(miner)
        self._chronicle.placed(miner)

    def _left(self, record: Record) -> None:
        self._relocate.forget(record.mac)
        self._logs.leave(record.mac)
        self._drop_dashboard(record, self._metrics.prefix(record.mac))
        self._metrics.unwatch(record.mac, delete=self._settings.delete_data_on_device_remove)
        self._hub.device_removed(record.mac, record, self.fleet.hosts)
        self._chronicle.left(record)
        self._chronicle.gone(record, forgets=self._settings.delete_data_on_device_remove)

    def _drop_dashboard(self, record: Record, prefix: str | None) -> None:
        if self._settings.delete_data_on_device_remove and prefix is not None:
            self._dashboards.remove(record.mac, prefix, record.hostname)
        else:
            self._dashboards.leave(record.mac)

    def _removed_unwatched(self, record: Record) -> None:
        """Drop the dashboard that the miner has from an earlier time, unless it may be another miner's."""
        self._chronicle.gone(record, forgets=self._settings.delete_data_on_device_remove)
        if not self._settings.delete_data_on_device_remove:
            return
        plain, own = usual_prefixes(record.hostname, record.mac)
        is_shared = any(
            other.hostname == record.hostname or self._metrics.prefix(other.mac) == plain for other in self._store.in_order()
        )
        for prefix in (own,) if is_shared else (plain, own):
            self._dashboards.remove(record.mac, prefix, record.hostname)

    def _observe(self, before: MinerState, after: MinerState) -> None:
        mac = after.miner.mac
        report(before, after)
        record = self._store.missed(mac) if after.info is None or after.failure else self._store.polled(mac, after.info)
        if record is None:
            return  # removed while it was being asked
        self._metrics.observe(after)
        if after.failure is None:
            self._hub.stat_update(mac, record)
            self._dashboards.draw(mac, self._metrics.prefix(mac), after.reading.reported.hostname if after.reading else None)
        else:
            self._hub.error(mac, record, f"{after.failure.reason}: {after.failure.detail}")
        self._relocate.note(after)
        self._logs.note(before, after)
        self._chronicle.polled(before, after)

    def _measure(self, polled: Polled) -> None:
        itself = self._metrics.itself
        itself.poll_duration.observe(polled.took_s)
        itself.poll_lateness.observe(polled.late_s)
        self._standings.polled(polled)

    def _measure_itself(self, stack: AsyncExitStack, clock: Clock) -> None:
        lag_meter = asyncio.create_task(_measure_lag(clock, self._metrics.itself.loop_lag.observe), name="lag")
        stack.callback(lag_meter.cancel)
        attach = self._metrics.itself.attach
        attach("pluto_polls_in_flight", lambda: self.fleet.polls_in_flight)
        attach("pluto_store_dirty_records", lambda: self._store.unwritten)
        attach("pluto_store_writes_total", lambda: self._level.writes)
        attach("pluto_store_write_errors_total", lambda: self._level.failed_writes)
        attach("pluto_event_clients", lambda: self._hub.clients)
        attach("pluto_event_queue_packets", lambda: self._hub.waiting)
        attach("pluto_events_dropped_total", lambda: self._hub.replaced)


def _access(settings: Settings, clock: Clock) -> Access:
    given = given_passwords(settings) if settings.auth == "password" else None
    return Access(Path(settings.data_dir) / ACCESS_FOLDER, given, clock)


def _scan(finder: Finder) -> Scan:
    """Return how *finder* searches, telling of its progress where it can."""
    if isinstance(finder, Search):
        return lambda heard, networks: finder.within(networks, heard) if networks else finder.discover(None, None, heard)
    return lambda _heard, _networks: finder.discover(None, None)


def _dashboards(settings: Settings, clock: Clock) -> Dashboards:
    files = DashboardFiles(Path(settings.dashboards_dir), Path(settings.templates_dir))
    return Dashboards(files, clock, Grafana(settings.grafana_host, clock.utc) if settings.grafana_host else None)


def _freeze_later(clock: Clock) -> None:
    clock.call_at(clock.now_s() + SETTLED_S, gc.freeze)


async def _look_at_ages(clock: Clock, look: Callable[[], None]) -> None:
    """Look every AGES_EVERY_S."""
    while True:
        await pause(clock, AGES_EVERY_S)
        look()


async def _measure_lag(clock: Clock, observe: Callable[[float], None]) -> None:
    """Measure every LAG_EVERY_S how late the event loop is."""
    while True:
        due_s = clock.now_s() + LAG_EVERY_S
        await asyncio.sleep(LAG_EVERY_S)
        observe(max(0.0, clock.now_s() - due_s))
