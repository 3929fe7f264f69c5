"""Looking for miners on the page: where, who answered and is none, and one address step by step."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from loopback_hosts import LoopbackHosts, hang, http, says, small_mac
from running import Running, running


@pytest.fixture
async def hosts() -> AsyncIterator[LoopbackHosts]:
    async with LoopbackHosts(35) as network:
        await network.miner(1)
        await network.stranger(2, says(http(b"<html>a lamp</html>", "404 Not Found")))
        await network.stranger(3, says(http(b'{"lights": []}')))
        await network.stranger(4, says(http(b"no json")))
        await network.stranger(5, hang)
        yield network


@pytest.fixture
async def pluto(tmp_path: Path, hosts: LoopbackHosts) -> AsyncIterator[Running]:
    async with running(tmp_path, discovery_networks=("127.98.0.0/30",)) as server:
        yield server


async def searched(pluto: Running, *networks: str) -> dict[str, Any]:
    _, begun = await pluto.ask("POST", "/api/v1/discovery", {"networks": list(networks)})
    async with asyncio.timeout(30):
        while True:
            _, shown = await pluto.ask("GET", f"/api/v1/discovery/{begun['id']}")
            if shown["search"]["state"] != "running":
                return dict(shown)
            await asyncio.sleep(0.05)


async def test_a_search_of_named_networks_tells_who_answered_and_is_no_miner(pluto: Running, hosts: LoopbackHosts) -> None:
    shown = await searched(pluto, f"127.35.0.0/29:{hosts.port}")
    assert (shown["search"]["state"], shown["search"]["found"], shown["search"]["total"]) == ("ended", 1, 6)
    rows = {row["host"]: row for row in (dict(zip(shown["columns"], row, strict=True)) for row in shown["rows"])}
    assert rows[hosts.host(1)]["mac"] == small_mac(1)
    others = {host: row["reason"] for host, row in rows.items() if row["status"] == "other"}
    assert set(others) == {hosts.host(number) for number in (2, 3, 4)}
    assert others[hosts.host(2)] == "status 404"
    assert others[hosts.host(3)] == "it answers, but says nothing of hashing"
    _, added = await pluto.ask("POST", "/api/v1/miners", {"addresses": [hosts.host(3)]})
    assert added["results"][0]["result"] == "failed"


async def test_where_one_can_search_says_how_large_that_is(pluto: Running, hosts: LoopbackHosts) -> None:
    status, answer = await pluto.ask("GET", "/api/v1/discovery")
    assert (status, answer["service"], answer["max_addresses"]) == (200, None, 4096)
    configured = answer["networks"][0]
    assert (configured["network"], configured["addresses"], configured["source"], configured["is_searched"]) == (
        "127.98.0.0/30", 2, "setting", True,
    )  # fmt: skip
    assert all(not row["is_searched"] for row in answer["networks"][1:])
    await pluto.ask("PUT", "/api/v1/settings", {"values": {"PLUTO_DISCOVERY_NETWORKS": [f"127.35.0.0/30:{hosts.port}"]}})
    assert (await pluto.ask("GET", "/api/v1/discovery"))[1]["networks"][0]["network"] == f"127.35.0.0/30:{hosts.port}"
    assert (await searched(pluto))["search"]["found"] == 1


@pytest.mark.parametrize(
    ("networks", "says_why"),
    [
        (["somewhere"], "no IPv4 network"),
        (["10.0.0.0/8"], "PLUTO_DISCOVERY_MAX_ADDRESSES"),
        (["8.8.8.0/24"], "PLUTO_MINER_NETWORKS"),
        (7, "a list"),
        ([7], "a list"),
    ],
)
async def test_a_network_that_cannot_be_searched_is_named(pluto: Running, networks: Any, says_why: str) -> None:
    status, problem = await pluto.ask("POST", "/api/v1/discovery", {"networks": networks})
    assert (status, problem["field"]) == (400, "networks")
    assert says_why in problem["detail"]


@pytest.mark.parametrize(
    ("number", "passed", "detail"),
    [
        (1, 5, None),
        (2, 2, "status 404"),
        (3, 4, "no hashrate"),
        (4, 3, "not JSON"),
        (5, 2, "did not answer"),
        (6, 1, "no connection"),
    ],
)
async def test_one_address_is_tried_step_by_step(
    pluto: Running, hosts: LoopbackHosts, number: int, passed: int, detail: str | None
) -> None:
    status, answer = await pluto.ask("POST", "/api/v1/discovery/check", {"address": hosts.host(number)})
    assert status == 200
    oks = [step["is_ok"] for step in answer["steps"]]
    assert [step["step"] for step in answer["steps"]] == ["allowed", "reachable", "http", "json", "recognised"]
    assert oks == [True] * passed + [False] * (passed < 5) + [None] * (4 - passed)
    assert answer["is_miner"] == (passed == 5)
    assert detail is None or detail in answer["steps"][passed]["detail"]


async def test_an_address_beyond_the_miners_networks_is_not_contacted(pluto: Running) -> None:
    _, answer = await pluto.ask("POST", "/api/v1/discovery/check", {"address": "8.8.8.8"})
    assert [step["is_ok"] for step in answer["steps"]] == [False, None, None, None, None]
    assert (await pluto.ask("POST", "/api/v1/discovery/check", {}))[1]["field"] == "address"
