"""One line of the audit log, and how two states of a thing become the fields that changed, secrets by their name alone."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret

MOST_FIELDS: Final = 64
"""More in one line are counted, not listed."""
MOST_CHARACTERS: Final = 256
DONE: Final = "done"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change, or the try. *id* grows; *at* is wall time, seconds since 1970.

    *actor* is a role, a token or, where nobody is asked who he is, an address. *changes* has the old and the new value of
    each field, of a secret only that it changed. *result* is `done`, or why not.
    """

    id: int
    at: float
    actor: str
    address: str
    action: str
    target: str = ""
    changes: Mapping[str, Mapping[str, object]] = {}
    result: str = DONE


def differences(before: JsonObject, after: JsonObject) -> dict[str, JsonObject]:
    """Return the fields in which *before* and *after* differ: `{"old", "new"}`, or `{"is_secret": true}` for a secret."""
    old, new = dict(_flat(before)), dict(_flat(after))
    changed: dict[str, JsonObject] = {}
    for field in dict.fromkeys([*old, *new]):
        was, now = old.get(field), new.get(field)
        if was == now and type(was) is type(now):
            continue
        if len(changed) >= MOST_FIELDS:
            break
        hidden = any(is_secret(key, value) for key in field.split(".") for value in (was, now))
        changed[field] = {"is_secret": True} if hidden else {"old": _short(was), "new": _short(now)}
    return changed


def _flat(value: JsonObject, prefix: str = "") -> Iterator[tuple[str, Json]]:
    for key, item in value.items():
        name = f"{prefix}{key}"[:MOST_CHARACTERS]
        if isinstance(item, list):
            item = {str(place): inner for place, inner in enumerate(item)}  # noqa: PLW2901 - a list is an object of places
        if isinstance(item, dict):
            yield from _flat(item, f"{name}.")
        else:
            yield name, item


def _short(value: Json) -> Json:
    return value[:MOST_CHARACTERS] if isinstance(value, str) else value
