"""What Pluto uses of its aiohttp driver."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

def translate_request(request: web.BaseRequest) -> dict[str, Any]: ...

class WebSocket:
    environ: Mapping[str, Any]
    handler: Callable[[Any], Awaitable[object]]
    server: Any
    _sock: web.WebSocketResponse
    def __init__(self, handler: Callable[[Any], Awaitable[object]], server: Any) -> None: ...
    async def wait(self) -> str | bytes: ...
