"""What Pluto uses of its aiohttp driver."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

class WebSocket:
    environ: Mapping[str, Any]
    def __init__(self, handler: Callable[[Any], Awaitable[object]], server: Any) -> None: ...
    async def wait(self) -> str | bytes: ...
