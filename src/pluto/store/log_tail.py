"""LevelDB's log format: whether a log ends in a torn record, or in a whole one whose length was damaged.

LevelDB takes both for the torn tail of a process that died, and drops the rest of the last block without a word.
"""

import struct
from pathlib import Path
from typing import Final

BLOCK_BYTES: Final = 32768
_HEADER: Final = struct.Struct("<IHB")
_TYPES: Final = range(1, 5)
_POLYNOMIAL: Final = 0x82F63B78


def is_tail_damaged(log: Path) -> bool:
    """Return whether the last block of *log* holds whole records that LevelDB would not read."""
    with log.open("rb") as file:
        file.seek(log.stat().st_size // BLOCK_BYTES * BLOCK_BYTES)
        block = file.read(BLOCK_BYTES)
    torn_at = _first_torn(block)
    tail = block[torn_at:]
    if len(tail) < _HEADER.size:
        return False
    return _is_whole(tail, 0, len(tail) - _HEADER.size) or any(
        _is_record(tail, at) for at in range(1, len(tail) - _HEADER.size + 1)
    )


def _first_torn(block: bytes) -> int:
    at = 0
    while at + _HEADER.size <= len(block):
        _, length, _ = _HEADER.unpack_from(block, at)
        if at + _HEADER.size + length > len(block):
            break
        at += _HEADER.size + length
    return at


def _is_record(tail: bytes, at: int) -> bool:
    _, length, _ = _HEADER.unpack_from(tail, at)
    return at + _HEADER.size + length <= len(tail) and _is_whole(tail, at, length)


def _is_whole(tail: bytes, at: int, length: int) -> bool:
    checksum, _, kind = _HEADER.unpack_from(tail, at)
    payload = tail[at + _HEADER.size - 1 : at + _HEADER.size + length]
    return kind in _TYPES and checksum == _masked(_crc32c(payload))


def _crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _masked(crc: int) -> int:
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _table_entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE: Final = tuple(_table_entry(byte) for byte in range(256))
