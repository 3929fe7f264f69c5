"""The server side of RFC 6455 as far as a miner goes: handshake, whole frames, ping, close."""

import base64
import hashlib
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

import msgspec

GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAX_CLIENT_FRAME: Final = 65536


class Opcode(IntEnum):
    """What a frame is."""

    TEXT = 1
    CLOSE = 8
    PING = 9
    PONG = 10


class Frame(msgspec.Struct, frozen=True):
    """One frame of a client, unmasked."""

    opcode: int
    payload: bytes


class BadFrame(Exception):
    """A client sent something that is no frame we read."""


def handshake(key: str) -> bytes:
    """Return the answer that opens the socket for the client's *key*."""
    accept = base64.b64encode(hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()).decode()
    return (
        f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    ).encode()


def frame(opcode: int, payload: bytes) -> bytes:
    """Return a final, unmasked frame."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, size))
    elif size < 65536:
        head = bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big")
    return head + payload


def read_frames(buffer: bytearray) -> Iterator[Frame]:
    """Take the complete frames off *buffer*; raises BadFrame for one that is unmasked or too long."""
    while (found := _read_frame(buffer)) is not None:
        yield found


def _read_frame(buffer: bytearray) -> Frame | None:
    if len(buffer) < 2:
        return None
    size, start = buffer[1] & 0x7F, 2
    if size >= 126:
        width = 2 if size == 126 else 8
        start += width
        if len(buffer) < start:
            return None
        size = int.from_bytes(buffer[2:start], "big")
    if not buffer[1] & 0x80 or size > MAX_CLIENT_FRAME:
        raise BadFrame
    if len(buffer) < start + 4 + size:
        return None
    mask = bytes(buffer[start : start + 4])
    masked = buffer[start + 4 : start + 4 + size]
    payload = bytes(byte ^ mask[place & 3] for place, byte in enumerate(masked))
    opcode = buffer[0] & 0x0F
    del buffer[: start + 4 + size]
    return Frame(opcode, payload)
