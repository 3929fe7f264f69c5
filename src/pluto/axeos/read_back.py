"""What came of a change: what was asked, beside what the miner says before and after (contract A.8); pure."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from pluto.axeos import nested
from pluto.axeos.dialect import Order, writes
from pluto.axeos.firmware import Dialect, firmware_of
from pluto.axeos.pool_slots import PASSWORD, entry_of, flat_changes, pools_change, slot_of, with_pools
from pluto.axeos.settable import (
    FAN_SETTINGS,
    KEPT_PASSWORD,
    PASSWORDS,
    POOL_FIELDS,
    asked_settings,
    is_same,
    needs_restart,
    shows_late,
)
from pluto.model.json_value import Json, JsonObject


class Why(StrEnum):
    """Why a setting does not hold now."""

    RESTART = "restart needed"
    IGNORED = "ignored by firmware"
    REFUSED = "refused"
    UNVERIFIED = "not verified"


class NotApplied(msgspec.Struct, frozen=True):
    """A setting that was asked for and does not hold now, by its name in the request."""

    field: str
    reason: Why


def not_applied(order: Order, before: JsonObject, after: JsonObject | None, refused: Collection[str] = ()) -> list[NotApplied]:
    """Return the settings of *order* that do not hold in *after*, the miner's next answer (None: it gave none)."""
    look = _LOOKS[firmware_of(before).dialect](order, before, after)
    rows: list[NotApplied] = []
    for field, value in asked_settings(order.asked).items():
        why = Why.REFUSED if field in refused else look.at(field, value)
        if why is not None:
            rows.append(NotApplied(field, why))
    return rows


class _Look:
    """Compares what was asked with what is shown, field by field, as every firmware with flat fields shows it."""

    def __init__(self, order: Order, before: JsonObject, after: JsonObject | None) -> None:
        self._order = order
        self._firmware = firmware_of(before)
        self._before = before
        self._after = after

    def at(self, field: str, value: Json) -> Why | None:
        """Return why *field* is not *value* now, or None when it is."""
        if field in PASSWORDS:
            return self._unseen(field)
        if self._after is None:
            return Why.UNVERIFIED
        return self._seen(field, value, self._after)

    def _unseen(self, field: str) -> Why:
        return Why.RESTART if needs_restart(self._firmware, field) else Why.UNVERIFIED

    def _seen(self, field: str, value: Json, after: JsonObject) -> Why | None:
        holds_now = self._holds(field, value, after)
        if needs_restart(self._firmware, field) and (holds_now or shows_late(self._firmware, field)):
            return None if self._holds(field, value, self._before) else Why.RESTART
        return None if holds_now else Why.IGNORED

    def _holds(self, field: str, value: Json, info: JsonObject) -> bool:
        return _HOLDS.get(field, _is_shown)(field, value, info)


class _PoolsLook(_Look):
    """AxeOS 2.15: pools are in their slots at once, in use after a restart; the flat fields show the pool in use."""

    def at(self, field: str, value: Json) -> Why | None:
        return None if field in PASSWORDS and value == KEPT_PASSWORD else super().at(field, value)

    def _seen(self, field: str, value: Json, after: JsonObject) -> Why | None:
        if field == "pools":
            return self._pools(after)
        if field in POOL_FIELDS:
            return self._slot(field, value, after)
        return super()._seen(field, value, after)

    def _slot(self, field: str, value: Json, after: JsonObject) -> Why | None:
        if field not in flat_changes(self._order.asked, self._before, self._order.forced):
            return None
        prefix, member = POOL_FIELDS[field]
        place = slot_of(prefix, self._order.asked, self._before)
        if not is_same(value, (entry_of(after, place) or {}).get(member)):
            return Why.IGNORED
        in_use = self._before.get(field, (entry_of(self._before, place) or {}).get(member))
        return None if is_same(value, in_use) else Why.RESTART

    def _pools(self, after: JsonObject) -> Why | None:
        if not pools_change(self._order.asked, self._before):
            return None
        sent = with_pools(self._order.asked, self._before, self._order.forced)["pools"]
        pools = [pool for pool in sent if isinstance(pool, dict)] if isinstance(sent, list) else []
        return Why.RESTART if all(_is_in_slot(pool, after) for pool in pools) else Why.IGNORED


class _NestedLook(_Look):
    """NMAxe: most settings are on pages of their own and not in its answer."""

    def at(self, field: str, value: Json) -> Why | None:
        if field not in nested.PLACES:
            return super().at(field, value) if field == "fans" else Why.IGNORED
        if not any(field in write.fields for write in writes(self._order, self._before)):
            return Why.IGNORED
        return super().at(field, value) if field in nested.SHOWN else self._unseen(field)

    def _holds(self, field: str, value: Json, info: JsonObject) -> bool:
        if field == "fans":
            return super()._holds(field, value, info)
        return _is_shown(field, nested.bare_host(value) if field == "stratumURL" else value, nested.shown(info))


_LOOKS: Final[Mapping[Dialect, type[_Look]]] = {
    Dialect.FLAT: _Look,
    Dialect.NERDQAXE: _Look,
    Dialect.POOLS: _PoolsLook,
    Dialect.NMAXE: _NestedLook,
}


def _is_shown(field: str, value: Json, info: JsonObject) -> bool:
    return field in info and is_same(value, info[field])


def _is_name(field: str, value: Json, info: JsonObject) -> bool:
    """AxeOS 2.15 takes the end of `name.local` away."""
    return _is_shown(field, value, info) or (isinstance(value, str) and _is_shown(field, value.removesuffix(".local"), info))


def _are_fans(field: str, value: Json, info: JsonObject) -> bool:
    """Of each fan what can be set counts; the rest of an entry that came back are readings."""
    if not isinstance(value, list):
        return False
    shown = info.get(field)
    fans = shown if isinstance(shown, list) else []
    return all(_is_fan(fan, fans[place] if place < len(fans) else None) for place, fan in enumerate(value))


def _is_fan(wanted: Json, shown: Json) -> bool:
    if not isinstance(wanted, dict):
        return False
    settings = {name: value for name, value in wanted.items() if name in FAN_SETTINGS}
    return not settings or (isinstance(shown, dict) and all(is_same(value, shown.get(name)) for name, value in settings.items()))


def _is_in_slot(pool: JsonObject, info: JsonObject) -> bool:
    place = pool.get("id")
    entry = (entry_of(info, place) if isinstance(place, int) else None) or {}
    return all(name == PASSWORD or is_same(value, entry.get(name)) for name, value in pool.items())


_HOLDS: Final[Mapping[str, Callable[[str, Json, JsonObject], bool]]] = {"hostname": _is_name, "fans": _are_fans}
