"""Contract A.1: what holds for every route, seen by a client."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from pluto.api.routes import ROUTES, Route
from running import Running, running

WRITES = [route for route in ROUTES if route.method in ("POST", "PUT", "PATCH", "DELETE")]


@pytest.fixture
async def pluto(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as server:
        yield server


def path_of(route: Route) -> str:
    return route.path.replace("{id}", "02:00:00:00:00:01").replace("{presetId}", "none")


async def raw(pluto: Running, request: bytes) -> tuple[int, bytes, bytes]:
    """Send bytes as they are; return status, head and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", pluto.app.port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
    body = await reader.readexactly(length)
    writer.close()
    return int(head.split()[1]), head, body


@pytest.mark.parametrize(
    "body", [b"{", b"7", b'"x"', b"[1", b'{"macs":[],"macs":[]}', b"NaN", b"\xff", b"[" * 40 + b"]" * 40, b"1e999"]
)
async def test_a_body_that_is_no_clear_json_object_is_refused(pluto: Running, body: bytes) -> None:
    async with pluto.http.put(pluto.base + "/devices/imprint", data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400
        assert "error" in await answer.json()


@pytest.mark.parametrize("route", WRITES, ids=lambda route: f"{route.method} {route.path}")
async def test_a_form_is_refused_everywhere(pluto: Running, route: Route) -> None:
    if route.method == "DELETE":
        return
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with pluto.http.request(route.method, pluto.base + path_of(route), data=b"a=b", headers=form) as answer:
        assert answer.status == 415


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_a_foreign_name_and_a_foreign_page_are_refused_everywhere(pluto: Running, route: Route) -> None:
    url = pluto.base + path_of(route)
    for headers, status in (
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
    ):
        async with pluto.http.request(route.method, url, headers=headers) as answer:
            assert answer.status == status, headers
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_search_may_not_be_started_by_a_link_on_another_page(pluto: Running) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with pluto.http.get(pluto.base + "/devices/discover", headers=headers) as answer:
        assert answer.status == 403
    async with pluto.http.get(pluto.base + "/", headers=headers) as answer:
        assert answer.status == 200


async def test_the_socket_stands_behind_the_same_gate(pluto: Running) -> None:
    url = pluto.base + "/socket/io/?EIO=4&transport=polling"
    for headers, status in (({}, 200), ({"Host": "evil.example"}, 421), ({"Origin": "http://evil.example"}, 403)):
        async with pluto.http.get(url, headers=headers) as answer:
            assert answer.status == status
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_an_odd_socket_request_is_refused_and_harms_nobody(pluto: Running) -> None:
    for query in ("EIO=4&transport=polling&sid=nobody", "EIO=3&transport=polling", "EIO=4&transport=carrier-pigeon"):
        async with pluto.http.get(f"{pluto.base}/socket/io/?{query}") as answer:
            assert answer.status == 400
    assert (await pluto.ask("GET", "/healthz"))[0] == 200


@pytest.mark.parametrize(
    ("path", "limit"), [("/devices/imprint/02:00:00:00:00:01", 102_400), ("/devices/imprint", 2 * 1024 * 1024)]
)
@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_over_the_limit_is_refused_and_the_server_goes_on(
    pluto: Running, path: str, limit: int, is_chunked: bool
) -> None:
    method = "PATCH" if "02:" in path else "PUT"

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(limit // 1000 + 2):
            yield b" " * 1000

    body = pieces() if is_chunked else io.BytesIO(b" " * (limit + 1))
    try:
        async with pluto.http.request(
            method, pluto.base + path, data=body, headers={"Content-Type": "application/json"}
        ) as answer:
            assert answer.status == 413
    except aiohttp.ClientOSError:
        pass  # the server stopped reading and closed
    assert (await pluto.ask("GET", "/healthz"))[0] == 200


async def test_words_of_a_path_match_in_any_case_and_a_slash_changes_nothing(pluto: Running) -> None:
    for path in ("/Devices/IMPRINT", "/devices/imprint/", "/DEVICES/imprint//", "/devices/%69mprint"):
        assert (await pluto.ask("GET", path))[0] == 200


async def test_head_works_wherever_get_does(pluto: Running) -> None:
    for route in ROUTES:
        if route.method == "GET" and not route.acts:
            url = pluto.base + path_of(route)
            async with pluto.http.get(url, allow_redirects=False) as got, pluto.http.head(url) as headed:
                assert headed.status == got.status
                assert await headed.read() == b""


async def test_unknown_paths_and_methods(pluto: Running) -> None:
    assert (await pluto.ask("GET", "/nothing"))[0] == 404
    assert (await pluto.ask("GET", "/devices/imprint/a/b/c"))[0] == 404
    status, answer = await pluto.ask("DELETE", "/devices/listen")
    assert status == 405
    assert "PUT" in answer["error"]


async def test_json_answers_say_so_and_carry_safe_headers(pluto: Running) -> None:
    async with pluto.http.get(pluto.base + "/devices/imprint") as answer:
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "aiohttp" not in answer.headers["Server"]
    async with pluto.http.get(pluto.base + "/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {414, 431}),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20000 + b"\r\n\r\n", {431}),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(120)) + b"\r\n", {431}),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (b"rubbish\r\n\r\n", {400}),
    ],
)
async def test_unreadable_requests_get_a_status_and_a_sentence(pluto: Running, request_bytes: bytes, statuses: set[int]) -> None:
    status, _, body = await raw(pluto, request_bytes)
    assert status in statuses
    assert set(json.loads(body)) == {"error"}


async def test_the_openapi_document_is_served(pluto: Running) -> None:
    status, document = await pluto.ask("GET", "/openapi.json")
    assert status == 200
    assert document["openapi"] == "3.1.0"
