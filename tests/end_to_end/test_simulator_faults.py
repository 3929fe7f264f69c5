"""Each fault does what its row says, seen by a client that trusts nothing."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from pluto.simulator.faults import COMMON, FAULTS, SECRET, SECRET_KEYS
from pluto.simulator.json_text import Json
from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import NoSuchFault, SimulatedMiner
from simulator_client import PATIENCE_S, RawClient, ask, info, plain, request

INFO = request("GET", "/api/system/info")


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(3, profiles=("axeos-2.12", "nerdqaxe-1.0.36", "nmaxe-2.9"), options=Options(boot_s=0.05)) as fleet:
        yield fleet


@pytest.fixture
def miner(fleet: SimulatedFleet) -> SimulatedMiner:
    return fleet.miners[0]


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _loaded(body: bytes) -> Any:
    return json.loads(body)


FRAMED: dict[str, Callable[[bytes, bytes], bool]] = {
    "html": lambda head, body: b" 200 " in head and body.startswith(b"<!DOCTYPE html>"),
    "empty": lambda head, body: b" 200 " in head and body == b"",
    "status-500": lambda head, body: head.startswith(b"HTTP/1.1 500 "),
    "status-503": lambda head, body: head.startswith(b"HTTP/1.1 503 "),
    "status-401": lambda head, body: head.startswith(b"HTTP/1.1 401 ") and body == b"Unauthorized",
    "status-204": lambda head, body: head.startswith(b"HTTP/1.1 204 ") and body == b"{}",
    "redirect": lambda head, body: head.startswith(b"HTTP/1.1 302 ") and b"\r\nLocation: http" in head,
    "many-headers": lambda head, body: head.count(b"\r\n") > 5000 and _is_json(body),
    "tiny-chunks": lambda head, body: body.count(b"\r\n1\r\n") > 1000 and _is_json(plain(body)),
    "gzip-bomb": lambda head, body: b"\r\nContent-Encoding: gzip\r\n" in head and len(gzip.decompress(body)) == 64 << 20,
    "null": lambda head, body: body == b"null",
    "not-json": lambda head, body: not _is_json(body),
    "empty-object": lambda head, body: body == b"{}",
    "array": lambda head, body: isinstance(_loaded(body), list),
    "trailing-bytes": lambda head, body: body.endswith(b'{"and":"more"}') and not _is_json(body),
    "bad-utf8": lambda head, body: b"\xff\xfe" in body and not _is_json(body),
    "nan": lambda head, body: b'"hashRate":\tNaN' in body and not _is_json(body),
    "infinity": lambda head, body: b'"temp":\t-Infinity' in body,
    "overflow": lambda head, body: b'"power":\t1e999' in body,
    "huge-integer": lambda head, body: b"9" * 400 in body,
    "deep-json": lambda head, body: b"[" * 10000 in body,
    "many-keys": lambda head, body: len(_loaded(body)) > 20000,
    "duplicate-keys": lambda head, body: body.count(b'"hashRate"') > 1 and b'"HASHRATE"' in body,
    "wrong-mac": lambda head, body: _loaded(body)["macAddr"] == "02:EE:EE:EE:EE:EE",
    "no-mac": lambda head, body: "macAddr" not in _loaded(body),
    "renamed": lambda head, body: _loaded(body)["hostname"] == "renamed-by-somebody",
    "long-hostname": lambda head, body: len(_loaded(body)["hostname"]) > 5000,
    "hostile-hostname": lambda head, body: all(part in _loaded(body)["hostname"] for part in ("<img", "\x1b", "../", "\n")),
    "stopped-hashing": lambda head, body: _loaded(body)["hashRate"] == 0,
    "glitch": lambda head, body: _loaded(body)["hashRate"] > 50 * _loaded(body)["expectedHashrate"],
    "null-fields": lambda head, body: _loaded(body)["hashRate"] is None and _loaded(body)["uptimeSeconds"] is None,
    "wrong-types": lambda head, body: isinstance(_loaded(body)["hashRate"], dict) and _loaded(body)["hostname"] == 7,
    "planted-secrets": lambda head, body: body.count(SECRET.encode()) == 2 * len(SECRET_KEYS) == 16,
    "overheat": lambda head, body: _loaded(body)["hashRate"] == 0 and _loaded(body)["fanspeed"] == 100,
}
"""Faults whose answer has a head and a body whose end is known."""


@pytest.mark.parametrize("name", list(FRAMED))
async def test_an_answer_with_this_fault_is_wrong_in_this_way_and_healthy_again_after(miner: SimulatedMiner, name: str) -> None:
    miner.fault(name)
    assert FRAMED[name](*await ask(miner, "GET", "/api/system/info"))
    miner.heal()
    assert not FRAMED[name](*await ask(miner, "GET", "/api/system/info")) or name == "overheat"


UNTIL_THE_END: dict[str, Callable[[bytes], bool]] = {
    "garbage": lambda data: data.startswith(b"\x00\x01") and b"HTTP" not in data,
    "close": lambda data: data == b"",
    "huge": lambda data: len(data) > 2 << 20,
    "huge-header": lambda data: len(data) > 1 << 20 and b"\r\n\r\n" not in data,
    "two-lengths": lambda data: data.count(b"\r\nContent-Length: ") == 2,
    "bad-chunks": lambda data: b"\r\n\r\nzz\r\n" in data,
    "truncated": lambda data: b"Content-Length: " in data and not data.endswith(b"}"),
}
"""Faults that end the connection."""
SMALLER: dict[str, dict[str, Json]] = {"huge": {"mebibytes": 3}, "huge-header": {"mebibytes": 2}}


@pytest.mark.parametrize("name", list(UNTIL_THE_END))
async def test_a_connection_with_this_fault_brings_this_and_ends(miner: SimulatedMiner, name: str) -> None:
    miner.fault(name, **SMALLER.get(name, {}))
    async with RawClient(miner) as client:
        client.send(INFO)
        assert UNTIL_THE_END[name](await client.everything())


async def _reset(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        with pytest.raises(ConnectionResetError):
            await client.everything()


async def _held_after_reading(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        assert await client.is_silent()
    assert miner.requests.total == 1


async def _never_read(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        assert await client.is_silent()
        assert miner.requests.total == 0
        miner.heal()
        assert (await client.answer())[0].startswith(b"HTTP/1.1 200")


async def _waits(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        assert await client.is_silent(0.1)
        assert _is_json((await client.answer())[1])


async def _head_first(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        assert (await client.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert await client.is_silent(0.1)


async def _byte_by_byte(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        pieces = [await client.reader.read(100) for _ in range(5)]
    assert all(len(piece) <= 3 for piece in pieces)
    assert b"HTTP/1.1 200 OK".startswith(b"".join(pieces)[:15])


async def _interim(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        for _ in range(1000):
            assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert _is_json((await client.answer())[1])


async def _endless(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        assert len(await client.reader.readexactly(1 << 20)) == 1 << 20


async def _promised(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        client.send(INFO)
        assert b"Content-Length: 99999999999\r\n" in await client.reader.readuntil(b"\r\n\r\n{")
        assert await client.is_silent()


async def _twice(miner: SimulatedMiner) -> None:
    async with RawClient(miner) as client:
        first, second = await client.ask("GET", "/api/system/info"), await client.answer()
    assert first == second


async def _refused(miner: SimulatedMiner) -> None:
    with pytest.raises(ConnectionRefusedError):
        await ask(miner, "GET", "/api/system/info")
    miner.heal()
    assert (await info(miner))["macAddr"] == miner.mac


async def _refused_then_new(miner: SimulatedMiner) -> None:
    with pytest.raises(ConnectionRefusedError):
        await ask(miner, "GET", "/api/system/info")
    async with asyncio.timeout(PATIENCE_S):
        while not miner.is_listening:
            await asyncio.sleep(0.01)
    assert (await info(miner))["uptimeSeconds"] <= PATIENCE_S
    assert miner.fault_name is None


async def _moved(miner: SimulatedMiner) -> None:
    assert miner.host.startswith("127.20.8.8:")
    assert (await info(miner))["macAddr"] == miner.mac


async def _flooded(miner: SimulatedMiner) -> None:
    started_s = time.monotonic()
    async with RawClient(miner) as client:
        client.send(request("GET", "/api/ws", headers=("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: a")))
        await client.reader.readuntil(b"\r\n\r\n")
        data = b""
        async with asyncio.timeout(PATIENCE_S):
            while data.count(b"\n") < 500:
                data += await client.reader.read(1 << 16)
    assert time.monotonic() - started_s < PATIENCE_S


BY_HAND: dict[str, tuple[Callable[[SimulatedMiner], Any], dict[str, Json]]] = {
    "hang": (_held_after_reading, {}),
    "silent-accept": (_never_read, {}),
    "slow": (_waits, {"seconds": 0.3}),
    "slow-body": (_head_first, {"seconds": 0.3}),
    "drip": (_byte_by_byte, {"seconds": 0.02}),
    "many-1xx": (_interim, {}),
    "endless-chunks": (_endless, {}),
    "huge-length": (_promised, {}),
    "extra-answer": (_twice, {}),
    "reset": (_reset, {}),
    "refused": (_refused, {}),
    "reboot": (_refused_then_new, {"seconds": 0.1}),
    "moved": (_moved, {"host": "127.20.8.8"}),
    "logs-flood": (_flooded, {"rate": 5000}),
}


@pytest.mark.parametrize("name", list(BY_HAND))
async def test_this_fault_is_felt_in_time_or_at_the_door(miner: SimulatedMiner, name: str) -> None:
    check, parameters = BY_HAND[name]
    miner.fault(name, **parameters)
    await check(miner)


def test_every_fault_is_tested_and_explained() -> None:
    assert {*FRAMED, *UNTIL_THE_END, *BY_HAND} == set(COMMON)
    assert all(fault.description for fault in FAULTS.values())


@pytest.mark.parametrize("name", [name for name in FRAMED if FAULTS[name].change or FAULTS[name].spoil])
async def test_a_fault_of_the_info_works_on_every_family(fleet: SimulatedFleet, name: str) -> None:
    for miner in fleet.miners[1:]:
        healthy = (await ask(miner, "GET", "/api/system/info"))[1]
        miner.fault(name)
        head, spoilt = await _whole(miner)
        assert head.startswith(b"HTTP/1.1 200")
        assert spoilt != healthy


async def _whole(miner: SimulatedMiner) -> tuple[bytes, bytes]:
    async with RawClient(miner) as client:
        client.send(INFO)
        head, _, body = (await client.everything()).partition(b"\r\n\r\n")
        return head, body


async def test_a_fault_can_be_meant_for_polls_or_for_writes_only(miner: SimulatedMiner) -> None:
    miner.fault("status-500", only="info")
    assert (await ask(miner, "GET", "/api/system/info"))[0].startswith(b"HTTP/1.1 500")
    assert (await ask(miner, "GET", "/api/system/asic"))[0].startswith(b"HTTP/1.1 200")
    miner.fault("status-500", only="write")
    assert (await ask(miner, "GET", "/api/system/info"))[0].startswith(b"HTTP/1.1 200")
    assert (await ask(miner, "PATCH", "/api/system", b"{}"))[0].startswith(b"HTTP/1.1 500")


async def test_an_unknown_fault_or_parameter_is_named_and_changes_nothing(miner: SimulatedMiner) -> None:
    with pytest.raises(NoSuchFault, match="hiccup"):
        miner.fault("hiccup")
    with pytest.raises(NoSuchFault, match="colour"):
        miner.fault("slow", colour="red")
    assert miner.fault_name is None
    assert (await ask(miner, "GET", "/api/system/info"))[0].startswith(b"HTTP/1.1 200")
