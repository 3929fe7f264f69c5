"""Begin and end watching: the list a user sets, and one miner that leaves it."""

from collections.abc import Callable, Iterable

from pluto.model.miner import MacAddress
from pluto.model.record import Record, miner_id
from pluto.model.state import MinerState
from pluto.monitor.fleet import Fleet, plan
from pluto.services.device_logs import DeviceLogs
from pluto.store.miners import MinerStore


class Watch:
    """Which of our miners are polled; *joined* and *left* hear of each that begins and ends."""

    def __init__(
        self, store: MinerStore, fleet: Fleet, logs: DeviceLogs, joined: Callable[[Record], None], left: Callable[[Record], None]
    ) -> None:
        self._store = store
        self._logs = logs
        self._fleet = fleet
        self._joined = joined
        self._left = left

    def all(self, *, traces: bool | None = None) -> list[Record]:
        """Watch every imprinted miner; returns their records, newest first. *traces*: follow their logs, not, or as before."""
        return self._set(self._store.all(), traces)

    def listen(self, macs: Iterable[str], *, traces: bool | None = None) -> list[Record]:
        """Watch exactly those of *macs* that are imprinted; the others leave. Returns their records, newest first."""
        wanted = {miner_id(mac) for mac in macs}
        return self._set([record for record in self._store.all() if record.mac in wanted], traces)

    def also(self, macs: Iterable[MacAddress]) -> None:
        """Watch those of *macs* that are imprinted beside those watched already."""
        self.listen([*self._fleet.states, *macs])

    def leave(self, record: Record) -> None:
        """Stop polling one miner, in mid-poll too, and tell of it; nothing happens if it is not watched."""
        if record.mac in self._fleet:
            self._fleet.stop(record.mac)
            self._left(record)

    def state(self, mac: MacAddress) -> MinerState | None:
        """Return what we believe of *mac*, or None when it is not watched."""
        return self._fleet.state(mac)

    def is_watched(self, mac: MacAddress) -> bool:
        """Return whether *mac* is polled."""
        return mac in self._fleet

    def _set(self, records: list[Record], traces: bool | None) -> list[Record]:
        change = plan(list(self._fleet.states), [record.miner for record in records])
        for mac in change.stop:
            if (record := self._store.missed(mac)) is not None:
                self.leave(record)
        by_mac = {record.mac: record for record in records}
        for miner in change.start:
            self._joined(by_mac[miner.mac])
        self._fleet.start([MinerState(miner, info=by_mac[miner.mac].info) for miner in change.start])
        self._logs.trace(by_mac, traces=traces)
        return records
