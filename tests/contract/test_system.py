"""Contract A.2, A.8: changing and restarting a miner, byte for byte."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Running, running

NO_DEVICE = (404, {"error": "Device not found"})
DONE = "Device system info updated successfully"


@pytest.fixture
async def fleet() -> AsyncGenerator[SimulatedFleet, None]:
    options = Options(boot_s=0.1)
    async with SimulatedFleet(2, first="127.32.0.1", profiles=("axeos-2.15", "axeos-2.12"), options=options) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncGenerator[Running, None]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners)
        yield server


async def patch(pluto: Running, miner: SimulatedMiner, **body: Any) -> tuple[int, Any]:
    return await pluto.ask("PATCH", f"/devices/{miner.mac}/system", body)


async def test_a_change_answers_the_request_and_leaves_the_record_as_it_was(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[1]
    before = await pluto.record(miner.mac)
    info = {"frequency": 500, "wifiPass": "hunter22", "frequencyOptions": [], "coreVoltageOptions": [1]}
    status, answer = await patch(pluto, miner, info=info, mac="kept", deep={"apiToken": "hunter22"})
    assert status == 200
    assert json.dumps(answer) == json.dumps(
        {
            "message": DONE,
            "data": {"info": {"frequency": 500, "frequencyOptions": [], "coreVoltageOptions": [1]}, "mac": "kept", "deep": {}},
            "notApplied": [{"field": "wifiPass", "reason": "restart needed"}],
        }
    )
    assert miner.received == [b'{"frequency":500,"wifiPass":"hunter22"}']
    head = miner.requests.heads[-2]
    assert b"\r\nContent-Length: 39" in head
    assert b"\r\nContent-Type: application/json" in head
    assert not any(name in head.lower() for name in (b"origin", b"cookie", b"referer", b"authorization", b"chunked"))
    assert await pluto.record(miner.mac) == before


async def test_when_all_took_effect_nothing_is_said_of_it(pluto: Running, fleet: SimulatedFleet) -> None:
    assert await patch(pluto, fleet.miners[1], info={"frequency": 500}) == (
        200, {"message": DONE, "data": {"info": {"frequency": 500}}},
    )  # fmt: skip


async def test_a_preset_goes_into_the_pools_of_a_new_firmware(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    configuration = {"stratumURL": "pool.example", "stratumPort": "4444", "stratumUser": "theirs", "stratumPassword": "hunter22"}
    uuid = (await pluto.ask("POST", "/presets", {"configuration": configuration}))[1]["data"]["uuid"]
    status, answer = await patch(pluto, miner, presetUuid=uuid)
    assert status == 200
    assert answer["data"] == {"presetUuid": uuid, "info": {"stratumURL": "pool.example", "stratumPort": 4444}}
    assert answer["notApplied"] == [
        {"field": name, "reason": "restart needed"} for name in ("stratumURL", "stratumPort", "stratumPassword")
    ]
    pools: Any = miner.settings["pools"]
    assert [pool["stratumPassword"] for pool in pools] == ["hunter22", "x"]
    assert (pools[0]["stratumURL"], pools[0]["stratumUser"]) == (
        "pool.example",
        "bc1qsimulated0000000000000000000000000000.garage-01",
    )
    assert "presetUuid" not in await pluto.record(miner.mac)


async def test_what_cannot_be_is_refused_with_nothing_sent(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[1]
    assert await pluto.ask("PATCH", "/devices/02:00:00:00:0f:ff/system", {"info": {}}) == NO_DEVICE
    assert await pluto.ask("POST", "/devices/02:00:00:00:0f:ff/system/restart") == NO_DEVICE
    assert await patch(pluto, miner, info={}, presetUuid="none") == (400, {"error": "Associated Preset id not available"})
    assert (await patch(pluto, miner, info=[]))[0] == 400
    assert (await patch(pluto, miner))[0] == 400
    assert (await patch(pluto, miner, info={"hostname": "n" * 10_240}))[0] == 400
    await pluto.ask("PATCH", f"/devices/imprint/{miner.mac}", {"device": {"ip": None}})
    no_address = (400, {"error": "Device IP not available"})
    assert await patch(pluto, miner, info={}) == no_address
    assert await pluto.ask("POST", f"/devices/{miner.mac}/system/restart") == no_address
    assert miner.received == []


@pytest.mark.parametrize("text", ['"\\ud800"', "1" * 5000])
async def test_what_no_miner_can_be_told_is_the_clients_fault(pluto: Running, fleet: SimulatedFleet, text: str) -> None:
    url, headers = f"{pluto.base}/devices/{fleet.miners[1].mac}/system", {"Content-Type": "application/json"}
    async with pluto.http.patch(url, data=f'{{"info":{{"hostname":{text}}}}}', headers=headers) as answer:
        assert answer.status == 400


async def test_a_miner_that_refuses_or_is_away_is_told_with_these_two_keys(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[1]
    assert await patch(pluto, miner, info={"stratumPort": "hunter22", "wifiPass": "hunter22"}) == (
        500, {"error": "Failed to update device system info", "details": "Wrong API input"},
    )  # fmt: skip
    miner.fault("status-500", only="write", status="500 Oops", text='{"why":"hunter22","stratumPassword":"hunter22"}')
    assert await patch(pluto, miner, info={"wifiPass": "hunter22"}) == (
        500, {"error": "Failed to update device system info", "details": {"why": "***"}},
    )  # fmt: skip
    assert await pluto.ask("POST", f"/devices/{miner.mac}/system/restart") == (
        500, {"error": "Failed to restart the device", "details": {"why": "hunter22"}},
    )  # fmt: skip
    miner.fault("wrong-mac")
    assert await patch(pluto, miner, info={"frequency": 500}) == (
        500, {"error": "Failed to update device system info", "details": "the miner at this address is 02:ee:ee:ee:ee:ee"},
    )  # fmt: skip
    miner.fault("refused")
    status, answer = await pluto.ask("POST", f"/devices/{miner.mac}/system/restart")
    assert (status, list(answer), answer["error"]) == (500, ["error", "details"], "Failed to restart the device")


async def test_a_restart_answers_what_the_miner_said(pluto: Running, fleet: SimulatedFleet) -> None:
    said = [{"message": "System will restart shortly."}, "System will restart shortly."]
    for miner, words in zip(fleet.miners, said, strict=True):
        assert await pluto.ask("POST", f"/devices/{miner.mac}/system/restart") == (
            200, {"message": "Device restarted successfully", "data": words},
        )  # fmt: skip
        assert miner.requests.counts["POST /api/system/restart"] == 1


async def test_one_write_too_many_is_told_when_to_come_again(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[1]
    miner.fault("hang", only="info")
    writes = [asyncio.create_task(patch(pluto, miner, info={"frequency": 500})) for _ in range(7)]
    done, _ = await asyncio.wait(writes, return_when=asyncio.FIRST_COMPLETED)
    assert {task.result()[0] for task in done} == {503}
    url = f"{pluto.base}/devices/{miner.mac}/system/restart"
    async with pluto.http.post(url) as answer:
        assert (answer.status, answer.headers["Retry-After"], list(await answer.json())) == (503, "15", ["error"])
    miner.fault("refused")
    assert sorted(status for status, _ in await asyncio.gather(*writes)) == [500] * 5 + [503] * 2
