"""How a block of numbers becomes few bytes: whole numbers by column, as differences, the narrow ones in one byte, then zlib."""

import struct
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, compress, pairwise
from typing import Final

from pluto.history.metrics import NONE

Column = Sequence[int]
"""Whole numbers, NONE where unknown."""

_VERSION: Final = 1
_EMPTY: Final = 0
_CONSTANT: Final = 1
_CODES: Final = ("B", "H", "I", "Q")
_WIDTHS: Final = (1, 2, 4, 8)
_HAS_GAPS: Final = 4
_VARIED: Final = 8


class BlockDamaged(ValueError):
    """The bytes are no block."""


def packed(times: Column, columns: Iterable[Column]) -> bytes:
    """Return the block of *columns*, each as long as *times* (rising whole numbers)."""
    parts = [struct.pack("<BH", _VERSION, len(times)), _packed(times)]
    parts += [_packed(column) for column in columns]
    return zlib.compress(b"".join(parts), 6)


def unpacked(block: bytes, wanted: Iterable[int]) -> tuple[list[int], Mapping[int, list[int]]]:
    """Return the times and the columns at the places *wanted*; one that the block does not have is all NONE."""
    try:
        body = zlib.decompress(block)
        version, count = struct.unpack_from("<BH", body)
        if version != _VERSION:
            raise BlockDamaged(f"block of version {version}")
        times, at = _unpacked(body, 3, count)
        places = set(wanted)
        columns: dict[int, list[int]] = {}
        for place in range(max(places, default=-1) + 1):
            if at >= len(body):
                break
            if place in places:
                columns[place], at = _unpacked(body, at, count)
            else:
                at = _end(body, at, count)
    except (zlib.error, struct.error, IndexError) as error:
        raise BlockDamaged(str(error)) from error
    for place in places - set(columns):
        columns[place] = [NONE] * count
    return times, columns


def _packed(column: Column) -> bytes:
    known = [value for value in column if value != NONE]
    if not known:
        return bytes((_EMPTY,))
    has_gaps = len(known) != len(column)
    if not has_gaps and known.count(known[0]) == len(known):
        return struct.pack("<Bq", _CONSTANT, known[0])
    moves = [(move << 1) ^ (move >> 63) for move in (after - before for before, after in pairwise(known))]
    largest = max(moves, default=0)
    size = next(size for size, width in enumerate(_WIDTHS) if largest < 256**width)
    tag = _VARIED | size | (_HAS_GAPS if has_gaps else 0)
    head = struct.pack("<BHq", tag, len(known), known[0])
    return head + (_mask(column) if has_gaps else b"") + array(_CODES[size], moves).tobytes()


def _mask(column: Column) -> bytes:
    bits = sum(1 << place for place, value in enumerate(column) if value != NONE)
    return bits.to_bytes((len(column) + 7) // 8, "little")


def _unpacked(body: bytes, at: int, count: int) -> tuple[list[int], int]:
    tag = body[at]
    if tag == _EMPTY:
        return [NONE] * count, at + 1
    if tag == _CONSTANT:
        return [struct.unpack_from("<q", body, at + 1)[0]] * count, at + 9
    known, first = struct.unpack_from("<Hq", body, at + 1)
    begin = at + 11 + (((count + 7) // 8) if tag & _HAS_GAPS else 0)
    end = _end(body, at, count)
    moves = array(_CODES[tag & 3])
    moves.frombytes(body[begin:end])
    if len(moves) != known - 1:
        raise BlockDamaged("a column is cut short")
    values = list(accumulate(((move >> 1) ^ -(move & 1) for move in moves), initial=first))
    if not tag & _HAS_GAPS:
        return values, end
    bits = int.from_bytes(body[at + 11 : begin], "little")
    column = [NONE] * count
    for place, value in zip(compress(range(count), ((bits >> place) & 1 for place in range(count))), values, strict=True):
        column[place] = value
    return column, end


def _end(body: bytes, at: int, count: int) -> int:
    tag = body[at]
    if tag == _EMPTY:
        return at + 1
    if tag == _CONSTANT:
        return at + 9
    known: int = struct.unpack_from("<H", body, at + 1)[0]
    return at + 11 + (((count + 7) // 8) if tag & _HAS_GAPS else 0) + (known - 1) * _WIDTHS[tag & 3]
