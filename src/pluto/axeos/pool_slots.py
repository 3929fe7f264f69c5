"""How AxeOS 2.15 and newer wants its pools: whole entries by `id`, a missing password being `x` to it (axeos.md 0, 6.1)."""

from collections.abc import Collection, Mapping
from typing import Final

from pluto.axeos.settable import FALLBACK, KEPT_PASSWORD, POOL_FIELDS, PRIMARY, is_same
from pluto.model.json_value import Json, JsonObject

PASSWORD: Final = "stratumPassword"  # noqa: S105 - the name of the member
_INDEX: Final[Mapping[str, tuple[str, int]]] = {PRIMARY: ("primaryPoolIndex", 0), FALLBACK: ("secondaryPoolIndex", 1)}
"""Whose slot which member names, and the firmware's own choice."""


def with_pools(asked: JsonObject, before: JsonObject, forced: Collection[str]) -> JsonObject:
    """Return *asked* with the `pools` it takes, or without any when no pool is to change.

    *before* is what the miner said last; *forced* are flat fields that hold whatever was said before.
    """
    entries = _given_entries(asked, before)
    for field in flat_changes(asked, before, forced):
        prefix, member = POOL_FIELDS[field]
        place = slot_of(prefix, asked, before)
        entries.setdefault(place, entry_of(before, place) or {"id": place})[member] = asked[field]
    rest = {field: value for field, value in asked.items() if field != "pools"}
    if entries:
        return {**rest, "pools": [{PASSWORD: KEPT_PASSWORD, **entry} for entry in entries.values()]}
    return rest if _is_list_of_pools(asked.get("pools")) else asked


def flat_changes(asked: JsonObject, before: JsonObject, forced: Collection[str]) -> list[str]:
    """Return the flat pool fields of *asked* that are to change a slot."""
    return [field for field in asked if field in POOL_FIELDS and (field in forced or _differs(field, asked, before))]


def pools_change(asked: JsonObject, before: JsonObject) -> bool:
    """Return whether the `pools` of *asked* are more than what came from the miner."""
    return bool(_given_entries(asked, before))


def slot_of(prefix: str, asked: JsonObject, before: JsonObject) -> int:
    """Return the slot that the flat fields of *prefix* mean: the one chosen with them, else the one in use."""
    index, otherwise = _INDEX[prefix]
    for said in (asked.get(index), before.get(index)):
        if isinstance(said, int) and not isinstance(said, bool):
            return said
    return otherwise


def entry_of(info: JsonObject, place: int) -> JsonObject | None:
    """Return a copy of the pool in slot *place*, or None where it is empty."""
    pools = info.get("pools")
    for pool in pools if isinstance(pools, list) else ():
        if isinstance(pool, dict) and pool.get("id") == place:
            return dict(pool)
    return None


def _differs(field: str, asked: JsonObject, before: JsonObject) -> bool:
    prefix, member = POOL_FIELDS[field]
    if member == PASSWORD:
        return asked[field] != KEPT_PASSWORD
    entry = entry_of(before, slot_of(prefix, asked, before)) or {}
    if field in before and "pools" in asked:
        return not is_same(asked[field], before[field])  # a whole answer sent back: it shows the running pool, not the slot
    return not (is_same(asked[field], entry.get(member)) and is_same(asked[field], before.get(field, asked[field])))


def _given_entries(asked: JsonObject, before: JsonObject) -> dict[int, JsonObject]:
    """Return the entries of `pools` by their slots; none when all of them are as they were, or when it is no such list."""
    given = asked.get("pools")
    if not _is_list_of_pools(given):
        return {}
    entries: dict[int, JsonObject] = {}
    for pool in given if isinstance(given, list) else ():
        if isinstance(pool, dict) and isinstance(place := pool.get("id"), int):
            entries[place] = dict(pool)
    return entries if any(_is_new(entry, entry_of(before, place)) for place, entry in entries.items()) else {}


def _is_list_of_pools(given: Json) -> bool:
    return isinstance(given, list) and all(isinstance(pool, dict) and isinstance(pool.get("id"), int) for pool in given)


def _is_new(entry: JsonObject, before: JsonObject | None) -> bool:
    if before is None or entry.get(PASSWORD, KEPT_PASSWORD) != KEPT_PASSWORD:
        return True
    return any(member != PASSWORD and not is_same(value, before.get(member)) for member, value in entry.items())
