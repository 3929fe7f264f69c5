"""An external discovery service: how it is asked, and that nothing it does can hold us up; then our own in its place."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from loopback_hosts import Connected, LoopbackHosts, floods, hang, http, says, small_mac
from pluto.cli.discovery_service import discovery_service, service_settings
from pluto.discovery.service import DiscoveryService, ServiceLimits
from pluto.errors import DiscoveryFailed
from pluto.model.match import Query

QUICK = ServiceLimits(connect_s=0.3, question_s=0.3, scan_s=0.3, body_bytes=200_000)
FLOOD_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n["


class Asked:
    """What a service was asked: the request lines, in order."""

    def __init__(self, *answers: bytes) -> None:
        self.lines: list[str] = []
        self._answers = list(answers)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        self.lines.append(request.decode().split("\r\n")[0])
        self.headers = request.decode().lower()
        writer.write(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])
        await writer.drain()


@asynccontextmanager
async def service(connected: Connected, limits: ServiceLimits = QUICK, path: str = "") -> AsyncGenerator[DiscoveryService]:
    async with LoopbackHosts(32) as hosts:
        host = await hosts.stranger(1, connected)
        async with DiscoveryService(f"http://{host}{path}", limits) as finder:
            yield finder


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(FLOOD_HEAD)
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("connected", "sentence"),
    [
        (hang, "did not answer within 0.3 s"),
        (drips, "did not answer within 0.3 s"),
        (floods(FLOOD_HEAD), "more than 200,000 bytes"),
        (floods(b"HTTP/1.1 200 OK\r\nX: "), "does not speak HTTP"),
        (says(b"\x00\xff hush \r\n\r\n"), "does not speak HTTP"),
        (says(b""), "broke the connection"),
        (says(http(b"[]")[:-1]), "broke the connection"),
        (says(http(b"<html>hush</html>")), "not JSON"),
        (says(http(b'[{"mac":"hush"}')), "not JSON"),
        (says(http(b"[" * 100_000)), "not JSON"),
        (says(http(b'[{"a":' + b"[" * 40 + b"]" * 40 + b"}]")), "deeper than 32"),
        (says(http(b"")), "not JSON"),
        (says(http(b"{}")), "array of devices"),
        (says(http(b"null")), "array of devices"),
        (says(http(b'[{"mac":"a"},"hush"]')), "array of devices"),
        (says(http(b'{"error":"hush"}', "500 Internal Server Error")), "status 500"),
        (says(http(b"[]", "302 Found", Location="/discovered")), "status 302"),
        (says(http(b"[]", Content_Encoding="gzip")), "compressed"),
    ],
)
async def test_whatever_it_does_wrong_is_a_failure_with_a_sentence_that_quotes_nothing(
    connected: Connected, sentence: str
) -> None:
    async with service(connected) as finder:
        for asking in (finder.discover(None, None), finder.discover("10.0.0.1", None), finder.discovered(Query())):
            with pytest.raises(DiscoveryFailed, match=sentence) as failure:
                await asking
            assert "hush" not in str(failure.value)


async def test_each_question_has_its_own_limit() -> None:
    async with service(hang, ServiceLimits(question_s=0.1, scan_s=0.2)) as finder:
        with pytest.raises(DiscoveryFailed, match=r"0\.2 s"):
            await finder.discover(None, None)
        for asking in (finder.discover("10.0.0.1", None), finder.discover(None, "02:aa"), finder.discovered(Query())):
            with pytest.raises(DiscoveryFailed, match=r"0\.1 s"):
                await asking


async def test_a_service_that_is_not_there_is_a_failure() -> None:
    async with LoopbackHosts(33) as hosts, DiscoveryService(f"http://{hosts.host(1)}", QUICK) as finder:
        with pytest.raises(DiscoveryFailed, match=f"{hosts.host(1)} cannot be reached"):
            await finder.discovered(Query())


async def test_it_is_asked_in_the_words_of_the_contract_with_every_value_intact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    asked = Asked(http(b"[]"))
    async with service(asked, path="/base/") as finder:
        assert await finder.discovered(Query(macs=["02:aa", "03:bb"], hostnames=["a&b+c/d%e f", "ü"])) == []
        assert await finder.discovered(Query(partial_ips="left")) == []
        assert await finder.discover(None, None) == []
        assert await finder.discover("10.0.0.1:8080", "02:AA") == []
    ways = "partialMacs=both&partialIps={}&partialHostnames=both"
    assert asked.lines == [
        f"GET /base/discovered?macs=02:aa,03:bb&hostnames=a%26b%2Bc%2Fd%25e%20f,%C3%BC&{ways.format('both')} HTTP/1.1",
        f"GET /base/discovered?{ways.format('left')} HTTP/1.1",
        "GET /base/discover HTTP/1.1",
        "GET /base/discover?ip=10.0.0.1:8080&mac=02:AA HTTP/1.1",
    ]
    assert "accept-encoding: identity" in asked.headers
    assert not {"cookie:", "origin:", "referer:", "authorization:"} & set(asked.headers.split())


async def test_devices_come_as_they_are_but_for_secrets() -> None:
    device = {"mac": "02:aa", "ip": "10.0.0.1", "vendor": {"x": [1, None]}, "info": {"hostname": "a", "stratumPassword": "hush"}}
    async with service(says(http(json.dumps([device]).encode()))) as finder:
        assert await finder.discovered(Query()) == [device | {"info": {"hostname": "a"}}]


async def test_failing_and_coming_back_are_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    asked = Asked(http(b"x"), http(b"y"), http(b"[]"), http(b"[]"))
    async with service(asked) as finder:
        for _ in range(2):
            with pytest.raises(DiscoveryFailed):
                await finder.discovered(Query())
        for _ in range(2):
            assert await finder.discovered(Query()) == []
    assert [record.message for record in caplog.records] == ["discovery service failed", "discovery service answers again"]


# Our own service (contract G.1), asked by our own client and by hand.


@asynccontextmanager
async def our_own(folder: Path, networks: str) -> AsyncGenerator[str]:
    environment = {
        "PORT": "0", "PLUTO_DATA_DIR": str(folder), "PLUTO_DISCOVERY_NETWORKS": networks, "PLUTO_DISCOVERY_MDNS": "false",
    }  # fmt: skip
    async with discovery_service(service_settings(environment)) as port:
        yield f"http://127.0.0.1:{port}"


async def test_our_service_finds_remembers_and_answers_our_client(tmp_path: Path) -> None:
    async with LoopbackHosts(34) as hosts:
        for number in range(1, 6):
            await hosts.miner(number)
        async with our_own(tmp_path, hosts.network) as url, DiscoveryService(url) as finder:
            assert await finder.discovered(Query()) == []
            assert len(await finder.discover(None, None)) == 5
            (third,) = await finder.discover(hosts.host(3), None)
            assert (third["mac"], third["ip"], third["type"]) == (small_mac(3), hosts.host(3), "unknown")
            assert await finder.discover(None, small_mac(4).upper()) != []
            assert await finder.discover("127.0.0.1:1", None) == []
            (named,) = await finder.discovered(Query(hostnames=["axe-3"]))
            assert named.keys() == {"mac", "ip", "type", "info", "createdAt", "updatedAt"}
        async with our_own(tmp_path, hosts.network) as url, DiscoveryService(url) as finder:
            known = await finder.discovered(Query(macs=["02:"], partial_macs="right"))
            assert len(known) == 5
            assert "hush" not in json.dumps(known)
    assert (tmp_path / "pluto_discovery").is_dir()


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/discovered", 200, []),
        ("/discovered/?macs=&partialMacs=none", 200, []),
        ("/discovered?mac=02:aa", 400, None),
        ("/discovered?partialIps=middle", 400, None),
        ("/discover?ip=attic", 400, None),
        ("/discover?ip=8.8.8.8", 400, None),
        ("/discover?mac=unknown", 400, None),
        ("/discover?ip=127.0.0.1:1&x=1", 400, None),
        ("/nothing", 404, {"error": "Not Found"}),
    ],
)
async def test_our_service_answers_in_json(tmp_path: Path, path: str, status: int, body: object) -> None:
    async with our_own(tmp_path, "") as url, aiohttp.ClientSession() as session, session.get(url + path) as answer:
        assert answer.status == status
        told = await answer.json()
        assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert told == body if body is not None else set(told) == {"error"}


async def test_our_service_says_when_nothing_can_be_searched(tmp_path: Path) -> None:
    async with our_own(tmp_path, "8.8.8.0/30") as url, aiohttp.request("GET", f"{url}/discover") as answer:
        assert (answer.status, await answer.json()) == (500, {"error": "Failed to discover devices"})


async def test_a_page_of_another_site_cannot_make_our_service_search(tmp_path: Path) -> None:
    async with our_own(tmp_path, "") as url, aiohttp.ClientSession() as session:
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            async with session.get(f"{url}/discover", headers=headers) as answer:
                assert answer.status in (403, 421)


def test_the_words_of_the_reference_still_mean_something() -> None:
    assert service_settings({}).port == 7775
    assert service_settings({"PORT": "7000", "ARP_SCAN_INTERFACES": "eth0, wlan0"}).discovery_interfaces == ("eth0", "wlan0")
    both = {"ARP_SCAN_INTERFACES": "eth0", "PLUTO_DISCOVERY_INTERFACES": "wlan0"}
    assert service_settings(both).discovery_interfaces == ("wlan0",)
