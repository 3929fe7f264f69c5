"""What happens to miners, written down and told to the pages: events, readings for the history, who looks different now."""

from collections.abc import Sequence

from pluto.events.topics import Topics
from pluto.model.happenings import Happening, Kind
from pluto.model.json_value import Json, JsonObject
from pluto.model.miner import MacAddress, Miner
from pluto.model.record import Record
from pluto.model.state import MinerState
from pluto.monitor.standings import Standings
from pluto.services.remembered import Remembered
from pluto.services.views import Views
from pluto.store.miners import MinerStore


class Chronicle:
    """Takes note of every change; every method returns at once."""

    def __init__(self, store: MinerStore, views: Views, topics: Topics, standings: Standings, remembered: Remembered) -> None:
        self._store = store
        self._views = views
        self._topics = topics
        self._standings = standings
        self._remembered = remembered
        self._hosts = {record.mac: record.host for record in store.in_order()}

    def joined(self, mac: MacAddress) -> None:
        """Take note that a miner is watched from now on."""
        self._standings.join(mac)
        self._changed(mac)

    def polled(self, before: MinerState, after: MinerState) -> None:
        """Take note of a poll."""
        mac = after.miner.mac
        if after.failure is None and after.reading is not None:
            self._remembered.read(mac, after.reading)
        for happening in self._standings.follow(before, after):
            self._happened(happening)
        self._changed(mac)

    def aged(self) -> None:
        """Take note of miners that look different by the passing of time alone: nobody has polled them for too long."""
        for mac in self._standings.turn_stale():
            self._changed(mac)

    def placed(self, miner: Miner) -> None:
        """Take note of where a miner is now, be it new, moved, or registered again."""
        mac = miner.mac
        if mac not in self._hosts:
            record = self._store.get(mac)
            self._tell(mac, Kind.ADDED, {"host": miner.host, "hostname": record.hostname if record else None})
        elif (before := self._hosts[mac]) != miner.host:
            self._tell(mac, Kind.MOVED, {"from": before, "to": miner.host})
        self._hosts[mac] = miner.host
        self._changed(mac)

    def sent(self, mac: MacAddress, fields: Sequence[str]) -> None:
        """Take note that a miner was sent settings."""
        names: list[Json] = [*sorted(fields)]
        self._tell(mac, Kind.SETTINGS_SENT, {"fields": names})

    def left(self, record: Record) -> None:
        """Take note that a miner is watched no more."""
        self._standings.leave(record.mac)
        self._remembered.left(record.mac)

    def gone(self, record: Record, *, forgets: bool) -> None:
        """Take note that a miner is not ours any more, if that is so; with *forgets* its past goes too."""
        mac = record.mac
        if self._store.get(record.key) is None:
            self._hosts.pop(mac, None)
            self._views.forget(record)
            self._tell(mac, Kind.REMOVED, {"host": record.host, "hostname": record.hostname})
            if forgets:
                self.forget(mac)
        self._changed(mac)

    def forget(self, mac: MacAddress) -> None:
        """Delete what is kept of a miner's past."""
        self._remembered.forget(mac)

    def _changed(self, mac: MacAddress) -> None:
        self._views.changed()
        self._topics.changed(mac)

    def _tell(self, mac: MacAddress, kind: Kind, facts: JsonObject) -> None:
        self._happened(Happening(self._standings.wall_s(), mac, kind, facts))

    def _happened(self, happening: Happening) -> None:
        self._topics.event(self._remembered.happened(happening).id)
