"""Taking a person's identity out of what a miner says: shapes, types and odd values stay, names and addresses do not."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import Final

from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret
from pluto.model.secret_text import secrets_masked

_MAC: Final = re.compile(r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b")
_IPV4: Final = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_WALLET: Final = re.compile(r"\b(?:bc1[0-9a-z]{20,}|[13][1-9A-HJ-NP-Za-km-z]{25,39})\b")
_PRIVATE: Final = (
    "ssid",
    "hostname",
    "fullhostname",
    "mdnshostname",
    "displayname",
    "stratumuser",
    "user",
)


def masked(value: JsonObject) -> JsonObject:
    """Return *value* with secrets, names, wallets and addresses replaced by placeholders; numbers and shapes are kept."""
    return {key: _masked(key, item) for key, item in value.items()}


def private_words(value: JsonObject) -> list[str]:
    """Return the names and pool users in *value*, at any depth, longest first: what its log lines may repeat."""
    words: set[str] = set()
    for key, item in value.items():
        if isinstance(item, dict):
            words.update(private_words(item))
        elif isinstance(item, str) and len(item) > 2 and _is_private(key):
            words.add(item)
    return sorted(words, key=len, reverse=True)


def masked_text(line: str, private: Iterable[str] = ()) -> str:
    """Return a log line without addresses, wallets, passwords and the *private* words."""
    for word in private:
        line = line.replace(word, "name-masked")
    line = secrets_masked(line)
    line = _MAC.sub("02:00:5E:00:00:01", line)
    line = _IPV4.sub("192.0.2.1", line)
    return _WALLET.sub("wallet-masked", line)


def _masked(key: str, value: Json) -> Json:
    match value:
        case dict():
            return masked(value)
        case list():
            return [_masked(key, item) for item in value]
        case str() if value and is_secret(key, value):
            return "secret-masked"
        case str() if value and _is_private(key):
            return f"{key.lower()}-masked"
        case str():
            return "2001:DB8::1" if _is_ipv6(value) else masked_text(value)
        case _:
            return value


def _is_private(key: str) -> bool:
    return key.lower().removeprefix("fallback") in _PRIVATE


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
