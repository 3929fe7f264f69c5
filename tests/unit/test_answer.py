"""Reading an HTTP answer: in whatever pieces it comes, within its limits, and never an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pluto.axeos.answer import MAX_BODY_BYTES, AnswerReader

BODY = b'{"hashRate": 1072.24, "pools": []}'
WITH_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + b"%x\r\n%s\r\n0\r\n\r\n" % (
    len(BODY),
    BODY,
)
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n" * 4 + WITH_LENGTH


def read(*pieces: bytes, at_end: bool = False) -> AnswerReader:
    reader = AnswerReader()
    for piece in pieces:
        reader.feed(piece)
    if at_end:
        reader.feed_eof()
    return reader


@given(st.sampled_from([WITH_LENGTH, CHUNKED, INTERIM]), st.lists(st.integers(1, 200), max_size=12))
def test_the_pieces_do_not_matter(answer: bytes, cuts: list[int]) -> None:
    places = sorted({min(cut, len(answer)) for cut in cuts})
    pieces = [answer[start:end] for start, end in zip([0, *places], [*places, len(answer)], strict=True)]
    reader = read(*pieces)
    assert (reader.is_complete, reader.fault, reader.status, reader.body) == (True, None, 200, BODY)
    assert reader.keeps_connection is (answer is not CHUNKED)


@given(st.lists(st.binary(max_size=300), max_size=6), st.booleans())
def test_no_bytes_raise_anything(pieces: list[bytes], at_end: bool) -> None:
    reader = read(*pieces, at_end=at_end)
    assert not (reader.is_complete and reader.status < 200 and reader.fault is None)


@given(st.integers(0, len(WITH_LENGTH) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_answer_raises_nothing(place: int, junk: bytes) -> None:
    read(WITH_LENGTH[:place] + junk + WITH_LENGTH[place:], at_end=True)


def head(*lines: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (head(b"Content-Length: %d" % (MAX_BODY_BYTES + 1)), "over 1 MiB"),
        (head(b"Content-Length: " + b"9" * 12), "over 1 MiB"),
        (head() + b"x" * (MAX_BODY_BYTES + 1), "over 1 MiB"),
        (head(*[b"X: y"] * 101), "100 headers"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 40_000, "headers over 32 KiB"),
        (b"HTTP/1.1 200 " + b"O" * 40_000 + b"\r\nContent-Length: 2\r\n\r\n{}", "headers over 32 KiB"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5, "interim answers"),
        (head(b"Transfer-Encoding: chunked") + b"2\r\n{}\r\n" * 1001, "tiny chunks"),
        (head(b"Transfer-Encoding: chunked") + b"1;" + b"x" * 3_000_000, "over 1 MiB"),
        (head(b"Content-Encoding: gzip", b"Content-Length: 2") + b"{}", "compressed"),
        (head(b"Content-Length: 2", b"Content-Length: 3"), "not an HTTP answer"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "protocol nobody asked for"),
        (b"ICY 200 OK\r\n\r\n", "not an HTTP answer"),
    ],
)
def test_what_is_too_much_or_wrong_is_named(answer: bytes, fault: str) -> None:
    reader = read(answer)
    assert reader.fault is not None
    assert fault in reader.fault


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    assert not read(head() + BODY).is_complete
    reader = read(head() + BODY, at_end=True)
    assert (reader.is_complete, reader.body, reader.keeps_connection) == (True, BODY, False)


def test_an_answer_that_ends_early_is_not_whole() -> None:
    reader = read(WITH_LENGTH[:-1], at_end=True)
    assert (reader.is_complete, reader.fault) == (False, "the connection ended in the middle of the answer")


def test_an_answer_after_the_answer_ends_the_trust_in_the_connection() -> None:
    reader = read(WITH_LENGTH + WITH_LENGTH)
    assert (reader.is_complete, reader.keeps_connection) == (True, False)


def test_one_reader_reads_one_answer_after_another() -> None:
    reader = AnswerReader()
    for _ in range(3):
        reader.begin()
        assert not reader.has_begun
        reader.feed(WITH_LENGTH)
        assert (reader.is_complete, reader.body, reader.keeps_connection) == (True, BODY, True)
