"""How a device record is read, made and merged (contract A.6, C); pure."""

from typing import Final

import msgspec

from pluto.model.json_value import Json, JsonObject
from pluto.model.record import POLLED_KEYS, Fields, Record
from pluto.model.secret import without_secrets
from pluto.store.collection import json_object

FIXED: Final = frozenset({"mac", "createdAt", "updatedAt"})
"""What no registration and no client changes: identity is for ever, the times are ours."""

_RAW_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_record(key: str, value: bytes, order: int) -> Record:
    """Return the stored *value* as a Record without its secrets; raises ValueError when it is no JSON object."""
    members = json_object(value)
    fields = without_secrets({name: member for name, member in members.items() if name not in POLLED_KEYS})
    updated, tracing = members.get("updatedAt"), members.get("tracing")
    return Record(
        key=key,
        fields=Fields(fields),
        info=_clean_info(members.get("info"), value),
        updated_at=updated if isinstance(updated, str) else str(fields.get("createdAt", "")),
        tracing=tracing if isinstance(tracing, bool) else None,
        order=order,
    )


def new_record(key: str, *, now: str, order: int) -> Record:
    """Return the record of a miner that is registered *now*, before anything else is known of it."""
    return Record(key=key, fields=Fields({"mac": key, "createdAt": now}), info=b"{}", updated_at=now, order=order)


def merged(before: Record, changes: JsonObject, *, now: str) -> Record:
    """Return *before* with *changes* over it: shallow, but FIXED stays; `info` is replaced if given; no secret at any depth."""
    given = {name: value for name, value in without_secrets(changes).items() if name not in FIXED}
    info, tracing = given.pop("info", None), given.pop("tracing", before.tracing)
    return Record(
        key=before.key,
        fields=Fields({**before.fields, **given}),
        info=msgspec.json.encode(info) if isinstance(info, dict) else before.info,
        updated_at=now,
        tracing=tracing if isinstance(tracing, bool) else None,
        order=before.order,
    )


def _clean_info(info: Json, value: bytes) -> bytes:
    if not isinstance(info, dict):
        return b"{}"
    clean = without_secrets(info)
    return bytes(_RAW_MEMBERS.decode(value)["info"]) if clean == info else msgspec.json.encode(clean)
