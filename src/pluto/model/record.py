"""What the database keeps of one miner: the contract's device record, its newest answer kept as the bytes it came in."""

from collections.abc import Mapping
from typing import Final

import msgspec

from pluto.model.json_value import Json
from pluto.model.miner import MacAddress, Miner, parse_mac

POLLED_KEYS: Final = ("info", "tracing", "updatedAt")
"""The three keys that polling writes; every other key belongs to whoever registered or updated the miner."""


class Record(msgspec.Struct, frozen=True):
    """A device record (contract C): *fields* holds every key but POLLED_KEYS, *info* is a JSON object without secrets.

    *key* is the MAC as it was first stored: the spelling stays. *tracing* is None where the record does not say.
    """

    key: str
    fields: Mapping[str, Json]
    info: bytes
    updated_at: str
    tracing: bool | None = None
    order: int = 0

    @property
    def mac(self) -> MacAddress:
        """Return the identity in our one spelling."""
        return miner_id(self.key)

    @property
    def host(self) -> str | None:
        """Return `ip[:port]`, or None while no address is known."""
        host = self.fields.get("ip")
        return host if isinstance(host, str) and host else None

    @property
    def created_at(self) -> str:
        """Return when it was registered, as stored; empty where an old record does not say."""
        created = self.fields.get("createdAt")
        return created if isinstance(created, str) else ""

    @property
    def miner(self) -> Miner:
        """Return who this is and where it is reached."""
        return Miner(self.mac, self.host, self.order)

    @property
    def hostname(self) -> str | None:
        """Return what the miner calls itself in its last answer, or None (contract G.1: `info.hostname`)."""
        return _host_name(self.info)

    def to_json(self) -> bytes:
        """Return the record as JSON, keys in the contract's order; *info* is not encoded again."""
        members: dict[str, object] = {}
        for name in ("mac", "ip", "type"):
            if name in self.fields:
                members[name] = self.fields[name]
        if self.tracing is not None:
            members["tracing"] = self.tracing
        members["info"] = msgspec.Raw(self.info)
        members.update({name: value for name, value in self.fields.items() if name not in members})
        members["updatedAt"] = self.updated_at
        return msgspec.json.encode(members)


class _Named(msgspec.Struct, gc=False):
    hostname: object = None


_NAMED: Final = msgspec.json.Decoder(_Named)


def _host_name(info: bytes) -> str | None:
    name = _NAMED.decode(info).hostname
    return name if isinstance(name, str) and name else None


def miner_id(text: str) -> MacAddress:
    """Return the MAC in *text* in our spelling; an old record's odd key (`unknown`) stands for itself."""
    return parse_mac(text) or MacAddress(text)
