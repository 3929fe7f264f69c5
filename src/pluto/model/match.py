"""Which discovered miners a question means: three lists that AND each other, four ways to compare (contract G.1)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from pluto.model.json_value import Json, JsonObject

WAYS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "left": lambda text, part: text.endswith(part),
    "right": lambda text, part: text.startswith(part),
    "both": lambda text, part: part in text,
    "none": lambda text, part: text == part,
}
"""How an entry of a list is compared with a miner's own text, ignoring case."""


class Query(msgspec.Struct, frozen=True):
    """What is asked for: an empty list filters nothing; *partial_…* is one of WAYS."""

    macs: Sequence[str] = ()
    ips: Sequence[str] = ()
    hostnames: Sequence[str] = ()
    partial_macs: str = "both"
    partial_ips: str = "both"
    partial_hostnames: str = "both"


def matches(device: JsonObject, query: Query) -> bool:
    """Return whether *device* is meant: every list that is not empty has an entry that fits."""
    info = device.get("info")
    hostname = info.get("hostname") if isinstance(info, dict) else None
    return (
        _fits(device.get("mac"), query.macs, query.partial_macs)
        and _fits(device.get("ip"), query.ips, query.partial_ips)
        and _fits(hostname, query.hostnames, query.partial_hostnames)
    )


def _fits(value: Json, wanted: Sequence[str], way: str) -> bool:
    if not wanted:
        return True
    compare = WAYS[way]
    return isinstance(value, str) and any(compare(value.lower(), part.lower()) for part in wanted)
