"""Device logs from outside: who asks, what browsers hear, what the files say, when a miner's socket is open."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from pluto.monitor import log_book
from pluto.monitor.log_files import WRITE_EVERY_S
from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner
from running import Browser, Running, browser, running

LINES_PER_S = 20.0


@pytest.fixture
async def fleet() -> AsyncGenerator[SimulatedFleet, None]:
    profiles = ("axeos-2.12", "axeos-2.9", "nerdqaxe-1.0.36", "axeos-2.15")
    options = Options(log_lines_per_s=LINES_PER_S, boot_s=0.5)
    async with SimulatedFleet(4, first="127.36.1.1", profiles=profiles, options=options) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncGenerator[Running, None]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners)
        yield server


def asked(miner: SimulatedMiner) -> int:
    """Return how often a log socket of the miner was opened."""
    return miner.requests.counts["GET /api/ws"]


async def until(holds: Callable[[], bool], limit_s: float = 10.0) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.02)


async def trace(pluto: Running, miners: list[SimulatedMiner], *, trace: bool | None) -> None:
    body: dict[str, object] = {"macs": [miner.mac for miner in miners]}
    if trace is not None:
        body["traceLogs"] = trace
    assert (await pluto.ask("PUT", "/devices/listen", body))[0] == 200


def log_of(folder: Path, miner: SimulatedMiner) -> list[str]:
    file = folder / "logs" / f"{miner.hostname}.log"
    return file.read_text().splitlines() if file.exists() else []


async def test_nobody_asks_and_no_socket_is_opened(pluto: Running, fleet: SimulatedFleet) -> None:
    await trace(pluto, fleet.miners[:2], trace=None)
    await pluto.until(lambda samples: samples["hardware_online"] == 2)
    assert asked(fleet.miners[0]) == 0


async def test_trace_logs_opens_keeps_and_closes_one_socket_a_miner(pluto: Running, fleet: SimulatedFleet) -> None:
    miners = fleet.miners[:2]
    await trace(pluto, miners, trace=None)
    await trace(pluto, miners, trace=True)
    await until(lambda: all(asked(miner) == 1 for miner in miners))
    await trace(pluto, miners, trace=True)
    await trace(pluto, miners, trace=None)
    await asyncio.sleep(0.5)
    assert [asked(miner) for miner in miners] == [1, 1]
    with_log = [miner.open_connections for miner in miners]
    await trace(pluto, miners, trace=False)
    await until(lambda: all(miner.open_connections < before for miner, before in zip(miners, with_log, strict=True)))
    assert [asked(miner) for miner in miners] == [1, 1]


async def test_messages_go_to_the_file_always_and_to_browsers_while_the_switch_is_on(
    pluto: Running, fleet: SimulatedFleet, tmp_path: Path
) -> None:
    miner = fleet.miners[0]
    async with browser(pluto) as page, browser(pluto) as other:
        await trace(pluto, [miner], trace=True)
        await until(lambda: len(log_of(tmp_path, miner)) > 10)
        assert page.of("logs_update") == []
        await page.client.emit("enableLogsListening")
        await page.until(lambda page: len(page.of("logs_update")) > 30)
        await other.until(lambda page: len(page.of("logs_update")) > 30)
        await page.client.emit("disableLogsListening")
        await page.until(lambda page: page.of("logsListeningStatus") == [True, False])
        heard = len(page.of("logs_update"))
        written = len(log_of(tmp_path, miner))
        await until(lambda: len(log_of(tmp_path, miner)) > written + 5)
        assert len(page.of("logs_update")) == heard
    check_messages(page, other, miner, log_of(tmp_path, miner))


def check_messages(page: Browser, other: Browser, miner: SimulatedMiner, written: list[str]) -> None:
    update = page.of("logs_update")[0]
    assert update["mac"].lower() == miner.mac.lower()
    assert update["ip"] == miner.host
    first = [one["info"] for one in page.of("logs_update")]
    second = [one["info"] for one in other.of("logs_update")]
    shared = min(len(first), len(second))
    assert first[:shared] == second[:shared] or first[1 : shared + 1] == second[:shared]
    for line in written:
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \[INFO\]: |\t", line), line
        assert "\x1b" not in line
    texts = [line.split("[INFO]: ", 1)[1] for line in written if "[INFO]: " in line]
    assert len(texts) == len(set(texts)) or len(set(texts)) > len(texts) * 0.9  # every message once


async def test_order_is_kept_and_nothing_comes_twice(pluto: Running, fleet: SimulatedFleet, tmp_path: Path) -> None:
    async with browser(pluto) as page, browser(pluto) as other:
        await page.client.emit("enableLogsListening")
        await page.until(lambda page: page.of("logsListeningStatus") == [True])
        await trace(pluto, fleet.miners, trace=True)
        await page.until(lambda page: len(page.of("logs_update")) > 300, 30)
        await trace(pluto, fleet.miners, trace=False)
        await asyncio.sleep(0.5)
        for miner in fleet.miners:
            times = [stamp for one in page.of("logs_update") if one["ip"] == miner.host for stamp in stamps(one["info"])]
            assert times == sorted(times), miner.profile.name
        assert [one["info"] for one in page.of("logs_update")] == [one["info"] for one in other.of("logs_update")]


def stamps(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"[IWED] \((\d+)\)", text)]


async def test_a_lost_socket_is_opened_again(pluto: Running, fleet: SimulatedFleet, tmp_path: Path) -> None:
    miner = fleet.miners[0]
    await trace(pluto, [miner], trace=True)
    await until(lambda: len(log_of(tmp_path, miner)) > 5)
    miner.restart(0.5)
    await until(lambda: asked(miner) >= 2, 20)
    written = len(log_of(tmp_path, miner))
    await until(lambda: len(log_of(tmp_path, miner)) > written + 5, 20)


async def test_a_removed_miner_is_heard_of_no_more(pluto: Running, fleet: SimulatedFleet, tmp_path: Path) -> None:
    miner = fleet.miners[0]
    await trace(pluto, [miner], trace=True)
    await until(lambda: len(log_of(tmp_path, miner)) > 5)
    assert (await pluto.ask("DELETE", f"/devices/imprint/{miner.mac}"))[0] == 200
    await until(lambda: miner.open_connections == 0)
    await asyncio.sleep(3 * WRITE_EVERY_S)  # what was heard before is written
    written = len(log_of(tmp_path, miner))
    opened = asked(miner)
    await asyncio.sleep(2.5)
    assert (len(log_of(tmp_path, miner)), asked(miner)) == (written, opened)


async def test_no_password_of_a_log_line_is_written_or_sent(pluto: Running, fleet: SimulatedFleet, tmp_path: Path) -> None:
    miner = fleet.miners[0]
    async with browser(pluto) as page:
        await page.client.emit("enableLogsListening")
        await trace(pluto, [miner], trace=True)
        await page.until(lambda page: len(page.of("logs_update")) > 60, 20)
    for text in ("\n".join(log_of(tmp_path, miner)), str(page.heard)):
        for found in re.findall(r"mining\.authorize[^\n]*", text):
            assert re.search(r'"params": ?\[.*\*\*\*', found.replace("\\", "")), found


class LogPage:
    """Our own page on the topic of one miner's log."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.snapshots: list[dict[str, Any]] = []
        self.patches: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        for event, heard in (("snapshot", self.snapshots), ("patch", self.patches), ("refused", self.refused)):
            self.client.on(event, heard.append, namespace="/ui")

    @property
    def lines(self) -> list[str]:
        """Return every line of the snapshot and of the patches after it."""
        return [row[2] for message in (*self.snapshots[-1:], *self.patches) for row in message["rows"]]

    async def watch(self, topic: str) -> None:
        await self.client.emit("watch", {"topics": [topic]}, namespace="/ui")


