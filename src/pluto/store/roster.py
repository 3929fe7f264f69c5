"""Records in memory: found by any spelling of the MAC, kept in the order of registration."""

from collections.abc import Iterable

from pluto.model.miner import MacAddress
from pluto.model.record import Record, miner_id


class Roster:
    """The newest record of each miner."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._spellings: dict[MacAddress, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._records)

    def get(self, text: str) -> Record | None:
        """Return the record whose key is *text*, else the one of the same MAC (any case, `-` for `:`), else None."""
        return self._records.get(text) or self.of_mac(miner_id(text))

    def of_mac(self, mac: MacAddress) -> Record | None:
        """Return the record of *mac*, or None: the quick way, for polls."""
        keys = self._spellings.get(mac)
        return self._records[keys[0]] if keys else None

    def put(self, record: Record) -> None:
        """Keep *record*: in its predecessor's place, or as the last."""
        if record.key not in self._records:
            self._spellings[record.mac] = (*self._spellings.get(record.mac, ()), record.key)
        self._records[record.key] = record

    def replace(self, record: Record) -> None:
        """Keep *record*, whose predecessor is here: the quick way, for polls."""
        self._records[record.key] = record

    def drop(self, key: str) -> Record:
        """Forget the record of *key* and return it."""
        record = self._records.pop(key)
        others = tuple(spelling for spelling in self._spellings.pop(record.mac) if spelling != key)
        if others:
            self._spellings[record.mac] = others
        return record

    def of_keys(self, keys: Iterable[str]) -> list[Record]:
        """Return the records of those *keys* that are here."""
        return [self._records[key] for key in keys if key in self._records]

    def in_order(self) -> list[Record]:
        """Return every record in the order of registration."""
        return list(self._records.values())

    def newest_first(self) -> list[Record]:
        """Return every record, newest `createdAt` first; equals in the order of registration."""
        return sorted(self._records.values(), key=_created_at, reverse=True)


def _created_at(record: Record) -> str:
    return record.created_at
