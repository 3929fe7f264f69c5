"""A running fleet is broken and healed over HTTP, the mock list speaks as the contract says, the command ends cleanly."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from pluto.cli.simulate import simulate
from pluto.simulator.control import ControlRoute
from pluto.simulator.faults import FAULTS
from pluto.simulator.mock_list import BadMock, MockList, MockSettings, mock_settings
from pluto.simulator.server import Options, SimulatedFleet
from simulator_client import PATIENCE_S, RawClient, ask, info, request

Running = tuple[SimulatedFleet, str, aiohttp.ClientSession]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    options = Options(boot_s=0.05)
    async with SimulatedFleet(3, options=options) as fleet, ControlRoute(fleet) as control, aiohttp.ClientSession() as session:
        yield fleet, control.url, session


async def _call(running: Running, method: str, path: str, body: object = None) -> tuple[int, Any]:
    _, url, session = running
    async with session.request(method, url + path, json=body) as answer:
        return answer.status, await answer.json()


async def test_the_fleet_and_the_faults_are_listed(running: Running) -> None:
    fleet = running[0]
    _, miners = await _call(running, "GET", "/miners")
    assert [(one["mac"], one["host"], one["profile"], one["fault"]) for one in miners] == [
        (miner.mac, miner.host, miner.profile.name, None) for miner in fleet.miners
    ]
    _, faults = await _call(running, "GET", "/faults")
    assert [fault["name"] for fault in faults] == list(FAULTS)
    _, servers = await _call(running, "GET", "/servers")
    assert list(servers) == ["message", "servers"]
    assert [list(server) for server in servers["servers"]] == [["port", "hostname", "startTime"]] * 3


async def test_a_miner_is_broken_and_healed_by_index_or_mac(running: Running) -> None:
    miner = running[0].miners[1]
    status, shown = await _call(running, "POST", "/miners/1/fault", {"fault": "hang"})
    assert (status, shown["fault"]) == (200, "hang")
    async with RawClient(miner) as client:
        client.send(request("GET", "/api/system/info"))
        assert await client.is_silent()
    assert (await _call(running, "DELETE", f"/miners/{miner.mac.lower()}/fault"))[1]["fault"] is None
    assert (await ask(miner, "GET", "/api/system/info"))[0].startswith(b"HTTP/1.1 200")


async def test_a_miner_is_restarted_and_moved(running: Running) -> None:
    miner = running[0].miners[0]
    assert (await _call(running, "POST", "/miners/0/restart"))[0] == 200
    async with asyncio.timeout(PATIENCE_S):
        while miner.state.now().uptime_s > 3600 or not miner.is_listening:
            await asyncio.sleep(0.01)
    assert (await _call(running, "POST", "/miners/0/move", {"host": "127.20.7.7"}))[1]["host"] == miner.host
    assert (await info(miner))["macAddr"] == miner.mac


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/miners/9/fault", {"fault": "hang"}, 404),
        ("/miners/0/fault", {"fault": "hiccup"}, 400),
        ("/miners/0/fault", {"fault": "slow", "colour": 1}, 400),
        ("/miners/0/fault", {}, 400),
        ("/miners/0/move", {}, 400),
        ("/miners/0/move", {"host": "somewhere"}, 400),
    ],
)
async def test_what_cannot_be_done_is_said(running: Running, path: str, body: object, status: int) -> None:
    answered, said = await _call(running, "POST", path, body)
    assert (answered, list(said)) == (status, ["error"])
    assert running[0].miners[0].is_listening


async def test_the_mocks_are_listed_and_speak_in_turn_as_bitaxe_and_nerdqaxe() -> None:
    settings = MockSettings(listing_port=0, ports=(0, 0), has_logs=True, down_s=0.2, log_every_s=0.05)
    async with MockList(settings) as mocks, aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{mocks.listing_port}/servers") as answer:
            listed = await answer.json()
        assert listed["message"] == f"Available servers from listing-server:{mocks.listing_port}"
        assert [server["hostname"] for server in listed["servers"]] == ["mockaxe1", "mockaxe2"]
        first, second = (f"http://127.0.0.1:{server['port']}" for server in listed["servers"])
        infos: list[dict[str, Any]] = []
        for url in (first, second):
            async with session.get(f"{url}/api/system/info") as answer:
                infos.append(await answer.json())
        assert ("boardVersion" in infos[0], "deviceModel" in infos[1]) == (True, True)
        async with session.patch(f"{first}/api/system", json={"stratumURL": "new.example"}) as answer:
            assert await answer.json() == {"message": "System info updated successfully"}
        async with session.get(f"{first}/api/system/info") as answer:
            assert (await answer.json())["stratumURL"] == "new.example"
        async with session.ws_connect(f"{second}/anything") as socket:
            assert [list(await socket.receive_json(timeout=PATIENCE_S)) for _ in range(2)] == [["log"], ["log"]]
        async with session.post(f"{first}/api/system/restart") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
        for path in ("/api/system/info", "/anything"):
            async with session.get(first + path) as answer:
                assert answer.status == 503


def test_the_mock_list_reads_the_contract_s_variables() -> None:
    settings = mock_settings({"LISTING_PORT": "1", "PORTS": "2, 3", "LOGS_PUB_ENABLED": "true"})
    assert (settings.listing_port, list(settings.ports), settings.has_logs) == (1, [2, 3], True)
    assert (mock_settings({}).listing_port, list(mock_settings({}).ports)) == (7770, list(range(7751, 7761)))
    with pytest.raises(BadMock, match="PORTS"):
        mock_settings({"PORTS": "a"})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_command_shows_the_fleet_and_ends_cleanly(number: signal.Signals) -> None:
    words = ["2", "--port", "0", "--first", "127.20.3.1", "--control-port", "0", "--fault", "1:hang", "--profile", "axeos-2.15"]
    program = "from pluto.cli.simulate import simulate; simulate()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *words, stdout=asyncio.subprocess.PIPE, env=os.environ | {"COLUMNS": "150"}
    )
    assert process.stdout is not None
    shown = b""
    async with asyncio.timeout(20):
        while b"Ctrl-C" not in shown:
            shown += await process.stdout.readline()
        process.send_signal(number)
        assert await process.wait() == 0
    assert b"127.20.3.1:" in shown
    assert b"hang" in shown
    assert b"/miners" in shown


@pytest.mark.parametrize("words", [["--fault", "9:hang"], ["--fault", "0:hiccup"], ["--first", "10.0.0.1"], ["--first", "here"]])
def test_the_command_says_what_is_wrong_in_one_sentence(words: list[str]) -> None:
    result = CliRunner().invoke(simulate, ["1", "--port", "0", "--control-port", "0", *words])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output
