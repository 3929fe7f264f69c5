"""The live topics of the page by name, and how a change reaches those that are watched."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from pluto.events.live import Refused
from pluto.events.room import Feed, FeedRoom, Key, Room, Table, TableRoom
from pluto.model.miner import MacAddress, parse_any_mac

FLEET: Final = "fleet"
MINER: Final = "miner"
EVENTS: Final = "events"
DISCOVERY: Final = "discovery"


class Sources(msgspec.Struct, frozen=True):
    """What the topics show."""

    macs: Callable[[], Sequence[MacAddress]]
    fleet: Table
    miner: Table
    events: Feed
    discovery: Feed


class Topics:
    """Makes the rooms, and tells the open ones. *others* knows further topics by the word before their colon."""

    def __init__(self, sources: Sources, others: Mapping[str, Callable[[str], Room]] | None = None) -> None:
        self._sources = sources
        self._others = others or {}
        self._fleet: TableRoom | None = None
        self._miners: dict[MacAddress, TableRoom] = {}
        self._feeds: dict[str, FeedRoom] = {}

    def room(self, topic: str) -> Room:
        """Return a room for *topic*; raises Refused."""
        word, _, rest = topic.partition(":")
        if topic == FLEET:
            self._fleet = TableRoom(self._sources.fleet, self._sources.macs)
            return self._fleet
        if topic in (EVENTS, DISCOVERY):
            room = self._feeds[topic] = FeedRoom(self._sources.events if topic == EVENTS else self._sources.discovery)
            return room
        if word == MINER:
            return self._of_miner(rest)
        if word in self._others:
            return self._others[word](rest)
        raise Refused("unknown_topic", f"there is no topic {topic!r}")

    def changed(self, mac: MacAddress) -> None:
        """Tell that a miner looks different, is new, or gone: an entry in a dict where somebody watches, else nothing."""
        if self._fleet is not None:
            if self._fleet.is_closed:
                self._fleet = None
            else:
                self._fleet.changed[mac] = None
        if self._miners and (room := self._miners.get(mac)) is not None:
            if room.is_closed:
                del self._miners[mac]
            else:
                room.changed[mac] = None

    def event(self, id_: int) -> None:
        """Tell of a new event."""
        self._put(EVENTS, id_)

    def searched(self, key: str | None) -> None:
        """Tell that a search found a miner or somebody else (their MAC, their address), or (None) went on."""
        self._put(DISCOVERY, key)

    def _of_miner(self, text: str) -> Room:
        mac = parse_any_mac(text)
        if mac is None or self._sources.miner.raw(mac) is None:
            raise Refused("unknown_miner", "no miner with this MAC is imprinted")
        room = self._miners[mac] = TableRoom(self._sources.miner, lambda: (mac,))
        return room

    def _put(self, topic: str, key: Key | None) -> None:
        room = self._feeds.get(topic)
        if room is not None:
            if room.is_closed:
                del self._feeds[topic]
            else:
                room.put(key)
