"""How thousands of numbers get into lines of text in one go: each byte of it is copied once.

A line is a few pieces of text with the name of its miner between them, and a number at its end. The pieces are the same
objects for every miner, and the text is one join of them: no line is ever made on its own (`bench/exposition.py`).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

_NO_NUMBER: Final = b"null\n"


class Lines:
    """The lines that every miner has: *templates* are the pieces around its name, equally many for each line."""

    __slots__ = ("_block", "_gaps", "_lines", "_width")

    def __init__(self, templates: Sequence[Sequence[str]]) -> None:
        self._lines = len(templates)
        self._width = 2 * len(templates[0])
        self._gaps = range(1, self._width - 1, 2)
        self._block = [part for pieces in templates for piece in pieces for part in (piece.encode(errors="replace"), b"")]

    def filled(self, names: Sequence[bytes], values: Sequence[float | None]) -> bytes:
        """Return the lines of each of *names*, with *values* in the same order, and no line for a value that is None or infinite.

        A value is at most what a float can be.
        """
        if not names:
            return b""
        numbers = _numbers(values)
        named = names if self._lines == 1 else [name for name in names for _ in range(self._lines)]
        parts = self._block * len(names)
        for gap in self._gaps:
            parts[gap :: self._width] = named
        parts[self._width - 1 :: self._width] = numbers
        if _NO_NUMBER in numbers:
            self._leave_out(parts, [place for place, number in enumerate(numbers) if number == _NO_NUMBER])
        return b"".join(parts)

    def _leave_out(self, parts: list[bytes], places: Sequence[int]) -> None:
        nothing = [b""] * self._width
        for place in places:
            parts[place * self._width : (place + 1) * self._width] = nothing


class Column:
    """One line of each of some miners: made again only when a value or a name is another one.

    The text is kept once the values were the same twice: most of what a miner says changes at every poll, or never.
    """

    __slots__ = ("_lines", "_names", "_raw", "_text", "_turn")

    def __init__(self, pieces: Sequence[str], turn: Callable[[Any], float | None] | None = None) -> None:
        self._lines = Lines([pieces])
        self._turn = turn
        self._names: Sequence[bytes] = ()
        self._raw: Sequence[Any] = ()
        self._text: bytes | None = None

    def text(self, names: Sequence[bytes], raw: Sequence[Any]) -> bytes:
        """Return a line for each of *names* with the *raw* value of it, turned into what is shown."""
        is_same = raw == self._raw and names == self._names
        if is_same and self._text is not None:
            return self._text
        made = b"" if raw.count(None) == len(raw) else self._lines.filled(names, self._turned(raw))
        self._names, self._raw, self._text = names, raw, made if is_same else None
        return made

    def _turned(self, raw: Sequence[Any]) -> Sequence[float | None]:
        turn = self._turn
        return raw if turn is None else [None if value is None else turn(value) for value in raw]


def _numbers(values: Sequence[float | None]) -> list[bytes]:
    """Return *values* as the shortest texts that read back the same, whole ones without `.0`, each with the end of its line."""
    encoded = msgspec.json.encode(values).replace(b".0,", b",").replace(b".0]", b"]")
    if b"e" in encoded:
        encoded = encoded.replace(b"e", b"e+").replace(b"e+-", b"e-")
    return (encoded[1:-1].replace(b",", b"\n,") + b"\n").split(b",")
