"""Taking a person's identity out of what a miner says: shapes, types and odd values stay, names and addresses do not."""

import re
from typing import Final

from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret

_MAC: Final = re.compile(r"\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b")
_IPV4: Final = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_IPV6: Final = re.compile(r"\b(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f:]+\b")
_WALLET: Final = re.compile(r"\b(?:bc1[0-9a-z]{20,}|[13][1-9A-HJ-NP-Za-km-z]{25,39})\b")
_SECRET_TEXT: Final = re.compile(r"(?i)\b(pass(?:word)?|psk|token|secret)(\"?\s*[:=,]\s*\"?)([^\s\",}]+)")
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


def masked_text(line: str) -> str:
    """Return a log line without addresses, wallets and passwords."""
    line = _SECRET_TEXT.sub(r"\1\2***", line)
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
        case str() if value and key.lower().removeprefix("fallback") in _PRIVATE:
            return f"{key.lower()}-masked"
        case str():
            return _IPV6.sub("2001:DB8::1", masked_text(value))
        case _:
            return value
