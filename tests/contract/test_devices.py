"""Contract A.2, A.4 to A.7: the routes of the miners, body by body."""

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from discovery_stub import DiscoveryStub, discovery_stub
from running import Running, browser, running

A, B, C = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"
NONE_FOUND = {"message": "No devices found for the provided MAC addresses"}
FAILED = {"error": "Failed to process the request"}


@pytest.fixture
async def discovery() -> AsyncGenerator[DiscoveryStub, None]:
    async with discovery_stub() as stub:
        for mac, ip in ((A, "127.8.0.1"), (B, "127.8.0.2"), (C, "127.8.0.3")):
            stub.knows(mac, ip, ASICModel="BM1370", stratumPassword="hunter2", nested={"wifiPass": "hunter2"})
        yield stub


@pytest.fixture
async def pluto(tmp_path: Path, discovery: DiscoveryStub) -> AsyncGenerator[Running, None]:
    async with running(tmp_path, discovery_service_host=discovery.base) as server:
        yield server


async def imprinted(pluto: Running, *macs: str) -> list[dict[str, Any]]:
    status, answer = await pluto.ask("PUT", "/devices/imprint", {"macs": list(macs)})
    assert status == 200
    assert answer["message"] == "Devices imprint successful"
    data: list[dict[str, Any]] = answer["data"]
    return data


async def all_macs(pluto: Running) -> set[str]:
    return {record["mac"] for record in (await pluto.ask("GET", "/devices/imprint"))[1]["data"]}


async def test_discover_passes_the_devices_on_without_secrets(pluto: Running, discovery: DiscoveryStub) -> None:
    status, devices = await pluto.ask("GET", f"/devices/discover?ip=127.8.0.1&mac={A}")
    assert status == 200
    assert discovery.questions == [("/discover", {"ip": "127.8.0.1", "mac": A})]
    assert devices[0] == {
        "ip": "127.8.0.1", "mac": A, "type": "test", "info": {"hostname": "axe-0a", "ASICModel": "BM1370", "nested": {}},
    }  # fmt: skip


async def test_discovered_sends_lists_only_where_they_are_given_and_the_ways_always(
    pluto: Running, discovery: DiscoveryStub
) -> None:
    await pluto.ask("GET", "/devices/discovered?macs=a%26b,c&ips=&partialMatch=left&partialIps=none")
    await pluto.ask("GET", "/devices/discovered?partialMatch=true&partialHostnames=false")
    ways = {"partialMacs": "left", "partialIps": "none", "partialHostnames": "left"}
    assert discovery.questions[0] == ("/discovered", {"macs": "a&b,c", **ways})
    assert discovery.questions[1] == ("/discovered", {"partialMacs": "both", "partialIps": "both", "partialHostnames": "none"})


@pytest.mark.parametrize("path", ["/devices/discover", "/devices/discovered"])
@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=500),
        web.Response(text="<html>"),
        web.Response(text="{}"),
        web.Response(status=302, headers={"Location": "/"}),
    ],
    ids=["500", "html", "object", "redirect"],
)
async def test_discovery_failing_is_told(pluto: Running, discovery: DiscoveryStub, path: str, answer: web.Response) -> None:
    discovery.answer = answer
    assert await pluto.ask("GET", path) == (500, {"error": "Discovery service failed"})


async def test_imprint_registers_exact_macs_only(pluto: Running) -> None:
    records = await imprinted(pluto, A.upper().replace(":", "-"))
    assert [record["mac"] for record in records] == [A]
    assert "hunter2" not in str(records)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", records[0]["createdAt"])
    assert records[0]["createdAt"] == records[0]["updatedAt"]
    assert await pluto.ask("PUT", "/devices/imprint", {"macs": ["02"]}) == (404, NONE_FOUND)
    assert await pluto.ask("PUT", "/devices/imprint", {"macs": []}) == (404, NONE_FOUND)
    assert await all_macs(pluto) == {A}


@pytest.mark.parametrize("body", [None, {}, {"macs": "x"}, {"macs": [1]}, {"macs": None}, {"macs": ["x"] * 2001}])
async def test_imprint_needs_a_list_of_macs(pluto: Running, body: object) -> None:
    status, answer = await pluto.ask("PUT", "/devices/imprint", body)
    assert status == 400
    assert "error" in answer
    assert await all_macs(pluto) == set()


async def test_imprint_with_discovery_failing_stores_nothing(pluto: Running, discovery: DiscoveryStub) -> None:
    discovery.answer = web.Response(status=500)
    assert await pluto.ask("PUT", "/devices/imprint", {"macs": [A]}) == (500, FAILED)
    assert await pluto.ask("PATCH", "/devices/imprint", {"mac": A}) == (500, FAILED)
    assert await all_macs(pluto) == set()


