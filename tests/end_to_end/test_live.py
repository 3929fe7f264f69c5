"""The live topics of the page on a running Pluto: snapshots, patches in order, outages, slow readers, broken disks."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import socketio

from clocks import FakeClock
from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running

Table = dict[str, dict[str, Any]]


class Page:
    """What the web page does with what it hears: a snapshot replaces, a patch must be the successor."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.seq: dict[str, int] = {}
        self.tables: dict[str, Table] = {}
        self.columns: dict[str, list[str]] = {}
        self.search: dict[str, Any] = {}
        self.refused: list[dict[str, Any]] = []
        self.patches: list[dict[str, Any]] = []
        self.snapshots = 0
        for event, heard in (("snapshot", self._snapshot), ("patch", self._patch), ("refused", self._refuse)):
            self.client.on(event, heard, namespace="/ui")

    async def watch(self, *topics: str, since: dict[str, int] | None = None) -> None:
        await self.client.emit("watch", {"topics": list(topics), "since": since or {}}, namespace="/ui")

    async def until(self, holds: Any, limit_s: float = 30.0) -> None:
        async with asyncio.timeout(limit_s):
            while not holds():
                await asyncio.sleep(0.02)

    def table(self, topic: str) -> Table:
        return self.tables.get(topic, {})

    async def _snapshot(self, said: dict[str, Any]) -> None:
        topic = said["topic"]
        self.snapshots += 1
        self.seq[topic] = said["seq"]
        self.columns[topic] = said["columns"]
        self.tables[topic] = {row[0]: dict(zip(said["columns"], row, strict=True)) for row in said["rows"]}
        self.search = said.get("search", self.search)

    async def _patch(self, said: dict[str, Any]) -> None:
        topic = said["topic"]
        assert said["seq"] == self.seq[topic] + 1
        self.seq[topic] = said["seq"]
        self.patches.append(said)
        columns, table = self.columns[topic], self.tables[topic]
        for row in said["rows"]:
            if topic in {"events", "discovery"}:
                table[row[0]] = dict(zip(columns, row, strict=True))
                continue
            cells = table.setdefault(row[0], {})
            for place, value in zip(row[1::2], row[2::2], strict=True):
                cells[columns[place]] = value
        for mac in said.get("removed", ()):
            del table[mac]
        self.search = said.get("search", self.search)

    async def _refuse(self, said: dict[str, Any]) -> None:
        self.refused.append(said)


@asynccontextmanager
async def page(pluto: Running, transports: list[str] | None = None) -> AsyncGenerator[Page, None]:
    one = Page()
    await one.client.connect(pluto.base, socketio_path="/socket/io", transports=transports or ["websocket"], namespaces=["/ui"])
    try:
        yield one
    finally:
        await one.client.disconnect()


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(3, first="127.33.1.1", options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners[:2])
        yield server


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
async def test_a_reading_is_on_the_page_within_a_second(pluto: Running, fleet: SimulatedFleet, transports: list[str]) -> None:
    mac = fleet.miners[0].mac.lower()
    async with page(pluto, transports) as seen:
        await seen.watch("fleet", f"miner:{mac.replace(':', '')}")
        await seen.until(lambda: len(seen.table("fleet")) == 2 and seen.snapshots == 2)
        assert seen.table("fleet")[mac]["state"] == "not watched"
        await pluto.listen()
        await seen.until(lambda: seen.table("fleet")[mac]["reading_at"] is not None)
        patch = next(patch for patch in seen.patches if patch["topic"] == "fleet" and any(row[0] == mac for row in patch["rows"]))
        assert patch["at"] - seen.table("fleet")[mac]["reading_at"] < 1.0
        _, rest = await pluto.ask("GET", f"/api/v1/miners/{mac}")
        one = seen.table(f"miner:{mac.replace(':', '')}")[mac]
        assert set(one) == set(rest["miner"])
        assert one["chip_temperatures_celsius"]
        await pluto.ask("DELETE", f"/api/v1/miners/{mac}")
        await seen.until(lambda: mac not in seen.table("fleet"))