@asynccontextmanager
async def log_page(pluto: Running, topic: str) -> AsyncGenerator[LogPage, None]:
    page = LogPage()
    await page.client.connect(pluto.base, socketio_path="/socket/io", transports=["websocket"], namespaces=["/ui"])
    await page.watch(topic)
    try:
        yield page
    finally:
        await page.client.disconnect()


async def test_a_page_opens_the_log_and_the_last_one_closes_it(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[3]  # its frames end in the middle of lines
    await trace(pluto, [miner], trace=None)
    topic = f"logs:{miner.mac.lower()}"
    async with log_page(pluto, topic) as first:
        await until(lambda: len(first.lines) > 20)
        assert first.snapshots[0]["rows"] == []
        async with log_page(pluto, topic) as second:
            await until(lambda: bool(second.snapshots) and len(second.lines) > 20)
            assert len(second.snapshots[0]["rows"]) > 10
            assert asked(miner) == 1
        numbers = [message["seq"] for message in (*first.snapshots, *first.patches)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert all(re.match(r"(\x1b\[[0-9;]*m)?[IWEDV] \(\d+\)", line) for line in first.lines[1:-1]), first.lines
        open_before = miner.open_connections
    await until(lambda: miner.open_connections < open_before, 12)
    assert asked(miner) == 1


async def test_a_log_that_a_list_asked_for_stays_open_when_the_page_goes(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    await trace(pluto, [miner], trace=True)
    async with log_page(pluto, f"logs:{miner.mac.lower()}") as page:
        await until(lambda: bool(page.snapshots) and len(page.lines) > 5)
        await page.client.emit("disableLogsListening", namespace="/ui")
        heard = len(page.lines)
        await until(lambda: len(page.lines) > heard + 5)
    await asyncio.sleep(9.5)
    assert asked(miner) == 1
    assert miner.open_connections >= 1


async def test_a_topic_that_is_not_there_is_refused(pluto: Running, fleet: SimulatedFleet) -> None:
    async with log_page(pluto, "logs:02:99:99:99:99:99") as page:
        await until(lambda: len(page.refused) == 1)
        await page.watch("nonsense")
        await page.watch(f"logs:{fleet.miners[0].host}")
        await until(lambda: len(page.refused) == 3)
        await page.client.emit("watch", "rubbish", namespace="/ui")
        await page.client.emit("unwatch", {"topics": [7]}, namespace="/ui")
    assert [one["topic"] for one in page.refused][:2] == ["logs:02:99:99:99:99:99", "nonsense"]


async def test_a_page_is_told_when_another_reader_may_have_taken_the_only_slot(
    pluto: Running, fleet: SimulatedFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_book, "SILENT_S", 1.5)
    miner = fleet.miners[2]
    assert miner.profile.log_slots == 1
    await trace(pluto, [miner], trace=None)
    async with log_page(pluto, f"logs:{miner.mac.lower()}") as page:
        await until(lambda: len(page.lines) > 5)
        async with aiohttp.ClientSession() as http, http.ws_connect(f"http://{miner.host}/api/ws"):
            await until(lambda: log_book.SILENCE in page.lines)
