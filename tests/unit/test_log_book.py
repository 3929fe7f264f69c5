"""Whole lines for a page, however the frames cut them."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from clocks import FakeClock
from pluto.model.miner import MacAddress
from pluto.monitor.log_book import KEPT_LINES, SILENCE, LogBook, LogLine

ALICE = MacAddress("02:00:00:00:00:0a")


class Page:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.lines: list[LogLine] = []
        self.book = LogBook(self.clock, self.hear)

    def hear(self, _mac: MacAddress, lines: Sequence[LogLine]) -> None:
        self.lines += lines

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]


@given(st.lists(st.text("abc €😀", max_size=20).filter(bool), min_size=1, max_size=8), st.lists(st.integers(1, 60), max_size=10))
def test_lines_are_whole_wherever_the_frames_end(lines: list[str], cuts: list[int]) -> None:
    page = Page()
    data = "".join(f"{line}\n" for line in lines).encode()
    places = sorted({min(cut, len(data)) for cut in cuts})
    for start, end in zip([0, *places], [*places, len(data)], strict=True):
        page.book.heard(ALICE, data[start:end])
    assert page.texts == lines
    assert page.book.recent(ALICE) == page.lines


def test_a_line_without_an_end_is_shown_after_a_second() -> None:
    page = Page()
    page.book.heard(ALICE, b"waiting...")
    page.book.look(ALICE)
    assert page.texts == []
    page.clock.advance_to(1.0)
    page.book.look(ALICE)
    assert page.texts == ["waiting..."]


def test_silence_is_told_once_until_something_is_heard() -> None:
    page = Page()
    page.book.heard(ALICE, b"one\n")
    for second in (14, 15, 20, 60):
        page.clock.advance_to(second)
        page.book.look(ALICE)
    assert page.texts == ["one", SILENCE]
    assert page.lines[-1].is_notice
    page.book.heard(ALICE, b"two\n")
    page.clock.advance_to(80)
    page.book.look(ALICE)
    assert page.texts == ["one", SILENCE, "two", SILENCE]
    assert [line.number for line in page.lines] == [1, 2, 3, 4]


def test_the_last_lines_are_kept_without_secrets_and_forgotten_with_the_miner() -> None:
    page = Page()
    for number in range(KEPT_LINES + 10):
        page.book.heard(ALICE, b"line %d password=hunter2\n" % number)
    assert [line.text for line in page.book.recent(ALICE)][-1] == f"line {KEPT_LINES + 9} password=***"
    assert len(page.book.recent(ALICE)) == KEPT_LINES
    page.book.forget(ALICE)
    assert page.book.recent(ALICE) == []


def test_an_endless_line_is_cut() -> None:
    page = Page()
    for _ in range(100):
        page.book.heard(ALICE, b"x" * 4096)
    assert sum(map(len, page.texts)) > 300_000
    assert max(map(len, page.texts)) <= 16_384 + 4096
