"""History: what is kept at which resolution, gaps, crashes, retention, and what a chart is told."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metric_miners import ALICE, BOB, READING
from pluto.history.book import Book
from pluto.history.file import EventQuestion
from pluto.history.metrics import FLEET, NONE
from pluto.history.packed import BlockDamaged, packed, unpacked
from pluto.history.query import Chart, Question, Reader
from pluto.history.tiers import HOUR, HOUR_S, MINUTE, RAW, Kept
from pluto.history.window import Window
from pluto.model.happenings import Happening, Kind
from pluto.model.miner import Miner

START = 1_767_225_600  # a whole day
KEEP = Kept()


class Story:
    """A book whose time a test moves by hand: every miner of *rates* answers every five seconds."""

    def __init__(self, path: Path, keep: Kept = KEEP) -> None:
        self.path = path / "history.sqlite"
        self.book = Book(self.path, keep)
        self.keep = keep
        self.now_s = float(START)
        self.shares = 0
        self.book.open(self.now_s)

    def live(self, seconds: int, rates: dict[Miner, float], *, every_s: int = 5) -> None:
        for _ in range(seconds // every_s):
            self.shares += 1
            for miner, rate in rates.items():
                reading = msgspec.structs.replace(READING, hashrate_ghs=rate, shares_accepted=self.shares)
                self.book.take(miner.mac, self.now_s, reading)
            self.now_s += every_s
            self.tick(len(rates))

    def wait(self, seconds: int, *, every_s: int = 60) -> None:
        for _ in range(seconds // every_s):
            self.now_s += every_s
            self.tick(0)

    def tick(self, watched: int) -> None:
        for _ in self.book.tick(self.now_s, watched):
            pass

    def chart(self, seconds: float, metric: str = "hashrate_ghs", *, miner: str = ALICE.mac, points: int = 720) -> Chart:
        reader = Reader(self.book, self.path, self.keep)
        return reader.chart(Question(miner, [metric], self.now_s - seconds, self.now_s, points), self.now_s)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def known(chart: Chart, metric: str = "hashrate_ghs", column: str = "avg") -> list[object]:
    values = chart.values[metric][column]
    assert isinstance(values, list)
    return [value for value in values if value is not None]


def test_what_was_read_a_moment_ago_is_in_the_chart(story: Story) -> None:
    story.live(60, {ALICE: 1200.0})
    chart = story.chart(60)
    assert chart.resolution_s == 0
    assert known(chart) == [1200.0] * 6


def test_readings_in_memory_and_on_disk_are_one_line_without_seam(story: Story) -> None:
    story.live(2 * HOUR_S, {ALICE: 1200.0})
    chart = story.chart(2 * HOUR_S)
    assert len(chart.times) == 720
    assert known(chart) == [1200.0] * 720
    assert known(story.chart(2 * HOUR_S, "shares_accepted"), "shares_accepted", "sum") == [1] + [2] * 719


def test_an_outage_is_a_gap_and_zero_is_a_value(story: Story) -> None:
    story.live(1200, {ALICE: 1200.0})
    story.wait(1200)
    story.live(1200, {ALICE: 0.0})
    values = story.chart(3600, points=60).values["hashrate_ghs"]["avg"]
    assert values == [1200.0] * 20 + [None] * 20 + [0.0] * 20


def test_coarse_points_keep_the_lowest_and_the_highest(story: Story) -> None:
    for rate in (1000.0, 1400.0) * 30:
        story.live(60, {ALICE: rate})
    story.live(1800, {ALICE: 1200.0})
    chart = story.chart(1.5 * HOUR_S, points=3)
    assert chart.resolution_s == 60
    assert chart.values["hashrate_ghs"] == {
        "unit": "ghs", "kind": "gauge", "avg": [1200.0] * 3, "min": [1000.0, 1000.0, 1200.0], "max": [1400.0, 1400.0, 1200.0],
    }  # fmt: skip


def test_days_are_told_by_the_hour_and_the_last_hour_by_finer_readings(story: Story) -> None:
    story.live(26 * HOUR_S, {ALICE: 1200.0}, every_s=30)
    chart = story.chart(26 * HOUR_S, points=26)
    assert chart.resolution_s == 3600
    assert known(chart) == [1200.0] * 26
    counted = known(story.chart(26 * HOUR_S, "shares_accepted", points=26), "shares_accepted", "sum")
    assert counted == [119] + [120] * 25


def test_a_counter_that_begins_anew_counts_from_zero(story: Story) -> None:
    story.live(600, {ALICE: 1.0})
    story.shares = 0
    story.live(600, {ALICE: 1.0})
    assert sum(int(str(value)) for value in known(story.chart(1200, "shares_accepted"), "shares_accepted", "sum")) == 239


def test_the_fleet_is_summed_over_those_that_answer(story: Story) -> None:
    story.live(600, {ALICE: 1000.0, BOB: 500.0})
    story.live(600, {ALICE: 1000.0})
    assert set(known(story.chart(500, miner=FLEET))) == {1000.0}
    values = known(story.chart(1200, miner=FLEET))
    assert values[5] == 1500.0
    assert known(story.chart(300, "miners_online", miner=FLEET), "miners_online")[-1] == 1


def test_a_crash_costs_at_most_the_last_minute(story: Story) -> None:
    story.live(1500, {ALICE: 1200.0})
    after = Story.__new__(Story)
    after.path, after.keep, after.now_s = story.path, story.keep, story.now_s
    after.book = Book(story.path, story.keep)
    after.book.open(story.now_s)
    assert len(known(after.chart(1500))) >= 150 - 6


def test_an_orderly_end_costs_nothing_and_the_window_goes_on_after_it(story: Story) -> None:
    story.live(700, {ALICE: 1200.0})
    story.book.close(story.now_s)
    story.book.windows.clear()
    story.book.open(story.now_s)
    story.live(1100, {ALICE: 1200.0})
    assert len(known(story.chart(1800))) == 180
    story.wait(600)
    assert len(known(story.chart(2400))) == 180
    assert known(story.chart(2400, points=40)) == [1200.0] * 30


def test_each_tier_forgets_in_its_time(tmp_path: Path) -> None:
    story = Story(tmp_path, Kept(raw_hours=1, minute_days=0.25, hour_days=2))
    story.live(30 * HOUR_S, {ALICE: 1200.0}, every_s=60)
    base = sqlite3.connect(story.path)
    number = story.book.miners[ALICE.mac]
    counts: list[int] = []
    for tier in (RAW, MINUTE, HOUR):
        first = ((tier.number << 20) | number) << 32
        rows = base.execute("SELECT COUNT(*) FROM block WHERE key BETWEEN ? AND ?", (first, first + 2**32 - 1))
        counts.append(int(next(rows)[0]))
    raw, minute, hour = counts
    assert 6 <= raw <= 13  # of 10 minutes each, looked through once an hour
    assert 3 <= minute <= 5  # of 2 hours each
    assert 1 <= hour <= 2
    base.close()
    assert story.chart(600).resolution_s == 0
    assert story.chart(2 * HOUR_S).resolution_s == 60
    assert story.chart(12 * HOUR_S).resolution_s == 3600


def test_a_file_that_is_no_database_is_set_aside_and_a_new_one_begun(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"this is not a database, but it is long enough to be read as one" * 100)
    story = Story(tmp_path)
    story.live(60, {ALICE: 1200.0})
    assert known(story.chart(60)) == [1200.0] * 6
    assert (tmp_path / "history.sqlite.broken").read_bytes().startswith(b"this is not")
    assert [record.message for record in caplog.records] == ["the history file is broken: it was set aside and a new one begun"]


def test_what_the_disk_refuses_is_tried_again_and_memory_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pluto.history.file.BUSY_S", 0.0)
    story = Story(tmp_path)
    story.live(300, {ALICE: 1200.0})
    other = sqlite3.connect(story.path, isolation_level=None)
    other.execute("PRAGMA busy_timeout=0")
    other.execute("BEGIN IMMEDIATE")
    refused = 0
    for _ in range(3 * 720):
        story.book.take(ALICE.mac, story.now_s, READING)
        story.now_s += 5
        try:
            story.tick(1)
        except sqlite3.OperationalError:
            refused += 1
    assert refused > 100
    assert max(map(len, story.book.windows.values())) <= 6
    assert story.book.dropped > 0
    other.execute("ROLLBACK")
    other.close()
    story.live(600, {ALICE: 1200.0})
    assert len(known(story.chart(1800))) == 180


def test_events_are_found_by_time_miner_and_kind_and_go_with_a_deleted_miner(story: Story) -> None:
    for number, (miner, kind) in enumerate([(ALICE, Kind.OFFLINE), (BOB, Kind.BACK), (ALICE, Kind.BACK)], 1):
        story.book.happened(Happening(START + number, miner.mac, kind, {"n": number}, number))
    story.live(60, {ALICE: 1.0, BOB: 1.0})
    reader = Reader(story.book, story.path, story.keep)

    def asked(mac: str | None = None, kinds: Sequence[str] = (), *, until: int = 9, limit: int = 9) -> list[int]:
        question = EventQuestion(START, START + until, mac, kinds, limit)
        return [event.id for event in reader.events(question)]

    assert asked() == [3, 2, 1]
    assert asked(mac=ALICE.mac) == [3, 1]
    assert asked(kinds=["back"], limit=1) == [3]
    assert asked(until=1) == [1]
    story.book.forget(ALICE.mac, delete=True)
    assert asked() == [2]
    assert known(story.chart(60)) == []
    assert known(story.chart(60, miner=BOB.mac)) != []


@given(st.lists(st.one_of(st.just(NONE), st.integers(-(2**31) + 1, 2**31 - 1)), min_size=1, max_size=150), st.integers(0, 3))
def test_a_block_gives_back_what_was_packed(values: list[int], place: int) -> None:
    times = list(range(0, len(values) * 7, 7))
    columns = [[0] * len(values), values, [NONE] * len(values)]
    found_times, found = unpacked(packed(times, columns), [place])
    assert found_times == times
    assert found[place] == (columns[place] if place < 3 else [NONE] * len(values))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_block_are_refused(data: bytes) -> None:
    with pytest.raises(BlockDamaged):
        unpacked(data, [0])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-(2**31), 2**31 - 1)), max_size=120))
def test_a_window_gives_back_what_was_added_once_a_second(readings: list[tuple[int, int]]) -> None:
    window, at_s, expected = Window(600, 2), 600, dict[int, int]()
    for wait_s, value in readings:
        at_s += wait_s
        window.add(at_s, (value, NONE))
        expected.setdefault(at_s, value)
    found = window.buckets()
    assert dict(zip(found.times, found.columns[0], strict=True)) == expected
    assert window.buckets([1]).columns == [[NONE] * len(expected)]
