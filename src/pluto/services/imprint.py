"""Register miners and keep their records: found in the network, updated by hand, never brought back once removed."""

import logging
from collections.abc import Callable, Iterable, Sequence

from pluto.axeos.reach import Reach, Refusal
from pluto.errors import BadRequest, NotFound
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress, Miner, parse_mac
from pluto.model.record import Record
from pluto.services.discover import Discover
from pluto.store.miners import MinerStore

MAX_MACS = 2000
"""More in one request are refused: a question to discovery takes time, and a person can ask twice."""

log = logging.getLogger(__name__)


class Imprint:
    """What a user can ask about the miners that are ours."""

    def __init__(self, store: MinerStore, discover: Discover, reach: Reach, moved: Callable[[Miner], None]) -> None:
        self._store = store
        self._discover = discover
        self._reach = reach
        self._moved = moved

    def all(self, part: str = "") -> list[Record]:
        """Return every record, newest first; with *part* those whose ip, mac or hostname contains it, ignoring case."""
        records = self._store.all()
        return [record for record in records if _contains(record, part.lower())] if part else records

    def one(self, miner: str) -> Record | None:
        """Return the record of *miner* (a MAC in any spelling), or None."""
        return self._store.get(miner)

    def by_preset(self, preset: str) -> list[Record]:
        """Return the records that name *preset*, newest first."""
        return [record for record in self._store.all() if record.fields.get("presetUuid") == preset]

    async def imprint(self, macs: Sequence[str]) -> list[Record]:
        """Register those of *macs* that discovery knows, exactly these.

        Raises NotFound when it knows none, DiscoveryFailed, BadRequest for more than MAX_MACS.
        """
        if len(macs) > MAX_MACS:
            raise BadRequest(f"at most {MAX_MACS} MACs in one request")
        since = self._store.epoch
        found = await self._discover.by_mac(_spelled_alike(macs))
        records = await self._register(found.values(), since)
        if not records:
            raise NotFound("No devices found for the provided MAC addresses")
        return records

    async def add(self, mac: str) -> list[Record]:
        """Register one more miner, refresh those that discovery knows, and return all; raises NotFound if *mac* is not found."""
        wanted = _spelled_alike([mac])
        since = self._store.epoch
        registered = [record.mac for record in self._store.all()]
        found = await self._discover.by_mac([*wanted, *registered])
        if not wanted or wanted[0] not in found or not await self._register(found.values(), since):
            raise NotFound("No devices found for the provided MAC addresses")
        return self._store.all()

    async def update(self, miner: str, changes: JsonObject) -> Record:
        """Merge *changes* over a record; raises NotFound, or BadRequest with nothing changed."""
        before = self._store.get(miner)
        if before is None:
            raise NotFound("Device not found")
        self._check(before, changes)
        record = await self._store.update(miner, changes)
        if record.host != before.host:
            self._moved(record.miner)
        return record

    async def relocate(self, mac: MacAddress, host: str) -> None:
        """Take over the new address of a miner that moved; nothing happens if it is gone or the address is refused."""
        record = self._store.get(mac)
        if record is None or record.host == host or isinstance(self._reach.check(host), Refusal):
            return
        log.info("miner moved", extra={"mac": mac, "from": record.host, "to": host})
        self._moved((await self._store.update(mac, {"ip": host})).miner)

    async def _register(self, found: Iterable[JsonObject], since: int) -> list[Record]:
        reachable = [device for device in found if self._may_contact(device)]
        if not reachable:
            return []
        records = await self._store.register(reachable, since=since)
        for record in records:
            self._moved(record.miner)
        return records

    def _may_contact(self, device: JsonObject) -> bool:
        host = device.get("ip")
        if host is None or host == "":
            return True
        verdict = self._reach.check(str(host))
        if isinstance(verdict, Refusal):
            log.warning("discovered miner skipped", extra={"mac": device.get("mac"), "why": verdict.sentence})
            return False
        return True

    def _check(self, before: Record, changes: JsonObject) -> None:
        host = changes.get("ip")
        if host is not None and not isinstance(host, str):
            raise BadRequest("ip must be a text like 192.168.1.40, or null")
        if host and isinstance(verdict := self._reach.check(host), Refusal):
            raise BadRequest(verdict.sentence)
        if "mac" in changes and parse_mac(changes["mac"]) != before.mac and changes["mac"] != before.key:
            raise BadRequest("the mac of a miner cannot change")
        if "info" in changes and not isinstance(changes["info"], dict):
            raise BadRequest("info must be an object")
        preset = changes.get("presetUuid")
        if preset is not None and not isinstance(preset, str):
            raise BadRequest("presetUuid must be a text or null")


def _spelled_alike(macs: Iterable[str]) -> list[MacAddress]:
    return [mac for mac in map(parse_mac, macs) if mac is not None]


def _contains(record: Record, part: str) -> bool:
    texts = (record.fields.get("ip"), record.key, record.hostname)
    return any(isinstance(text, str) and part in text.lower() for text in texts)
