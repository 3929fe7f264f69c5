"""Tell a miner something that is no setting and needs no restart: to show itself, to pause, to go on."""

import logging
from typing import Final

from pluto.axeos.verbs import Command, Verb, commands_of
from pluto.errors import CannotDo, MinerFault
from pluto.model.json_value import JsonObject, parse_object
from pluto.services.errand import Errands, reachable
from pluto.services.told import failed, is_done, refused
from pluto.store.miners import MinerStore

UNKNOWN: Final = (302, 404, 405)
"""What firmware answers to a path that it does not know."""

log = logging.getLogger(__name__)


class Instruct:
    """What a user can have a miner do at once."""

    def __init__(self, store: MinerStore, errands: Errands) -> None:
        self._store = store
        self._errands = errands

    async def miner(self, id_: str, verb: Verb) -> None:
        """Tell one miner; raises NotFound, BadRequest (no address), CannotDo, TooBusy, WriteFailed."""
        record, _ = reachable(self._store, id_)
        _command(verb, parse_object(record.info))
        async with self._errands.turn(record.mac):
            record, host = reachable(self._store, id_)  # it may have moved or gone while this waited
            try:
                said = await self._errands.who(host, record.mac)
                command = _command(verb, parse_object(said.info))
                reply = await self._errands.send(command.method, host, command.path, command.written)
            except MinerFault as error:
                raise failed(str(error)) from error
        if reply.status in UNKNOWN:
            raise _cannot(verb)
        if not is_done(reply):
            raise refused(reply)
        log.info("miner told", extra={"mac": record.mac, "host": host, "what": verb.value})


def _command(verb: Verb, info: JsonObject) -> Command:
    command = commands_of(info).get(verb)
    if command is None:
        raise _cannot(verb)
    return command


def _cannot(verb: Verb) -> CannotDo:
    return CannotDo(f"the firmware of this miner cannot do that: {verb}")