async def test_imprinting_again_keeps_what_is_ours(pluto: Running, discovery: DiscoveryStub) -> None:
    before = (await imprinted(pluto, A))[0]
    await pluto.ask("PATCH", f"/devices/imprint/{A}", {"device": {"presetUuid": "p", "note": "garage"}})
    discovery.devices[0]["ip"] = "127.8.0.9"
    after = (await imprinted(pluto, A))[0]
    assert (after["createdAt"], after["presetUuid"], after["note"]) == (before["createdAt"], "p", "garage")
    assert after["ip"] == "127.8.0.9"
    assert after["updatedAt"] >= before["updatedAt"]


async def test_one_more_answers_all_and_refreshes_those_discovery_knows(pluto: Running, discovery: DiscoveryStub) -> None:
    await imprinted(pluto, A, B)
    del discovery.devices[0]
    discovery.devices[0]["ip"] = "127.8.0.22"
    status, answer = await pluto.ask("PATCH", "/devices/imprint", {"mac": C})
    assert status == 200
    assert {record["mac"]: record["ip"] for record in answer["data"]} == {A: "127.8.0.1", B: "127.8.0.22", C: "127.8.0.3"}
    assert await pluto.ask("PATCH", "/devices/imprint", {"mac": "02:00:00:00:00:ff"}) == (404, NONE_FOUND)
    assert (await pluto.ask("PATCH", "/devices/imprint", {}))[0] == 400


async def test_the_list_is_newest_first_filtered_and_has_tuning_options(pluto: Running) -> None:
    await imprinted(pluto, A)
    await asyncio.sleep(0.002)
    await imprinted(pluto, B)
    status, answer = await pluto.ask("GET", "/devices/imprint")
    assert (status, answer["message"]) == (200, "Devices retrieved successfully")
    assert [record["mac"] for record in answer["data"]] == [B, A]
    options = answer["data"][0]["info"]
    assert {"label": "525 (default)", "value": 525} in options["frequencyOptions"]
    assert [choice["value"] for choice in options["coreVoltageOptions"]] == [1000, 1060, 1100, 1150, 1200, 1250]
    await pluto.ask("PATCH", f"/devices/imprint/{A}", {"device": {"info": {"hostname": "Garage"}}})
    for part, found in (("0.2", [B]), ("gARAGE", [A]), ("AXE-0B", [B]), (B.upper(), [B]), ("nothing", [])):
        assert [record["mac"] for record in (await pluto.ask("GET", f"/devices/imprint?q={part}"))[1]["data"]] == found


async def test_an_asic_nobody_knows_offers_what_the_miner_itself_reports(pluto: Running) -> None:
    await imprinted(pluto, A)
    info = {"ASICModel": "BZM", "frequencyOptions": [1, 2], "coreVoltageOptions": 3}
    await pluto.ask("PATCH", f"/devices/imprint/{A}", {"device": {"info": info}})
    shown = (await pluto.ask("GET", "/devices/imprint"))[1]["data"][0]["info"]
    assert (shown["frequencyOptions"], shown["coreVoltageOptions"]) == ([1, 2], [])
    assert (await pluto.record(A))["info"] == info


async def test_one_record_in_any_spelling_or_null(pluto: Running) -> None:
    await imprinted(pluto, A)
    for spelling in (A, A.upper(), A.replace(":", "-"), A.replace(":", "%3A")):
        status, answer = await pluto.ask("GET", f"/devices/imprint/{spelling}")
        assert (status, answer["message"], answer["data"]["mac"]) == (200, "Device retrieved successfully", A)
    assert await pluto.ask("GET", "/devices/imprint/nobody") == (200, {"message": "Device retrieved successfully", "data": None})


async def test_an_update_merges_and_cannot_change_who_it_is(pluto: Running) -> None:
    before = (await imprinted(pluto, A))[0]
    changes = {"ip": None, "presetUuid": None, "createdAt": "x", "note": {"deep": {"password": "hunter2", "kept": 1}}}
    status, answer = await pluto.ask("PATCH", f"/devices/imprint/{A.upper()}", {"device": changes})
    assert (status, answer["message"]) == (200, "Device updated successfully")
    record = answer["data"]
    assert (record["ip"], record["presetUuid"], record["createdAt"]) == (None, None, before["createdAt"])
    assert record["note"] == {"deep": {"kept": 1}}
    assert record["info"] == before["info"]
    answer = (await pluto.ask("PATCH", f"/devices/imprint/{A}", {"device": {"info": {"x": 1, "wifiPass": "hunter2"}}}))[1]
    assert answer["data"]["info"] == {"x": 1}


