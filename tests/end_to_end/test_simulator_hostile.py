"""Every hostile behaviour of the tables is felt by a client that trusts nothing, and over when the miner is healed."""

import asyncio
import contextlib
import sys
from pathlib import Path

import aiohttp
from click.testing import CliRunner

from hostile_page import PAGE, hostile_page
from parts import free_port, run
from pluto.cli.simulate import simulate
from pluto.simulator.fault import Act
from pluto.simulator.faults import COMMON, FAULTS, KINDS
from pluto.simulator.hostile_sockets import SOCKETS
from pluto.simulator.server import SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from simulator_client import RawClient, request

INFO = request("GET", "/api/system/info")
LOG = request("GET", "/api/ws", headers=("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: a"))
HOSTILE = [name for name in FAULTS if name not in COMMON]
EACH = [name for name in FAULTS if name != "moved"]
ENOUGH = 300_000
MOMENT_S = 2.5
"""As long as the slowest of them takes to show, idle ones a second after their answer."""

FELT_WITHIN_S = {"in-pieces": 0.5}
"""Whose answer is whole in the end is felt before that."""


async def heard(miner: SimulatedMiner, asked: bytes, for_s: float = MOMENT_S) -> tuple[bytes, str]:
    """Return what comes on one connection, at most ENOUGH, and how it ends."""
    data = b""
    try:
        async with asyncio.timeout(for_s), RawClient(miner) as client:
            client.send(asked)
            while len(data) < ENOUGH:
                piece = await client.reader.read(65536)
                if not piece:
                    return data, "closed"
                data += piece
            return data, "endless"
    except TimeoutError:
        return data, "open"
    except ConnectionError:
        return data, "reset"


def without_numbers(what: tuple[bytes, str]) -> tuple[bytes, str]:
    """Leave out what differs from second to second in a healthy miner, too."""
    return bytes(byte for byte in what[0] if not 48 <= byte <= 57 and byte not in b".e+-"), what[1]


async def test_each_hostile_behaviour_is_felt_and_ends_with_healing() -> None:
    async with SimulatedFleet(len(HOSTILE), first="127.21.1.1", profiles=("axeos-2.12",)) as fleet:
        miners = dict(zip(HOSTILE, fleet.miners, strict=True))
        asked = {name: LOG if name in SOCKETS else INFO for name in HOSTILE}
        for miner in fleet.miners:
            miner.state.log_lines_per_s = 0.0
        healthy = await asyncio.gather(*[heard(miner, asked[name], 0.5) for name, miner in miners.items()])
        for name, miner in miners.items():
            miner.fault(name)
        broken = await asyncio.gather(
            *[heard(miner, asked[name], FELT_WITHIN_S.get(name, MOMENT_S)) for name, miner in miners.items()]
        )
        same = [
            name
            for name, before, now in zip(HOSTILE, healthy, broken, strict=True)
            if without_numbers(before) == without_numbers(now)
        ]
        assert [name for name in same if FAULTS[name].act is not Act.FLAP and FAULTS[name].change is None] == []
        for miner in fleet.miners:
            miner.heal()
        healed = await asyncio.gather(*[heard(miner, asked[name], 0.5) for name, miner in miners.items()])
        assert [name for name, now in zip(HOSTILE, healed, strict=True) if not now[0].startswith(b"HTTP/1.1 ")] == []


async def test_lies_and_names_change_what_is_said() -> None:
    lies = [name for name in HOSTILE if FAULTS[name].change is not None]
    async with SimulatedFleet(len(lies), first="127.21.3.1", profiles=("axeos-2.12",)) as fleet:
        for name, miner in zip(lies, fleet.miners, strict=True):
            before = (await heard_body(miner)).splitlines()
            miner.fault(name)
            after = (await heard_body(miner)).splitlines()
            assert before != after, name


async def heard_body(miner: SimulatedMiner) -> bytes:
    data = b""
    async with RawClient(miner) as client:
        client.send(INFO)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while not data.rstrip().endswith(b"}"):
                    data += await client.reader.read(65536)
    return data.partition(b"\r\n\r\n")[2]


async def test_a_miner_that_flaps_is_there_and_is_not() -> None:
    async with SimulatedFleet(1, first="127.21.4.1") as fleet:
        miner, seen = fleet.miners[0], set[bool]()
        miner.fault("flaps", seconds=0.05)
        async with asyncio.timeout(5):
            while len(seen) < 2:
                seen.add(miner.is_listening)
                await asyncio.sleep(0.02)
        miner.heal()
        assert miner.is_listening


def test_there_are_a_hundred_and_twenty_hostile_behaviours_and_each_is_explained_once() -> None:
    assert len(HOSTILE) >= 120
    assert sum(len(kind) for kind in KINDS.values()) == len(FAULTS)
    texts = [fault.description for fault in FAULTS.values()]
    assert all(texts)
    assert len(set(texts)) == len(texts)


def test_the_page_of_hostile_miners_is_what_the_tables_say() -> None:
    assert PAGE.read_text("utf-8") == hostile_page()


def test_all_faults_are_listed_on_the_screen() -> None:
    said = CliRunner().invoke(simulate, ["--faults"]).output
    assert [name for name in FAULTS if f"  {name} " not in said] == []


async def test_the_command_breaks_all_miners_or_each_in_its_own_way(tmp_path: Path) -> None:
    for arguments, wanted in ((["2", "--fault", "nan"], ["nan", "nan"]), (["--hostile"], [None] * 3 + EACH)):
        port, control = free_port(), free_port()
        command = [sys.executable, "-m", "pluto", "simulate", *arguments, "--port", str(port), "--control-port", str(control)]
        async with (
            run([*command, "--first", "127.21.5.1"], ready=f"http://127.0.0.1:{control}/miners", cwd=tmp_path),
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{control}/miners") as answer,
        ):
            miners = await answer.json()
        assert [miner["fault"] for miner in miners if miner["fault"] or miner["index"] < 3] == wanted
