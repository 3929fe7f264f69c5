"""How thousands of numbers get into lines of text in one go: a form is printed once and filled in at every scrape.

A form is the text of all its lines with a gap for each number. It stays as long as the same lines have a number;
mostly nothing but the numbers changes from scrape to scrape. What it saves is measured by `bench/exposition.py`.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final

import msgspec

_OF_NUMBERS: Final = b"0123456789.e+-"
_GAP: Final = b"%b\n"
_NO_LINE: Final = b"%.0b"
"""Takes the `null` that stands for no number, and leaves nothing of it."""


class Form:
    """Lines that end in a number; those whose number is None, infinite or none at all are left out."""

    __slots__ = ("_gaps", "_shape", "_text")

    def __init__(self) -> None:
        self._shape: Hashable = None
        self._gaps = b""
        self._text = b""

    def filled(self, shape: Hashable, heads: Callable[[], Iterable[str]], values: Sequence[float | None]) -> bytes:
        """Return each of the *heads* with its value, a line each, and no line without a value.

        *heads* are asked for again only when *shape*, which must tell them apart, differs from the last one, or when
        another value is missing. A value is at most what a float can be.
        """
        if not values:
            return b""
        numbers = _numbers(values)
        gaps = numbers.translate(None, _OF_NUMBERS)
        if gaps != self._gaps or shape != self._shape:
            self._shape, self._gaps, self._text = shape, gaps, _printed(heads(), gaps)
        return self._text % tuple(numbers.split(b","))


def _numbers(values: Sequence[float | None]) -> bytes:
    """Return *values* as the shortest texts that read back the same, whole ones without `.0`, between commas."""
    encoded = msgspec.json.encode(values).replace(b".0,", b",").replace(b".0]", b"]")
    if b"e" in encoded:
        encoded = encoded.replace(b"e", b"e+").replace(b"e+-", b"e-")
    return encoded[1:-1]


def _printed(heads: Iterable[str], gaps: bytes) -> bytes:
    lines: list[bytes] = []
    for head, gap in zip(heads, gaps.split(b","), strict=True):
        lines.append(_NO_LINE if gap else head.encode(errors="replace").replace(b"%", b"%%") + _GAP)
    return b"".join(lines)
