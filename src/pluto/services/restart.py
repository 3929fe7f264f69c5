"""Restart a miner: it is asked who it is, but need not answer; a connection that ends once it was told counts as done."""

import logging

from pluto.axeos.verbs import RESTART
from pluto.errors import MinerFault, MinerHungUp, WrongMiner
from pluto.model.json_value import Json
from pluto.model.miner import MacAddress
from pluto.services.errand import Errands, reachable
from pluto.services.told import failed, is_done, refused, said
from pluto.store.miners import MinerStore

log = logging.getLogger(__name__)


class Restart:
    """What a user can ask to be restarted."""

    def __init__(self, store: MinerStore, errands: Errands) -> None:
        self._store = store
        self._errands = errands

    async def miner(self, id_: str) -> Json:
        """Restart one miner and return what it said; raises NotFound, BadRequest (no address), TooBusy, WriteFailed."""
        record, _ = reachable(self._store, id_)
        async with self._errands.turn(record.mac):
            record, host = reachable(self._store, id_)  # it may have moved or gone while this waited
            await self._check(host, record.mac)
            answer = await self._tell(host)
        log.info("miner restarted", extra={"mac": record.mac, "host": host})
        return answer

    async def _check(self, host: str, mac: MacAddress) -> None:
        try:
            await self._errands.who(host, mac)
        except WrongMiner as error:
            raise failed(str(error)) from error
        except MinerFault as error:
            log.info("restarting a miner that does not answer", extra={"mac": mac, "host": host, "why": str(error)})

    async def _tell(self, host: str) -> Json:
        try:
            reply = await self._errands.send(RESTART.method, host, RESTART.path)
        except MinerHungUp:
            return {"restarting": True}
        except MinerFault as error:
            raise failed(str(error)) from error
        if not is_done(reply):
            raise refused(reply)
        return said(reply)
