"""The page's files on the server's port: pages for a browser, JSON for a program, old links, and what a browser may keep."""

import gzip
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest

from pluto.api.routes import ROUTES, Match, Router
from pluto.api.static import PAGE_PATHS
from pluto.simulator.server import SimulatedFleet
from running import Running, running

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
SCRIPT = b"console.log(1);" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>the app</title>")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "index-abc123.js").write_bytes(SCRIPT)
    (folder / "assets" / "index-abc123.js.gz").write_bytes(gzip.compress(SCRIPT))
    return folder


@pytest.fixture
async def fleet() -> AsyncGenerator[SimulatedFleet, None]:
    async with SimulatedFleet(3, first="127.38.1.1") as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, built: Path, fleet: SimulatedFleet) -> AsyncGenerator[Running, None]:
    async with running(tmp_path, fleet, page_folder=built) as server:
        yield server


async def get(pluto: Running, path: str, headers: dict[str, str] = BROWSER) -> tuple[aiohttp.ClientResponse, str]:
    async with pluto.http.get(pluto.base + path, headers=headers, allow_redirects=False) as answer:
        return answer, await answer.text()


def some(path: str) -> str:
    return path.replace("{mac}", "020000000001").replace("{id}", "7")


@pytest.mark.parametrize("path", PAGE_PATHS)
async def test_every_page_path_starts_the_app_under_the_strict_policy(pluto: Running, path: str) -> None:
    answer, text = await get(pluto, some(path))
    assert (answer.status, "the app" in text) == (200, True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_path_is_a_path_of_the_contract() -> None:
    router = Router(ROUTES)
    shadowed = [path for path in PAGE_PATHS if isinstance(router.find("GET", some(path)), Match)]
    assert shadowed == ["/"]


async def test_hashed_files_are_kept_for_ever_and_sent_packed_to_who_can_read_that(pluto: Running) -> None:
    async with pluto.http.get(pluto.base + "/assets/index-abc123.js", headers={"Accept-Encoding": "gzip"}) as packed:
        assert await packed.read() == SCRIPT
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "immutable" in packed.headers["Cache-Control"]
        assert packed.content_type == "text/javascript"
    async with pluto.http.get(pluto.base + "/assets/index-abc123.js", headers={"Accept-Encoding": "identity"}) as plain:
        assert await plain.read() == SCRIPT
        assert "Content-Encoding" not in plain.headers
    answer, _ = await get(pluto, "/icon.svg")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("image/svg+xml", "no-cache")


@pytest.mark.parametrize("path", ["/nothing", "/miners/a/b/c", "/assets/gone.js", "/assets/../app.py", "/assets/%2e%2e/app.py"])
async def test_an_unknown_path_is_a_page_for_a_browser_and_json_for_a_program(pluto: Running, path: str) -> None:
    answer, text = await get(pluto, path)
    assert (answer.status, "the app" in text) == (404, True)
    answer, text = await get(pluto, path, {"Accept": "application/json"})
    assert (answer.status, answer.content_type) == (404, "application/json")


async def test_an_unknown_path_of_the_interface_is_json_for_everybody(pluto: Running) -> None:
    answer, _ = await get(pluto, "/api/v1/nothing")
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/devices", "/devices/", "/device-settings", "/monitoring"])
async def test_links_of_the_old_web_client_lead_to_the_miners(pluto: Running, path: str) -> None:
    answer, _ = await get(pluto, path)
    assert (answer.status, answer.headers["Location"]) == (302, "/miners")


async def test_an_old_link_to_a_miner_leads_to_it_unless_two_have_its_name(pluto: Running, fleet: SimulatedFleet) -> None:
    await pluto.imprint(fleet.miners)
    records = [await pluto.record(miner.mac) for miner in fleet.miners]
    name = records[0]["info"]["hostname"]
    answer, _ = await get(pluto, f"/monitoring/{name}")
    assert answer.headers["Location"] == f"/miners/{fleet.miners[0].mac.replace(':', '').lower()}"
    await pluto.ask("PATCH", f"/devices/imprint/{fleet.miners[1].mac}", {"device": {"info": {"hostname": name}}})
    answer, _ = await get(pluto, f"/monitoring/{name}")
    assert answer.headers["Location"] == f"/miners?q={name}"
    answer, _ = await get(pluto, "/monitoring/%0d%0aX-Evil:%201")
    assert answer.headers["Location"] == "/miners?q=%0D%0AX-Evil%3A%201"


async def test_a_link_from_another_site_may_open_a_page_and_nothing_else(pluto: Running) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert (await get(pluto, "/miners", BROWSER | foreign))[0].status == 200
    assert (await get(pluto, "/miners", BROWSER | foreign | {"Sec-Fetch-Mode": "no-cors"}))[0].status == 403


async def test_without_built_files_the_plain_page_explains_and_the_api_works(tmp_path: Path) -> None:
    async with running(tmp_path, page_folder=tmp_path / "none") as server:
        answer, text = await get(server, "/")
        assert (answer.status, "not built" in text) == (200, True)
        assert (await get(server, "/miners"))[0].status == 404
        assert (await server.ask("GET", "/devices/imprint"))[0] == 200
