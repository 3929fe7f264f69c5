"""Begin and end watching: the list a user sets, and everything that ends when a miner leaves it (contract R)."""

from collections.abc import Iterable, Sequence

from pluto.events.hub import Hub
from pluto.metrics.exposition import Metrics
from pluto.model.miner import MacAddress
from pluto.model.record import Record, miner_id
from pluto.model.state import MinerState
from pluto.monitor.fleet import Fleet, plan
from pluto.store.miners import MinerStore


class Watch:
    """Which of our miners are polled."""

    def __init__(self, store: MinerStore, fleet: Fleet, metrics: Metrics, hub: Hub, *, deletes_data: bool) -> None:
        self._store = store
        self._fleet = fleet
        self._metrics = metrics
        self._hub = hub
        self._deletes_data = deletes_data

    def all(self) -> list[Record]:
        """Watch every imprinted miner; returns their records, newest first."""
        records = self._store.all()
        self._set(records)
        return records

    def listen(self, macs: Iterable[str]) -> list[Record]:
        """Watch exactly those of *macs* that are imprinted; the others leave. Returns their records, newest first."""
        wanted = {miner_id(mac) for mac in macs}
        records = [record for record in self._store.all() if record.mac in wanted]
        self._set(records)
        return records

    def leave(self, record: Record) -> None:
        """End everything that watching means for one miner, at once; nothing happens if it is not watched."""
        mac = record.mac
        if mac not in self._fleet:
            return
        self._fleet.stop(mac)
        self._metrics.unwatch(mac, delete=self._deletes_data)
        self._hub.device_removed(mac, record, self._addresses())

    def _set(self, records: Sequence[Record]) -> None:
        change = plan(list(self._fleet.states), [record.miner for record in records])
        by_mac = {record.mac: record for record in records}
        for mac in change.stop:
            if (record := self._store.missed(mac)) is not None:
                self.leave(record)
        for miner in change.start:
            self._metrics.watch(miner, by_mac[miner.mac].hostname)
        self._fleet.start([MinerState(miner, info=by_mac[miner.mac].info) for miner in change.start])

    def _addresses(self) -> list[str]:
        hosts = (state.miner.host for state in self._fleet.states.values())
        return [host for host in hosts if host is not None]

    def is_watched(self, mac: MacAddress) -> bool:
        """Return whether *mac* is polled."""
        return mac in self._fleet
