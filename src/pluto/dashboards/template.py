"""How a template becomes a dashboard: placeholders, title, uid. Pure."""

import secrets
import string
from typing import Final

from pluto.model.json_value import Json, JsonObject

PLACEHOLDER: Final = "@@hostname@@"
UID_CHARACTERS: Final = 14
_ALPHABET: Final = string.ascii_lowercase + string.digits


def device_dashboard(template: JsonObject, name: str, prefix: str) -> JsonObject:
    """Return a miner's dashboard: *prefix* for every placeholder (the queries must match the metrics), *name* as its title."""
    filled = {key: _filled(value, prefix) for key, value in template.items()}
    return filled | {"title": name, "uid": new_uid()}


def overview_dashboard(template: JsonObject) -> JsonObject:
    """Return the dashboard of the whole fleet: the template under a uid of its own."""
    return template | {"uid": new_uid()}


def new_uid() -> str:
    """Return 14 random characters of `[a-z0-9]`: 72 bits, so no two are the same."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(UID_CHARACTERS))


def _filled(value: Json, prefix: str) -> Json:
    match value:
        case str():
            return value.replace(PLACEHOLDER, prefix)
        case list():
            return [_filled(item, prefix) for item in value]
        case dict():
            return {key: _filled(item, prefix) for key, item in value.items()}
        case _:
            return value
