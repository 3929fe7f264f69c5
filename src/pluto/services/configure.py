"""Change what a miner is set to: told in its own words, asked before who it is and after what came of it (contract A.8)."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from pluto.axeos.dialect import Order, Write, latest, writes
from pluto.axeos.fetch import Reply
from pluto.axeos.read_back import NotApplied, not_applied
from pluto.errors import BadRequest, MinerFault
from pluto.model.json_value import JsonObject, parse_object
from pluto.model.miner import MacAddress
from pluto.model.secret import without_secrets
from pluto.services.errand import Errands, reachable
from pluto.services.presets import applied
from pluto.services.told import failed, is_done, refused, secrets_in
from pluto.store.miners import MinerStore
from pluto.store.presets import PresetStore

MAX_BODY_BYTES: Final = 10_240
"""Firmware refuses a body of this size."""

Sent = Callable[[MacAddress, Sequence[str]], None]

log = logging.getLogger(__name__)


class Configured(msgspec.Struct, frozen=True):
    """What a client hears of a change: the request with the preset in it, without secrets, and what does not hold yet."""

    data: JsonObject
    not_applied: Sequence[NotApplied]


class Configure:
    """What a user can ask to have set on a miner; *sent* hears of the fields that a miner was sent."""

    def __init__(self, store: MinerStore, presets: PresetStore, errands: Errands, sent: Sent) -> None:
        self._store = store
        self._presets = presets
        self._errands = errands
        self._sent = sent

    async def miner(self, id_: str, request: JsonObject) -> Configured:
        """Set what *request* says: `{"info": {...}, "presetUuid": "..."?, ...}`.

        Raises NotFound, BadRequest and TooBusy with nothing sent, WriteFailed when the miner did not take it.
        """
        record, _ = reachable(self._store, id_)
        order = self._order(request)
        _bodies(writes(order, parse_object(record.info)))
        async with self._errands.turn(record.mac):
            rows = await self._written(id_, order)
        data: JsonObject = {**request, "info": order.asked}
        return Configured(without_secrets(data), rows)

    def _order(self, request: JsonObject) -> Order:
        uuid, info = request.get("presetUuid"), request.get("info")
        preset = self._presets.get(uuid) if isinstance(uuid, str) else None
        if uuid and preset is None:
            raise BadRequest("Associated Preset id not available")
        if info is None and preset is not None:
            info = {}
        if not isinstance(info, dict):
            raise BadRequest("info must be an object")
        return Order(info) if preset is None else Order(*applied(preset, info))

    async def _written(self, id_: str, order: Order) -> Sequence[NotApplied]:
        record, host = reachable(self._store, id_)  # it may have moved or gone while this waited
        fresh = await self._said(host, record.mac)
        before = latest(parse_object(record.info), fresh)
        orders = writes(order, before)
        bodies = _bodies(orders)
        denied = await self._send(host, orders, bodies, secrets_in(order.asked))
        log.info("miner configured", extra={"mac": record.mac, "host": host, "fields": ", ".join(order.asked)})
        if not orders:
            return not_applied(order, before, fresh)
        self._sent(record.mac, [field for order in orders for field in order.fields])
        await self._errands.settle()
        return not_applied(order, before, await self._read_back(host, record.mac), denied)

    async def _said(self, host: str, mac: MacAddress) -> JsonObject:
        try:
            return parse_object((await self._errands.who(host, mac)).info)
        except MinerFault as error:
            raise failed(str(error)) from error

    async def _read_back(self, host: str, mac: MacAddress) -> JsonObject | None:
        try:
            return parse_object((await self._errands.who(host, mac)).info)
        except MinerFault as error:
            log.info("change could not be read back", extra={"mac": mac, "host": host, "why": str(error)})
            return None

    async def _send(self, host: str, orders: Sequence[Write], bodies: Sequence[bytes], secrets: Sequence[str]) -> list[str]:
        """Return the fields that were refused; raises WriteFailed when all were, or when the miner got lost on the way."""
        denied: list[str] = []
        accepted = 0
        reply = Reply(0, b"")
        for order, body in zip(orders, bodies, strict=True):
            try:
                reply = await self._errands.send("PATCH", host, order.path, body)
            except MinerFault as error:
                raise failed(str(error), secrets) from error
            if is_done(reply):
                accepted += 1
            else:
                denied += order.fields
        if orders and not accepted:
            raise refused(reply, secrets)
        return denied


def _bodies(orders: Sequence[Write]) -> list[bytes]:
    bodies = [msgspec.json.encode(order.body) for order in orders]
    if any(len(body) >= MAX_BODY_BYTES for body in bodies):
        raise BadRequest(f"info is too large: a miner takes less than {MAX_BODY_BYTES:,} bytes")
    return bodies
