"""Which miners announce themselves by mDNS: AxeOS 2.15 and newer (axeos 10)."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final

from zeroconf import Error, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from pluto.discovery.device import Candidate, host_text

SERVICE: Final = "_axeos._sub._http._tcp.local."
MAX_NAMES: Final = 1000
"""More announcements in one listening are a flood, not a fleet."""

log = logging.getLogger(__name__)


class Announced:
    """Listens for *listen_s* on the interfaces with our *addresses*; where that cannot be, says so once and finds nothing."""

    def __init__(self, addresses: Callable[[], Sequence[str]], listen_s: float = 3.0) -> None:
        self._addresses = addresses
        self._listen_s = listen_s
        self._has_complained = False

    async def candidates(self) -> AsyncGenerator[Candidate]:
        """Yield each miner that announces itself."""
        addresses = list(self._addresses())
        if not addresses:
            return
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._listen_s
        try:
            async with _listening(addresses) as (zeroconf, names):
                while (left_s := ends_at - loop.time()) > 0:
                    name = await _next(names, left_s)
                    for candidate in await _located(zeroconf, name, left_s) if name else ():
                        yield candidate
        except (OSError, Error) as error:
            if not self._has_complained:
                log.warning("cannot listen for miners that announce themselves", extra={"why": str(error)})
            self._has_complained = True


@contextlib.asynccontextmanager
async def _listening(addresses: Sequence[str]) -> AsyncGenerator[tuple[Zeroconf, asyncio.Queue[str]]]:
    names: asyncio.Queue[str] = asyncio.Queue(MAX_NAMES)

    def noticed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is not ServiceStateChange.Removed and not names.full():
            names.put_nowait(name)

    ours = AsyncZeroconf(interfaces=addresses, ip_version=IPVersion.V4Only)
    try:
        browser = AsyncServiceBrowser(ours.zeroconf, SERVICE, handlers=[noticed])
        try:
            yield ours.zeroconf, names
        finally:
            await browser.async_cancel()
    finally:
        await ours.async_close()


async def _next(names: asyncio.Queue[str], left_s: float) -> str | None:
    try:
        return await asyncio.wait_for(names.get(), left_s)
    except TimeoutError:
        return None


async def _located(zeroconf: Zeroconf, name: str, left_s: float) -> list[Candidate]:
    service = AsyncServiceInfo(SERVICE, name)
    if not await service.async_request(zeroconf, min(1000.0, left_s * 1000)):
        return []
    return [Candidate(host_text(ip, service.port or 80)) for ip in service.parsed_addresses(IPVersion.V4Only)]
