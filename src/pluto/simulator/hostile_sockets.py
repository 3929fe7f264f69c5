"""What a miner can do to the WebSocket of its log: a row each; its polls stay healthy."""

from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Final

from pluto.simulator.fault import End, Fault, Step, Wait, head
from pluto.simulator.websocket import Opcode, frame, handshake

LINE: Final = frame(Opcode.TEXT, b"I (123) hello\n")


def _frame(first: int, payload: bytes, *, masked: bool = False) -> bytes:
    """Return a short frame whose first byte is as given, right or wrong."""
    mask = b"\0\0\0\0" if masked else b""
    return bytes((first, len(payload) | (0x80 if masked else 0))) + mask + payload


def _after_handshake(description: str, *steps: Step) -> Fault:
    def socket(key: str) -> Iterator[Step]:
        yield handshake(key)
        yield from steps
        yield End.HOLD

    return Fault(description=description, socket=socket)


def _for_ever(description: str, piece: bytes, first: bytes = b"") -> Fault:
    def socket(key: str) -> Iterator[Step]:
        yield handshake(key) + first
        yield from repeat(piece)

    return Fault(description=description, socket=socket)


def _instead(description: str, *steps: Step) -> Fault:
    return Fault(description=description, socket=lambda _: iter(steps))


SOCKETS: Final[Mapping[str, Fault]] = {
    "log-silent": _instead("no answer to the handshake", End.HOLD),
    "log-refused": _instead("403 for an answer", head("403 Forbidden", "Content-Length: 0")),
    "log-redirected": _instead(
        "a redirect for an answer", head("302 Found", "Location: http://127.0.0.1:9/", "Content-Length: 0")
    ),
    "log-plain-200": _instead("a page for an answer", head("200 OK", "Content-Type: text/html", "Content-Length: 2") + b"hi"),
    "log-wrong-accept": _instead("an answer for another key", handshake("another"), End.HOLD),
    "log-unasked-deflate": _instead(
        "compression that nobody asked for",
        head(
            "101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Accept: x",
            "Sec-WebSocket-Extensions: permessage-deflate",
        ),
        End.HOLD,
    ),
    "log-reset": _after_handshake("a reset after the handshake", Wait(0.05), End.RESET),
    "log-closes": _after_handshake("closes after each line", LINE, frame(Opcode.CLOSE, b"\x03\xe8"), Wait(0.05), End.CLOSE),
    "log-bad-close": _after_handshake("a close with a code that does not exist", frame(Opcode.CLOSE, b"\x00\x01")),
    "log-huge-frame": _after_handshake("a line of 2 MiB", frame(Opcode.TEXT, b"x" * (2 << 20))),
    "log-huge-promise": _after_handshake(
        "a frame of 2^62 bytes is promised", bytes((0x81, 127)) + (1 << 62).to_bytes(8, "big") + b"x"
    ),
    "log-masked": _after_handshake("a masked frame, which a server never sends", _frame(0x81, b"hello", masked=True)),
    "log-reserved": _after_handshake("reserved bits set", _frame(0xF1, b"hello")),
    "log-unknown-kind": _after_handshake("a kind of frame that does not exist", _frame(0x83, b"hello")),
    "log-bad-text": _after_handshake("text that is no UTF-8", frame(Opcode.TEXT, b"a\xff\xfeb\n"), LINE),
    "log-binary": _after_handshake("bytes instead of text", _frame(0x82, b"\x00\x01\x02"), LINE),
    "log-long-ping": _after_handshake("a ping of 200 bytes", frame(Opcode.PING, b"p" * 200)),
    "log-continued": _after_handshake("a continuation of nothing", _frame(0x80, b"hello")),
    "log-escapes": _after_handshake(
        "a terminal's commands in a line", frame(Opcode.TEXT, b"\x1b]0;owned\x07\x1b[2J\x1b[31mred\r\n")
    ),
    "log-forged": _after_handshake(
        "a line that looks like ours", frame(Opcode.TEXT, b"ok\n2026-01-01T00:00:00.000Z [ERROR]: forged\n")
    ),
    "log-secret": _after_handshake("a password in a line", frame(Opcode.TEXT, b"wifi password=planted-secret-hunter2 ok\n")),
    "log-endless-message": _for_ever("a message in fragments without an end", _frame(0x00, b"x" * 100), _frame(0x01, b"x")),
    "log-ping-flood": _for_ever("pings without an end", frame(Opcode.PING, b"p") * 64),
    "log-empty-flood": _for_ever("empty lines without an end", frame(Opcode.TEXT, b"\n") * 64),
}

KINDS: Final[Mapping[str, Mapping[str, Fault]]] = {"The log": SOCKETS}
