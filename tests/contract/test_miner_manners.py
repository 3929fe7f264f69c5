"""Contract E, J: how a miner is treated by a running Pluto, seen from the miner."""

import asyncio
import itertools
from pathlib import Path

import pytest

from discovery_stub import discovery_stub
from metric_miners import ALICE
from pluto.model.miner import MacAddress, Miner
from pluto.model.reading import Reading
from pluto.model.state import Answered, Failed, identified
from pluto.simulator.server import SimulatedFleet
from running import browser, running

WELL = Answered(Reading(), b"{}")
OTHER = Answered(Reading(mac=MacAddress("02:99:99:99:99:99")), b"{}")


@pytest.mark.parametrize(
    ("registered", "answer", "is_failed"),
    [
        (ALICE.mac, OTHER, True),
        (ALICE.mac, WELL, False),
        (ALICE.mac, Answered(Reading(mac=ALICE.mac), b"{}"), False),
        ("unknown", OTHER, False),
        ("ff:ff:ff:ff:1e:47", OTHER, False),
    ],
)
def test_another_mac_is_a_failed_poll_unless_the_registered_one_is_none(
    registered: str, answer: Answered, is_failed: bool
) -> None:
    assert isinstance(identified(answer, Miner(MacAddress(registered), "127.0.0.1").mac), Failed) is is_failed


@pytest.mark.timeout(40)
async def test_every_five_seconds_also_the_slow_and_each_failure_is_told_once(tmp_path: Path) -> None:
    async with (
        SimulatedFleet(3, first="127.39.1.1", profiles=("axeos-2.12", "nerdqaxe-1.0.36", "axeos-2.4")) as fleet,
        running(tmp_path, fleet) as pluto,
        browser(pluto) as page,
    ):
        await pluto.imprint(fleet.miners)
        slow, slower, refused = fleet.miners
        slow.fault("slow", seconds=1.5)
        slower.fault("slow", seconds=3.0)
        refused.fault("refused")
        for miner in fleet.miners:
            miner.requests.info_started_s.clear()
        await pluto.listen()
        samples = await pluto.until(lambda samples: samples.get('pluto_polls_total{outcome="refused"}', 0) == 3, 20)
        assert samples["hardware_online"] == 2
        assert len(page.of("error")) == 3
        assert {one["mac"].lower() for one in page.of("error")} == {refused.mac.lower()}
        for miner in (slow, slower):
            started = miner.requests.info_started_s
            assert [round(late - early) for early, late in itertools.pairwise(started)] == [5] * (len(started) - 1)
            assert len(started) in (2, 3)
            assert miner.open_connections <= 1


async def test_a_proxy_of_the_environment_is_not_asked_and_no_redirect_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with SimulatedFleet(2, first="127.40.1.1", profiles=("axeos-2.12",)) as fleet, running(tmp_path, fleet) as pluto:
        miner, lure = fleet.miners
        await pluto.imprint(fleet.miners)
        await pluto.listen([miner])
        await pluto.until(lambda samples: samples["hardware_online"] == 1)
        path, secret = f"/devices/{miner.mac}/system", {"info": {"stratumPassword": "hunter22"}}
        assert (await pluto.ask("PATCH", path, secret))[0] == 200
        miner.fault("redirect", only="write", location=f"http://{lure.host}/api/system")
        assert (await pluto.ask("PATCH", path, secret))[0] == 500
        assert lure.received == []
        assert (await pluto.ask("POST", f"/devices/{miner.mac}/system/restart"))[0] == 500
        assert lure.requests.counts["POST /api/system/restart"] == 0


async def test_reading_changes_no_miner(tmp_path: Path) -> None:
    async with SimulatedFleet(1, first="127.41.1.1") as fleet, running(tmp_path, fleet) as pluto:
        await pluto.imprint(fleet.miners)
        for path in (
            "/devices/imprint",
            f"/devices/{fleet.miners[0].mac}/system",
            "/devices/discover",
            "/presets",
            "/dashboards",
        ):
            await pluto.ask("GET", path)
        assert fleet.miners[0].received == []
        assert all(asked.startswith("GET ") for asked in fleet.miners[0].requests.counts)


async def test_discovery_none_is_an_empty_array(tmp_path: Path) -> None:
    async with discovery_stub() as stub, running(tmp_path, discovery_service_host=stub.base) as pluto:
        for path in ("/devices/discover", "/devices/discovered"):
            assert await pluto.ask("GET", path) == (200, [])
        await asyncio.gather(*(pluto.ask("PUT", "/devices/imprint", {"macs": [f"02:00:00:00:00:0{n}"]}) for n in (1, 2)))
        ways = {"partialMacs": "both", "partialIps": "both", "partialHostnames": "both"}
        assert stub.questions[2:] == [("/discovered", {"macs": f"02:00:00:00:00:0{n}", **ways}) for n in (1, 2)]
