"""What a person types for a miner's address: `ip[:port]`, or a name that the network knows, such as `bitaxe.local`."""

import asyncio
import re
import socket
from typing import Final

from pluto.model.miner import parse_host

RESOLVE_LIMIT_S: Final = 3.0
_NAME: Final = re.compile(
    r"(?=[^:]{1,253}(?::|$))((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z][a-z0-9-]{0,62})(:\d{1,5})?",
    re.IGNORECASE | re.ASCII,
)


class NoHost(Exception):
    """There is no address behind what was typed; the sentence says why."""


async def host_of(text: str) -> str:
    """Return *text* as `ip[:port]`; raises NoHost. Where the address lies is judged by whoever contacts it."""
    if parse_host(text) is not None:
        return text
    found = _NAME.fullmatch(text)
    if found is None:
        raise NoHost("not an address")
    name, port = found[1], found[2] or ""
    try:
        async with asyncio.timeout(RESOLVE_LIMIT_S):
            known = await asyncio.get_running_loop().getaddrinfo(name, None, family=socket.AF_INET)
    except OSError as error:  # TimeoutError is one
        raise NoHost("no address for this name") from error
    host = f"{known[0][4][0]}{port}"
    if parse_host(host) is None:
        raise NoHost("not an address")
    return host
