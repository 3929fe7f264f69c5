"""Scrapers that come at once share one text; who reads slowly costs no more than a bound (trust 10.2)."""

import asyncio
import gzip
from collections.abc import AsyncGenerator

import pytest

from clocks import FakeClock
from pluto.metrics.scrapes import JOINED_WITHIN_S, KEPT_BYTES, MOST_TEXTS, UNREAD_BYTES, Scrapes

MANY = 200
PIECE = KEPT_BYTES // 8


class Source:
    """Makes texts of *pieces* pieces that name the text and the piece; counts them."""

    def __init__(self, pieces: int = 5, size: int = 0, fails_at: int = -1) -> None:
        self.begun = self.ended = 0
        self._pieces, self._size, self._fails_at = pieces, size, fails_at

    async def make(self) -> AsyncGenerator[bytes]:
        self.begun += 1
        number = self.begun
        try:
            for place in range(self._pieces):
                if place == self._fails_at:
                    raise RuntimeError("it cannot be made")
                await asyncio.sleep(0)
                yield b"%d.%d\n" % (number, place) + bytes(self._size)
        finally:
            self.ended += 1


async def whole(pieces: AsyncGenerator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


@pytest.mark.parametrize("is_gzip", [False, True])
async def test_those_who_ask_at_once_get_one_text(is_gzip: bool) -> None:
    source = Source()
    scrapes = Scrapes(source.make, FakeClock())
    texts = await asyncio.gather(*(whole(scrapes.pieces(is_gzip=is_gzip)) for _ in range(MANY)))
    assert source.begun == source.ended == 1
    assert set(map(gzip.decompress, texts) if is_gzip else texts) == {b"1.0\n1.1\n1.2\n1.3\n1.4\n"}


async def test_those_who_ask_for_another_form_get_it() -> None:
    scrapes = Scrapes(Source().make, FakeClock())
    plain, packed = await asyncio.gather(whole(scrapes.pieces(is_gzip=False)), whole(scrapes.pieces(is_gzip=True)))
    assert plain.replace(b"1.", b"2.") == gzip.decompress(packed)


async def test_who_asks_alone_gets_a_text_of_its_own_each_time() -> None:
    source = Source()
    scrapes = Scrapes(source.make, FakeClock())
    assert [(await whole(scrapes.pieces(is_gzip=False)))[:1] for _ in range(3)] == [b"1", b"2", b"3"]


async def test_who_comes_while_a_text_is_made_gets_it_from_its_beginning_unless_it_is_old() -> None:
    clock, source = FakeClock(), Source()
    scrapes = Scrapes(source.make, clock)
    first = scrapes.pieces(is_gzip=False)
    await anext(first)
    await anext(first)
    clock.advance_to(JOINED_WITHIN_S)
    joined = scrapes.pieces(is_gzip=False)
    assert await anext(joined) == b"1.0\n"
    clock.advance_to(JOINED_WITHIN_S + 0.1)
    assert (await whole(scrapes.pieces(is_gzip=False))).startswith(b"2.0\n")
    assert await whole(joined) == b"1.1\n1.2\n1.3\n1.4\n"
    assert await whole(first) == b"1.2\n1.3\n1.4\n"


async def test_who_leaves_takes_nothing_from_the_others_and_the_last_ends_it() -> None:
    source = Source()
    scrapes = Scrapes(source.make, FakeClock())
    leaving = asyncio.create_task(whole(scrapes.pieces(is_gzip=False)))
    staying = scrapes.pieces(is_gzip=False)
    await asyncio.sleep(0)
    leaving.cancel()
    assert [await anext(staying), await anext(staying)] == [b"1.0\n", b"1.1\n"]
    assert source.ended == 0
    await staying.aclose()
    assert source.ended == 1


async def test_what_cannot_be_made_fails_for_all_and_for_nobody_later() -> None:
    source = Source(fails_at=2)
    scrapes = Scrapes(source.make, FakeClock())
    done = await asyncio.gather(*(whole(scrapes.pieces(is_gzip=False)) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in done] == [RuntimeError] * 3
    assert await anext(scrapes.pieces(is_gzip=False)) == b"2.0\n"


async def test_a_slow_reader_is_waited_for_until_too_much_waits_and_the_fast_one_gets_all() -> None:
    source = Source(pieces=4 + UNREAD_BYTES // PIECE, size=PIECE)
    scrapes = Scrapes(source.make, FakeClock())
    slow, fast = scrapes.pieces(is_gzip=False), scrapes.pieces(is_gzip=False)
    assert (await anext(slow)).startswith(b"1.0\n")
    assert len(await whole(fast)) > UNREAD_BYTES
    with pytest.raises(ConnectionAbortedError, match="too slowly"):
        await whole(slow)


async def test_one_that_reads_slowly_alone_gets_all() -> None:
    source = Source(pieces=4 + UNREAD_BYTES // PIECE, size=PIECE)
    scrapes = Scrapes(source.make, FakeClock())
    assert len(await whole(scrapes.pieces(is_gzip=False))) > UNREAD_BYTES


async def test_of_texts_that_nobody_reads_on_only_the_newest_are_kept() -> None:
    clock, source = FakeClock(), Source()
    scrapes = Scrapes(source.make, clock)
    readers: list[AsyncGenerator[bytes]] = []
    for n in range(MOST_TEXTS + 3):
        clock.advance_to(2.0 * n)
        readers.append(scrapes.pieces(is_gzip=False))
        await anext(readers[-1])
    assert source.begun - source.ended == MOST_TEXTS
    for reader in readers[:3]:
        with pytest.raises(ConnectionAbortedError, match="too slowly"):
            await whole(reader)
    assert await whole(readers[3]) == b"4.1\n4.2\n4.3\n4.4\n"
