"""What a miner can do to HTTP: status lines, headers, lengths, chunks, time and TCP, a row each."""

from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Final

from pluto.simulator.fault import Act, Answer, End, Fault, Parameters, Step, Wait, head, number

JSON: Final = "Content-Type: application/json"
LENGTH: Final = "Content-Length: {length}"
CHUNKED: Final = "Transfer-Encoding: chunked"
BIG: Final = 64 * 1024

Script = Callable[[Answer, Parameters], Iterator[Step]]


def _says(description: str, *lines: str, body: bytes | None = None, end: End | None = None) -> Fault:
    """Return a fault that answers *lines* (`{length}` is that of the healthy body) and *body*, or the healthy one."""

    def script(answer: Answer, _: Parameters) -> Iterator[Step]:
        said = "\r\n".join([*lines, "", ""]).replace("{length}", str(len(answer.text)))
        yield said.encode("latin-1") + (answer.text if body is None else body)
        if end is not None:
            yield end

    return Fault(description=description, script=script)


def _status(description: str, line: str) -> Fault:
    return _says(description, line, JSON, LENGTH, end=End.CLOSE)


def _header(description: str, header: str) -> Fault:
    return _says(description, "HTTP/1.1 200 OK", JSON, header, LENGTH)


def _length(description: str, *headers: str) -> Fault:
    return _says(description, "HTTP/1.1 200 OK", JSON, *headers, end=End.CLOSE)


def _chunks(description: str, chunks: bytes, end: End | None = End.CLOSE) -> Fault:
    return _says(description, "HTTP/1.1 200 OK", JSON, CHUNKED, body=chunks, end=end)


def _to(location: str, status: str = "302 Found") -> Fault:
    return _says(f"{status[:3]} to {location}", f"HTTP/1.1 {status}", f"Location: {location}", "Content-Length: 0", body=b"")


