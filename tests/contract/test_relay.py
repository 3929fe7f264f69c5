"""Questions to Prometheus: the guard rails, and what is passed on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from pluto.services import relay
from running import Running, running


class Prometheus:
    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer = web.json_response({"status": "success", "data": {}})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, dict(request.query)))
        if self.answer.status == 504:
            await asyncio.sleep(30)
        return web.Response(body=self.answer.body, status=self.answer.status, headers=self.answer.headers)


@pytest.fixture
async def prometheus() -> AsyncGenerator[tuple[Prometheus, str], None]:
    stub = Prometheus()
    app = web.Application()
    app.router.add_get("/{path:.*}", stub.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield stub, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def asking(folder: Path, url: str) -> AsyncGenerator[Running, None]:
    async with running(folder, prometheus_host=url) as pluto:
        yield pluto


async def test_what_is_allowed_is_passed_on_with_the_step_in_seconds(tmp_path: Path, prometheus: tuple[Prometheus, str]) -> None:
    stub, url = prometheus
    async with asking(tmp_path, url) as pluto:
        assert await pluto.ask("GET", "/prometheus/query?query=up&time=1700000000.5") == (200, {"status": "success", "data": {}})
        for step in ("15", "15s", "2m", "1h"):
            path = f"/prometheus/query_range?query=up%7Ba%3D%22b%22%7D&start=1700000000&end=1700086400&step={step}"
            assert (await pluto.ask("GET", path))[0] == 200
    assert stub.asked[0] == ("/api/v1/query", {"query": "up", "time": "1700000000.5"})
    assert [one["step"] for _, one in stub.asked[1:]] == ["15s", "15s", "120s", "3600s"]
    assert stub.asked[1] == (
        "/api/v1/query_range",
        {"query": 'up{a="b"}', "start": "1700000000", "end": "1700086400", "step": "15s"},
    )


@pytest.mark.parametrize(
    "path",
    [
        "query", "query?query=", "query?query=%20", "query?query=up&time=now", "query?query=up&time=-1",
        "query?query=" + "x" * 8001,
        "query_range?query=up", "query_range?query=up&start=1&end=2", "query_range?query=up&start=2&end=1&step=15",
        "query_range?query=up&start=1&end=1&step=15", "query_range?query=up&start=1&end=700000&step=3600",
        "query_range?query=up&start=1&end=100&step=4", "query_range?query=up&start=1&end=100&step=2h",
        "query_range?query=up&start=1&end=100&step=1d", "query_range?query=up&start=1&end=100000&step=5",
        "query_range?start=1&end=100&step=15", "query_range?query=up&start=a&end=100&step=15",
    ],
)  # fmt: skip
async def test_a_broken_rule_is_named_and_nothing_is_asked(tmp_path: Path, prometheus: tuple[Prometheus, str], path: str) -> None:
    stub, url = prometheus
    async with asking(tmp_path, url) as pluto:
        status, answer = await pluto.ask("GET", "/prometheus/" + path)
    assert (status, answer["status"], set(answer)) == (400, "error", {"status", "error"})
    assert stub.asked == []


async def test_its_own_error_is_passed_on(tmp_path: Path, prometheus: tuple[Prometheus, str]) -> None:
    stub, url = prometheus
    stub.answer = web.json_response({"status": "error", "errorType": "bad_data", "error": "parse error"}, status=400)
    async with asking(tmp_path, url) as pluto:
        status, answer = await pluto.ask("GET", "/prometheus/query?query=up(")
    assert (status, answer["errorType"]) == (400, "bad_data")


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="<html>"),
        web.Response(status=302, headers={"Location": "/elsewhere"}),
        web.Response(body=b'"' + b"x" * 5_000_000 + b'"'),
        web.Response(status=504),
    ],
    ids=["html", "redirect", "flood", "hang"],
)
async def test_no_answer_is_told(
    tmp_path: Path, prometheus: tuple[Prometheus, str], answer: web.Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LIMIT_S", 0.3)
    stub, url = prometheus
    stub.answer = answer
    async with asking(tmp_path, url) as pluto:
        status, said = await pluto.ask("GET", "/prometheus/query?query=up")
    assert (status, said["status"], len(stub.asked)) == (500, "error", 1)


async def test_nobody_there_is_told(tmp_path: Path) -> None:
    async with asking(tmp_path, "http://127.0.0.1:9") as pluto:
        status, said = await pluto.ask("GET", "/prometheus/query?query=up")
    assert (status, said["status"]) == (500, "error")
    assert "PROMETHEUS_HOST" in said["error"]
