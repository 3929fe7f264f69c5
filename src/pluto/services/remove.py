"""Forget a miner: its record goes before the answer, its polling ends, nothing brings it back."""

from collections.abc import Callable

from pluto.model.record import Record
from pluto.services.watch import Watch
from pluto.store.miners import MinerStore


class Remove:
    """What a user can ask to have forgotten; *unwatched* hears of a miner that nobody watched when it was."""

    def __init__(self, store: MinerStore, watch: Watch, unwatched: Callable[[Record], None]) -> None:
        self._store = store
        self._watch = watch
        self._unwatched = unwatched

    async def miner(self, miner: str) -> Record:
        """Delete the record of *miner* and end its watching; returns the record as it was. Raises NotFound."""
        record = await self._store.remove(miner)
        if self._watch.is_watched(record.mac):
            self._watch.leave(record)
        else:
            self._unwatched(record)
        return record
