"""An imitation of Grafana, as strict as the real one about public dashboards, that can also misbehave.

Bodies and rules after Grafana 11 (`pkg/services/publicdashboards`): a dashboard is known once the provisioning scan has
seen its file, a second POST is refused, PATCH wants the record's own uid, and a signed-in user is named by the proxy header.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from parts import free_port

SCAN_S = 10.0
WELL = "well"
BASE = "/grafana/api/dashboards/uid/{uid}/public-dashboards"


class Call(NamedTuple):
    """One request as it came."""

    method: str
    uid: str
    path: str
    headers: dict[str, str]
    body: Any


class FakeGrafana:
    """The state of one Grafana: `mode` says how it behaves (well, hang, 500, garbage, html, redirect, flood, slow, 401)."""

    def __init__(self, folder: Path | None, now_s: Callable[[], float] | None = None) -> None:
        self.folder = folder
        self.mode = WELL
        self.calls: list[Call] = []
        self.public: dict[str, dict[str, Any]] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.delay_s = 0.0
        self.odd: dict[str, int] = {}
        self.refused: set[str] = set()
        self.port = free_port()
        self.lured: list[str] = []
        self._known: set[str] = set()
        self._now_s = now_s
        self._scanned_s = -SCAN_S

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def know(self, *uids: str) -> None:
        """Let dashboards exist without a file."""
        self._known |= set(uids)

    def scan(self) -> None:
        """Read the folder: dashboards that are new are known, those whose file went are gone with what is public of them."""
        if self.folder is None or not self.folder.is_dir():
            return
        found: set[str] = set()
        for file in self.folder.rglob("*"):
            if file.name.endswith(".json"):
                found.add(json.loads(file.read_text("utf-8"))["uid"])  # a half-written file would fail the test here
        self.public = {uid: record for uid, record in self.public.items() if uid in found}
        self._known = found

    def of(self, method: str, uid: str | None = None) -> list[Call]:
        return [call for call in self.calls if call.method == method and uid in (None, call.uid)]

    def is_public(self, uid: str) -> bool:
        return bool(self.public.get(uid, {}).get("isEnabled"))

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["FakeGrafana"]:
        """Listen until the block ends."""
        application = web.Application()
        for path, handler in ((BASE, self._config), (BASE + "/", self._config), (BASE + "/{record}", self._one)):
            application.router.add_route("*", path, handler)
        application.router.add_route("*", "/lure/{rest:.*}", self._lure)
        runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self.port).start()
            yield self
        finally:
            await runner.cleanup()

    async def _config(self, request: web.Request) -> web.StreamResponse:
        return await self._met(request, self._get if request.method == "GET" else self._create)

    async def _one(self, request: web.Request) -> web.StreamResponse:
        return await self._met(request, self._update if request.method == "PATCH" else self._delete)

    async def _met(self, request: web.Request, answer: Callable[[str, str, Any], web.Response]) -> web.StreamResponse:
        text = await request.text()
        body = json.loads(text) if text else None
        uid = request.match_info["uid"]
        self.calls.append(Call(request.method, uid, request.raw_path, dict(request.headers), body))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            if self.mode != WELL:
                return await self._misbehave(request)
            if uid in self.odd or request.method in self.refused:
                return _error(self.odd.get(uid, 500), "publicdashboards.internalServerError", "Internal server error")
            if request.headers.get("X-WEBAUTH-USER") != "admin":
                return _error(401, "", "Unauthorized")
            if request.method in ("POST", "PATCH") and request.content_type != "application/json":
                return _error(415, "", "Unsupported Media Type")
            self._scan_if_due()
            return answer(uid, request.match_info.get("record", ""), body)
        finally:
            self.at_once -= 1

    def _scan_if_due(self) -> None:
        if self._now_s is None:
            self.scan()
        elif self._now_s() - self._scanned_s >= SCAN_S:
            self._scanned_s = self._now_s() // SCAN_S * SCAN_S
            self.scan()

    def _get(self, uid: str, _: str, __: Any) -> web.Response:
        if uid not in self.public:
            return _error(404, "publicdashboards.notFound", "Public dashboard not found")
        return web.json_response(self.public[uid])

    def _create(self, uid: str, _: str, body: Any) -> web.Response:
        if uid not in self._known:
            return _error(404, "publicdashboards.dashboardNotFound", "Dashboard not found")
        if uid in self.public:
            return _error(400, "publicdashboards.dashboardIsPublic", "Dashboard is already public")
        self.public[uid] = {
            "uid": uuid.uuid4().hex[:14],
            "dashboardUid": uid,
            "accessToken": uuid.uuid4().hex,
            "createdBy": 1,
            "updatedBy": 1,
            "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": "2026-01-01T00:00:00Z",
            "timeSelectionEnabled": bool(body.get("timeSelectionEnabled", False)),
            "isEnabled": bool(body.get("isEnabled", False)),
            "annotationsEnabled": False,
            "share": "public",
        }
        return web.json_response(self.public[uid])

    def _update(self, uid: str, record: str, body: Any) -> web.Response:
        if uid not in self._known:
            return _error(404, "publicdashboards.dashboardNotFound", "Dashboard not found")
        if self.public.get(uid, {}).get("uid") != record:
            return _error(404, "publicdashboards.notFound", "Public dashboard not found")
        if body.get("share") not in ("public", "email", None):
            return _error(400, "publicdashboards.invalidShareType", "Invalid share type")
        kept = ("timeSelectionEnabled", "isEnabled", "annotationsEnabled", "share")
        self.public[uid] |= {name: body[name] for name in kept if name in body} | {"updatedAt": body["updatedAt"]}
        return web.json_response(self.public[uid])

    def _delete(self, uid: str, record: str, _: Any) -> web.Response:
        if self.public.get(uid, {}).get("uid") != record:
            return _error(404, "publicdashboards.notFound", "Public dashboard not found")
        del self.public[uid]
        return web.json_response(None)

    async def _lure(self, request: web.Request) -> web.Response:
        self.lured.append(request.path)
        return web.json_response({"uid": "lure", "accessToken": "lure", "isEnabled": True})

    async def _misbehave(self, request: web.Request) -> web.StreamResponse:
        match self.mode:
            case "hang":
                await asyncio.sleep(3600)
            case "500":
                return _error(500, "publicdashboards.internalServerError", "Internal server error")
            case "401":
                return _error(401, "", "Unauthorized")
            case "garbage":
                return web.Response(body=b'{"uid": "x", "isEnabled": tr\xff', content_type="application/json")
            case "list":
                return web.json_response([{"uid": "x", "isEnabled": True, "accessToken": "x"}])
            case "html":
                return web.Response(text="<html><body>Starting</body></html>", content_type="text/html")
            case "redirect":
                return web.Response(status=302, headers={"Location": f"{self.url}/lure{request.path}"})
            case "flood":
                return await self._trickle(request, b" " * 65536, 0.0)
            case "slow":
                return await self._trickle(request, b" ", 0.02)
            case _:
                pass
        raise AssertionError(f"no such mode: {self.mode}")

    async def _trickle(self, request: web.Request, piece: bytes, pause_s: float) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(piece)
            await asyncio.sleep(pause_s)


def _error(status: int, message_id: str, message: str) -> web.Response:
    return web.json_response(
        {"message": message, "messageId": message_id, "statusCode": status, "traceID": ""}
        if message_id
        else {"message": message, "traceID": ""},
        status=status,
    )
