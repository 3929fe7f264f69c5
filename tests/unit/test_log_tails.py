"""Following logs: when a socket is opened, how often it is tried again, and what ends it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clocks import FakeClock
from pluto.errors import MinerUnreachable
from pluto.model.miner import MacAddress, Miner
from pluto.model.state import Failed, Health, MinerState, Reason
from pluto.monitor.line_limit import LineLimit
from pluto.monitor.log_files import FILE_BYTES, LogFiles, line_of
from pluto.monitor.log_tails import LogTails

ALICE = Miner(MacAddress("02:00:00:00:00:0a"), "127.0.0.1")


class Feed:
    """A miner's log socket: *refuses* or opens; `say` sends, `cut` ends it."""

    def __init__(self) -> None:
        self.opened: list[float] = []
        self.refuses = False
        self.heard: list[bytes] = []
        self.notices: list[str] = []
        self.clock = FakeClock()
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.closed = 0

    async def messages(self) -> AsyncGenerator[bytes, None]:
        self.opened.append(self.clock.now_s())
        if self.refuses:
            raise MinerUnreachable("no log")
        try:
            yield b""
            while (message := await self.queue.get()) is not None:
                yield message
        finally:
            self.closed += 1

    def tails(self) -> LogTails:
        def noticed(_: object, sentence: str) -> None:
            self.notices.append(sentence)

        async def heard(_: object, message: bytes) -> None:
            self.heard.append(message)

        return LogTails(lambda _: self.messages(), heard, self.clock, noticed)

    async def advance(self, to_s: float) -> None:
        while self.clock.now_s() < to_s:
            self.clock.advance_to(min(to_s, self.clock.now_s() + 0.5))
            await settled()


async def heard_of(*frames: bytes) -> list[bytes]:
    feed = Feed()
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=True)
        await settled()
        for frame in frames:
            await feed.queue.put(frame)
        for _ in range(20):
            await settled()
    return feed.heard


async def test_a_message_stays_whole_however_large() -> None:
    assert await heard_of(b"line\n" * 20 + b"y" * 40_000) == [b"line\n" * 20 + b"y" * 40_000]


async def test_large_messages_count_as_many_lines() -> None:
    message = b"x" * (1 << 20)
    assert await heard_of(message) == [message]
    assert await heard_of(message, message, message, b"short") == [message, b"short"]


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def feed() -> Feed:
    return Feed()


async def test_every_message_is_told_once_and_in_order(feed: Feed) -> None:
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=True)
        tails.set([ALICE.mac], traces=True)
        for number in range(5):
            feed.queue.put_nowait(b"line %d\nand more" % number)
        await settled()
    assert feed.heard == [b"line %d\nand more" % number for number in range(5)]
    assert (len(feed.opened), feed.closed) == (1, 1)


async def test_five_further_attempts_and_no_more(feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    feed.refuses = True
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=True)
        await settled()
        await feed.advance(200)
        assert feed.opened == [0.0, 1.0, 3.0, 7.0, 15.0, 31.0]
        assert caplog.text.count("log given up") == 1
        assert tails.followed == {ALICE.mac}
        tails.set([ALICE.mac], traces=True)
        await settled()
        assert len(feed.opened) == 7


async def test_a_socket_that_opened_begins_the_attempts_anew(feed: Feed) -> None:
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=True)
        await settled()
        for turn in range(1, 9):
            feed.queue.put_nowait(None)
            await settled()
            await feed.advance(turn * 1.0)
        assert feed.opened == [float(turn) for turn in range(9)]


def state(*, is_online: bool, restarts: int = 0) -> MinerState:
    health = Health.ONLINE if is_online else Health.OFFLINE
    return MinerState(ALICE, health, failure=None if is_online else Failed(Reason.SILENT, ""), restarts=restarts)


async def test_one_that_was_given_up_is_followed_again_when_it_returns(feed: Feed) -> None:
    feed.refuses = True
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=True)
        await settled()
        await feed.advance(100)
        feed.refuses = False
        tails.note(state(is_online=True), state(is_online=True))
        await settled()
        assert len(feed.opened) == 6
        tails.note(state(is_online=False), state(is_online=True))
        await settled()
        assert len(feed.opened) == 7


async def test_a_restart_renews_the_socket(feed: Feed) -> None:
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=True)
        await settled()
        tails.note(state(is_online=True), state(is_online=True, restarts=1))
        await settled()
        assert (len(feed.opened), feed.closed) == (2, 1)


