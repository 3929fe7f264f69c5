"""Our dialects and the simulator's firmware talking without a socket between them."""

import json
from typing import Any

import msgspec

from pluto.axeos.dialect import Order, Write, latest, writes
from pluto.axeos.read_back import not_applied
from pluto.model.json_value import JsonObject
from pluto.model.secret import without_secrets
from pluto.simulator import routes
from pluto.simulator.factory import mac_address
from pluto.simulator.http import Request
from pluto.simulator.miner import MinerState
from pluto.simulator.profiles import PROFILES


def new_miner(profile: str) -> MinerState:
    """Return a simulated miner of *profile*, just unpacked."""
    return MinerState(PROFILES[profile], "garage-01", mac_address(1, 0), 1)


def info_of(miner: MinerState) -> JsonObject:
    """Return what Pluto keeps of the miner's answer: no secret is in it."""
    return without_secrets(json.loads(routes.info_text(miner)))


def send(miner: MinerState, write: Write) -> int:
    """Return the status with which the firmware answers."""
    body = msgspec.json.encode(write.body)
    reply = routes.answer(routes.Served(miner, lambda: None), Request("PATCH", write.path, {}, body, b""))
    return int(reply.status.split()[0])


def tell(miner: MinerState, asked: dict[str, Any], forced: tuple[str, ...] = ()) -> dict[str, str]:
    """Set *asked* on the miner as Pluto would; return field to reason of what does not hold."""
    before = latest({}, info_of(miner))
    order = Order(asked, forced)
    refused: list[str] = []
    for write in writes(order, before):
        if send(miner, write) != 200:
            refused += write.fields
    return {row.field: row.reason.value for row in not_applied(order, before, info_of(miner), refused)}
