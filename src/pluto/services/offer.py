"""What can be set on one miner: the form, with the choices that the miner itself offers where it answers."""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from pluto.axeos.decode import decode_asic
from pluto.axeos.editable import Setting, settings_of
from pluto.axeos.fetch import Reply
from pluto.errors import MinerFault
from pluto.model.asic_options import AsicOptions
from pluto.model.json_value import parse_object
from pluto.model.record import Record

ASIC: Final = "/api/system/asic"
ANSWER_S: Final = 2.0

Get = Callable[[str, str, float], Awaitable[Reply]]


class Offered(msgspec.Struct, frozen=True):
    """The form, and whether the miner itself named the choices in it."""

    settings: list[Setting]
    by_miner: bool


class Offer:
    """Knows what a user may set."""

    def __init__(self, get: Get) -> None:
        self._get = get

    async def of(self, record: Record) -> Offered:
        """Return the form of a miner, from its last answer and from what it offers now."""
        asic = await self._asic(record)
        return Offered(settings_of(parse_object(record.info), asic), by_miner=asic is not None)

    async def _asic(self, record: Record) -> AsicOptions | None:
        if record.host is None:
            return None
        try:
            reply = await self._get(record.host, ASIC, ANSWER_S)
            return decode_asic(reply.body) if reply.status == 200 else None
        except MinerFault:  # silent, or of an age in which there was no such question
            return None