async def test_a_page_hears_of_each_attempt_and_of_the_end(feed: Feed) -> None:
    async with feed.tails() as tails:
        tails.look(ALICE.mac)
        await settled()
        assert feed.notices == []
        feed.refuses = True
        feed.queue.put_nowait(None)
        await feed.advance(60)
    assert feed.notices[0] == "no connection to this log: attempt 1 of 5 in 1 s"
    assert feed.notices[4] == "no connection to this log: attempt 5 of 5 in 16 s"
    assert feed.notices[5:] == ["given up after 5 attempts; tried again when the miner is back"]


async def test_who_is_not_followed_is_left_alone(feed: Feed) -> None:
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=None)
        tails.note(state(is_online=False), state(is_online=True, restarts=3))
        tails.stop(ALICE.mac)
        await settled()
    assert feed.opened == []


async def test_stopped_means_that_nothing_is_told_any_more(feed: Feed) -> None:
    async with feed.tails() as tails:
        tails.set([ALICE.mac], traces=True)
        await settled()
        feed.queue.put_nowait(b"late")
        tails.set([ALICE.mac], traces=False)
        await settled()
        await feed.advance(60)
        assert (feed.heard, len(feed.opened), feed.closed) == ([], 1, 1)


def test_a_flood_is_cut_to_a_hundred_lines_a_second_and_told_once_a_minute() -> None:
    clock = FakeClock()
    limit = LineLimit(clock)
    assert sum(limit.admits(1) for _ in range(700)) == 500
    assert (limit.dropped_since(), limit.dropped_since()) == (200, 0)
    clock.advance_to(1)
    assert sum(limit.admits(1) for _ in range(200)) == 100
    assert limit.dropped_since() == 0
    clock.advance_to(61)
    assert limit.dropped_since() == 100


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("\x1b[0;32mI (5512) x: y\x1b[0m\n", "I (5512) x: y"),
        ("one\ntwo\r\nthree", "one\n\ttwo\n\tthree"),
        ("2026-01-01T00:00:00.000Z [INFO]: forged", "2026-01-01T00:00:00.000Z [INFO]: forged"),
        ("a\n2026-01-01T00:00:00.000Z [ERROR]: forged", "a\n\t2026-01-01T00:00:00.000Z [ERROR]: forged"),
        ("bell\x07 and \u202e", "bell\\x07 and \\u202e"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_a_message_cannot_forge_a_line(message: str, line: str) -> None:
    assert line_of(datetime(2026, 1, 1, tzinfo=UTC), message) == f"2026-01-01T00:00:00.000Z [INFO]: {line}\n"


async def test_files_are_named_after_their_miners_and_stay_in_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    async with LogFiles(folder, FakeClock()) as files:
        names = ["log-dash-01", "combined", "../../x", "log-dash-01", "", ".hidden"]
        for number, name in enumerate(names):
            files.write(Miner(MacAddress(f"02:00:00:00:00:{number:02x}"), None, number), name, "hello")
    assert {path.name for path in folder.iterdir()} == {
        "log-dash-01.log",
        "combined_000001.log",
        "___.._x.log",
        "log-dash-01_000003.log",
        "miner_020000000004.log",
        "_hidden.log",
    }
    assert list(tmp_path.iterdir()) == [folder]


async def test_a_link_is_not_followed_and_a_full_file_makes_room(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (tmp_path / "elsewhere").write_text("precious")
    (folder / "a.log").symlink_to(tmp_path / "elsewhere")
    (folder / "b.log").write_bytes(b"x" * (FILE_BYTES + 1))
    async with LogFiles(folder, FakeClock()) as files:
        files.write(Miner(MacAddress("02:00:00:00:00:0b"), None, 1), "b", "hello")
    async with LogFiles(folder, FakeClock()) as files:
        files.write(ALICE, "a", "hello")
    assert (tmp_path / "elsewhere").read_text() == "precious"
    assert "device logs cannot be written" in caplog.text
    assert (folder / "b.log.1").exists()
    assert not (folder / "b.log").exists()


async def test_a_miner_that_renames_itself_always_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pluto.monitor.log_files.ALL_BYTES", 300 * 4096)
    (tmp_path / "combined.log").write_text("ours")
    for begun in range(0, 1000, 100):
        async with LogFiles(tmp_path, FakeClock()) as files:
            for n in range(begun, begun + 100):
                files.write(ALICE, f"chameleon{n}", "hello")
    left = {file.name for file in tmp_path.iterdir()}
    assert len(left) <= 400
    assert {"combined.log", "chameleon999.log"} <= left
    assert "chameleon0.log" not in left
