"""The bytes of every firmware over a real socket: heads, framing, limits, restarts."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from pluto.simulator.door import AddressTaken
from pluto.simulator.profiles import PROFILES
from pluto.simulator.server import BadFleet, Options, SimulatedFleet
from simulator_client import RawClient, ask, info, patch, plain, request

CORS = (
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE, OPTIONS\r\n"
    "Access-Control-Allow-Headers: Content-Type\r\n\r\n"
)
OK = "HTTP/1.1 200 OK\r\n"
EVERY = tuple(PROFILES)
OLD, UNCHECKED, CHECKED, POOLED, NERD, NMAXE = (
    EVERY.index(name) for name in ("axeos-2.4", "axeos-2.9", "axeos-2.12", "axeos-2.15", "nerdqaxe-1.0.36", "nmaxe-2.9")
)
AXEOS = [index for index, name in enumerate(EVERY) if name.startswith("axeos")]


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(len(EVERY), profiles=EVERY, options=Options(boot_s=0.05)) as fleet:
        yield fleet


@pytest.mark.parametrize("index", AXEOS)
async def test_an_info_of_axeos_is_these_bytes_and_the_connection_stays(fleet: SimulatedFleet, index: int) -> None:
    async with RawClient(fleet.miners[index]) as client:
        for _ in range(2):
            head, body = await client.ask("GET", "/api/system/info")
            expected = f"{OK}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{CORS}"
            assert head.decode() == expected
            assert msgspec.json.decode(body)["macAddr"] == fleet.miners[index].mac


async def test_an_info_of_nerdqaxe_is_chunked_by_2048_and_the_connection_ends(fleet: SimulatedFleet) -> None:
    async with RawClient(fleet.miners[NERD]) as client:
        head, body = await client.ask("GET", "/api/system/info")
        assert await client.everything() == b""
    assert head.decode() == f"{OK}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n{CORS}"
    assert body.startswith(b"800\r\n")
    assert body.endswith(b"\r\n0\r\n\r\n")
    assert msgspec.json.decode(plain(body))["deviceModel"] == "NerdQAxe++"


async def test_an_info_of_nmaxe_is_nested_and_shows_the_pool_password(fleet: SimulatedFleet) -> None:
    answer = await info(fleet.miners[NMAXE])
    assert list(answer) == ["power", "temps", "asic", "miner", "identity", "fans", "stratum"]
    assert answer["stratum"]["pwd"] == "x"


@pytest.mark.parametrize("index", AXEOS)
async def test_a_patch_of_axeos_is_answered_with_an_empty_chunked_body(fleet: SimulatedFleet, index: int) -> None:
    head, body = await patch(fleet.miners[index], {"frequency": 475})
    assert head.decode() == f"{OK}Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n{CORS}"
    assert body == b"0\r\n\r\n"
    assert fleet.miners[index].received == [b'{"frequency":475}']
    assert fleet.miners[index].settings["frequency"] == 475


async def test_a_refusal_is_plain_text_called_html_without_cors(fleet: SimulatedFleet) -> None:
    head, body = await patch(fleet.miners[CHECKED], {"temptarget": 99})
    assert head == b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n"
    assert body == b"Wrong API input"


async def test_an_unknown_route_is_404_from_2_9_and_a_redirect_elsewhere(fleet: SimulatedFleet) -> None:
    head, body = await ask(fleet.miners[UNCHECKED], "GET", "/api/nothing")
    assert head == b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n"
    assert body == b'{"error":"unknown route"}'
    head, body = await ask(fleet.miners[OLD], "GET", "/api/nothing")
    assert head.startswith(b"HTTP/1.1 302 Temporary Redirect\r\n")
    assert b"\r\nLocation: /\r\n" in head
    assert body == b"Redirect to the captive portal"
    assert (await ask(fleet.miners[OLD], "GET", "/"))[1].startswith(b"<!DOCTYPE html>")
    assert b"Connection: close" in (await ask(fleet.miners[NERD], "GET", "/api/nothing"))[0]


RESTARTS = [
    (OLD, b"System will restart shortly."),
    (CHECKED, b"System will restart shortly."),
    (POOLED, b'{"message":"System will restart shortly."}'),
    (NERD, b"System will restart shortly."),
    (NMAXE, b"System will restart shortly."),
]


@pytest.mark.parametrize(("index", "text"), RESTARTS)
async def test_a_restart_is_answered_first_then_refused_then_starts_anew(fleet: SimulatedFleet, index: int, text: bytes) -> None:
    miner = fleet.miners[index]
    miner.restart_delay_s, miner.boot_s = 0.01, 0.2
    assert miner.state.now().uptime_s > 3600
    async with RawClient(miner) as client:
        assert (await client.ask("POST", "/api/system/restart"))[1] == text
        assert await _ends(client)
    await _until(lambda: not miner.is_listening)
    with pytest.raises(ConnectionRefusedError):
        await ask(miner, "GET", "/api/system/info")
    await _until(lambda: miner.is_listening)
    await ask(miner, "GET", "/api/system/info")
    assert miner.state.now().uptime_s < 60


async def _ends(client: RawClient) -> bool:
    try:
        return await client.everything() == b""
    except ConnectionResetError:
        return True


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_several_requests_in_one_packet_and_one_in_many_are_answered_in_order(fleet: SimulatedFleet) -> None:
    async with RawClient(fleet.miners[POOLED]) as client:
        client.send(request("GET", "/api/system/info") + request("GET", "/api/system/asic"))
        assert b'"macAddr"' in (await client.answer())[1]
        assert b'"hashDomains"' in (await client.answer())[1]
        for byte in request("PATCH", "/api/system", b'{"temptarget":50}'):
            client.send(bytes((byte,)))
        assert (await client.answer())[1] == b"0\r\n\r\n"
    assert fleet.miners[POOLED].settings["temptarget"] == 50


@pytest.mark.parametrize(("index", "limit"), [(UNCHECKED, 512), (CHECKED, 1024), (NERD, 512)])
async def test_headers_above_the_limit_are_431_and_the_connection_ends(fleet: SimulatedFleet, index: int, limit: int) -> None:
    async with RawClient(fleet.miners[index]) as client:
        client.send(request("GET", "/api/system/info", headers=("X: " + "y" * (limit - 60),)))
        assert (await client.answer())[0].startswith(b"HTTP/1.1 200")
    async with RawClient(fleet.miners[index]) as client:
        client.send(request("GET", "/api/system/info", headers=("X: " + "y" * limit,)))
        assert (await client.everything()).startswith(b"HTTP/1.1 431 ")


async def test_bytes_that_are_no_request_are_400_and_the_connection_ends(fleet: SimulatedFleet) -> None:
    async with RawClient(fleet.miners[POOLED]) as client:
        client.send(b"\x16\x03\x01\r\n\r\n")
        assert (await client.everything()).startswith(b"HTTP/1.1 400 ")


async def test_a_full_table_waits_before_2_10_and_drops_the_oldest_after(fleet: SimulatedFleet) -> None:
    for index, sockets in ((UNCHECKED, 10), (POOLED, 20)):
        clients = [RawClient(fleet.miners[index]) for _ in range(sockets + 1)]
        for client in clients[:-1]:
            await client.__aenter__()
            await client.ask("GET", "/api/system/asic")
        await clients[-1].__aenter__()
        if index == UNCHECKED:
            clients[-1].send(request("GET", "/api/system/asic"))
            assert await clients[-1].is_silent()
            await clients[0].__aexit__()
            assert (await clients[-1].answer())[0].startswith(b"HTTP/1.1 200")
        else:
            assert (await clients[-1].ask("GET", "/api/system/asic"))[0].startswith(b"HTTP/1.1 200")
            assert await _ends(clients[0])
        for client in clients:
            await client.__aexit__()


async def test_a_moved_miner_is_refused_at_the_old_address_and_the_same_at_the_new(fleet: SimulatedFleet) -> None:
    miner, old = fleet.miners[CHECKED], fleet.miners[CHECKED].host
    mac = miner.mac
    miner.move("127.20.9.9")
    assert miner.host == f"127.20.9.9:{fleet.port}"
    assert (await info(miner))["macAddr"] == mac
    assert (await info(miner))["ipv4"] == "127.20.9.9"
    address, _, port = old.partition(":")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(address, int(port))
    with pytest.raises(AddressTaken):
        fleet.miners[POOLED].move(miner.host)
    assert (await info(fleet.miners[POOLED]))["macAddr"] == fleet.miners[POOLED].mac


async def test_what_was_asked_is_counted(fleet: SimulatedFleet) -> None:
    miner = fleet.miners[POOLED]
    async with RawClient(miner) as client:
        await client.ask("GET", "/api/system/info")
        await client.ask("GET", "/api/system/info", headers=("Origin: http://here",))
        assert miner.open_connections == 1
    assert miner.requests.counts["GET /api/system/info"] == miner.requests.total == 2
    first_s, second_s = miner.requests.info_started_s
    assert first_s <= second_s
    assert b"Origin: http://here" in miner.requests.heads[-1]


async def test_addresses_skip_the_first_and_the_last_of_a_network() -> None:
    async with SimulatedFleet(4, first="127.20.0.253") as fleet:
        assert [miner.host.partition(":")[0] for miner in fleet.miners] == [
            "127.20.0.253", "127.20.0.254", "127.20.1.1", "127.20.1.2",
        ]  # fmt: skip
        assert len({miner.mac for miner in fleet.miners}) == 4
        assert all(re.fullmatch(r"02:00:00(:[0-9A-F]{2}){3}", miner.mac) for miner in fleet.miners)


async def test_one_address_gives_each_miner_a_port_and_the_same_seed_the_same_fleet() -> None:
    async with SimulatedFleet(3, first="127.0.0.1", one_address=True, seed=7) as first:
        assert len({miner.host for miner in first.miners}) == 3
        async with SimulatedFleet(3, seed=7) as second:
            assert [miner.mac for miner in first.miners] == [miner.mac for miner in second.miners]
            assert [miner.hostname for miner in second.miners] == ["garage-01", "attic-02", "cellar-03"]
    async with SimulatedFleet(2, options=Options(same_name=True)) as same:
        assert [miner.hostname for miner in same.miners] == ["bitaxe", "bitaxe"]


async def test_a_fleet_that_cannot_be_says_why() -> None:
    with pytest.raises(BadFleet, match="1 to 5000"):
        SimulatedFleet(0)
    with pytest.raises(BadFleet, match="axeos-9"):
        SimulatedFleet(1, profiles=("axeos-9",))
    with pytest.raises(BadFleet, match="loopback"):
        async with SimulatedFleet(1, first="192.168.1.1"):
            pass
    async with SimulatedFleet(1) as fleet:
        with pytest.raises(AddressTaken):
            async with SimulatedFleet(1, port=fleet.port):
                pass
