"""Let a miner show itself, for who stands before a shelf of them: its display says hello for a while. Mining goes on."""

import logging
from typing import Final

from pluto.errors import MinerFault, WriteFailed
from pluto.services.errand import Errands, reachable
from pluto.services.told import failed, is_done, refused
from pluto.store.miners import MinerStore

IDENTIFY: Final = "/api/system/identify"
UNKNOWN: Final = (404, 405)

log = logging.getLogger(__name__)


class Identify:
    """What a user can ask to be shown on the miner itself."""

    def __init__(self, store: MinerStore, errands: Errands) -> None:
        self._store = store
        self._errands = errands

    async def miner(self, id_: str) -> None:
        """Let one miner show itself; raises NotFound, BadRequest (no address), TooBusy, WriteFailed."""
        record, _ = reachable(self._store, id_)
        async with self._errands.turn(record.mac):
            record, host = reachable(self._store, id_)  # it may have moved or gone while this waited
            try:
                await self._errands.who(host, record.mac)
                reply = await self._errands.send("POST", host, IDENTIFY)
            except MinerFault as error:
                raise failed(str(error)) from error
        if reply.status in UNKNOWN:
            raise WriteFailed("the firmware of this miner cannot do that", "")
        if not is_done(reply):
            raise refused(reply)
        log.info("miner identified", extra={"mac": record.mac, "host": host})
