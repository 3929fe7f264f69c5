"""Our own search over a network on loopback, with real connections and the real store."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from clocks import FakeClock
from loopback_hosts import LoopbackHosts, floods, hang, http, says, small_mac
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach
from pluto.clock import LoopClock
from pluto.discovery.announced import SERVICE, Announced
from pluto.discovery.device import Candidate
from pluto.discovery.mocks import MockList
from pluto.discovery.networks import parse_network
from pluto.discovery.scan import Found, Hints
from pluto.discovery.search import Limits, Memory, Places, Search
from pluto.errors import BadRequest, DiscoveryFailed, StorageFull
from pluto.model.json_value import JsonObject
from pluto.model.match import Query
from pluto.model.miner import MacAddress, parse_mac
from pluto.services.own_search import memory_in, probe_of, refusal_of
from pluto.store.discovered import DiscoveredStore

LIMITS = Limits()
LOOPBACK = Reach(["127.0.0.0/8"])


class Remembered:
    """A memory that a test can look into."""

    def __init__(self, *devices: JsonObject) -> None:
        self.devices = list(devices)

    async def remember(self, found: list[JsonObject]) -> None:
        self.devices = [*found, *self.devices]

    def as_memory(self) -> Memory:
        return Memory(self.remember, lambda: self.devices, self.places)

    def places(self) -> list[tuple[MacAddress, str]]:
        return [(mac, str(one["ip"])) for one in self.devices if (mac := parse_mac(one.get("mac"))) is not None]


def places(*networks: str, neighbours: Mapping[str, str] | None = None, hints: Sequence[Hints] = ()) -> Places:
    table = {ip: MacAddress(mac) for ip, mac in (neighbours or {}).items()}
    return Places(lambda: [parse_network(text) for text in networks], lambda: table, hints)


@asynccontextmanager
async def search_of(
    where: Places, memory: Memory | None = None, *, limits: Limits = LIMITS, reach: Reach = LOOPBACK, answer_s: float = 4.0
) -> AsyncGenerator[Search]:
    probes = PollClient(reach, LoopClock(), answer_s, 1.5)
    try:
        async with Search(probe_of(probes), where, memory or Remembered().as_memory(), refusal_of(reach), limits) as search:
            yield search
    finally:
        probes.close()


def macs(found: Sequence[JsonObject]) -> list[str]:
    return sorted(str(device["mac"]) for device in found)


@pytest.fixture
async def hosts() -> AsyncGenerator[LoopbackHosts]:
    async with LoopbackHosts(30) as network:
        yield network


# A whole scan.


async def test_thirty_miners_among_254_addresses_are_all_found_as_they_come_and_remembered(
    hosts: LoopbackHosts, tmp_path: Path
) -> None:
    for number in range(1, 240, 8):
        await hosts.miner(number)
    heard: list[tuple[int, int, Found]] = []
    async with (
        DiscoveredStore(tmp_path, clock=FakeClock()) as store,
        search_of(places(hosts.network), memory_in(store)) as search,
    ):
        found = await search.discover(None, None, lambda done, total, device: heard.append((done, total, device)))
        remembered = await search.discovered(Query(hostnames=["axe-9"], partial_hostnames="none"))
        assert len(await search.discovered(Query())) == 30
    assert macs(found) == sorted(small_mac(number) for number in range(1, 240, 8))
    assert [done for done, _, _ in heard] == list(range(1, 255))
    assert {total for _, total, _ in heard} == {254}
    assert next(done for done, _, device in heard if device) < 254
    assert sum(device is not None for _, _, device in heard) == 30
    (nine,) = remembered
    assert (nine["ip"], nine["mac"], nine["type"]) == (hosts.host(9), small_mac(9), "unknown")
    assert nine["createdAt"] == "2026-01-01T00:00:00.000Z"
    assert nine["info"] == {"ASICModel": "BM1370", "hashRate": 1000.5, "hostname": "axe-9", "macAddr": small_mac(9).upper()}


async def test_hosts_that_are_anything_but_miners_neither_end_nor_spoil_a_search(hosts: LoopbackHosts) -> None:
    await hosts.stranger(1, hang)
    await hosts.stranger(2, says(b""))
    await hosts.stranger(3, says(http(b"<html>router</html>")))
    await hosts.stranger(4, says(http(b'{"printer":true,"hostname":"x"}')))
    await hosts.stranger(5, says(b"\x00\xff" * 5000))
    await hosts.stranger(6, floods(b"HTTP/1.1 200 OK\r\n\r\n"))
    await hosts.stranger(7, floods(b"HTTP/1.1 200 OK\r\nX: "))
    await hosts.stranger(8, says(http(b"[" * 100_000)))
    await hosts.stranger(9, says(http(b"", "302 Found", Location=f"http://{hosts.host(20)}/api/system/info")))
    await hosts.stranger(10, says(http(b'{"macAddr":"02:00:00:00:00:63","uptimeSeconds":1e999}')))
    await hosts.miner(20)
    async with search_of(places(hosts.network), answer_s=0.5) as search:
        found = await search.discover(None, None)
    assert macs(found) == [small_mac(20)]
    assert hosts.asked == {hosts.ip(number): 1 for number in (*range(1, 11), 20)}


async def test_no_more_addresses_are_asked_at_once_than_agreed(hosts: LoopbackHosts) -> None:
    for number in range(1, 30):
        await hosts.miner(number)
    at_once, most = 0, 0

    async def probe(_: str) -> JsonObject | None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return None

    nothing = Remembered().as_memory()
    async with Search(probe, places(hosts.network), nothing, refusal_of(LOOPBACK), Limits(parallel=7)) as search:
        assert await search.discover(None, None) == []
    assert most == 7


async def test_whoever_asks_during_a_scan_shares_it(hosts: LoopbackHosts) -> None:
    for number in (1, 2, 200):
        await hosts.miner(number)
    async with search_of(places(hosts.network)) as search, asyncio.TaskGroup() as tasks:
        everything = [tasks.create_task(search.discover(None, None)) for _ in range(5)]
        one = tasks.create_task(search.discover(None, small_mac(200)))
    assert all(macs(task.result()) == macs(everything[0].result()) for task in everything)
    assert len(everything[0].result()) == 3
    assert macs(one.result()) == [small_mac(200)]
    assert set(hosts.asked.values()) == {1}


async def test_a_scan_that_nobody_waits_for_any_more_ends(hosts: LoopbackHosts) -> None:
    began = asyncio.Event()
    ended: list[str] = []

    async def probe(host: str) -> JsonObject | None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(host)
        return None

    nothing = Remembered().as_memory()
    before = asyncio.all_tasks()
    async with Search(probe, places(hosts.network), nothing, refusal_of(LOOPBACK), Limits(parallel=3)) as search:
        first, second = (asyncio.create_task(search.discover(None, None)) for _ in range(2))
        await began.wait()
        first.cancel()
        await asyncio.wait([first])
        assert ended == []
        second.cancel()
        await asyncio.wait([second])
        assert len(ended) == 3
    assert asyncio.all_tasks() == before


async def test_closing_ends_the_scan_and_gives_what_was_found(hosts: LoopbackHosts) -> None:
    await hosts.miner(1)
    await hosts.stranger(2, hang)
    seen = asyncio.Event()
    async with search_of(places(hosts.network)) as search:
        asking = asyncio.create_task(search.discover(None, None, lambda _, __, device: seen.set() if device else None))
        await seen.wait()
    assert macs(await asking) == [small_mac(1)]


async def test_a_scan_ends_at_its_limit_with_what_it_has_and_says_so(
    hosts: LoopbackHosts, caplog: pytest.LogCaptureFixture
) -> None:
    await hosts.miner(1)
    await hosts.stranger(2, hang)
    async with search_of(places(hosts.network), limits=Limits(scan_s=0.5)) as search:
        assert macs(await search.discover(None, None)) == [small_mac(1)]
    assert [record.message for record in caplog.records] == ["search ended at its time limit"]


async def test_neighbours_and_miners_known_before_are_asked_first(hosts: LoopbackHosts) -> None:
    order: list[str] = []

    async def probe(host: str) -> JsonObject | None:
        order.append(host)
        return None

    known = Remembered(
        {"mac": small_mac(9), "ip": hosts.host(99)}, {"mac": "ff:ff:ff:ff:1e:47", "ip": hosts.host(98)}, {"ip": "10.9.9.9"}
    )
    where = places(hosts.network, neighbours={hosts.ip(200): small_mac(1), "10.0.0.1": small_mac(2)})
    heard: list[tuple[int, int]] = []
    async with Search(probe, where, known.as_memory(), refusal_of(LOOPBACK)) as search:
        await search.discover(None, None, lambda done, total, _: heard.append((done, total)))
    assert order[:3] == [hosts.host(200), hosts.host(99), hosts.host(1)]
    assert len(order) == len(set(order)) == 254
    assert heard[-1] == (254, 254)


async def test_an_address_that_may_not_be_contacted_is_not(hosts: LoopbackHosts, caplog: pytest.LogCaptureFixture) -> None:
    await hosts.miner(1)
    await hosts.miner(200)
    async with search_of(places(hosts.network), reach=Reach([f"127.{hosts.net}.0.0/25"])) as search:
        assert macs(await search.discover(None, None)) == [small_mac(1)]
        with pytest.raises(BadRequest, match="PLUTO_MINER_NETWORKS"):
            await search.discover(hosts.host(200), None)
    assert hosts.ip(200) not in hosts.asked
    assert [record.message for record in caplog.records] == ["addresses left out"]


async def test_without_a_network_there_is_nothing_to_tell() -> None:
    async with search_of(places()) as search:
        with pytest.raises(DiscoveryFailed, match="PLUTO_DISCOVERY_NETWORKS"):
            await search.discover(None, None)
    async with search_of(places("8.8.8.0/24")) as search:
        with pytest.raises(DiscoveryFailed, match="PLUTO_MINER_NETWORKS"):
            await search.discover(None, None)


async def test_a_full_disk_loses_no_answer_and_is_told_once(hosts: LoopbackHosts, caplog: pytest.LogCaptureFixture) -> None:
    for number in (1, 2, 3):
        await hosts.miner(number)

    async def remember(_: list[JsonObject]) -> None:
        raise StorageFull("the disk is full")

    async with search_of(places(hosts.network), Memory(remember, list, list)) as search:
        assert len(await search.discover(None, None)) == 3
    assert [record.message for record in caplog.records] == ["discovered miners are not remembered"]


async def test_a_bug_met_at_one_address_spoils_only_this_one(hosts: LoopbackHosts, caplog: pytest.LogCaptureFixture) -> None:
    async def probe(host: str) -> JsonObject | None:
        if host == hosts.host(7):
            raise KeyError("bug")
        return {"macAddr": small_mac(8)} if host == hosts.host(8) else None

    async with Search(probe, places(hosts.network), Remembered().as_memory(), refusal_of(LOOPBACK)) as search:
        assert macs(await search.discover(None, None)) == [small_mac(8)]
    assert [record.message for record in caplog.records] == ["probe failed unexpectedly"]


# One address.


async def test_one_address_is_asked_without_a_scan(hosts: LoopbackHosts) -> None:
    await hosts.miner(1)
    await hosts.miner(2)
    memory = Remembered()
    async with search_of(places(hosts.network), memory.as_memory()) as search:
        (found,) = await search.discover(hosts.host(2), None)
        assert await search.discover(hosts.host(3), None) == []
        assert await search.discover(hosts.host(2), small_mac(1)) == []
        assert await search.discover(hosts.host(2), small_mac(2).upper()) == [found]
    assert found["mac"] == small_mac(2)
    assert memory.devices == [found, found]
    assert hosts.ip(1) not in hosts.asked


@pytest.mark.parametrize("ip", ["attic", "127.1", "127.0.0.1:0", "0x7f.0.0.1", "169.254.1.1", "8.8.8.8"])
async def test_an_address_that_cannot_be_a_miners_is_refused(ip: str) -> None:
    async with search_of(places()) as search:
        with pytest.raises(BadRequest):
            await search.discover(ip, None)


async def test_a_mac_that_is_none_is_refused() -> None:
    async with search_of(places()) as search:
        with pytest.raises(BadRequest, match="no MAC"):
            await search.discover(None, "unknown")


# Whose MAC it is.


@pytest.mark.parametrize(
    ("fields", "neighbour", "expected"),
    [
        ({"macAddr": "AA-BB-CC-00-00-01", "mac": "aa:bb:cc:00:00:02"}, "aa:bb:cc:00:00:03", "aa:bb:cc:00:00:01"),
        ({"macAddr": None, "mac": "AA:BB:CC:00:00:02"}, "aa:bb:cc:00:00:03", "aa:bb:cc:00:00:02"),
        ({"macAddr": "", "mac": 7}, "aa:bb:cc:00:00:03", "aa:bb:cc:00:00:03"),
        ({"macAddr": "00:00:00:00:00:00"}, "aa:bb:cc:00:00:03", "aa:bb:cc:00:00:03"),
    ],
)
async def test_the_mac_is_the_miners_own_word_else_the_neighbour_tables(
    hosts: LoopbackHosts, fields: dict[str, object], neighbour: str, expected: str
) -> None:
    await hosts.miner(5, **fields)
    async with search_of(places(hosts.network, neighbours={hosts.ip(5): neighbour})) as search:
        assert macs(await search.discover(None, None)) == [expected]


async def test_a_miner_whose_mac_nobody_knows_is_left_out_and_named(caplog: pytest.LogCaptureFixture) -> None:
    async def probe(_: str) -> JsonObject | None:
        return {"ASICModel": "BM1370"}

    memory = Remembered()
    async with Search(probe, places(), memory.as_memory(), refusal_of(Reach(["10.0.0.0/8"]))) as search:
        assert await search.discover("10.0.0.5", None) == []
        assert memory.devices == []
        (found,) = await search.discover("10.0.0.5", "AA:BB:CC:00:00:09")
    assert found["mac"] == "aa:bb:cc:00:00:09"
    assert [record.__dict__["host"] for record in caplog.records] == ["10.0.0.5"]


async def test_on_loopback_where_nobody_has_a_mac_an_address_always_gets_the_same_one(hosts: LoopbackHosts) -> None:
    await hosts.miner(5, macAddr=None)
    await hosts.miner(6, macAddr=None)
    async with search_of(places(hosts.network)) as search:
        five, six = macs(await search.discover(None, None))
        again = [*await search.discover(hosts.host(5), None), *await search.discover(hosts.host(6), None)]
    assert five != six
    assert macs(again) == [five, six]


# One MAC.


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_mac_is_looked_for_where_it_was_or_where_the_kernel_sees_it_before_any_scan(
    hosts: LoopbackHosts, is_known: bool
) -> None:
    await hosts.miner(1)
    await hosts.miner(77)
    known = Remembered({"mac": small_mac(77).upper(), "ip": hosts.host(77)}) if is_known else Remembered()
    where = places(hosts.network, neighbours={} if is_known else {hosts.ip(77): small_mac(77)})
    async with search_of(where, known.as_memory()) as search:
        (found,) = await search.discover(None, small_mac(77))
    assert found["ip"] == hosts.host(77)
    assert hosts.asked == {hosts.ip(77): 1}


async def test_a_mac_that_moved_is_found_by_a_scan_that_ends_there(hosts: LoopbackHosts) -> None:
    for number in range(1, 60):
        await hosts.miner(number)
    known = Remembered({"mac": small_mac(3), "ip": hosts.host(1)})
    async with search_of(places(hosts.network), known.as_memory(), limits=Limits(parallel=1)) as search:
        (found,) = await search.discover(None, small_mac(3))
    assert found["ip"] == hosts.host(3)
    assert len(hosts.asked) < 10


async def test_a_mac_that_is_nowhere_is_given_up_in_time(hosts: LoopbackHosts, caplog: pytest.LogCaptureFixture) -> None:
    await hosts.stranger(1, hang)
    async with search_of(places(hosts.network), limits=Limits(mac_s=0.3)) as search:
        assert await search.discover(None, small_mac(5)) == []
    assert [record.message for record in caplog.records] == ["miner not found in time"]


# Mocks.


@asynccontextmanager
async def listing(answer: Callable[[], web.Response]) -> AsyncGenerator[str]:
    async def servers(_: web.Request) -> web.Response:
        return answer()

    application = web.Application()
    application.router.add_get("/servers", servers)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://localhost:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_mocks_are_found_under_a_fixed_mac_and_an_address(hosts: LoopbackHosts) -> None:
    host = await hosts.miner(1, macAddr=None)
    servers = [{"port": hosts.port, "hostname": "mockaxe1", "startTime": 1}, {"port": "7752"}, {"port": 0}, {"port": None}, 7]
    memory = Remembered()
    async with listing(lambda: web.json_response({"message": "x", "servers": servers})) as url:
        where = places(hints=[MockList(url, hosts.ip(1)).candidates])
        async with search_of(where, memory.as_memory()) as search:
            (found,) = await search.discover(None, None)
            assert await search.discover(None, str(found["mac"])) == [found]
            assert await search.discover(host, None) == [found]
    assert found["mac"] == f"ff:ff:ff:ff:{hosts.port >> 8:02x}:{hosts.port & 255:02x}"
    assert found["ip"] == host


async def test_a_mock_host_that_is_a_name_becomes_an_address() -> None:
    async with (
        listing(lambda: web.json_response({"servers": [{"port": 7751}]})) as url,
        aclosing(MockList(url).candidates()) as mocks,
    ):
        assert [(mock.host, mock.mac) async for mock in mocks] == [("127.0.0.1:7751", "ff:ff:ff:ff:1e:47")]


@pytest.mark.parametrize("body", ["<html>", "[]", '{"servers":7}', "null"])
async def test_a_mock_list_that_talks_nonsense_is_logged_and_the_rest_is_found(
    hosts: LoopbackHosts, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    await hosts.miner(1)
    async with listing(lambda: web.Response(text=body)) as url:
        async with search_of(places(hosts.network, hints=[MockList(url).candidates])) as search:
            assert macs(await search.discover(None, None)) == [small_mac(1)]
        async with search_of(places(hints=[MockList(url).candidates])) as search:
            with pytest.raises(DiscoveryFailed, match="mock list"):
                await search.discover(None, None)
    assert {record.message for record in caplog.records} == {"a part of the search failed"}


# Announcements.


async def test_a_miner_that_announces_itself_is_heard() -> None:
    name = "Bitaxe Gamma 601 (69F8)._http._tcp.local."
    miner = AsyncServiceInfo(SERVICE, name, port=8080, parsed_addresses=["127.0.0.7"], properties={"board": "601"})
    announcer = AsyncZeroconf(interfaces=["127.0.0.1"])
    try:
        await (await announcer.async_register_service(miner))  # pyright: ignore[reportUnknownMemberType] - zeroconf's own gap
        async with aclosing(Announced(lambda: ["127.0.0.1"], listen_s=20.0).candidates()) as candidates:
            assert (await anext(candidates)).host == "127.0.0.7:8080"
    finally:
        await announcer.async_close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # zeroconf leaves its socket to the collector
async def test_where_nobody_can_listen_the_search_goes_on_and_says_so_once(
    hosts: LoopbackHosts, caplog: pytest.LogCaptureFixture
) -> None:
    await hosts.miner(1)
    announced = Announced(lambda: ["203.0.113.77"], listen_s=0.1)
    async with search_of(places(hosts.network, hints=[announced.candidates])) as search:
        for _ in range(2):
            assert macs(await search.discover(None, None)) == [small_mac(1)]
    ours = [record.message for record in caplog.records if record.name.startswith("pluto")]
    assert ours == ["cannot listen for miners that announce themselves"]


def naming(*hosts: str) -> Hints:
    async def candidates() -> AsyncGenerator[Candidate]:
        for host in hosts:
            yield Candidate(host)

    return candidates


async def test_an_announced_address_adds_to_what_is_searched(hosts: LoopbackHosts) -> None:
    async with LoopbackHosts(31) as elsewhere:
        host = await elsewhere.miner(1)
        await hosts.miner(2)

        heard: list[tuple[int, int]] = []
        async with search_of(places(hosts.network, hints=[naming(host, hosts.host(2))])) as search:
            found = await search.discover(None, None, lambda done, total, _: heard.append((done, total)))
    assert macs(found) == [small_mac(1), small_mac(2)]
    assert heard[-1] == (255, 255)
    assert hosts.asked == {hosts.ip(2): 1}
