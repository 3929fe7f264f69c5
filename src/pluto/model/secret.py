"""Which keys hold a secret, and how a value goes out without them."""

import re
from functools import lru_cache
from typing import Final

from pluto.model.json_value import Json, JsonObject

SECRET_WORDS: Final = ("pass", "pwd", "secret", "token", "psk", "privatekey", "otp", "authkey")
_SEPARATORS: Final = re.compile(r"[\W_]+")


class Secret:
    """A password on its way to the one place that needs it; printing shows stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value: the only way out, easy to search for."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


def is_secret(key: str, value: object) -> bool:
    """Return whether *key* names a secret by the rule of SECRET_WORDS; a boolean or null never is one."""
    if value is None or isinstance(value, bool):
        return False
    return _names_secret(key)


def without_secrets(value: JsonObject) -> JsonObject:
    """Return a copy of the JSON object *value* with every secret member removed, at any depth, and nothing put in its place."""
    return {key: _cleaned(item) for key, item in value.items() if not is_secret(key, item)}


@lru_cache(maxsize=4096)
def _names_secret(key: str) -> bool:
    plain = _SEPARATORS.sub("", key).lower()
    return any(word in plain for word in SECRET_WORDS)


def _cleaned(value: Json) -> Json:
    match value:
        case dict():
            return without_secrets(value)
        case list():
            return [_cleaned(item) for item in value]
        case _:
            return value
