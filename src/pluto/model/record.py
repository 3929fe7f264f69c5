"""What the database keeps of one miner: the contract's device record, its newest answer kept as the bytes it came in."""

from collections.abc import Mapping
from typing import Final

import msgspec

from pluto.model.json_value import Json
from pluto.model.miner import MacAddress, Miner, parse_mac

POLLED_KEYS: Final = ("info", "tracing", "updatedAt")
"""The three keys that polling writes; every other key belongs to whoever registered or updated the miner."""


class Fields(dict[str, Json]):
    """The keys of a record that polls leave alone. Never changed once it is in a record: its JSON is made once."""

    __slots__ = ("_frame",)

    def frame(self) -> tuple[bytes, bytes]:
        """Return the members before and behind what polls write: `{…,` and `,…`, either may hold nothing."""
        try:
            return self._frame
        except AttributeError:
            first = {name: self[name] for name in _FIRST if name in self}
            last = {name: value for name, value in self.items() if name not in first and name not in POLLED_KEYS}
            self._frame: tuple[bytes, bytes] = b"{" + _members(first, end=b","), _members(last, begin=b",")
            return self._frame


class Record(msgspec.Struct, frozen=True, gc=False):
    """A device record (contract C): *fields* holds every key but POLLED_KEYS, *info* is a JSON object without secrets.

    *key* is the MAC as it was first stored: the spelling stays. *tracing* is None where the record does not say.
    """

    key: str
    fields: Fields
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
        head, tail = self.fields.frame()
        updated = msgspec.json.encode(self.updated_at)
        return b"".join((head, _TRACING[self.tracing], b'"info":', self.info, tail, b',"updatedAt":', updated, b"}"))


_FIRST: Final = ("mac", "ip", "type")
_TRACING: Final[Mapping[bool | None, bytes]] = {True: b'"tracing":true,', False: b'"tracing":false,', None: b""}


def _members(members: Mapping[str, Json], *, begin: bytes = b"", end: bytes = b"") -> bytes:
    return begin + msgspec.json.encode(members)[1:-1] + end if members else b""


class _Named(msgspec.Struct, gc=False):
    hostname: object = None


_NAMED: Final = msgspec.json.Decoder(_Named)


def _host_name(info: bytes) -> str | None:
    name = _NAMED.decode(info).hostname
    return name if isinstance(name, str) and name else None


def miner_id(text: str) -> MacAddress:
    """Return the MAC in *text* in our spelling; an old record's odd key (`unknown`) stands for itself."""
    return parse_mac(text) or MacAddress(text)
