"""A discovery service that a test fills and breaks."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class DiscoveryStub:
    """Contract G.1 over a list; *questions* are the queries it was asked, *answer* replaces every answer where it is set."""

    def __init__(self) -> None:
        self.devices: list[dict[str, Any]] = []
        self.questions: list[tuple[str, dict[str, str]]] = []
        self.answer: web.Response | None = None
        self.base = ""

    def knows(self, mac: str, ip: str, **info: Any) -> None:
        """Add a device."""
        self.devices.append({"ip": ip, "mac": mac, "type": "test", "info": {"hostname": f"axe-{mac[-2:]}", **info}})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer as the service does: a piece of a MAC finds all that contain it."""
        self.questions.append((request.path, dict(request.query)))
        if self.answer is not None:
            return web.Response(body=self.answer.body, status=self.answer.status, headers=self.answer.headers)
        parts = [part for part in request.query.get("macs", "").split(",") if part]
        return web.json_response([one for one in self.devices if not parts or any(part in one["mac"].lower() for part in parts)])


@asynccontextmanager
async def discovery_stub() -> AsyncGenerator[DiscoveryStub, None]:
    """Run a stub on loopback."""
    stub = DiscoveryStub()
    app = web.Application()
    app.router.add_get("/discover", stub.handle)
    app.router.add_get("/discovered", stub.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stub
    finally:
        await runner.cleanup()