STATUS_LINES: Final[Mapping[str, Fault]] = {
    "status-lower-case": _status("a status line in lower case", "http/1.1 200 ok"),
    "status-http-2": _status("a status line of HTTP/2", "HTTP/2 200"),
    "status-http-9": _status("a status line of HTTP/9.9", "HTTP/9.9 200 OK"),
    "status-no-reason": _status("a status line without a reason, as is allowed", "HTTP/1.1 200"),
    "status-long-reason": _status("a reason of 64 KiB", "HTTP/1.1 200 " + "O" * BIG),
    "status-letters": _status("letters where the number belongs", "HTTP/1.1 OK 200"),
    "status-four-digits": _status("status 2000", "HTTP/1.1 2000 OK"),
    "status-negative": _status("status -200", "HTTP/1.1 -200 OK"),
    "status-zero": _status("status 000", "HTTP/1.1 000 Nothing"),
    "status-999": _status("status 999", "HTTP/1.1 999 Unknown"),
    "status-icy": _status("a radio station's status line", "ICY 200 OK"),
    "status-rtsp": _status("a camera's status line", "RTSP/1.0 200 OK"),
    "status-nul": _status("a NUL in the status line", "HTTP/1.1 200 O\x00K"),
    "status-missing": _says("a body and nothing before it", body=None, end=End.CLOSE),
    "status-101": _says("switches to a protocol nobody asked for", "HTTP/1.1 101 Switching Protocols", "Upgrade: h2c", body=b""),
    "status-206": _status("part of an answer nobody asked a part of", "HTTP/1.1 206 Partial Content"),
    "status-304": _says("not modified", "HTTP/1.1 304 Not Modified", body=b""),
    "status-404": _status("not found", "HTTP/1.1 404 Not Found"),
    "status-429": _status("too many requests", "HTTP/1.1 429 Too Many Requests"),
    "status-502": _status("bad gateway", "HTTP/1.1 502 Bad Gateway"),
    "status-100-only": Fault(
        description="interim answers for ever", script=lambda _, __: repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 16)
    ),
}
HEADERS: Final[Mapping[str, Fault]] = {
    "header-no-colon": _header("a header without a colon", "nonsense"),
    "header-no-name": _header("a header without a name", ": value"),
    "header-folded": _header("a header that goes on in the next line", "X-Folded: one\r\n two"),
    "header-space": _header("a space before the colon", "X-Spaced : value"),
    "header-nul": _header("a NUL in a header", "X-Null: a\x00b"),
    "header-bare-cr": _header("a carriage return in a header", "X-Return: a\rSet-Cookie: b"),
    "header-high": _header("bytes above ASCII in a header", "X-High: \xff\xfe"),
    "header-ansi": _header("a terminal's commands in a header", "X-Colour: \x1b[31mred"),
    "header-cookie": _header("a cookie to be sent back", "Set-Cookie: track=1; Domain=.example; Path=/"),
    "header-hsts": _header("asks never to be spoken to without TLS", "Strict-Transport-Security: max-age=99999999"),
    "header-upgrade": _header("offers another protocol", "Upgrade: h2c"),
    "header-location": _header("a place to go to beside 200", "Location: http://127.0.0.1:9/"),
    "header-refresh": _header("a page to go to by Refresh", "Refresh: 0; url=http://127.0.0.1:9/"),
    "header-type-html": _says("the right answer, called HTML", "HTTP/1.1 200 OK", "Content-Type: text/html", LENGTH),
    "header-type-none": _says("the right answer without a type", "HTTP/1.1 200 OK", LENGTH),
    "header-type-utf16": _says("the right answer, said to be UTF-16", "HTTP/1.1 200 OK", f"{JSON}; charset=utf-16", LENGTH),
    "encoding-br": _header("called compressed by br", "Content-Encoding: br"),
    "encoding-deflate": _header("called compressed by deflate", "Content-Encoding: deflate"),
    "encoding-unknown": _header("called compressed by something unknown", "Content-Encoding: x-rot13"),
    "encoding-many": _header("called compressed a hundred times", "Content-Encoding: " + ", ".join(["gzip"] * 100)),
    "line-feeds-only": _says(
        "line feeds without carriage returns", "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", body=b"", end=End.CLOSE
    ),
    "headers-for-ever": Fault(
        description="one more header every `seconds`, for ever",
        defaults={"seconds": 0.5},
        script=lambda _, given: _for_ever(b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n", number(given, "seconds")),
    ),
}
LENGTHS: Final[Mapping[str, Fault]] = {
    "length-negative": _length("length -1", "Content-Length: -1"),
    "length-plus": _length("a length with a plus", "Content-Length: +{length}"),
    "length-hex": _length("a length in hex", "Content-Length: 0x10"),
    "length-words": _length("a length in words", "Content-Length: many"),
    "length-two-numbers": _length("two lengths in one header", "Content-Length: {length}, {length}"),
    "length-overflow": _length("a length of 30 digits", "Content-Length: " + "9" * 30),
    "length-short": _length("a length of 2 before a longer body", "Content-Length: 2"),
    "length-long": _length("a length that is 1000 too long, then the end", "Content-Length: 1{length}"),
    "length-none": _length("no length: the end is the end of the connection, as is allowed"),
    "length-twice": _length("the same length twice", LENGTH, LENGTH),
    "length-and-chunked": _length("a length and chunks, to smuggle", LENGTH, CHUNKED),
    "transfer-gzip": _length("a transfer encoding of gzip", "Transfer-Encoding: gzip"),
    "transfer-twice": _length("chunked twice", "Transfer-Encoding: chunked, chunked"),
    "transfer-unknown": _length("an unknown transfer encoding", "Transfer-Encoding: xchunked"),
    "chunk-overflow": _chunks("a chunk of more bytes than 64 bits count", b"FFFFFFFFFFFFFFFFFF\r\n{}"),
    "chunk-huge": _chunks("a chunk of 2 GB is promised", b"80000000\r\n{", End.HOLD),
    "chunk-negative": _chunks("a chunk of -1 bytes", b"-1\r\n{}\r\n0\r\n\r\n"),
    "chunk-extension": _chunks("a chunk with an extension of 4 MiB", b"2;" + b"x" * (4 << 20) + b"\r\n{}\r\n0\r\n\r\n"),
    "chunk-no-end": _chunks("no line end behind a chunk", b"2\r\n{}0\r\n\r\n"),
    "chunk-no-last": _chunks("the last chunk never comes", b"2\r\n{}\r\n", End.HOLD),
    "chunk-trailers": _chunks(
        "100,000 lines behind the last chunk", b"2\r\n{}\r\n0\r\n" + b"X-Trailer: y\r\n" * 100_000 + b"\r\n"
    ),
    "chunk-empty": _chunks("no chunk but the last", b"0\r\n\r\n", None),
}
REDIRECTS: Final[Mapping[str, Fault]] = {
    "redirect-301": _to("http://127.0.0.1:9/", "301 Moved Permanently"),
    "redirect-307": _to("http://127.0.0.1:9/", "307 Temporary Redirect"),
    "redirect-308": _to("http://127.0.0.1:9/", "308 Permanent Redirect"),
    "redirect-itself": _to("/api/system/info"),
    "redirect-file": _to("file:///etc/passwd"),
    "redirect-metadata": _to("http://169.254.169.254/latest/meta-data/"),
}


def _for_ever(first: bytes, piece: bytes, seconds: float) -> Iterator[Step]:
    yield first
    while True:
        yield Wait(seconds)
        yield piece


def _late(answer: Answer, given: Parameters) -> Iterator[Step]:
    yield Wait(number(given, "seconds"))
    yield answer.head + answer.body


def _stalled(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield answer.head + answer.body[: len(answer.body) // 2]
    yield End.HOLD


def _head_stalled(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield answer.head[: len(answer.head) // 2]
    yield End.HOLD


def _in_pieces(answer: Answer, given: Parameters) -> Iterator[Step]:
    whole, count = answer.head + answer.body, int(number(given, "pieces"))
    for part in range(count):
        yield whole[len(whole) * part // count : len(whole) * (part + 1) // count]
        yield Wait(number(given, "seconds"))


def _answered_then(*steps: Step) -> Script:
    def script(answer: Answer, _: Parameters) -> Iterator[Step]:
        yield answer.head + answer.body
        yield from steps

    return script


def _answer_of_nobody() -> Iterator[Step]:
    yield head("200 OK", JSON, "Content-Length: 2") + b"{}"


TIME: Final[Mapping[str, Fault]] = {
    "late": Fault(description="answers after `seconds`, when nobody waits any more", defaults={"seconds": 6.0}, script=_late),
    "stalled-head": Fault(description="half of the head, then nothing", script=_head_stalled),
    "stalled-body": Fault(description="half of the body, then nothing", script=_stalled),
    "in-pieces": Fault(
        description="the answer in `pieces`, one every `seconds`", defaults={"pieces": 10, "seconds": 0.1}, script=_in_pieces
    ),
    "chunk-a-second": Fault(
        description="a chunk of one space every second, for ever",
        script=lambda _, __: _for_ever(head("200 OK", JSON, CHUNKED), b"1\r\n \r\n", 1.0),
    ),
}
CONNECTIONS: Final[Mapping[str, Fault]] = {
    "close-at-accept": Fault(description="closes as soon as it has accepted", greeting=lambda: iter([End.CLOSE])),
    "reset-at-accept": Fault(description="resets as soon as it has accepted", greeting=lambda: iter([End.RESET])),
    "speaks-first": Fault(description="answers before it is asked", greeting=_answer_of_nobody),
    "banner": Fault(description="greets like a mail server", greeting=lambda: iter([b"220 mail.example ESMTP\r\n"])),
    "close-after-head": Fault(
        description="the head, then a clean close", script=lambda answer, _: iter([answer.head, End.CLOSE])
    ),
    "reset-after-head": Fault(
        description="the head, then a reset", script=lambda answer, _: iter([answer.head, Wait(0.05), End.RESET])
    ),
    "reset-without-answer": Fault(description="a reset for an answer", script=lambda _, __: iter([End.RESET])),
    "reset-after-answer": Fault(description="the whole answer, then a reset", script=_answered_then(Wait(0.05), End.RESET)),
    "close-after-answer": Fault(description="closes after each answer without a word", script=_answered_then(End.CLOSE)),
    "half-closed": Fault(
        description="the answer, then only its half of the connection is closed", script=_answered_then(End.HALF)
    ),
    "idle-closed": Fault(description="closes a second after each answer", script=_answered_then(Wait(1.0), End.CLOSE)),
    "idle-chatter": Fault(
        description="a second after each answer, bytes that nobody asked for", script=_answered_then(Wait(1.0), b"x" * 1000)
    ),
    "idle-answer": Fault(
        description="a second after each answer, another answer",
        script=_answered_then(Wait(1.0), head("200 OK", JSON, "Content-Length: 2") + b"{}"),
    ),
    "flaps": Fault(description="listens for `seconds`, refuses for as long", defaults={"seconds": 2.0}, act=Act.FLAP),
}

KINDS: Final[Mapping[str, Mapping[str, Fault]]] = {
    "Status lines": STATUS_LINES,
    "Headers": HEADERS,
    "Lengths and chunks": LENGTHS,
    "Redirects": REDIRECTS,
    "Time": TIME,
    "Connections": CONNECTIONS,
}
