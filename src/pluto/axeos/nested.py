"""How the NMAxe is told: AxeOS' fields on its own pages, the pool's port within its url (NMAxe docs/API.md)."""

import re
from collections.abc import Mapping
from typing import Final

from pluto.axeos.settable import FALLBACK, PRIMARY
from pluto.axeos.wire_fields import flattened
from pluto.model.json_value import Json, JsonObject

MINING: Final = "/api/setting/mining"
PREFERENCE: Final = "/api/setting/preference"
NETWORK: Final = "/api/setting/network"

PLACES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "coreVoltage": (MINING, ("asicVcoreReq",)),
    "frequency": (MINING, ("asicFreqReq",)),
    "stratumURL": (MINING, ("stratum", "primary", "url")),
    "stratumPort": (MINING, ("stratum", "primary", "url")),
    "stratumUser": (MINING, ("stratum", "primary", "user")),
    "stratumPassword": (MINING, ("stratum", "primary", "pwd")),
    "fallbackStratumURL": (MINING, ("stratum", "fallback", "url")),
    "fallbackStratumPort": (MINING, ("stratum", "fallback", "url")),
    "fallbackStratumUser": (MINING, ("stratum", "fallback", "user")),
    "fallbackStratumPassword": (MINING, ("stratum", "fallback", "pwd")),
    "autofanspeed": (PREFERENCE, ("fans", "auto")),
    "temptarget": (PREFERENCE, ("fans", "target")),
    "manualFanSpeed": (PREFERENCE, ("fans", "speed")),
    "flipscreen": (PREFERENCE, ("screenFlip",)),
    "hostname": (NETWORK, ("hostname",)),
    "ssid": (NETWORK, ("ssid",)),
    "wifiPass": (NETWORK, ("wifiPass",)),
}
"""Field to its page, and to its place there. The page of the network comes last: after it the miner may be elsewhere."""

SHOWN: Final = frozenset(("coreVoltage", "frequency", "stratumURL", "stratumPort", "stratumUser", "hostname", "ssid"))
"""What its answer says of the settings."""

_ADDRESS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][\w+.-]*://)?(?P<host>\[[^\]]*\]|[^:/]*)(?::(?P<port>\d{1,5}))?(?:/.*)?", re.DOTALL
)
_SCHEME: Final = "stratum+tcp://"


def told(asked: JsonObject, before: JsonObject) -> dict[str, tuple[JsonObject, list[str]]]:
    """Return each page that *asked* touches with its body and the fields in it."""
    pages: dict[str, tuple[JsonObject, list[str]]] = {}
    for page in (MINING, PREFERENCE, NETWORK):
        fields = [field for field in asked if field in PLACES and PLACES[field][0] == page and _can_tell(field, asked, before)]
        if fields:
            pages[page] = (_body(fields, asked, before), fields)
    return pages


def shown(info: JsonObject) -> JsonObject:
    """Return the settings in *info* by AxeOS' names, host and port of the pool apart."""
    flat = flattened(info)
    identity = info.get("identity")
    flat["ssid"] = identity.get("ssid") if isinstance(identity, dict) else None
    _, host, port = _parts(flat.get("stratumURL"))
    flat["stratumURL"], flat["stratumPort"] = host, port
    return {field: value for field, value in flat.items() if field in SHOWN and value is not None}


def bare_host(url: Json) -> Json:
    """Return the host in a pool's *url*, or what is no text as it is."""
    return _parts(url)[1] if isinstance(url, str) else url


def _body(fields: list[str], asked: JsonObject, before: JsonObject) -> JsonObject:
    body: JsonObject = {}
    for field in fields:
        path = PLACES[field][1]
        value = _url(field, asked, before) if path[-1] == "url" else asked[field]
        inner = body
        for name in path[:-1]:
            deeper = inner.setdefault(name, {"id": 0} if name == "fans" else {})
            inner = deeper if isinstance(deeper, dict) else {}
        inner[path[-1]] = value
    if "fans" in body:
        body["fans"] = [body["fans"]]
    return body


def _can_tell(field: str, asked: JsonObject, before: JsonObject) -> bool:
    """A port alone can be told only where its host is known."""
    return PLACES[field][1][-1] != "url" or _url(field, asked, before) is not None


def _url(field: str, asked: JsonObject, before: JsonObject) -> Json:
    """Return the pool's url as the firmware wants it, from what is asked and, where that says nothing, what was before."""
    prefix = FALLBACK if field.startswith(FALLBACK) else PRIMARY
    url, port = asked.get(prefix + "URL"), asked.get(prefix + "Port")
    if url is not None and not isinstance(url, str):
        return url
    stratum = before.get("stratum") if prefix == PRIMARY else None
    old = _parts(stratum.get("url") if isinstance(stratum, dict) else None)
    scheme, host, inner_port = _parts(url)
    if not (host or old[1]):
        return None
    number = port if port is not None else inner_port or old[2]
    return f"{scheme or old[0] or _SCHEME}{host or old[1]}" + ("" if number is None else f":{number}")


def _parts(url: Json) -> tuple[str | None, str | None, int | None]:
    found = _ADDRESS.fullmatch(url) if isinstance(url, str) else None
    if found is None:
        return None, url if isinstance(url, str) else None, None
    return found["scheme"], found["host"] or None, int(found["port"]) if found["port"] else None
