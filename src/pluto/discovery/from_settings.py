"""Which settings make which search."""

from collections.abc import Callable

from pluto.discovery.announced import Announced
from pluto.discovery.mocks import MockList
from pluto.discovery.neighbours import neighbours
from pluto.discovery.networks import (
    InterfaceAddress,
    SearchNetwork,
    configured_networks,
    interface_addresses,
    lan_addresses,
    own_networks,
)
from pluto.discovery.scan import Hints
from pluto.discovery.search import Places
from pluto.errors import BadSetting
from pluto.model.miner import AXEOS_PORT
from pluto.settings import Settings


def places_of(settings: Settings, port: int = AXEOS_PORT, now: Callable[[], Settings] | None = None) -> Places:
    """Return where *settings* want to search, at *port* where they name none; raises BadSetting.

    *now* gives the settings of a later moment, whose networks count then.
    """
    configured = configured_networks(settings, port)

    def ours() -> list[InterfaceAddress]:
        return lan_addresses(interface_addresses(), settings.discovery_interfaces)

    def networks() -> list[SearchNetwork]:
        return (configured if now is None else configured_networks(now(), port)) or own_networks(ours(), port)

    hints: list[Hints] = []
    if settings.discovery_mdns:
        hints.append(Announced(lambda: [str(own.address) for own in ours()]).candidates)
    if settings.detect_mock_devices:
        hints.append(_mocks(settings).candidates)
    return Places(networks, neighbours, hints)


def _mocks(settings: Settings) -> MockList:
    if not settings.mock_discovery_host:
        raise BadSetting("DETECT_MOCK_DEVICES is true, so MOCK_DISCOVERY_HOST must be a URL like http://localhost:7770")
    return MockList(settings.mock_discovery_host, settings.mock_device_host)
