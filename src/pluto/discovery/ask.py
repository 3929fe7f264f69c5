"""How one address becomes a device: the probe's answer, and whose MAC it is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from pluto.discovery.device import Candidate, Stranger, answered_mac, device, loopback_mac
from pluto.errors import MinerNonsense
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress

Probe = Callable[[str], Awaitable[JsonObject | None]]
"""Asks `ip[:port]` for its system/info: the decoded object without secrets, or None when nobody answers.

Raises MinerNonsense when somebody answers who is no miner.
"""

log = logging.getLogger(__name__)


class Asker:
    """Asks with *probe*, each address *limit_s* at most; *neighbours* tells the MAC of a firmware that does not."""

    def __init__(self, probe: Probe, neighbours: Callable[[], Mapping[str, MacAddress]], limit_s: float) -> None:
        self._probe = probe
        self._neighbours = neighbours
        self._limit_s = limit_s

    async def ask(self, candidate: Candidate) -> JsonObject | Stranger | None:
        """Return the device at *candidate*, who else answers there, or None where nobody does."""
        try:
            info = await self._info(candidate.host)
        except MinerNonsense as error:
            return Stranger(candidate.host, str(error))
        if info is None:
            return None
        mac = (
            candidate.mac
            or answered_mac(info)
            or self._neighbour(candidate.host)
            or candidate.otherwise
            or loopback_mac(candidate.host)
        )
        if mac is None:
            log.warning("miner left out: nobody knows its MAC", extra={"host": candidate.host})
            return Stranger(candidate.host, "a miner, but nobody knows its MAC")
        return device(candidate.host, mac, info)

    async def _info(self, host: str) -> JsonObject | None:
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._probe(host)
        except TimeoutError:
            return None
        except MinerNonsense:
            raise
        except Exception:  # a bug met at one address must not end the search of the others
            log.exception("probe failed unexpectedly", extra={"host": host})
            return None

    def _neighbour(self, host: str) -> MacAddress | None:
        return self._neighbours().get(host.partition(":")[0])
