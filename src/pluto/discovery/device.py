"""What discovery hands on of one miner, and how its MAC is read from an answer."""

import zlib
from typing import Final

import msgspec

from pluto.model.json_value import JsonObject
from pluto.model.miner import AXEOS_PORT, MacAddress, parse_mac

MOCK_PREFIX: Final = "ff:ff:ff:ff:"
"""How the MAC of every mock begins: no real miner's can, it is the broadcast address."""
_NOBODY: Final = ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff")


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An address worth asking: *mac* holds whatever the answer says, *otherwise* when nothing else tells the MAC."""

    host: str
    mac: MacAddress | None = None
    otherwise: MacAddress | None = None


class Stranger(msgspec.Struct, frozen=True):
    """Somebody who answers at *host* and is no miner that could be added, and why."""

    host: str
    reason: str


def device(host: str, mac: MacAddress, info: JsonObject) -> JsonObject:
    """Return the device of contract G.1; its maker is not known."""
    return {"ip": host, "mac": mac, "type": "unknown", "info": info}


def answered_mac(info: JsonObject) -> MacAddress | None:
    """Return the MAC that the miner gives itself, or None where it gives none that can be one."""
    for name in ("macAddr", "mac"):
        mac = parse_mac(info.get(name))
        if mac is not None and mac not in _NOBODY:
            return mac
    return None


def loopback_mac(host: str) -> MacAddress | None:
    """Return a MAC made from *host* where it is on loopback, which has no neighbours to ask: always the same one; else None."""
    if not host.startswith("127."):
        return None
    return parse_mac("02:7f:" + zlib.crc32(host.encode()).to_bytes(4).hex(":"))


def host_text(ip: str, port: int) -> str:
    """Return `ip[:port]` as a record holds it: the port only where it is not AxeOS's own."""
    return ip if port == AXEOS_PORT else f"{ip}:{port}"
