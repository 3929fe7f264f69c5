"""The layout of contract C: a list key, a key for each of its records, both in one batch."""

import logging
from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast

import msgspec

from pluto.model.json_value import JsonObject
from pluto.store.level import Changes, Level

SLICE: Final = 200
"""Records handled before others get their turn: 10,000 of them must not hold up a poll."""

_OBJECT: Final = msgspec.json.Decoder(dict[str, object])

log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Collection:
    """The keys listed under *name*, and how to change them; whoever commits holds `level.writing`."""

    def __init__(self, level: Level, name: str) -> None:
        self.name = name
        self._level = level
        self._listed: dict[str, None] = {}

    def load(self, items: Mapping[str, bytes], read: Callable[[str, bytes, int], _T]) -> dict[str, _T]:
        """Return what *read* (key, value, place in the list) makes of each listed record, in list order.

        A key without a record is skipped; so is a value at which *read* raises ValueError, which stays as it is.
        """
        self._listed = self._list_in(items)
        loaded: dict[str, _T] = {}
        for order, key in enumerate(self._listed):
            value = items.get(self.record_key(key))
            if value is None:
                continue
            try:
                loaded[key] = read(key, value, order)
            except (ValueError, RecursionError):
                log.warning("record is not readable, left as it is", extra={"record": self.record_key(key)})
        return loaded

    def record_key(self, key: str) -> str:
        """Return the database key of the record of *key*."""
        return f"{self.name}:{key}"

    @property
    def next_order(self) -> int:
        """Return the place that the next new key takes."""
        return len(self._listed)

    async def commit(
        self, records: Changes, *, sync: bool, then: Callable[[], None] | None = None, also: Changes | None = None
    ) -> None:
        """Store *records* (None removes), the list if it changes, and *also* (database keys): all or nothing; raises StorageFull.

        *then* is called when they are stored, before a cancelled caller hears of it.
        """
        changes = {self.record_key(key): value for key, value in records.items()} | dict(also or {})
        listed = self._listed_after(records)
        if listed is not self._listed:
            changes[self.name] = msgspec.json.encode(list(listed))

        def stored() -> None:
            self._listed = listed
            if then is not None:
                then()

        await self._level.write(changes, sync=sync, then=stored)

    def _listed_after(self, records: Changes) -> dict[str, None]:
        removed = {key for key, value in records.items() if value is None and key in self._listed}
        added = [key for key, value in records.items() if value is not None and key not in self._listed]
        if not removed and not added:
            return self._listed
        return {key: None for key in (*self._listed, *added) if key not in removed}

    def _list_in(self, items: Mapping[str, bytes]) -> dict[str, None]:
        try:
            listed = msgspec.json.decode(items.get(self.name, b"[]"), type=list[object])
        except (ValueError, RecursionError):
            log.warning("list is not readable, taken from its records", extra={"list": self.name})
            prefix = self.record_key("")
            listed = [key.removeprefix(prefix) for key in items if key.startswith(prefix)]
        return {key: None for key in listed if isinstance(key, str)}


def json_object(value: bytes) -> JsonObject:
    """Return the JSON object in *value*; raises ValueError, or RecursionError, when it holds none."""
    return cast(JsonObject, _OBJECT.decode(value))