@pytest.mark.parametrize(
    "device",
    [
        None, 7, [], "x", {"ip": 7}, {"ip": "127.1"}, {"ip": "bitaxe.local"}, {"ip": "8.8.8.8"}, {"ip": "127.0.0.1:0"},
        {"ip": "169.254.1.1"}, {"ip": "10.0.0.1/x"}, {"ip": "::1"}, {"info": []}, {"mac": B, "note": "x"}, {"presetUuid": 7},
    ],
)  # fmt: skip
async def test_a_bad_update_changes_nothing_at_all(pluto: Running, device: object) -> None:
    before = (await imprinted(pluto, A))[0]
    body = {} if device is None else {"device": device}
    status, answer = await pluto.ask("PATCH", f"/devices/imprint/{A}", body)
    assert status == 400
    assert isinstance(answer["error"], str)
    assert await pluto.record(A) == before


async def test_an_unknown_miner_is_not_made_by_updating_or_removing(pluto: Running) -> None:
    missing = (404, {"message": "Device not found", "data": None})
    assert await pluto.ask("PATCH", f"/devices/imprint/{A}", {"device": {"ip": "127.8.0.1"}}) == missing
    assert await pluto.ask("DELETE", f"/devices/imprint/{A}") == missing
    assert await all_macs(pluto) == set()


async def test_removing_answers_the_record_as_it_was(pluto: Running) -> None:
    before = (await imprinted(pluto, A))[0]
    assert await pluto.ask("DELETE", f"/devices/imprint/{A}") == (200, {"message": "Device deleted successfully", "data": before})
    assert await pluto.record(A) is None


async def test_those_of_a_preset(pluto: Running) -> None:
    await imprinted(pluto, A, B)
    await pluto.ask("PATCH", f"/devices/imprint/{B}", {"device": {"presetUuid": "p1"}})
    status, answer = await pluto.ask("GET", "/devices/presets/p1")
    assert (status, answer["message"]) == (200, "Devices by preset retrieved successfully")
    assert [record["mac"] for record in answer["data"]] == [B]
    assert (await pluto.ask("GET", "/devices/presets/none"))[1]["data"] == []


async def test_listening_follows_the_list(pluto: Running) -> None:
    await imprinted(pluto, A, B, C)
    lists: list[tuple[object, set[str]]] = [
        ({"macs": [A, "nobody"]}, {A}),
        ({"macs": [A, B.upper()]}, {A, B}),
        ({}, {A, B, C}),
        (None, {A, B, C}),
        ({"macs": []}, set()),
    ]
    for body, watched in lists:
        status, answer = await pluto.ask("PUT", "/devices/listen", body)
        assert (status, answer["message"]) == (200, "Devices listeners set successfully")
        assert {record["mac"] for record in answer["data"]} == watched
        assert (await pluto.metrics())["total_hardware"] == len(watched)
    refused: list[object] = [{"macs": "x"}, {"macs": [1]}, {"macs": [], "traceLogs": 1}]
    for bad in refused:
        assert (await pluto.ask("PUT", "/devices/listen", bad))[0] == 400


async def test_leaving_tells_who_is_left_in_the_order_watching_began(pluto: Running) -> None:
    await imprinted(pluto, A)
    await asyncio.sleep(0.002)
    await imprinted(pluto, B)
    await asyncio.sleep(0.002)
    await imprinted(pluto, C)
    async with browser(pluto) as page:
        await pluto.ask("PUT", "/devices/listen")
        await pluto.ask("PUT", "/devices/listen", {"macs": [A, C]})
        await page.until(lambda page: bool(page.of("device_removed")))
        assert page.of("device_removed") == [{"ipRemoved": "127.8.0.2", "remainingIps": ["127.8.0.3", "127.8.0.1"], "mac": B}]


async def test_twenty_at_once_are_twenty(pluto: Running, discovery: DiscoveryStub) -> None:
    macs = [f"02:00:00:00:01:{n:02x}" for n in range(20)]
    for n, mac in enumerate(macs):
        discovery.knows(mac, f"127.8.1.{n + 1}")
    answers = await asyncio.gather(*(pluto.ask("PATCH", "/devices/imprint", {"mac": mac}) for mac in macs))
    assert {status for status, _ in answers} == {200}
    assert await all_macs(pluto) == set(macs)


async def test_the_switch_of_the_logs(pluto: Running) -> None:
    async with browser(pluto) as page, browser(pluto, ["polling"]) as other:
        await page.client.emit("checkLogsListening")
        await page.until(lambda page: page.of("logsListeningStatus") == [False])
        await other.client.emit("enableLogsListening")
        await page.until(lambda page: page.of("logsListeningStatus") == [False, True])
        await other.client.emit("disableLogsListening", {"extra": 1})
        await page.until(lambda page: page.of("logsListeningStatus") == [False, True, False])
        await page.client.emit("nonsense", {"x": 1})
        assert other.of("logsListeningStatus") == [True, False]
