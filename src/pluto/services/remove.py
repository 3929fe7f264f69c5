"""Forget a miner: its record goes before the answer, its polling ends, nothing brings it back."""

from pluto.model.record import Record
from pluto.services.watch import Watch
from pluto.store.miners import MinerStore


class Remove:
    """What a user can ask to have forgotten."""

    def __init__(self, store: MinerStore, watch: Watch) -> None:
        self._store = store
        self._watch = watch

    async def miner(self, miner: str) -> Record:
        """Delete the record of *miner* and end its watching; returns the record as it was. Raises NotFound."""
        record = await self._store.remove(miner)
        self._watch.leave(record)
        return record