async def test_a_miner_that_nobody_polls_for_too_long_turns_stale_on_the_page_by_itself(
    tmp_path: Path, fleet: SimulatedFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pluto.app.POLL_INTERVAL_S", 10_000.0)  # polled once, then never again: Pluto is late
    clock = FakeClock()

    async def go_on_until(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                clock.advance_to(clock.now_s() + 0.5)
                await asyncio.sleep(0.02)

    async with running(tmp_path, fleet, clock=clock) as pluto:
        mac = fleet.miners[0].mac.lower()
        assert (await pluto.ask("POST", "/api/v1/miners", {"addresses": [fleet.miners[0].host]}))[0] == 200
        async with page(pluto) as seen:
            await seen.watch("fleet", f"miner:{mac}")
            await go_on_until(lambda: seen.table("fleet").get(mac, {}).get("state") == "online")
            read_at, before = seen.table("fleet")[mac]["reading_at"], seen.snapshots
            await go_on_until(lambda: seen.table("fleet")[mac]["state"] == "stale")
            row = seen.table("fleet")[mac]
            assert row["needs_attention"] is True
            assert row["state_since"] == pytest.approx(read_at + 15.0, abs=0.01)
            assert row["reading_at"] == read_at
            await seen.until(lambda: seen.table(f"miner:{mac}")[mac]["state"] == "stale")
            assert seen.snapshots == before
            patches = len(seen.patches)
            clock.advance_to(clock.now_s() + 60.0)
            await asyncio.sleep(0.6)
            assert len(seen.patches) == patches


async def test_an_outage_is_two_events_and_a_gap(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    mac = miner.mac.lower()
    async with page(pluto) as seen:
        await pluto.listen([miner])
        await seen.watch("fleet", "events")
        await seen.until(lambda: seen.table("fleet").get(mac, {}).get("reading_at") is not None)
        assert [event["kind"] for event in seen.table("events").values()] == ["added", "added"]
        miner.fault("status-500")
        await seen.until(lambda: seen.table("fleet")[mac]["state"] == "offline")
        assert seen.table("fleet")[mac]["needs_attention"] is False
        await seen.until(lambda: seen.table("fleet")[mac]["needs_attention"] is True)
        went_at = seen.table("fleet")[mac]["state_since"]
        miner.heal()
        await seen.until(lambda: any(event["kind"] == "back" for event in seen.table("events").values()))
        told = [event for event in seen.table("events").values() if event["kind"] in {"offline", "back"}]
        assert [event["kind"] for event in told] == ["offline", "back"]
        assert told[0]["facts"]["since"] == pytest.approx(went_at, abs=0.1)
        assert 9 < told[1]["facts"]["after_s"] < 25
        back_at = seen.table("fleet")[mac]["reading_at"]
        period = f"from={went_at - 60}&to={back_at + 60}"
        await asyncio.sleep(1.2)  # the writer looks once a second
        _, chart = await pluto.ask("GET", f"/api/v1/history?mac={mac}&metric=hashrate_ghs&{period}")
        known = {time for time, value in zip(chart["times"], chart["metrics"]["hashrate_ghs"]["avg"], strict=True) if value}
        assert min(known) <= went_at < back_at < max(known) + 10
        assert any(time not in known for time in chart["times"] if went_at - 5 < time < back_at)
        _, listed = await pluto.ask("GET", f"/api/v1/events?mac={mac}&kind=offline,back")
        assert [row[3] for row in listed["rows"]] == ["back", "offline"]


async def test_who_comes_back_gets_what_it_missed(pluto: Running) -> None:
    async with page(pluto) as keeper:  # the topic lives on while somebody watches it
        await keeper.watch("fleet")
        async with page(pluto) as seen:
            await seen.watch("fleet")
            await seen.until(lambda: seen.snapshots == 1)
        await pluto.listen()
        await keeper.until(lambda: any(row["reading_at"] for row in keeper.table("fleet").values()))
        async with page(pluto) as again:
            again.seq, again.tables, again.columns = dict(seen.seq), {"fleet": seen.table("fleet")}, seen.columns
            await again.watch("fleet", since=dict(seen.seq))
            await again.until(lambda: again.seq == keeper.seq)
            assert again.snapshots == 0
            assert again.table("fleet") == keeper.table("fleet")
            await again.watch("fleet", since={"fleet": 1})
            await again.until(lambda: again.snapshots == 1)


async def test_one_that_does_not_read_gets_a_snapshot_instead_of_a_gap(pluto: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pluto.events.live.PACKETS_WAITING", 0)
    async with page(pluto) as seen:
        await seen.watch("fleet")
        await pluto.listen()
        await asyncio.sleep(1.0)
        assert seen.snapshots == 0
        monkeypatch.setattr("pluto.events.live.PACKETS_WAITING", 8)
        await seen.until(lambda: any(row["reading_at"] for row in seen.table("fleet").values()))
        assert seen.snapshots >= 1


async def test_a_search_is_told_as_it_goes(pluto: Running, fleet: SimulatedFleet) -> None:
    async with page(pluto) as seen:
        await seen.watch("discovery")
        await seen.until(lambda: seen.search.get("state") is not None)
        assert seen.search["state"] != "running"
        _, begun = await pluto.ask("POST", "/api/v1/discovery", {})
        await seen.until(lambda: seen.search["state"] == "ended" and seen.search["id"] == begun["id"])
        assert {row["status"] for row in seen.table("discovery").values()} == {"known", "new"}
        assert len(seen.table("discovery")) == seen.search["found"] == 3


async def test_what_cannot_be_watched_is_refused_and_nonsense_is_harmless(pluto: Running) -> None:
    async with page(pluto) as seen:
        await seen.watch("weather", "miner:02:00:00:00:00:01", "miner:x")
        wishes: list[object] = [None, 7, [], {"topics": "fleet"}, {"topics": [1, None]}, {"topics": ["fleet"], "since": []}]
        for nonsense in wishes:
            await seen.client.emit("watch", nonsense, namespace="/ui")
            await seen.client.emit("unwatch", nonsense, namespace="/ui")
        await seen.until(lambda: len(seen.refused) == 3)
        assert [refusal["code"] for refusal in seen.refused] == ["unknown_topic", "unknown_miner", "unknown_miner"]
        await seen.until(lambda: seen.snapshots == 1)


async def test_a_topic_that_nobody_watches_is_closed(pluto: Running, fleet: SimulatedFleet) -> None:
    mac = fleet.miners[0].mac.lower()
    async with page(pluto) as seen:
        await seen.watch("fleet", f"miner:{mac}", "events")
        await seen.until(lambda: seen.snapshots == 3)
        await seen.client.emit("unwatch", {"topics": ["fleet", "events"]}, namespace="/ui")
        await watched_topics(pluto, 1)
    await watched_topics(pluto, 0)
    await pluto.listen()
    await pluto.until(lambda samples: samples["hardware_online"] == 2)


async def watched_topics(pluto: Running, count: int) -> None:
    """Wait until as many topics are open."""
    async with asyncio.timeout(10):
        while (await pluto.ask("GET", "/api/v1/diagnostics"))[1]["live_topics"] != count:
            await asyncio.sleep(0.02)


async def test_a_broken_history_file_delays_nothing(tmp_path: Path, fleet: SimulatedFleet) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "history.sqlite").write_bytes(b"no database at all, but long enough to be opened as one. " * 200)
    async with running(tmp_path, fleet) as pluto:
        await pluto.imprint(fleet.miners)
        await pluto.listen()
        await pluto.until(lambda samples: samples["hardware_online"] == 3)
        async with asyncio.timeout(10):
            while (await pluto.ask("GET", "/api/v1/diagnostics"))[1]["history"]["error"] is not None:
                await asyncio.sleep(0.1)
        await pluto.until(lambda _: (tmp_path / "data" / "history.sqlite.broken").exists())


async def test_a_disk_that_hangs_delays_no_poll(pluto: Running, fleet: SimulatedFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = threading.Event()

    def hang(*_: object) -> None:
        hangs.wait(30)

    monkeypatch.setattr("pluto.history.file.HistoryFile.put_events", hang)
    monkeypatch.setattr("pluto.history.recorder.MAX_WAITING", 3)
    try:
        await pluto.listen(fleet.miners[:2])
        await pluto.until(lambda samples: samples['pluto_polls_total{outcome="ok"}'] >= 8, 40)
        samples = await pluto.metrics()
        assert samples["pluto_poll_lateness_seconds_sum"] < 1.0
        _, told = await pluto.ask("GET", "/api/v1/diagnostics")
        assert told["history"]["waiting"] <= 3
        assert told["history"]["dropped"] > 0
    finally:
        hangs.set()
