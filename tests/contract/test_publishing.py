"""When a dashboard is tried, how often, and how soon after Grafana is back: by the clock, without waiting."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks import FakeClock
from grafana import FakeGrafana
from pluto.dashboards.grafana import Grafana, Limits
from pluto.dashboards.publisher import Publisher, next_gap_s

UID = "abcdefghij1234"


class Stage:
    """A publisher, its Grafana and the clock both live by."""

    def __init__(self, clock: FakeClock, fake: FakeGrafana, publisher: Publisher) -> None:
        self.clock = clock
        self.fake = fake
        self.publisher = publisher
        self.tried_s: list[float] = []

    async def settled(self) -> None:
        """Let everything that is under way come to its end."""
        quiet = 0
        before = -1
        while quiet < 3:
            await asyncio.sleep(0.001)
            now = len(self.fake.calls)
            quiet = quiet + 1 if now == before and not self.publisher.trying and not self.fake.at_once else 0
            before = now

    async def live(self, until_s: float, step_s: float = 0.5) -> None:
        """Move the clock on, noting when Grafana was asked."""
        while self.clock.now_s() < until_s:
            self.clock.advance_to(min(self.clock.now_s() + step_s, until_s))
            before = len(self.fake.of("GET"))
            await self.settled()
            self.tried_s += [self.clock.now_s()] * (len(self.fake.of("GET")) - before)

    async def until(self, holds: Callable[[], bool], limit_s: float) -> float:
        """Return after how many seconds of the clock *holds* became true."""
        began_s = self.clock.now_s()
        while not holds():
            assert self.clock.now_s() - began_s <= limit_s, "too late"
            await self.live(self.clock.now_s() + 0.5)
        return self.clock.now_s() - began_s


@asynccontextmanager
async def stage(limits: Limits | None = None) -> AsyncGenerator[Stage]:
    clock = FakeClock()
    async with (
        FakeGrafana(None).open() as fake,
        Grafana(fake.url, clock.utc, limits or Limits(call_s=0.05)) as grafana,
        Publisher(grafana, clock) as publisher,
    ):
        yield Stage(clock, fake, publisher)


async def test_a_new_file_is_given_two_seconds_and_then_published() -> None:
    async with stage() as on:
        on.fake.know(UID)
        on.publisher.publish(UID, is_new=True)
        await on.live(1.5)
        assert on.fake.calls == []
        await on.live(2.0)
        assert [call.method for call in on.fake.calls] == ["GET", "POST", "PATCH"]
        await on.live(60, step_s=5)
        assert len(on.fake.calls) == 3
        assert on.publisher.waiting == 0


async def test_an_old_file_is_checked_at_once_and_once() -> None:
    async with stage() as on:
        on.publisher.publish(UID, is_new=False)
        on.fake.know(UID)
        await on.settled()
        assert on.fake.is_public(UID)
        on.fake.calls.clear()
        on.publisher.publish(UID, is_new=False)
        await on.settled()
        assert [call.method for call in on.fake.calls] == ["GET"]


async def test_a_dashboard_grafana_does_not_know_is_tried_every_5_s_for_a_minute_and_then_up_to_60_s_apart() -> None:
    async with stage() as on:
        on.publisher.publish(UID, is_new=True)
        await on.live(300, step_s=1)
        gaps = [after - before for before, after in zip(on.tried_s, on.tried_s[1:], strict=False)]
        assert gaps[:12] == [5.0] * 12
        assert gaps[12:] == [10.0, 20.0, 40.0, 60.0, 60.0]
        on.fake.know(UID)
        await on.until(lambda: on.fake.is_public(UID), limit_s=61)


async def test_the_normal_path_a_scan_after_ten_seconds_publishes_within_five_more() -> None:
    async with stage() as on:
        on.publisher.publish(UID, is_new=True)
        await on.live(10)
        on.fake.know(UID)
        assert await on.until(lambda: on.fake.is_public(UID), limit_s=6) <= 5


@pytest.mark.parametrize("mode", ["500", "hang"])
async def test_after_a_long_outage_all_of_hundreds_are_public_within_40_s(mode: str) -> None:
    uids = [f"{n:014}" for n in range(300)]
    async with stage() as on:
        on.fake.mode = mode
        for uid in uids:
            on.publisher.publish(uid, is_new=True)
        await on.live(600, step_s=10)
        asked = len(on.fake.of("GET"))
        assert asked < 4 + 600 / 5, "a Grafana that is away is asked by one dashboard, not by all"
        await on.until(lambda: len(on.fake.of("GET")) > asked, limit_s=60)
        on.fake.mode = "well"  # at the worst moment: it has just been asked
        scanned = on.clock.now_s() + 10

        def are_public() -> bool:
            if on.clock.now_s() >= scanned:
                on.fake.know(*uids)
            return all(on.fake.is_public(uid) for uid in uids) and on.publisher.waiting == 0

        # The clock stands still during calls: a call that hangs costs up to 10 s more, GET and POST, outside of it.
        assert await on.until(are_public, limit_s=40) <= 30
        assert on.fake.most_at_once <= 4


async def test_one_dashboard_that_always_fails_holds_up_nobody() -> None:
    uids = [f"{n:014}" for n in range(20)]
    async with stage() as on:
        on.fake.odd["0" * 14] = 500
        on.fake.know(*uids)
        for uid in uids:
            on.publisher.publish(uid, is_new=False)
        await on.live(30)
        assert [uid for uid in uids if not on.fake.is_public(uid)] == ["0" * 14]


async def test_a_dashboard_has_one_publisher_at_a_time() -> None:
    async with stage(Limits(call_s=5)) as on:
        on.fake.know(UID)
        on.fake.delay_s = 0.01
        on.publisher.publish(UID, is_new=False)
        records = await asyncio.gather(*(on.publisher.publish_now(UID) for _ in range(5)))
        await on.settled()
        assert len({str(record["accessToken"]) for record in records}) == 1
        assert len(on.fake.of("POST")) == 1
        assert on.fake.most_at_once == 1


async def test_a_forgotten_dashboard_is_tried_no_more_in_mid_call_too() -> None:
    async with stage(Limits(call_s=60)) as on:
        on.fake.mode = "hang"
        on.publisher.publish(UID, is_new=False)
        while not on.fake.calls:
            await asyncio.sleep(0.002)
        on.publisher.forget(UID)
        await on.settled()
        await on.live(120, step_s=5)
        assert len(on.fake.calls) == 1
        assert on.publisher.waiting == 0


async def test_forgotten_and_wanted_again_at_once_is_published() -> None:
    async with stage(Limits(call_s=60)) as on:
        on.fake.mode = "hang"
        on.publisher.publish(UID, is_new=False)
        while not on.fake.calls:
            await asyncio.sleep(0.002)
        on.fake.mode = "well"
        on.fake.know(UID)
        on.publisher.forget(UID)
        on.publisher.publish(UID, is_new=False)
        await on.settled()
        assert on.fake.is_public(UID)


async def test_closing_ends_a_call_that_hangs() -> None:
    async with stage(Limits(call_s=600)) as on:
        on.fake.mode = "hang"
        on.publisher.publish(UID, is_new=False)
        while not on.fake.calls:
            await asyncio.sleep(0.002)
    assert on.publisher.trying == 0


async def test_each_change_is_one_line_however_long_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pluto")
    async with stage() as on:
        on.publisher.publish(UID, is_new=True)
        await on.live(300, step_s=5)
        on.fake.mode = "html"
        await on.live(600, step_s=5)
        on.fake.mode = "well"
        on.fake.know(UID)
        await on.live(700, step_s=5)
    assert [record.getMessage() for record in caplog.records if record.name.startswith("pluto")] == [
        "dashboard not published yet, trying on",
        "grafana fails, trying on",
        "grafana answers again",
        "dashboard published",
    ]


@given(st.floats(0, 1e6), st.sampled_from([5.0, 10.0, 20.0, 40.0, 60.0]), st.sampled_from([10.0, 60.0]))
def test_the_pause_is_5_s_in_the_first_minute_and_never_shorter_nor_longer_than_its_limit(
    waited_s: float, gap_s: float, most_s: float
) -> None:
    gap = next_gap_s(waited_s, gap_s, most_s)
    assert 5 <= gap <= most_s
    assert waited_s >= 60 or gap == 5
