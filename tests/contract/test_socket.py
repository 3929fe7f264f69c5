"""Contract B: how a client of Socket.IO reaches us, what it hears, and what it does not hear."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

import pytest

from discovery_stub import discovery_stub
from running import Running, browser, running

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
NOBODY: Final = "127.8.0.{}:9"


@pytest.fixture
async def pluto(tmp_path: Path) -> AsyncGenerator[Running, None]:
    async with discovery_stub() as stub:
        for number, mac in enumerate((A, B), 1):
            stub.knows(mac, NOBODY.format(number), model="Bitaxe")
        async with running(tmp_path, discovery_service_host=stub.base) as server:
            yield server


async def imprint(pluto: Running) -> None:
    assert (await pluto.ask("PUT", "/devices/imprint", {"macs": [A, B]}))[0] == 200


async def test_the_greeting_is_said_as_often_as_asked(pluto: Running) -> None:
    async with browser(pluto):
        for path in ("/socket/io", "/socket/io/", "/Socket/IO", "/socket/io"):
            assert await pluto.ask("GET", path) == (200, {"message": "Socket started listening to devices"})


@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_path_is_the_same_with_and_without_a_slash(pluto: Running, slash: str) -> None:
    query = "?EIO=4&transport="
    async with pluto.http.get(f"{pluto.base}/socket/io{slash}{query}polling") as answer:
        assert answer.status == 200
        assert (await answer.text()).startswith("0{")
    async with pluto.http.ws_connect(f"{pluto.base}/socket/io{slash}{query}websocket") as socket:
        assert (await socket.receive_str()).startswith("0{")


@pytest.mark.parametrize(
    ("transports", "used"), [(["polling"], "polling"), (["websocket"], "websocket"), (["polling", "websocket"], "websocket")]
)
async def test_a_client_may_poll_use_a_websocket_or_change_to_one(pluto: Running, transports: list[str], used: str) -> None:
    async with browser(pluto, transports) as page:
        await page.client.emit("checkLogsListening")
        await page.until(lambda page: page.of("logsListeningStatus") == [False])
        async with asyncio.timeout(5):
            while page.client.transport() != used:
                await asyncio.sleep(0.02)


async def test_who_connects_hears_nothing_by_that_alone(pluto: Running) -> None:
    await imprint(pluto)
    async with browser(pluto) as page:
        await pluto.ask("GET", "/devices/imprint")
        await page.client.emit("nonsense")
        await page.client.emit("checkLogsListening")
        await page.until(lambda page: bool(page.heard))
        assert page.heard == [("logsListeningStatus", False)]


async def test_an_error_is_the_record_with_the_reason_and_its_last_info(pluto: Running) -> None:
    await imprint(pluto)
    async with browser(pluto) as page:
        await pluto.ask("PUT", "/devices/listen", {"macs": [A]})
        await page.until(lambda page: bool(page.of("error")))
        heard = page.of("error")[0]
        record = await pluto.record(A)
        assert heard == {**record, "error": heard["error"]}
        assert heard["error"].startswith("refused")
        assert (heard["tracing"], heard["info"]) == (False, {"hostname": "axe-0a", "model": "Bitaxe"})
        assert page.of("stat_update") == []


async def test_who_was_not_watched_leaves_without_a_word(pluto: Running) -> None:
    await imprint(pluto)
    async with browser(pluto) as page:
        await pluto.ask("PUT", "/devices/listen", {"macs": [A]})
        await pluto.ask("DELETE", f"/devices/imprint/{B}")
        await pluto.ask("PUT", "/devices/listen", {"macs": []})
        await pluto.ask("DELETE", f"/devices/imprint/{A}")
        await page.client.emit("checkLogsListening")
        await page.until(lambda page: bool(page.of("logsListeningStatus")))
        assert page.of("device_removed") == [{"ipRemoved": NOBODY.format(1), "remainingIps": [], "mac": A}]


async def test_the_switch_is_off_again_after_a_start(pluto: Running, tmp_path: Path) -> None:
    async with browser(pluto) as page:
        await page.client.emit("enableLogsListening")
        await page.until(lambda page: page.of("logsListeningStatus") == [True])
    async with running(tmp_path / "other") as again, browser(again) as page:
        await page.client.emit("checkLogsListening")
        await page.until(lambda page: page.of("logsListeningStatus") == [False])
