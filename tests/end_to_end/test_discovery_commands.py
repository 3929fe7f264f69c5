"""`pluto discover` as a person and as a script sees it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loopback_hosts import LoopbackHosts, small_mac
from pluto.cli.find import discover


@pytest.fixture
async def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[LoopbackHosts]:
    monkeypatch.setenv("PLUTO_DATA_DIR", str(tmp_path))
    async with LoopbackHosts(35) as network:
        yield network


async def typed(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, discover, arguments)


async def test_a_person_gets_a_table(hosts: LoopbackHosts) -> None:
    await hosts.miner(200, hostname="late")
    await hosts.miner(3, hostname="[red]\x1b[31m", hashRate=512.4, version="v2.9.0")
    result = await typed(hosts.network)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert rows == [
        ["[red]\\x1b[31m", hosts.host(3), small_mac(3), "BM1370", "v2.9.0", "512 GH/s"],
        ["late", hosts.host(200), small_mac(200), "BM1370", "-", "1.00 TH/s"],
    ]


async def test_a_script_gets_an_array_and_nothing_else(hosts: LoopbackHosts) -> None:
    await hosts.miner(3)
    result = await typed(hosts.ip(0) + "/24", "--port", str(hosts.port), "--json", "--timeout", "0.5")
    (device,) = json.loads(result.stdout)
    assert (device["mac"], device["ip"]) == (small_mac(3), hosts.host(3))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "hush" not in result.stdout


async def test_one_address_can_be_asked(hosts: LoopbackHosts) -> None:
    await hosts.miner(3)
    assert (await typed("--ip", hosts.ip(3), "--port", str(hosts.port))).exit_code == 0
    assert (await typed("--ip", hosts.host(3), "--json")).exit_code == 0
    assert set(hosts.asked) == {hosts.ip(3)}


async def test_nothing_found_is_exit_code_1(hosts: LoopbackHosts) -> None:
    result = await typed(hosts.network)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "no miners found\n")
    result = await typed("--ip", hosts.host(3), "--json")
    assert (result.exit_code, result.stdout) == (1, "[]\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["attic"], "no IPv4 network"),
        (["10.0.0.0/16"], "--all-sizes"),
        (["10.0.0.0/8", "--all-sizes"], "16,777,214 addresses"),
        (["8.8.8.0/24"], "PLUTO_MINER_NETWORKS"),
        (["--ip", "attic"], "not an IPv4 address"),
        (["--ip", "127.0.0.1", "10.0.0.0/24"], "not both"),
    ],
)
async def test_bad_input_is_exit_code_2_and_one_sentence(hosts: LoopbackHosts, arguments: list[str], sentence: str) -> None:
    result = await typed(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert hosts.asked == {}
