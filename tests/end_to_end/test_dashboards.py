"""Dashboards of a running Pluto: when they appear, what stays, what removal takes, and that no poll waits for Grafana."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clocks import FakeClock
from grafana import FakeGrafana
from pluto.dashboards.files import DashboardFiles
from pluto.dashboards.grafana import Grafana, Limits
from pluto.dashboards.keeper import MAX_NAMES, Dashboards
from pluto.model.miner import MacAddress
from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Running, running

ALICE = MacAddress("02:00:00:00:00:0a")


async def until(holds: Callable[[], bool], limit_s: float = 15.0) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.02)


def names(tmp_path: Path) -> list[str]:
    return sorted(path.stem for path in (tmp_path / "dashboards").glob("*.json"))


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


def call(miner: SimulatedMiner, hostname: str) -> None:
    miner.state.change("hostname", hostname, at_once=True)


async def watched(pluto: Running, fleet: SimulatedFleet) -> None:
    await pluto.imprint(fleet.miners)
    await pluto.listen()


@asynccontextmanager
async def kept(
    tmp_path: Path, fake: FakeGrafana | None, clock: FakeClock, limits: Limits | None = None
) -> AsyncGenerator[Dashboards]:
    """Run the dashboards alone, with limits that do not make a test wait."""
    grafana = None if fake is None else Grafana(fake.url, clock.utc, limits or Limits(call_s=0.1))
    files = DashboardFiles(tmp_path / "dashboards", tmp_path / "templates")
    async with Dashboards(files, clock, grafana, listing_s=0.5) as dashboards:
        yield dashboards


async def test_a_miner_s_dashboard_comes_with_its_first_answer_and_not_before(tmp_path: Path) -> None:
    async with SimulatedFleet(2, first="127.62.0.1") as fleet, running(tmp_path, fleet) as pluto:
        await pluto.imprint(fleet.miners)
        fleet.miners[1].fault("hang")
        await pluto.listen()
        await until(lambda: len(names(tmp_path)) == 1)
        await pluto.until(lambda samples: samples.get('pluto_polls_total{outcome="silent"}', 0) >= 1)
        name = fleet.miners[0].hostname.replace("-", "__")
        assert names(tmp_path) == [name]
        dashboard = read(tmp_path / "dashboards" / f"{name}.json")
        assert dashboard["title"] == name
        assert f"{name}_power_watts" in json.dumps(dashboard)
        assert await pluto.ask("GET", "/dashboards") == (200, [])  # no Grafana: nothing is public


async def test_names_are_those_of_the_metrics_and_stay_in_the_folder(tmp_path: Path) -> None:
    async with SimulatedFleet(6, first="127.63.0.1", profiles=["axeos-2.12"]) as fleet, running(tmp_path, fleet) as pluto:
        for miner, name in zip(fleet.miners, ("../../x", "overview", "1axe", "bitaxe", "bitaxe", "dash-01.b"), strict=True):
            call(miner, name)
        await watched(pluto, fleet)
        await until(lambda: len(names(tmp_path)) == 6)
        overview, second = (fleet.miners[n].mac.replace(":", "").lower()[-6:] for n in (1, 4))
        first = fleet.miners[3].mac.replace(":", "").lower()[-6:]
        found = names(tmp_path)
        twins = [{"bitaxe", f"bitaxe_{second}"}, {"bitaxe", f"bitaxe_{first}"}]  # whoever was registered first has the short one
        assert {name for name in found if name.startswith("bitaxe")} in twins
        assert {"____________x", f"overview_{overview}", "1axe", "dash__01__b"} <= set(found)
        assert '"_1axe_power_watts"' in (tmp_path / "dashboards" / "1axe.json").read_text()
        assert len({read(tmp_path / "dashboards" / f"{name}.json")["title"] for name in found}) == 6


async def test_an_existing_dashboard_stays_byte_for_byte_and_is_checked_once_after_a_start(tmp_path: Path) -> None:
    folder = tmp_path / "dashboards"
    async with SimulatedFleet(1, first="127.64.0.1") as fleet, FakeGrafana(folder).open() as fake:
        name = fleet.miners[0].hostname.replace("-", "__")
        folder.mkdir()
        (folder / f"{name}.json").write_bytes(b'{"uid":"mine","hand":"made"}\n')
        async with running(tmp_path, fleet, grafana_host=fake.url) as pluto:
            await watched(pluto, fleet)
            await until(lambda: fake.is_public("mine"))
        fake.calls.clear()
        async with running(tmp_path, fleet, grafana_host=fake.url, auto_listen=True) as pluto:
            await pluto.until(lambda samples: samples.get('pluto_polls_total{outcome="ok"}', 0) >= 2)
            assert [one.method for one in fake.calls if one.uid == "mine"] == ["GET"]
        assert (folder / f"{name}.json").read_bytes() == b'{"uid":"mine","hand":"made"}\n'


@pytest.mark.parametrize("auto_listen", [True, False])
async def test_the_overview_comes_at_the_start_with_auto_listen_alone(tmp_path: Path, auto_listen: bool) -> None:
    async with running(tmp_path, auto_listen=auto_listen) as pluto:
        if auto_listen:
            await until(lambda: names(tmp_path) == ["overview"])
        assert await pluto.ask("GET", "/dashboards") == (200, [])
        assert names(tmp_path) == (["overview"] if auto_listen else [])


async def test_a_dashboard_is_published_two_seconds_after_it_was_written(tmp_path: Path) -> None:
    async with (
        SimulatedFleet(2, first="127.65.0.1") as fleet,
        FakeGrafana(tmp_path / "dashboards").open() as fake,
        running(tmp_path, fleet, grafana_host=fake.url) as pluto,
    ):
        await watched(pluto, fleet)
        await until(lambda: len(fake.of("PATCH")) == 2)
        status, listed = await pluto.ask("GET", "/Dashboards/")
        assert status == 200
        assert [one["name"] for one in listed] == names(tmp_path)
        for one in listed:
            assert set(one) == {"name", "uid", "grafanaData", "publicUrl"}
            assert one["uid"] == read(tmp_path / "dashboards" / f"{one['name']}.json")["uid"]
            assert one["grafanaData"] == fake.public[one["uid"]]
            assert one["publicUrl"] == f"/grafana/public-dashboards/{one['grafanaData']['accessToken']}?orgId=1"
        assert len(fake.of("POST")) == 2


async def test_the_list_publishes_what_is_not_public_and_leaves_out_what_cannot_be(tmp_path: Path) -> None:
    folder = tmp_path / "dashboards"
    folder.mkdir()
    for name, text in (
        ("b", '{"uid":"of-b"}'),
        ("a", '{"uid":"of-a"}'),
        ("broken", "{"),
        ("without", "{}"),
        ("odd", '{"uid":"odd"}'),
    ):
        (folder / f"{name}.json").write_text(text)
    async with FakeGrafana(None).open() as fake, running(tmp_path, grafana_host=fake.url) as pluto:
        fake.know("of-a", "of-b")
        status, listed = await pluto.ask("GET", "/dashboards")
        assert status == 200
        assert [one["name"] for one in listed] == ["a", "b"]
        assert len(fake.of("POST", "odd")) == 1
        await pluto.ask("GET", "/dashboards")
        assert [len(fake.of("POST", uid)) for uid in ("of-a", "of-b")] == [1, 1]


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, {"Origin": "http://evil.example"}], ids=str
)
async def test_a_foreign_page_cannot_have_dashboards_published(tmp_path: Path, headers: dict[str, str]) -> None:
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "a.json").write_text('{"uid":"of-a"}')
    async with FakeGrafana(None).open() as fake, running(tmp_path, grafana_host=fake.url) as pluto:
        fake.know("of-a")
        async with pluto.http.get(f"{pluto.base}/dashboards", headers=headers) as answer:
            assert answer.status == 403
        assert fake.calls == []


async def test_the_list_comes_though_grafana_hangs_and_many_askers_share_it(tmp_path: Path) -> None:
    (tmp_path / "dashboards").mkdir()
    for n in range(50):
        (tmp_path / "dashboards" / f"m{n}.json").write_text(json.dumps({"uid": f"uid{n}"}))
    async with FakeGrafana(None).open() as fake, kept(tmp_path, fake, FakeClock(), Limits(call_s=60)) as dashboards:
        fake.mode = "hang"
        lists = await asyncio.wait_for(asyncio.gather(*(dashboards.public() for _ in range(20))), 10)
        assert lists == [[]] * 20
        assert len(fake.calls) <= 4
        await until(lambda: fake.at_once == 0)
        fake.mode = "well"
        fake.know(*(f"uid{n}" for n in range(50)))
        assert len(await dashboards.public()) == 50


async def test_a_folder_that_cannot_be_written_is_told_once_and_tried_again_with_each_poll(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pluto")
    folder = tmp_path / "dashboards"
    folder.write_text("a file where the folder belongs")
    async with kept(tmp_path, None, FakeClock()) as dashboards:
        for _ in range(5):
            dashboards.draw(ALICE, "garage", "garage")
            await asyncio.sleep(0.05)
        assert [record.getMessage() for record in caplog.records] == ["dashboard not written, trying on"]
        folder.unlink()
        dashboards.draw(ALICE, "garage", "garage")
        await until(lambda: names(tmp_path) == ["garage"])


async def test_a_renamed_miner_gets_a_dashboard_of_its_new_name_and_keeps_the_old_one(tmp_path: Path) -> None:
    async with SimulatedFleet(1, first="127.67.0.1") as fleet, running(tmp_path, fleet) as pluto:
        call(fleet.miners[0], "before")
        await watched(pluto, fleet)
        await until(lambda: names(tmp_path) == ["before"])
        old = (tmp_path / "dashboards" / "before.json").read_bytes()
        call(fleet.miners[0], "after")
        await until(lambda: names(tmp_path) == ["after", "before"])
        assert (tmp_path / "dashboards" / "before.json").read_bytes() == old


async def test_a_miner_that_renames_itself_always_gets_no_more_than_twenty(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = DashboardFiles(tmp_path / "dashboards", tmp_path / "templates")
    async with Dashboards(files, FakeClock(), None) as dashboards:
        for n in range(100):
            dashboards.draw(ALICE, f"chameleon{n}", f"chameleon{n}")
            await asyncio.sleep(0)
        dashboards.draw(ALICE, "chameleon0", "chameleon0")
        await until(lambda: "chameleon0" in names(tmp_path))
    assert len(names(tmp_path)) <= MAX_NAMES
    assert caplog.text.count("renamed too often") == 1


async def by_delete(pluto: Running, miner: SimulatedMiner, rest: list[SimulatedMiner]) -> None:
    assert (await pluto.ask("DELETE", f"/devices/imprint/{miner.mac}"))[0] == 200


async def by_list(pluto: Running, miner: SimulatedMiner, rest: list[SimulatedMiner]) -> None:
    await pluto.listen(rest)


async def by_both(pluto: Running, miner: SimulatedMiner, rest: list[SimulatedMiner]) -> None:
    await by_list(pluto, miner, rest)
    await by_delete(pluto, miner, rest)


Removal = Callable[[Running, SimulatedMiner, list[SimulatedMiner]], Awaitable[None]]
WAYS = pytest.mark.parametrize("remove", [by_delete, by_list, by_both])


@WAYS
async def test_removal_unpublishes_once_and_deletes_the_file_of_this_miner_alone(tmp_path: Path, remove: Removal) -> None:
    async with (
        SimulatedFleet(3, first="127.68.0.1") as fleet,
        FakeGrafana(tmp_path / "dashboards").open() as fake,
        running(tmp_path, fleet, grafana_host=fake.url, delete_data_on_device_remove=True) as pluto,
    ):
        for miner, name in zip(fleet.miners, ("pre", "pre_two", "other"), strict=True):
            call(miner, name)
        await watched(pluto, fleet)
        await until(lambda: len(fake.of("PATCH")) == 3)
        uid = read(tmp_path / "dashboards" / "pre.json")["uid"]
        record = fake.public[uid]["uid"]
        rest = {path.name: path.read_bytes() for path in (tmp_path / "dashboards").glob("*.json") if path.stem != "pre"}
        await remove(pluto, fleet.miners[0], fleet.miners[1:])
        await until(lambda: names(tmp_path) == ["other", "pre_two"])
        assert [one.path.rsplit("/", 1)[1] for one in fake.of("DELETE")] == [record]
        assert not fake.is_public(uid)
        assert {path.name: path.read_bytes() for path in (tmp_path / "dashboards").glob("*.json")} == rest
        assert sum(fake.is_public(other) for other in fake.public) == 2
        samples = await pluto.metrics()
        assert "pre_power_watts" not in samples
        assert "pre_two_power_watts" in samples

        if remove is by_list:  # watched again: dashboard and publication return, under a uid of its own
            await pluto.listen()
            await until(lambda: "pre" in names(tmp_path))
            again = read(tmp_path / "dashboards" / "pre.json")["uid"]
            assert again != uid
            await until(lambda: fake.is_public(again))


@WAYS
async def test_without_the_flag_removal_leaves_dashboard_and_publication_alone(tmp_path: Path, remove: Removal) -> None:
    async with (
        SimulatedFleet(1, first="127.69.0.1") as fleet,
        FakeGrafana(tmp_path / "dashboards").open() as fake,
        running(tmp_path, fleet, grafana_host=fake.url) as pluto,
    ):
        await watched(pluto, fleet)
        await until(lambda: len(fake.of("PATCH")) == 1)
        before = {path.name: path.read_bytes() for path in (tmp_path / "dashboards").iterdir()}
        await remove(pluto, fleet.miners[0], [])
        assert (await pluto.ask("GET", "/readyz"))[0] == 200
        assert {path.name: path.read_bytes() for path in (tmp_path / "dashboards").iterdir()} == before
        assert not fake.of("DELETE")


async def test_removing_a_miner_that_nobody_watches_takes_its_old_dashboard_but_not_that_of_a_namesake(tmp_path: Path) -> None:
    async with SimulatedFleet(3, first="127.70.0.1") as fleet:
        for miner, name in zip(fleet.miners, ("alone", "twin", "twin"), strict=True):
            call(miner, name)
        async with running(tmp_path, fleet) as pluto:
            await watched(pluto, fleet)
            await until(lambda: len(names(tmp_path)) == 3)
        async with running(tmp_path, fleet, delete_data_on_device_remove=True) as pluto:
            await by_delete(pluto, fleet.miners[0], [])
            await until(lambda: "alone" not in names(tmp_path))
            await by_delete(pluto, fleet.miners[1], [])
        assert "twin" in names(tmp_path)


async def test_the_answer_to_a_removal_does_not_wait_for_grafana_and_the_file_goes_though_it_hangs(tmp_path: Path) -> None:
    clock = FakeClock()
    async with FakeGrafana(None).open() as fake, kept(tmp_path, fake, clock, Limits(call_s=0.3)) as dashboards:
        dashboards.draw(ALICE, "garage", "garage")
        await until(lambda: names(tmp_path) == ["garage"])
        fake.mode = "hang"
        dashboards.remove(ALICE, "garage", "garage")
        await until(lambda: fake.at_once == 1)
        assert names(tmp_path) == ["garage"]
        dashboards.draw(ALICE, "garage", "garage")  # watched again meanwhile: the old one still goes
        await until(lambda: names(tmp_path) == [])
        dashboards.draw(ALICE, "garage", "garage")
        await until(lambda: names(tmp_path) == ["garage"])
        assert not fake.of("DELETE")


async def test_a_removal_ends_a_publication_that_is_under_way(tmp_path: Path) -> None:
    clock = FakeClock()
    async with FakeGrafana(tmp_path / "dashboards").open() as fake, kept(tmp_path, fake, clock, Limits(call_s=60)) as dashboards:
        fake.mode = "hang"
        dashboards.draw(ALICE, "garage", "garage")
        await until(lambda: names(tmp_path) == ["garage"])
        clock.advance_to(2.0)
        await until(lambda: len(fake.calls) == 1)
        fake.mode = "well"
        dashboards.remove(ALICE, "garage", "garage")
        await until(lambda: names(tmp_path) == [])
        clock.advance_to(600.0)
        await until(lambda: fake.at_once == 0)
        assert not fake.of("POST")


async def test_a_removal_that_the_end_of_the_process_cuts_short_still_deletes_the_file(tmp_path: Path) -> None:
    async with FakeGrafana(None).open() as fake:
        async with kept(tmp_path, fake, FakeClock(), Limits(call_s=60)) as dashboards:
            dashboards.draw(ALICE, "garage", "garage")
            await until(lambda: names(tmp_path) == ["garage"])
            fake.mode = "hang"
            dashboards.remove(ALICE, "garage", "garage")
            await until(lambda: fake.at_once == 1)
        assert names(tmp_path) == []


async def test_a_miner_removed_before_its_dashboard_was_drawn_gets_none(tmp_path: Path) -> None:
    async with kept(tmp_path, None, FakeClock()) as dashboards:
        dashboards.draw(ALICE, "garage", "garage")
        dashboards.remove(ALICE, "garage", "garage")
        dashboards.draw(MacAddress("02:00:00:00:00:0b"), "attic", "attic")
        await until(lambda: names(tmp_path) == ["attic"])
        await asyncio.sleep(0.05)
        assert names(tmp_path) == ["attic"]


async def test_a_miner_that_leaves_before_its_dashboard_was_drawn_gets_none(tmp_path: Path) -> None:
    async with kept(tmp_path, None, FakeClock()) as dashboards:
        dashboards.draw(ALICE, "garage", "garage")
        dashboards.leave(ALICE)
        dashboards.draw(MacAddress("02:00:00:00:00:0b"), "attic", "attic")
        await until(lambda: "attic" in names(tmp_path))
        assert names(tmp_path) == ["attic"]


async def test_a_broken_template_for_the_overview_is_tried_again_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pluto")
    clock = FakeClock()
    (tmp_path / "templates").mkdir()
    template = tmp_path / "templates" / "bitaxe_overview_dashboard_template.json"
    template.write_text("{")
    async with kept(tmp_path, None, clock) as dashboards:
        dashboards.draw_overview()
        for _ in range(3):
            await asyncio.sleep(0.05)
            clock.advance_to(clock.now_s() + 5)
        template.write_text('{"title": "Mine"}')

        def is_drawn() -> bool:
            clock.advance_to(clock.now_s() + 5)
            return names(tmp_path) == ["overview"]

        await until(is_drawn)
    assert len([record for record in caplog.records if "not written" in record.getMessage()]) == 1


def have_polled(polls: int, samples: dict[str, float]) -> bool:
    return samples['pluto_polls_total{outcome="ok"}'] >= polls


@pytest.mark.timeout(60)
async def test_no_poll_is_late_whatever_grafana_does(tmp_path: Path) -> None:
    async with (
        SimulatedFleet(30, first="127.71.0.1", profiles=["axeos-2.12"], options=Options(same_name=True)) as fleet,
        FakeGrafana(tmp_path / "dashboards").open() as fake,
        running(tmp_path, fleet, grafana_host=fake.url, auto_listen=True) as pluto,
    ):
        fake.mode = "flood"
        await watched(pluto, fleet)
        asked = asyncio.create_task(pluto.ask("GET", "/dashboards"))
        for polls, mode in ((60, "hang"), (90, "garbage"), (120, "well")):
            await pluto.until(partial(have_polled, polls), 30)
            fake.mode = mode
        samples = await pluto.metrics()
        assert await asked == (200, [])
        assert samples["hardware_online"] == 30
        assert samples['pluto_polls_total{outcome="silent"}'] == 0
        late = samples["pluto_poll_lateness_seconds_count"] - samples['pluto_poll_lateness_seconds_bucket{le="1"}']
        assert late == 0
        uids = {read(path)["uid"] for path in (tmp_path / "dashboards").glob("*.json")}
        assert len(uids) == 31
        await until(lambda: all(fake.is_public(uid) for uid in uids), 40)
