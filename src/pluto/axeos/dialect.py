"""How each firmware is told what to change: which requests it understands; pure. `read_back.py` tells what came of it."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from pluto.axeos import nested
from pluto.axeos.firmware import Dialect, firmware_of
from pluto.axeos.pool_slots import with_pools
from pluto.axeos.settable import OPTION_LISTS
from pluto.model.json_value import JsonObject

SYSTEM: Final = "/api/system"
_NO_FIRMWARE: Final = ("macAddr", "mac", "hostname")
"""An answer of no more than these tells no firmware."""


class Order(msgspec.Struct, frozen=True):
    """What a user wants of one miner, in AxeOS' words; *forced* are the fields that a preset gave. Printing shows names only."""

    asked: JsonObject
    forced: Collection[str] = ()

    def __repr__(self) -> str:
        return f"Order({', '.join(self.asked)})"


class Write(msgspec.Struct, frozen=True):
    """One PATCH that the firmware understands, and the fields it carries. Printing shows names only."""

    path: str
    body: JsonObject
    fields: Sequence[str]

    def __repr__(self) -> str:
        return f"Write({self.path}: {', '.join(self.fields)})"


def latest(stored: JsonObject, fresh: JsonObject) -> JsonObject:
    """Return what the miner last said of itself: *fresh* over *stored*, unless another firmware speaks now."""
    was, now = firmware_of(stored).dialect, firmware_of(fresh).dialect
    has_changed = was is not now and Dialect.NMAXE in (was, now) and any(key not in _NO_FIRMWARE for key in fresh)
    return fresh if has_changed else {**stored, **fresh}


def writes(order: Order, before: JsonObject) -> list[Write]:
    """Return the requests by which the miner that said *before* is told; none where its firmware has a word for nothing."""
    asked = {field: value for field, value in order.asked.items() if field not in OPTION_LISTS}
    match firmware_of(before).dialect:
        case Dialect.NMAXE:
            return [Write(page, body, fields) for page, (body, fields) in nested.told(asked, before).items()]
        case Dialect.POOLS:
            return [Write(SYSTEM, with_pools(asked, before, order.forced), list(asked))]
        case Dialect.FLAT | Dialect.NERDQAXE:
            return [Write(SYSTEM, asked, list(asked))]
