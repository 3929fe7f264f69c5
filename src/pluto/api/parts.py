"""What the handlers may ask: the services and the sinks that are served as they are."""

from collections.abc import Callable

import msgspec

from pluto.access.access import Access
from pluto.access.peers import Peers
from pluto.api.static import PageFiles
from pluto.audit.trail import Trail
from pluto.axeos.check import Check
from pluto.dashboards.keeper import Dashboards
from pluto.events.hub import Hub
from pluto.logs import RecentLines
from pluto.metrics.scrapes import Scrapes
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress
from pluto.services.add import Add
from pluto.services.configure import Configure
from pluto.services.discover import Discover
from pluto.services.imprint import Imprint
from pluto.services.instruct import Instruct
from pluto.services.offer import Offer
from pluto.services.own_settings import OwnSettings
from pluto.services.preset_use import PresetUses
from pluto.services.presets import Presets
from pluto.services.relay import Relay
from pluto.services.remembered import Remembered
from pluto.services.remove import Remove
from pluto.services.restart import Restart
from pluto.services.search_places import SearchPlaces
from pluto.services.searches import Searches
from pluto.services.support_bundle import SupportBundle
from pluto.services.surroundings import Surroundings
from pluto.services.views import Views
from pluto.services.watch import Watch


class Parts(msgspec.Struct, frozen=True):
    """Everything behind the HTTP edge."""

    access: Access
    peers: Peers
    is_open_to_network: bool
    trail: Trail
    discover: Discover
    imprint: Imprint
    watch: Watch
    remove: Remove
    configure: Configure
    restart: Restart
    instruct: Instruct
    offer: Offer
    own_settings: OwnSettings
    presets: Presets
    preset_uses: PresetUses
    relay: Relay
    scrapes: Scrapes
    dashboards: Dashboards
    hub: Hub
    views: Views
    add: Add
    searches: Searches
    search_places: SearchPlaces
    check: Check
    remembered: Remembered
    diagnose: Callable[[], JsonObject]
    surroundings: Surroundings
    own_log: RecentLines
    bundle: SupportBundle
    forget_history: Callable[[MacAddress], None]
    wall_s: Callable[[], float]
    interval_s: float
    is_ready: Callable[[], bool]
    openapi: bytes
    page_files: PageFiles
