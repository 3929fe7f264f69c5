"""The query words of the discovery service (contract A.5, G.1): written by its client, read by its server."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from pluto.errors import BadRequest
from pluto.model.match import WAYS, Query

_LISTS: Final = {"macs": "macs", "ips": "ips", "hostnames": "hostnames"}
_WAYS: Final = {"partialMacs": "partial_macs", "partialIps": "partial_ips", "partialHostnames": "partial_hostnames"}
_ALL_WAYS: Final = "partialMatch"
_SHORT_WAYS: Final = {"true": "both", "false": "none"}


def discovered_words(query: Query) -> str:
    """Return *query* as a query string: a list only where it is not empty, the three ways always."""
    lists = [(word, ",".join(getattr(query, field))) for word, field in _LISTS.items() if getattr(query, field)]
    return _encoded([*lists, *((word, getattr(query, field)) for word, field in _WAYS.items())])


def discover_words(ip: str | None, mac: str | None) -> str:
    """Return what `/discover` is asked, as a query string; empty for a whole search."""
    return _encoded([(word, value) for word, value in (("ip", ip), ("mac", mac)) if value])


def read_discovered(pairs: Iterable[tuple[str, str]]) -> Query:
    """Return what `/discovered` is asked; raises BadRequest for a word that it does not know."""
    words = _words(pairs, allowed=(*_LISTS, *_WAYS, _ALL_WAYS))
    fields: dict[str, object] = {field: _entries(words.get(word, "")) for word, field in _LISTS.items()}
    for word, field in _WAYS.items():
        fields[field] = _way(word, words.get(word) or words.get(_ALL_WAYS) or "both")
    return msgspec.convert(fields, Query)


def read_discover(pairs: Iterable[tuple[str, str]]) -> tuple[str | None, str | None]:
    """Return ip and mac that `/discover` is asked for; raises BadRequest for a word that it does not know."""
    words = _words(pairs, allowed=("ip", "mac"))
    return words.get("ip") or None, words.get("mac") or None


def _encoded(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote, safe=":,")


def _words(pairs: Iterable[tuple[str, str]], allowed: Sequence[str]) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for word, value in pairs:
        if word not in allowed:
            raise BadRequest(f"{word[:100]!r} is not one of {', '.join(allowed)}")
        if word in words:
            raise BadRequest(f"{word} stands twice")
        words[word] = value
    return words


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _way(word: str, value: str) -> str:
    way = _SHORT_WAYS.get(value, value)
    if way not in WAYS:
        raise BadRequest(f"{word} is {value[:100]!r}, not one of {', '.join(WAYS)}")
    return way
