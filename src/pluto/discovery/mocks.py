"""Which mock miners there are: a list server names their ports (contract G.2, M)."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from typing import Final, cast
from urllib.parse import urlsplit

from pluto.discovery.bounded import BoundedHttp, decoded
from pluto.discovery.device import MOCK_PREFIX, Candidate, host_text
from pluto.errors import DiscoveryFailed
from pluto.model.miner import MacAddress

MAX_LIST_BYTES: Final = 4 * 1024 * 1024


class MockList:
    """Asks *list_url* for mocks; they run on *device_host*, or where that is empty on the list's own host."""

    def __init__(self, list_url: str, device_host: str = "", *, limit_s: float = 10.0) -> None:
        self._list_url = list_url.rstrip("/")
        self._device_host = device_host or urlsplit(list_url).hostname or ""
        self._limit_s = limit_s

    async def candidates(self) -> AsyncGenerator[Candidate]:
        """Yield each mock with its fixed MAC; raises DiscoveryFailed."""
        async with BoundedHttp(connect_s=2.0, body_bytes=MAX_LIST_BYTES) as http:
            body = await http.get(f"{self._list_url}/servers", limit_s=self._limit_s)
        ports = _ports(decoded(body, "the mock list"))
        address = await self._address()
        for port in ports:
            yield Candidate(host_text(address, port), mock_mac(port))

    async def _address(self) -> str:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limit_s):
                found = await loop.getaddrinfo(self._device_host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # TimeoutError is an OSError
            raise DiscoveryFailed(f"MOCK_DEVICE_HOST {self._device_host!r} has no IPv4 address") from error
        return str(found[0][4][0])


def mock_mac(port: int) -> MacAddress:
    """Return the MAC of the mock at *port*: the port in its last two bytes."""
    return MacAddress(f"{MOCK_PREFIX}{port >> 8:02x}:{port & 0xFF:02x}")


def _ports(answer: object) -> list[int]:
    servers = cast("dict[str, object]", answer).get("servers") if isinstance(answer, dict) else None
    if not isinstance(servers, list):
        raise DiscoveryFailed("the mock list did not answer with its servers")
    ports = [cast("dict[str, object]", one).get("port") for one in cast("list[object]", servers) if isinstance(one, dict)]
    numbers = [int(port) for port in ports if isinstance(port, (int, str)) and str(port).isdecimal()]
    return [number for number in dict.fromkeys(numbers) if 0 < number <= 65535]
