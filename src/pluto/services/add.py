"""Add miners by MAC or by address, each with an end of its own: the rest goes on when one fails."""

import asyncio
from collections.abc import Container, Mapping, Sequence
from typing import Final

import msgspec

from pluto.errors import BadRequest, DiscoveryFailed, NotFound
from pluto.model.miner import MacAddress, parse_mac
from pluto.model.record import Record
from pluto.services.discover import Discover
from pluto.services.imprint import MAX_MACS, Imprint
from pluto.services.named_host import NoHost, host_of
from pluto.services.watch import Watch

PARALLEL: Final = 16


class Added(msgspec.Struct, frozen=True):
    """What became of one wish: the record where it came true, else why not."""

    asked: str
    result: str
    record: Record | None = None
    reason: str | None = None


class _Met(msgspec.Struct, frozen=True):
    """A miner that answered at the address asked."""

    mac: MacAddress


class Add:
    """Imprints what a user names."""

    def __init__(self, discover: Discover, imprint: Imprint, watch: Watch) -> None:
        self._discover = discover
        self._imprint = imprint
        self._watch = watch

    async def all(self, macs: Sequence[str], addresses: Sequence[str], *, watch: bool) -> list[Added]:
        """Imprint *macs* that discovery knows and the miners at *addresses*; with *watch* poll them from now on.

        Returns one result for each wish, in order. Raises BadRequest for none or too many, DiscoveryFailed, StorageFull.
        """
        if not 1 <= len(macs) + len(addresses) <= MAX_MACS:
            raise BadRequest(f"between 1 and {MAX_MACS} macs and addresses in one request")
        found = await self._at(addresses)
        wanted = [mac for mac in map(parse_mac, macs) if mac is not None] + [who.mac for who in found if isinstance(who, _Met)]
        before = {record.mac for record in self._imprint.all()}
        records = await self._records(wanted)
        results = [_ended(asked, parse_mac(asked), records, before) for asked in macs]
        for asked, who in zip(addresses, found, strict=True):
            match who:
                case _Met(mac):
                    results.append(_ended(asked, mac, records, before))
                case str():
                    results.append(Added(asked, "failed", reason=who))
        if watch and records:
            await self._watch.also(records)
        return results

    async def _records(self, macs: Sequence[MacAddress]) -> dict[MacAddress, Record]:
        if not macs:
            return {}
        try:
            return {record.mac: record for record in await self._imprint.imprint(macs)}
        except NotFound:
            return {}

    async def _at(self, addresses: Sequence[str]) -> list[_Met | str]:
        free = asyncio.Semaphore(PARALLEL)

        async def one(address: str) -> _Met | str:
            async with free:
                return await self._who(address.strip())

        return await asyncio.gather(*map(one, addresses))

    async def _who(self, address: str) -> _Met | str:
        """Return who answers at *address*, or why nobody does."""
        try:
            found = await self._discover.now(await host_of(address), None)
        except NoHost as error:
            return str(error)
        except BadRequest as error:
            return f"not allowed: {error}"
        except DiscoveryFailed as error:
            return str(error)
        mac = parse_mac(found[0].get("mac")) if found else None
        return "no answer from a miner here" if mac is None else _Met(mac)


def _ended(asked: str, mac: MacAddress | None, records: Mapping[MacAddress, Record], before: Container[MacAddress]) -> Added:
    if mac is None:
        return Added(asked, "failed", reason="not a MAC")
    record = records.get(mac)
    if record is None:
        return Added(asked, "failed", reason="not found")
    return Added(asked, "updated" if mac in before else "added", record)
